"""docs/addresses.md: every address that the service answers, with what it is for."""

import inspect
import re
from collections.abc import Callable
from pathlib import Path

import pytest
from fastapi.routing import APIRoute, RouteContext, iter_route_contexts

from survey_api import app as application
from survey_api.assets import Assets
from survey_api.settings import Settings

ROOMS = {
    **dict.fromkeys(
        ("/c/", "/i", "/stop", "/withdraw", "/privacy", "/cookies", "/accessibility", "/language", "/$"), "For learners"
    ),
    "/quality": "For quality teams",
    **dict.fromkeys(("/sign-", "/account"), "For everybody who signs in"),
    "/v1/": "For programs",
    "/": "For operators",
}


@pytest.fixture
def routes(tmp_path: Path, migrated_sqlite: Path, monkeypatch: pytest.MonkeyPatch) -> list[RouteContext]:
    """Every route of the service; its styles need not be built for this."""
    monkeypatch.setattr(application, "read_assets", lambda: Assets(tmp_path, {}))
    app = application.create_app(Settings(database_url=f"sqlite:///{migrated_sqlite}"))
    app.state.service.database.dispose()
    return [route for route in iter_route_contexts(app.routes) if isinstance(route.original_route, APIRoute)]


def purpose(route: RouteContext) -> str:
    first = " ".join((inspect.getdoc(route.endpoint) or "").split("\n\n")[0].split())
    return f"{route.summary}. {first}" if route.summary else first


def test_every_address_stands_there(hold: Callable[[str, str], None], routes: list[RouteContext]) -> None:
    assert all(purpose(route) for route in routes)
    lines: dict[str, list[str]] = {room: [] for room in ROOMS.values()}
    for route in routes:
        room = next(room for start, room in ROOMS.items() if re.match(start, str(route.path)))
        lines[room].append(f"| {' '.join(sorted(route.methods or ()))} | `{route.path}` | {purpose(route)} |")
    assert all(lines.values())
    hold(
        "addresses.md",
        "\n".join(
            "\n".join([f"## {room}\n", "| method | address | what it does |", "|---|---|---|", *found, ""])
            for room, found in lines.items()
        ),
    )

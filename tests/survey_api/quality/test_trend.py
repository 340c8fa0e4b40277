"""The page of a trend: its numbers are those of the releases, and its picture is told in words."""

import csv
import io
import re
from collections.abc import Callable
from dataclasses import replace
from datetime import date
from html import unescape
from typing import Any

import numpy as np
import pytest
from fastapi.testclient import TestClient

from nets.access.roles import Door, Principal, Role
from nets.packing import pack
from nets.pooled import read_pooled
from nets.reading import open_release
from nets.releases.document import record_from_json
from nets.releases.releasing import make_release
from nets.store.campaigns import add_campaign, get_campaign
from nets.store.database import Database
from nets.store.releases import read_place
from nets.store.responses import add_responses

LAST_YEAR = {"W-1": 4.2, "W-2": 4.2, "W-4": 4.5, "W-5": 4.0}


@pytest.fixture
def client(paddle: Any, reader: TestClient) -> TestClient:
    """Somebody of the national role, in a survey that was there the year before too, when ward 1 was good."""
    chance = np.random.default_rng(5)
    with paddle.database.begin() as connection:
        this_year = get_campaign(connection, "paddle-2025")
        add_campaign(
            connection,
            replace(
                this_year,
                id="paddle-2024",
                title="Paddle survey 2024",
                opens_on=date(2024, 2, 1),
                closes_on=date(2024, 3, 31),
            ),
        )
        rows = []
        for ward, level in LAST_YEAR.items():
            for learner in range(25):
                tea = np.clip(np.rint(chance.normal(level, 0.7, size=3)), 1, 5).astype(int).tolist()
                answers = dict(zip(("TEA01", "TEA02", "NUR01"), tea, strict=True))
                group = "nursing" if learner % 2 else "pharmacy"
                rows.append((ward, group, date(2024, 2, 3), pack(paddle.version, {**answers, "SAF01": 1})))
        add_responses(connection, "paddle-2024", rows)
    make_release(paddle.database, "paddle-2024", date(2024, 4, 1))
    return reader


def table(client: TestClient, place: str) -> list[dict[str, str]]:
    answer = client.get(f"/quality/paddle-2025-r1/places/{place}/trend.csv?measure=tea")
    assert answer.headers["content-type"].startswith("text/csv")
    return list(csv.DictReader(io.StringIO(answer.text)))


def test_a_trend_has_the_scores_of_both_releases(paddle: Any, client: TestClient) -> None:
    rows = table(client, "W-1")
    assert [row["release"] for row in rows] == ["paddle-2024-r1", "paddle-2025-r1"]
    assert [row["asked"] for row in rows] == ["first", "as before"]
    with paddle.database.within(()).read() as connection:
        for row in rows:
            document = read_place(connection, row["release"], "W-1")
            assert document is not None
            score: Any = record_from_json(document).score("tea")
            assert (int(row["n"]), float(row["mean"]), float(row["low"])) == (score.n, score.mean, score.interval[0])


def test_the_page_says_what_has_changed_and_how_sure_that_is(client: TestClient) -> None:
    page = client.get("/quality/paddle-2025-r1/places/W-1/trend?measure=tea").text
    text = " ".join(unescape(re.sub(r"<[^>]*>", " ", page)).split())
    before, now = (float(row["mean"]) for row in table(client, "W-1"))
    assert f"Since Paddle survey 2024 the score has changed by {now - before:+.1f} points" in text
    assert "has fallen with a probability of 1.00" in text


def test_the_picture_is_told_in_words(client: TestClient) -> None:
    page = client.get("/quality/paddle-2025-r1/places/W-1/trend?measure=tea").text
    before, now = table(client, "W-1")
    told = re.findall(r"<desc[^>]*>([^<]*)</desc>", page)[0]
    assert told.startswith(f"Paddle survey 2024: {float(before['mean']):.0f} (")
    assert f"Paddle survey 2025: {float(now['mean']):.0f} (" in told
    assert page.count("app-picture__whisker") == 2
    assert page.count("app-picture__line") == 1


def test_what_is_not_shown_is_a_gap_on_the_page_and_in_its_table(client: TestClient) -> None:
    page = client.get("/quality/paddle-2025-r1/places/W-3/trend?measure=tea").text
    assert "Paddle survey 2024: not shown" in page
    assert [row["n"] for row in table(client, "W-3")] == ["", "30"]
    nobody = client.get("/quality/paddle-2025-r1/places/W-7/trend")
    assert "No campaign has a score that may be shown." in nobody.text


def test_the_first_campaign_has_a_page_too(client: TestClient) -> None:
    page = client.get("/quality/paddle-2024-r1/places/nation/trend?measure=domain:1").text
    assert "No earlier campaign asked this and has a release." in page


def test_a_placement_has_its_score_over_both_campaigns_and_without_its_case_mix_beside_it(
    paddle: Any, client: TestClient, sign_in: Callable[..., TestClient]
) -> None:
    database = Database(paddle.settings.database_url)
    release = make_release(database, "paddle-2025", date(2025, 5, 1))
    record = release.places["W-1"]
    pooled, adjusted = record.pooled["tea"], record.adjusted["tea"]
    assert pooled.campaigns == "paddle-2024 paddle-2025"
    words = " ".join(unescape(re.sub(r"<[^>]*>", " ", client.get("/quality/paddle-2025-r2/places/W-1").text)).split())
    assert f"n = {pooled.n}, 2 campaigns; shrunken" in words
    assert "a stroke stands, or the scale is left out. Here they are: Paddle survey 2024, Paddle survey 2025." in words
    assert f"{adjusted.mean:.1f}; shrunken {adjusted.shrunken:.1f} (" in words
    with database.within(()).read() as connection:
        seen = open_release(connection, Principal("x", Role.REGION, ("R-1",), Door.SESSION), "paddle-2025-r2")
        view = seen.place("W-1")
        banded = read_pooled(seen, [view])["W-1"]["tea"]
    for role in (Role.PROVIDER, Role.REGION):
        page = sign_in(role).get("/quality/paddle-2025-r2/places/W-1").text
        words = " ".join(unescape(re.sub(r"<[^>]*>", " ", page)).split())
        assert f"{view.record.adjusted['tea'].mean} (" in words
        assert f"about {banded.mean} ({banded.interval[0]} to {banded.interval[1]}), 40 to 98 learners" in words
        assert "it would tell which learner groups are here" in words
    database.dispose()

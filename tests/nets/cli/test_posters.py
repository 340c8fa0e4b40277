"""``nets poster``: a page, and a PDF where there is a browser."""

import re
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest

from nets.campaign import Campaign
from nets.organisation import Level, Organisation
from nets.poster import render_poster
from nets.printing import find_browser, print_to_pdf

ADDRESS = ("--address", "https://survey.example.org")


@pytest.fixture
def on_walls(begin_after: Any) -> Any:
    """A campaign that takes answers today, with places; the runner of commands."""
    days = ("--opens", date.today(), "--closes", date.today() + timedelta(days=30))
    walls = ("campaign", "open", "walls", "--questionnaire", "team-climate/2026.1", "--title", "Walls", *days)
    return begin_after(("simulate", "trial", "--responses", 20), (*walls, "--access", "placement_qr"))


def test_it_writes_a_page(on_walls: Any, tmp_path: Path) -> None:
    said = on_walls("poster", "walls", "P0001", "--out", "posters", "--no-pdf", *ADDRESS)
    assert (said.code, said.errors) == (0, [])
    assert said.out.splitlines() == [
        "Emergency department: https://survey.example.org/c/walls?placement=P0001",
        "  posters/walls-P0001.html",
    ]
    assert "Emergency department" in (tmp_path / "posters" / "walls-P0001.html").read_text("utf-8")


@pytest.mark.skipif(find_browser() is None, reason="there is no browser that prints")
def test_the_pdf_is_one_page_of_a5(on_walls: Any, tmp_path: Path) -> None:
    said = on_walls("poster", "walls", "P0001", "--out", "posters", *ADDRESS)
    assert said.out.splitlines()[-1] == "  posters/walls-P0001.pdf"
    printed = (tmp_path / "posters" / "walls-P0001.pdf").read_bytes()
    boxes = re.findall(rb"/MediaBox\s*\[([^\]]+)\]", printed)
    assert len(boxes) == 1
    assert [float(side) for side in boxes[0].split()] == pytest.approx([0, 0, 148 / 25.4 * 72, 210 / 25.4 * 72], abs=1)


@pytest.mark.skipif(find_browser() is None, reason="there is no browser that prints")
def test_names_of_a_hundred_letters_still_fit_the_page(campaign: Campaign, tmp_path: Path) -> None:
    name = ("Ward of the very long name " * 8)[:100]
    above = [Organisation(level, level, name[:60], None) for level in (Level.PROVIDER, Level.SITE)]
    page = render_poster(
        replace(campaign, title=name),
        Organisation("W" * 30, Level.PLACEMENT, name, "site"),
        above,
        "https://survey.example.org",
        campaign.opens_on,
    )
    (tmp_path / "long.html").write_text(page, "utf-8")
    print_to_pdf(tmp_path / "long.html", tmp_path / "long.pdf", find_browser() or "")
    assert (tmp_path / "long.pdf").read_bytes().count(b"/MediaBox") == 1


def test_without_a_browser_it_says_so_and_leaves_the_page(
    on_walls: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    said = on_walls("poster", "walls", "P0001", "--out", "posters", *ADDRESS)
    assert said.code == 0
    assert said.errors[0].startswith("  no PDF: none of chromium,")
    assert [file.name for file in (tmp_path / "posters").iterdir()] == ["walls-P0001.html"]


def test_the_service_s_own_setting_says_the_address(on_walls: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NETS_PUBLIC_ORIGIN", "https://other.example.org")
    said = on_walls("poster", "walls", "P0001", "--out", "posters", "--no-pdf")
    assert said.out.startswith("Emergency department: https://other.example.org/c/walls")


@pytest.mark.parametrize(
    ("arguments", "code", "words"),
    [
        (("walls", "P0001"), 2, "Missing option '--address'"),
        (("walls", "P0001", "--address", "survey.example.org"), 2, "'survey.example.org' should be an origin such as"),
        (("walls", "P9999", *ADDRESS), 1, "there is no place P9999"),
        (("other", "P0001", *ADDRESS), 1, "there is no campaign other"),
        (("trial", "P0001", *ADDRESS), 1, "campaign trial takes no answers any more; its last day was 2020-03-31"),
    ],
)
def test_what_makes_no_poster_is_told_and_writes_nothing(
    on_walls: Any, tmp_path: Path, arguments: tuple[str, ...], code: int, words: str
) -> None:
    said = on_walls("poster", *arguments, "--out", "posters", "--no-pdf")
    assert (said.code, said.out) == (code, "")
    assert words in said.errors[0]
    assert not (tmp_path / "posters").exists()

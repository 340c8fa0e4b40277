"""A poster opens the survey of its placement, needs nothing from elsewhere and is made only where it is of use."""

import re
from dataclasses import replace
from datetime import date

import pytest
import segno

from nets.campaign import AccessMode, AnonymityMode, Campaign
from nets.errors import Refused
from nets.organisation import Level, Organisation
from nets.poster import placement_link, render_poster

ORIGIN = "https://survey.example.org"
TODAY = date(2026, 9, 1)
WARD = Organisation("P/1 é", Level.PLACEMENT, "Ward <5> & lounge", "S-1")
ABOVE = (
    Organisation("R-1", Level.REGION, "Mercia", None),
    Organisation("L-1", Level.LOCAL_OFFICE, "Dale Office", "R-1"),
    Organisation("H-1", Level.PROVIDER, "Hilltop Trust", "L-1"),
    Organisation("S-1", Level.SITE, "Hilltop House", "H-1"),
)


def poster(campaign: Campaign, placement: Organisation = WARD) -> str:
    return render_poster(campaign, placement, ABOVE, ORIGIN, TODAY)


def drawn_modules(page: str) -> set[tuple[int, int]]:
    """Row and column of each dark module, as the path of the picture draws them, the margin of four left out."""
    (path,) = re.findall(r'<path [^>]*d="([^"]+)"', page)
    dark, x, y = set(), 0.0, 0.0
    for step, numbers in re.findall(r"([Mmh])([^Mmh]+)", path):
        values = [float(number) for number in re.findall(r"-?\d*\.?\d+", numbers)]
        if step == "h":
            dark |= {(int(y - 0.5) - 4, int(x) - 4 + i) for i in range(int(values[0]))}
            x += values[0]
        else:
            x, y = (values[0], values[1]) if step == "M" else (x + values[0], y + values[1])
    return dark


def test_the_code_is_that_of_the_printed_link(campaign: Campaign) -> None:
    page = poster(campaign)
    link = "https://survey.example.org/c/autumn-2026?placement=P%2F1%20%C3%A9"
    assert placement_link(ORIGIN, campaign, WARD) == link
    assert f'<p class="link">{link}</p>' in page
    matrix = segno.make(link, error="m", micro=False).matrix
    expected = {(i, j) for i, row in enumerate(matrix) for j, module in enumerate(row) if module}
    assert drawn_modules(page) == expected


def test_it_says_what_a_learner_must_know_first(campaign: Campaign) -> None:
    page = poster(campaign)
    for words in (
        "Ward &lt;5&gt; &amp; lounge",
        "Hilltop House, Hilltop Trust",
        "1 October 2026 to 30 November 2026",
        "Your response is anonymous.",
        "call 999",
    ):
        assert words in page
    confidential = poster(replace(campaign, anonymity_mode=AnonymityMode.CONFIDENTIAL))
    assert "confidential, not anonymous" in confidential
    assert "is anonymous" not in confidential


def test_the_days_are_those_on_which_answers_are_taken(campaign: Campaign) -> None:
    assert "to 9 November 2026" in poster(replace(campaign, closed_on=date(2026, 11, 10)))


def test_it_needs_nothing_from_elsewhere(campaign: Campaign) -> None:
    page = poster(campaign)
    assert not re.findall(r"<script|<link|<img|src=|href=|url\(|@import", page)


@pytest.mark.parametrize(
    ("changes", "placement", "words"),
    [
        ({}, ABOVE[3], "S-1 is a site; a poster is for one placement"),
        ({"access_mode": AccessMode.IMPORTED}, WARD, "do not come to campaign autumn-2026 by a link"),
        ({"access_mode": AccessMode.INVITATION}, WARD, "do not come to campaign autumn-2026 by a link"),
        ({"opens_on": date(2026, 3, 1), "closes_on": date(2026, 8, 31)}, WARD, "its last day was 2026-08-31"),
    ],
)
def test_a_poster_of_no_use_is_refused(
    campaign: Campaign, changes: dict[str, object], placement: Organisation, words: str
) -> None:
    with pytest.raises(Refused, match=words):
        poster(replace(campaign, **changes), placement)  # type: ignore[arg-type] # fields by name

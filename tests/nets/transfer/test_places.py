"""Cells that name a unit become a placement with everything above it; what cannot be one place is a fault of the data."""

import re
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nets.errors import InvalidFile
from nets.organisation import Level, Organisation
from nets.transfer import places as places_room
from nets.transfer.mapping_file import read_mapping
from nets.transfer.places import CellProblem, PlacementBook, slug, unknown_places

STORED = (
    Organisation("R-1", Level.REGION, "North", None),
    Organisation("L-1", Level.LOCAL_OFFICE, "North Office", "R-1"),
    Organisation("P-1", Level.PROVIDER, "Old Trust", "L-1"),
    Organisation("S-1", Level.SITE, "Old Site", "P-1"),
    Organisation("W-1", Level.PLACEMENT, "Old Ward", "S-1"),
)


def book(survey: Any, **placement: Any) -> PlacementBook:
    settings = {"columns": "ward", "provider": "Invented Trust"} | placement
    settings = {name: value for name, value in settings.items() if value is not None}
    source = read_mapping(survey.mapping(placement=settings)).placement
    assert list(unknown_places(source, STORED)) == []
    return PlacementBook(source, STORED)


def tree(made: PlacementBook, placement_id: str) -> list[tuple[str, str]]:
    """Id and name of a placement and of every new place above it."""
    line, place = [], made.new.get(placement_id)
    while place is not None:
        line.append((place.id, place.name))
        place = made.new.get(place.parent_id or "")
    return line


def fault(made: PlacementBook, *cells: str) -> tuple[str, str]:
    with pytest.raises(CellProblem) as caught:
        made.placement_id(cells)
    return caught.value.column, caught.value.what


def test_a_placement_hangs_under_its_provider_and_the_rest_is_made_up(survey: Any) -> None:
    made = book(survey)
    assert tree(made, made.placement_id(("Ash",))) == [
        ("invented-trust-ash", "Ash"),
        ("site-invented-trust", "Invented Trust"),
        ("provider-invented-trust", "Invented Trust"),
        ("office-imported-data", "Imported data"),
        ("region-imported-data", "Imported data"),
    ]


def test_every_level_may_have_a_column_of_its_own(survey: Any) -> None:
    made = book(
        survey,
        columns=["ward", "shift"],
        name="{ward} by {shift}",
        site={"column": "site"},
        provider={"column": "trust"},
        local_office={"column": "office"},
        region="Mercia",
    )
    assert made.columns == ("ward", "shift", "site", "trust", "office")
    assert tree(made, made.placement_id(("Ash", "night", "Hill", "Dale", "West"))) == [
        ("dale-hill-ash-night", "Ash by night"),
        ("site-dale-hill", "Hill"),
        ("provider-dale", "Dale"),
        ("office-west", "West"),
        ("region-mercia", "Mercia"),
    ]


@pytest.mark.parametrize(
    ("placement", "parents"),
    [
        ({"site": {"id": "S-1"}, "provider": None}, ["S-1"]),
        ({"provider": {"id": "P-1"}}, ["site-p-1", "P-1"]),
        ({"local_office": {"id": "L-1"}}, ["site-invented-trust", "provider-invented-trust", "L-1"]),
        (
            {"region": {"id": "R-1"}},
            ["site-invented-trust", "provider-invented-trust", "office-north", "R-1"],
        ),
    ],
)
def test_a_level_may_be_one_of_the_database(survey: Any, placement: dict[str, Any], parents: list[str]) -> None:
    made = book(survey, **placement)
    line = tree(made, made.placement_id(("Ash",)))
    found = [place_id for place_id, _ in line[1:]]
    last = made.new[line[-1][0]].parent_id
    assert [*found, last] == parents


def test_existing_placements_are_named_by_their_ids(survey: Any) -> None:
    made = book(survey, existing=True, provider=None)
    assert made.placement_id((" W-1 ",)) == "W-1"
    assert made.new == {}
    for cell in ("W-9", "S-1"):
        assert fault(made, cell) == ("ward", f"'{cell}' is not the id of a placement in this survey")


def test_numbers_are_named_with_their_columns(survey: Any) -> None:
    made = book(survey, columns=["class", "instr"])
    assert made.new[made.placement_id(("12", "3"))].name == "class 12, instr 3"
    numbered = book(survey, columns="class")
    assert numbered.new[numbered.placement_id(("12",))].name == "class 12"


def test_the_same_cells_are_the_same_placement_now_and_next_year(survey: Any) -> None:
    made = book(survey)
    assert made.placement_id(("Tŷ Llwy",)) == made.placement_id(("Tŷ Llwy ",)) == "invented-trust-ty-llwy"
    assert made.used == {"invented-trust-ty-llwy"}
    assert len([place for place in made.new.values() if place.level is Level.PLACEMENT]) == 1


@pytest.mark.parametrize(
    ("first", "second", "column", "what"),
    [
        (("A/B", "x"), ("A-B", "x"), "ward", "'A-B' and 'A/B' would be the same placement, x-a-b: write them alike"),
        (("A", "St Mary's"), ("B", "St. Mary's"), "trust", 'is written "St Mary\'s" in an earlier row'),
        (("A", "x"), ("", "x"), "ward", "is empty, so the row belongs to no placement"),
        (("A", "x"), ("A", " "), "trust", "is empty, so the row belongs to no placement"),
        (("A", "x"), ("n" * 201, "x"), "ward", "is longer than a name may be (200 characters)"),
    ],
)
def test_what_cannot_be_one_place_is_told_by_its_column(
    survey: Any, first: tuple[str, ...], second: tuple[str, ...], column: str, what: str
) -> None:
    made = book(survey, provider={"column": "trust"})
    made.placement_id(first)
    where, told = fault(made, *second)
    assert where == column
    assert what in told
    assert fault(made, *second) == (where, told)  # asked again, to word the message


def test_a_provider_in_two_offices_is_told(survey: Any) -> None:
    made = book(survey, provider={"column": "trust"}, local_office={"column": "office"})
    made.placement_id(("A", "x", "East"))
    assert fault(made, "B", "x", "West") == ("trust", "'x' is in office-west here and in office-east in an earlier row")


def test_an_id_that_is_elsewhere_in_the_database_is_told(survey: Any) -> None:
    source = read_mapping(survey.mapping(placement={"columns": "ward", "provider": "Old"})).placement
    made = PlacementBook(source, [*STORED, Organisation("old-ash", Level.PLACEMENT, "Ash", "S-1")])
    assert fault(made, "Ash") == ("ward", "old-ash is already in the database, elsewhere in the tree (in S-1)")


def test_a_name_that_is_stored_stays(survey: Any) -> None:
    made = book(survey)
    made.placement_id(("Ash",))
    again = PlacementBook(read_mapping(survey.mapping()).placement, list(made.new.values()))
    assert again.placement_id(("ASH",)) == "invented-trust-ash"
    assert again.new == {}


def test_more_placements_than_any_survey_has_are_stopped(survey: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(places_room, "MOST_PLACEMENTS", 3)
    made = book(survey)
    for ward in "abc":
        made.placement_id((ward,))
    with pytest.raises(InvalidFile, match="column ward: names more than 3 placements: is it the column of the unit"):
        made.placement_id(("d",))


@pytest.mark.parametrize(
    ("text", "expected"),
    [("Ward 3 / East", "ward-3-east"), ("Ty\u0302 Llwy", "ty-llwy"), ("--A--", "a"), ("Straße", "strasse")],
)
def test_an_id_is_made_of_the_letters_of_a_name(text: str, expected: str) -> None:
    assert slug(text) == expected


@given(st.text("aB7 -/é漢Ωß'.\u0302", max_size=120))
def test_an_id_is_short_and_plain_and_stands_for_one_name_of_other_letters(text: str) -> None:
    made = slug(text)
    assert re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)*", made)
    assert len(made) <= 60
    assert made == slug(text)
    if "漢" in text:
        assert made != slug(text.replace("漢", "字"))

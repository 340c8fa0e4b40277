"""Hidden cells are counted by level; a cell that is not in the record is hidden."""

from nets.disclosure.shown import NoRate, ShownMean, ShownResponses, SuppressedDistribution
from nets.disclosure.withheld import WithheldCells, count_withheld
from nets.releases.place_record import NotAssessed, PlaceRecord

MEAN = ShownMean(12, 71.0, 10.0, (65.0, 77.0), 12.0, SuppressedDistribution())


def record(place_id: str, level: str, scores: tuple[str, ...], groups: dict[str, tuple[str, ...]]) -> PlaceRecord:
    return PlaceRecord(
        place_id,
        level,
        ShownResponses(12, NoRate()),
        dict.fromkeys(scores, MEAN),
        {group: dict.fromkeys(of_group, MEAN) for group, of_group in groups.items()},
        NotAssessed(),
    )


def test_every_scale_and_group_that_could_be_shown_is_counted() -> None:
    records = [
        record("W-1", "placement", ("tea", "room"), {"nursing": ("tea",)}),
        record("W-2", "placement", ("tea",), {}),
        record("S-1", "site", ("tea", "room"), {"nursing": ("tea", "room"), "pharmacy": ("tea", "room")}),
    ]
    assert count_withheld(records, ["tea", "room"], ["nursing", "pharmacy"]) == (
        WithheldCells("placement", 2, 4, 1, 8, 7),
        WithheldCells("site", 1, 2, 0, 4, 0),
    )


def test_of_no_places_there_is_nothing_to_count() -> None:
    assert count_withheld([], ["tea"], ["nursing"]) == ()

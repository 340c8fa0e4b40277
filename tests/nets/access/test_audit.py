"""The chain of the audit trail breaks at the first row that was touched."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone
from typing import Any

from nets.access.audit import FIRST_HASH, Act, AuditRow, BrokenTrail, SoundTrail, next_row, verify_trail

NOON = datetime(2026, 3, 10, 12, tzinfo=UTC)


def trail(n: int) -> list[AuditRow]:
    rows: list[AuditRow] = []
    for number in range(n):
        rows.append(next_row(rows[-1] if rows else None, NOON, "jo", Act.SIGNED_IN, f"jo-{number}", {"by": "password"}))
    return rows


def test_a_trail_that_nobody_touched_is_sound() -> None:
    rows = trail(4)
    assert verify_trail(rows) == SoundTrail(4, rows[-1].hash)
    assert verify_trail([]) == SoundTrail(0, FIRST_HASH)


def test_a_changed_row_is_named_whatever_of_it_was_changed() -> None:
    rows = trail(4)
    for field in ("at", "who", "act", "about", "details", "hash"):
        touched: Any = {field: "x" * 64}
        verdict = verify_trail([*rows[:2], replace(rows[2], **touched), rows[3]])
        assert isinstance(verdict, BrokenTrail)
        assert verdict.number == 3, field


def test_a_changed_row_with_a_hash_made_to_fit_breaks_the_next_one() -> None:
    rows = trail(4)
    forged = next_row(rows[0], NOON, "mallory", Act.SIGNED_IN, "jo-1", {})
    verdict = verify_trail([rows[0], forged, *rows[2:]])
    assert isinstance(verdict, BrokenTrail)
    assert verdict.number == 3


def test_a_row_taken_out_is_named() -> None:
    rows = trail(4)
    assert verify_trail([*rows[:1], *rows[2:]]) == BrokenTrail(2, "the row is missing")


def test_a_trail_cut_short_or_written_anew_is_found_by_a_head_noted_earlier() -> None:
    rows = trail(4)
    noted = (3, rows[2].hash)
    assert verify_trail(rows, noted) == SoundTrail(4, rows[-1].hash)
    assert verify_trail(rows[:2], noted) == BrokenTrail(3, "the trail ends before row 3, which was noted")
    anew = [next_row(None, NOON, "mallory", Act.SIGNED_IN, "jo", {})]
    while len(anew) < 4:
        anew.append(next_row(anew[-1], NOON, "mallory", Act.SIGNED_IN, "jo", {}))
    assert isinstance(verify_trail(anew), SoundTrail)
    assert verify_trail(anew, noted) == BrokenTrail(3, "its hash is not the one that was noted")


def test_moments_are_in_utc_and_details_in_one_order() -> None:
    east = NOON.astimezone(timezone(timedelta(hours=2)))
    one = next_row(None, NOON, "jo", Act.KEY_ADDED, "k", {"a": 1, "b": None})
    assert one == next_row(None, east, "jo", Act.KEY_ADDED, "k", {"b": None, "a": 1})
    assert one.at == "2026-03-10T12:00:00Z"

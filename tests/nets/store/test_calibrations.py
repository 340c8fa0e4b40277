"""A calibration is kept once a release and level, and never changed, on both engines."""

from typing import Any

import pytest
from sqlalchemy import text

from nets.errors import Refused
from nets.flags.calibration import (
    Calibration,
    GateCalibration,
    GateNeverOpens,
    ListCalibration,
    NeverListed,
    NotCalibrated,
    ReleaseCalibration,
    Share,
)
from nets.store.calibrations import add_calibration, read_calibration
from nets.store.database import Database

RELEASE = text(
    "INSERT INTO releases VALUES ('small-2026-r1', 'small-2026', 1, 'small', '1.0', '2026.1', '2026-04-01', 0, :digest, '{}', '{}')"
)
A_SHARE = Share(0.2, 0.1)
A_LIST = ListCalibration(3.5, Share(0.1, 0.01), Share(0.6, 0.02), Share(0.4, 0.03))
SCALES: dict[str, Any] = {
    "tea": Calibration(
        40,
        20,
        78.0,
        18.0,
        0.1,
        {"gmc_low": A_LIST, "best_tenth": NeverListed()},
        GateCalibration(2.0, A_SHARE, A_SHARE, A_SHARE),
    ),
    "coffee": Calibration(40, 20, 78.0, 18.0, 0.1, {}, GateNeverOpens()),
    "water": NotCalibrated("fewer than 10 places have a score that may be shown"),
}


def calibration(level: str = "placement") -> ReleaseCalibration:
    return ReleaseCalibration("small-2026-r1", level, "flags-2026.1", "risk-2026.2", SCALES)


@pytest.fixture
def released(filled: Database) -> Database:
    with filled.begin() as connection:
        connection.execute(RELEASE, {"digest": "0" * 64})
    return filled


def test_it_comes_back_as_it_was_kept(released: Database) -> None:
    with released.begin() as connection:
        assert read_calibration(connection, "small-2026-r1", "placement") is None
        add_calibration(connection, calibration())
        add_calibration(connection, calibration("site"))
    with released.read() as connection:
        assert read_calibration(connection, "small-2026-r1", "placement") == calibration()
        assert read_calibration(connection, "small-2026-r1", "site") == calibration("site")
        assert read_calibration(connection, "small-2026-r1", "region") is None


def test_a_level_is_calibrated_once(released: Database) -> None:
    with released.begin() as connection:
        add_calibration(connection, calibration())
    with pytest.raises(Refused, match="calibrated at the level placement already"), released.begin() as connection:
        add_calibration(connection, calibration())


@pytest.mark.parametrize(
    "statement", ["UPDATE release_calibrations SET document = 'x'", "DELETE FROM release_calibrations"]
)
def test_it_is_never_changed(released: Database, statement: str) -> None:
    with released.begin() as connection:
        add_calibration(connection, calibration())
    with pytest.raises(Refused, match="never changed"), released.begin() as connection:
        connection.execute(text(statement))


def test_it_is_not_replaced(released: Database, engine_name: str) -> None:
    with released.begin() as connection:
        add_calibration(connection, calibration())
    row = "release_calibrations VALUES ('small-2026-r1', 'placement', 'x')"
    statement = f"INSERT OR REPLACE INTO {row}" if engine_name == "sqlite" else "TRUNCATE release_calibrations"
    with pytest.raises(Refused, match="never changed"), released.begin() as connection:
        connection.execute(text(statement))


def test_the_gate_is_told_over_all_scales() -> None:
    words = calibration().gate_in_words
    assert "opens falsely at 20% of the places" in words
    assert "misses 20% of those" in words
    other = GateCalibration(2.0, Share(0.31, 0.1), Share(0.5, 0.1), A_SHARE)
    scales = {**SCALES, "milk": Calibration(40, 20, 78.0, 18.0, 0.1, {}, other)}
    assert "at 20 to 31% of the places" in ReleaseCalibration("r", "placement", "f", "r", scales).gate_in_words
    quiet = {"coffee": SCALES["coffee"], "water": SCALES["water"]}
    assert "opens for no score alone" in ReleaseCalibration("r", "placement", "f", "r", quiet).gate_in_words

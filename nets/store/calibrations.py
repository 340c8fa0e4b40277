"""What simulation says of a release's flags: kept once a release and level, and never changed."""

from sqlalchemy import Connection, select

from nets.errors import Refused
from nets.flags.calibration import ReleaseCalibration, calibration_from_json, calibration_to_json
from nets.store.tables import release_calibrations


def add_calibration(connection: Connection, calibration: ReleaseCalibration) -> None:
    """Keep a calibration.

    Raises
    ------
    Refused
        If this level of the release has one.
    """
    if read_calibration(connection, calibration.release_id, calibration.level) is not None:
        raise Refused(f"release {calibration.release_id} is calibrated at the level {calibration.level} already")
    connection.execute(
        release_calibrations.insert(),
        {
            "release_id": calibration.release_id,
            "level": calibration.level,
            "document": calibration_to_json(calibration).decode(),
        },
    )


def read_calibration(connection: Connection, release_id: str, level: str) -> ReleaseCalibration | None:
    """The calibration of one level of a release, or None before there is one."""
    document = connection.execute(
        select(release_calibrations.c.document).where(
            release_calibrations.c.release_id == release_id, release_calibrations.c.level == level
        )
    ).scalar()
    return None if document is None else calibration_from_json(document)

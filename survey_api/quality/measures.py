"""Which measure a page was asked for."""

from collections.abc import Sequence

from nets.errors import NotFound
from nets.releases.measure import Measure


def asked_measure(measures: Sequence[Measure], code: str) -> Measure:
    """The measure of this code, or the first where none was asked for; NotFound for one that is not there."""
    if not measures:
        raise NotFound("this release holds nothing of the kind")
    if not code:
        return measures[0]
    found = next((measure for measure in measures if measure.code == code), None)
    if found is None:
        raise NotFound(f"there is nothing called {code} in this release")
    return found

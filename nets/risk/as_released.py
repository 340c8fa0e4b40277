"""Risks of places that nobody has written about: of those the release itself says what is suggested."""

from datetime import date
from functools import lru_cache

from nets.organisation import Level, Organisation
from nets.releases.place_record import NotAssessed
from nets.releases.release import ReleaseHeader
from nets.risk import Evidence, Suggestion, SurveyEvidence, read_rule, suggest_risk
from nets.risk.on_day import RiskOnDay, risks_on
from nets.store.database import Connection
from nets.store.organisations import read_tree
from nets.store.released_records import read_records
from nets.store.releases import list_releases
from nets.tree import THE_NATION


def as_released(header: ReleaseHeader, place: Organisation, suggestion: Suggestion) -> RiskOnDay:
    """What is known of such a place: the survey's part, which is frozen; its scores are in the release and not told again."""
    return RiskOnDay(place, "", _nothing_else(header.id), suggestion, read_rule(header.rule_version), ())


@lru_cache(maxsize=4)
def _nothing_else(release_id: str) -> Evidence:
    """The same for thousands of places of a release."""
    return Evidence(SurveyEvidence(release_id))


def risks_today(connection: Connection, on: date, under: str | None = None) -> tuple[RiskOnDay, ...]:
    """Risks by the newest release, the most severe first: those of ``risks_on``, without the scores of who is silent.

    Parameters
    ----------
    under
        Only one place and everything below it.
    """
    header = next(iter(list_releases(connection)), None)
    spoken = risks_on(connection, on, under=under, header=header, with_silent=False)
    if header is None:
        return spoken
    tree = read_tree(connection)
    top = THE_NATION if under is None else tree.places[under]
    spoken_of = {risk.place.id for risk in spoken}
    placements = {
        place.place_id: place
        for place in (top, *tree.below(top))
        if place.level == Level.PLACEMENT and place.place_id not in spoken_of
    }
    nothing = suggest_risk(Evidence(SurveyEvidence(header.id)), read_rule(header.rule_version))
    silent = [
        as_released(
            header,
            placements[place_id].organisation,
            nothing if isinstance(record.risk, NotAssessed) else record.risk,
        )
        for place_id, record in read_records(connection, header.id, placements.keys()).items()
    ]
    found = sorted((*spoken, *silent), key=lambda risk: (risk.place.id, risk.programme))
    return tuple(sorted(found, key=lambda risk: risk.severity, reverse=True))

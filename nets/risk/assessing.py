"""The act of assessing a risk: a person confirms or changes what is suggested on that day, and all it was made of is stored."""

from nets.access.audit import Act
from nets.errors import InvalidSetting, Problem, Refused
from nets.risk.assessment import Assessment
from nets.risk.confirmation import Decision, confirm
from nets.risk.on_day import risk_on, same_programme
from nets.store.assessments import add_assessment, decide_alone, list_assessments
from nets.store.audit import write_audit
from nets.store.database import Database


def assess(
    database: Database,
    place_id: str,
    decision: Decision,
    *,
    programme: str = "",
    campaign_id: str = "",
    asked_for: bool = False,
    seen: str = "",
    who: str,
) -> Assessment:
    """Store what a person makes of the risk as it stands on the day of the decision; it supersedes what was there.

    Parameters
    ----------
    seen
        The state (``RiskOnDay.state``) that the person decided on; nothing is stored where it is no longer that. Whoever decides
        at once leaves it out.
    who
        Who acts, for the audit trail.

    Raises
    ------
    NotFound, InvalidSetting, Refused
        As ``risk_on``, ``confirm`` and ``add_assessment``; nothing is stored then.
    Refused
        If something has become known, or somebody has assessed, since the person looked.
    """
    with database.begin() as connection:
        decide_alone(connection, place_id)
        found = risk_on(
            connection, place_id, decision.on, programme=programme, campaign_id=campaign_id, asked_for=asked_for
        )
        if seen and seen != found.state:
            raise Refused(f"something new is known of {place_id} since this was looked at; look at it again")
        every = [
            made
            for made in list_assessments(connection, place_id=place_id)
            if same_programme(made.programme, programme)
        ]
        if len(every) > len(found.history):
            what = f"{decision.on} is before the newest assessment, {every[0].id} of {every[0].confirmed_on}"
            raise InvalidSetting([Problem("on", what)])
        made = confirm(
            found.suggestion,
            found.evidence,
            found.rule,
            decision,
            place_id=place_id,
            programme=every[0].programme if every else programme,
            number=len(every) + 1,
        )
        add_assessment(connection, made)
        write_audit(connection, who, Act.RISK_ASSESSED, made.id, level=made.level.value, release=made.release_id)
    return made

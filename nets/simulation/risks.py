"""What the demo knows beside the survey: evidence, a concern about a place with too few learners for a score, and an assessment."""

from datetime import date, timedelta
from typing import Final

from nets.access.roles import WHOLE_SURVEY
from nets.campaign import Campaign
from nets.risk.assessing import assess
from nets.risk.concern import ConcernStatus, Lead
from nets.risk.confirmation import Decision
from nets.risk.entering import enter_concern, enter_evidence, write_about_concern
from nets.risk.external_evidence import Bearing, Source
from nets.store.concerns import list_concerns
from nets.store.database import Database
from nets.store.evidence import list_evidence

_BY: Final = "A Example, quality lead"
_LEAD: Final = Lead("B Example", "Head of education quality", "national")
_WHO: Final = "national"
_WEEK: Final = timedelta(days=7)
_UNTIL_ASSESSED: Final = timedelta(days=60)


def plant_risks(
    database: Database, today: date, *, declining: str, poor_facilities: str, small: str, last: Campaign
) -> None:
    """Enter what is known beside the survey, once: where there is evidence or a concern already, nothing is entered."""
    survey = database.within(WHOLE_SURVEY)
    with survey.read() as connection:
        if list_evidence(connection) or list_concerns(connection):
            return
    assess(
        survey,
        declining,
        Decision(
            likelihood=3,
            impact=3,
            reason="The score fell once; the department says that a supervisor was on leave, and is met again in spring.",
            interventions=("learner and educator meetings",),
            supportive=("shadowing",),
            by=_BY,
            on=min(today, last.closes_on + _UNTIL_ASSESSED),
        ),
        campaign_id=last.id,
        asked_for=True,
        who=_WHO,
    )
    for place, sentence, source, bearing, about, day in (
        (
            declining,
            "On an unannounced visit two of five learners could not name their supervisor.",
            Source.VISIT,
            Bearing.ADVERSE,
            "supervision",
            today - 6 * _WEEK,
        ),
        (
            poor_facilities,
            "Lockers and a room to study in were opened after the survey's answers had come in.",
            Source.SERVICE_CHANGE,
            Bearing.REASSURING,
            "facilities",
            today - 2 * _WEEK,
        ),
    ):
        enter_evidence(
            survey,
            place,
            sentence,
            programme="",
            dated_on=day,
            source=source,
            bearing=bearing,
            about=about,
            by=_BY,
            on=today,
            who=_WHO,
        )
    concern = enter_concern(
        survey,
        small,
        "A learner was left alone with the emergency bleep on two nights and did not know whom to call.",
        programme="",
        raised_on=today - _WEEK,
        is_safety=True,
        about="unsupervised_practice",
        lead=_LEAD,
        by=_BY,
        on=today - _WEEK,
        who=_WHO,
    )
    write_about_concern(
        survey,
        concern.id,
        ConcernStatus.LOOKED_INTO,
        note="Rota seen and department spoken to; a visit is arranged.",
        by=_LEAD.name,
        on=today,
        who=_WHO,
    )

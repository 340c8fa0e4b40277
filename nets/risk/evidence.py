"""Everything known about a place when a risk is suggested: the survey, evidence from outside it, concerns, what was done before."""

from dataclasses import dataclass
from datetime import date

from nets.risk.concern import ConcernNotice
from nets.risk.external_evidence import Bearing, ExternalEvidence
from nets.risk.survey_evidence import SurveyEvidence


@dataclass(frozen=True, slots=True)
class EarlierAssessment:
    """The confirmed assessment that an earlier campaign led to: what was done since should show in this one.

    Attributes
    ----------
    id
        Such as ``"P0005-a1"``.
    about
        The subject it was about.
    interventions
        What was chosen then, supportive ones among it.
    """

    id: str
    about: str
    likelihood: int
    impact: int
    interventions: tuple[str, ...]
    confirmed_on: date


@dataclass(frozen=True, slots=True)
class Evidence:
    """Everything known about a place, or a programme there, when a risk is suggested.

    Attributes
    ----------
    survey
        What the newest release says.
    external
        Dated evidence from outside the survey that still counts.
    concerns
        Those that are not closed.
    earlier
        The assessment of an earlier campaign, at most one.
    asked_for
        True where a person wants a suggestion although no gate opened.
    """

    survey: SurveyEvidence
    external: tuple[ExternalEvidence, ...] = ()
    concerns: tuple[ConcernNotice, ...] = ()
    earlier: tuple[EarlierAssessment, ...] = ()
    asked_for: bool = False

    @property
    def adverse(self) -> tuple[ExternalEvidence, ...]:
        """The external evidence that points to a risk."""
        return tuple(piece for piece in self.external if piece.bearing is Bearing.ADVERSE)

    @property
    def has_a_second_source(self) -> bool:
        """Whether anything but the survey points to a risk, whatever it is about."""
        return bool(self.concerns or self.adverse)

    def confirms(self, subject: str) -> bool:
        """Whether anything but the survey points to a risk with this subject."""
        concerns = (concern.about for concern in self.concerns)
        return subject in (*concerns, *(piece.about for piece in self.adverse))

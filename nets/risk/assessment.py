"""An assessment: what a person made of a suggested risk, with everything it was made of. Superseded by the next, never changed.

Its evidence and suggestion are kept as canonical JSON, so that every colour traces back to a release, a rule version and
aggregates. Of concerns the record holds that there was one; what they say stays where only some may read it.
"""

import re
from dataclasses import dataclass
from datetime import date
from typing import Final

from pydantic import TypeAdapter

from nets.risk.evidence import Evidence
from nets.risk.matrix import Colour, RiskLevel
from nets.risk.suggestion import InsufficientEvidence, RiskSuggestion, Suggestion

_EVIDENCE: Final[TypeAdapter[Evidence]] = TypeAdapter(Evidence)
_SUGGESTION: Final[TypeAdapter[Suggestion]] = TypeAdapter(Suggestion)


@dataclass(frozen=True, slots=True)
class Assessment:
    """One assessment of a place, or of one programme there.

    Attributes
    ----------
    programme
        Empty for the whole place.
    number
        Counts the assessments of the place (or programme) from 1; each supersedes the one before.
    release_id
        The release whose survey evidence it was made of; empty where there was none, because a concern waits for no campaign.
    evidence, suggestion
        What it was made of, and what the rule suggested.
    likelihood, impact, colour, level
        The cell that the person confirmed or put in its place.
    reason
        Why it is another cell than the suggested one, in the person's words; empty where it is the same.
    interventions, supportive
        What was chosen to be done, and to go beside it.
    """

    place_id: str
    programme: str
    number: int
    release_id: str
    rule_version: str
    evidence: Evidence
    suggestion: Suggestion
    likelihood: int
    impact: int
    colour: Colour
    level: RiskLevel
    reason: str
    interventions: tuple[str, ...]
    supportive: tuple[str, ...]
    confirmed_by: str
    confirmed_on: date

    @property
    def id(self) -> str:
        """What it is called: ``"P0005-a2"``, ``"R2-paramedicine-a1"``."""
        programme = re.sub(r"\W+", "-", self.programme.casefold()).strip("-")
        return "-".join(filter(None, (self.place_id, programme, f"a{self.number}")))

    @property
    def robustness(self) -> str:
        """The handbook's clause on the quality of the data, as it stood in the suggestion."""
        if isinstance(self.suggestion, InsufficientEvidence):
            return self.suggestion.reasons[0]
        return self.suggestion.robustness

    @property
    def is_as_suggested(self) -> bool:
        """Whether the person confirmed the suggested cell."""
        return isinstance(self.suggestion, RiskSuggestion) and (self.likelihood, self.impact) == (
            self.suggestion.likelihood,
            self.suggestion.impact,
        )


def evidence_to_json(evidence: Evidence) -> str:
    """Canonical text of everything an assessment was made of."""
    return _EVIDENCE.dump_json(evidence).decode()


def evidence_from_json(document: str) -> Evidence:
    """The evidence behind its text."""
    return _EVIDENCE.validate_json(document)


def suggestion_to_json(suggestion: Suggestion) -> str:
    """Canonical text of a suggestion."""
    return _SUGGESTION.dump_json(suggestion).decode()


def suggestion_from_json(document: str) -> Suggestion:
    """The suggestion behind its text."""
    return _SUGGESTION.validate_json(document)

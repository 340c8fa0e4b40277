"""The form by which a risk is confirmed or changed: from fields to a decision and back, no judgement of what was chosen."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final

from nets.risk import RiskRule, RiskSuggestion
from nets.risk.assessment import Assessment
from nets.risk.confirmation import Decision
from nets.risk.on_day import RiskOnDay
from survey_api.learner.form import Fields, raw_answer

CALLED: Final = {
    "likelihood": "likelihood",
    "impact": "impact",
    "reason": "reason",
    "intervention": "what is to be done",
    "supportive": "beside it",
}
"""The fields of the form in their order, by what a problem calls them."""
_CHECKED: Final = "yes"


@dataclass(frozen=True, slots=True)
class Choice:
    """One checkbox: its field, what it says, whether it is ticked, and what is said beside it."""

    field: str
    name: str
    is_chosen: bool
    beside: str


def fields_of(found: RiskOnDay) -> dict[str, str]:
    """What the form holds when it is opened: the suggested cell, if there is one, and nothing else."""
    fields = {"ask": "1" if found.evidence.asked_for else ""}
    if isinstance(found.suggestion, RiskSuggestion):
        fields |= {"likelihood": str(found.suggestion.likelihood), "impact": str(found.suggestion.impact)}
    return fields


def choices(kind: str, names: Sequence[str], fields: Fields, found: RiskOnDay) -> list[Choice]:
    """The checkboxes of a kind; the interventions of the suggested level come first and are marked."""
    offered: Sequence[str] = found.suggestion.interventions if isinstance(found.suggestion, RiskSuggestion) else ()
    made = [
        Choice(
            f"{kind}-{number}",
            name,
            fields.get(f"{kind}-{number}") == _CHECKED,
            _levels_of(name, found.rule) if kind == "intervention" else "",
        )
        for number, name in enumerate(names)
    ]
    return sorted(made, key=lambda choice: choice.name not in offered)


def decision_of(fields: Fields, rule: RiskRule, by: str, on: date) -> Decision:
    """What a form says; a cell that it leaves open is left open, and line ends of the reason become spaces."""
    return Decision(
        _cell(fields.get("likelihood", "")),
        _cell(fields.get("impact", "")),
        " ".join(fields.get("reason", "").split()),
        _chosen("intervention", rule.every_intervention, fields),
        _chosen("supportive", rule.supportive, fields),
        by,
        on,
    )


def is_made_by(decision: Decision, made: Assessment) -> bool:
    """Whether an assessment is what this decision led to, so that the form was sent twice."""
    return (
        made.confirmed_by == decision.by
        and made.confirmed_on == decision.on
        and made.reason == decision.reason
        and (made.likelihood, made.impact) == (decision.likelihood, decision.impact)
        and (made.interventions, made.supportive) == (decision.interventions, decision.supportive)
    )


def _cell(text: str) -> int | None:
    value = raw_answer(text)
    return value if isinstance(value, int) else None


def _chosen(kind: str, names: Sequence[str], fields: Fields) -> tuple[str, ...]:
    return tuple(name for number, name in enumerate(names) if fields.get(f"{kind}-{number}") == _CHECKED)


def _levels_of(name: str, rule: RiskRule) -> str:
    return ", ".join(level.value for level, names in rule.interventions.items() if name in names)

"""A person confirms a suggested risk or puts another cell in its place, and chooses what is done. Only this makes an assessment."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from difflib import get_close_matches
from typing import Final

from nets.errors import InvalidSetting, Problem
from nets.risk.assessment import Assessment
from nets.risk.evidence import Evidence
from nets.risk.external_evidence import LONGEST_NAME, not_a_line
from nets.risk.matrix import RiskLevel, not_on_the_matrix, risk_colour
from nets.risk.rule import RiskRule
from nets.risk.suggestion import RiskSuggestion, Suggestion

LONGEST_REASON: Final = 1_000
_ASKS_FOR_AN_INTERVENTION: Final = (RiskLevel.HIGH, RiskLevel.MEDIUM)


@dataclass(frozen=True, slots=True)
class Decision:
    """What a person says.

    Attributes
    ----------
    likelihood, impact
        From 1 to 5; None confirms what is suggested.
    reason
        Why it is another cell than the suggested one; empty where it is the same. Everybody who may see the place reads it.
    interventions, supportive
        By the names of the rule; a level's list is offered first, and those of other levels may be chosen.
    """

    likelihood: int | None
    impact: int | None
    reason: str
    interventions: tuple[str, ...]
    supportive: tuple[str, ...]
    by: str
    on: date


def confirm(
    suggestion: Suggestion,
    evidence: Evidence,
    rule: RiskRule,
    decision: Decision,
    *,
    place_id: str,
    programme: str,
    number: int,
) -> Assessment:
    """The assessment that a decision makes of a suggestion.

    Raises
    ------
    InvalidSetting
        Naming everything that is wrong: no cell given where none is suggested, another cell without a reason, interventions
        that the rule does not know, none at a level that asks for one.
    """
    likelihood, impact, problems = _cell(suggestion, decision)
    is_changed = not isinstance(suggestion, RiskSuggestion) or (likelihood, impact) != (
        suggestion.likelihood,
        suggestion.impact,
    )
    if is_changed and not decision.reason.strip():
        problems.append(Problem("reason", "must be given where the cell is not the suggested one"))
    if decision.reason:
        problems += not_a_line("reason", decision.reason, LONGEST_REASON)
    problems += _unknown("intervention", decision.interventions, rule.every_intervention, rule.supportive)
    problems += _unknown("supportive", decision.supportive, rule.supportive, rule.every_intervention)
    problems += not_a_line("by", decision.by, LONGEST_NAME)
    if not not_on_the_matrix(likelihood, impact):
        level = rule.level_of_colour[risk_colour(likelihood, impact)]
        if level in _ASKS_FOR_AN_INTERVENTION and not decision.interventions:
            offered = ", ".join(rule.interventions[level])
            problems.append(Problem("intervention", f"a {level} risk asks for one; offered first: {offered}"))
    if problems:
        raise InvalidSetting(problems)
    colour = risk_colour(likelihood, impact)
    return Assessment(
        place_id=place_id,
        programme=programme,
        number=number,
        release_id=evidence.survey.release_id,
        rule_version=rule.version,
        evidence=evidence,
        suggestion=suggestion,
        likelihood=likelihood,
        impact=impact,
        colour=colour,
        level=rule.level_of_colour[colour],
        reason=decision.reason,
        interventions=decision.interventions,
        supportive=decision.supportive,
        confirmed_by=decision.by,
        confirmed_on=decision.on,
    )


def _cell(suggestion: Suggestion, decision: Decision) -> tuple[int, int, list[Problem]]:
    """The cell that a decision comes to, 0 for what it leaves open, and what is wrong with it."""
    suggested = (suggestion.likelihood, suggestion.impact) if isinstance(suggestion, RiskSuggestion) else (None, None)
    given = (decision.likelihood, decision.impact)
    cell = [mine if mine is not None else theirs for mine, theirs in zip(given, suggested, strict=True)]
    problems = [
        Problem(name, "must be given, for nothing is suggested")
        for name, value in zip(("likelihood", "impact"), cell, strict=True)
        if value is None
    ]
    missing = {problem.where for problem in problems}
    problems += [problem for problem in not_on_the_matrix(*cell) if problem.where not in missing]
    return cell[0] or 0, cell[1] or 0, problems


def _unknown(name: str, chosen: Sequence[str], known: Sequence[str], of_the_other_kind: Sequence[str]) -> list[Problem]:
    problems = []
    for number, choice in enumerate(chosen):
        if choice in chosen[:number]:
            problems.append(Problem(name, f"'{choice}' stands there twice"))
        elif choice in of_the_other_kind:
            other = "supportive" if name == "intervention" else "intervention"
            problems.append(Problem(name, f"'{choice}' is chosen with --{other}"))
        elif choice not in known:
            near = get_close_matches(choice.casefold(), known, n=1)
            hint = f"; is '{near[0]}' meant?" if near else f"; there is {', '.join(known)}"
            problems.append(Problem(name, f"'{choice}' is not known to the rule{hint}"))
    return problems

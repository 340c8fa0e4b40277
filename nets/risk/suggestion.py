"""From evidence to a suggested risk cell, with the reasons in words. A person confirms or changes it; nothing here decides.

Thresholds, impacts and the mapping of colours to levels are data (``rules/risk-*.json``) and are versioned with it.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import TypeAlias

from nets.risk.matrix import HIGHEST, Colour, RiskLevel, risk_colour, severity


@dataclass(frozen=True, slots=True)
class RiskRule:
    """The default rule as data. Probabilities are thresholds on P(true score < benchmark - 1 tau)."""

    version: str
    gate: float
    likelihood_from: tuple[tuple[float, int], ...]
    likelihood_after_action: tuple[tuple[float, int], ...]
    first_campaign_cap: int
    impact_of_scale: Mapping[str, int]
    impact_of_other_scales: int
    groups_for_one_more: int
    adverse_likelihood: int
    adverse_least_reports: int
    adverse_level: float
    concern_cell: tuple[int, int]
    least_reliability: float
    level_of_colour: Mapping[Colour, RiskLevel]
    interventions: Mapping[RiskLevel, tuple[str, ...]]

    def impact(self, scale: str) -> int:
        """The impact of a problem on this scale, before the number of groups is looked at."""
        return self.impact_of_scale.get(scale, self.impact_of_other_scales)


@cache
def read_rule(name: str = "risk-2026.1") -> RiskRule:
    """A shipped rule by its version."""
    data = json.loads(resources.files("nets").joinpath("rules", f"{name}.json").read_text("utf-8"))
    return RiskRule(
        version=data["version"],
        gate=data["gate"],
        likelihood_from=tuple((low, likelihood) for low, likelihood in data["likelihood_from"]),
        likelihood_after_action=tuple((low, likelihood) for low, likelihood in data["likelihood_after_action"]),
        first_campaign_cap=data["first_campaign_cap"],
        impact_of_scale=data["impact_of_scale"],
        impact_of_other_scales=data["impact_of_other_scales"],
        groups_for_one_more=data["groups_for_one_more"],
        adverse_likelihood=data["adverse_flag"]["likelihood"],
        adverse_least_reports=data["adverse_flag"]["least_reports"],
        adverse_level=data["adverse_flag"]["level"],
        concern_cell=(data["safety_concern"]["likelihood"], data["safety_concern"]["impact"]),
        least_reliability=data["least_reliability"],
        level_of_colour={colour: RiskLevel(level) for colour, level in data["level_of_colour"].items()},
        interventions={RiskLevel(level): tuple(names) for level, names in data["interventions"].items()},
    )


@dataclass(frozen=True, slots=True)
class ScaleEvidence:
    """What one scale of the survey says about a placement.

    Attributes
    ----------
    probability
        P(true score < benchmark - 1 tau), from the shrunken estimate's posterior.
    groups_below
        Learner groups that each have such a probability of at least the gate, by label.
    low_before
        Titles of earlier campaigns in which the same held.
    """

    scale: str
    title: str
    probability: float
    reliability: float
    n: int
    groups_below: tuple[str, ...] = ()
    low_before: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class AdverseFlag:
    """One subject (a safety scale, by code and title) that learners report more often here than elsewhere."""

    scale: str
    title: str


@dataclass(frozen=True, slots=True)
class Evidence:
    """Everything known about a placement when a risk is suggested.

    Attributes
    ----------
    adverse
        The subjects on which the adverse-environment flag is up.
    safety_concerns, other_evidence
        Each a sentence: concerns that reached a named lead, dated external evidence.
    first_campaign
        True where the placement has no score from an earlier campaign.
    after_action
        True where an intervention followed an earlier assessment.
    asked_for
        True where a person wants a suggestion although no gate opened.
    """

    scales: tuple[ScaleEvidence, ...]
    adverse: tuple[AdverseFlag, ...] = ()
    safety_concerns: tuple[str, ...] = ()
    other_evidence: tuple[str, ...] = ()
    first_campaign: bool = True
    after_action: bool = False
    asked_for: bool = False

    @property
    def n_sources(self) -> int:
        """Independent sources: the survey counts once, every concern and piece of other evidence once."""
        return bool(self.scales) + len(self.safety_concerns) + len(self.other_evidence)


@dataclass(frozen=True, slots=True)
class RiskSuggestion:
    """A suggested cell. ``robustness`` is the handbook's clause on the quality of the data, kept with the record."""

    likelihood: int
    impact: int
    colour: Colour
    level: RiskLevel
    interventions: tuple[str, ...]
    reasons: tuple[str, ...]
    robustness: str
    rule_version: str


@dataclass(frozen=True, slots=True)
class NoConcern:
    """The evidence carries a statement, and the statement is that no cell is suggested."""

    reasons: tuple[str, ...]
    robustness: str
    rule_version: str


@dataclass(frozen=True, slots=True)
class InsufficientEvidence:
    """The evidence does not carry a statement either way."""

    reasons: tuple[str, ...]
    rule_version: str


Suggestion: TypeAlias = RiskSuggestion | NoConcern | InsufficientEvidence


@dataclass(frozen=True, slots=True)
class _Candidate:
    likelihood: int
    impact: int
    reasons: tuple[str, ...]


def suggest_risk(evidence: Evidence, rule: RiskRule) -> Suggestion:
    """The cell the default rule suggests, or why it suggests none.

    Every piece of evidence that opens the gate gives a candidate cell; the most severe one is suggested, and the reasons of all
    are kept, the suggested cell's first.
    """
    sound = [scale for scale in evidence.scales if scale.reliability >= rule.least_reliability]
    robustness = _robustness(evidence, sound, rule)
    candidates = [*_from_scales(evidence, sound, rule), *_from_reports(evidence, rule)]
    if not candidates and sound and (evidence.asked_for or evidence.after_action or evidence.other_evidence):
        worst = max(sound, key=lambda scale: (rule.impact(scale.scale), scale.probability))
        candidates = [
            _Candidate(_likelihood(worst.probability, rule, quiet=True), _impact(worst, rule), (_in_words(worst),))
        ]
    if not candidates:
        if not sound:
            return InsufficientEvidence((robustness,), rule.version)
        return NoConcern(
            (f"No scale has a probability of {rule.gate:.0%} or more of lying well below the benchmark.",),
            robustness,
            rule.version,
        )
    candidates.sort(key=lambda candidate: severity(candidate.likelihood, candidate.impact), reverse=True)
    chosen = candidates[0]
    colour = risk_colour(chosen.likelihood, chosen.impact)
    level = rule.level_of_colour[colour]
    reasons = tuple(dict.fromkeys(reason for candidate in candidates for reason in candidate.reasons))
    return RiskSuggestion(
        chosen.likelihood,
        chosen.impact,
        colour,
        level,
        rule.interventions[level],
        (*reasons, *evidence.other_evidence),
        robustness,
        rule.version,
    )


def _from_scales(evidence: Evidence, sound: list[ScaleEvidence], rule: RiskRule) -> list[_Candidate]:
    candidates = []
    for scale in sound:
        if scale.probability < rule.gate:
            continue
        likelihood = _likelihood(scale.probability, rule, quiet=False)
        reasons = [_in_words(scale)]
        if evidence.first_campaign and evidence.n_sources == 1 and likelihood > rule.first_campaign_cap:
            likelihood = rule.first_campaign_cap
            reasons.append(
                f"Likelihood is held at {likelihood} because this is the first campaign and the survey is the only source."
            )
        candidates.append(_Candidate(likelihood, _impact(scale, rule), tuple(reasons)))
    return candidates


def _from_reports(evidence: Evidence, rule: RiskRule) -> list[_Candidate]:
    candidates = [
        _Candidate(*rule.concern_cell, (f"Safety concern: {concern}",)) for concern in evidence.safety_concerns
    ]
    for flag in evidence.adverse:
        reason = (
            f"{flag.title}: the adverse-environment flag is up; learners report this more often here than elsewhere, "
            f"beyond chance ({rule.adverse_level:.0%} interval)."
        )
        candidates.append(_Candidate(rule.adverse_likelihood, rule.impact(flag.scale), (reason,)))
    return candidates


def _likelihood(probability: float, rule: RiskRule, *, quiet: bool) -> int:
    steps = (*rule.likelihood_from, *rule.likelihood_after_action) if quiet else rule.likelihood_from
    return next(likelihood for low, likelihood in steps if probability >= low)


def _impact(scale: ScaleEvidence, rule: RiskRule) -> int:
    impact = rule.impact(scale.scale)
    return min(impact + (len(scale.groups_below) >= rule.groups_for_one_more), HIGHEST)


def _in_words(scale: ScaleEvidence) -> str:
    sentence = (
        f"{scale.title}: probability {_per_cent(scale.probability)} that the true score lies well below the benchmark "
        f"({scale.n} learners, reliability {scale.reliability:.2f})"
    )
    if len(scale.groups_below) > 1:
        sentence += f", in more than one learner group: {', '.join(scale.groups_below)}"
    elif scale.groups_below:
        sentence += f", in one learner group: {scale.groups_below[0]}"
    if scale.low_before:
        sentence += f"; so it was in {', '.join(scale.low_before)}"
    return sentence + "."


def _per_cent(probability: float) -> str:
    """No posterior probability is nought or one, whatever rounding makes of it."""
    if probability > 0.99:
        return "over 99%"
    return "under 1%" if probability < 0.01 else f"{probability:.0%}"


def _robustness(evidence: Evidence, sound: list[ScaleEvidence], rule: RiskRule) -> str:
    if not evidence.scales:
        return "Robustness: no survey score may be used here; there are too few learners."
    least = min(scale.reliability for scale in evidence.scales)
    most = max(scale.reliability for scale in evidence.scales)
    sentence = f"Robustness: reliability of the scores from {least:.2f} to {most:.2f}; "
    left_out = [scale.title for scale in evidence.scales if scale not in sound]
    if not left_out:
        return sentence + f"all carry a statement (at least {rule.least_reliability:.2f})."
    return sentence + f"below {rule.least_reliability:.2f} and therefore left out: {', '.join(left_out)}."

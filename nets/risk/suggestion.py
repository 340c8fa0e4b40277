"""From evidence to a suggested risk cell, with the reasons in words. A person confirms or changes it; nothing here decides.

Thresholds, impacts and the mapping of colours to levels are data (``rule.py``) and are versioned with it; the words are those of
``words.py``.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TypeAlias

from nets.placement import Verdict
from nets.risk import words
from nets.risk.evidence import Evidence
from nets.risk.external_evidence import Bearing
from nets.risk.matrix import HIGHEST, Colour, RiskLevel, risk_colour, severity
from nets.risk.rule import RiskRule
from nets.risk.survey_evidence import AdverseFlag, ScaleEvidence


@dataclass(frozen=True, slots=True)
class RiskSuggestion:
    """A suggested cell. ``robustness`` is the handbook's clause on the quality of the data, kept with the record.

    ``about`` is the subject whose evidence gave the cell; a release of before it was kept has none.
    """

    likelihood: int
    impact: int
    colour: Colour
    level: RiskLevel
    interventions: tuple[str, ...]
    reasons: tuple[str, ...]
    robustness: str
    rule_version: str
    about: str = ""


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
    about: str
    likelihood: int
    impact: int
    reasons: tuple[str, ...]
    probability: float = 1.0

    @property
    def severity(self) -> tuple[tuple[int, int, int], float]:
        """Of two equal cells the surer finding comes first; what somebody has seen is sure."""
        return severity(self.likelihood, self.impact), self.probability


def suggest_risk(evidence: Evidence, rule: RiskRule) -> Suggestion:
    """The cell the rule suggests, or why it suggests none.

    Every piece of evidence that opens the gate gives a candidate cell; the most severe one is suggested, and the reasons of all
    are kept, the suggested cell's first.
    """
    sound = [scale for scale in evidence.survey.scales if scale.reliability >= rule.least_reliability]
    robustness = words.robustness(evidence.survey, rule)
    candidates = [
        *_from_scales(evidence, sound, rule),
        *_from_groups(evidence, rule),
        *_from_flags(evidence.survey.adverse, rule),
        *_from_concerns(evidence, rule),
        *_from_external(evidence, sound, rule),
        *_after_action(evidence, sound, rule),
    ]
    if not candidates and sound:
        candidates = _below_the_gate(evidence, sound, rule)
    beside = tuple(words.external(piece, rule) for piece in evidence.external if piece.bearing is not Bearing.ADVERSE)
    if not candidates:
        if not sound:
            return InsufficientEvidence((robustness, *beside), rule.version)
        return NoConcern((words.nothing_low(rule), *beside), robustness, rule.version)
    candidates.sort(key=lambda candidate: candidate.severity, reverse=True)
    chosen = candidates[0]
    colour = risk_colour(chosen.likelihood, chosen.impact)
    level = rule.level_of_colour[colour]
    return RiskSuggestion(
        likelihood=chosen.likelihood,
        impact=chosen.impact,
        colour=colour,
        level=level,
        interventions=rule.interventions[level],
        reasons=tuple(dict.fromkeys([*(reason for found in candidates for reason in found.reasons), *beside])),
        robustness=robustness,
        rule_version=rule.version,
        about=chosen.about,
    )


def told_in_bands(suggestion: Suggestion, verdicts: Mapping[str, Verdict]) -> Suggestion:
    """The same suggestion in words for those who see numbers of learners in bands alone; the cell is one for all.

    Where none is suggested, that there is no concern is said only where a banded score carries it: between "no concern" and
    "insufficient evidence" lies one number of learners.

    Parameters
    ----------
    verdicts
        Those of the banded scores, by title of the scale; empty where they are not known.
    """
    reasons = tuple(dict.fromkeys(words.in_bands(reason, verdicts) for reason in suggestion.reasons))
    if isinstance(suggestion, InsufficientEvidence):
        return replace(suggestion, reasons=reasons)
    robustness = words.in_bands(suggestion.robustness, verdicts)
    if isinstance(suggestion, NoConcern) and verdicts and set(verdicts.values()) == {Verdict.INSUFFICIENT}:
        return InsufficientEvidence((robustness, *reasons[1:]), suggestion.rule_version)
    return replace(suggestion, reasons=reasons, robustness=robustness)


def _from_scales(evidence: Evidence, sound: Sequence[ScaleEvidence], rule: RiskRule) -> list[_Candidate]:
    found = []
    for scale in sound:
        if scale.probability < rule.gate:
            continue
        likelihood, held = _likelihood(evidence, scale.scale, scale.probability, bool(scale.low_before), rule)
        reasons = (words.scale(scale, rule), *held)
        found.append(_Candidate(scale.scale, likelihood, _impact(scale, rule), reasons, scale.probability))
    return found


def _from_groups(evidence: Evidence, rule: RiskRule) -> list[_Candidate]:
    """Where the place as a whole is not low: a learner group of it that is, with a score that carries a statement."""
    found: list[_Candidate] = []
    if not rule.groups_open_the_gate:
        return found
    for scale in evidence.survey.scales:
        if scale.reliability >= rule.least_reliability and scale.probability >= rule.gate:
            continue
        for group in scale.groups_below(rule.gate, rule.least_reliability):
            likelihood, held = _likelihood(evidence, scale.scale, group.probability, bool(group.low_before), rule)
            reasons = (words.group(scale, group, rule), *held)
            found.append(_Candidate(scale.scale, likelihood, _impact(scale, rule), reasons, group.probability))
    return found


def _from_flags(flags: Sequence[AdverseFlag], rule: RiskRule) -> list[_Candidate]:
    return [
        _Candidate(flag.scale, rule.adverse_likelihood, rule.impact(flag.scale), (words.flag(flag, rule),))
        for flag in flags
    ]


def _from_concerns(evidence: Evidence, rule: RiskRule) -> list[_Candidate]:
    found = []
    for concern in evidence.concerns:
        likelihood, impact = (
            rule.concern_cell if concern.is_safety else (rule.evidence_likelihood, rule.impact(concern.about))
        )
        found.append(_Candidate(concern.about, likelihood, impact, (words.concern(concern, rule),)))
    return found


def _from_external(evidence: Evidence, sound: Sequence[ScaleEvidence], rule: RiskRule) -> list[_Candidate]:
    """Evidence from outside the survey; where learners' own answers on its subject are not low at all, it weighs less."""
    found = []
    quiet = rule.likelihood_after_action[0][0]
    for piece in evidence.adverse:
        likelihood, reasons = rule.evidence_likelihood, [words.external(piece, rule)]
        against = next((scale for scale in sound if scale.scale == piece.about and scale.probability < quiet), None)
        if against is not None:
            likelihood = rule.evidence_against_survey
            reasons.append(words.survey_speaks_against(against, likelihood, rule))
        found.append(_Candidate(piece.about, likelihood, rule.impact(piece.about), tuple(reasons)))
    return found


def _after_action(evidence: Evidence, sound: Sequence[ScaleEvidence], rule: RiskRule) -> list[_Candidate]:
    """What became of the subject of an earlier assessment: better, or not to be told, in which case its cell stands."""
    found = []
    for earlier in evidence.earlier:
        now = next((scale for scale in sound if scale.scale == earlier.about), None)
        if now is None:
            reason = words.nothing_known_since(earlier, rule)
            found.append(_Candidate(earlier.about, earlier.likelihood, earlier.impact, (reason,)))
        elif now.probability < rule.gate:
            likelihood = _likelihood_below_the_gate(now, rule)
            reason = words.better_since(earlier, now, likelihood, rule)
            found.append(_Candidate(earlier.about, likelihood, _impact(now, rule), (reason,)))
    return found


def _below_the_gate(evidence: Evidence, sound: Sequence[ScaleEvidence], rule: RiskRule) -> list[_Candidate]:
    """What the survey says of the subjects of other evidence or, where a person asks, of its likeliest finding."""
    subjects = {piece.about for piece in evidence.external if piece.bearing is Bearing.CONTEXT}
    named = [scale for scale in sound if scale.scale in subjects]
    if not named and evidence.asked_for:
        named = [max(sound, key=lambda scale: (scale.probability, rule.impact(scale.scale)))]
    return [
        _Candidate(
            scale.scale,
            _likelihood_below_the_gate(scale, rule),
            _impact(scale, rule),
            (words.scale(scale, rule),),
            scale.probability,
        )
        for scale in named
    ]


def _likelihood(
    evidence: Evidence, subject: str, probability: float, is_persistent: bool, rule: RiskRule
) -> tuple[int, tuple[str, ...]]:
    """The likelihood of a finding above the gate and, where it was held down or lifted, a sentence that says why."""
    likelihood = next(step for low, step in rule.likelihood_from if probability >= low)
    if is_persistent and likelihood < rule.likelihood_if_persistent:
        return rule.likelihood_if_persistent, (words.lifted(rule.likelihood_if_persistent),)
    if likelihood > rule.cap and _is_unconfirmed(evidence, subject, is_persistent, rule):
        return rule.cap, (words.held(evidence, subject, rule),)
    return likelihood, ()


def _is_unconfirmed(evidence: Evidence, subject: str, is_persistent: bool, rule: RiskRule) -> bool:
    if rule.cap_until == "second campaign":
        return evidence.survey.first_campaign and not evidence.has_a_second_source
    return not is_persistent and not evidence.confirms(subject)


def _likelihood_below_the_gate(scale: ScaleEvidence, rule: RiskRule) -> int:
    return next(step for low, step in rule.likelihood_after_action if scale.probability >= low)


def _impact(scale: ScaleEvidence, rule: RiskRule) -> int:
    one_more = len(scale.groups_below(rule.gate, rule.least_reliability)) >= rule.groups_for_one_more
    return min(rule.impact(scale.scale) + one_more, HIGHEST)

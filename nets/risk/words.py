"""The reasons for a suggested risk, in words that everybody who may see the place may read.

A probability is told by the step of the rule it lies in, and a reliability by its verdict: both the cell gives away in any case,
and neither leads back to the number of learners. The figures themselves are in the release and in the record of an assessment.
"""

import re
from collections.abc import Mapping
from datetime import date
from typing import Final

from nets.placement import Verdict, verdict_on
from nets.risk.concern import ConcernNotice
from nets.risk.evidence import EarlierAssessment, Evidence
from nets.risk.external_evidence import ExternalEvidence
from nets.risk.matrix import LIKELIHOODS
from nets.risk.rule import RiskRule
from nets.risk.survey_evidence import AdverseFlag, GroupEvidence, ScaleEvidence, SurveyEvidence

_WELL_BELOW: Final = "that the true score lies well below the benchmark"
_NO_GROUP_KNOWN: Final = "; whether it is one learner group or everyone, no score can tell"
_ROBUSTNESS: Final = "Robustness: "
_NO_RELEASE: Final = f"{_ROBUSTNESS}no campaign has been released, so nothing here rests on survey scores."
_NOTHING_TO_COMPARE: Final = (
    f"{_ROBUSTNESS}no survey score here can be held against others: too few learners, or nothing to compare with."
)
_NOT_TOLD: Final = (
    f"{_ROBUSTNESS}how far each score could be relied on is in the record, and not here, because it would tell how many learners "
    "answered."
)
_OF_EXACT_NUMBERS: Final = re.compile(
    rf" \((?:{'|'.join(Verdict)}) score\)|; the place as a whole (?:is not as low|has no score that carries a statement)"
)


def scale(found: ScaleEvidence, rule: RiskRule) -> str:
    """What one scale says about the place."""
    sentence = f"{found.title}: probability {probability_in_words(found.probability, rule)} {_WELL_BELOW} "
    sentence += f"({verdict_on(found.reliability)} score){_spread(found, rule)}"
    if found.low_before:
        sentence += f"; so it was in {_and(found.low_before)}"
    return sentence + "."


def group(found: ScaleEvidence, low: GroupEvidence, rule: RiskRule) -> str:
    """What one learner group says, where the place as a whole is not low."""
    whole = "is not as low" if found.reliability >= rule.least_reliability else "has no score that carries a statement"
    sentence = (
        f"{found.title}, in the learner group {low.title}: probability {probability_in_words(low.probability, rule)} "
        f"{_WELL_BELOW} of that group ({verdict_on(low.reliability)} score); the place as a whole {whole}"
    )
    if low.low_before:
        sentence += f"; so it was in {_and(low.low_before)}"
    return sentence + "."


def _spread(found: ScaleEvidence, rule: RiskRule) -> str:
    """One learner group or everyone."""
    if found.of_group:
        return f", in the learner group {found.of_group}"
    sound = found.sound_groups(rule.least_reliability)
    low = [group.title for group in found.groups_below(rule.gate, rule.least_reliability)]
    if found.probability < rule.gate and not low:
        return ""
    if not sound:
        return _NO_GROUP_KNOWN
    if not low:
        return "; no learner group's own score is as low"
    if len(low) == 1:
        one = "one learner group alone" if len(sound) > 1 else "the one learner group with a score of its own"
        return f", in {one}: {low[0]}"
    every = "every learner group with a score of its own" if len(low) == len(sound) else "more than one learner group"
    return f", in {every}: {_and(low)}"


def flag(found: AdverseFlag, rule: RiskRule) -> str:
    """That learners report something adverse more often than elsewhere."""
    return (
        f"{found.title}: the adverse-environment flag is up; learners report this more often here than elsewhere, "
        f"beyond chance ({rule.adverse_level:.0%} interval)."
    )


def concern(found: ConcernNotice, rule: RiskRule) -> str:
    """That there is a concern; what it says is for its lead, the local office and the national role."""
    if found.is_safety:
        return "A safety concern has reached a named lead outside the provider; one is enough, however few learners there are."
    return f"A concern about {rule.title(found.about).lower()} has reached a named lead outside the provider."


def external(piece: ExternalEvidence, rule: RiskRule) -> str:
    """One piece of evidence from outside the survey."""
    return (
        f"Evidence of {day(piece.dated_on)} ({piece.source.words}, {piece.bearing}) on {rule.title(piece.about).lower()}: "
        f"{piece.sentence.rstrip('.')}."
    )


def survey_speaks_against(found: ScaleEvidence, likelihood: int, rule: RiskRule) -> str:
    """That learners' own answers on the subject of evidence are not low."""
    return (
        f"The survey does not bear this out: {found.title} is well below the benchmark with a probability "
        f"{probability_in_words(found.probability, rule)}; likelihood is therefore {likelihood} ({LIKELIHOODS[likelihood]})."
    )


def held(evidence: Evidence, subject: str, rule: RiskRule) -> str:
    """Why the likelihood of a finding stays at the cap: that no other source there is says the same of its subject."""
    others = [_source(piece, rule) for piece in evidence.external]
    others += [_concern_named(one, rule) for one in evidence.concerns]
    others = list(dict.fromkeys(others))
    if rule.cap_until == "second campaign":
        why = "this is the first campaign and the survey is the only source"
        if others:
            why += f" that points to a risk; {_and(others)} {'does' if len(others) == 1 else 'do'} not"
    elif others:
        about = rule.title(subject).lower()
        why = f"nothing but the survey says so of {about}: neither {', '.join(others)} nor an earlier campaign"
    else:
        why = "the survey is the only source so far and no earlier campaign found the same"
    return f"Likelihood is held at {rule.cap} ({LIKELIHOODS[rule.cap]}) because {why}."


def _source(piece: ExternalEvidence, rule: RiskRule) -> str:
    return f"the evidence of {day(piece.dated_on)} ({piece.source.words}, {piece.bearing}) on {rule.title(piece.about).lower()}"


def _concern_named(found: ConcernNotice, rule: RiskRule) -> str:
    return "the safety concern" if found.is_safety else f"the concern about {rule.title(found.about).lower()}"


def lifted(likelihood: int) -> str:
    """Why a likelihood is higher than the probability alone would make it."""
    return (
        f"Likelihood is {likelihood} ({LIKELIHOODS[likelihood]}) at least, because an earlier campaign found the same."
    )


def better_since(earlier: EarlierAssessment, now: ScaleEvidence, likelihood: int, rule: RiskRule) -> str:
    """What the survey says after action."""
    return (
        f"Since assessment {earlier.id} of {day(earlier.confirmed_on)}{_chosen(earlier)}, {now.title} is well below the benchmark "
        f"with a probability {probability_in_words(now.probability, rule)}: likelihood {likelihood} ({LIKELIHOODS[likelihood]})."
    )


def nothing_known_since(earlier: EarlierAssessment, rule: RiskRule) -> str:
    """That an earlier assessment can be neither kept nor dropped on the survey's word."""
    about = rule.title(earlier.about).lower()
    return (
        f"Assessment {earlier.id} of {day(earlier.confirmed_on)}{_chosen(earlier)} stands: no score on {about} in this release "
        f"can tell whether it has changed."
    )


def nothing_low(rule: RiskRule) -> str:
    """Why no cell is suggested."""
    return f"No score has a probability of {rule.gate:.0%} or more of lying well below the benchmark."


def robustness(survey: SurveyEvidence, rule: RiskRule) -> str:
    """The handbook's clause: how far the data can be relied on."""
    if not survey.release_id:
        return _NO_RELEASE
    if not survey.scales:
        return _NOTHING_TO_COMPARE
    by_verdict = {
        verdict: [found.title for found in survey.scales if verdict_on(found.reliability) is verdict]
        for verdict in Verdict
    }
    told = [f"{verdict}: {', '.join(titles)}" for verdict, titles in by_verdict.items() if titles]
    left_out = [found.title for found in survey.scales if found.reliability < rule.least_reliability]
    end = f"Too unreliable and therefore left out: {', '.join(left_out)}." if left_out else "All carry a statement."
    return f"{_ROBUSTNESS}{'; '.join(told)}. {end}"


def in_bands(reason: str, verdicts: Mapping[str, Verdict]) -> str:
    """A reason as it is told where numbers of learners stand in bands.

    From exact numbers follow a scale's verdict and whether it was left out, and every scale has limits of its own: all verdicts of
    a place together tell its number of learners nearly to the one. So a verdict is told of the banded score, or not at all.

    Parameters
    ----------
    verdicts
        Those of the banded scores, by title of the scale; empty where they are not known.
    """
    if not reason.startswith(_ROBUSTNESS):
        return _OF_EXACT_NUMBERS.sub("", reason)
    if reason in {_NOTHING_TO_COMPARE, _NO_RELEASE}:
        return reason
    by_verdict = {verdict: [title for title, one in verdicts.items() if one is verdict] for verdict in Verdict}
    told = [f"{verdict}: {', '.join(titles)}" for verdict, titles in by_verdict.items() if titles]
    if not told:
        return _NOT_TOLD
    return f"{_ROBUSTNESS}{'; '.join(told)}. Each may be better than it is told here, because numbers of learners stand in bands."


_LOW: Final = rf"probability (?:of )?(.+?) {_WELL_BELOW}"
_SHORTER: Final = (
    (re.compile(rf"{_LOW} of that group"), r"well below the benchmark of that group, probability \1"),
    (re.compile(rf"{_LOW}(?: \((?:{'|'.join(Verdict)}) score\))?"), r"well below the benchmark, probability \1"),
    (re.compile(_NO_GROUP_KNOWN), ""),
    (re.compile(r"; so it was in .+(?=\.$)"), "; so it was before"),
    (re.compile(r"the adverse-environment flag is up; (learners report .+?) \(\d+% interval\)"), r"\1"),
)


def in_short(reason: str) -> str:
    """A reason for a card, where the score and its verdict stand beside it; what is left out is on the page of the place."""
    for pattern, shorter in _SHORTER:
        reason = pattern.sub(shorter, reason)
    return reason


def knows_no_group(reason: str) -> bool:
    """Whether a reason says that no score can tell one learner group's problem from everyone's."""
    return _NO_GROUP_KNOWN in reason


def probability_in_words(probability: float, rule: RiskRule) -> str:
    """The step of the rule that a probability lies in, as in "of 80% to 95%"."""
    steps = sorted({0.0, *(low for low, _ in (*rule.likelihood_from, *rule.likelihood_after_action))})
    low = max(step for step in steps if step <= probability)
    high = next((step for step in steps if step > low), 1.0)
    if low == steps[-1]:
        return f"of {low:.0%} or more"
    return f"under {high:.0%}" if low == 0 else f"of {low:.0%} to {high:.0%}"


def day(on: date) -> str:
    """A day as people write it."""
    return f"{on.day} {on:%B %Y}"


def _chosen(earlier: EarlierAssessment) -> str:
    return f" ({_and(earlier.interventions)})" if earlier.interventions else ""


def _and(names: tuple[str, ...] | list[str]) -> str:
    return names[0] if len(names) == 1 else f"{', '.join(names[:-1])} and {names[-1]}"

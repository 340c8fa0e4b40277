"""The rule that suggests a risk, as versioned data (``nets/rules/risk-*.json``): thresholds, impacts, levels, interventions."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import Any, Final, Literal

from nets.errors import NotFound
from nets.risk.matrix import Colour, RiskLevel

NEWEST: Final = "risk-2026.2"
_BEFORE_EXTERNAL_EVIDENCE: Final = {"likelihood": 3, "likelihood_against_the_survey": 2, "days": 730}


@dataclass(frozen=True, slots=True)
class RiskRule:
    """One version of the rule. Probabilities are thresholds on P(true score < benchmark - 1 tau).

    Attributes
    ----------
    gate
        From this probability on, a score suggests a cell by itself.
    groups_open_the_gate
        Whether one learner group's own score does so too.
    likelihood_from, likelihood_after_action
        Likelihood by least probability, above the gate and, once somebody acted or asks, below it.
    cap, cap_until
        The likelihood at which a finding is held while the survey is its only source: in the place's first campaign, or until
        an earlier campaign has found the same.
    likelihood_if_persistent
        The least likelihood of what an earlier campaign found as well.
    title_of_subject, impact_of_subject
        What evidence can be about, and how much it matters; the scales of a questionnaire are subjects by their codes.
    groups_for_one_more
        From so many learner groups on that are each affected, the impact is one higher.
    evidence_likelihood, evidence_against_survey
        Likelihood that adverse evidence from outside the survey carries, and that where the survey speaks against it.
    evidence_days
        How long evidence from outside the survey counts.
    """

    version: str
    gate: float
    groups_open_the_gate: bool
    likelihood_from: tuple[tuple[float, int], ...]
    likelihood_after_action: tuple[tuple[float, int], ...]
    cap: int
    cap_until: Literal["second campaign", "persistence"]
    likelihood_if_persistent: int
    title_of_subject: Mapping[str, str]
    impact_of_subject: Mapping[str, int]
    impact_of_other_subjects: int
    groups_for_one_more: int
    adverse_likelihood: int
    adverse_least_reports: int
    adverse_level: float
    concern_cell: tuple[int, int]
    evidence_likelihood: int
    evidence_against_survey: int
    evidence_days: int
    least_reliability: float
    level_of_colour: Mapping[Colour, RiskLevel]
    interventions: Mapping[RiskLevel, tuple[str, ...]]
    supportive: tuple[str, ...]

    def impact(self, subject: str) -> int:
        """The impact of a problem with this subject, before the number of groups is looked at."""
        return self.impact_of_subject.get(subject, self.impact_of_other_subjects)

    def title(self, subject: str) -> str:
        """What pages call a subject; the code itself where the rule has no name for it."""
        return self.title_of_subject.get(subject, subject.replace("_", " ").capitalize())

    @property
    def every_intervention(self) -> tuple[str, ...]:
        """Those of all levels, each once: a level's list is offered first, and a person may choose others."""
        return tuple(dict.fromkeys(name for names in self.interventions.values() for name in names))


@cache
def read_rule(version: str = NEWEST) -> RiskRule:
    """A shipped rule by its version.

    Raises
    ------
    NotFound
        Naming those there are.
    """
    folder = resources.files("nets").joinpath("rules")
    there = sorted(file.name.removesuffix(".json") for file in folder.iterdir() if file.name.startswith("risk-"))
    if version not in there:
        raise NotFound(f"there is no risk rule '{version}'; there is {', '.join(there)}")
    return _rule(json.loads(folder.joinpath(f"{version}.json").read_text("utf-8")))


def _rule(data: Mapping[str, Any]) -> RiskRule:
    """The rule in a file; 2026.1 knew neither subjects beside the scales nor persistence, and is read as it then worked."""
    subjects = data.get("subjects") or {
        code: {"title": code.replace("_", " ").capitalize(), "impact": impact}
        for code, impact in data["impact_of_scale"].items()
    }
    cap = data.get("cap") or {"likelihood": data["first_campaign_cap"], "until": "second campaign"}
    external = data.get("external_evidence") or _BEFORE_EXTERNAL_EVIDENCE
    return RiskRule(
        version=data["version"],
        gate=data["gate"],
        groups_open_the_gate=data.get("groups_open_the_gate", False),
        likelihood_from=tuple((low, likelihood) for low, likelihood in data["likelihood_from"]),
        likelihood_after_action=tuple((low, likelihood) for low, likelihood in data["likelihood_after_action"]),
        cap=cap["likelihood"],
        cap_until=cap["until"],
        likelihood_if_persistent=data.get("likelihood_if_persistent", 1),
        title_of_subject={code: subject["title"] for code, subject in subjects.items()},
        impact_of_subject={code: subject["impact"] for code, subject in subjects.items()},
        impact_of_other_subjects=data.get("impact_of_other_subjects") or data["impact_of_other_scales"],
        groups_for_one_more=data["groups_for_one_more"],
        adverse_likelihood=data["adverse_flag"]["likelihood"],
        adverse_least_reports=data["adverse_flag"]["least_reports"],
        adverse_level=data["adverse_flag"]["level"],
        concern_cell=(data["safety_concern"]["likelihood"], data["safety_concern"]["impact"]),
        evidence_likelihood=external["likelihood"],
        evidence_against_survey=external["likelihood_against_the_survey"],
        evidence_days=external["days"],
        least_reliability=data["least_reliability"],
        level_of_colour={colour: RiskLevel(level) for colour, level in data["level_of_colour"].items()},
        interventions={RiskLevel(level): tuple(names) for level, names in data["interventions"].items()},
        supportive=tuple(data.get("supportive", ())),
    )

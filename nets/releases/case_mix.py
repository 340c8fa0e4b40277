"""What the scores of placements would be if all had the learners of the whole campaign: the same groups, at the same levels.

A placement of third-year students is held against placements of other years where students of the third year answer lower
everywhere. The adjusted score stands beside the other, never in its place: a difference between learner groups may itself be
what is wrong. The model is ``analysis.case_mix_scores``; which items tell the level is data (``rules/case-mix-*.json``, versioned).
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib import resources

import numpy as np
from numpy.typing import NDArray

from analysis import AnalysisError, CaseMixCells, CaseMixScores, case_mix_scores
from nets.campaign import Campaign
from nets.disclosure.rule import DisclosureRule
from nets.disclosure.shown import least_shown
from nets.disclosure.shown_beside import ShownAdjusted, show_adjusted
from nets.disclosure.withholding import WithheldCells
from nets.questionnaire.version import QuestionnaireVersion
from nets.releases.former_releases import FormerReleases
from nets.releases.frozen_sums import State
from nets.releases.tallying import CampaignAnswers, CampaignTally
from nets.scoring import ScaleAnswers

_LEARNER_GROUP = "learner group"


@dataclass(frozen=True, slots=True)
class CaseMixRule:
    """What makes the case-mix, beside the learner group.

    Attributes
    ----------
    items
        Codes of closed items that say at which level a learner is; those that a questionnaire has count. Who was not asked, or did
        not say, is a level of its own.
    """

    version: str
    items: tuple[str, ...]


@cache
def read_case_mix_rule(version: str = "case-mix-2026.1") -> CaseMixRule:
    """A shipped rule by its version."""
    data = json.loads(resources.files("nets").joinpath("rules", f"{version}.json").read_text("utf-8"))
    return CaseMixRule(data["version"], tuple(data["items"]))


def adjusted_scores(
    version: QuestionnaireVersion,
    placements: Sequence[str],
    answers: CampaignAnswers,
    scores: Mapping[str, ScaleAnswers],
    rule: CaseMixRule,
) -> dict[str, CaseMixScores]:
    """Every scale at every placement, by code of the scale; units are positions in ``placements``.

    Scales that cannot be adjusted (all learners alike in what is adjusted for, or in their scores) are not in it.
    """
    position = {placement_id: row for row, placement_id in enumerate(placements)}
    labels = _labels(version, answers, rule)
    if not labels:
        return {}
    unit = np.array([position[placement_id] for placement_id in answers.placement_ids.tolist()], dtype=np.int64)
    key = unit
    for _, code in labels.values():
        key = key * (int(code.max()) + 1) + code
    _, first, cell = np.unique(key, return_index=True, return_inverse=True)
    cells = CaseMixCells.of_codes(
        range(len(placements)), unit[first], {name: (names, code[first]) for name, (names, code) in labels.items()}
    )
    found = {}
    for scale, answered in scores.items():
        present = ~np.isnan(answered.scores)
        own, within = answered.scores[present], cell[present]
        n = np.bincount(within, minlength=len(first))
        total = np.bincount(within, own, minlength=len(first))
        try:
            found[scale] = case_mix_scores(cells, n, total, float(own @ own))
        except AnalysisError:
            continue
    return found


def shown_adjusted(
    adjusted: Mapping[str, CaseMixScores],
    tally: CampaignTally,
    withheld: WithheldCells,
    campaign: Campaign,
    former: FormerReleases,
    disclosure: DisclosureRule,
) -> list[dict[str, ShownAdjusted]]:
    """What may be shown of it, a mapping a place of the tree by code of the scale; placements alone have any.

    The distance from the score beside it tells something of which learners a placement has, as a breakdown by learner group and a
    distribution do; so it needs as many as both. Where the score is that of an earlier release of the campaign, so is this.
    """
    found: list[dict[str, ShownAdjusted]] = [{} for _ in tally.tree.place_ids]
    column = {measure.code: number for number, measure in enumerate(tally.measures)}
    fewest = max(least_shown(campaign, breakdown=True), disclosure.distribution_from)
    for scale, scores in adjusted.items():
        states = withheld.places[:, column[scale]]
        at = np.flatnonzero(scores.n >= fewest)
        rows = np.array([int(str(unit)) for unit in scores.unit], dtype=np.int64)[at]
        may = states[rows] == State.SHOWN
        for row, cell in zip(rows[may].tolist(), show_adjusted(scores, at[may], disclosure), strict=True):
            found[row][scale] = cell
        for row in np.flatnonzero(states[: len(tally.tree.placements)] == State.KEPT).tolist():
            before = former.records[tally.tree.place_ids[row]].adjusted.get(scale)
            if before is not None:
                found[row][scale] = before
    return found


def _labels(
    version: QuestionnaireVersion, answers: CampaignAnswers, rule: CaseMixRule
) -> dict[str, tuple[list[str], NDArray[np.int64]]]:
    """Names and codes of what each learner is, by covariate; what does not vary is left out."""
    column = {item.code: number for number, item in enumerate(version.closed_items)}
    told = {_LEARNER_GROUP: answers.learner_groups.astype(np.str_)}
    told |= {code: answers.matrix[:, column[code]].astype(np.str_) for code in rule.items if code in column}
    found = {}
    for name, values in told.items():
        names, code = np.unique(values, return_inverse=True)
        if len(names) > 1:
            found[name] = (names.tolist(), code.astype(np.int64))
    return found

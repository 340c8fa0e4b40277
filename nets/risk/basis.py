"""The survey's part of a risk: what is frozen of it with a release, and what it says when it is read again.

Only shown scores come in: what is suppressed opens no gate, lifts no likelihood and stands in no reason.
"""

import math
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final, TypeAlias

from scipy.special import ndtri

from nets.campaign import Campaign
from nets.disclosure.shown import Shown, ShownScore
from nets.questionnaire.version import QuestionnaireVersion, Scale
from nets.releases.place_record import PlaceRecord
from nets.releases.tallying import CampaignAnswers
from nets.risk import AdverseFlag, GroupEvidence, RiskBasis, RiskRule, ScaleEvidence, SurveyEvidence
from nets.scoring import adverse_reports

Cells: TypeAlias = Mapping[str, Shown]
GroupCells: TypeAlias = Mapping[str, Cells]
_ALL: Final = ""
"""Stands for all learners where a learner group's code could."""


@dataclass(frozen=True, slots=True)
class EarlierCampaign:
    """What an earlier release said, by place: which scores it had, and which of them were low; keys as in ``RiskBasis``."""

    title: str
    scored: Mapping[str, frozenset[str]]
    low: Mapping[str, frozenset[str]]


def earlier_campaign(title: str, records: Iterable[PlaceRecord], rule: RiskRule) -> EarlierCampaign:
    """What a later campaign needs to know of a release; scores too unreliable for a statement are no scores here."""
    scored, low = {}, {}
    for record in records:
        found = {
            key: cell
            for key, cell in _scores(record.scores, record.groups)
            if cell.reliability >= rule.least_reliability
        }
        if found:
            scored[record.place_id] = frozenset(found)
            low[record.place_id] = frozenset(key for key, cell in found.items() if cell.probability_low >= rule.gate)
    return EarlierCampaign(title, scored, low)


def risk_basis(
    place_id: str, scores: Cells, groups: GroupCells, adverse: Sequence[str], earlier: Sequence[EarlierCampaign]
) -> RiskBasis:
    """What is frozen of a place beside its scores.

    Parameters
    ----------
    scores, groups
        Its cells in this release: of what is not shown now nothing is told of the past either.
    adverse
        Codes of the safety scales on which the adverse-environment flag is up.
    earlier
        Earlier campaigns, the oldest first.
    """
    of_place = [(past.title, past.scored[place_id], past.low[place_id]) for past in earlier if place_id in past.scored]
    low_before = {}
    for key in sorted(key for key, _ in _scores(scores, groups)) if of_place else ():
        row: list[str] = []
        for title, scored, low in of_place:
            if key in low:
                row.append(title)
            elif key in scored:
                row = []
        if row:
            low_before[key] = tuple(row)
    return RiskBasis(tuple(adverse), low_before, first_campaign=not of_place)


def survey_evidence(
    release_id: str,
    record: PlaceRecord,
    titles: Mapping[str, str],
    group_titles: Mapping[str, str],
    *,
    group: str = _ALL,
) -> SurveyEvidence:
    """What a release says of a place, or of one learner group there.

    Parameters
    ----------
    record
        The place's; cells that are not held against other places say nothing of a risk.
    titles, group_titles
        Of the scales and of the learner groups, by code.
    group
        The learner group's code, for its own scores alone.
    """
    basis = record.basis
    cells = record.scores if group == _ALL else record.groups.get(group, {})
    found = []
    for scale, title in titles.items():
        cell = cells.get(scale)
        if not isinstance(cell, ShownScore):
            continue
        found.append(
            ScaleEvidence(
                scale=scale,
                title=title,
                probability=cell.probability_low,
                reliability=cell.reliability,
                n=cell.n,
                groups=_of_groups(record, scale, group_titles) if group == _ALL else (),
                low_before=basis.low_before.get(_key(group, scale), ()),
                of_group=group_titles.get(group, group) if group != _ALL else "",
            )
        )
    adverse = basis.adverse if group == _ALL else ()
    return SurveyEvidence(
        release_id,
        tuple(found),
        tuple(AdverseFlag(scale, titles[scale]) for scale in adverse),
        basis.first_campaign,
    )


def _of_groups(record: PlaceRecord, scale: str, group_titles: Mapping[str, str]) -> tuple[GroupEvidence, ...]:
    return tuple(
        GroupEvidence(
            group,
            title,
            cell.probability_low,
            cell.reliability,
            record.basis.low_before.get(_key(group, scale), ()),
        )
        for group, title in group_titles.items()
        if isinstance(cell := record.score(scale, group), ShownScore)
    )


def _scores(scores: Cells, groups: GroupCells) -> Iterator[tuple[str, ShownScore]]:
    """Every scale of a place that is held against those of other places, with its key; standards and items are no evidence."""
    for group, cells in ((_ALL, scores), *groups.items()):
        for measure in cells:
            # A cell becomes a record when it is asked for, which is not worth it for a hundred items.
            if ":" not in measure and isinstance(cell := cells[measure], ShownScore):
                yield _key(group, measure), cell


def _key(group: str, scale: str) -> str:
    return scale if group == _ALL else f"{group}/{scale}"


def adverse_flags(
    campaign: Campaign, version: QuestionnaireVersion, answers: CampaignAnswers, rule: RiskRule
) -> dict[str, list[str]]:
    """By placement the codes of the safety scales on which the adverse-environment flag is up."""
    flags: dict[str, list[str]] = {}
    for scale in version.scales:
        if scale.kind == "safety":
            for placement_id in _adverse_placements(campaign, version, scale, answers, rule):
                flags.setdefault(placement_id, []).append(scale.code)
    return flags


def _adverse_placements(
    campaign: Campaign, version: QuestionnaireVersion, scale: Scale, answers: CampaignAnswers, rule: RiskRule
) -> list[str]:
    """Placements whose share of adverse reports lies above the campaign's.

    There must be at least two reports (a setting), and the lower end of the share's interval (Wilson 1927, JASA 22, 209-212; at
    99 %, because hundreds of placements are looked at at once) must lie above the share of all learners.
    """
    answered, reported = adverse_reports(version, scale, answers.matrix)
    if not answered.any():
        return []
    everywhere = float(reported.sum() / answered.sum())
    n_answered = Counter(answers.placement_ids[answered].tolist())
    n_reported = Counter(answers.placement_ids[reported].tolist())
    return [
        placement_id
        for placement_id, count in n_reported.items()
        if count >= rule.adverse_least_reports
        and n_answered[placement_id] >= campaign.place_floor
        and wilson_lower(count, n_answered[placement_id], rule.adverse_level) > everywhere
    ]


def wilson_lower(count: int, n: int, level: float) -> float:
    """Lower end of Wilson's score interval of a share."""
    z = float(ndtri(0.5 + level / 2))
    share = count / n
    half = z * math.sqrt(share * (1 - share) / n + z**2 / (4 * n * n))
    return (share + z**2 / (2 * n) - half) / (1 + z**2 / n)

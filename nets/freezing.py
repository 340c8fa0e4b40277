"""Freezing a campaign's scores: from its answers to a release, without a database.

Every measure is scored in every place and every scale in every learner group; ``disclosure.py`` says what of it may be shown; a
risk is suggested for each placement.
"""

import math
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from scipy.special import ndtri

from nets.campaign import Campaign
from nets.disclosure import Shown, ShownScore, show_responses, show_total
from nets.measure import measures_of
from nets.organisation import Organisation
from nets.place_record import NotAssessed, PlaceRecord
from nets.place_tree import NATION, PlaceTree, path_up, place_tree
from nets.questionnaire.version import QuestionnaireVersion, Scale
from nets.release import Release, ReleaseHeader
from nets.response_rate import Cell, place_responses
from nets.risk import AdverseFlag, Evidence, RiskRule, ScaleEvidence, Suggestion, suggest_risk
from nets.scoring import adverse_reports
from nets.shown_cells import ShownCells, shown_cells
from nets.tallying import CampaignAnswers, tally_campaign


@dataclass(frozen=True, slots=True)
class EarlierCampaign:
    """What an earlier release said: scales that were low, by placement; placements without a shown score are not in it."""

    title: str
    low_scales: Mapping[str, frozenset[str]]


def build_release(
    campaign: Campaign,
    version: QuestionnaireVersion,
    organisations: Iterable[Organisation],
    answers: CampaignAnswers,
    rule: RiskRule,
    *,
    number: int,
    released_on: date,
    roster: Mapping[Cell, int] | None = None,
    earlier: Sequence[EarlierCampaign] = (),
    progress: Callable[[str], None] = lambda step: None,
) -> Release:
    """Score every measure in every place, decide what may be shown, suggest a risk for each placement."""
    measures, places = measures_of(version), {place.id: place for place in organisations}
    progress("adding up answers")
    tree = place_tree(answers.placement_ids, places)
    tally = tally_campaign(version, measures, tree, answers)
    cells = shown_cells(tally, campaign, progress)
    progress("suggesting risks")
    risks = _risks(campaign, version, answers, rule, earlier, tree, cells)
    counted = Counter(zip(answers.placement_ids.tolist(), answers.learner_groups.tolist(), strict=True))
    responses = place_responses(counted, roster or {}, lambda placement_id: path_up(places, placement_id))
    records = {
        place_id: PlaceRecord(
            place_id,
            level,
            show_responses(responses[place_id], campaign),
            cells.places[row],
            cells.groups[row],
            risks.get(place_id, NotAssessed()),
        )
        for row, (place_id, level) in enumerate(zip(tree.place_ids, tree.levels, strict=True))
    }
    header = ReleaseHeader(
        id=f"{campaign.id}-r{number}",
        campaign_id=campaign.id,
        campaign_title=campaign.title,
        number=number,
        questionnaire_id=version.id,
        questionnaire_version=version.version,
        rule_version=rule.version,
        released_on=released_on,
        access_mode=campaign.access_mode,
        n_responses=show_total(len(answers.matrix)),
        scales={scale.code: scale.title[version.languages[0]] for scale in version.scales},
        measures=measures,
        benchmarks=cells.benchmarks,
    )
    return Release(header, records.pop(NATION), records)


def earlier_campaign(header: ReleaseHeader, records: Iterable[PlaceRecord], rule: RiskRule) -> EarlierCampaign:
    """What a later campaign needs to know of this release."""
    low = {}
    for record in records:
        shown = {code: score for code, score in record.scores.items() if isinstance(score, ShownScore)}
        if shown:
            low[record.place_id] = frozenset(
                code
                for code, score in shown.items()
                if score.reliability >= rule.least_reliability and score.probability_low >= rule.gate
            )
    return EarlierCampaign(header.campaign_title, low)


def _risks(
    campaign: Campaign,
    version: QuestionnaireVersion,
    answers: CampaignAnswers,
    rule: RiskRule,
    earlier: Sequence[EarlierCampaign],
    tree: PlaceTree,
    cells: ShownCells,
) -> dict[str, Suggestion]:
    """What the rule makes of every placement's cells."""
    language = version.languages[0]
    titles = {scale.code: scale.title[language] for scale in version.scales}
    flags: dict[str, list[AdverseFlag]] = {}
    for scale in version.scales:
        if scale.kind == "safety":
            for placement_id in _adverse_placements(version, scale, answers, campaign, rule):
                flags.setdefault(placement_id, []).append(AdverseFlag(scale.code, titles[scale.code]))
    suggestions = {}
    for row, placement_id in enumerate(tree.placements):
        shown = {scale: cells.places[row].get(scale) for scale in titles}
        evidence = Evidence(
            scales=tuple(
                ScaleEvidence(
                    scale=scale,
                    title=titles[scale],
                    probability=score.probability_low,
                    reliability=score.reliability,
                    n=score.n,
                    groups_below=_groups_below(version, cells.groups[row], scale, rule),
                    low_before=tuple(past.title for past in earlier if scale in past.low_scales.get(placement_id, ())),
                )
                for scale, score in shown.items()
                if isinstance(score, ShownScore)
            ),
            adverse=tuple(flags.get(placement_id, ())),
            first_campaign=not any(placement_id in past.low_scales for past in earlier),
        )
        suggestions[placement_id] = suggest_risk(evidence, rule)
    return suggestions


def _groups_below(
    version: QuestionnaireVersion, groups: Mapping[str, Mapping[str, Shown]], scale: str, rule: RiskRule
) -> tuple[str, ...]:
    """Labels of the learner groups that alone lie well below the group's own benchmark."""
    return tuple(
        group.label[version.languages[0]]
        for group in version.learner_groups
        if isinstance(score := groups.get(group.code, {}).get(scale), ShownScore) and score.probability_low >= rule.gate
    )


def _adverse_placements(
    version: QuestionnaireVersion, scale: Scale, answers: CampaignAnswers, campaign: Campaign, rule: RiskRule
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

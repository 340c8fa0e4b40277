"""Freezing a campaign's scores: from its answers to a release, without a database.

Every measure is scored in every place and every scale in every learner group; ``disclosure.py`` says what of it may be shown;
places are flagged and a risk is suggested for each placement.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import date
from typing import Final

from nets.campaign import Campaign
from nets.disclosure.rule import DisclosureRule, read_disclosure_rule
from nets.disclosure.shown import SuppressedScore, show_responses, show_total
from nets.disclosure.withholding import withheld_cells
from nets.flags.flagged_cells import flagged_cells
from nets.flags.flagging import EarlierScores
from nets.flags.rule import FlagRule, read_flag_rule
from nets.organisation import Level, Organisation
from nets.questionnaire.version import QuestionnaireVersion
from nets.releases.case_mix import CaseMixRule, adjusted_scores, read_case_mix_rule, shown_adjusted
from nets.releases.former_releases import (
    NO_FORMER_RELEASES,
    FormerReleases,
    with_former_flags,
    with_former_responses,
)
from nets.releases.frozen_sums import State
from nets.releases.measure import measures_of
from nets.releases.place_record import NotAssessed, PlaceRecord
from nets.releases.place_tree import NATION, path_up, place_tree
from nets.releases.pooling import NO_PAST, PastCampaigns, PoolingRule, pooled_cells, read_pooling_rule
from nets.releases.release import Release, ReleaseHeader
from nets.releases.shown_cells import shown_cells
from nets.releases.tallying import CampaignAnswers, tally_campaign
from nets.response_rate import Cell, place_responses
from nets.risk import Evidence, RiskRule, suggest_risk
from nets.risk.basis import EarlierCampaign, adverse_flags, risk_basis, survey_evidence
from nets.scoring import score_scales

_NO_SCORES: Final[Mapping[str, EarlierScores]] = {}
_FLAG_RULE: Final = read_flag_rule()
_DISCLOSURE_RULE: Final = read_disclosure_rule()
_CASE_MIX_RULE: Final = read_case_mix_rule()
_POOLING_RULE: Final = read_pooling_rule()


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
    scores_before: Mapping[str, EarlierScores] = _NO_SCORES,
    flag_rule: FlagRule = _FLAG_RULE,
    disclosure: DisclosureRule = _DISCLOSURE_RULE,
    case_mix: CaseMixRule = _CASE_MIX_RULE,
    pooling: PoolingRule = _POOLING_RULE,
    past: PastCampaigns = NO_PAST,
    former: FormerReleases = NO_FORMER_RELEASES,
    progress: Callable[[str], None] = lambda step: None,
) -> Release:
    """Score every measure in every place, decide what may be shown, flag places, suggest a risk for each placement.

    ``earlier`` are earlier campaigns, the oldest first; ``scores_before`` is what the last of them said of the true scores, by code
    of the scale, where that was asked the same way; ``former`` are the earlier releases of this campaign, ``past`` what is
    behind the newest ones of earlier campaigns.
    """
    measures, places = measures_of(version), {place.id: place for place in organisations}
    progress("adding up answers")
    before = former.cells_at({place.id: place.level for place in places.values()}, Level.PLACEMENT)
    tree = place_tree({*answers.placement_ids.tolist(), *(placement_id for placement_id, _ in before)}, places)
    tally = tally_campaign(version, measures, tree, answers, before)
    progress("hiding what would give a learner away")
    withheld = withheld_cells(tally, campaign, disclosure, former.sums)
    cells = shown_cells(tally, withheld, campaign, progress, former)
    counted = Counter(zip(answers.placement_ids.tolist(), answers.learner_groups.tolist(), strict=True))
    told = zip(tree.place_ids, withheld.responses.tolist(), strict=True)
    responses = place_responses(
        counted,
        roster or {},
        lambda placement_id: path_up(places, placement_id),
        {place_id for place_id, state in told if state == State.SHOWN},
    )
    adverse = adverse_flags(campaign, version, answers, rule)
    progress("flagging places")
    scores = score_scales(version, answers.matrix)
    flagged = flagged_cells(tally, cells, scores, flag_rule, scores_before)
    progress("taking case-mix out")
    adjusted = shown_adjusted(
        adjusted_scores(version, tree.placements, answers, scores, case_mix),
        tally,
        withheld,
        campaign,
        former,
        disclosure,
    )
    pooled = pooled_cells(tally, withheld, campaign, past, pooling, former)
    records = {}
    for row, (place_id, level) in enumerate(zip(tree.place_ids, tree.levels, strict=True)):
        record = PlaceRecord(
            place_id,
            level,
            SuppressedScore()
            if withheld.responses[row] == State.WITHHELD
            else show_responses(responses[place_id], campaign),
            cells.places[row],
            cells.groups[row],
            NotAssessed(),
            risk_basis(place_id, cells.places[row], cells.groups[row], adverse.get(place_id, ()), earlier),
            flagged.places[row],
            cells.kept[row],
            adjusted[row],
            pooled.places[row],
        )
        if withheld.responses[row] == State.KEPT:
            record = with_former_responses(record, former)
        records[place_id] = with_former_flags(record, former) if cells.kept[row] else record
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
        flags=flagged.summary,
        disclosure_version=disclosure.version,
        case_mix_version=case_mix.version,
        pooling_version=pooling.version,
        pooled_over=pooled.over,
    )
    progress("suggesting risks")
    group_titles = {group.code: group.label[version.languages[0]] for group in version.learner_groups}
    records = {place_id: _with_risk(record, header, group_titles, rule) for place_id, record in records.items()}
    return Release(header, records.pop(NATION), records, withheld.frozen(tally))


def _with_risk(
    record: PlaceRecord, header: ReleaseHeader, group_titles: Mapping[str, str], rule: RiskRule
) -> PlaceRecord:
    """A placement's record with what the rule makes of it; for the places above nothing is suggested unasked."""
    if record.level != Level.PLACEMENT:
        return record
    survey = survey_evidence(header.id, record, header.scales, group_titles)
    return replace(record, risk=suggest_risk(Evidence(survey), rule))

"""The act of calibrating a release: simulate campaigns like its own on every scale, and keep what comes out beside it."""

from collections.abc import Callable

import numpy as np

from nets.campaign import Campaign
from nets.disclosure.shown import least_shown, show_total
from nets.errors import InvalidSetting, Refused
from nets.flags.calibrating import calibrate
from nets.flags.calibration import CalibrationResult, NotCalibrated, ReleaseCalibration
from nets.flags.place_flags import ScaleLists
from nets.flags.rule import CHANGES, FlagRule, read_flag_rule
from nets.packing import answer_matrix
from nets.releases.measure import MeasureKind, measures_of
from nets.releases.place_tree import place_tree
from nets.releases.release import ReleaseHeader
from nets.releases.releasing import in_canonical_order
from nets.releases.shown_cells import scores_at
from nets.releases.tallying import CampaignTally, tally_campaign
from nets.risk import RiskRule, read_rule
from nets.scoring import BEST
from nets.simulation.coarse_scores import CoarseScores
from nets.store.calibrations import add_calibration, read_calibration
from nets.store.campaigns import get_campaign
from nets.store.database import Database
from nets.store.organisations import list_organisations
from nets.store.questionnaires import get_version
from nets.store.responses import read_responses

_MOST_STEPS = 100
"""Finer steps than one point change nothing."""


def calibrate_release(
    database: Database, header: ReleaseHeader, level: str, progress: Callable[[str], None] = lambda step: None
) -> ReleaseCalibration:
    """What is kept of one level of a release, or else simulate it now and keep it.

    Raises
    ------
    Refused
        If answers have come in since the release was made: it would be calibrated at a size that it does not have.
    """
    with database.read() as connection:
        kept = read_calibration(connection, header.id, level)
        if kept is not None:
            return kept
        campaign = get_campaign(connection, header.campaign_id)
        version = get_version(connection, header.questionnaire_id, header.questionnaire_version)
        progress("reading responses")
        responses = read_responses(connection, header.campaign_id)
        organisations = {place.id: place for place in list_organisations(connection)}
    if show_total(len(responses.packed)) != header.n_responses:
        raise Refused(
            f"answers have come in since release {header.id} was made; make a new one with: nets release {header.campaign_id}"
        )
    answers = in_canonical_order(responses, answer_matrix(version, responses.packed))
    measures = tuple(measure for measure in measures_of(version) if measure.kind is MeasureKind.SCALE)
    tally = tally_campaign(version, measures, place_tree(answers.placement_ids, organisations), answers)
    rule, risk_rule = read_flag_rule(), read_rule()
    scales = {}
    for column, scale in enumerate(measures):
        progress(f"simulating {scale.title}")
        scales[scale.code] = _of_scale(tally, column, level, header, campaign, rule, risk_rule)
    found = ReleaseCalibration(header.id, level, rule.version, risk_rule.version, scales)
    with database.begin() as connection:
        add_calibration(connection, found)
    return found


def _of_scale(
    tally: CampaignTally,
    column: int,
    level: str,
    header: ReleaseHeader,
    campaign: Campaign,
    rule: FlagRule,
    risk_rule: RiskRule,
) -> CalibrationResult:
    scale = tally.measures[column]
    units = scores_at(tally, column, level).units
    if units is None:
        return NotCalibrated("all learners gave the same score, or no place has two of them")
    if units.tau2 == 0:
        return NotCalibrated(
            "no difference between places beyond chance was found, so that there are no worst ones to find"
        )
    mean = float(units.n @ units.mean / units.n.sum())
    variance = units.tau2 + units.sigma2
    n_steps = min((scale.n_options - 1) * len(scale.items), _MOST_STEPS)
    try:
        scores = CoarseScores.matching(min(max(mean, 0.0), BEST), variance**0.5, units.tau2 / variance, n_steps)
    except InvalidSetting as fault:
        return NotCalibrated(str(fault))
    lists = header.flags.levels.get(level, {}).get(scale.code)
    return calibrate(
        # Above the placement a mean is worth fewer learners than it has, and no whole number of them.
        np.maximum(np.round(units.n), 1).astype(np.int64),
        scores,
        rule,
        risk_rule,
        least=least_shown(campaign, breakdown=False),
        with_earlier=isinstance(lists, ScaleLists) and not CHANGES.isdisjoint(lists.lists),
    )

"""A small campaign with very small placements in it, in two regions of the invented tree, and releases of it."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Final

import numpy as np

from nets.campaign import Campaign
from nets.disclosure.rule import DisclosureRule
from nets.organisation import Level, Organisation
from nets.packing import NOT_ON_THE_SCALE, answer_matrix, pack, rating_values, reasons_without_value
from nets.questionnaire.version import QuestionnaireVersion, Unanswered
from nets.releases.former_releases import NO_FORMER_RELEASES, FormerReleases
from nets.releases.freezing import build_release
from nets.releases.measure import measures_of
from nets.releases.place_tree import NATION, place_tree
from nets.releases.release import Release
from nets.releases.tallying import CampaignAnswers, CampaignTally, tally_campaign
from nets.risk import read_rule
from nets.simulation.learners import Story, simulate_learners

_NOT_ASKED: Final = NOT_ON_THE_SCALE.index(Unanswered.NOT_ROUTED)


def simulated(
    version: QuestionnaireVersion,
    campaign: Campaign,
    places: Sequence[Organisation],
    *,
    seed: int,
    n: int = 200,
    n_placements: int = 16,
) -> CampaignAnswers:
    """``n`` learners at placements of two regions, three of them at one placement and a single one at another."""
    placements = [place for place in places if place.level is Level.PLACEMENT]
    half = n_placements // 2
    chosen = [*placements[:half], *placements[38 : 38 + n_placements - half]]
    stories = {chosen[0].id: Story(3), chosen[half].id: Story(1)}
    days = (campaign.opens_on, campaign.closes_on)
    responses = list(simulate_learners(version, chosen, n, days=days, seed=seed, stories=stories))
    return CampaignAnswers(
        np.array([response.placement_id for response in responses], dtype=object),
        np.array([response.learner_group for response in responses], dtype=object),
        answer_matrix(version, [pack(version, response.answers) for response in responses]),
    )


def all_answered(version: QuestionnaireVersion, answers: CampaignAnswers, *, seed: int) -> CampaignAnswers:
    """The same where everybody rated all that she was asked: what she left out is what somebody else said."""
    chance, matrix = np.random.default_rng(seed), answers.matrix.copy()
    for column, item in enumerate(version.closed_items):
        if item.kind == "rating":
            values = rating_values(matrix[:, column])
            left_out = np.isnan(values) & (reasons_without_value(matrix[:, column]) != _NOT_ASKED)
            matrix[left_out, column] = chance.choice(matrix[~np.isnan(values), column], left_out.sum())
    return replace(answers, matrix=matrix)


def answered_early(answers: CampaignAnswers, *, seed: int, share: float = 0.12, together: int = 14) -> CampaignAnswers:
    """Those of the answers that were there at a first release: a share came later, and ``together`` of the largest placement."""
    names, n = np.unique(answers.placement_ids.astype(str), return_counts=True)
    came = np.random.default_rng(seed).random(len(answers.matrix)) < share
    came[np.flatnonzero(answers.placement_ids == names[n.argmax()])[:together]] = True
    return CampaignAnswers(answers.placement_ids[~came], answers.learner_groups[~came], answers.matrix[~came])


def tallied(version: QuestionnaireVersion, places: Sequence[Organisation], answers: CampaignAnswers) -> CampaignTally:
    """What the answers come to at every place: what an attacker would like to know."""
    tree = place_tree(answers.placement_ids, {place.id: place for place in places})
    return tally_campaign(version, measures_of(version), tree, answers)


def released(
    version: QuestionnaireVersion,
    campaign: Campaign,
    places: Sequence[Organisation],
    answers: CampaignAnswers,
    disclosure: DisclosureRule,
    former: FormerReleases = NO_FORMER_RELEASES,
) -> Release:
    """The first release of the answers, or the one that heeds former ones."""
    return build_release(
        campaign,
        version,
        places,
        answers,
        read_rule(),
        number=len(former.sums) + 1,
        released_on=campaign.closes_on,
        disclosure=disclosure,
        former=former,
    )


def heeding(first: Release) -> FormerReleases:
    """What a second release has to heed of the first."""
    return FormerReleases((first.sums,), first.header.id, {**first.places, NATION: first.nation})

"""Simulated learners of any questionnaire version, from a stated multilevel factor model.

Every scale is a factor; its items load 0.75, items of no scale load 0.6 on a factor of their own. The factors correlate 0.6
within placements and 0.8 between them; placements hold a tenth of the variance, four fifths of that the same from year to
year. Four answers in five are positive; on sensitive scales nine in ten are the best there is. How answers come of this
is in ``analysis.simulate_responses``.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Final
from zlib import crc32

import numpy as np
from numpy.typing import NDArray

from analysis import ResponseModel, simulate_responses
from nets.organisation import Organisation
from nets.questionnaire.version import Item, QuestionnaireVersion
from nets.response import Response, bind_response
from nets.simulation.places import groups_at

_LATENT_ICC: Final = 0.1
_STABLE_SHARE: Final = 0.8
_NOT_ON_THE_SCALE: Final = 0.03
_LEFT_BLANK: Final = 0.02
_THRESHOLDS: Final = {"usual": (-2.05, -1.45, -0.8, 0.45), "sensitive": (-2.6, -2.3, -1.9, -1.3)}
_OTHER: Final = "items of no scale"


@dataclass(frozen=True, slots=True)
class Story:
    """What is planted at one placement.

    Attributes
    ----------
    n_learners
        How many answer there; the others share the rest of the campaign by chance.
    shift
        Added to its scales, in standard deviations of the factor, by scale code; ``"*"`` stands for all other scales.
    group
        Only this learner group is affected, or None for everyone.
    """

    n_learners: int
    shift: Mapping[str, float] = field(default_factory=dict)
    group: str | None = None


def simulate_learners(
    version: QuestionnaireVersion,
    placements: Sequence[Organisation],
    n: int,
    *,
    days: tuple[date, date],
    seed: int,
    stories: Mapping[str, Story] | None = None,
) -> Iterator[Response]:
    """Draw about ``n`` responses over the placements, on days of the campaign; the same arguments give the same responses.

    ``stories`` plants something at placements by id. Effects of placements come from their ids, so that the same placements are
    good or bad again in another year's campaign.
    """
    stories = stories or {}
    chance = np.random.default_rng([seed, days[0].toordinal()])
    at = _placements_of_learners(placements, n, stories, chance)
    groups = np.array([_group(version, placements[place], chance) for place in at])
    ratings = _simulate_ratings(version, placements, at, groups, stories, seed, days[0].year)
    last = (days[1] - days[0]).days
    for row, place in enumerate(at):
        answers: dict[str, int | str] = {code: int(value) for code, value in ratings.of(row) if value == value}
        answers |= _choices(version, chance)
        answers |= _non_responses(version, chance)
        yield bind_response(
            version,
            {code: answer for code, answer in answers.items() if answer != ""},
            placement_id=placements[place].id,
            learner_group=groups[row],
            answered_on=days[0] + timedelta(days=int(chance.integers(last + 1))),
        )


@dataclass(frozen=True, slots=True, eq=False)
class _Ratings:
    items: tuple[str, ...]
    values: NDArray[np.float64]

    def of(self, row: int) -> Iterator[tuple[str, float]]:
        return zip(self.items, self.values[row], strict=True)


def _placements_of_learners(
    placements: Sequence[Organisation], n: int, stories: Mapping[str, Story], chance: np.random.Generator
) -> NDArray[np.intp]:
    """Index of each learner's placement: as planted, the rest by chance with a long tail of small placements."""
    planted = [np.full(stories[place.id].n_learners, i) for i, place in enumerate(placements) if place.id in stories]
    others = [i for i, place in enumerate(placements) if place.id not in stories]
    left = n - sum(map(len, planted))
    size = chance.lognormal(0.0, 0.8, len(others))
    drawn = chance.choice(others, size=max(left, 0), p=size / size.sum()) if others else np.zeros(0, dtype=np.intp)
    return np.concatenate([*planted, drawn]).astype(np.intp)


def _group(version: QuestionnaireVersion, placement: Organisation, chance: np.random.Generator) -> str:
    known = [group.code for group in version.learner_groups]
    here = [group for group in groups_at(placement.name) if group in known] or known
    weights = 1.0 / np.arange(1, len(here) + 1)
    return str(chance.choice(here, p=weights / weights.sum()))


def _simulate_ratings(
    version: QuestionnaireVersion,
    placements: Sequence[Organisation],
    at: NDArray[np.intp],
    groups: NDArray[np.str_],
    stories: Mapping[str, Story],
    seed: int,
    year: int,
) -> _Ratings:
    items = [item for item in version.items if item.kind == "rating"]
    scale_of = {code: scale for scale in version.scales for code in scale.items}
    loadings: dict[str, dict[str, float]] = {scale.code: {} for scale in version.scales}
    thresholds = {}
    for item in items:
        scale = scale_of.get(item.code)
        loadings.setdefault(scale.code if scale else _OTHER, {})[item.code] = 0.75 if scale else 0.6
        thresholds[item.code] = _thresholds(len(version.options(item)), item)
    model = ResponseModel.of(loadings, thresholds=thresholds, within=0.6, between=0.8, latent_icc=_LATENT_ICC)

    present = list(dict.fromkeys(at.tolist()))
    unit_shift = np.array([_placement_effect(placements[i].id, len(model.factors), seed, year) for i in present])
    person_shift = np.zeros((len(at), len(model.factors)))
    for i, place in enumerate(placements):
        story = stories.get(place.id)
        if story and story.shift:
            affected = (at == i) & ((groups == story.group) if story.group else True)
            person_shift[affected] = [story.shift.get(factor, story.shift.get("*", 0.0)) for factor in model.factors]
    drawn = simulate_responses(
        model,
        len(at),
        seed=seed + year,
        unit=at.tolist(),
        unit_shift=unit_shift,
        person_shift=person_shift,
        missing=_LEFT_BLANK,
    )
    n_options = np.array([len(version.options(version.item[code])) for code in drawn.items])
    reverse = np.array([version.item[code].reverse for code in drawn.items])
    return _Ratings(drawn.items, np.where(reverse, n_options + 1 - drawn.responses, drawn.responses))


def _thresholds(k: int, item: Item) -> Sequence[float]:
    """Of the keyed answer, so that the best option is the last; an item with another number of options gets even steps."""
    if k == len(_THRESHOLDS["usual"]) + 1:
        return _THRESHOLDS["sensitive" if item.sensitive else "usual"]
    return [float(step) for step in np.linspace(-1.5, 0.5, k - 1)]


def _placement_effect(placement_id: str, n_factors: int, seed: int, year: int) -> NDArray[np.float64]:
    stable = np.random.default_rng([seed, crc32(placement_id.encode())])
    yearly = np.random.default_rng([seed, crc32(placement_id.encode()), year])
    return np.asarray(
        np.sqrt(_LATENT_ICC * _STABLE_SHARE) * _correlated(stable, n_factors)
        + np.sqrt(_LATENT_ICC * (1 - _STABLE_SHARE)) * _correlated(yearly, n_factors)
    )


def _correlated(chance: np.random.Generator, n_factors: int) -> NDArray[np.float64]:
    """One draw of factors that correlate 0.8."""
    return np.asarray(np.sqrt(0.8) * chance.normal() + np.sqrt(0.2) * chance.normal(size=n_factors))


def _choices(version: QuestionnaireVersion, chance: np.random.Generator) -> dict[str, int]:
    chosen = {}
    for item in version.items:
        if item.kind == "choice":
            values = [option.value for option in version.options(item)]
            weights = 1.0 / np.arange(1, len(values) + 1)
            chosen[item.code] = int(chance.choice(values, p=weights / weights.sum()))
    return chosen


def _non_responses(version: QuestionnaireVersion, chance: np.random.Generator) -> dict[str, str]:
    return {
        item.code: str(item.non_response[int(chance.integers(len(item.non_response)))])
        for item in version.items
        if item.non_response and chance.random() < _NOT_ON_THE_SCALE
    }

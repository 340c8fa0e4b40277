"""Answers by option narrow a hidden mean more than mean and spread do; what is hidden is held against every way to answer."""

from itertools import combinations

import numpy as np
import pytest
from numpy.typing import NDArray

from nets.disclosure.option_sums import hidden_by_option
from nets.organisation import Level, Organisation
from nets.releases.place_tree import PlaceTree, place_tree

WIDTH = 10.0


def a_tree(sites: dict[str, list[str]]) -> PlaceTree:
    """Wards in sites of one provider."""
    above = [Organisation("R", Level.REGION, "R", None), Organisation("L", Level.LOCAL_OFFICE, "L", "R")]
    above.append(Organisation("T", Level.PROVIDER, "T", "L"))
    above += [Organisation(site, Level.SITE, site, "T") for site in sites]
    wards = [Organisation(ward, Level.PLACEMENT, ward, site) for site, names in sites.items() for ward in names]
    return place_tree([ward.id for ward in wards], {place.id: place for place in (*above, *wards)})


def of_every_place(tree: PlaceTree, answers: dict[str, list[int]]) -> NDArray[np.float64]:
    table = np.zeros((len(tree.place_ids), 5))
    for number, ward in enumerate(tree.placements):
        for place in tree.above[:, number]:
            table[place] += answers[ward]
    return table


def hide(tree: PlaceTree, answers: dict[str, list[int]], *few: str) -> set[str]:
    table = of_every_place(tree, answers)
    hidden = np.isin(tree.place_ids, few)
    asked = np.where(table.sum(axis=1) < 10, WIDTH, 0.0)
    found = hidden_by_option(hidden, table, asked, table.sum(axis=1), tree)
    return {place for place, is_hidden in zip(tree.place_ids, found, strict=True) if is_hidden}


FOUR = {"S": ["A", "B", "C", "D"]}
ANSWERS = {"A": [0, 0, 0, 2, 1], "B": [0, 0, 0, 9, 0], "C": [0, 1, 3, 5, 2], "D": [2, 3, 4, 5, 6]}


def test_of_answers_nearly_alike_the_cheapest_place_beside_is_hidden_as_well() -> None:
    assert hide(a_tree(FOUR), ANSWERS, "A", "B") == {"A", "B", "C"}


def test_of_answers_far_apart_nothing_more_is_hidden() -> None:
    assert hide(a_tree(FOUR), {**ANSWERS, "B": [5, 0, 0, 0, 4]}, "A", "B") == {"A", "B"}


def test_where_nobody_is_beside_the_places_above_are_hidden() -> None:
    alone = hide(a_tree({"S": ["A", "B"], "U": ["C", "D"]}), ANSWERS, "A", "B")
    assert {"A", "B", "S"} < alone
    assert alone - {"A", "B", "S"} <= {"C", "D", "T", "L", "R", "nation"}


@pytest.mark.parametrize("seed", range(6))
def test_no_hidden_mean_of_few_is_narrow_in_any_way_the_answers_can_have_been_given(seed: int) -> None:
    rng = np.random.default_rng(seed)
    sizes = {"A": 2, "B": 3, "C": 3, "D": 4}
    answers = {ward: np.bincount(rng.choice([3, 3, 3, 4], n), minlength=5).tolist() for ward, n in sizes.items()}
    tree = a_tree(FOUR)
    hidden = hide(tree, answers, "A", "B")
    if "S" in hidden:
        return  # nothing is left that would tell of a ward
    table = of_every_place(tree, answers)
    left = table[tree.place_ids.index("S")] - sum(table[tree.place_ids.index(w)] for w in sizes if w not in hidden)
    scores = np.repeat(np.linspace(0, 100, 5), left.astype(int))
    for ward in hidden & {"A", "B"}:
        means = {float(np.mean(chosen)) for chosen in combinations(scores.tolist(), sizes[ward])}
        assert max(means) - min(means) >= WIDTH

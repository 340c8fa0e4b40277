"""General and group factors against psych's schmid and omega."""

import json
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from analysis import (
    CorrelationMatrix,
    PairwiseTables,
    SchmidLeiman,
    explore_factors,
    polychoric_correlation,
    schmid_leiman,
)

Expected = Callable[[str], Any]
Agrees = Callable[..., None]
Tables = Callable[..., PairwiseTables]

PSYCH = 5e-5  # psych's minres and oblimin each stop some 1e-5 from the optimum
PSYCH_POLYCHORIC = 1e-4  # and the empty cells of lq2002 are filled in another way, worth 1.4e-4 of a correlation


def _hold(agrees: Agrees, found: SchmidLeiman, figures: Any) -> None:
    agrees("omega_hierarchical", found.omega_hierarchical, figures["omega_h"])
    agrees("omega_total", found.omega_total, figures["omega_tot"])
    agrees("ecv", found.ecv, figures["ECV"])
    theirs = np.array(figures["schmid_sl"]["values"])
    m = found.group.shape[1]
    order = _order(found, theirs[:, 1 : m + 1])
    # psych turns the items that go against the general factor before it prints them.
    agrees("general, but for sign", np.abs(found.general), np.abs(theirs[:, 0]))
    agrees("group, but for sign", np.abs(found.group[:, order]), np.abs(theirs[:, 1 : m + 1]))
    agrees("communalities", found.communalities, theirs[:, -3])
    agrees("uniquenesses", found.uniquenesses, theirs[:, -2])
    # psych divides by the communality, which more than three group factors do not add up to with the general one.
    agrees("general, squared, by communality", found.general**2 / found.communalities, theirs[:, -1])
    np.testing.assert_allclose(found.general_share, found.general**2 / _squares(found), rtol=0, atol=1e-12)
    groups = figures["omega_group"]
    agrees("subscale_general", found.subscale_general[order], groups["general"][1:])
    agrees("subscale_group", found.subscale_group[order], groups["group"][1:])


def _order(found: SchmidLeiman, theirs: Any) -> list[int]:
    """Find which of our group factors each of theirs is."""
    order = [int(place) for place in np.abs(found.group.T @ theirs).argmax(axis=0)]
    assert sorted(order) == list(range(len(order)))
    return order


def _squares(found: SchmidLeiman) -> Any:
    return found.general**2 + (found.group**2).sum(axis=1)


def _thurstone() -> CorrelationMatrix:
    kept = json.loads((Path(__file__).parent / "moments/thurstone_correlation.json").read_text())
    return CorrelationMatrix.from_matrix(kept["matrix"], kept["n"], kept["items"])


def test_a_published_hierarchy_agrees_with_psych(expected: Expected, agrees: Agrees) -> None:
    solution = explore_factors(_thurstone(), 3)
    hold = partial(agrees, "schmid_leiman", against="psych::omega", on="Thurstone", atol=1e-5)
    _hold(hold, schmid_leiman(solution), expected("thurstone__omega"))
    figures = expected("thurstone__schmid")
    found = schmid_leiman(solution)
    theirs, order = np.array(figures["sl"]["values"]), _order(found, np.array(figures["sl"]["values"])[:, 1:4])
    loadings = [found.general, found.group[:, order]]
    ours = np.column_stack([*loadings, found.communalities, found.uniquenesses, found.general_share])
    agrees("schmid_leiman", "every column", ours, theirs, against="psych::schmid", on="Thurstone", atol=PSYCH)
    hold = partial(agrees, "explore_factors", against="psych::schmid", on="Thurstone", atol=PSYCH)
    hold("loadings", solution.loadings, figures["oblique"]["values"])
    hold("factor_correlations", solution.factor_correlations, figures["phi"]["values"])


@pytest.mark.parametrize(
    ("name", "n_factors", "figures", "cell"),
    [
        ("bfi_keyed", 5, "bfi__omega", None),
        ("nets_complete", 6, "nets__omega", "pearson"),
        ("lq2002", 3, "lq2002__omega", "pearson"),
        ("bhr2000", 3, "bhr2000__omega", "nf3"),
    ],
)
def test_pearson_correlations_agree_with_psych(
    name: str,
    n_factors: int,
    figures: str,
    cell: str | None,
    expected: Expected,
    pairwise_tables: Tables,
    agrees: Agrees,
) -> None:
    theirs = expected(figures)
    found = schmid_leiman(explore_factors(pairwise_tables(name), n_factors, "pearson"))
    on = name.removesuffix("_keyed")
    hold = partial(agrees, "schmid_leiman", against="psych::omega", on=on, atol=PSYCH)
    _hold(hold, found, theirs if cell is None else theirs[cell])


@pytest.mark.parametrize(("name", "n_factors", "filled"), [("nets_complete", 6, 0.0), ("lq2002", 3, 0.5)])
def test_polychoric_correlations_agree_with_psych(
    name: str, n_factors: int, filled: float, expected: Expected, pairwise_tables: Tables, agrees: Agrees
) -> None:
    correlation = polychoric_correlation(pairwise_tables(name), empty_cells=filled)
    found = schmid_leiman(explore_factors(correlation, n_factors))
    hold = partial(agrees, "schmid_leiman", against="psych::omega(poly=TRUE)", on=name, atol=PSYCH_POLYCHORIC)
    _hold(hold, found, expected(f"{name.removesuffix('_complete')}__omega")["poly"])


def test_items_that_go_against_the_general_factor_are_those_that_psych_turns(
    expected: Expected, pairwise_tables: Tables
) -> None:
    found = schmid_leiman(explore_factors(pairwise_tables("bfi_keyed"), 5, "pearson"))
    theirs = expected("bfi__omega")["schmid_sl"]["rows"]
    assert [f"{name}-" if name in found.reversed_items else name for name in found.item_names] == theirs

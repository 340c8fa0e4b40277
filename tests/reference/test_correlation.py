"""Correlations and thresholds against lavaan, psych and polycor, and the bivariate normal against mpmath."""

from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from analysis import PairwiseTables, pearson_correlation, polychoric_correlation
from analysis.bivariate_normal import bivariate_normal_cdf

Tables = Callable[..., PairwiseTables]
Expected = Callable[[str], Any]
Agrees = Callable[..., None]

POLYCOR = 2e-4  # polycor takes the default tolerance of R's one-dimensional search, 1.2e-4
PSYCH = 3e-5  # psych's search for each correlation stops some 2e-5 from the maximum

ordinal_set = pytest.mark.parametrize("name", ["bfi", "nets", "nets_complete", "lq2002", "bhr2000"])


def test_the_bivariate_normal_agrees_with_mpmath(expected: Expected, agrees: Agrees) -> None:
    figures = expected("bivariate_normal")
    h, k, r = np.array(figures["h_k_r"]).T
    exact = [float(value) for value in figures["probability"]]
    hold = partial(agrees, "polychoric_correlation", against="mpmath.quad", on="800 points")
    hold("bivariate normal probability", bivariate_normal_cdf(h, k, r), exact, atol=1e-15)


@ordinal_set
@pytest.mark.parametrize("missing", ["pairwise", "listwise"])
def test_polychoric_correlations_agree_with_lavaan(
    name: str, missing: str, expected: Expected, pairwise_tables: Tables, agrees: Agrees
) -> None:
    figures = expected(f"{name}__lavCor")
    found = polychoric_correlation(pairwise_tables(name, missing))
    assert found.converged
    assert list(found.item_names) == figures[missing]["rows"]
    hold = partial(agrees, "polychoric_correlation", against="lavaan::lavCor", on=name)
    hold("matrix", found.matrix, figures[missing]["values"], atol=1e-7)
    cuts = np.concatenate([cuts[np.isfinite(cuts)] for cuts in found.thresholds])
    hold("thresholds", cuts, figures[f"th_{missing}"]["v"], atol=1e-13)


@ordinal_set
@pytest.mark.parametrize(("cell", "margins"), [("rho_correct0", "items"), ("rho_local_tau_correct0", "pairs")])
def test_polychoric_correlations_agree_with_psych(
    name: str, cell: str, margins: Any, expected: Expected, pairwise_tables: Tables, agrees: Agrees
) -> None:
    found = polychoric_correlation(pairwise_tables(name), margins=margins)
    figures = expected(f"{name}__polychoric_psych")[cell]["values"]
    hold = partial(agrees, "polychoric_correlation", against="psych::polychoric", on=name, atol=PSYCH)
    hold(f"matrix, margins of {margins}", found.matrix, figures)


@ordinal_set
def test_filled_cells_agree_with_psych(name: str, expected: Expected, pairwise_tables: Tables, agrees: Agrees) -> None:
    # Where all items have the same categories, psych's default correction adds half a share of one respondent, which
    # does not show; where they differ, as in lq2002, it adds half a respondent, in a way that leaves 1.4e-4.
    filled, tolerance = (0.5, 2e-4) if name == "lq2002" else (0.0, PSYCH)
    found = polychoric_correlation(pairwise_tables(name), empty_cells=filled)
    figures = expected(f"{name}__polychoric_psych")["rho_default"]["values"]
    hold = partial(agrees, "polychoric_correlation", against="psych::polychoric", on=name, atol=tolerance)
    hold("matrix, empty cells filled", found.matrix, figures)


@ordinal_set
def test_thresholds_and_eigenvalues_agree_with_psych(
    name: str, expected: Expected, pairwise_tables: Tables, agrees: Agrees
) -> None:
    figures = expected(f"{name}__polychoric_psych")
    found = polychoric_correlation(pairwise_tables(name))
    hold = partial(agrees, "polychoric_correlation", against="psych::polychoric", on=name)
    for ours, theirs in zip(found.thresholds, figures["tau"]["values"], strict=True):
        # psych holds infinity, for an answer that the item does not have, at 8.21.
        cuts = [float(cut) for cut in theirs if cut not in (None, "NaN", "Inf", "-Inf", "NA") and abs(float(cut)) < 8]
        hold("thresholds", ours[np.isfinite(ours)], cuts, atol=1e-9)
    # Errors of 2e-5 in 31 columns may add up in an eigenvalue.
    hold("eigenvalues of matrix", np.linalg.eigvalsh(found.matrix)[::-1], figures["eigen"], atol=2e-4)


@pytest.mark.parametrize("name", ["bfi_A", "nets_F1", "lq_TSIG_HOST"])
def test_two_steps_within_each_pair_agree_with_polycor(name: str, expected: Expected, agrees: Agrees) -> None:
    on = {"lq": "lq2002"}.get(*[name.partition("_")[0]] * 2)
    hold = partial(agrees, "polychoric_correlation", against="polycor::polychor", on=on, atol=POLYCOR)
    for pair, figures in expected(f"{name}__polycor").items():
        if pair == "warnings":
            continue
        table = np.array(figures["table"])
        found = polychoric_correlation(_state_of(table), margins="pairs")
        hold("matrix, margins of pairs", found.matrix[0, 1], figures["two_step"])


@pytest.mark.parametrize("name", ["bfi", "nets", "nets_complete", "lq2002", "bhr2000"])
@pytest.mark.parametrize("missing", ["pairwise", "listwise"])
def test_pearson_correlations_agree_with_r(
    name: str, missing: str, expected: Expected, pairwise_tables: Tables, agrees: Agrees
) -> None:
    found = pearson_correlation(pairwise_tables(name, missing))
    figures = expected(f"{name}__kmo_bartlett")[f"R_{missing}"]
    agrees("pearson_correlation", "matrix", found.matrix, figures["values"], against="stats::cor", on=name, atol=1e-13)


def test_raw_answers_give_what_their_stored_tables_give(shared_reference: Path, pairwise_tables: Tables) -> None:
    lines = (shared_reference / "data/bfi.csv").read_text().splitlines()
    answers = [[float(cell) if cell else np.nan for cell in line.split(",")[1:26]] for line in lines[1:]]
    assert (PairwiseTables.from_responses(answers).counts == pairwise_tables("bfi").counts).all()


def _state_of(table: Any) -> PairwiseTables:
    """Make the state of two items from their one table."""
    k = max(table.shape)
    counts = np.zeros((2, 2, k, k), dtype=np.int64)
    counts[0, 1, : table.shape[0], : table.shape[1]] = table
    counts[1, 0] = counts[0, 1].T
    counts[0, 0], counts[1, 1] = np.diag(counts[0, 1].sum(axis=1)), np.diag(counts[0, 1].sum(axis=0))
    n = int(table.sum())
    return PairwiseTables(counts, ("first", "second"), n, n, n)

"""Item statistics, alpha, lambdas and split halves against psych 2.2.9, from tables or answers of seventeen scales."""

import itertools
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pingouin
import pytest
from numpy.testing import assert_allclose

from analysis import PairwiseTables, cronbach_alpha, describe_items, guttman_lambdas, scale_scores, split_half
from analysis.guttman import lambda6_from_correlation
from analysis.item_responses import FloatArray
from analysis.moments import read_moments

FOLDER = Path(__file__).parent


def _apart(r: FloatArray) -> FloatArray:
    """Correlations of every two items, once each."""
    return np.asarray(r[np.tril_indices(len(r), -1)])


EXPECTED: dict[str, Any] = json.loads((FOLDER / "expected/classical__reliability_all.json").read_text())["result"]
TABLES: dict[str, Any] = json.loads((FOLDER / "moments/classical_tables.json").read_text())["result"]

CLOSED_FORM = 1e-10

FILES = {"bfi (reverse items 7-x)": "bfi.csv", "lq2002": "lq2002.csv", "bhr2000": "bhr2000.csv", "hs1939": "hs1939.csv"}
REVERSED = {"A1", "C4", "C5", "E1", "E2", "O2", "O5"}

# The total of 31 items has more than 16, so its best split comes from a search, and psych's from 10,000 random splits.
SMALL = [scale for scale in EXPECTED if len(EXPECTED[scale]["items"]) <= 16]

every_scale = pytest.mark.parametrize("scale", EXPECTED)
pairwise_and_complete = pytest.mark.parametrize("missing", ["pairwise", "listwise"])

KEY = {"pairwise": "pairwise", "listwise": "complete"}


@pytest.fixture
def answers(
    scale: str,
    request: pytest.FixtureRequest,
    nets_synth: Callable[[list[str]], FloatArray],
    read_answers: Callable[[Path, list[str]], FloatArray],
) -> FloatArray:
    """The answers to a scale, as the script keyed them."""
    dataset, items = EXPECTED[scale]["dataset"], EXPECTED[scale]["items"]
    if dataset == "nets_synth":
        return nets_synth(items)
    folder: Path = request.getfixturevalue("shared_reference")
    values = read_answers(folder / "data" / FILES[dataset], items)
    if dataset.startswith("bfi"):
        reverse = [item in REVERSED for item in items]
        values[:, reverse] = 7 - values[:, reverse]
    return values


@pytest.fixture
def state(scale: str, missing: str, request: pytest.FixtureRequest) -> Any:
    """The pairwise tables of a scale; answers where tables cannot hold them, because they are no whole numbers."""
    if EXPECTED[scale]["dataset"] in {"nets_synth", "hs1939"}:
        values = request.getfixturevalue("answers")
        return values if scale.startswith("hs") else PairwiseTables.from_responses(values, missing=missing)  # type: ignore[arg-type]
    found = TABLES.get(f"{scale}__{missing}", TABLES[f"{scale}__pairwise"])
    names = tuple(EXPECTED[scale]["items"])
    return PairwiseTables(
        np.array(found["counts"]),
        names,
        found["n_rows"],
        found["n_respondents"],
        found["n_used"],
        missing,  # type: ignore[arg-type]
    )


@every_scale
@pairwise_and_complete
def test_alpha_its_interval_and_its_standard_error_agree_with_psych(scale: str, missing: str, state: Any) -> None:
    total, feldt = (EXPECTED[scale][KEY[missing]][part] for part in ("total", "feldt"))
    alpha = cronbach_alpha(state, missing=missing)  # type: ignore[arg-type]
    found = {
        "raw_alpha": alpha.coefficient,
        "std.alpha": alpha.standardized,
        "average_r": alpha.average_correlation,
        "median_r": alpha.median_correlation,
        "ase": alpha.standard_error,
        "S/N": alpha.standardized / (1 - alpha.standardized),
        "G6(smc)": guttman_lambdas(state, missing=missing).lambda6,  # type: ignore[arg-type]
    }
    assert found == pytest.approx({cell: total[cell] for cell in found}, rel=CLOSED_FORM)
    ends = {"lower.ci": alpha.interval.low, "upper.ci": alpha.interval.high, "alpha": alpha.coefficient}
    assert ends == pytest.approx(feldt, rel=CLOSED_FORM)


@every_scale
@pairwise_and_complete
def test_alpha_without_each_item_agrees_with_psych(scale: str, missing: str, state: Any) -> None:
    dropped = EXPECTED[scale][KEY[missing]]["alpha_drop"]
    alpha = cronbach_alpha(state, missing=missing)  # type: ignore[arg-type]
    assert_allclose(alpha.if_deleted, dropped["raw_alpha"], rtol=CLOSED_FORM)
    assert_allclose(alpha.standardized_if_deleted, dropped["std.alpha"], rtol=CLOSED_FORM)


@every_scale
@pairwise_and_complete
def test_the_scale_without_an_item_agrees_with_psych(scale: str, missing: str, answers: FloatArray) -> None:
    dropped = EXPECTED[scale][KEY[missing]]["alpha_drop"]
    values = answers if missing == "pairwise" else answers[~np.isnan(answers).any(axis=1)]
    for item in range(values.shape[1]):
        others = np.delete(values, item, axis=1)
        alpha = cronbach_alpha(others)
        # psych counts all rows of the whole scale; a row with no other answer does not count here.
        standard_error = alpha.standard_error * np.sqrt(alpha.n / len(values))
        found = {
            "raw_alpha": alpha.coefficient,
            "std.alpha": alpha.standardized,
            "average_r": alpha.average_correlation,
            "med.r": alpha.median_correlation,
            "S/N": alpha.standardized / (1 - alpha.standardized),
            "alpha se": standard_error,
        }
        assert found == pytest.approx({cell: dropped[cell][item] for cell in found}, rel=CLOSED_FORM)
        if others.shape[1] > 2:
            lambda6 = lambda6_from_correlation(read_moments(others).standardized)
            assert lambda6 == pytest.approx(dropped["G6(smc)"][item], rel=CLOSED_FORM)


@every_scale
@pairwise_and_complete
def test_items_correlate_with_the_rest_and_the_total_as_in_psych(scale: str, missing: str, state: Any) -> None:
    found = EXPECTED[scale][KEY[missing]]["item_stats"]
    items = describe_items(state, missing=missing)  # type: ignore[arg-type]
    assert_allclose(items.item_rest, found["r.drop"], rtol=CLOSED_FORM)
    assert_allclose(cronbach_alpha(state, missing=missing).item_rest, found["r.drop"], rtol=CLOSED_FORM)  # type: ignore[arg-type]
    assert items.n_answers.tolist() == found["n"]
    assert_allclose(items.sd, found["sd"], rtol=CLOSED_FORM)
    if EXPECTED[scale]["n_rows"] == EXPECTED[scale]["n_complete"] or missing == "listwise":
        assert_allclose(items.item_total, found["raw.r"], rtol=CLOSED_FORM)


@every_scale
@pairwise_and_complete
def test_standardized_items_correlate_with_their_total_as_in_psych(scale: str, missing: str, state: Any) -> None:
    # std.r is with the total of standardized items; r.cor takes the item's own noise out of both, by its squared multiple
    # correlation on the diagonal. Neither is a result here: they hold the matrix that alpha and the lambdas are made of.
    found = EXPECTED[scale][KEY[missing]]
    r = read_moments(state, missing=missing).standardized  # type: ignore[arg-type]
    assert_allclose(r.sum(axis=0) / np.sqrt(r.sum()), found["item_stats"]["std.r"], rtol=CLOSED_FORM)
    common = r - np.diag(1 / np.diagonal(np.linalg.inv(r)))
    assert_allclose(common.sum(axis=0) / np.sqrt(common.sum()), found["item_stats"]["r.cor"], rtol=CLOSED_FORM)
    if len(r) > 3:
        others = [_apart(np.delete(np.delete(r, item, axis=0), item, axis=1)) for item in range(len(r))]
        assert_allclose([np.var(pairs, ddof=1) for pairs in others], found["alpha_drop"]["var.r"], rtol=CLOSED_FORM)


@every_scale
@pairwise_and_complete
def test_items_correlate_with_the_mean_of_the_answered_items_as_in_psych(
    scale: str, missing: str, answers: FloatArray
) -> None:
    # psych's raw.r on incomplete data: the score of each person is the mean of what was answered, however little.
    found = EXPECTED[scale][KEY[missing]]
    values = answers if missing == "pairwise" else answers[~np.isnan(answers).any(axis=1)]
    scores = scale_scores(values, minimum_share=0)
    assert np.nanmean(scores) == pytest.approx(found["total"]["mean"], rel=CLOSED_FORM)
    assert np.nanstd(scores, ddof=1) == pytest.approx(found["total"]["sd"], rel=CLOSED_FORM)
    for item, correlation in enumerate(found["item_stats"]["raw.r"]):
        given = ~np.isnan(values[:, item])
        own = np.corrcoef(values[given, item], scores[given])[0, 1]
        assert own == pytest.approx(correlation, rel=CLOSED_FORM), EXPECTED[scale]["items"][item]


@every_scale
@pytest.mark.parametrize("missing", ["pairwise"])
def test_each_item_is_described_as_in_psych(scale: str, missing: str, state: Any) -> None:
    found = EXPECTED[scale]["descr"]
    added = TABLES.get(f"{scale}__pairwise", {}).get("added", 0)
    items = describe_items(state)
    assert items.n_answers.tolist() == found["n"]
    assert (items.n_missing + items.n_answers == EXPECTED[scale]["n_rows"]).all()
    for attribute, cell, shift in (
        ("mean", "mean", added),
        ("sd", "sd", 0),
        ("median", "median", added),
        ("skewness", "skew", 0),
        ("kurtosis", "kurtosis", 0),
        ("standard_error", "se", 0),
    ):
        assert_allclose(getattr(items, attribute) - shift, found[cell], rtol=CLOSED_FORM, atol=1e-13, err_msg=cell)


@pytest.mark.parametrize("scale", [scale for scale in EXPECTED if EXPECTED[scale]["pairwise"]["resp_freq"]])
@pytest.mark.parametrize("missing", ["pairwise"])
def test_answers_are_counted_as_in_psych(scale: str, missing: str, state: Any) -> None:
    found = EXPECTED[scale]["pairwise"]["resp_freq"]
    *categories, _ = found["cols"]
    shares = np.array(found["values"])
    added = TABLES.get(f"{scale}__pairwise", {}).get("added", 0)
    items = describe_items(state)
    places = [int(category) + added - 1 for category in categories]
    assert_allclose(items.frequencies[:, places] / items.n_answers[:, None], shares[:, :-1], atol=1e-14)
    # psych gives the share missing as one less the share present.
    assert_allclose(items.n_missing / EXPECTED[scale]["n_rows"], shares[:, -1], atol=1e-14)


@every_scale
@pytest.mark.parametrize("missing", ["listwise"])
def test_the_lambdas_agree_with_psych(scale: str, missing: str, state: Any) -> None:
    found = EXPECTED[scale]["guttman_complete"]
    bounds = guttman_lambdas(state, missing="listwise")
    for number in (1, 2, 3, 5, 6):
        assert getattr(bounds, f"lambda{number}") == pytest.approx(found[f"lambda.{number}"], rel=CLOSED_FORM), number
    assert_allclose(bounds.mu, list(found["tenberge"].values()), rtol=CLOSED_FORM)
    # psych looks at some of the splits only.
    assert bounds.lambda4 >= found["lambda.4"] - 1e-12


@every_scale
@pytest.mark.parametrize("missing", ["listwise"])
def test_odd_against_even_items_agrees_with_r(scale: str, missing: str, state: Any) -> None:
    found = EXPECTED[scale]["spearman_brown_oddeven"]
    halves = split_half(state, missing="listwise")
    assert halves.odd_even_correlation == pytest.approx(found["r"], rel=CLOSED_FORM)
    assert halves.odd_even == pytest.approx(found["sb"], rel=CLOSED_FORM)


@pytest.mark.parametrize("scale", SMALL)
@pytest.mark.parametrize("missing", ["listwise"])
def test_split_halves_agree_with_psych(scale: str, missing: str, state: Any) -> None:
    found = EXPECTED[scale]["splitHalf_complete"]
    halves = split_half(state, missing="listwise")
    p = len(halves.item_names)
    if p % 2 == 0:
        assert (halves.maximum, halves.minimum, halves.mean) == pytest.approx(
            (found["maxrb"], found["minrb"], found["meanr"]), rel=CLOSED_FORM
        )
    else:
        # psych tries the first half of the splits in alphabetical order, which is all of them for even p only.
        assert halves.maximum >= found["maxrb"] - 1e-12
        assert halves.minimum <= found["minrb"] + 1e-12
    # psych repeats in this table what it says elsewhere.
    alpha, bounds = cronbach_alpha(state, missing="listwise"), guttman_lambdas(state, missing="listwise")
    own = (alpha.average_correlation, alpha.median_correlation, bounds.lambda2, bounds.lambda6, alpha.standardized)
    assert own == pytest.approx(
        [found[cell] for cell in ("av.r", "med.r", "lambda2", "lambda6", "alpha")], rel=CLOSED_FORM
    )
    assert EXPECTED[scale]["guttman_complete"]["beta"] == found["minrb"]


@every_scale
@pytest.mark.parametrize("missing", ["listwise"])
def test_the_interval_of_alpha_agrees_with_psychs_own_function(scale: str, missing: str, state: Any) -> None:
    found, alpha = EXPECTED[scale]["complete"]["alpha_ci_fn"], cronbach_alpha(state, missing="listwise")
    p = len(alpha.item_names)
    ends = {"lower.ci": alpha.interval.low, "upper.ci": alpha.interval.high, "alpha": alpha.coefficient}
    ends["r.bar"] = alpha.coefficient / (p - (p - 1) * alpha.coefficient)
    assert ends == pytest.approx(found, rel=CLOSED_FORM)


@pytest.mark.parametrize("scale", ["bfi_A", "lq2002_HOST", "lq2002_LEAD", "nets_F2"])
@pytest.mark.parametrize("missing", ["listwise"])
def test_splits_of_an_odd_number_of_items_agree_with_a_loop_over_them(scale: str, missing: str, state: Any) -> None:
    found = EXPECTED[scale]["splitHalf_complete"]
    halves = split_half(state, missing="listwise")
    r = state.moments().standardized
    p = len(r)
    own = []
    for first in itertools.combinations(range(p), p // 2):
        inside = np.isin(np.arange(p), first)
        own.append(4 * r[np.ix_(inside, ~inside)].sum() / r.sum())
    assert halves.n_splits == len(own)
    assert (halves.maximum, halves.minimum, halves.mean) == pytest.approx((max(own), min(own), np.mean(own)), rel=1e-12)
    # What psych leaves out is what makes the difference.
    tried = own[: len(own) // 2]
    assert (found["maxrb"], found["minrb"], found["meanr"]) == pytest.approx(
        (max(tried), min(tried), np.mean(tried)), rel=CLOSED_FORM
    )


@every_scale
def test_alpha_agrees_with_pingouin(scale: str, answers: FloatArray) -> None:
    for missing in ("pairwise", "listwise"):
        coefficient, interval = pingouin.cronbach_alpha(pd.DataFrame(answers), nan_policy=missing)
        alpha = cronbach_alpha(answers, missing=missing)
        assert alpha.coefficient == pytest.approx(coefficient, rel=CLOSED_FORM)
        if missing == "pairwise":
            # pingouin rounds its interval to three decimals, and counts incomplete rows even listwise.
            assert (alpha.interval.low, alpha.interval.high) == pytest.approx(tuple(interval), abs=6e-4)

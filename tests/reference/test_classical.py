"""Item statistics, alpha, lambdas and split halves against psych 2.2.9, from tables or answers of seventeen scales."""

import itertools
import json
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pingouin
import pytest

from analysis import PairwiseTables, cronbach_alpha, describe_items, guttman_lambdas, scale_scores, split_half
from analysis.guttman import lambda6_from_correlation
from analysis.item_responses import FloatArray
from analysis.reading_moments import read_moments

FOLDER = Path(__file__).parent

Agrees = Callable[..., None]


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


def _on(scale: str) -> str:
    """Give the data set of a scale."""
    name = scale.partition("_")[0]
    return {"hs": "hs1939"}.get(name, name)


@every_scale
@pairwise_and_complete
def test_alpha_its_interval_and_its_standard_error_agree_with_psych(
    scale: str, missing: str, state: Any, agrees: Agrees
) -> None:
    total, feldt = (EXPECTED[scale][KEY[missing]][part] for part in ("total", "feldt"))
    alpha = cronbach_alpha(state, missing=missing)  # type: ignore[arg-type]
    hold = partial(agrees, "cronbach_alpha", against="psych::alpha", on=_on(scale), rtol=CLOSED_FORM)
    hold("coefficient", alpha.coefficient, total["raw_alpha"])
    hold("standardized", alpha.standardized, total["std.alpha"])
    hold("average_correlation", alpha.average_correlation, total["average_r"])
    hold("median_correlation", alpha.median_correlation, total["median_r"])
    hold("standard_error", alpha.standard_error, total["ase"])
    hold("standardized, signal to noise", alpha.standardized / (1 - alpha.standardized), total["S/N"])
    hold("interval", [alpha.interval.low, alpha.interval.high], [feldt["lower.ci"], feldt["upper.ci"]])
    assert feldt["alpha"] == total["raw_alpha"]
    lambda6 = guttman_lambdas(state, missing=missing).lambda6  # type: ignore[arg-type]
    agrees(
        "guttman_lambdas", "lambda6", lambda6, total["G6(smc)"], against="psych::alpha", on=_on(scale), rtol=CLOSED_FORM
    )


@every_scale
@pairwise_and_complete
def test_alpha_without_each_item_agrees_with_psych(scale: str, missing: str, state: Any, agrees: Agrees) -> None:
    dropped = EXPECTED[scale][KEY[missing]]["alpha_drop"]
    alpha = cronbach_alpha(state, missing=missing)  # type: ignore[arg-type]
    hold = partial(agrees, "cronbach_alpha", against="psych::alpha", on=_on(scale), rtol=CLOSED_FORM)
    hold("if_deleted", alpha.if_deleted, dropped["raw_alpha"])
    hold("standardized_if_deleted", alpha.standardized_if_deleted, dropped["std.alpha"])


@every_scale
@pairwise_and_complete
def test_the_scale_without_an_item_agrees_with_psych(
    scale: str, missing: str, answers: FloatArray, agrees: Agrees
) -> None:
    dropped = EXPECTED[scale][KEY[missing]]["alpha_drop"]
    values = answers if missing == "pairwise" else answers[~np.isnan(answers).any(axis=1)]
    hold = partial(agrees, against="psych::alpha", on=_on(scale), rtol=CLOSED_FORM)
    for item in range(values.shape[1]):
        others = np.delete(values, item, axis=1)
        alpha = cronbach_alpha(others)
        theirs = {cell: column[item] for cell, column in dropped.items()}
        hold("cronbach_alpha", "coefficient", alpha.coefficient, theirs["raw_alpha"])
        hold("cronbach_alpha", "standardized", alpha.standardized, theirs["std.alpha"])
        hold("cronbach_alpha", "average_correlation", alpha.average_correlation, theirs["average_r"])
        hold("cronbach_alpha", "median_correlation", alpha.median_correlation, theirs["med.r"])
        ratio = alpha.standardized / (1 - alpha.standardized)
        hold("cronbach_alpha", "standardized, signal to noise", ratio, theirs["S/N"])
        # psych counts all rows of the whole scale; a row with no other answer does not count here.
        standard_error = alpha.standard_error * np.sqrt(alpha.n / len(values))
        hold("cronbach_alpha", "standard_error", standard_error, theirs["alpha se"])
        if others.shape[1] > 2:
            lambda6 = lambda6_from_correlation(read_moments(others).standardized)
            hold("guttman_lambdas", "lambda6", lambda6, theirs["G6(smc)"])


@every_scale
@pairwise_and_complete
def test_items_correlate_with_the_rest_and_the_total_as_in_psych(
    scale: str, missing: str, state: Any, agrees: Agrees
) -> None:
    figures = EXPECTED[scale][KEY[missing]]["item_stats"]
    items = describe_items(state, missing=missing)  # type: ignore[arg-type]
    item_rest = cronbach_alpha(state, missing=missing).item_rest  # type: ignore[arg-type]
    hold = partial(agrees, against="psych::alpha", on=_on(scale), rtol=CLOSED_FORM)
    hold("describe_items", "item_rest", items.item_rest, figures["r.drop"])
    hold("cronbach_alpha", "item_rest", item_rest, figures["r.drop"])
    hold("describe_items", "sd", items.sd, figures["sd"])
    added = TABLES.get(f"{scale}__pairwise", {}).get("added", 0)
    hold("describe_items", "mean", items.mean - added, figures["mean"])
    agrees("describe_items", "n_answers", items.n_answers, figures["n"], against="psych::alpha", on=_on(scale))
    if EXPECTED[scale]["n_rows"] == EXPECTED[scale]["n_complete"] or missing == "listwise":
        hold("describe_items", "item_total", items.item_total, figures["raw.r"])


@every_scale
@pairwise_and_complete
def test_standardized_items_correlate_with_their_total_as_in_psych(
    scale: str, missing: str, state: Any, agrees: Agrees
) -> None:
    # std.r is with the total of standardized items; r.cor takes the item's own noise out of both, by its squared multiple
    # correlation on the diagonal. Neither is a result here: they hold the matrix that alpha and the lambdas are made of.
    figures = EXPECTED[scale][KEY[missing]]
    r = read_moments(state, missing=missing).standardized  # type: ignore[arg-type]
    hold = partial(agrees, "Moments", against="psych::alpha", on=_on(scale), rtol=CLOSED_FORM)
    hold("standardized, items with their total", r.sum(axis=0) / np.sqrt(r.sum()), figures["item_stats"]["std.r"])
    common = r - np.diag(1 / np.diagonal(np.linalg.inv(r)))
    own = common.sum(axis=0) / np.sqrt(common.sum())
    hold("standardized, items with their total, corrected", own, figures["item_stats"]["r.cor"])
    if len(r) > 3:
        others = [_apart(np.delete(np.delete(r, item, axis=0), item, axis=1)) for item in range(len(r))]
        spread = [np.var(pairs, ddof=1) for pairs in others]
        hold("standardized, variance without an item", spread, figures["alpha_drop"]["var.r"])


@every_scale
@pairwise_and_complete
def test_items_correlate_with_the_mean_of_the_answered_items_as_in_psych(
    scale: str, missing: str, answers: FloatArray, agrees: Agrees
) -> None:
    # psych's raw.r on incomplete data: the score of each person is the mean of what was answered, however little.
    figures = EXPECTED[scale][KEY[missing]]
    values = answers if missing == "pairwise" else answers[~np.isnan(answers).any(axis=1)]
    scores = scale_scores(values, minimum_share=0)
    hold = partial(agrees, "scale_scores", against="psych::alpha", on=_on(scale), rtol=CLOSED_FORM)
    hold("mean", np.nanmean(scores), figures["total"]["mean"])
    hold("sd", np.nanstd(scores, ddof=1), figures["total"]["sd"])
    given = [~np.isnan(column) for column in values.T]
    own = [np.corrcoef(column[rows], scores[rows])[0, 1] for column, rows in zip(values.T, given, strict=True)]
    hold("correlation with each item", own, figures["item_stats"]["raw.r"])


@every_scale
@pytest.mark.parametrize("missing", ["pairwise"])
def test_each_item_is_described_as_in_psych(scale: str, missing: str, state: Any, agrees: Agrees) -> None:
    figures = EXPECTED[scale]["descr"]
    added = TABLES.get(f"{scale}__pairwise", {}).get("added", 0)
    items = describe_items(state)
    assert (items.n_missing + items.n_answers == EXPECTED[scale]["n_rows"]).all()
    hold = partial(agrees, "describe_items", against="psych::describe", on=_on(scale))
    hold("n_answers", items.n_answers, figures["n"])
    for attribute, cell, shift in (
        ("mean", "mean", added),
        ("sd", "sd", 0),
        ("median", "median", added),
        ("skewness", "skew", 0),
        ("kurtosis", "kurtosis", 0),
        ("standard_error", "se", 0),
    ):
        hold(attribute, getattr(items, attribute) - shift, figures[cell], rtol=CLOSED_FORM, atol=1e-13)


@pytest.mark.parametrize("scale", [scale for scale in EXPECTED if EXPECTED[scale]["pairwise"]["resp_freq"]])
@pytest.mark.parametrize("missing", ["pairwise"])
def test_answers_are_counted_as_in_psych(scale: str, missing: str, state: Any, agrees: Agrees) -> None:
    figures = EXPECTED[scale]["pairwise"]["resp_freq"]
    *categories, _ = figures["cols"]
    shares = np.array(figures["values"])
    added = TABLES.get(f"{scale}__pairwise", {}).get("added", 0)
    items = describe_items(state)
    places = [int(category) + added - 1 for category in categories]
    hold = partial(agrees, "describe_items", against="psych::alpha", on=_on(scale), atol=1e-14)
    hold("frequencies, as shares", items.frequencies[:, places] / items.n_answers[:, None], shares[:, :-1])
    # psych gives the share missing as one less the share present.
    hold("n_missing, as a share", items.n_missing / EXPECTED[scale]["n_rows"], shares[:, -1])


@every_scale
@pytest.mark.parametrize("missing", ["listwise"])
def test_the_lambdas_agree_with_psych(scale: str, missing: str, state: Any, agrees: Agrees) -> None:
    figures = EXPECTED[scale]["guttman_complete"]
    bounds = guttman_lambdas(state, missing="listwise")
    hold = partial(agrees, "guttman_lambdas", on=_on(scale), rtol=CLOSED_FORM)
    for number in (1, 2, 3, 5, 6):
        bound = getattr(bounds, f"lambda{number}")
        hold(f"lambda{number}", bound, figures[f"lambda.{number}"], against="psych::guttman")
    hold("mu", bounds.mu, list(figures["tenberge"].values()), against="psych::tenberge")
    # psych looks at some of the splits only.
    assert bounds.lambda4 >= figures["lambda.4"] - 1e-12


@every_scale
@pytest.mark.parametrize("missing", ["listwise"])
def test_odd_against_even_items_agrees_with_r(scale: str, missing: str, state: Any, agrees: Agrees) -> None:
    figures = EXPECTED[scale]["spearman_brown_oddeven"]
    halves = split_half(state, missing="listwise")
    hold = partial(agrees, "split_half", against="stats::cor", on=_on(scale), rtol=CLOSED_FORM)
    hold("odd_even_correlation", halves.odd_even_correlation, figures["r"])
    hold("odd_even", halves.odd_even, figures["sb"])


@pytest.mark.parametrize("scale", SMALL)
@pytest.mark.parametrize("missing", ["listwise"])
def test_split_halves_agree_with_psych(scale: str, missing: str, state: Any, agrees: Agrees) -> None:
    figures = EXPECTED[scale]["splitHalf_complete"]
    halves = split_half(state, missing="listwise")
    hold = partial(agrees, against="psych::splitHalf", on=_on(scale), rtol=CLOSED_FORM)
    if len(halves.item_names) % 2 == 0:
        hold("split_half", "maximum", halves.maximum, figures["maxrb"])
        hold("split_half", "minimum", halves.minimum, figures["minrb"])
        hold("split_half", "mean", halves.mean, figures["meanr"])
    else:
        # psych tries the first half of the splits in alphabetical order, which is all of them for even p only.
        assert halves.maximum >= figures["maxrb"] - 1e-12
        assert halves.minimum <= figures["minrb"] + 1e-12
    # psych repeats in this table what it says elsewhere.
    alpha, bounds = cronbach_alpha(state, missing="listwise"), guttman_lambdas(state, missing="listwise")
    hold("cronbach_alpha", "average_correlation", alpha.average_correlation, figures["av.r"])
    hold("cronbach_alpha", "median_correlation", alpha.median_correlation, figures["med.r"])
    hold("cronbach_alpha", "standardized", alpha.standardized, figures["alpha"])
    hold("guttman_lambdas", "lambda2", bounds.lambda2, figures["lambda2"])
    hold("guttman_lambdas", "lambda6", bounds.lambda6, figures["lambda6"])
    assert EXPECTED[scale]["guttman_complete"]["beta"] == figures["minrb"]


@every_scale
@pytest.mark.parametrize("missing", ["listwise"])
def test_the_interval_of_alpha_agrees_with_psychs_own_function(
    scale: str, missing: str, state: Any, agrees: Agrees
) -> None:
    figures, alpha = EXPECTED[scale]["complete"]["alpha_ci_fn"], cronbach_alpha(state, missing="listwise")
    p = len(alpha.item_names)
    hold = partial(agrees, "cronbach_alpha", against="psych::alpha.ci", on=_on(scale), rtol=CLOSED_FORM)
    hold("interval", [alpha.interval.low, alpha.interval.high], [figures["lower.ci"], figures["upper.ci"]])
    hold("coefficient", alpha.coefficient, figures["alpha"])
    hold("coefficient, for one item", alpha.coefficient / (p - (p - 1) * alpha.coefficient), figures["r.bar"])


@pytest.mark.parametrize("scale", ["bfi_A", "lq2002_HOST", "lq2002_LEAD", "nets_F2"])
@pytest.mark.parametrize("missing", ["listwise"])
def test_splits_of_an_odd_number_of_items_agree_with_a_loop_over_them(
    scale: str, missing: str, state: Any, agrees: Agrees
) -> None:
    figures = EXPECTED[scale]["splitHalf_complete"]
    halves = split_half(state, missing="listwise")
    r = state.moments().standardized
    p = len(r)
    own = []
    for first in itertools.combinations(range(p), p // 2):
        inside = np.isin(np.arange(p), first)
        own.append(4 * r[np.ix_(inside, ~inside)].sum() / r.sum())
    assert halves.n_splits == len(own)
    hold = partial(agrees, "split_half", on=_on(scale))
    ours = [halves.maximum, halves.minimum, halves.mean]
    loop = [max(own), min(own), np.mean(own)]
    hold("maximum, minimum, mean", ours, loop, against="a loop over all splits", rtol=1e-12)
    # What psych leaves out is what makes the difference.
    tried = own[: len(own) // 2]
    theirs = [figures[cell] for cell in ("maxrb", "minrb", "meanr")]
    half = [max(tried), min(tried), np.mean(tried)]
    hold("maximum, minimum, mean of half of the splits", half, theirs, against="psych::splitHalf", rtol=CLOSED_FORM)


@every_scale
def test_alpha_agrees_with_pingouin(scale: str, answers: FloatArray, agrees: Agrees) -> None:
    hold = partial(agrees, "cronbach_alpha", against="pingouin.cronbach_alpha", on=_on(scale))
    for missing in ("pairwise", "listwise"):
        coefficient, interval = pingouin.cronbach_alpha(pd.DataFrame(answers), nan_policy=missing)
        alpha = cronbach_alpha(answers, missing=missing)
        hold("coefficient", alpha.coefficient, coefficient, rtol=CLOSED_FORM)
        if missing == "pairwise":
            # pingouin rounds its interval to three decimals, and counts incomplete rows even listwise.
            hold("interval", [alpha.interval.low, alpha.interval.high], interval, atol=6e-4)

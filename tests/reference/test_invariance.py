"""Steps of measurement invariance against lavaan 0.6-14 and semTools 0.5-6: every fit, difference test and factor mean.

``*__invariance_<group>*.json`` are figures as lavaan prints them; ``*__invariance.json`` those of a search that went on to the
end (`scripts/invariance.R`), with three groups, partial invariance, few categories, missing answers and a negative scaling
factor. Maximum likelihood of complete answers depends on means and covariances alone: other answers with the same moments
stand in for those that are not free to copy.
"""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from analysis import ConfirmatoryFit, InvarianceStep, MeasurementInvariance, measurement_invariance
from analysis.confirmatory.normal.difference import (
    FIRST,
    SECOND,
    SECOND_EXPECTED,
    plain_difference,
    second_difference,
)
from analysis.confirmatory.normal.fit import NormalInference
from analysis.invariance import DifferenceTest, StepDifference
from analysis.item_responses import FloatArray

FOLDER = Path(__file__).parent

Agrees = Callable[..., None]
Found = Callable[[str, str], MeasurementInvariance]

STATISTICS = 1e-6
"""Relative: what lavaan's search for the minimum, and its polychoric correlations, leave."""

INDICES = 1e-6

STOPS_EARLY = 1e-5
"""Relative, of scaled differences as lavaan prints them: they are differences of slopes at the ends of two searches, each some
1e-6 from its minimum. Of sixty people the likelihood is so flat that a second search stops as far off."""

P_VALUES, P_OF_EARLY = 1e-5, 1e-4
"""Relative; far out in the tail the probability of a chi-square is as many times further off as the chi-square is large."""

MEANS = 1e-5

SCORES = 1e-5
"""Relative: score tests square slopes that ought to be nought at the minimum, and are not quite where a search stops."""

NETS = {"F1": [f"q{item:02d}" for item in range(1, 7)], "F2": [f"q{item:02d}" for item in range(7, 12)]}
FEW = {"F1": ["q01", "q02", "q03", "q04"], "F2": ["q07", "q08", "q09"]}
SMALL = {"F1": ["q01", "q02", "q03"], "F2": ["q07", "q08", "q09"]}
HS = {"visual": ["x1", "x2", "x3"], "textual": ["x4", "x5", "x6"], "speed": ["x7", "x8", "x9"]}
BFI = {scale: [f"{scale}{item}" for item in range(1, 6)] for scale in "ACENO"}
ITEMS = [item for items in FEW.values() for item in items]

RELEASED = {
    "MLR_gender_partial": ["q08 ~ 1", "F1 =~ q03", "q05 ~~ q05"],
    "WLSMV_gender_partial": ["q08 ~ 1", "F1 =~ q03", "q04 | t2", "q02 ~~ q02"],
    "ML_school_partial": ["x3 ~ 1", "x7 ~ 1"],
}

BINARY = "WLSMV_gender_two_and_three_categories"
"""Of items with two categories semTools compares loadings with equal residual variances, before these are free: its second and
third step are not those of Wu and Estabrook. Configural, intercepts and strict are the same."""


def _comparisons() -> dict[tuple[str, str], dict[str, Any]]:
    """Give what R found, by file and case, with steps and means under one name."""
    found: dict[tuple[str, str], dict[str, Any]] = {}
    for path in sorted((FOLDER / "expected").glob("*__invariance*.json")):
        result = json.loads(path.read_text())["result"]
        if path.stem.endswith("__invariance"):
            found |= {(path.stem, case): own for case, own in result.items() if case != "warnings"}
        else:
            case = "WLSMV" if "ordinal" in path.stem else "MLR" if path.stem.endswith("MLR") else "ML"
            means = {"means": result["scalar_latent_means"]} if "scalar_latent_means" in result else {}
            found[path.stem, case] = {**result, **means}
    return found


RESULTS = _comparisons()
every_comparison = pytest.mark.parametrize(("file", "case"), RESULTS)


def _dataset(file: str) -> str:
    return file.partition("__")[0]


def _model(file: str, case: str) -> dict[str, list[str]]:
    if not file.startswith("nets"):
        return HS if file.startswith("hs1939") else BFI
    if case.startswith("WLSMV") and case not in ("WLSMV", "WLSMV_gender"):
        return FEW
    return SMALL if "rows" in case or "fiml" in case else NETS


def _rows_with(n: int, mean: FloatArray, covariance: FloatArray) -> FloatArray:
    """Make rows with this mean and these covariances."""
    noise = np.random.default_rng(1).standard_normal((n, len(mean)))
    directions = np.linalg.qr(noise - noise.mean(axis=0))[0]
    return np.asarray(mean + directions @ np.linalg.cholesky((n - 1) * covariance).T)


def _from_moments(dataset: str, group: str) -> pd.DataFrame:
    kept = json.loads((FOLDER / "moments/group_moments.json").read_text())[dataset]
    parts = []
    for name, own in kept["groups"].items():
        rows = _rows_with(own["n"], np.array(own["mean"]), np.array(own["covariance"]))
        parts.append(pd.DataFrame(rows, columns=kept["items"]).assign(**{group: name}))
    return pd.concat(parts)


def _answers(request: pytest.FixtureRequest, file: str, case: str, group: str) -> pd.DataFrame:
    dataset = _dataset(file)
    if dataset.startswith("nets"):
        frame = pd.read_csv(FOLDER / f"data/{dataset.replace('nets', 'nets_synth')}.csv")
    elif case.startswith("MLR"):
        frame = pd.read_csv(request.getfixturevalue("shared_reference") / "data" / f"{dataset}.csv")
    else:
        return _from_moments(dataset, group)
    if group == "profession":
        frame = frame[frame["profession"].isin(["medical", "nursing", "AHP"])]
    if "rows_701_to_760" in case:
        frame = frame[700:760]
    if "three_categories" in case:
        high = frame.assign(**{item: frame[item] == 5 for item in ("q01", "q07")})
        frame = frame.assign(**{item: np.maximum(frame[item] - 2, 1) for item in ITEMS})
        if case == BINARY:
            frame = frame.assign(q01=high["q01"] + 1, q07=high["q07"] + 1)
    return frame


@pytest.fixture(scope="session")
def compared(request: pytest.FixtureRequest) -> Found:
    """Compare the groups of a case, once."""
    made: dict[tuple[str, str], MeasurementInvariance] = {}

    def found(file: str, case: str) -> MeasurementInvariance:
        if (file, case) not in made:
            group = "profession" if "profession" in case else "school" if file.startswith("hs1939") else "gender"
            ways = [way for way in ("fiml", "pairwise") if way in case]
            made[file, case] = measurement_invariance(
                _model(file, case),
                _answers(request, file, case, group),
                group,
                case.split("_")[0],  # type: ignore[arg-type]
                missing=ways[0] if ways else "listwise",  # type: ignore[arg-type]
                release=RELEASED.get(case, []),
            )
        return made[file, case]

    return found


def _steps(found: MeasurementInvariance, file: str, case: str) -> list[tuple[InvarianceStep, dict[str, float | None]]]:
    both = list(zip(found.steps, RESULTS[file, case]["fits"].values(), strict=True))
    return [both[place] for place in (0, 3, 4)] if case == BINARY else both


LEFT_OUT = {
    # settings, and what others say already
    "fmin", "ntotal", "rmsea.ci.level", "rmsea.close.h0", "rmsea.notclose.h0", "baseline.pvalue", "baseline.pvalue.scaled",
    "rni.robust",
    # parts of the scaling factor, one of them divided by the number of parameters before these are made equal
    "scaling.factor.h1", "scaling.factor.h0",
}  # fmt: skip
INCOMPLETE = {"gfi", "agfi", "pgfi"}
"""Not defined for incomplete answers here; nobody says how lavaan weights the moments then."""

GROUPS_OF_ORDERED = {"cfi.robust", "tli.robust", "nnfi.robust", "wrmr"}
"""What the baseline is on average, the sum of the traces of the groups' Gamma, lavaan divides by the groups' shares; and it
multiplies WRMR by the root of their number."""


@every_comparison
def test_every_statistic_and_index_of_every_step(
    file: str,
    case: str,
    compared: Found,
    fit_measures: Callable[[ConfirmatoryFit], dict[str, float]],
    agrees: Agrees,
) -> None:
    estimator = case.split("_")[0]
    left_out = LEFT_OUT | (INCOMPLETE if "fiml" in case else set())
    left_out |= GROUPS_OF_ORDERED if estimator == "WLSMV" else set()
    statistics: dict[str, tuple[float, float | None]] = {}
    indices: dict[str, tuple[float, float | None]] = {}
    for step, figures in _steps(compared(file, case), file, case):
        ours = fit_measures(step.fit)
        names = [name for name, value in figures.items() if value is not None and name not in left_out]
        assert len(names) >= 25
        for name in names:
            of_size = "chisq" in name or "logl" in name or "df" in name or name in ("aic", "bic", "bic2", "npar")
            (statistics if of_size else indices)[f"{step.name}: {name}"] = ours[name], figures[name]
    for kind, chosen, tolerance in (
        ("chi-squares, scaling factors and log-likelihoods", statistics, STATISTICS),
        ("indices of fit", indices, INDICES),
    ):
        agrees(
            "measurement_invariance", f"{kind}, {estimator}", {name: own for name, (own, _) in chosen.items()},
            {name: other for name, (_, other) in chosen.items()}, against=_source(estimator), on=_dataset(file),
            rtol=tolerance, atol=tolerance,
        )  # fmt: skip


def _source(estimator: str) -> str:
    return "semTools::measEq.syntax" if estimator == "WLSMV" else "lavaan::cfa"


def _tests(found: MeasurementInvariance) -> list[DifferenceTest]:
    differences = [step.difference for step in found.steps[1:]]
    tests = [each.test for each in differences if isinstance(each, StepDifference)]
    return [test for test in tests if isinstance(test, DifferenceTest)]


@pytest.mark.parametrize(("file", "case"), [key for key in RESULTS if key[1] != BINARY])
def test_every_step_is_tested_against_the_one_before(file: str, case: str, compared: Found, agrees: Agrees) -> None:
    found, lrt = compared(file, case), RESULTS[file, case]["lrt"]
    columns = [lrt[name][1:] for name in ("Chisq diff", "Df diff", "Pr(>Chisq)", "RMSEA") if name in lrt]
    if "three_categories" in case:
        assert columns[1][0] == 0
        columns = [column[1:] for column in columns]
    figures = dict(zip(("chi-square", "df", "p", "RMSEA"), columns, strict=False))
    tests = _tests(found)
    known = [place for place, value in enumerate(figures["chi-square"]) if value is not None]
    assert len(tests) == len(figures["df"])
    ours: dict[str, list[float]] = {
        "chi-square": [test.chi_square for test in tests],
        "df": [test.df for test in tests],
        "p": [test.p for test in tests],
        "RMSEA": [test.rmsea for test in tests],
    }
    estimator = case.split("_")[0]
    early = estimator == "MLR" and (not file.endswith("__invariance") or "rows" in case)
    of_value, of_p = (STOPS_EARLY, P_OF_EARLY) if early else (STATISTICS, P_VALUES)
    for name, tolerance in (("chi-square", of_value), ("p", of_p), ("RMSEA", INDICES)):
        if name in figures:
            agrees(
                "measurement_invariance", f"difference tests: {name}, {estimator}", [ours[name][place] for place in known],
                [figures[name][place] for place in known], against="lavaan::lavTestLRT", on=_dataset(file),
                rtol=tolerance, atol=tolerance if name != "p" else 1e-30,
            )  # fmt: skip
    agrees(
        "measurement_invariance", "difference tests: degrees of freedom", ours["df"], figures["df"],
        against="lavaan::lavTestLRT", on=_dataset(file),
    )  # fmt: skip


WITH_MEANS = [key for key, result in RESULTS.items() if "means" in result]


@pytest.mark.parametrize(("file", "case"), WITH_MEANS)
def test_means_of_factors_and_their_standard_errors(file: str, case: str, compared: Found, agrees: Agrees) -> None:
    own, theirs = compared(file, case).latent_means, RESULTS[file, case]["means"]
    places = [(group - 1, own.factors.index(name)) for name, group in zip(theirs["lhs"], theirs["group"], strict=True)]
    for kind, ours, figures in (("factor means", own.mean, "est"), ("standard errors", own.standard_error, "se")):
        agrees(
            "measurement_invariance", f"{kind}, {case.split('_')[0]}", [ours[place] for place in places], theirs[figures],
            against=_source(case.split("_")[0]), on=_dataset(file), atol=MEANS,
        )  # fmt: skip


@every_comparison
def test_groups_have_the_sizes_that_they_should(file: str, case: str, compared: Found) -> None:
    sizes = RESULTS[file, case].get("nobs")
    assert sizes is None or list(compared(file, case).group_sizes) == sizes


WITH_SCORE_TESTS = [key for key, result in RESULTS.items() if "score_tests" in result]


@pytest.mark.parametrize(("file", "case"), WITH_SCORE_TESTS)
def test_score_tests_of_equal_parameters(file: str, case: str, compared: Found, agrees: Agrees) -> None:
    for step in compared(file, case).steps[1:]:
        own = step.equality_tests()
        ours = dict(zip(own.parameter, own.chi_square, strict=True))
        theirs = RESULTS[file, case]["score_tests"][step.name]
        names = [
            f"{left} ~ 1" if operator == "~1" else f"{left} {operator} {right}"
            for left, operator, right in zip(theirs["lhs"], theirs["op"], theirs["rhs"], strict=True)
        ]
        assert set(names) == set(ours)
        agrees(
            "measurement_invariance", "score tests of equal parameters, ML", {name: ours[name] for name in names},
            dict(zip(names, theirs["X2"], strict=True)), against="lavaan::lavTestScore", on=_dataset(file),
            rtol=SCORES, atol=SCORES,
        )  # fmt: skip


def test_scaled_differences_of_2010(compared: Found, agrees: Agrees) -> None:
    # lavaan's wider model of the scalar step leaves out the means that factors have in the narrower one, so that it does
    # not imply the same moments, and warns that its information is not positive definite.
    steps = compared("hs1939__invariance", "MLR_school").steps
    figures = RESULTS["hs1939__invariance", "MLR_school"]["lrt_2010"]
    found, expected = [], []
    for place in (1, 3):
        narrow, wide = (steps[each].fit.solution for each in (place, place - 1))
        inner, outer = narrow.curvature, wide.curvature
        assert isinstance(inner, NormalInference)
        assert isinstance(outer, NormalInference)
        test, method = second_difference(inner, outer, plain_difference(narrow, wide))
        assert method == SECOND
        found.append(test.value)
        expected.append(figures[place - 1]["Chisq diff"][1])
    agrees(
        "measurement_invariance", "difference tests of 2010: chi-square, MLR", found, expected,
        against="lavaan::lavTestLRT", on="hs1939", rtol=STATISTICS,
    )  # fmt: skip


def test_a_negative_scaling_factor_gives_way_to_a_positive_one(request: pytest.FixtureRequest) -> None:
    # lavaan has no test of the first of these: there its wider model's information is not positive definite, by which 2010's
    # factor would be negative as well, or of any size.
    for first, methods in ((700, [SECOND_EXPECTED, FIRST, FIRST]), (20, [FIRST, SECOND, FIRST])):
        answers = _answers(request, "nets_complete", "MLR", "gender")[first : first + 60]
        tests = _tests(measurement_invariance(SMALL, answers, "gender", "MLR"))
        assert [test.method for test in tests] == methods
        assert all(0 < test.scaling_factor < 4 for test in tests)

"""Factor models against lavaan 0.6-14 and semTools 0.5-6 as they come.

lavaan's search for the minimum is content to stop before its end; `test_confirmatory` has it go on, and agrees more
closely. Here stand the figures that a user of lavaan sees. Maximum likelihood of complete answers depends on means and
covariances alone: other answers with the same moments stand in for those that are not free to copy.
"""

import json
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from analysis import ConfirmatoryFit, PairwiseTables, alpha_from_covariance, confirm_factors, cronbach_alpha
from analysis.item_responses import FloatArray

FOLDER = Path(__file__).parent

Agrees = Callable[..., None]
Expected = Callable[[str], Any]
Fits = Callable[[str, str], ConfirmatoryFit]

ESTIMATES = 1e-5

STOPS_EARLY = {"bfi": 3e-5, "hs1939__bifactor": 3e-5}
"""On 25 raw items, some of which go against the rest, and where a residual variance is negative, lavaan's search stops 2e-5 from
the minimum, which `test_confirmatory` shows."""

RATIOS = 1e-4
"""An estimate in units of its standard error adds up the deviations of both."""

INDICES = STATISTICS = 1e-6

MODIFICATION = 1e-4
"""Modification indices square slopes that ought to be nought at the minimum, and are not quite where the search stops."""

RELIABILITY = 1e-5

ALPHA = 1e-7
"""The moments of incomplete answers come from lavaan's EM algorithm, polychoric correlations from its search."""

NETS = {"F1": (1, 6), "F2": (7, 11), "F3": (12, 16), "F4": (17, 21), "F5": (22, 26), "F6": (27, 31)}
NETS_MODEL = {name: [f"q{item:02d}" for item in range(first, last + 1)] for name, (first, last) in NETS.items()}
HS_MODEL = {"visual": ["x1", "x2", "x3"], "textual": ["x4", "x5", "x6"], "speed": ["x7", "x8", "x9"]}
BFI_MODEL = {scale: [f"{scale}{place}" for place in range(1, 6)] for scale in "ACENO"}
LQ_STARTS = {"fLEAD": "LEAD", "fTSIG": "TSIG", "fHOST": "HOSTIL"}

FILES = [
    *sorted(path.stem for path in (FOLDER / "expected").glob("*__cfa_*.json")),
    "hs1939__bifactor",
    "hs1939__second_order",
    *sorted(path.stem for path in (FOLDER / "expected").glob("*__1f_ordinal_reliability.json")),
]
RESULTS = {name: json.loads((FOLDER / f"expected/{name}.json").read_text())["result"] for name in FILES}
CASES = [(name, estimator) for name, models in RESULTS.items() for estimator in models]

every_case = pytest.mark.parametrize(("name", "estimator"), CASES)


def _having(key: str) -> pytest.MarkDecorator:
    return pytest.mark.parametrize(
        ("name", "estimator"), [(name, estimator) for name, estimator in CASES if key in RESULTS[name][estimator]]
    )


def _dataset(name: str) -> str:
    """Give the data set of a file; its one-factor models are of complete answers."""
    start = name.partition("__")[0]
    return {"bfi": "bfi_keyed", "nets": "nets_complete"}[start.partition("_")[0]] if "__1f_" in name else start


def _on(name: str) -> str:
    return _dataset(name).removesuffix("_keyed")


def _model(name: str, items: list[str]) -> Any:
    start, _, call = name.partition("__")
    if "__1f_" in name:
        kind, _, scale = start.partition("_")
        return {"F": (BFI_MODEL if kind == "bfi" else NETS_MODEL)[scale]}
    if start == "bhr2000":
        return {"LEAD": items}
    if start == "lq2002":
        return {factor: [item for item in items if item.startswith(text)] for factor, text in LQ_STARTS.items()}
    base = {"hs1939": HS_MODEL, "bfi": BFI_MODEL}.get(start, NETS_MODEL)
    if call == "second_order":
        return {**base, "g": [*base]}
    return {"g": items, **base} if call == "bifactor" else base


def _options(name: str, estimator: str) -> dict[str, Any]:
    options: dict[str, Any] = {"estimator": estimator}
    ways = [way for way in ("fiml", "pairwise") if way in name]
    options["missing"] = ways[0] if ways else "listwise"
    if name.endswith("theta"):
        options["parameterization"] = "theta"
    if name.endswith("cluster"):
        options["cluster"] = "COMPID" if name.startswith("lq2002") else "placement"
    if name.endswith(("bifactor", "std_lv")):
        options["identification"] = "unit variance"
    if name.endswith("bifactor"):
        options["orthogonal"] = True
    return options


def _items(dataset: str, columns: list[str]) -> list[str]:
    if dataset == "bhr2000":
        return [name for name in columns if name[0] == "A"]
    starts = {"nets": "q", "nets_complete": "q", "bfi": "ACENO", "hs1939": "x"}
    if dataset == "lq2002":
        return [name for name in columns if name.rstrip("0123456789") in LQ_STARTS.values() and name[-1].isdigit()]
    return [name for name in columns if name[0] in starts[dataset.removesuffix("_keyed")] and name[1:].isdigit()]


def _rows_with(n: int, mean: FloatArray, covariance: FloatArray) -> FloatArray:
    """Make rows with this mean and these covariances."""
    noise = np.random.default_rng(1).standard_normal((n, len(mean)))
    directions = np.linalg.qr(noise - noise.mean(axis=0))[0]
    return np.asarray(mean + directions @ np.linalg.cholesky((n - 1) * covariance).T)


@pytest.fixture(scope="session")
def frame(
    request: pytest.FixtureRequest, pairwise_tables: Callable[..., PairwiseTables]
) -> Callable[..., pd.DataFrame]:
    """Read a data set, or make rows with its moments where these are all that counts."""

    def read(dataset: str, *, moments_suffice: bool) -> pd.DataFrame:
        if dataset.startswith("nets"):
            return pd.read_csv(FOLDER / f"data/{dataset.replace('nets', 'nets_synth')}.csv")
        if moments_suffice and dataset == "hs1939":
            kept = json.loads((FOLDER / "moments/hs1939_moments.json").read_text())
            rows = _rows_with(kept["n"], np.array(kept["mean"]), np.array(kept["covariance"]))
            return pd.DataFrame(rows, columns=kept["items"])
        if moments_suffice:
            tables = pairwise_tables(dataset, "listwise")
            moments = tables.moments()
            return pd.DataFrame(
                _rows_with(tables.n_used, moments.means, moments.covariance), columns=list(tables.item_names)
            )
        path = request.getfixturevalue("shared_reference") / "data" / f"{dataset.removesuffix('_keyed')}.csv"
        found = pd.read_csv(path)
        if dataset == "bfi_keyed":
            reverse = ["A1", "C4", "C5", "E1", "E2", "O2", "O5"]
            found[reverse] = 7 - found[reverse]
        return found

    return read


@pytest.fixture(scope="session")
def fits(frame: Callable[..., pd.DataFrame]) -> Fits:
    """Fit the model of a case, once."""
    made: dict[tuple[str, str], ConfirmatoryFit] = {}

    def fit(name: str, estimator: str) -> ConfirmatoryFit:
        if (name, estimator) not in made:
            options, dataset = _options(name, estimator), _dataset(name)
            suffice = estimator == "ML" and options["missing"] == "listwise" and "__1f_" not in name
            answers = frame(dataset, moments_suffice=suffice)
            items = _items(dataset, list(answers))
            if dataset == "lq2002" and estimator == "WLSMV":
                answers[items] += 1  # categories from 0 up there
            made[name, estimator] = confirm_factors(_model(name, items), answers, **options)
        return made[name, estimator]

    return fit


def _numbered(table: dict[str, list[Any]], *columns: str) -> dict[tuple[str, str, str], tuple[Any, ...]]:
    """Give the numbers of each parameter; lavaan may name the ends of a covariance in the other order."""
    found = {}
    for left, operator, right, *numbers in zip(
        *(table[column] for column in ("lhs", "op", "rhs", *columns)), strict=True
    ):
        found[left, operator, right] = tuple(numbers)
        if operator == "~~":
            found[right, operator, left] = tuple(numbers)
    return found


@every_case
def test_every_estimate_that_lavaan_prints(name: str, estimator: str, fits: Fits, agrees: Agrees) -> None:
    theirs, own = RESULTS[name][estimator], fits(name, estimator).estimates
    plain = _numbered(theirs["estimates"], "est", "se", "z", "pvalue")
    standard = _numbered(theirs["standardized"], "est.std", "se")
    found: dict[str, list[float]] = {}
    figures: dict[str, list[float]] = {}
    met = 0
    for place, key in enumerate(zip(own.left, own.operator, own.right, strict=True)):
        met += key in plain
        estimate, error, z, p = plain.get(key, (None,) * 4)
        scaled, scaled_error = standard.get(key, (None, None))
        derived = own.status[place] == "derived"  # of which lavaan gives no standard error
        for kind, mine, other in (
            ("estimates", own.estimate[place], estimate),
            ("standard errors", own.standard_error[place], None if derived else error),
            ("z", own.z[place], None if derived else z),
            ("p", own.p[place], None if derived else p),
            ("standardized estimates", own.standardized[place], None if key[1] == "~*~" else scaled),
            ("standard errors, standardized", own.standardized_error[place], None if key[1] == "~*~" else scaled_error),
        ):
            if other is not None:
                found.setdefault(kind, []).append(float(mine))
                figures.setdefault(kind, []).append(other)
    assert met == len(theirs["estimates"]["lhs"])
    near = next((tolerance for start, tolerance in STOPS_EARLY.items() if name.startswith(start)), ESTIMATES)
    for kind, ours in found.items():
        tolerance = RATIOS if kind == "z" else near
        agrees(
            "confirm_factors", f"{kind}, {estimator}", ours, figures[kind],
            against="lavaan::cfa as it comes", on=_on(name), rtol=tolerance, atol=tolerance,
        )  # fmt: skip


def _measures(fit: ConfirmatoryFit) -> dict[str, float]:
    """Give every index under the name that lavaan has for it."""
    found: dict[str, float] = {"npar": len(fit.free_parameters), "srmr": fit.fit.srmr, "ntotal": fit.n}
    names = {
        "cfi": "cfi", "tli": "tli", "nnfi": "tli", "rmsea": "rmsea", "rmsea.pvalue": "p_close",
        "rmsea.notclose.pvalue": "p_not_close", "chisq": "chi_square", "df": "df", "pvalue": "p",
        "baseline.chisq": "baseline_chi_square", "baseline.df": "baseline_df", "nfi": "nfi", "pnfi": "pnfi",
        "rfi": "rfi", "ifi": "ifi", "rni": "rni",
    }  # fmt: skip
    for ending, part in (("", fit.fit.naive), (".scaled", fit.fit.scaled), (".robust", fit.fit.robust)):
        found |= {f"{name}{ending}": getattr(part, own) for name, own in names.items() if hasattr(part, own)}
        if interval := getattr(part, "rmsea_interval", None):
            found |= {f"rmsea.ci.lower{ending}": interval.low, f"rmsea.ci.upper{ending}": interval.high}
    scaled = {"scaling_factor": "chisq.scaling.factor", "baseline_scaling_factor": "baseline.chisq.scaling.factor"}
    found |= {name: getattr(fit.fit.scaled, own) for own, name in scaled.items() if hasattr(fit.fit.scaled, own)}
    rest, told = fit.fit.residuals, fit.fit.information
    found |= {
        "rmr": rest.rmr_all, "rmr_nomean": rest.rmr_covariances, "srmr_bentler": rest.srmr_all,
        "srmr_bentler_nomean": rest.srmr_covariances, "crmr": rest.crmr_all, "crmr_nomean": rest.crmr_covariances,
        "srmr_mplus": rest.srmr_mplus_all, "srmr_mplus_nomean": rest.srmr_mplus_covariances, "cn_05": rest.hoelter_05,
        "cn_01": rest.hoelter_01, "mfi": rest.mfi, "gfi": rest.gfi, "agfi": rest.agfi, "pgfi": rest.pgfi, "wrmr": rest.wrmr,
    }  # fmt: skip
    names = {
        "logl": "log_likelihood", "unrestricted.logl": "saturated_log_likelihood", "aic": "aic", "bic": "bic",
        "bic2": "bic_adjusted", "ecvi": "ecvi",
    }  # fmt: skip
    return found | {name: getattr(told, own) for name, own in names.items() if hasattr(told, own)}


LEFT_OUT = {
    # settings, and what others say already
    "fmin", "rmsea.ci.level", "rmsea.close.h0", "rmsea.notclose.h0", "baseline.pvalue", "baseline.pvalue.scaled", "rni.robust",
    # parts of the scaling factor
    "scaling.factor.h1", "scaling.factor.h0",
}  # fmt: skip
WITH_GAPS = {"gfi", "agfi", "pgfi"}
"""Not defined for incomplete answers here; nobody says how lavaan weights the moments then."""


@every_case
def test_every_measure_of_fit_that_lavaan_prints(name: str, estimator: str, fits: Fits, agrees: Agrees) -> None:
    theirs, found = RESULTS[name][estimator]["fit"], _measures(fits(name, estimator))
    left_out = LEFT_OUT | (WITH_GAPS if "fiml" in name else set())
    names = [each for each, value in theirs.items() if value is not None and each not in left_out]
    assert len(names) >= 30
    agrees(
        "confirm_factors", f"chi-squares, log-likelihoods and indices of fit, {estimator}",
        {each: found[each] for each in names}, {each: theirs[each] for each in names},
        against="lavaan::fitMeasures as it comes", on=_on(name), rtol=INDICES, atol=INDICES,
    )  # fmt: skip
    logl = RESULTS[name][estimator].get("logl")
    assert logl is None or logl == pytest.approx(theirs["logl"], rel=1e-12)


@_having("modindices_top30")
def test_the_thirty_largest_modification_indices(name: str, estimator: str, fits: Fits, agrees: Agrees) -> None:
    fit, theirs = fits(name, estimator), RESULTS[name][estimator]["modindices_top30"]
    own = fit.modification_indices(minimum=0.0)
    # Of least squares lavaan multiplies what is missed by n - 1, and the weights by n.
    less = 1 - 1 / fit.n if estimator == "WLSMV" else 1.0
    table = {"lhs": own.left, "op": own.operator, "rhs": own.right}
    numbers = {"mi": own.index * less, "epc": own.expected_change * less, "sepc": own.standardized_change * less}
    found = _numbered({key: [*value] for key, value in (table | numbers).items()}, "mi", "epc", "sepc")
    figures = _numbered(theirs, "mi", "epc", "sepc.all")
    for place, kind in enumerate(("modification indices", "expected changes", "standardized expected changes")):
        agrees(
            "confirm_factors", f"{kind}, the thirty largest, {estimator}", [found[key][place] for key in figures],
            [numbers[place] for numbers in figures.values()], against="lavaan::modificationIndices as it comes",
            on=_on(name), rtol=MODIFICATION, atol=MODIFICATION,
        )  # fmt: skip


@_having("compRelSEM")
def test_every_reliability_that_semtools_prints(name: str, estimator: str, fits: Fits, agrees: Agrees) -> None:
    theirs, fit = RESULTS[name][estimator], fits(name, estimator)
    own = fit.reliability()
    cells = theirs["reliability"]
    rows = dict(zip(cells["rows"], np.transpose(cells["values"]).reshape(-1, len(cells["rows"])).T, strict=True))
    hold = partial(agrees, "confirm_factors", on=_on(name), atol=RELIABILITY)
    for quantity, found, key in (
        ("omega", own.omega, "compRelSEM"),
        ("omega of the variables behind", own.omega_latent, "compRelSEM_ord_scaleFALSE"),
        ("average variance extracted", own.average_variance_extracted, "AVE"),
    ):
        hold(quantity, found, [*theirs[key].values()], against=f"semTools::{key.partition('_')[0]} as it comes")
    hold("omega", own.omega, rows["omega3"], against="semTools::reliability as it comes")
    hold("omega, implied", own.omega_implied, rows["omega"], against="semTools::reliability as it comes")
    if "fiml" not in name:  # where semTools divides by the variances that the model implies
        extracted = own.average_variance_extracted
        hold("average variance extracted", extracted, rows["avevar"], against="semTools::reliability as it comes")


@_having("compRelSEM")
def test_alphas_of_the_items_of_each_factor(name: str, estimator: str, fits: Fits, agrees: Agrees) -> None:
    # semTools takes alpha from the moments that the model was fitted to.
    theirs, fit = RESULTS[name][estimator], fits(name, estimator)
    rows = dict(zip(theirs["reliability"]["rows"], theirs["reliability"]["values"], strict=True))
    ordinal = rows["alpha.ord" if estimator == "WLSMV" else "alpha"]
    covariance = fit.solution.groups[0].covariance
    places = {
        factor: [fit.item_names.index(item) for item in fit.model.items_of(factor)] for factor in fit.factor_names
    }
    found = [alpha_from_covariance(covariance[np.ix_(own, own)]) for own in places.values()]
    statistic = "ordinal_alpha" if estimator == "WLSMV" else "alpha_from_covariance"
    hold = partial(agrees, statistic, "coefficient", found, on=_on(name), atol=ALPHA)
    hold(np.ravel(ordinal), against="semTools::reliability as it comes")
    hold([*theirs["compRelSEM_tau_eq_ordF"].values()], against="semTools::compRelSEM as it comes")
    if estimator == "WLSMV":
        answers = fit.answers[(fit.answers > 0).all(axis=1)]  # 0 is a missing answer
        plain = [cronbach_alpha(answers[:, own]).coefficient for own in places.values()]
        hold = partial(agrees, "cronbach_alpha", "coefficient", plain, on=_on(name), rtol=1e-10)
        hold(np.ravel(rows["alpha"]), against="semTools::reliability as it comes")
        hold([*theirs["compRelSEM_tau_eq"].values()], against="semTools::compRelSEM as it comes")


def test_the_sum_of_all_items_of_a_second_order_factor(fits: Fits, agrees: Agrees) -> None:
    theirs, own = RESULTS["hs1939__second_order"]["ML"], fits("hs1939__second_order", "ML").reliability()
    hold = partial(agrees, "confirm_factors", on="hs1939", atol=RELIABILITY)
    hold("omega", own.omega, [*theirs["compRelSEM_higher"].values()], against="semTools::compRelSEM as it comes")
    figure = theirs["reliabilityL2"]["omegaL1"]
    hold("omega, implied", own.omega_implied[-1], figure, against="semTools::reliabilityL2 as it comes")


def test_factor_scores_of_the_first_twenty(shared_reference: Path, agrees: Agrees) -> None:
    answers = pd.read_csv(shared_reference / "data/hs1939.csv")
    found = confirm_factors(HS_MODEL, answers, "ML").factor_scores().scores[:20]
    figures = RESULTS["hs1939__cfa_ML"]["ML"]["factor_scores_first20"]["values"]
    agrees(
        "confirm_factors",
        "factor scores, ML",
        found,
        figures,
        against="lavaan::lavPredict as it comes",
        on="hs1939",
        atol=1e-5,
    )


def test_the_likeliest_moments_of_incomplete_answers(fits: Fits, expected: Expected, agrees: Agrees) -> None:
    figures, fit = expected("bfi__saturated_fiml_moments"), fits("bfi__cfa_ML_fiml", "ML")
    order = [fit.item_names.index(item) for item in figures["cov"]["rows"]]
    (group,) = fit.solution.groups
    hold = partial(agrees, "confirm_factors", against="lavaan::lavInspect as it comes", on="bfi", atol=5e-7)
    hold("likeliest covariances, fiml", group.covariance[np.ix_(order, order)], figures["cov"]["values"])
    hold("likeliest means, fiml", group.mean[order], [*figures["mean"].values()])

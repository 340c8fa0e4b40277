"""Factor models against lavaan 0.6-14: every estimate, standard error, statistic and index of some fifty fits.

lavaan's own search stops some 1e-6 to 3e-5 from the minimum; the figures here come from a search that went on to the end
(`scripts/confirmatory.R`).
"""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from analysis import ConfirmatoryFit, confirm_factors, discriminant_validity
from analysis.confirmatory.modification import ModificationIndices
from analysis.item_responses import FloatArray

FOLDER = Path(__file__).parent

ESTIMATES = 1e-6
"""Absolute, of parameters and standard errors mostly below one: what lavaan's polychoric correlations, searched for to some
3e-8, and its numerical derivatives leave."""

FLAT = 2e-5
"""Relative, of the one fit with a negative residual variance, whose standard error is 8.5: there the likelihood is so flat
that lavaan's second search, too, stops 4e-6 from the maximum."""

STATISTICS = 1e-6
"""Relative: lavaan stops some 1e-7 from the chi-square of the baseline of groups."""

INDICES = 1e-6

MODIFICATION = 2e-5
"""Relative: the slopes that modification indices square are those at the end of lavaan's search."""

SCORES = 1e-5

MODES = 1e-4
"""Of ordered answers lavaan searches for the mode of each respondent's factors to about this."""

ITEMS = [f"q{item:02d}" for item in range(1, 32)]
NETS = {
    f"F{f + 1}": ITEMS[first:last]
    for f, (first, last) in enumerate([(0, 6), *((6 + 5 * i, 11 + 5 * i) for i in range(5))])
}
TWO = {factor: NETS[factor] for factor in ("F1", "F2")}
FEW = {"F1": ["q01", "q02", "q03"], "F2": ["q07", "q08", "q09"]}
HS = {"visual": ["x1", "x2", "x3"], "textual": ["x4", "x5", "x6"], "speed": ["x7", "x8", "x9"]}
CONSTRAINED = {
    **NETS,
    "F1": [*NETS["F1"], "q07"],
    "F3": dict.fromkeys(NETS["F3"]) | {"q15": "a", "q16": "a"},
    "F4": dict.fromkeys(NETS["F4"]) | {"q18": 0.9},
}


def _text(model: dict[str, Any]) -> str:
    def term(item: str, said: Any) -> str:
        return item if said is None else f"{said}*{item}"

    return "\n".join(
        f"{factor} =~ " + " + ".join(term(item, items[item] if isinstance(items, dict) else None) for item in items)
        for factor, items in model.items()
    )


def _model(dataset: str, case: str, items: list[str]) -> Any:
    if dataset == "bhr2000":
        return {"LEAD": items}
    if dataset == "bfi":
        return {key: [item for item in items if item.startswith(key)] for key in "ACENO"}
    if dataset == "lq2002":
        starts = {"fLEAD": "LEAD", "fTSIG": "TSIG", "fHOST": "HOSTIL"}
        return {factor: [item for item in items if item.startswith(start)] for factor, start in starts.items()}
    base = HS if dataset == "hs1939" else NETS
    if "second_order" in case:
        upper = "g" if dataset == "hs1939" else "G"
        return {**base, upper: list(base)}
    if "bifactor" in case:
        general = "g" if dataset == "hs1939" else "G"
        return {general: [item for own in base.values() for item in own], **base}
    if case.endswith("constraints"):
        return f"{_text(CONSTRAINED)}\nq13 ~~ q14\nF1 ~~ b*F2\nF5 ~~ b*F6"
    if case.endswith("groups_thresholds"):
        return TWO
    if case in ("MLR_fiml_groups", "WLSMV_pairwise_groups"):
        return FEW
    if case == "MLR_fiml_cluster" or ("groups" in case and dataset != "hs1939"):
        return TWO
    return base


def _options(dataset: str, case: str) -> dict[str, Any]:
    options: dict[str, Any] = {"estimator": case.split("_")[0]}
    if "listwise" in case:
        options["missing"] = "listwise"
    if "theta" in case:
        options["parameterization"] = "theta"
    if "bifactor" in case:
        options |= {"orthogonal": True, "identification": "unit variance"}
    if "unit_variance" in case:
        options["identification"] = "unit variance"
    if "cluster" in case:
        options["cluster"] = {"lq2002": "COMPID"}.get(dataset, "placement")
    if "groups" in case:
        options["group"] = "school" if dataset == "hs1939" else "gender"
    equal = {
        "metric": ["loadings"],
        "scalar": ["loadings", "intercepts"],
        "strict": ["loadings", "intercepts", "residuals"],
        "thresholds": ["loadings", "thresholds"],
    }
    step = case.split("_")[-1]
    if "groups" in case and step in equal:
        options["equal"] = equal[step]
    if case == "MLR_groups_unit_variance":
        options["equal"] = ["loadings"]
    if case == "MLR_fiml_groups":
        options["equal"] = ["loadings", "intercepts"]
    return options


RESULTS = {
    path.stem.split("__")[0]: json.loads(path.read_text())["result"]
    for path in sorted((FOLDER / "expected").glob("*__confirmatory.json"))
}
CASES = [(dataset, case) for dataset, cases in RESULTS.items() for case in cases]
WITH_MODIFICATION_INDICES = [(dataset, case) for dataset, case in CASES if "modindices" in RESULTS[dataset][case]]
WITH_SCORES = [(dataset, case) for dataset, case in CASES if "scores" in RESULTS[dataset][case]]


@pytest.fixture(scope="session")
def fits(request: pytest.FixtureRequest) -> Callable[[str, str], ConfirmatoryFit]:
    """Fit the model of a case, once."""
    import pandas as pd

    made: dict[tuple[str, str], ConfirmatoryFit] = {}

    def fit(dataset: str, case: str) -> ConfirmatoryFit:
        if (dataset, case) not in made:
            if dataset.startswith("nets"):
                path = FOLDER / "data" / f"{dataset.replace('nets', 'nets_synth')}.csv"
            else:
                path = request.getfixturevalue("shared_reference") / "data" / f"{dataset}.csv"
            frame = pd.read_csv(path)
            items = [name for name in frame.columns if _is_item(dataset, name)]
            if dataset == "lq2002" and "WLSMV" in case:
                frame[items] += 1  # categories from 0 up there
            made[dataset, case] = confirm_factors(_model(dataset, case, items), frame, **_options(dataset, case))
        return made[dataset, case]

    return fit


def _is_item(dataset: str, name: str) -> bool:
    if dataset == "bfi":
        return name[0] in "ACENO" and name[1:].isdigit()
    if dataset == "lq2002":
        return name.rstrip("0123456789") in ("LEAD", "TSIG", "HOSTIL") and name[-1].isdigit()
    return dataset != "bhr2000" or name[0] == "A"


KINDS_OF_CHANGE = ("modification indices", "expected parameter changes", "standardized expected changes")

every_case = pytest.mark.parametrize(("dataset", "case"), CASES)


def _by_name(columns: dict[str, list[Any]], *values: str) -> dict[tuple[str, str, str, int], tuple[Any, ...]]:
    groups = columns.get("group", [1] * len(columns["lhs"]))
    names = zip(columns["lhs"], columns["op"], columns["rhs"], groups, strict=True)
    return dict(zip(names, zip(*(columns[value] for value in values), strict=True), strict=True))


def _found(table: dict[tuple[str, str, str, int], Any], left: str, operator: str, right: str, group: int) -> Any:
    return table.get((left, operator, right, group)) or table.get((right, operator, left, group))


@every_case
def test_every_parameter_and_its_standard_error(
    dataset: str, case: str, fits: Callable[[str, str], ConfirmatoryFit], agrees: Callable[..., None]
) -> None:
    own, theirs = fits(dataset, case).estimates, RESULTS[dataset][case]
    plain = _by_name(theirs["estimates"], "est", "se")
    standard = _by_name(theirs["standardized"], "est.std", "se")
    kinds = ("estimates", "standard errors", "standardized estimates", "standard errors, standardized")
    found: dict[str, dict[str, float]] = {kind: {} for kind in kinds}
    expected: dict[str, dict[str, float]] = {kind: {} for kind in kinds}
    for place, each in enumerate(fits(dataset, case).solution.table.parameters):
        key = (each.left, each.operator, each.right, each.group + 1)
        theirs_plain, theirs_standard = _found(plain, *key), _found(standard, *key)
        if theirs_plain is None:
            continue  # lavaan leaves out factors' means that are nought
        numbers = [
            (own.estimate[place], theirs_plain[0]),
            # Of derived parameters lavaan gives no standard error.
            (own.standard_error[place], theirs_plain[1] if own.status[place] != "derived" else None),
            (own.standardized[place], theirs_standard and theirs_standard[0]),
            (own.standardized_error[place], theirs_standard and theirs_standard[1] if each.operator != "~*~" else None),
        ]
        for kind, (mine, other) in zip(kinds, numbers, strict=True):
            if other is not None:
                found[kind][f"{case}: {each.name} {each.group + 1}"] = mine
                expected[kind][f"{case}: {each.name} {each.group + 1}"] = other
    assert len(found["estimates"]) >= len(theirs["estimates"]["lhs"]) - theirs["estimates"]["op"].count("~*~")
    tolerance = FLAT if (dataset, case) == ("hs1939", "ML_bifactor") else ESTIMATES
    for kind in kinds:
        agrees(
            "confirm_factors", f"{kind}, {case.split('_')[0]}", found[kind], expected[kind],
            against="lavaan::cfa", on=dataset, rtol=tolerance, atol=tolerance,
        )  # fmt: skip


LEFT_OUT = {
    # settings, and what others say already
    "fmin", "ntotal", "rmsea.ci.level", "rmsea.close.h0", "rmsea.notclose.h0", "baseline.pvalue", "baseline.pvalue.scaled",
    "rni.robust",
    # parts of the scaling factor, one of them divided by the number of parameters before these are made equal
    "scaling.factor.h1", "scaling.factor.h0",
}  # fmt: skip
WITH_GAPS = {"gfi", "agfi", "pgfi"}
"""Not defined for incomplete answers here; nobody says how lavaan weights the moments then."""


GROUPS_OF_ORDERED = {"cfi.robust", "tli.robust", "nnfi.robust", "wrmr"}
"""What the baseline is on average, the sum of the traces of the groups' Gamma, lavaan divides by the groups' shares; and it
multiplies WRMR by the root of their number."""


@every_case
def test_every_statistic_and_index_of_fit(
    dataset: str,
    case: str,
    fits: Callable[[str, str], ConfirmatoryFit],
    fit_measures: Callable[[ConfirmatoryFit], dict[str, float]],
    agrees: Callable[..., None],
) -> None:
    fit = fits(dataset, case)
    found, expected = fit_measures(fit), RESULTS[dataset][case]["fit"]
    left_out = LEFT_OUT | (WITH_GAPS if np.isnan(found["gfi"]) else set())
    left_out |= GROUPS_OF_ORDERED if "groups" in case and "LSMV" in case else set()
    assert not np.isnan(found["gfi"]) or "fiml" in case
    names = [name for name, value in expected.items() if value is not None and name not in left_out]
    assert len(names) >= 30
    statistics = [
        name for name in names if "chisq" in name or "logl" in name or name in ("aic", "bic", "bic2", "npar", "df")
    ]
    estimator = case.split("_")[0]
    for kind, chosen, tolerances in (
        ("chi-squares, scaling factors and log-likelihoods", statistics, {"rtol": STATISTICS, "atol": STATISTICS}),
        ("indices of fit", [name for name in names if name not in statistics], {"rtol": INDICES, "atol": INDICES}),
    ):
        agrees(
            "confirm_factors", f"{kind}, {estimator}", {f"{case}: {name}": found[name] for name in chosen},
            {name: expected[name] for name in chosen}, against="lavaan::fitMeasures", on=dataset, **tolerances,
        )  # fmt: skip


@pytest.mark.parametrize(("dataset", "case"), WITH_MODIFICATION_INDICES)
def test_modification_indices(
    dataset: str, case: str, fits: Callable[[str, str], ConfirmatoryFit], agrees: Callable[..., None]
) -> None:
    theirs = RESULTS[dataset][case]["modindices"]
    fit = fits(dataset, case)
    own: ModificationIndices = fit.modification_indices(minimum=0.0)
    # Of least squares lavaan multiplies what is missed by n - 1 of a group, and the weights by n.
    less = {place + 1: 1 - 1 / group.n if "WLSMV" in case else 1.0 for place, group in enumerate(fit.groups)}
    less_of_index = dict(less)
    if "WLSMV" in case and len(fit.groups) > 1:
        n_less = 1 - len(fit.groups) / fit.n
        less_of_index = {place: share**2 / n_less for place, share in less.items()}
    places = {name: place for place, name in enumerate([group.name for group in fit.groups], start=1)}
    found = {
        (left, operator, right, places[group]): (index, change, standardized)
        for left, operator, right, group, index, change, standardized in zip(
            own.left,
            own.operator,
            own.right,
            own.group,
            own.index,
            own.expected_change,
            own.standardized_change,
            strict=True,
        )
    }
    expected = _by_name(theirs, "mi", "epc", "sepc.all")
    ours: dict[str, list[float]] = {}
    figures: dict[str, list[float]] = {}
    for key, numbers in expected.items():
        mine = _found(found, *key)
        shares = (less_of_index[key[3]], less[key[3]], less[key[3]])
        for kind, one, share, other in zip(KINDS_OF_CHANGE, mine, shares, numbers, strict=True):
            ours.setdefault(kind, []).append(one * share)
            figures.setdefault(kind, []).append(other)
    assert len(expected) > 20
    for kind in KINDS_OF_CHANGE:
        agrees(
            "confirm_factors", f"{kind}, {case.split('_')[0]}", ours[kind], figures[kind],
            against="lavaan::modificationIndices", on=dataset, rtol=MODIFICATION, atol=MODIFICATION,
        )  # fmt: skip


@pytest.mark.parametrize(("dataset", "case"), WITH_SCORES)
def test_factor_scores(
    dataset: str, case: str, fits: Callable[[str, str], ConfirmatoryFit], agrees: Callable[..., None]
) -> None:
    expected: FloatArray = np.array(RESULTS[dataset][case]["scores"])
    found = fits(dataset, case).factor_scores().scores[: len(expected)]
    agrees(
        "confirm_factors", f"factor scores, {case.split('_')[0]}", found, expected,
        against="lavaan::lavPredict", on=dataset, atol=MODES if case == "WLSMV" else SCORES,
    )  # fmt: skip


RELIABILITY = 5e-6
"""semTools was given models as lavaan's search leaves them: loadings some 1e-6 from the minimum."""

CORRELATIONS = 1e-7
"""lavaan's polychoric correlations are some 3e-8 from the maximum."""


@pytest.mark.parametrize(
    ("dataset", "case"),
    [("nets_complete", "ML"), ("nets_complete", "WLSMV"), ("hs1939", "ML"), ("hs1939", "ML_second_order")],
)
def test_reliability_of_sums_and_average_variance_extracted(
    dataset: str,
    case: str,
    fits: Callable[[str, str], ConfirmatoryFit],
    expected: Callable[[str], Any],
    agrees: Callable[..., None],
) -> None:
    figures = expected(f"{dataset}__factor_reliability")[case]
    own = fits(dataset, case).reliability()
    for quantity, found, key in (
        ("omega", own.omega, "omega"),
        ("omega of the variables behind", own.omega_latent, "omega_latent"),
        ("omega, implied", own.omega_implied, "omega_implied"),
        ("average variance extracted", own.average_variance_extracted, "ave"),
    ):
        of_factor = dict(zip(own.factors, found, strict=True))
        names = list(figures[key])
        agrees(
            "confirm_factors", quantity, [of_factor[name] for name in names], [figures[key][name] for name in names],
            against="semTools::AVE" if key == "ave" else "semTools::compRelSEM", on=dataset, atol=RELIABILITY,
        )  # fmt: skip


@pytest.mark.parametrize("case", ["ML", "WLSMV"])
def test_heterotrait_monotrait_ratios(
    case: str,
    fits: Callable[[str, str], ConfirmatoryFit],
    expected: Callable[[str], Any],
    agrees: Callable[..., None],
) -> None:
    figures = expected("nets_complete__factor_reliability")["htmt"][case]
    assert figures["htmt2"] == expected("nets_complete__htmt")["poly" if case == "WLSMV" else "pearson"]
    own = discriminant_validity(fits("nets_complete", case))
    kind = "polychoric" if case == "WLSMV" else "Pearson"
    for name, found in (("htmt", own.htmt), ("htmt2", own.htmt2)):
        assert list(own.factors) == figures[name]["rows"]
        agrees(
            "discriminant_validity", f"{name.upper()} of {kind} correlations", found, figures[name]["values"],
            against="semTools::htmt", on="nets_complete", atol=CORRELATIONS if case == "WLSMV" else 1e-12,
        )  # fmt: skip

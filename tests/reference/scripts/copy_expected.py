"""Copy figures as scripts wrote them, leaving out those that nothing here is held to.

Run with the folder of the figures and the folder to write to: ``python tests/reference/scripts/copy_expected.py build/figures
tests/reference/expected``. Each copy names the script that made it.
"""

import json
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

SETS = ("bfi", "nets", "nets_complete", "lq2002", "bhr2000", "hs1939")
ROTATIONS_EXACT = (
    "oblimin",
    "oblimin_norm",
    "geominQ_maxit",
    "geominT",
    "varimax_kaiser",
    "varimax_raw",
    "promax4_stats",
    "promax4_rotmat",
)
FACTOR_MODELS = {
    "hs1939": "cfa_ML cfa_MLR cfa_std_lv bifactor second_order",
    "bfi": "cfa_ML_listwise cfa_MLR_listwise cfa_ML_fiml cfa_MLR_fiml cfa_WLSMV_listwise cfa_WLSMV_pairwise cfa_WLSMV_theta"
    " cfa_WLSM_ULSMV_listwise",
    "lq2002": "cfa_ML cfa_MLR cfa_MLR_cluster cfa_WLSMV",
    "bhr2000": "cfa_1f",
    "nets_complete": "cfa_ML cfa_MLR cfa_MLR_cluster cfa_WLSMV",
    "nets": "cfa_ML cfa_MLR cfa_MLR_fiml cfa_WLSMV cfa_WLSMV_pairwise",
}
LOADINGS_DIGITS = 8
"""Loadings are held to 1e-4; correlations and closed forms keep every digit."""


def copied() -> dict[str, tuple[str, int, Callable[[Any], Any]]]:
    """Say of each file of which not all is kept which script made it, how many digits are kept, and which part."""
    files: dict[str, tuple[str, int, Callable[[Any], Any]]] = {}
    for name in SETS:
        for kind, script, digits, part in (
            ("polychoric_psych", "classical.R", 10, _whole),
            ("kmo_bartlett", "classical.R", 17, _without("spearman_pairwise")),
            ("efa_pearson_pairwise", "efa.R", LOADINGS_DIGITS, _factors),
            ("efa_polychoric_correct0", "efa.R", LOADINGS_DIGITS, _factors),
            ("fa_parallel", "efa.R", LOADINGS_DIGITS, _untimed),
            # Scores of respondents serve only where their answers may be copied.
            ("factor_scores", "efa.R", LOADINGS_DIGITS, _whole if name == "nets_complete" else _only("weights", "R2")),
            ("polychoric_variance", "polychoric_variance.R", 10, _whole),
            ("rotation", "rotation.R", 10, _whole),
        ):
            files[f"{name}__{kind}"] = (script, digits, part)
    for name in ("bfi", "nets", "lq2002", "bhr2000", "thurstone", *(f"bfi_{scale}" for scale in "ACENO")):
        files[f"{name}__omega"] = ("classical.R", LOADINGS_DIGITS, _whole)
    files["thurstone__schmid"] = ("classical.R", LOADINGS_DIGITS, _whole)
    for name in ("bfi_A", "nets_F1", "lq_TSIG_HOST"):
        files[f"{name}__polycor"] = ("classical.R", 12, _whole)
    for name in (*(f"bfi_{scale}" for scale in "ACENO"), *(f"nets_F{scale}" for scale in range(1, 7))):
        files[f"{name}__1f_ordinal_reliability"] = ("cfa.R", 12, _models)
    for name, calls in FACTOR_MODELS.items():
        for call in calls.split():
            files[f"{name}__{call}"] = ("cfa.R", 12, _models)
    files["classical__reliability_all"] = ("classical.R", 17, _without_greatest_bounds)
    files["nets_F1__gamma"] = ("polychoric_variance.R", 10, _whole)
    for name in (
        "hs1939__invariance_school",
        "hs1939__invariance_school_MLR",
        "bfi__invariance_gender_ML",
        "bfi__invariance_gender_MLR",
        "nets_complete__invariance_gender_ML",
        "nets_complete__invariance_gender_ordinal",
    ):
        files[name] = ("cfa.R", 17, _whole)
    for name in ("hs1939", "bfi", "nets", "nets_complete"):
        files[f"{name}__invariance"] = ("invariance.R", 13, _whole)
    return files


def _whole(result: Any) -> Any:
    return result


def _without(*keys: str) -> Callable[[Any], Any]:
    return lambda result: {key: value for key, value in result.items() if key not in keys}


def _only(*keys: str) -> Callable[[Any], Any]:
    return lambda result: {key: result[key] for key in keys}


def _without_greatest_bounds(result: Any) -> Any:
    """Leave out the greatest lower bounds to reliability, which are not computed here."""
    return {name: _without("glb_algebraic_cov_complete", "glb_fa")(scale) for name, scale in result.items()}


def _untimed(result: Any) -> Any:
    """Leave out how long it took."""
    return {key: _without("secs")(part) if isinstance(part, dict) else part for key, part in result.items()}


def _factors(result: Any) -> Any:
    """Keep the extractions and rotations that exist here."""
    kept: dict[str, Any] = {}
    for key, value in result.items():
        extraction, _, rotation = key.partition("_")
        if key in ("nScree", "ekc"):
            continue
        if key == "rot_exact":
            kept[key] = {name: rotated for name, rotated in value.items() if name in ROTATIONS_EXACT}
        elif extraction in ("wls", "gls") or rotation == "bifactor":
            continue
        elif extraction in ("minres", "uls", "ml", "pa"):
            kept[key] = {name: part for name, part in value.items() if name not in ("fit", "fit_off", "e_values")}
        else:
            kept[key] = value
    return kept


TABLES_OF_A_MODEL = {
    "estimates": ("lhs", "op", "rhs", "est", "se", "z", "pvalue"),
    "standardized": ("lhs", "op", "rhs", "est.std", "se"),
    "modindices_top30": ("lhs", "op", "rhs", "mi", "epc", "sepc.all"),
}
"""Tables and their columns; the ends of confidence intervals are estimates less or plus 1.96 standard errors."""


def _models(result: Any) -> Any:
    """Keep what is compared of factor models: a file has one or several, named by their estimators."""
    if "fit" in result:
        of_answers = "MLR" if "chisq.scaled" in result["fit"] else "ML"
        return {"WLSMV" if "|" in result["estimates"]["op"] else of_answers: _model(result)}
    return {name: _model(model) for name, model in result.items() if name not in ("warnings", "WLSM")}


def _model(model: Any) -> Any:
    kept = {
        name: {column: model[name][column] for column in columns if column in model[name]}
        for name, columns in TABLES_OF_A_MODEL.items()
        if name in model
    }
    return kept | {name: part for name, part in model.items() if name not in kept and name != "model_syntax"}


def _rounded(value: Any, digits: int) -> Any:
    if isinstance(value, float):
        return float(f"{value:.{digits}g}")
    if isinstance(value, list):
        return [_rounded(item, digits) for item in value]
    if isinstance(value, dict):
        return {key: _rounded(item, digits) for key, item in value.items()}
    return value


def kept_whole() -> dict[str, tuple[str, int, Callable[[Any], Any]]]:
    """Say the same of the files without a rule: all of what is kept under their names."""
    paths = sorted((Path(__file__).parents[1] / "expected").glob("*.json"))
    return {path.stem: (str(json.loads(path.read_text())["script"]), 17, _whole) for path in paths}


if __name__ == "__main__":
    source, target = Path(sys.argv[1]), Path(sys.argv[2])
    for name, (script, digits, part) in (kept_whole() | copied()).items():
        if (source / f"{name}.json").exists():
            whole = json.loads((source / f"{name}.json").read_text())
            whole["result"] = _rounded(part(whole["result"]), digits)
            copy = json.dumps({"script": script, **whole}, separators=(",", ":"))
            (target / f"{name}.json").write_text(copy + "\n")

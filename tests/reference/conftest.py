"""Reading expected figures and what they were computed from, and recording how nearly they are met."""

import csv
import json
import math
from collections.abc import Callable, Generator, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import analysis
from analysis import ConfirmatoryFit, ModelFit, NotEstimated, PairwiseTables, RobustFit
from analysis.item_responses import FloatArray
from analysis.moments import Missing

FOLDER = Path(__file__).parent

NETS_FILES = {"nets": "data/nets_synth.csv", "nets_complete": "data/nets_synth_complete.csv"}
NETS_ITEMS = [f"q{number:02d}" for number in range(1, 32)]

ReadAnswers = Callable[[Path, list[str]], FloatArray]

PASSED = pytest.StashKey[set[str]]()
CHOSEN = pytest.StashKey[bool]()
HEADROOM = 10
"""Another processor may add up in another order, and a search end a step earlier."""

ROUNDING = 1e-9
"""Deviations below come from the order of additions, which differs between processors: only their power of ten is kept."""


def _answers(path: Path, items: list[str]) -> FloatArray:
    with path.open(newline="") as file:
        rows = list(csv.DictReader(file))
    return np.array([[float(row[item]) if row[item] not in {"", "NA"} else math.nan for item in items] for row in rows])


@pytest.fixture(scope="session")
def read_answers() -> ReadAnswers:
    """Read the named columns of a CSV file, NaN where a cell is empty or NA."""
    return _answers


@pytest.fixture(scope="session")
def nets_synth() -> Callable[[list[str]], FloatArray]:
    """Read columns of the simulated survey that is free to copy."""
    return lambda items: _answers(FOLDER / "data/nets_synth.csv", items)


@pytest.fixture(scope="session")
def expected() -> Callable[[str], Any]:
    """Read the figures of an expected file by its name without ending."""
    return lambda name: json.loads((FOLDER / "expected" / f"{name}.json").read_text())["result"]


@pytest.fixture(scope="session")
def pairwise_tables() -> Callable[..., PairwiseTables]:
    """Read the tables of all items of bfi, bfi_keyed, lq2002 or bhr2000, or count them in nets or nets_complete."""
    stored = dict(np.load(FOLDER / "moments/pairwise_tables.npz"))

    def tables(name: str, missing: Missing = "pairwise") -> PairwiseTables:
        if name in NETS_FILES:
            state = PairwiseTables.from_responses(_answers(FOLDER / NETS_FILES[name], NETS_ITEMS), 5, missing=missing)
            return replace(state, item_names=tuple(NETS_ITEMS))
        # The sets without missing answers are stored once.
        key = f"{name}_{missing}" if f"{name}_{missing}_rows" in stored else f"{name}_pairwise"
        names = tuple(str(item) for item in stored[f"{key}_items"])
        upper = stored[f"{key}_counts"]
        counts = np.zeros((len(names), len(names), *upper.shape[1:]), dtype=np.int64)
        rows, columns = np.triu_indices(len(names))
        counts[columns, rows] = upper.transpose(0, 2, 1)
        counts[rows, columns] = upper
        n_rows, n_respondents, n_used = (int(number) for number in stored[f"{key}_rows"])
        return PairwiseTables(counts, names, n_rows, n_respondents, n_used, missing)

    return tables


@pytest.fixture(scope="session")
def nets_answers() -> Callable[[str], FloatArray]:
    """Read all 31 items of nets or nets_complete."""
    return lambda name: _answers(FOLDER / NETS_FILES[name], NETS_ITEMS)


@pytest.fixture(scope="session")
def fit_measures() -> Callable[[ConfirmatoryFit], dict[str, float]]:
    """Give statistics and indices of a fit under the names that lavaan's fitMeasures has."""
    return _measures


def _measures(fit: ConfirmatoryFit) -> dict[str, float]:
    indices = fit.fit
    found: dict[str, float] = {"npar": len(fit.free_parameters), "srmr": indices.srmr}
    for ending, part in (("", indices.naive), (".scaled", indices.scaled), (".robust", indices.robust)):
        if isinstance(part, NotEstimated):
            continue
        found |= _of_part(part, ending)
    if isinstance(indices.scaled, ModelFit):
        found["chisq.scaling.factor"] = indices.scaled.scaling_factor
        found["baseline.chisq.scaling.factor"] = indices.scaled.baseline_scaling_factor
    rest = indices.residuals
    found |= {
        "rmr": rest.rmr_all, "rmr_nomean": rest.rmr_covariances, "srmr_bentler": rest.srmr_all,
        "srmr_bentler_nomean": rest.srmr_covariances, "crmr": rest.crmr_all, "crmr_nomean": rest.crmr_covariances,
        "srmr_mplus": rest.srmr_mplus_all, "srmr_mplus_nomean": rest.srmr_mplus_covariances, "cn_05": rest.hoelter_05,
        "cn_01": rest.hoelter_01, "mfi": rest.mfi, "gfi": rest.gfi, "agfi": rest.agfi, "pgfi": rest.pgfi, "wrmr": rest.wrmr,
    }  # fmt: skip
    if not isinstance(indices.information, NotEstimated):
        told = indices.information
        found |= {
            "logl": told.log_likelihood, "unrestricted.logl": told.saturated_log_likelihood, "aic": told.aic,
            "bic": told.bic, "bic2": told.bic_adjusted, "ecvi": told.ecvi,
        }  # fmt: skip
    return found


def _of_part(part: ModelFit | RobustFit, ending: str) -> dict[str, float]:
    found = {
        "cfi": part.cfi, "tli": part.tli, "nnfi": part.tli, "rmsea": part.rmsea, "rmsea.ci.lower": part.rmsea_interval.low,
        "rmsea.ci.upper": part.rmsea_interval.high, "rmsea.pvalue": part.p_close, "rmsea.notclose.pvalue": part.p_not_close,
    }  # fmt: skip
    if isinstance(part, ModelFit):
        found |= {
            "chisq": part.chi_square, "df": part.df, "pvalue": part.p, "baseline.chisq": part.baseline_chi_square,
            "baseline.df": part.baseline_df, "nfi": part.nfi, "pnfi": part.pnfi, "rfi": part.rfi, "ifi": part.ifi,
            "rni": part.rni,
        }  # fmt: skip
    return {f"{name}{ending}": value for name, value in found.items()}


@dataclass
class Comparison:
    """One line of ``agreement/*.json``: numbers of one kind held to figures of one source."""

    statistic: str
    quantity: str
    against: str
    tolerance: str
    deviation: float = 0.0
    cells: dict[str, int] = field(default_factory=dict)

    @property
    def key(self) -> tuple[str, str, str, str]:
        return self.statistic, self.quantity, self.against, self.tolerance

    def __str__(self) -> str:
        return ", ".join([*self.key, *(f"{n} on {on}" for on, n in sorted(self.cells.items()))])


class Agreement:
    """Holds what a test file finds to the figures of something else, and keeps how near they were.

    ``agreement/<test file>.json`` has one line a comparison, which ``docs/methods/`` shows. ``make docs`` writes it. Every
    other run fails where a comparison is not there, or further off than is said there, and, once a whole file has
    passed, where one is there that was not made.
    """

    def __init__(self, path: Path, *, write: bool) -> None:
        self.path, self.write = path, write
        lines = json.loads(path.read_text("utf-8")) if path.exists() else []
        self.kept = {line.key: line for line in (Comparison(**line) for line in lines)}
        self.found: dict[tuple[str, str, str, str], Comparison] = {}

    def __call__(
        self,
        statistic: str,
        quantity: str,
        found: Any,
        figures: Any,
        *,
        against: str,
        on: str,
        rtol: float = 0.0,
        atol: float = 0.0,
        errors: Any = None,
    ) -> None:
        """Compare numbers, arrays or mappings of numbers, of one shape.

        Parameters
        ----------
        statistic : str
            What `analysis` exports.
        against : str
            What gave the figures: psych::alpha, pingouin.cronbach_alpha, or a table in a book.
        on : str
            The data set.
        rtol, atol : float
            How far a number may be from its figure, relative to the figure or outright; with both, a figure below
            atol / rtol counts as that large. With neither, not at all.
        errors : array_like
            Standard errors, in which `atol` then counts.
        """
        assert statistic in analysis.__all__, f"analysis exports no {statistic}"
        ours, theirs = _numbers(found), _numbers(figures)
        assert ours.shape == theirs.shape, f"{quantity}: {ours.shape} numbers beside {theirs.shape} figures"
        apart = np.abs(ours - theirs, where=ours != theirs, out=np.zeros(ours.shape))
        apart[np.isnan(ours) & np.isnan(theirs)] = 0.0
        tolerance, said = atol, _short(atol) if atol else "exact"
        if errors is not None:
            apart, said = apart / _numbers(errors), f"{_short(atol)} standard errors"
        elif rtol:
            scale = np.maximum(np.abs(theirs), atol / rtol)
            apart = np.divide(apart, scale, where=apart > 0, out=np.zeros(ours.shape))
            tolerance, said = rtol, f"{_short(rtol)} relative" + (f", {_short(atol)} near 0" if atol else "")
        apart[np.isnan(apart)] = math.inf
        place = int(apart.argmax())
        worst = float(apart.flat[place])
        names = [*found] if isinstance(found, Mapping) else [*np.ndindex(apart.shape)]
        where = (
            f"{statistic}, {quantity} {names[place] or ''} on {on}: {ours.flat[place]:.16g} is"
            f" {worst:.2g} from {theirs.flat[place]:.16g} of {against}"
        )
        assert worst <= tolerance, f"{where}; {said} is tolerated"
        line = Comparison(statistic, quantity, against, said)
        line = self.found.setdefault(line.key, line)
        line.cells[on] = line.cells.get(on, 0) + apart.size
        if said != "exact":
            line.deviation = max(line.deviation, _rounded_up(worst, tolerance))
        if not self.write:
            kept = self.kept.get(line.key, Comparison(*line.key))
            assert on in kept.cells, f"docs/methods/ does not show {where}: run `make docs`"
            most = HEADROOM * kept.deviation
            assert line.deviation <= most, f"docs/methods/ says that {kept.deviation:g} is the largest, but {where}"

    def close(self, *, whole: bool) -> None:
        """Write what was found, or hold what is written to it where every test of the file has passed."""
        if not self.write:
            stale = {*map(str, self.kept.values())} ^ {*map(str, self.found.values())} if whole else {}
            assert not stale, f"docs/methods/ does not show what is compared now, run `make docs`: {sorted(stale)}"
            return
        for key, line in self.found.items():
            kept = self.kept.get(key, line)
            if not whole:  # data sets that are not here
                line.cells = {on: max(line.cells.get(on, 0), n) for on, n in {**line.cells, **kept.cells}.items()}
            if line.deviation < kept.deviation < min(ROUNDING, 11 * line.deviation):
                line.deviation = kept.deviation  # or every processor would write another page
            line.cells = dict(sorted(line.cells.items()))
        lines = self.found if whole else {**self.kept, **self.found}
        written = ",\n".join(json.dumps(asdict(lines[key]), ensure_ascii=False) for key in sorted(lines))
        self.path.parent.mkdir(exist_ok=True, parents=True)
        self.path.write_text(f"[\n{written}\n]\n", "utf-8")


def _numbers(given: Any) -> FloatArray:
    return np.asarray([*given.values()] if isinstance(given, Mapping) else given, dtype=np.float64)


def _short(number: float) -> str:
    """Write 1e-10, 5e-5 and 4, where Python has 1e-10, 5e-05 and 4.0."""
    mantissa, _, exponent = f"{number:.0e}".partition("e")
    return f"{number:g}" if number >= 1 or float(f"{number:.0e}") != number else f"{mantissa}e{int(exponent)}"


def _rounded_up(deviation: float, tolerance: float) -> float:
    """Round up to one digit; below `ROUNDING`, to a power of ten."""
    size = 10.0 ** math.floor(math.log10(max(deviation, 1e-15)))
    up = size * (math.ceil(deviation / size) if size >= ROUNDING else 1 if deviation <= size else 10)
    return min(float(f"{up:.0e}"), tolerance)


@pytest.fixture(scope="module")
def agrees(request: pytest.FixtureRequest) -> Iterator[Agreement]:
    """Holds numbers to the figures of something else, and keeps how near they were."""
    place = request.path.relative_to(FOLDER)
    path = FOLDER / "agreement" / place.with_name(f"{place.stem.removeprefix('test_')}.json")
    agreement = Agreement(path, write=bool(request.config.getoption("--write")))
    yield agreement
    session = request.session
    tests = {item.nodeid for item in session.items if item.path == request.path}
    chosen = session.stash.get(CHOSEN, False) or any("::" in argument for argument in session.config.args)
    agreement.close(whole=not chosen and tests <= session.stash.get(PASSED, set()))


def pytest_deselected(items: Sequence[pytest.Item]) -> None:
    """Note that some tests do not run."""
    for item in items[:1]:
        item.session.stash[CHOSEN] = True


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(
    item: pytest.Item, call: pytest.CallInfo[None]
) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Note which tests passed."""
    report = yield
    if report.when == "call" and report.passed:
        item.session.stash.setdefault(PASSED, set()).add(item.nodeid)
    return report

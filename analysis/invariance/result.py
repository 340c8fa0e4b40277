"""What a comparison of groups found, as a paper reports it."""

from collections.abc import Iterator
from dataclasses import dataclass

from ..confirmatory.fit import ConfirmatoryFit
from ..confirmatory.fit_indices import ModelFit, RobustFit
from ..errors import AnalysisError
from ..not_estimated import NotEstimated
from ..options import refuse, shown, wrong_word
from ..table import Cell, ResultTable, Table
from .constraints import EqualityTests, equality_tests
from .cutoffs import CUTOFFS, FitChange, Verdict
from .differences import DifferenceTest
from .latent_means import LatentMeans

SOURCES = tuple(dict.fromkeys(each.source for each in CUTOFFS))


@dataclass(frozen=True, slots=True)
class StepDifference:
    """A step beside the one before.

    Attributes
    ----------
    test : DifferenceTest or NotEstimated
    change : FitChange
        Of the indices that the comparison goes by.
    verdicts : tuple of Verdict
        What each published cut-off says; none where the step adds nothing that could be contradicted.
    """

    test: DifferenceTest | NotEstimated
    change: FitChange
    verdicts: tuple[Verdict, ...]


@dataclass(frozen=True, slots=True, eq=False)
class InvarianceStep:
    """One step of the comparison.

    Attributes
    ----------
    name : str
    equal : tuple of str
        What is equal in all groups.
    fit : ConfirmatoryFit
        Everything about the fit: `fit.fit` has the indices, `fit.groups` the estimates.
    difference : StepDifference or NotEstimated
        From the step before; not estimated for the first.
    """

    name: str
    equal: tuple[str, ...]
    fit: ConfirmatoryFit
    difference: StepDifference | NotEstimated

    def equality_tests(self, *, minimum: float = 0.0, largest: int | None = None) -> EqualityTests:
        """Say which equal parameters the groups contradict most: those that might be released.

        Parameters
        ----------
        minimum : float
            Leave out tests with a smaller chi-square.
        largest : int, optional
            Give no more than this many.
        """
        return equality_tests(self.fit.solution, self.name, minimum, largest)


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class MeasurementInvariance(ResultTable):
    """Groups compared step by step.

    Attributes
    ----------
    steps : tuple of InvarianceStep
        From the same model in every group to equal residual variances.
    groups : tuple of str
        The first is the one that latent means are compared with.
    group_sizes : tuple of int
    released : tuple of str
        Parameters that were left free in every group at every step (partial invariance).
    latent_means : LatentMeans
        From the step that makes intercepts equal.
    estimator, missing : str
    indices : {"naive", "scaled", "robust"}
        Which CFI, TLI and RMSEA the table shows and the cut-offs are held to: naive with ML, robust with MLR, scaled with
        ordered answers. `fits` has all.
    n : int
        Respondents used.
    method : str
    iterations : int
        Of all searches together; each has converged.
    notes : tuple of str
    """

    steps: tuple[InvarianceStep, ...]
    groups: tuple[str, ...]
    group_sizes: tuple[int, ...]
    released: tuple[str, ...]
    latent_means: LatentMeans
    estimator: str
    missing: str
    indices: str
    n: int
    method: str
    iterations: int
    notes: tuple[str, ...]

    @property
    def converged(self) -> bool:
        """True: a search that finds no minimum is an error."""
        return True

    def step(self, name: str) -> InvarianceStep:
        """Give a step by its name.

        Raises
        ------
        AnalysisError
            Naming the steps that there are.
        """
        for each in self.steps:
            if each.name == name:
                return each
        raise AnalysisError(
            f"there is no step {shown(name)}: the steps are {', '.join(each.name for each in self.steps)}"
        )

    def reached(self, source: str = SOURCES[0]) -> str:
        """Give the last step up to which a published cut-off finds no difference between groups.

        Parameters
        ----------
        source : {"Chen (2007)", "Cheung & Rensvold (2002)"}
        """
        refuse(wrong_word("source", source, SOURCES))
        last = self.steps[0].name
        for each in self.steps[1:]:
            if isinstance(each.difference, NotEstimated):
                continue
            if not all(verdict.holds for verdict in each.difference.verdicts if verdict.source == source):
                break
            last = each.name
        return last

    def fits(self) -> Table:
        """Give one row for each step and kind of index: naive, scaled and robust."""
        rows = tuple(row for each in self.steps for row in _fit_rows(each))
        columns = ("step", "kind", "chi-square", "df", "p", "CFI", "TLI", "RMSEA", "low", "high", "SRMR")
        return Table(f"Fit of each step ({self.estimator})", columns, rows, ("RMSEA with 90 % intervals",))

    def table(self) -> Table:
        """Give one row a step: its fit, how it changes, the difference test, and what published cut-offs say."""
        columns = (
            "step", "chi-square", "df", "p", "CFI", "TLI", "RMSEA", "SRMR", "ΔCFI", "ΔRMSEA", "ΔSRMR", "Δχ²", "Δdf", "p(Δχ²)",
            *(source.split(" ")[0] for source in SOURCES),
        )  # fmt: skip
        rows = tuple(_row(each, self.indices) for each in self.steps)
        title = f"Measurement invariance ({self.estimator}), {len(self.groups)} groups: {', '.join(self.groups)}"
        return Table(title, columns, rows, self.notes)


def _row(step: InvarianceStep, indices: str) -> tuple[Cell, ...]:
    fit = step.fit.fit
    tested = fit.naive if isinstance(fit.scaled, NotEstimated) else fit.scaled
    own = judged(step.fit, indices)
    first = (step.name, tested.chi_square, tested.df, tested.p, own.cfi, own.tli, own.rmsea, fit.srmr)
    difference = step.difference
    if isinstance(difference, NotEstimated):
        return (*first, *[None] * 8)
    change, test = difference.change, difference.test
    of_test: tuple[Cell, ...] = (
        (None, 0, None) if isinstance(test, NotEstimated) else (test.chi_square, test.df, test.p)
    )
    said = {verdict.source: "holds" if verdict.holds else "differs" for verdict in difference.verdicts}
    words = (said.get(source, "not tested") for source in SOURCES)
    return (*first, change.cfi, change.rmsea, change.srmr, *of_test, *words)


def _fit_rows(step: InvarianceStep) -> Iterator[tuple[Cell, ...]]:
    fit = step.fit.fit
    for kind, own in (("naive", fit.naive), ("scaled", fit.scaled), ("robust", fit.robust)):
        if isinstance(own, NotEstimated):
            continue
        tested: tuple[Cell, ...] = (
            (own.chi_square, own.df, own.p) if isinstance(own, ModelFit) else (None, fit.naive.df, None)
        )
        interval = own.rmsea_interval
        yield (step.name, kind, *tested, own.cfi, own.tli, own.rmsea, interval.low, interval.high, fit.srmr)


def judged(fit: ConfirmatoryFit, indices: str) -> ModelFit | RobustFit:
    """Give the indices of a kind; where a fit has none of it, the scaled ones, or else the naive ones."""
    found = fit.fit
    for kind, own in (("robust", found.robust), ("scaled", found.scaled)):
        if indices in (kind, "robust") and not isinstance(own, NotEstimated):
            return own
    return found.naive


def change_between(fit: ConfirmatoryFit, before: ConfirmatoryFit, indices: str) -> FitChange:
    """Give this fit's indices less those of the fit before."""
    mine, other = judged(fit, indices), judged(before, indices)
    return FitChange(mine.cfi - other.cfi, mine.rmsea - other.rmsea, fit.fit.srmr - before.fit.srmr)

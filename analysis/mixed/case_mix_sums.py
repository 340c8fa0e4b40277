r"""What a score and its case-mix leave behind in each unit, where the case-mix is made of labels.

In the model of one level, :math:`y = x'b + u_j + e`, the scores enter through their count, sum and squares alone, and the
case-mix through how many of a unit's learners bear each label: cells of unit by combination of labels, of which there are
as many as rows only in a small survey. With :math:`W = (1, X, y)`, centred but for the 1, and :math:`s_j` the sums of its
columns over unit j, all that (2) of `variance_components.py` asks for at a ratio :math:`r = \tau^2 / \sigma^2` is

.. math:: M(r) = W'W - \sum_j \frac{r}{1 + r n_j} s_j s_j',                                                  (1)

and as units of one size share a weight, :math:`\sum_j s_j s_j'` over the units of each size. After that a ratio costs as
many small matrices as there are different sizes, whatever the number of units and people. With
:math:`M_{xx} b = M_{xy}` and :math:`Q = M_{yy} - M_{yx} b`,

.. math:: \frac{d (-2 l)}{d r} = (N - p) \frac{Q'}{Q} + \sum_j \frac{n_j}{1 + r n_j} + \mathrm{tr} (M_{xx}^{-1} M_{xx}'),
          \quad M' = -\sum_j \frac{s_j s_j'}{(1 + r n_j)^2}.                                                 (2)

References
----------
Patterson, H. D. & Thompson, R. (1971). Recovery of inter-block information when block sizes are unequal. Biometrika
    58, 545-554.
"""

from __future__ import annotations

from collections.abc import Hashable, Mapping, Sequence, Sized
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from ..errors import AnalysisError
from ..item_responses import FloatArray, read_only
from ..options import read_numbers
from ..units.sums import encode_units, read_units
from ..units.variance import where_it_falls_to_zero

_DEPENDENT = 1e-9


@dataclass(frozen=True, slots=True, eq=False)
class CaseMixCells:
    """Cells of unit by labels; made by `of`, once for all the scores of a survey.

    Attributes
    ----------
    unit : tuple, length n_units
        In order of first appearance.
    code : int array, shape (n_cells,)
        The unit of each cell.
    indicators : float array, shape (n_cells, n_labels)
        1 where the cell bears the label, every label of every covariate.
    label : tuple of (covariate, label), length n_labels
    """

    unit: tuple[Hashable, ...]
    code: NDArray[np.intp]
    indicators: FloatArray
    label: tuple[tuple[str, Hashable], ...]

    @classmethod
    def of(cls, unit: ArrayLike | Sequence[Hashable], covariates: Mapping[str, Sequence[Hashable]]) -> CaseMixCells:
        """Read the unit and the labels of each cell.

        Parameters
        ----------
        unit : array_like, shape (n_cells,)
        covariates : mapping of name to array_like, each of shape (n_cells,)
            None missing: who did not say is a label of its own.

        Raises
        ------
        AnalysisError
            For lengths that differ, and missing units or labels.

        Examples
        --------
        >>> cells = CaseMixCells.of(["Elm", "Elm", "Oak"], {"group": ["nurse", "doctor", "nurse"]})
        >>> cells.unit, cells.label
        (('Elm', 'Oak'), (('group', 'nurse'), ('group', 'doctor')))
        """
        size = _length(unit)
        units, problems = read_units(unit, size)
        blocks, labels = [np.zeros((size, 0))], list[tuple[str, Hashable]]()
        for name, column in _named(covariates, problems):
            read, wrong = read_units(column, size)
            problems += [f"covariate {name}: {problem}" for problem in wrong]
            if not wrong:
                names, code = encode_units(read)
                blocks.append((code[:, None] == np.arange(len(names))).astype(np.float64))
                labels += [(str(name), label) for label in names]
        if problems:
            raise AnalysisError(problems)
        names, code = encode_units(units)
        return cls(names, code, read_only(np.hstack(blocks)), tuple(labels))

    @classmethod
    def of_codes(
        cls,
        unit: Sequence[Hashable],
        code: NDArray[np.intp],
        covariates: Mapping[str, tuple[Sequence[Hashable], NDArray[np.intp]]],
    ) -> CaseMixCells:
        """Take what is encoded already, which saves looking at every label of every cell.

        Parameters
        ----------
        unit : sequence, length n_units
        code : int array, shape (n_cells,)
            The unit of each cell, as a position in `unit`.
        covariates : mapping of name to (labels, int array of shape (n_cells,))
            The label of each cell, as a position among the labels.

        Raises
        ------
        AnalysisError
            For positions that are none, and lengths that differ.

        Examples
        --------
        >>> cells = CaseMixCells.of_codes(["Elm", "Oak"], np.array([0, 0, 1]), {"group": (["a", "b"], np.array([0, 1, 0]))})
        >>> cells.indicators.tolist()
        [[1.0, 0.0], [0.0, 1.0], [1.0, 0.0]]
        """
        size = _length(code)
        problems = _wrong_positions("unit", unit, code, size)
        blocks, named = [np.zeros((size, 0))], list[tuple[str, Hashable]]()
        for name, encoded in _named(covariates, problems):
            labels, at = encoded if isinstance(encoded, tuple) and len(encoded) == 2 else ((), encoded)
            wrong = _wrong_positions(f"covariate {name}", labels, at, size)
            problems += wrong
            if not wrong:
                blocks.append((at[:, None] == np.arange(len(labels))).astype(np.float64))
                named += [(str(name), label) for label in labels]
        if problems:
            raise AnalysisError(problems)
        return cls(tuple(unit), code, read_only(np.hstack(blocks)), tuple(named))


def _length(given: Any) -> int:
    return len(given) if isinstance(given, Sized) else 0


def _named(covariates: Any, problems: list[str]) -> list[tuple[Any, Any]]:
    """The covariates one by one, or none and what is wrong."""
    if isinstance(covariates, Mapping):
        return list(covariates.items())
    problems.append(f"covariates is a mapping of each name to its labels, not {covariates!r}")
    return []


def _wrong_positions(name: str, labels: Any, code: Any, size: int) -> list[str]:
    """What is wrong with labels and the position of each cell's among them."""
    named = isinstance(labels, Sequence) and not isinstance(labels, str | bytes)
    if not named or not labels or not all(isinstance(label, Hashable) for label in labels):
        return [f"{name} needs the list of its labels beside the positions among them"]
    if not isinstance(code, np.ndarray) or code.shape != (size,) or code.dtype.kind not in "iu" or not size:
        return [f"the positions of {name} are an array of whole numbers, one a cell"]
    if code.min() < 0 or code.max() >= len(labels):
        return [f"the positions of {name} must lie between 0 and {len(labels) - 1}"]
    return []


@dataclass(frozen=True, slots=True, eq=False)
class CaseMixAt:
    """The model at some ratios.

    Attributes
    ----------
    beta : float array, shape (n_ratios, n_fixed)
        Of the centred columns, the intercept first.
    inverse : float array, shape (n_ratios, n_fixed, n_fixed)
        (X'V^-1 X)^-1, in units of the residual variance.
    variance, likelihood : float array, shape (n_ratios,)
        sigma2 and the restricted likelihood, constant as in lme4.
    """

    beta: FloatArray
    inverse: FloatArray
    variance: FloatArray
    likelihood: FloatArray


@dataclass(frozen=True, slots=True, eq=False)
class CaseMixSums:
    """The sums of one score; made by `of`.

    Attributes
    ----------
    n : float array, shape (n_units,)
        Scores of each unit.
    sums : float array, shape (n_units, n_fixed + 1)
        Of the columns 1, centred indicators and centred score over each unit.
    products : float array, shape (n_fixed + 1, n_fixed + 1)
        W'W.
    size, of_size : float arrays, shapes (n_sizes,) and (n_sizes, n_fixed + 1, n_fixed + 1)
        Different unit sizes, and the sums of s s' over the units of each.
    count : float array, shape (n_sizes,)
        Units of each size.
    column : tuple of (covariate, label), length n_fixed - 1
        Labels that have an effect of their own; the others follow from them.
    centre : float
        Mean score.
    n0 : float
        The unit size that carries the variances when sizes differ.
    """

    n: FloatArray
    sums: FloatArray
    products: FloatArray
    size: FloatArray
    of_size: FloatArray
    count: FloatArray
    column: tuple[tuple[str, Hashable], ...]
    centre: float
    n0: float

    @classmethod
    def of(cls, cells: CaseMixCells, n: ArrayLike, total: ArrayLike, sum_of_squares: float) -> CaseMixSums:
        """Add up the cells.

        Parameters
        ----------
        cells : CaseMixCells
        n, total : array_like, shape (n_cells,)
            Scores of each cell, and their sum.
        sum_of_squares : float
            Of all scores, raw.

        Raises
        ------
        AnalysisError
            For shapes that differ, fewer than two units with scores, one score a unit, scores that do not vary.
        """
        n_, total_ = (read_numbers(name, column) for name, column in (("n", n), ("total", total)))
        if n_.shape != cells.code.shape or total_.shape != n_.shape:
            raise AnalysisError(f"{cells.code.size} cells came with n and total of shapes {n_.shape}, {total_.shape}")
        size_of = np.bincount(cells.code, n_, minlength=len(cells.unit))
        everybody, n_units = float(n_.sum()), int((size_of > 0).sum())
        if n_units < 2 or everybody <= n_units:
            raise AnalysisError("case-mix needs at least two units with scores, and one with two of them")
        centre = float(total_.sum()) / everybody
        squares = sum_of_squares - everybody * centre**2
        if squares <= everybody * (1e-9 * max(1.0, abs(centre))) ** 2:
            raise AnalysisError("every score is the same: there is no variance to take apart")
        borne = n_ @ cells.indicators
        # The most frequent label of each covariate comes last and follows from the others.
        order = _rarest_first(cells.label, borne)
        x = cells.indicators[:, order] - borne[order] / everybody
        kept = _independent((x.T * n_) @ x)
        w = np.column_stack([np.ones(n_.size), x[:, kept]])
        about = total_ - n_ * centre
        sums = np.column_stack(
            [np.bincount(cells.code, column, minlength=size_of.size) for column in (*(w.T * n_), about)]
        )
        products = np.empty((w.shape[1] + 1, w.shape[1] + 1))
        products[:-1, :-1] = (w.T * n_) @ w
        products[:-1, -1] = products[-1, :-1] = w.T @ about
        products[-1, -1] = squares
        some = size_of > 0
        size, place, count = np.unique(size_of[some], return_inverse=True, return_counts=True)
        of_size = np.zeros((size.size, *products.shape))
        by_size = np.argsort(place, kind="stable")
        starts = np.searchsorted(place[by_size], np.arange(size.size))
        for number, own in enumerate(np.split(sums[some][by_size], starts[1:])):
            of_size[number] = own.T @ own
        return cls(
            n=read_only(size_of.astype(np.float64)),
            sums=read_only(sums),
            products=read_only(products),
            size=read_only(size),
            of_size=read_only(of_size),
            count=read_only(count.astype(np.float64)),
            column=tuple(cells.label[order[number]] for number in kept),
            centre=centre,
            n0=(everybody - float((size_of**2).sum()) / everybody) / (n_units - 1),
        )

    @property
    def n_scores(self) -> int:
        """N."""
        return int(self.n.sum())

    @property
    def n_fixed(self) -> int:
        """p, the intercept among them."""
        return int(self.sums.shape[1]) - 1

    def at(self, ratio: FloatArray) -> CaseMixAt:
        """Solve the model at each ratio."""
        p, df = self.n_fixed, self.n_scores - self.n_fixed
        m = self.products - np.tensordot(ratio[:, None] / (1.0 + ratio[:, None] * self.size), self.of_size, 1)
        inverse = np.linalg.inv(m[:, :p, :p]).astype(np.float64)
        beta = np.einsum("rpq,rq->rp", inverse, m[:, :p, p])
        q = m[:, p, p] - np.einsum("rp,rp->r", m[:, :p, p], beta)
        likelihood = -0.5 * (
            df * (1.0 + np.log(2.0 * np.pi * np.maximum(q, 1e-300) / df))
            + np.log1p(ratio[:, None] * self.size) @ self.count
            + np.linalg.slogdet(m[:, :p, :p])[1]
        )
        return CaseMixAt(beta, inverse, q / df, likelihood)

    def slope(self, ratio: FloatArray) -> FloatArray:
        """Half of (2) with its sign turned, the derivative of the restricted likelihood, at each ratio."""
        p, at = self.n_fixed, self.at(ratio)
        change = -np.tensordot((1.0 + ratio[:, None] * self.size) ** -2.0, self.of_size, 1)
        # Q changes with M alone, because b is where Q is least.
        with_score = np.column_stack([-at.beta, np.ones(ratio.size)])
        of_squares = np.einsum("rp,rpq,rq->r", with_score, change, with_score)
        slope = of_squares / at.variance + (self.size / (1.0 + ratio[:, None] * self.size)) @ self.count
        return np.asarray(-0.5 * (slope + np.einsum("rpq,rqp->r", at.inverse, change[:, :p, :p])))

    def best_ratio(self) -> tuple[float, int]:
        """The ratio where the restricted likelihood is largest, and the rounds it took to find it."""
        grid = np.concatenate([[0.0], np.geomspace(1e-6 / self.n0, 1e6 / self.n0, 60)])
        best = int(np.argmax(self.at(grid).likelihood))
        low, high = grid[max(best - 1, 0)], grid[min(best + 1, grid.size - 1)]
        if best == grid.size - 1:
            raise AnalysisError("the units leave no variance over for the residual: there is nothing to estimate")
        if self.slope(np.array([low]))[0] <= 0.0:
            return 0.0, 1
        # A point costs as much as the matrices that it inverts.
        return where_it_falls_to_zero(self.slope, float(low), float(high), n_points=7)


def _rarest_first(labels: Sequence[tuple[str, Any]], borne: FloatArray) -> list[int]:
    """Labels that anybody bears, covariate by covariate, the rarest first."""
    covariates = list(dict.fromkeys(name for name, _ in labels))
    there = [place for place in range(len(labels)) if borne[place] > 0]
    return sorted(there, key=lambda place: (covariates.index(labels[place][0]), borne[place]))


def _independent(products: FloatArray) -> list[int]:
    """Columns that are no combination of the ones before, by Cholesky's factors of their cross-products."""
    kept: list[int] = []
    rest = products.copy()
    for place, size in enumerate(np.diag(products).tolist()):
        if rest[place, place] > _DEPENDENT * size:
            kept.append(place)
            rest = rest - np.outer(rest[:, place], rest[place]) / rest[place, place]
    return kept

r"""The three designs: their effects, what mean squares expect, and what is error for whom.

Persons p (learners), items i, units u (placements). With n_i items, N persons, U units, n_u persons of unit u, and

.. math:: n_0 = \frac{N - \sum n_u^2 / N}{U - 1}, \qquad r = \frac{\sum n_u^2}{N},

mean squares expect (Brennan 2001, tables 3.4 and 7.3: analogous analysis of variance where units differ in size)

====================  ========================================================================================
p x i                 MS(p): pi + n_i p;   MS(i): pi + N i;   MS(pi): pi
i:p                   MS(p): i:p + n_0 p;  MS(i:p): i:p  (n_0 of the items of a person)
p:u x i               MS(u): pi:u + n_i p:u + n_0 ui + n_i n_0 u;  MS(p:u): pi:u + n_i p:u;
                      MS(i): pi:u + r ui + N i;  MS(ui): pi:u + n_0 ui;  MS(pi:u): pi:u
====================  ========================================================================================

A score is the mean over n'_i items and, for a unit, n'_p of its persons. Its universe score variance, relative error
variance and absolute error variance are

==================  ==================  ==========================================  ==========================
object              universe            relative error                              absolute error adds
==================  ==================  ==========================================  ==========================
person, p x i       p                   pi / n'_i                                   i / n'_i
person, i:p         p                   i:p / n'_i                                  nothing
person, p:u x i     u + p:u             (ui + pi:u) / n'_i                          i / n'_i
unit, p:u x i       u                   p:u / n'_p + ui / n'_i + pi:u / n'_p n'_i   i / n'_i
==================  ==================  ==========================================  ==========================

Where the items are the only ones of interest (fixed), ui / n'_i is part of a unit's universe score and i no error.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal

import numpy as np

from ..item_responses import FloatArray

Design = Literal["p x i", "i:p", "p:u x i"]
ObjectOfMeasurement = Literal["person", "unit"]

EFFECTS: Mapping[Design, tuple[str, ...]] = {
    "p x i": ("person", "item", "person x item, error"),
    "i:p": ("person", "item in person, error"),
    "p:u x i": ("unit", "person in unit", "item", "unit x item", "person x item in unit, error"),
}


def expected_mean_squares(design: Design, n_items: float, sizes: FloatArray) -> FloatArray:
    """Give the coefficients of the variances in each mean square, both in the order of `EFFECTS`.

    Parameters
    ----------
    design : str
    n_items : float
        Items of a person; n_0 where persons differ in them.
    sizes : float array
        Persons of each unit; for designs without units their number alone.
    """
    n = float(sizes.sum())
    if design == "p x i":
        return np.array([[n_items, 0.0, 1.0], [0.0, n, 1.0], [0.0, 0.0, 1.0]])
    if design == "i:p":
        return np.array([[n_items, 1.0], [0.0, 1.0]])
    r = float((sizes**2).sum()) / n
    n0 = (n - r) / (sizes.size - 1)
    return np.array(
        [
            [n_items * n0, n_items, 0.0, n0, 1.0],
            [0.0, n_items, 0.0, 0.0, 1.0],
            [0.0, 0.0, n, r, 1.0],
            [0.0, 0.0, 0.0, n0, 1.0],
            [0.0, 0.0, 0.0, 0.0, 1.0],
        ]
    )


def score_variances(
    design: Design,
    of: ObjectOfMeasurement,
    fixed_items: bool,
    variances: FloatArray,
    n_items: FloatArray,
    n_persons: FloatArray,
) -> tuple[FloatArray, FloatArray, FloatArray]:
    """Give universe score variance, relative and absolute error variance; numbers of items and persons broadcast.

    Parameters
    ----------
    variances : float array, shape (..., n_effects)
    """
    effect = dict(zip(EFFECTS[design], np.moveaxis(np.maximum(variances, 0.0), -1, 0), strict=True))
    if design == "p x i":
        universe, relative = effect["person"], effect["person x item, error"] / n_items
        return _broadcast(universe, relative, relative + effect["item"] / n_items)
    if design == "i:p":
        error = effect["item in person, error"] / n_items
        return _broadcast(effect["person"], error, error)
    by_item, rest = effect["unit x item"] / n_items, effect["person x item in unit, error"] / n_items
    if of == "person":
        universe, relative = effect["unit"] + effect["person in unit"], by_item + rest
        return _broadcast(universe, relative, relative + effect["item"] / n_items)
    learners = (effect["person in unit"] + rest) / n_persons
    if fixed_items:
        return _broadcast(effect["unit"] + by_item, learners, learners)
    return _broadcast(effect["unit"], learners + by_item, learners + by_item + effect["item"] / n_items)


def _broadcast(
    universe: FloatArray, relative: FloatArray, absolute: FloatArray
) -> tuple[FloatArray, FloatArray, FloatArray]:
    first, second, third = np.broadcast_arrays(universe, relative, absolute)
    return np.asarray(first), np.asarray(second), np.asarray(third)


def share_of(universe: FloatArray, error: FloatArray) -> FloatArray:
    """Give universe / (universe + error), 0 where there is neither."""
    whole = universe + error
    return np.asarray(np.divide(universe, whole, out=np.zeros_like(whole), where=whole > 0))

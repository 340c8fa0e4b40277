r"""Many tests at once: p values adjusted so that of what is called significant a stated share is false.

With m p values in rising order, the adjusted one is (Benjamini & Hochberg 1995)

.. math:: \tilde p_{(i)} = \min_{j \ge i} \min\left(1, \frac{m}{j} p_{(j)}\right).

References
----------
Benjamini, Y. & Hochberg, Y. (1995). Controlling the false discovery rate. J. R. Statist. Soc. B 57, 289-300.
"""

import numpy as np

from .item_responses import FloatArray


def adjust_for_false_discovery(p: FloatArray) -> FloatArray:
    """Adjust p values of any shape; NaN stands for a test that was not made, and does not count.

    Examples
    --------
    >>> adjust_for_false_discovery(np.array([0.01, 0.04, np.nan, 0.03])).round(3).tolist()
    [0.03, 0.04, nan, 0.04]
    """
    found = np.full(p.shape, np.nan)
    made = ~np.isnan(p)
    ordered = np.argsort(p[made], kind="stable")
    raised = p[made][ordered] * ordered.size / np.arange(1, ordered.size + 1)
    adjusted = np.empty(ordered.size)
    adjusted[ordered] = np.minimum(np.minimum.accumulate(raised[::-1])[::-1], 1.0)
    found[made] = adjusted
    return found

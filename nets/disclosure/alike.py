r"""How closely what everybody in a cell said can be told: from their number, mean and spread alone, with nothing subtracted.

Of n learners with a total of t, a mean of m and a standard deviation of s none has less than t - 100 (n - 1), what is left if all
others have the best score, nor more than t; and none lies farther from the mean than s (n - 1) / sqrt(n) (Samuelson, P. A. 1968.
How deviant can you be? Journal of the American Statistical Association, 63, 1522-1525). Where both leave little, each is known.
"""

import numpy as np
from numpy.typing import NDArray

from nets.disclosure.suppression.cells import BEST

Numbers = NDArray[np.float64]


def width_of_one(n: Numbers, total: Numbers, deviations: Numbers) -> Numbers:
    """How far apart the score of any one learner of a cell can lie, in points; the whole scale where there is nobody.

    Parameters
    ----------
    n, total
        Learners and the sum of their scores on 0-100, any shape.
    deviations
        Sum of the squared deviations from their mean, same shape.
    """
    learners = np.maximum(n, 1.0)
    mean = total / learners
    # s (n - 1) / sqrt(n), with s^2 = deviations / (n - 1)
    farthest = np.sqrt(np.maximum(deviations, 0.0) * (learners - 1) / learners)
    low = np.maximum(np.maximum(total - BEST * (learners - 1), 0.0), mean - farthest)
    high = np.minimum(np.minimum(total, BEST), mean + farthest)
    return np.where(n > 0, np.maximum(high - low, 0.0), BEST)

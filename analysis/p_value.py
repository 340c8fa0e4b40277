"""A p-value as a sentence prints it; in a column, `Table` does the same."""

import math


def p_in_words(p: float) -> str:
    """Write a p-value with its sign, which is never shown as nought.

    Examples
    --------
    >>> p_in_words(0.0321), p_in_words(1e-9), p_in_words(float("nan"))
    ('p = 0.032', 'p < 0.001', 'p -')
    """
    if math.isnan(p):
        return "p -"
    return "p < 0.001" if p < 0.001 else f"p = {p:.3f}"

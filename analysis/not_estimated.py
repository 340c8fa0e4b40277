"""In the place of a statistic that the answers do not define."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class NotEstimated:
    """A statistic that these answers do not define, and why.

    Attributes
    ----------
    reason : str
        A sentence in the user's words.

    Examples
    --------
    >>> print(NotEstimated("every answer is the same"))
    not estimated: every answer is the same
    """

    reason: str

    def __str__(self) -> str:
        return f"not estimated: {self.reason}"

"""Errors of `analysis`: every problem of an input at once, each a sentence in the user's words."""

from collections.abc import Iterable


class AnalysisError(ValueError):
    """An input that cannot be analysed, with every reason found.

    Parameters
    ----------
    problems : str or iterable of str
        One sentence a problem. A lone string is one problem.

    Attributes
    ----------
    problems : tuple of str
        At least one sentence, in the order in which the problems were found.

    Examples
    --------
    >>> print(AnalysisError(["item q1 is constant", "item q2 has no answers"]))
    item q1 is constant
    item q2 has no answers
    """

    problems: tuple[str, ...]

    def __init__(self, problems: str | Iterable[str]) -> None:
        self.problems = (problems,) if isinstance(problems, str) else tuple(problems)
        super().__init__("\n".join(self.problems))

    def about(self, part: str) -> "AnalysisError":
        """Give the same problems, each said of a part of the input.

        Examples
        --------
        >>> print(AnalysisError("item q1 is constant").about("batch 3"))
        batch 3: item q1 is constant
        """
        return type(self)(f"{part}: {problem}" for problem in self.problems)

    def __reduce__(self) -> tuple[type["AnalysisError"], tuple[tuple[str, ...]]]:
        """Survive a trip between processes with the problems still apart."""
        return type(self), (self.problems,)

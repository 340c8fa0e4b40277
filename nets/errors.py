"""What goes wrong in words: every problem of an input at once, each with the place where it stands."""

from collections.abc import Iterable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing wrong with an input.

    Attributes
    ----------
    where
        The place in the user's terms: ``nets/2026.1.json: pages[3].items[0]``, ``item FAC02``, ``row 12, column Q3``.
    what
        A sentence that says what is wrong and, where it can, what would be right.
    """

    where: str
    what: str

    def __str__(self) -> str:
        return f"{self.where}: {self.what}" if self.where else self.what


class NetsError(Exception):
    """An input that the domain refuses; carries every problem that was found, in the order of the input."""

    def __init__(self, problems: Iterable[Problem] | str) -> None:
        self.problems = (Problem("", problems),) if isinstance(problems, str) else tuple(problems)
        super().__init__("\n".join(str(problem) for problem in self.problems))

    def __reduce__(self) -> tuple[type["NetsError"], tuple[tuple[Problem, ...]]]:
        """Survive a trip between processes with the problems still apart."""
        return type(self), (self.problems,)


class InvalidQuestionnaire(NetsError):
    """A questionnaire document that does not keep the format's rules."""


class InvalidResponse(NetsError):
    """Answers that do not fit the questionnaire version they were given to; one problem an item."""


class InvalidFile(NetsError):
    """A data file that cannot be imported; places are rows and columns."""


class InvalidSetting(NetsError):
    """A campaign, rule or argument outside what is allowed."""


class NotFound(NetsError):
    """Something asked for by name that is not there."""


class NoSuchCampaign(NotFound):
    """A submission to a campaign that is not there."""


class Refused(NetsError):
    """An act that the rules forbid: changing what is published, answering a closed campaign."""


class CampaignNotOpen(Refused):
    """A submission on a day on which its campaign takes none."""


class ReplayMismatch(Refused):
    """A submission key that was already used for other answers."""


class StoreUnavailable(NetsError):
    """The database cannot be reached, is too busy or cannot be written; the same act may succeed later."""


class StoreBusy(StoreUnavailable):
    """More wait to be stored than can be in a bearable time; the same act succeeds a little later."""

"""What a process keeps of releases that it has read: a release never changes, so what was made of one need not be made again."""

from collections import OrderedDict
from threading import Lock
from typing import Final, Generic, TypeVar

_Kept = TypeVar("_Kept")
MOST_RELEASES: Final = 4
"""A national one takes 60 MB."""


class KeptOfReleases(Generic[_Kept]):
    """Something of every place, release by release; those that nobody has asked for longest are forgotten. Safe between threads."""

    def __init__(self, most: int = MOST_RELEASES) -> None:
        self._most = most
        self._of: OrderedDict[str, dict[str, _Kept]] = OrderedDict()
        self._lock = Lock()

    def of(self, digest: str) -> dict[str, _Kept]:
        """What is kept of the release of this digest, by place: it is added to by whoever finds something missing."""
        with self._lock:
            found = self._of.setdefault(digest, {})
            self._of.move_to_end(digest)
            while len(self._of) > self._most:
                self._of.popitem(last=False)
            return found

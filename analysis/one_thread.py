"""Matrix products on one thread.

The products here are many and small. Handing each of them to a pool of threads costs more than it gains: twice
the time on an idle machine of two cores, and far worse on a busy one.
"""

from contextlib import AbstractContextManager
from functools import cache

from threadpoolctl import ThreadpoolController


def one_thread() -> AbstractContextManager[object]:
    """Keep the linear algebra inside a ``with`` block on the thread that calls it."""
    limited: AbstractContextManager[object] = _controller().limit(limits=1, user_api="blas")
    return limited


@cache
def _controller() -> ThreadpoolController:
    """Find the libraries once: looking through all that is loaded takes longer than a small analysis."""
    return ThreadpoolController()

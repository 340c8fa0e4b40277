"""Numbers and lists as a paper writes them."""

import math
from collections.abc import Sequence
from typing import Final

_WORDS: Final = (
    "no", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve",
)  # fmt: skip
MISSING: Final = "–"


def number(value: float, decimals: int = 2) -> str:
    """Write a number with its decimals, a true minus sign, and no minus before nought.

    Examples
    --------
    >>> number(0.8349), number(-0.051), number(-0.001), number(float("nan")), number(1234.5, 1)
    ('0.83', '−0.05', '0.00', '–', '1,234.5')
    """
    if not math.isfinite(value):
        return MISSING
    shown = f"{value:,.{decimals}f}"
    negative = shown.startswith("-") and shown.strip("-0.,") != ""
    return f"−{shown[1:]}" if negative else shown.removeprefix("-")


def per_cent(share: float, decimals: int = 1) -> str:
    """Write a share of one in per cent.

    Examples
    --------
    >>> per_cent(0.1234), per_cent(1.0, 0)
    ('12.3 %', '100 %')
    """
    return f"{number(100.0 * share, decimals)} %" if math.isfinite(share) else MISSING


def between(low: float, high: float, decimals: int = 2) -> str:
    """Write an interval.

    Examples
    --------
    >>> between(0.71, 0.894), between(-1.2, 3.0, 1)
    ('0.71 to 0.89', '−1.2 to 3.0')
    """
    return f"{number(low, decimals)} to {number(high, decimals)}"


def counted(count: int, noun: str, plural: str = "") -> str:
    """Write a count with its noun.

    Examples
    --------
    >>> counted(1, "item"), counted(40000, "learner"), counted(2, "theory", "theories"), counted(0, "item")
    ('1 item', '40,000 learners', '2 theories', 'no items')
    """
    shown = "no" if count == 0 else f"{count:,}"
    return f"{shown} {noun if count == 1 else plural or f'{noun}s'}"


def in_words(count: int) -> str:
    """Write a small count as a word.

    Examples
    --------
    >>> in_words(5), in_words(31)
    ('five', '31')
    """
    return _WORDS[count] if 0 <= count < len(_WORDS) else f"{count:,}"


def listed(names: Sequence[str], most: int = 8) -> str:
    """Write a list, and say how many more there are behind `most`.

    Examples
    --------
    >>> listed(["Induction"]), listed(["a", "b", "c"]), listed(list("abcd"), most=2)
    ('Induction', 'a, b and c', 'a, b and 2 more')
    """
    shown = list(names) if len(names) <= most else [*names[:most], f"{len(names) - most} more"]
    return f"{', '.join(shown[:-1])} and {shown[-1]}" if len(shown) > 1 else "".join(shown)


def sentence(text: str) -> str:
    """Begin a text with a capital and end it with a full stop.

    Examples
    --------
    >>> sentence("item q1 is constant")
    'Item q1 is constant.'
    """
    text = text.strip()
    if not text:
        return ""
    return text[0].upper() + text[1:] + ("" if text.endswith((".", "?", "!")) else ".")

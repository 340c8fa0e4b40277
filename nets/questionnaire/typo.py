"""Whether a changed text only corrects the typing of another: the one change of words that keeps an item's code."""

import re
import unicodedata
from collections.abc import Mapping
from typing import Final

_MOST_WORDS_CORRECTED: Final = 2
_SHORT_WORD: Final = 5
_PUNCTUATION: Final = frozenset(".,;:!?'\"()-‘’“”–—…")
_WORD: Final = re.compile(r"\w+(?:'\w+)*")

_ENGLISH: Final = """
    not no never none nobody nothing nowhere neither nor without cannot hardly unless except but only
    always often sometimes seldom rarely usually ever once twice daily weekly monthly yearly
    all any every each both few fewer many more most some less least enough too very
    can could may might must should will would
    zero one two three four five six seven eight nine ten eleven twelve first second third last half
"""
_WELSH: Final = """
    na nac nad ni nid ddim dim byth neb heb oni bob pob pawb rhai llai mwy mwyaf lleiaf weithiau aml
    un dau dwy tri tair pedwar pedair pump chwech saith wyth naw deg
"""
# Words that turn, weigh or count: one letter in them, and the sentence says something else.
_WEIGHTY: Final[Mapping[str, frozenset[str]]] = {"en": frozenset(_ENGLISH.split()), "cy": frozenset(_WELSH.split())}


def is_typo(before: str, after: str, language: str = "en") -> bool:
    """Whether a text only corrects the typing of another.

    It does where letters, figures and signs are the same but for capitals, spacing and punctuation; and where, with the
    same number of words, at most two words differ, each by one slip: a letter too many, too few or wrong, the first
    letter staying, or two neighbouring letters swapped. In a word of fewer than five letters the slip may only be a swap or
    a doubled letter. No slip may touch a figure or a word that turns, weighs or counts (not, can't, always, most, must,
    two ...). These words are known in English and Welsh; in other languages only the first half of the rule holds.
    """
    if _signs(before) != _signs(after):
        return False
    old, new = _words(before), _words(after)
    if len(old) != len(new):
        return False
    corrected = [(first, second) for first, second in zip(old, new, strict=True) if first != second]
    weighty = _WEIGHTY.get(language.partition("-")[0])
    if not corrected or weighty is None:
        return not corrected
    return len(corrected) <= _MOST_WORDS_CORRECTED and all(
        _is_slip(first, second) and not any(word in weighty or word.endswith("n't") for word in (first, second))
        for first, second in corrected
    )


def _words(text: str) -> list[str]:
    return _WORD.findall(unicodedata.normalize("NFC", text).casefold().replace("’", "'"))


def _signs(text: str) -> str:
    """Figures and signs such as % and <: what carries meaning and stands in no word."""
    return "".join(
        character
        for character in text
        if character not in _PUNCTUATION and unicodedata.category(character)[0] not in "LMZC"
    )


def _is_slip(first: str, second: str) -> bool:
    short, long = sorted((first, second), key=len)
    if len(long) == len(short):
        places = [place for place in range(len(long)) if short[place] != long[place]]
        if len(places) == 2 and places[1] == places[0] + 1:
            a, b = places
            return (short[a], short[b]) == (long[b], long[a])
        return len(places) == 1 and places[0] > 0 and len(long) >= _SHORT_WORD
    if len(long) != len(short) + 1 or long[0] != short[0]:
        return False
    place = next((place for place in range(len(short)) if short[place] != long[place]), len(short))
    return short == long[:place] + long[place + 1 :] and (len(short) >= _SHORT_WORD or long[place] == long[place - 1])

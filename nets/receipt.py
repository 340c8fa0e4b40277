"""The receipt of a response: proof that it arrived and, in a confidential campaign, the way to take it back.

It is made from the submission key, so that a retry gets the same one without its being stored. The key is not stored either: a
receipt found on a phone leads to no response. Where learners were promised that they can take a response back, the response is
kept under the receipt's hash, and the receipt is longer, so that nobody comes upon another's by trying.
"""

import hashlib
from typing import Final

from nets.campaign import AnonymityMode

_LETTERS: Final = "23456789ABCDEFGHJKMNPQRSTVWXYZ"  # none that is misread for another over the telephone
_GROUP: Final = 4
_GROUPS: Final = {AnonymityMode.ANONYMOUS: 2, AnonymityMode.CONFIDENTIAL: 3}  # of 30 letters: 39 and 58 bits
_PASSED_OVER: Final = " -\u2010\u2011\u2013"


def receipt_of(key: bytes, mode: AnonymityMode) -> str:
    """The receipt that belongs to a submission key, such as K7QM-4TXD, or K7QM-4TXD-9PWR in a confidential campaign."""
    number = int.from_bytes(hashlib.sha256(b"nets receipt\0" + key).digest())
    letters = []
    for _ in range(_GROUP * _GROUPS[mode]):
        number, letter = divmod(number, len(_LETTERS))
        letters.append(_LETTERS[letter])
    return _grouped("".join(letters))


def typed_receipt(text: str) -> str:
    """A receipt of a confidential campaign as it was typed, in the form it was given in; empty for what can be none."""
    letters = "".join(letter for letter in text.upper() if letter not in _PASSED_OVER)
    is_one = len(letters) == _GROUP * _GROUPS[AnonymityMode.CONFIDENTIAL] and not set(letters) - set(_LETTERS)
    return _grouped(letters) if is_one else ""


def receipt_hash(receipt: str) -> bytes:
    """What a response is kept under, 32 bytes."""
    return hashlib.sha256(b"nets withdrawal\0" + receipt.encode()).digest()


def _grouped(letters: str) -> str:
    return "-".join(letters[start : start + _GROUP] for start in range(0, len(letters), _GROUP))

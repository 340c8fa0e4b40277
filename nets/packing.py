"""Closed answers as bytes: one byte an item, in the order of the immutable version. This room alone knows the code.

A response of NETS 2026.1 takes some hundred bytes instead of a kilobyte of JSON, and 200,000 of them become a matrix without a
loop (docs/decisions/0001-packed-answers.md). The code can never change: stored bytes outlive any release of this program.
"""

from collections.abc import Iterable, Mapping
from typing import Final

import numpy as np
from numpy.typing import NDArray

from nets.errors import NetsError
from nets.questionnaire.version import NonResponse, QuestionnaireVersion, Unanswered

LARGEST_VALUE: Final = 200
_BYTE_OF: Final[Mapping[NonResponse | Unanswered, int]] = {
    NonResponse.NOT_APPLICABLE: 251,
    NonResponse.DO_NOT_KNOW: 252,
    NonResponse.PREFER_NOT_TO_SAY: 253,
    Unanswered.BLANK: 0,
    Unanswered.NOT_ROUTED: 255,
}
_MEANING_OF: Final = {byte: meaning for meaning, byte in _BYTE_OF.items()}
NO_ANSWER: Final = 254
"""A byte that stands for no answer, now or ever: for whoever packs many cells at once and must mark the unreadable ones."""


def answer_byte(answer: int | NonResponse | Unanswered) -> int:
    """The byte of one answer."""
    return _BYTE_OF[answer] if isinstance(answer, (NonResponse, Unanswered)) else answer


def pack(version: QuestionnaireVersion, answers: Mapping[str, int | NonResponse | Unanswered]) -> bytes:
    """The closed answers of one response; every closed item of the version must be there."""
    # most answers are option values, and what stands for themselves need not be asked for
    return bytes(
        [
            answer if isinstance(answer, int) else _BYTE_OF[answer]
            for answer in map(answers.__getitem__, version.closed_codes)
        ]
    )


def unpack(version: QuestionnaireVersion, packed: bytes) -> dict[str, int | NonResponse | Unanswered]:
    """The answers behind the bytes of one response."""
    _check_length(version, len(packed))
    return {item.code: _MEANING_OF.get(byte, byte) for item, byte in zip(version.closed_items, packed, strict=True)}


def answer_matrix(version: QuestionnaireVersion, packed: Iterable[bytes]) -> NDArray[np.uint8]:
    """Many packed responses as a matrix (n_responses, n_closed_items) of raw bytes; see ``rating_values``."""
    rows = list(packed)
    for row in rows:
        _check_length(version, len(row))
    return np.frombuffer(b"".join(rows), dtype=np.uint8).reshape(len(rows), len(version.closed_items))


def rating_values(matrix: NDArray[np.uint8]) -> NDArray[np.float64]:
    """Option values as numbers, everything that is not on the scale as NaN; same shape."""
    values = matrix.astype(np.float64)
    values[(matrix == 0) | (matrix > LARGEST_VALUE)] = np.nan
    return values


NOT_ON_THE_SCALE: Final = tuple(_BYTE_OF)
"""Why an answer may not be on the scale, in the order of ``reasons_without_value``."""


def reasons_without_value(matrix: NDArray[np.uint8]) -> NDArray[np.int64]:
    """The position in ``NOT_ON_THE_SCALE`` of every answer that has no value, -1 where it has one; same shape."""
    position = np.full(256, -1)
    position[[0, *range(LARGEST_VALUE + 1, 256)]] = NOT_ON_THE_SCALE.index(Unanswered.BLANK)
    for number, reason in enumerate(NOT_ON_THE_SCALE):
        position[_BYTE_OF[reason]] = number
    return position[matrix]


def _check_length(version: QuestionnaireVersion, length: int) -> None:
    if length != len(version.closed_items):
        raise NetsError(
            f"a stored response of {version.id} {version.version} has {length} answers; the version has {len(version.closed_items)}"
        )

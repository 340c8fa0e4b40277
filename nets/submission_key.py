"""The key under which a phone sends a response: what it must be, and what is kept to know a replay by."""

import hmac
import json

from nets.errors import InvalidResponse, Problem
from nets.response import Response

_SHORTEST_KEY, _LONGEST_KEY = 22, 100  # 128 random bits in URL-safe base 64, or a UUID as it is usually written


def checked_key(submission_key: str) -> bytes:
    """The key as bytes, or InvalidResponse where it could be guessed or is none."""
    if not submission_key.isascii() or not _SHORTEST_KEY <= len(submission_key) <= _LONGEST_KEY:
        raise InvalidResponse(
            [
                Problem(
                    "submission_key",
                    f"must be random, of {_SHORTEST_KEY} to {_LONGEST_KEY} ASCII characters, such as a UUID",
                )
            ]
        )
    return submission_key.encode()


def body_mac_of(key: bytes, campaign_id: str, response: Response, packed: bytes) -> bytes:
    """A fingerprint of what was sent, to tell a replay from a reused key.

    Keyed with the submission key, which is not stored: a plain hash would let whoever holds the database try out which
    comments belong to which answers. The day is left out, because a retry after midnight is still the same submission.
    """
    body = [
        campaign_id,
        response.questionnaire_id,
        response.questionnaire_version,
        response.placement_id,
        response.learner_group,
        packed.hex(),
        sorted(response.comments.items()),
    ]
    # not hmac.digest, which gives the interpreter away each time: in a rush it comes back after five milliseconds
    return hmac.new(key, json.dumps(body, ensure_ascii=True).encode(), "sha256").digest()

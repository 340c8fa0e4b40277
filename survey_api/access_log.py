"""Tokens in the server's access log, where somebody keeps one: masked before a line is written."""

import logging
import re
from typing import Final

from survey_api.headers import HOLD_TOKENS

_TOKEN: Final = re.compile(rf"({'|'.join(map(re.escape, HOLD_TOKENS))})[^/?#\s\"]+")


class TokenMask(logging.Filter):
    """Takes tokens out of the addresses that a line names."""

    def filter(self, record: logging.LogRecord) -> bool:
        """Mask what the line is made of; every line passes."""
        if isinstance(record.args, tuple):
            record.args = tuple(masked(part) if isinstance(part, str) else part for part in record.args)
        record.msg = masked(str(record.msg))
        return True


def masked(text: str) -> str:
    """A text without the tokens of its addresses."""
    return _TOKEN.sub(r"\1[token]", text)


def mask_tokens() -> None:
    """Mask what uvicorn writes of requests."""
    log = logging.getLogger("uvicorn.access")
    if not any(isinstance(known, TokenMask) for known in log.filters):
        log.addFilter(TokenMask())

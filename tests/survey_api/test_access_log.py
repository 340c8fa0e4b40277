"""An access log, where somebody keeps one in spite of everything, holds no token."""

import logging
from typing import Any

import pytest

from survey_api.access_log import masked

TOKEN = "0123456789abcdef" * 2


@pytest.mark.parametrize(
    ("line", "seen"),
    [
        (f"/i/{TOKEN}", "/i/[token]"),
        (f"/stop/{TOKEN}?page=1", "/stop/[token]?page=1"),
        (f'"GET /i/{TOKEN} HTTP/1.1" 200', '"GET /i/[token] HTTP/1.1" 200'),
        (f"/language/en?back=/i/{TOKEN}", "/language/en?back=/i/[token]"),
        ("/c/nets-2026/p/induction-1", "/c/nets-2026/p/induction-1"),
    ],
)
def test_tokens_are_masked_and_nothing_else(line: str, seen: str) -> None:
    assert masked(line) == seen


def test_uvicorn_writes_no_token(paddle: Any, caplog: pytest.LogCaptureFixture) -> None:
    log = logging.getLogger("uvicorn.access")
    with caplog.at_level(logging.INFO, logger="uvicorn.access"):
        log.info('%s - "%s %s HTTP/%s" %d', "127.0.0.1:1", "GET", f"/i/{TOKEN}", "1.1", 200)
    assert TOKEN not in caplog.text
    assert "GET /i/[token] HTTP/1.1" in caplog.text

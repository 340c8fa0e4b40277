"""Looking at a page must be able to fail: each control plants the fault that it is there to find."""

from collections.abc import Callable
from typing import Any

import pytest

Visitors = Callable[..., Any]


@pytest.mark.parametrize(
    ("fault", "found"),
    [
        (
            "document.querySelector('main').insertAdjacentHTML('beforeend', '<img src=\"/static/none.svg\">')",
            "image-alt",
        ),
        ("document.querySelector('h1').outerHTML = '<p>' + '\\u2014'.repeat(400) + '</p>'", "sideways"),
        ("fetch('https://outside.example/').catch(() => null)", "outside.example"),
        ("document.body.insertAdjacentHTML('beforeend', '<p style=\"color:red\">red</p>')", "Content Security Policy"),
    ],
    ids=["an image without a text", "a line that does not break", "a request to another host", "an inline style"],
)
def test_looking_at_a_page_finds_a_planted_fault(new_visitor: Visitors, fault: str, found: str) -> None:
    visitor = new_visitor()
    visitor.open("/c/nets-2026")
    visitor.look("before")
    visitor.page.evaluate(f"() => {{ {fault} }}")
    visitor.page.wait_for_timeout(100)
    with pytest.raises(AssertionError, match=found):
        visitor.look("after")

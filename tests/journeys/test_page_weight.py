"""What a page costs on a slow connection: bytes as they travel, headers included, counted by the browser."""

from collections.abc import Callable
from typing import Any

Visitors = Callable[..., Any]
START = "/c/nets-2026"
FIRST_VISIT = 60_000
LATER_PAGE = 3_000
CHECK_PAGE = 4_200
"""Above the gate of a later page: sixty-six rows of words and the headers are 2.2 kB without any markup (docs/learners-path.md)."""


def test_no_page_of_the_longest_branch_is_heavier_than_a_bad_connection_bears(new_visitor: Visitors) -> None:
    visitor = new_visitor()
    page = visitor.page
    network = page.context.new_cdp_session(page)
    network.send("Network.enable")
    loaded: list[int] = []
    network.on("Network.loadingFinished", lambda event: loaded.append(int(event["encodedDataLength"])))

    def weight() -> int:
        page.wait_for_load_state("networkidle")
        total = sum(loaded)
        loaded.clear()
        return total

    visitor.open(f"{START}?placement=P0003")
    weights = {"first visit": weight()}

    def press(button: Any) -> None:
        with page.expect_navigation():
            button.click()
        weights[visitor.path] = weight()

    for name in ("Yes, start", "Yes, continue"):
        press(page.get_by_role("button", name=name, exact=True))
    page.get_by_label("Medicine or dentistry", exact=True).check()
    press(page.locator("main button.nhsuk-button").first)
    while "/check" not in visitor.path:
        for question in page.locator("fieldset").all():
            question.get_by_role("radio").nth(len(weights) % 3).check()
        for comment in page.locator("textarea").all():
            comment.fill("The team takes its time to explain.")
        press(page.locator("main button.nhsuk-button").first)
    check = weights.pop(f"{START}/check")
    assert weights.pop("first visit") <= FIRST_VISIT
    assert len(weights) > 20
    assert {address: weight for address, weight in weights.items() if weight > LATER_PAGE} == {}
    assert check <= CHECK_PAGE

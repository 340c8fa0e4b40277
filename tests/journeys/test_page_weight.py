"""What a page costs on a slow connection: bytes as they travel, headers included, counted by the browser."""

from collections.abc import Callable
from typing import Any

Visitors = Callable[..., Any]
START = "/c/nets-2026"
FIRST_VISIT = 60_000
LATER_PAGE = 3_000
CHECK_PAGE = 4_200
"""One page a visit lists every answer with a link to change it: what it says takes 3.2 kB of this without any markup."""


def test_no_page_is_heavier_than_a_bad_connection_bears(new_visitor: Visitors) -> None:
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
    for name in ("Yes, start", "Yes, continue"):
        with page.expect_navigation():
            page.get_by_role("button", name=name, exact=True).click()
        weights[visitor.path] = weight()
    page.get_by_label("Nursing", exact=True).check()
    while "/check" not in visitor.path:
        with page.expect_navigation():
            page.locator("main button.nhsuk-button").first.click()
        weights[visitor.path] = weight()
    check = weights.pop(f"{START}/check")
    assert weights.pop("first visit") <= FIRST_VISIT
    assert len(weights) > 20
    assert {address: weight for address, weight in weights.items() if weight > LATER_PAGE} == {}
    assert check <= CHECK_PAGE

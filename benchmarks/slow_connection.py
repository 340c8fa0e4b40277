"""Walk the learner's path on the connection of a bad ward: 50 kbit/s, 400 ms, in real Chromium, against a service that runs.

``python -m benchmarks.slow_connection http://127.0.0.1:8000/c/nets-2026?placement=P0001`` prints what each page weighed and how
long a learner waited for it. Wanted: 60 kB for the first visit, 3 kB for each page of questions, and a page within 5 seconds.
"""

import os
import shutil
import sys
import time
from dataclasses import dataclass, replace
from statistics import median

from playwright.sync_api import CDPSession, Page, sync_playwright

BYTES_A_SECOND = 50_000 / 8
LATENCY_MS = 400
FIRST_VISIT = 60_000
LATER_PAGE = 3_000
BEARABLE_SECONDS = 5.0
MOST_PAGES = 60
PAINTED = "performance.getEntriesByName('first-contentful-paint')[0].startTime / 1000"


@dataclass(frozen=True, slots=True)
class Step:
    """One page: its address, what travelled for it, and the seconds until it could be read."""

    address: str
    weight: int
    seconds: float


class Walk:
    """A learner with a watch, and scales for what her browser loads."""

    def __init__(self, page: Page, network: CDPSession) -> None:
        self._page = page
        self._loaded: list[int] = []
        network.send("Network.enable")
        network.send(
            "Network.emulateNetworkConditions",
            {
                "offline": False,
                "latency": LATENCY_MS,
                "downloadThroughput": BYTES_A_SECOND,
                "uploadThroughput": BYTES_A_SECOND,
            },
        )
        network.on("Network.loadingFinished", lambda event: self._loaded.append(int(event["encodedDataLength"])))

    def visit(self, address: str) -> Step:
        """Open an address."""
        begun = time.perf_counter()
        self._page.goto(address, wait_until="domcontentloaded")
        return self._step(begun)

    def press(self, button: str) -> Step:
        """Press a button and wait for the page that it leads to."""
        begun = time.perf_counter()
        with self._page.expect_navigation(wait_until="domcontentloaded"):
            self._page.locator(button).first.click()
        return self._step(begun)

    def _step(self, begun: float) -> Step:
        seconds = time.perf_counter() - begun
        self._page.wait_for_load_state("networkidle")
        step = Step("/".join(self._page.url.split("/")[5:]).split("?")[0] or "start", sum(self._loaded), seconds)
        self._loaded.clear()
        return step


def walk(address: str, page: Page, network: CDPSession) -> list[Step]:
    """Walk from the first page to the receipt, with the first answer of every question."""
    learner = Walk(page, network)
    first = learner.visit(address)
    # Scripts come last and no page needs them: what counts is when the first words stand there.
    steps = [replace(first, seconds=page.evaluate(PAINTED))]
    steps += [learner.press("button[value=own]"), learner.press("main button.nhsuk-button")]
    page.get_by_role("radio").first.check()
    while not page.url.endswith("/check"):
        if len(steps) > MOST_PAGES:
            raise RuntimeError("the path does not end")
        for group in page.locator("fieldset").all():
            group.get_by_role("radio").first.check()
        steps.append(learner.press("main button.nhsuk-button"))
    return [*steps, learner.press("#send button")]


def main(address: str) -> None:
    """Walk once and print what was found."""
    executable = os.environ.get("CHROMIUM") or shutil.which("chromium") or shutil.which("google-chrome")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=executable, args=["--no-sandbox", "--disable-gpu"])
        context = browser.new_context(viewport={"width": 375, "height": 740})
        context.set_default_timeout(60_000)
        page = context.new_page()
        first, *later = walk(address, page, context.new_cdp_session(page))
        browser.close()
    for step in (first, *later):
        print(f"{step.weight:8,} B {step.seconds:6.1f} s  {step.address}")
    questions = [step for step in later if step.address.startswith("p/")]
    heaviest, slowest = max(step.weight for step in questions), max(step.seconds for step in later)
    print(f"first visit {first.weight:,} B (wanted {FIRST_VISIT:,}), readable after {first.seconds:.1f} s")
    print(f"pages of questions: heaviest {heaviest:,} B (wanted {LATER_PAGE:,}); {len(questions)} of them")
    print(
        f"waited for a page: median {median(step.seconds for step in later):.1f} s, "
        f"longest {slowest:.1f} s (wanted {BEARABLE_SECONDS:.0f})"
    )
    if first.weight > FIRST_VISIT or heaviest > LATER_PAGE or slowest > BEARABLE_SECONDS:
        sys.exit("NOT MET")


if __name__ == "__main__":
    main(sys.argv[1])

"""A page as PDF, where this machine has a browser that prints without a screen."""

import shutil
import subprocess
import tempfile
from pathlib import Path
from typing import Final

from nets.errors import InvalidSetting

BROWSERS: Final = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "microsoft-edge")
_PATIENCE: Final = 120  # seconds


def find_browser() -> str | None:
    """The first browser on the path that can print, or None."""
    return next((found for name in BROWSERS if (found := shutil.which(name))), None)


def print_to_pdf(page: Path, pdf: Path, browser: str) -> None:
    """Print a page of this machine to PDF.

    Raises
    ------
    InvalidSetting
        If the browser does not print it.
    """
    with tempfile.TemporaryDirectory(prefix="nets-print-") as profile:
        draft = Path(profile) / "page.pdf"
        try:
            ended = subprocess.run(  # noqa: S603  # a program found on the path, and a file that was just written
                [
                    browser,
                    "--headless",
                    "--no-sandbox",  # refused to root otherwise; the page is our own and has no script
                    "--disable-gpu",
                    "--disable-background-networking",
                    f"--user-data-dir={profile}",
                    "--no-pdf-header-footer",
                    f"--print-to-pdf={draft}",
                    page.resolve().as_uri(),
                ],
                capture_output=True,
                timeout=_PATIENCE,
                check=False,
            )
        except (OSError, subprocess.TimeoutExpired):
            raise InvalidSetting(f"{browser} did not print {page}") from None
        if ended.returncode or not draft.exists():
            raise InvalidSetting(f"{browser} did not print {page} (exit code {ended.returncode})")
        shutil.move(draft, pdf)

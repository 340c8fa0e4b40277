"""Printing to PDF, with a browser that works and with one that does not."""

from pathlib import Path

import pytest

from nets.errors import InvalidSetting
from nets.printing import find_browser, print_to_pdf


def test_a_browser_on_the_path_is_found(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    assert find_browser() is None
    browser = tmp_path / "chromium"
    browser.write_text("#!/bin/sh\n", "utf-8")
    browser.chmod(0o755)
    assert find_browser() == str(browser)


def test_what_the_browser_prints_is_moved_to_its_place(tmp_path: Path) -> None:
    browser = tmp_path / "browser"
    browser.write_text(
        '#!/bin/sh\nfor given in "$@"; do case "$given" in --print-to-pdf=*) printf %%PDF > "${given#*=}";; esac; done\n',
        "utf-8",
    )
    browser.chmod(0o755)
    print_to_pdf(tmp_path / "page.html", tmp_path / "page.pdf", str(browser))
    assert (tmp_path / "page.pdf").read_bytes() == b"%PDF"


@pytest.mark.parametrize("script", ["#!/bin/sh\nexit 3\n", "#!/bin/sh\nexit 0\n"])
def test_a_browser_that_prints_nothing_is_told(tmp_path: Path, script: str) -> None:
    browser = tmp_path / "browser"
    browser.write_text(script, "utf-8")
    browser.chmod(0o755)
    with pytest.raises(InvalidSetting, match="did not print"):
        print_to_pdf(tmp_path / "page.html", tmp_path / "page.pdf", str(browser))
    assert not (tmp_path / "page.pdf").exists()

import json
import re
from pathlib import Path
from tomllib import loads

from survey_api.assets import STATIC, read_assets
from survey_api.frontend.build import HERE, build

ROOT = Path(__file__).parents[2]


def test_templates_and_styles_are_of_one_release() -> None:
    package = json.loads((HERE / "package.json").read_text("utf-8"))
    assert package["dependencies"]["nhsuk-frontend"] == "10.6.1"
    project = loads((ROOT / "pyproject.toml").read_text("utf-8"))
    assert "nhsuk-frontend-jinja==0.10.2" in project["project"]["optional-dependencies"]["web"]


def test_the_lock_names_no_registry() -> None:
    lock = (HERE / "package-lock.json").read_text("utf-8")
    assert '"resolved"' not in lock
    assert '"integrity"' in lock


def test_a_second_build_finds_nothing_to_do() -> None:
    said: list[str] = []
    build(said.append)
    said.clear()
    build(said.append)
    assert said == ["front end: up to date"]


def test_the_styles_name_no_outside_host_and_no_licensed_font() -> None:
    styles = (STATIC / read_assets().names["app.css"]).read_text("utf-8")
    assert "Frutiger" not in styles
    assert "html{font-family:-apple-system," in styles
    assert "@font-face" not in styles
    assert not re.search(r"url\([\"']?(?:https?:)?//", styles)


def test_every_image_of_the_styles_is_beside_them() -> None:
    styles = (STATIC / read_assets().names["app.css"]).read_text("utf-8")
    images = set(re.findall(r'url\("?([^")]+)"?\)', styles))
    assert images
    assert all((STATIC / image).is_file() for image in images)


def test_a_first_visit_loads_less_than_sixty_kilobytes() -> None:
    import gzip

    loaded = ("app.css", "page.js", "learner.js", "nhsuk-frontend.min.js", "icon.svg")
    assert sum(len(gzip.compress((STATIC / read_assets().names[name]).read_bytes())) for name in loaded) < 50_000

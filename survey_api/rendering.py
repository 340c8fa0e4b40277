"""Pages from templates: the design system's macros, our own frame, and every text escaped."""

from collections.abc import Callable, Mapping
from functools import cache
from typing import Any, Final

from fastapi.responses import HTMLResponse
from jinja2 import ChainableUndefined, ChoiceLoader, Environment, PackageLoader

from survey_api.assets import Assets
from survey_api.quality.figures import score_filters

_FALLBACK_LANGUAGE: Final = "en"


class Pages:
    """The templates of the service."""

    def __init__(self, assets: Assets, service_name: str) -> None:
        self._asset: Callable[[str], str] = assets.url
        self._service_name = service_name

    def render(self, template: str, *, status: int = 200, **context: Any) -> HTMLResponse:
        """A page."""
        page = _environment().get_template(template)
        everywhere = {"asset": self._asset, "service_name": self._service_name, "language": _FALLBACK_LANGUAGE}
        return HTMLResponse(page.render(everywhere | context), status)


@cache
def _environment() -> Environment:
    environment = Environment(
        # The design system's macros read parameters that were not given, and members of those.
        undefined=ChainableUndefined,
        loader=ChoiceLoader([PackageLoader("survey_api"), PackageLoader("nhsuk_frontend_jinja")]),
        autoescape=True,
        trim_blocks=True,
        lstrip_blocks=True,
        auto_reload=False,
        extensions=["jinja2.ext.i18n"],
    )
    # Texts of the interface pass through gettext, so that a second language is a catalogue and no second template.
    environment.install_null_translations(newstyle=True)  # type: ignore[attr-defined]
    environment.filters.update(words=_words, **score_filters)
    return environment


def _words(wording: Mapping[str, str], language: str = _FALLBACK_LANGUAGE) -> str:
    """A text of a questionnaire version in the language of the page, or in the version's first language."""
    return wording.get(language) or next(iter(wording.values()), "")

"""Pages from templates: the design system's macros, our own frame, and every text escaped."""

from collections.abc import Mapping
from typing import Any

from fastapi.responses import HTMLResponse
from jinja2 import ChainableUndefined, ChoiceLoader, Environment, PackageLoader

from nets.questionnaire.version import Wording
from survey_api.assets import Assets
from survey_api.quality.figures import score_filters

_FALLBACK_LANGUAGE = "en"


class Pages:
    """The templates of the service."""

    def __init__(self, assets: Assets, service_name: str) -> None:
        self._environment = Environment(
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
        self._environment.install_null_translations(newstyle=True)  # type: ignore[attr-defined]
        self._environment.globals.update(asset=assets.url, service_name=service_name, language=_FALLBACK_LANGUAGE)
        self._environment.filters.update(words=_words, **score_filters)

    def render(self, template: str, *, status: int = 200, **context: Any) -> HTMLResponse:
        """A page."""
        return HTMLResponse(self._environment.get_template(template).render(context), status)


def _words(wording: Wording | Mapping[str, str], language: str = _FALLBACK_LANGUAGE) -> str:
    """A text of a questionnaire version in the language of the page, or in the version's first language."""
    return wording.get(language) or next(iter(wording.values()), "")

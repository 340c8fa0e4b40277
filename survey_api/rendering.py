"""Pages from templates: the design system's macros, our own frame, and every text escaped."""

from collections.abc import Callable, Mapping
from functools import cache
from typing import Any, Final

from fastapi import Request
from fastapi.responses import HTMLResponse
from jinja2 import ChainableUndefined, ChoiceLoader, Environment, PackageLoader, pass_context
from jinja2.runtime import Context

from survey_api.assets import Assets
from survey_api.languages import FALLBACK, Language, Languages, chosen_language
from survey_api.quality.figures import score_filters
from survey_api.staff.sections import first_page, sections_of

_NO_LANGUAGES: Final[tuple[Language, ...]] = ()


class Pages:
    """The templates of the service, and the languages that the learner's pages speak."""

    def __init__(self, assets: Assets, service_name: str, languages: Languages) -> None:
        self._asset: Callable[[str], str] = assets.url
        self._service_name = service_name
        self.languages = languages

    def render(
        self, template: str, *, status: int = 200, language: Language | None = None, **context: Any
    ) -> HTMLResponse:
        """A page; in English unless it is said otherwise. ``offered`` are the languages that it can be switched to."""
        language = language or self.languages[FALLBACK]
        everywhere = {
            "asset": self._asset,
            "service_name": self._service_name,
            "language": language,
            "offered": _NO_LANGUAGES,
            "t": language.text,
        }
        return HTMLResponse(environment().get_template(template).render(everywhere | context), status)

    def render_anywhere(self, request: Request, template: str, *, status: int = 200, **context: Any) -> HTMLResponse:
        """A page that belongs to no campaign, in the language that the visitor chose elsewhere."""
        offered = tuple(self.languages.values())
        offered = (self.languages[FALLBACK], *(one for one in offered if one.code != FALLBACK))
        language = chosen_language(request, offered)
        context = {"offered": offered, "path": request.url.path, **context}
        return self.render(template, status=status, language=language, **context)


@cache
def environment() -> Environment:
    """The templates, with the filters that they use; made once."""
    made = Environment(
        # The design system's macros read parameters that were not given, and members of those.
        undefined=ChainableUndefined,
        loader=ChoiceLoader([PackageLoader("survey_api"), PackageLoader("nhsuk_frontend_jinja")]),
        autoescape=True,
        trim_blocks=True,
        lstrip_blocks=True,
        auto_reload=False,
        extensions=["jinja2.ext.i18n"],
    )
    # The quality team's pages are in English; their texts pass through gettext. The learner's have theirs by key (``t``).
    made.install_null_translations(newstyle=True)  # type: ignore[attr-defined]
    made.filters.update(words=_words, sections_of=sections_of, first_page=first_page, **score_filters)
    return made


@pass_context
def _words(context: Context, wording: Mapping[str, str]) -> str:
    """A text of a questionnaire version in the language of the page, or in the version's first language."""
    return wording.get(context["language"].code) or next(iter(wording.values()), "")

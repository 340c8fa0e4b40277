"""The application, made from its settings: ``create_app()``, or ``uvicorn --factory survey_api.app:create_app``."""

import asyncio
import gc
import logging
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from datetime import date

from fastapi import APIRouter, Depends, FastAPI
from fastapi.routing import APIRoute
from fastapi.staticfiles import StaticFiles
from starlette.middleware.gzip import GZipMiddleware

from nets.errors import NetsError
from nets.questionnaire.publishing import QuestionnaireFolder
from nets.store.database import Database
from nets.store.questionnaires import asked_versions
from nets.store.writer import Writer
from survey_api import front_page, health, notices
from survey_api.access_log import mask_tokens
from survey_api.api_v1 import documentation, routes
from survey_api.api_v1.conditional import NotModified, on_not_modified
from survey_api.api_v1.description import described
from survey_api.assets import STATIC, read_assets
from survey_api.conducting import campaigns, opening, releasing, response_rates, roster
from survey_api.conducting.release_maker import ReleaseMaker
from survey_api.dependencies import Service, require_own_form
from survey_api.errors import UnforeseenErrors, install_error_handlers
from survey_api.headers import HeadersAlone, SecurityHeaders
from survey_api.languages import read_languages
from survey_api.learner import (
    again,
    invited,
    opting_out,
    placement_and_group,
    questions,
    returning,
    sending,
    start,
    withdrawing,
)
from survey_api.learner.break_offs import BreakOffs, every_hour
from survey_api.learner.code_tries import CodeTries
from survey_api.learner.outbox import OutboxAnswers
from survey_api.learner.visit import NoDraft, TimedOut, on_no_draft, on_timed_out
from survey_api.nightly import every_night, tidy
from survey_api.protection import audit_trail, withheld
from survey_api.protection import comments as reviewing
from survey_api.quality import (
    answered,
    answers,
    attention,
    comments,
    comparing,
    entering,
    following_up,
    funnel,
    groups,
    heat,
    lists,
    place_pages,
    risk,
    trend,
)
from survey_api.rendering import Pages
from survey_api.request_limits import RequestLimits
from survey_api.settings import Settings, read_settings
from survey_api.staff import own_account, signing_in, signing_in_elsewhere
from survey_api.staff.request_rate import RequestRate
from survey_api.staff.throttle import PasswordChecks, Throttle

_log = logging.getLogger(__name__)
_BEFORE_RUBBISH_IS_SOUGHT = 10_000  # new containers; with 50,000 one pass took up to 0.1 s of a page's time

_DESCRIPTION = (
    "Questionnaires, responses, released scores and suggested risks. Scores come from releases and are never live; what may not "
    "be shown is marked as suppressed. Errors are problem documents (RFC 9457) that name everything that is wrong at once."
)


def open_service(
    settings: Settings, *, today: Callable[[], date] = date.today, now: Callable[[], float] = time.time
) -> Service:
    """Open what stands behind the application.

    Raises
    ------
    NetsError
        As ``create_app``.
    """
    assets, languages = read_assets(), read_languages(settings.language_folder)
    folder = QuestionnaireFolder(settings.questionnaire_folder)
    # What it reads of releases it reads for somebody, within her scope; on its own it sees nothing of them.
    database = Database(settings.database_url, sees_releases=False)
    try:
        database.require_current()
        with database.read() as connection:
            folder.verify(asked_versions(connection))
        if database.is_postgresql and not database.heeds_scopes():
            _log.warning("the database's user passes by row-level security; let the service connect as an ordinary one")
    except NetsError:
        database.dispose()
        raise
    return Service(
        settings=settings,
        database=database,
        folder=folder,
        writer=Writer(database),
        break_offs=BreakOffs(database),
        pages=Pages(assets, settings.service_name, languages),
        today=today,
        now=now,
        throttle=Throttle(),
        passwords=PasswordChecks(),
        rate=RequestRate(),
        releases=ReleaseMaker(settings.database_url),
        code_tries=CodeTries(),
    )


def create_app(
    settings: Settings | None = None,
    *,
    today: Callable[[], date] = date.today,
    now: Callable[[], float] = time.time,
) -> FastAPI:
    """Build the service.

    Parameters
    ----------
    settings
        What an operator has set; read from the environment where it is left out.
    today
        The calendar; campaigns open and close by it.
    now
        The clock, in seconds; shared devices are closed by it.

    Raises
    ------
    NetsError
        Where the service could not keep its word from the start: a published questionnaire whose bytes, or whose line in
        PUBLISHED, have changed, tables that are not those of this version, styles that were not built, a language with holes.
    """
    mask_tokens()
    settings = settings or read_settings()
    service = open_service(settings, today=today, now=now)

    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        service: Service = app.state.service
        await asyncio.to_thread(tidy, service.database, service.today())  # it may not have been running at night
        nights = asyncio.create_task(every_night(service))
        hours = asyncio.create_task(every_hour(service.break_offs))
        # What was imported stays. Walked through again and again for rubbish, it kept everybody waiting for 0.16 s each time.
        gc.collect()
        gc.freeze()
        # A national release is half a million lists: looked through every 700, they took four times as long to read.
        thresholds = gc.get_threshold()
        gc.set_threshold(_BEFORE_RUBBISH_IS_SOUGHT, *thresholds[1:])
        yield
        gc.set_threshold(*thresholds)
        gc.unfreeze()
        nights.cancel()
        hours.cancel()
        service.passwords.close()
        await asyncio.to_thread(service.writer.close)
        await asyncio.to_thread(service.break_offs.store)
        service.database.dispose()

    app = FastAPI(
        title=settings.service_name,
        version="1",
        description=_DESCRIPTION,
        openapi_url=documentation.OPENAPI_ADDRESS,
        docs_url=None,
        redoc_url=None,
        lifespan=lifespan,
        generate_unique_id_function=_operation_id,
        redirect_slashes=False,
    )
    app.state.service = service

    learner = APIRouter(prefix="/c", include_in_schema=False, dependencies=[Depends(require_own_form)])
    for part in (start, returning, placement_and_group, questions, again, sending):
        learner.include_router(part.router)
    visitors = (learner, invited.router, opting_out.router, withdrawing.router, front_page.router, notices.router)
    staff = (signing_in.router, signing_in_elsewhere.router, own_account.router)
    views = (
        attention.router,
        place_pages.router,
        risk.router,
        entering.router,
        following_up.router,
        heat.router,
        funnel.router,
        answers.router,
        groups.router,
        lists.router,
        trend.router,
        answered.router,
        comments.router,
        comparing.router,
    )
    # in the order in which they are looked through: what many ask for at once stands before the many pages of staff
    conducting = (opening.router, roster.router, response_rates.router, releasing.router, campaigns.router)
    protection = (withheld.router, reviewing.router, audit_trail.router)
    for router in (
        routes.router,
        *visitors,
        *staff,
        *views,
        *conducting,
        *protection,
        documentation.router,
        health.router,
    ):
        app.include_router(router)
    app.mount("/static", StaticFiles(directory=STATIC, check_dir=False), name="static")  # read_assets has been there

    install_error_handlers(app)
    app.add_exception_handler(NoDraft, on_no_draft)
    app.add_exception_handler(TimedOut, on_timed_out)
    app.add_exception_handler(NotModified, on_not_modified)
    # The last one added is the outermost: headers stand on what the limits turn away, too.
    app.add_middleware(OutboxAnswers)
    app.add_middleware(RequestLimits, body_limit=settings.body_limit, file_limit=roster.LONGEST_FILE)
    app.add_middleware(GZipMiddleware, minimum_size=500)
    app.add_middleware(UnforeseenErrors)
    app.add_middleware(HeadersAlone)
    app.add_middleware(SecurityHeaders, is_https=settings.is_https)
    app.openapi = lambda: described(app)  # type: ignore[method-assign]
    return app


def _operation_id(route: APIRoute) -> str:
    return route.name

"""Where the learner is and what she is learning to be: one question a page, before any other."""

from dataclasses import replace
from typing import Annotated, Final
from urllib.parse import urlencode

from fastapi import APIRouter, Depends, Query
from fastapi.responses import HTMLResponse, RedirectResponse

from nets.access.roles import WHOLE_SURVEY
from nets.errors import NotFound
from nets.store.organisations import search_placements
from survey_api.learner.draft import Draft
from survey_api.learner.form import Form, short_text
from survey_api.learner.places import Place, place, placement_named, why_small
from survey_api.learner.visit import DraftHere, Visit, VisitHere, see_other


def require_first_time(visit: VisitHere) -> None:
    """Find nothing here for who is asked once more: it is about the same placement, in the same group.

    Raises
    ------
    NotFound
        For her.
    """
    if visit.is_again:
        raise NotFound("there is no such page")


router = APIRouter(dependencies=[Depends(require_first_time)])

_MOST_FOUND: Final = 20


def chosen_place(visit: Visit, placement_id: str) -> Place | None:
    """The placement of a draft as it is shown, or None where none is chosen yet."""
    with visit.service.database.read() as connection:
        placement = placement_named(connection, placement_id)
        return place(connection, placement) if placement else None


def already_answered(visit: Visit, placement_id: str) -> str:
    """The page for a placement that this device has sent a response about."""
    return visit.url("placement") + "?" + urlencode({"already": placement_id})


@router.get("/{campaign_id}/placement")
def placement_page(
    visit: VisitHere,
    draft: DraftHere,
    q: Annotated[str | None, Query()] = None,
    change: bool = False,
    missing: bool = False,
    part: bool = False,
    already: Annotated[str | None, Query()] = None,
) -> HTMLResponse:
    """Confirm the placement that is known, or search for one: by links and plain forms, so that no script is needed.

    ``part`` asks for what was found alone, for the script that searches while a name is typed.
    """
    answered = chosen_place(visit, already) if already else None
    if answered and visit.has_answered(answered.id):
        return visit.render("learner/already.html", answered=answered, back=visit.url())
    searched = short_text(q)
    with visit.service.database.within(WHOLE_SURVEY).read() as connection:
        found = search_placements(connection, searched, _MOST_FOUND + 1) if searched else ()
        places = [place(connection, placement) for placement in found[:_MOST_FOUND]]
        known = placement_named(connection, draft.placement_id)
        chosen = place(connection, known) if known else None
        small = why_small(connection, visit.campaign, known.id) if known else None
    return visit.render(
        "learner/found.html" if part else "learner/placement.html",
        chosen=chosen if not (change or searched or missing) else None,
        searched=searched,
        places=places,
        more=len(found) > _MOST_FOUND,
        small=small,
        missing=missing,
    )


@router.post("/{campaign_id}/placement")
def choose_placement(visit: VisitHere, draft: DraftHere, form: Form) -> RedirectResponse:
    """Keep the placement and go on."""
    with visit.service.database.read() as connection:
        placement = placement_named(connection, form.get("placement"))
    if placement is None:
        return see_other(visit.url("placement") + "?missing=1")
    if visit.has_answered(placement.id):
        return see_other(already_answered(visit, placement.id))
    changed = visit.change(lambda draft: replace(draft, placement_id=placement.id, at=draft.at or "group"))
    # an invitation fills in the group, too, but whoever has not seen that page yet is led to it
    has_seen_group = changed.learner_group and changed.at != "group"
    return see_other(visit.url("check" if has_seen_group and draft.placement_id else "group"))


@router.get("/{campaign_id}/group")
def group_page(visit: VisitHere, draft: DraftHere, missing: bool = False) -> HTMLResponse:
    """Which learner group."""
    return visit.render("learner/group.html", missing=missing)


@router.post("/{campaign_id}/group")
def choose_group(visit: VisitHere, draft: DraftHere, form: Form) -> RedirectResponse:
    """Keep the group and go on to the first page of questions: the branches hang on the group."""
    group = form.get("group", "")
    if group not in {known.code for known in visit.version.learner_groups}:
        return see_other(visit.url("group") + "?missing=1")

    def choose(draft: Draft) -> Draft:
        chosen = replace(draft, learner_group=group)
        pages = visit.pages(chosen)
        return replace(chosen, at=f"p/{pages[0].code}" if pages else "check")

    return see_other(visit.url(visit.change(choose).at))

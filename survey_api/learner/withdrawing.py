"""Taking a response back by its receipt, where the survey's first page said that it is confidential."""

from fastapi import APIRouter, Depends, Request
from fastapi.responses import HTMLResponse, RedirectResponse

from nets.receipt import typed_receipt
from nets.store.withdrawals import withdraw
from survey_api.dependencies import ServiceHere, require_own_form
from survey_api.learner.form import Form
from survey_api.learner.visit import see_other

router = APIRouter(prefix="/withdraw", include_in_schema=False, dependencies=[Depends(require_own_form)])

_EXAMPLE = "K7QM-4TXD-9PWR"


@router.get("")
def withdraw_page(
    request: Request, service: ServiceHere, unknown: bool = False, done: bool = False, wait: int = 0
) -> HTMLResponse:
    """Ask for the receipt; say that it leads to none, that none is taken for a while, or that the response is gone."""
    return service.pages.render_anywhere(
        request, "learner/withdraw.html", unknown=unknown, done=done, wait=max(wait, 0), example=_EXAMPLE
    )


@router.post("")
def take_back(service: ServiceHere, form: Form) -> RedirectResponse:
    """Delete the response behind a receipt, with its comments."""
    receipt = typed_receipt(form.get("receipt", ""))
    if receipt and (seconds := service.code_tries.begin(router.prefix, service.now())):
        return see_other(f"/withdraw?wait={seconds}")
    is_gone = bool(receipt) and service.writer.write(lambda connection: withdraw(connection, receipt))
    if is_gone:
        service.code_tries.was_right(router.prefix, service.now())
    return see_other("/withdraw?done=1" if is_gone else "/withdraw?unknown=1")

"""Setting up the second factor at the first sign-in: square code or key, a code, recovery codes."""

import io

import segno
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse

from yibao.apps.access import operations, queries
from yibao.apps.access.models import Operator
from yibao.apps.access.operations.factors import FactorThere
from yibao.console import session, signing
from yibao.console.page import address_of
from yibao.core.refusal import Refusal

_SCALE, _BORDER = 4, 2


def factor(request: HttpRequest) -> HttpResponse:
    """Show what the device has to know; a right code opens the session and shows the codes once."""
    operator = _without_factor(request)
    if operator is None:
        return signing.begin_again(request)
    if operator.password_is_one_time:
        wanted = signing.next_of(request)
        return HttpResponseRedirect(signing.with_next(reverse("console:password"), wanted))
    form = signing.CodeForm(request.POST or None)
    now = queries.clock().now
    if request.method == "POST" and form.is_valid():
        try:
            codes = operations.confirm_factor(
                operator_id=operator.id, code=form.cleaned_data["code"], at=now
            )
        except Refusal as refusal:
            form.refuse(refusal)
        else:
            return _opened(request, operator, codes)
    offer = operations.begin_factor(operator_id=operator.id, at=now)
    context = {
        "form": form,
        "operator": operator,
        "offer": offer,
        "next": signing.next_of(request),
    }
    return signing.answer(request, "console/sign_factor.html", context)


def square(request: HttpRequest) -> HttpResponse:
    """Return the square code of the device's secret, to whoever is setting it up."""
    operator = _without_factor(request)
    if operator is None or operator.password_is_one_time:
        return HttpResponse(status=404)
    try:
        offer = operations.begin_factor(operator_id=operator.id, at=queries.clock().now)
    except FactorThere:
        return HttpResponse(status=404)
    drawn = io.BytesIO()
    made = segno.make(offer.address, error="m", micro=False)
    made.save(drawn, kind="svg", scale=_SCALE, border=_BORDER, light="#fff", omitsize=True)
    return HttpResponse(drawn.getvalue(), content_type="image/svg+xml")


def _without_factor(request: HttpRequest) -> Operator | None:
    """Return who gave a right password and has no second factor yet."""
    waiting = session.pending(request, now=queries.clock().now)
    if waiting is None or operations.has_factor(operator_id=waiting.id):
        return None
    return waiting


def _opened(request: HttpRequest, operator: Operator, codes: list[str]) -> HttpResponse:
    wanted = signing.next_of(request)
    now = queries.clock().now
    session.begin(request, operator, address=address_of(request), now=now)
    to = signing.with_next(reverse("console:posts"), wanted)
    context = {"codes": codes, "operator": operator, "to": to, "first": True}
    return signing.answer(request, "console/sign_recovery.html", context)

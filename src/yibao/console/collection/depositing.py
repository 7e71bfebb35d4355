"""Paying cash in: the same form at the counter and on a village's phone."""

from collections.abc import Sequence
from typing import Any

from django.utils.timezone import localdate
from django.utils.translation import gettext as _

from yibao.apps.collection import operations
from yibao.apps.collection.queries import HeldCash
from yibao.apps.registry.names import masked
from yibao.console.collection.forms import DepositForm
from yibao.console.page import ConsoleRequest
from yibao.web.figures import yuan


def deposit_form(request: ConsoleRequest, held: Sequence[HeldCash], **more: Any) -> DepositForm:
    """Return the form in which a holder chooses what is paid in."""
    return DepositForm(
        request.POST or None,
        held=[(one.collection_id, _held_words(one)) for one in held],
        is_late=any(localdate(one.collected_at) < request.served_on for one in held),
        scope=request.scope,
        year=request.year,
        **more,
    )


def paid_in(request: ConsoleRequest, form: DepositForm) -> int | None:
    """Pay in what the form says and return how much, in fen; None where the form is shown again."""
    if request.method != "POST" or not form.is_valid():
        return None
    with form.refusals(request):
        made = operations.deposit_cash(
            scope=request.scope,
            collection_ids=form.cleaned_data["collections"],
            channel=form.cleaned_data["channel"],
            voucher_no=form.cleaned_data["voucher_no"],
            late_reason=form.cleaned_data["late_reason"],
            at=request.at,
        )
        return int(made.amount_fen)
    return None


def _held_words(one: HeldCash) -> str:
    return _("%(name)s　%(sum)s 元　收据 %(receipt)s　最迟 %(day)s") % {
        "name": masked(one.name),
        "sum": yuan(one.amount_fen),
        "receipt": one.receipt_no,
        "day": one.deposit_by,
    }

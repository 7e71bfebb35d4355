"""Cash: who holds how much, taking it by exception, paying it in, receipts."""

from datetime import date

from django.http import HttpResponse
from django.utils.translation import gettext as _

from yibao.apps.access.rulebooks import article_of
from yibao.apps.access.scope import NotThere
from yibao.apps.collection import operations, queries
from yibao.apps.collection.policy import our_place, policy
from yibao.console.collection.depositing import deposit_form, paid_in
from yibao.console.collection.forms import CashForm, RangeForm
from yibao.console.page import ConsoleRequest, address, console_page, done, page
from yibao.web.figures import yuan

_FOUND = 20


@console_page()
def custody(request: ConsoleRequest) -> HttpResponse:
    """Show cash in custody by collector, and let its holder pay it in."""
    held = queries.held_cash(scope=request.area_scope, collector_id=_collector(request))
    mine = [one for one in held if one.collector_id == request.scope.operator_id]
    form = deposit_form(request, mine)
    paid_fen = paid_in(request, form)
    if paid_fen is not None:
        words = _("已缴库 %(sum)s 元，所涉人员已参保") % {"sum": yuan(paid_fen)}
        return done(request, words, "collection:cash")
    by_collector = queries.cash_by_collector(scope=request.area_scope, on=request.served_on)
    context = {
        "form": form,
        "mine": mine,
        "held": held,
        "by_collector": by_collector,
        "held_count": sum(one.held for one in by_collector),
        "held_fen": sum(one.held_fen for one in by_collector),
        "overdue": sum(one.overdue for one in by_collector),
        "overdue_fen": sum(one.overdue_fen for one in by_collector),
        "served_on": request.served_on,
        "article": article_of(
            request.scope.region,
            "cash_deposit_time",
            on=request.served_on.replace(year=request.year),
        ),
        "deposits": queries.deposits(scope=request.area_scope, limit=10),
    }
    return page(request, "console/collection/cash.html", context)


@console_page()
def find(request: ConsoleRequest) -> HttpResponse:
    """Find the due that cash is taken for."""
    text = request.GET.get("find", "").strip()
    found = (
        queries.open_dues(scope=request.scope, year=request.year, text=text, limit=_FOUND)
        if text
        else []
    )
    go = address(request, "collection:collect", 0).replace("/0/", "/{id}/", 1)
    context = {"text": text, "found": found, "go": go}
    return page(request, "console/collection/find.html", context)


@console_page()
def collect(request: ConsoleRequest, due_id: int) -> HttpResponse:
    """Take cash for a due, after four confirmations."""
    due = queries.due_page(scope=request.scope, due_id=due_id)
    form = CashForm(request.POST or None, place=our_place(request.scope.region))
    if request.method == "POST" and form.is_valid():
        with form.refusals(request):
            made = operations.collect_cash(
                scope=request.scope,
                due_id=due_id,
                amount_fen=due.open_fen,
                special_reason=form.cleaned_data["special_reason"],
                confirmed=form.confirmed(),
                at=request.at,
            )
            words = _("已登记代收，请于 %(day)s 前缴库") % {"day": made.deposit_by}
            return done(request, words, "collection:receipt", made.receipt_no)
    rules = policy(request.scope.region, due.year)
    context = {
        "form": form,
        "due": due,
        "rules": rules,
        "deposit_by": rules.deposit_by(request.served_on),
        "article": article_of(
            request.scope.region,
            "cash_only_by_exception",
            on=request.served_on.replace(year=due.year),
        ),
    }
    return page(request, "console/collection/collect.html", context)


@console_page()
def receipt(request: ConsoleRequest, number: str) -> HttpResponse:
    """Show a receipt, to be printed for the payer."""
    found = queries.receipt(scope=request.scope, number=number)
    if found is None or found.collection is None:
        raise NotThere(what=_("收据 %(number)s") % {"number": number})
    return page(request, "console/collection/receipt.html", {"receipt": found})


@console_page()
def ranges(request: ConsoleRequest) -> HttpResponse:
    """Show the ranges of receipt numbers and hand out another."""
    form = RangeForm(request.POST or None, scope=request.scope)
    if request.method == "POST" and form.is_valid():
        with form.refusals(request):
            operations.give_receipt_range(
                scope=request.scope,
                holder_id=form.cleaned_data["holder"].id,
                prefix=form.cleaned_data["prefix"],
                first=form.cleaned_data["first"],
                last=form.cleaned_data["last"],
                at=request.at,
            )
            return done(request, _("已发放收据号段"), "collection:ranges")
    rows = queries.receipt_ranges(scope=request.scope)
    return page(request, "console/collection/ranges.html", {"form": form, "rows": rows})


def _collector(request: ConsoleRequest) -> int | None:
    asked = request.GET.get("collector", "")
    return int(asked) if asked.isascii() and asked.isdigit() else None


def _article(request: ConsoleRequest, parameter: str, year: int) -> str:
    return article_of(request.scope.region, parameter, on=date(year, 1, 1))

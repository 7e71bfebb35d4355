"""Payments: the list, the tax side's files, what waits, what is asked after paying."""

from datetime import date
from typing import Any

from django.http import HttpResponse
from django.utils.translation import gettext as _

from yibao.apps.access.rulebooks import article_of
from yibao.apps.access.scope import NotThere
from yibao.apps.access.spoken import language
from yibao.apps.collection import matching, operations, queries
from yibao.apps.collection.faults import told
from yibao.apps.collection.models import RefundRequest
from yibao.apps.collection.policy import channel_label, ruled, voucher_label
from yibao.apps.collection.queries import DuePage, PaymentRow
from yibao.apps.collection.queries.reconciling import file_fate
from yibao.apps.collection.sheets import NAME_COLUMN, NUMBER_COLUMN
from yibao.apps.registry.names import masked
from yibao.console import queues
from yibao.console.collection.forms import (
    ClaimForm,
    InvoiceForm,
    RequestForm,
    UploadForm,
)
from yibao.console.collection.listed import DUES_LIST, FILES_LIST, PAYMENTS_LIST, UNMATCHED_LIST
from yibao.console.lists import list_page
from yibao.console.page import ConsoleRequest, attachment, console_page, done, page
from yibao.core.identity import mask_number
from yibao.web.figures import yuan

_FOUND = 10


@console_page()
def listed(request: ConsoleRequest) -> HttpResponse:
    """Show a year's payments in the chosen area."""
    context = {"waiting": queries.unmatched_count(request.area_scope, request.year)}
    template = "console/collection/payments.html"
    return list_page(request, PAYMENTS_LIST, template=template, context=context)


@console_page()
def dues(request: ConsoleRequest) -> HttpResponse:
    """Show what each person of the chosen area owes for the year, and what is paid."""
    return list_page(request, DUES_LIST)


@console_page()
def run(request: ConsoleRequest) -> HttpResponse:
    """Raise dues, or match payments with them: two acts for the whole post's area."""
    if request.method != "POST":
        return page(request, "console/collection/run.html", {"counts": _counts(request)})
    if request.POST.get("act") == "raise":
        raised = operations.raise_dues(scope=request.scope, year=request.year, at=request.at)
        return done(request, _("已核定应缴 %(count)s 人") % {"count": raised}, "collection:run")
    result = operations.match_payments(scope=request.scope, year=request.year, at=request.at)
    words = _("匹配 %(count)s 笔，%(sum)s 元；%(waiting)s 笔待查") % {
        "count": result.matched,
        "sum": yuan(result.amount_fen),
        "waiting": sum(result.unmatched.values()),
    }
    return done(request, words, "collection:unmatched" if result.unmatched else "collection:run")


@console_page()
def files(request: ConsoleRequest) -> HttpResponse:
    """Show the payment files, the newest first."""
    return list_page(request, FILES_LIST, template="console/collection/files.html")


@console_page()
def upload(request: ConsoleRequest) -> HttpResponse:
    """Take a payment file and match its payments at once."""
    form = UploadForm(
        request.POST or None, request.FILES or None, scope=request.scope, year=request.year
    )
    if request.method == "POST" and form.is_valid():
        with form.refusals(request):
            sent = form.cleaned_data["file"]
            taken = operations.take_payment_file(
                scope=request.scope,
                file_name=sent.name,
                content=sent.read(),
                channel=form.cleaned_data["channel"],
                at=request.at,
            )
            return done(request, _("已导入，请核对结果后匹配"), "collection:file", taken.id)
    return page(request, "console/collection/upload.html", {"form": form})


@console_page()
def template(request: ConsoleRequest) -> HttpResponse:
    """Hand out an empty payment file."""
    return attachment(
        request, name="缴费明细模板.xlsx", content=operations.payment_template(), kind="xlsx"
    )


@console_page()
def file(request: ConsoleRequest, file_id: int) -> HttpResponse:
    """Show what a payment file brought: rows taken, known, faulty."""
    found = queries.payment_file(scope=request.scope, file_id=file_id)
    faulty = {(fault["sheet"], fault["row"]) for fault in found.faults}
    spoken = language()
    faults = [
        {**fault, "shown": _masked_cell(fault), "told": told(fault, spoken)}
        for fault in found.faults
    ]
    fate = file_fate(scope=request.scope, file_id=file_id)
    context = {"file": found, "faults": faults, "faulty": len(faulty), "fate": fate}
    return page(request, "console/collection/file.html", context)


@console_page()
def unmatched(request: ConsoleRequest) -> HttpResponse:
    """Show the money that pays no due yet, by reason."""
    reasons = queries.unmatched_reasons(scope=request.area_scope, year=request.year)
    context = {
        "reasons": [(one, one.reason.partition(":")[0]) for one in reasons],
        "chosen": request.GET.get("reason", ""),
        "all_count": sum(one.count for one in reasons),
        "all_fen": sum(one.amount_fen for one in reasons),
    }
    template = "console/collection/unmatched.html"
    return list_page(request, UNMATCHED_LIST, template=template, context=context)


@console_page()
def claim(request: ConsoleRequest, payment_id: int) -> HttpResponse:
    """Find the due that a payment pays, and claim it with a reason."""
    row = queries.payment_row(scope=request.scope, payment_id=payment_id)
    asked = request.GET.get("find", "")
    text = asked or row.number
    found = queries.open_dues(scope=request.scope, year=row.year, text=text, limit=_FOUND)
    if not found and not asked:
        found = queries.open_dues(scope=request.scope, year=row.year, text=row.name, limit=_FOUND)
    form = ClaimForm(request.POST or None)
    form.fields["due_id"].choices = [(due.due_id, _due_words(due)) for due in found]
    here = queues.place_of(request, queues.CLAIMS, payment_id)
    if request.method == "POST" and form.is_valid():
        with form.refusals(request):
            operations.claim_unmatched(
                scope=request.scope,
                payment_id=payment_id,
                due_id=form.cleaned_data["due_id"],
                reason=form.cleaned_data["reason"],
                at=request.at,
            )
            return queues.go_on(request, here, _("已认领入账，此人已参保"))
    context = {
        "queue": here,
        "form": form,
        "row": _shown(request, row),
        "found": found,
        # What was typed; the payment's own number stays masked.
        "text": asked,
        "remedy": matching.remedy(row.reason) if row.reason else "",
        "reason": matching.label(row.reason, request.scope.region) if row.reason else "",
    }
    return page(request, "console/collection/claim.html", context)


@console_page()
def payment(request: ConsoleRequest, payment_id: int) -> HttpResponse:
    """Show one payment: voucher, whose due it pays, what was asked about it."""
    row = queries.payment_row(scope=request.scope, payment_id=payment_id)
    asked = queries.requests_of(scope=request.scope, payment_id=payment_id)
    context = {
        "row": _shown(request, row),
        "asked": asked,
        "invoice": InvoiceForm(),
        "article": _article(request, "voucher_of_channel", row.year),
    }
    return page(request, "console/collection/payment.html", context)


@console_page()
def request_back(request: ConsoleRequest, payment_id: int) -> HttpResponse:
    """Record what a payer asks for after paying, and show the answer."""
    row = queries.payment_row(scope=request.scope, payment_id=payment_id)
    form = RequestForm(request.POST or None, initial={"kind": "refund"})
    if request.method == "POST" and form.is_valid():
        with form.refusals(request):
            ask = {"refund": operations.request_refund, "change": operations.change_payment}
            made = ask[form.cleaned_data["kind"]](
                scope=request.scope,
                payment_id=payment_id,
                reason=form.cleaned_data["reason"],
                at=request.at,
            )
            return done(request, _("已登记请求和答复"), "collection:answered", made.id)
    context = {"form": form, "row": _shown(request, row)}
    return page(request, "console/collection/request.html", context)


@console_page()
def invoice(request: ConsoleRequest, payment_id: int) -> HttpResponse:
    """Record the paper invoice of a payment."""
    row = queries.payment_row(scope=request.scope, payment_id=payment_id)
    form = InvoiceForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        with form.refusals(request):
            operations.issue_invoice(
                scope=request.scope,
                payment_id=payment_id,
                number=form.cleaned_data["number"],
                at=request.at,
            )
            return done(request, _("已登记纸质票据"), "collection:payment", payment_id)
    asked = queries.requests_of(scope=request.scope, payment_id=payment_id)
    context = {
        "form": form,
        "invoice": form,
        "row": _shown(request, row),
        "asked": asked,
        "article": _article(request, "voucher_of_channel", row.year),
    }
    return page(request, "console/collection/payment.html", context)


@console_page()
def answered(request: ConsoleRequest, request_id: int) -> HttpResponse:
    """Show the answer to a request, with the article that it rests on; printable."""
    found = RefundRequest.objects.select_related("payment").filter(id=request_id).first()
    if found is None:
        raise NotThere(what=_("请求 %(id)s") % {"id": request_id})
    parameter = f"{found.kind}_after_payment"
    rule = ruled(request.scope.region, found.payment.year, parameter)
    return page(request, "console/collection/answered.html", {"asked": found, "law": rule.words})


def _article(request: ConsoleRequest, parameter: str, year: int) -> str:
    return article_of(request.scope.region, parameter, on=date(year, 1, 1))


def _masked_cell(fault: dict[str, Any]) -> str:
    """Return what stood in a faulty cell, masked where it names a person."""
    masks = {NUMBER_COLUMN: mask_number, NAME_COLUMN: masked}
    return masks.get(fault["column"], str)(fault["value"])


def _shown(request: ConsoleRequest, row: PaymentRow) -> dict[str, object]:
    region = request.scope.region
    return {
        "row": row,
        "channel": channel_label(region, row.channel),
        "voucher": voucher_label(region, row.voucher_kind),
        "reason": matching.label(row.reason, region) if row.reason else "",
    }


def _due_words(due: DuePage) -> str:
    return _("%(name)s　%(number)s　应缴余额 %(open)s 元") % {
        "name": masked(due.name),
        "number": mask_number(due.number),
        "open": yuan(due.open_fen),
    }


def _counts(request: ConsoleRequest) -> dict[str, int]:
    """Return how many dues wait to be raised and how many payments to be matched."""
    count, amount_fen = queries.new_payments(scope=request.scope, year=request.year)
    return {
        "persons": queries.count_without_due(scope=request.scope, year=request.year),
        "payments": count,
        "fen": amount_fen,
        "unmatched": queries.unmatched_count(request.scope, request.year),
    }

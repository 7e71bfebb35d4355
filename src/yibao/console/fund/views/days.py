"""The day book, the lines of an account, and one entry."""

from dataclasses import replace
from functools import partial

from django.http import HttpResponse
from django.utils.translation import gettext as _

from yibao.apps.fund import journals, operations
from yibao.apps.fund.journals import Wanted
from yibao.apps.fund.listed import ENTRIES_WITH_RUNNING
from yibao.apps.fund.models import BookKind
from yibao.apps.registry.queries import area_names
from yibao.console.fund import sheets, words
from yibao.console.fund.asked import number, opened
from yibao.console.fund.forms import ReverseForm
from yibao.console.fund.listed import ENTRIES_LIST, RUNNING, EntriesForm
from yibao.console.fund.parties import named
from yibao.console.fund.period import Period
from yibao.console.fund.shown import on_its_side, voucher
from yibao.console.fund.views.books import a_file
from yibao.console.listing import COLUMNS
from yibao.console.lists import list_page
from yibao.console.page import ConsoleRequest, address, console_page, done, page

# As many rows as a file holds: what is more is asked for month by month.
_MOST = 20000


@console_page()
def days(request: ConsoleRequest, book_id: int) -> HttpResponse:
    """Show the day book, newest first, by month, account, kind and source."""
    at = opened(request, book_id)
    asked = _asked(request)
    shown = replace(ENTRIES_LIST, form=partial(EntriesForm, at=at))
    if RUNNING in request.GET.getlist(COLUMNS):
        shown = replace(shown, table=ENTRIES_WITH_RUNNING)
    return list_page(
        request,
        shown,
        template="console/fund/days.html",
        sheet="console/fund/days_sheet.html",
        context={"at": at, "asked": asked},
        book_id=book_id,
        from_=at.period.from_,
        until=at.period.until,
        **asked,
    )


@console_page()
def days_file(request: ConsoleRequest, book_id: int, kind: str) -> HttpResponse:
    """Send the day book as asked for, one row a line of an entry, as Excel or CSV."""
    at = opened(request, book_id)
    asked = _asked(request)
    found = journals.day_book_page(
        scope=request.scope, book_id=book_id, wanted=_wanted(at.period, asked), limit=_MOST
    )
    heads = [_("日期"), _("凭证"), _("摘要"), _("类别"), _("科目编码"), _("科目")]
    heads += [_("借方"), _("贷方")]
    table: list[list[sheets.Cell]] = [
        [
            row.entry.on.isoformat(),
            voucher(row.entry.voucher_no, row.entry.entry_id),
            row.entry.memo,
            words.entry_kind(row.entry.kind),
            leg.account,
            leg.zh,
            sheets.yuan(leg.debit_fen),
            sheets.yuan(leg.credit_fen),
        ]
        for row in found.rows
        for leg in row.entry.legs
    ]
    title = _("%(book)s日记账 %(month)s（元）") % {"book": at.book.name, "month": at.period.label}
    name = f"{at.book.name}-{_('日记账')}-{at.period.key}"
    return a_file(request, kind, title, heads, table, name)


@console_page()
def account(request: ConsoleRequest, book_id: int, code: str) -> HttpResponse:
    """Show the lines of an account with the balance after each."""
    at = opened(request, book_id)
    this = journals.account_of(kind=at.book.kind, account=code)
    found = journals.lines_of_account(
        scope=request.scope,
        book_id=book_id,
        account=code,
        from_=at.period.from_,
        until=at.period.until,
        after_id=number(request, "after"),
    )
    parties = named(request, [(row.party_kind, row.party_id) for row in found.rows])
    more = ""
    if found.after_id:
        query = {"month": at.period.key, "after": found.after_id}
        more = address(request, "fund:account", book_id, code, **query)
    rows = [
        {
            "row": row,
            "balance_fen": on_its_side(this, row.balance_fen),
            "voucher": voucher(row.voucher_no, row.entry_id),
            "party": parties.get((row.party_kind, row.party_id or 0)),
        }
        for row in found.rows
    ]
    context = {
        "at": at,
        "account": this,
        "opening_fen": on_its_side(this, found.opening_fen),
        "closing_fen": on_its_side(this, found.closing_fen),
        "found": found,
        "rows": rows,
        "more": more,
        "has_parties": at.book.kind != BookKind.MAIN,
    }
    return page(request, "console/fund/account.html", context)


@console_page()
def entry(request: ConsoleRequest, entry_id: int) -> HttpResponse:
    """Show an entry with its lines and where it comes from."""
    return page(request, "console/fund/entry.html", _entry(request, entry_id, ReverseForm()))


@console_page()
def reverse(request: ConsoleRequest, entry_id: int) -> HttpResponse:
    """Reverse an entry of a main book, with the reason."""
    form = ReverseForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        with form.refusals(request):
            made = operations.reverse_entry(
                scope=request.scope,
                entry_id=entry_id,
                reason=form.cleaned_data["reason"],
                at=request.at,
            )
            return done(request, _("已记入冲销凭证"), "fund:entry", made)
    return page(request, "console/fund/reverse.html", _entry(request, entry_id, form))


def _entry(request: ConsoleRequest, entry_id: int, form: ReverseForm) -> dict[str, object]:
    found = journals.entry_in_full(scope=request.scope, entry_id=entry_id)
    row = found.entry
    parties = named(request, [(leg.party_kind, leg.party_id) for leg in row.legs])
    is_main = found.book.kind == BookKind.MAIN
    return {
        "found": found,
        "entry": row,
        "voucher": voucher(row.voucher_no, row.entry_id),
        "kind": words.entry_kind(row.kind),
        "legs": [(leg, parties.get((leg.party_kind, leg.party_id or 0))) for leg in row.legs],
        "source": words.source(row.source_kind),
        "source_address": words.source_address(request, row.source_kind, row.source_id),
        "area": area_names([found.area_no]).get(found.area_no, ""),
        "month": f"{row.on:%Y-%m}",
        "is_main": is_main,
        "may_reverse": is_main
        and request.scope.allows("fund.post")
        and found.reversed_by_id is None
        and row.reverses_id is None,
        "form": form,
    }


def _asked(request: ConsoleRequest) -> dict[str, str]:
    return {name: request.GET.get(name, "")[:40] for name in ("account", "kind", "source")}


def _wanted(at: Period, asked: dict[str, str]) -> Wanted:
    return Wanted(
        at.from_,
        at.until,
        account=asked["account"],
        kind=asked["kind"],
        source_kind=asked["source"],
    )

"""The day book, the lines of an account, and one entry."""

from dataclasses import replace
from functools import partial

from django.http import HttpResponse
from django.utils.translation import gettext as _

from yibao.apps.fund import journals, operations
from yibao.apps.fund.charts import account_name
from yibao.apps.fund.journals import Wanted
from yibao.apps.fund.listed import ENTRIES_WITH_RUNNING
from yibao.apps.fund.models import BookKind
from yibao.apps.registry.queries import area_names
from yibao.console.fund import sheets, words
from yibao.console.fund.accounts import BALANCE, lines_of
from yibao.console.fund.asked import opened
from yibao.console.fund.forms import ReverseForm
from yibao.console.fund.listed import ENTRIES_LIST, RUNNING, EntriesForm
from yibao.console.fund.parties import named
from yibao.console.fund.period import Period
from yibao.console.fund.shown import on_its_side, voucher
from yibao.console.fund.views.books import a_file
from yibao.console.listing import COLUMNS
from yibao.console.lists import list_page
from yibao.console.page import ConsoleRequest, console_page, done, page
from yibao.core.identity import mask_within
from yibao.rulebook import desk as limits

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
            mask_within(row.entry.memo),
            words.entry_kind(row.entry.kind),
            leg.account,
            leg.name,
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
    """Show the lines of an account in a month or year, newest first, with the balance after each.

    An account with more lines than are counted shows balances where they are asked for.
    """
    at = opened(request, book_id)
    this = journals.account_of(kind=at.book.kind, account=code)
    time = {"from_": at.period.from_, "until": at.period.until}
    sums = journals.sums_of_account(scope=request.scope, book_id=book_id, account=code, **time)
    # The month is a condition: kept, exported and printed with the others.
    request.GET = request.GET.copy()
    request.GET.setdefault("month", at.period.key)
    is_short = sums.lines <= limits.lists().counted_up_to
    has_balance = is_short or BALANCE in request.GET.getlist(COLUMNS)
    context = {
        "at": at,
        "account": this,
        "account_name": account_name(this),
        "opening_fen": on_its_side(this, sums.opening_fen),
        "closing_fen": on_its_side(this, sums.closing_fen),
        "sums": sums,
    }
    return list_page(
        request,
        lines_of(at, this, has_balance=has_balance),
        template="console/fund/account.html",
        sheet="console/fund/account_sheet.html",
        context=context,
        book_id=book_id,
        account=code,
        opening=sums.opening_fen,
        **time,
    )


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

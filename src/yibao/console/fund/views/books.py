"""The region's books, and the trial balance of one."""

from django.http import Http404, HttpResponse
from django.utils.translation import gettext as _

from yibao.apps.access.queries import offices_of
from yibao.apps.fund import operations, overview, queries, verification
from yibao.apps.fund.journals import Wanted, day_book_page
from yibao.apps.fund.models import BookKind
from yibao.apps.fund.queries import BalanceRow
from yibao.console.fund import sheets, words
from yibao.console.fund.asked import Opened, opened, sees_all
from yibao.console.fund.forms import OpenForm
from yibao.console.fund.shown import SIDES, entry_line, groups_of, totals_of
from yibao.console.page import ConsoleRequest, attachment, console_page, done, page

_PREVIEW = 8
_INCOME, _EXPENSE = "income", "expense"


@console_page()
def books(request: ConsoleRequest) -> HttpResponse:
    """Show the region's books with their state."""
    lines = overview.books_overview(scope=request.scope)
    context = {
        "books": [(line, BookKind(line.kind).label) for line in lines],
        "whole": sees_all(request),
        "may_open": request.scope.allows("fund.open_books") and sees_all(request),
    }
    return page(request, "console/fund/books.html", context)


@console_page()
def open_books(request: ConsoleRequest) -> HttpResponse:
    """Open the books of an agency."""
    units = offices_of(request.scope, kinds=("agency",))
    form = OpenForm(request.POST or None, units=units)
    if request.method == "POST" and form.is_valid():
        with form.refusals(request):
            made = operations.open_books(
                scope=request.scope,
                unit_id=form.cleaned_data["unit"].id,
                on=request.served_on,
                at=request.at,
            )
            return done(request, _("账簿已建立"), "fund:book", made[BookKind.MAIN].id)
    return page(request, "console/fund/open.html", {"form": form})


@console_page()
def book(request: ConsoleRequest, book_id: int) -> HttpResponse:
    """Show the trial balance of a month or year, the newest entries, and the last verification."""
    at = opened(request, book_id)
    rows = _balance(request, at)
    only_moved = request.GET.get("moved", "") == "1"
    wanted = Wanted(at.period.from_, at.period.until)
    newest = day_book_page(scope=request.scope, book_id=book_id, wanted=wanted, limit=_PREVIEW)
    income = sum(row.credit_fen - row.debit_fen for row in rows if row.kind == _INCOME)
    expense = sum(row.debit_fen - row.credit_fen for row in rows if row.kind == _EXPENSE)
    context = {
        "at": at,
        "is_main": at.book.kind == BookKind.MAIN,
        "groups": groups_of(rows, only_moved=only_moved),
        "totals": totals_of(rows),
        "difference_fen": queries.difference_fen(rows),
        "only_moved": only_moved,
        "newest": [entry_line(row) for row in newest.rows],
        "newest_fen": sum(row.entry.amount_fen for row in newest.rows),
        "day_book": newest,
        "verification": verification.last(scope=request.scope),
        "income_fen": income,
        "expense_fen": expense,
        "left_fen": income - expense,
    }
    return page(request, "console/fund/book.html", context)


@console_page()
def balance_file(request: ConsoleRequest, book_id: int, kind: str) -> HttpResponse:
    """Send the trial balance as Excel or CSV, every account of the chart."""
    at = opened(request, book_id)
    heads = [
        _("编码"),
        _("科目"),
        _("类别"),
        _("期初借方"),
        _("期初贷方"),
        _("本期借方"),
        _("本期贷方"),
        _("期末借方"),
        _("期末贷方"),
    ]
    rows = _balance(request, at)
    table: list[list[sheets.Cell]] = [
        [row.account, row.name, str(words.ACCOUNT_KINDS.get(row.kind, row.kind))]
        + [sheets.yuan(getattr(row, side)) for side in SIDES]
        for row in rows
    ]
    table.append(
        [_("合计"), "", "", *(sheets.yuan(total, blank=False) for total in totals_of(rows))]
    )
    title = _("%(book)s试算平衡表 %(month)s（元）") % {
        "book": at.book.name,
        "month": at.period.label,
    }
    return a_file(request, kind, title, heads, table, f"{at.book.name}-{at.period.key}")


def a_file(
    request: ConsoleRequest,
    kind: str,
    title: str,
    heads: list[str],
    table: list[list[sheets.Cell]],
    name: str,
) -> HttpResponse:
    """Return a table as a file of this kind; Http404 for another than xlsx and csv."""
    if kind == "xlsx":
        content = sheets.as_xlsx(title, heads, table)
    elif kind == "csv":
        content = sheets.as_csv(heads, table)
    else:
        raise Http404
    return attachment(request, name=f"{name}.{kind}", content=content, kind=kind)


def _balance(request: ConsoleRequest, at: Opened) -> list[BalanceRow]:
    return queries.trial_balance(
        scope=request.scope, book_id=at.book.id, from_=at.period.from_, until=at.period.until
    )

"""What was received beside what is booked: channels, documents, collectors."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from typing import Any

from django.http import HttpResponse
from django.utils.timezone import get_default_timezone
from django.utils.translation import gettext as _

from yibao.apps.collection.policy import channel_label
from yibao.apps.collection.queries import reconciling
from yibao.apps.collection.queries.reconciling import CASH_DEPOSIT, Document
from yibao.apps.fund import queries
from yibao.apps.fund.models import Book, BookKind
from yibao.console.fund import period, sheets, words
from yibao.console.fund.asked import sees_all
from yibao.console.fund.period import Period
from yibao.console.fund.views.books import a_file
from yibao.console.page import ConsoleRequest, address, console_page, page

# A file for a spreadsheet holds every document of the time, within reason.
_ROWS_OF_A_FILE = 100_000


@dataclass(frozen=True, slots=True)
class Line:
    """A document as it stands in the table: what it is called and where it opens."""

    document: Document
    kind: str
    channel: str
    opens: str


@console_page()
def reconcile(request: ConsoleRequest) -> HttpResponse:
    """Lay receipts beside the books: by channel, by document, by collector, and what waits."""
    opened = {book.kind: book for book in queries.books_of(request.scope.region)}
    if BookKind.MAIN not in opened:
        context: dict[str, Any] = {"may_open": request.scope.allows("fund.open_books")}
        return page(request, "console/fund/reconcile_none.html", context)
    now, choices = _period(request, opened[BookKind.MAIN])
    only_differing = request.GET.get("show", "") == "differing"
    channels, listed = reconciling.received(
        scope=request.scope, only_differing=only_differing, **_moments(now)
    )
    collectors = reconciling.collector_lines(scope=request.scope, on=request.served_on)
    waiting = reconciling.temporary_receipts(scope=request.scope)
    differing = sum(one.differing for one in channels)
    context = {
        "period": now,
        "choices": choices,
        "only_differing": only_differing,
        "whole": sees_all(request),
        "channels": [(one, *_names(request, one.kind, one.channel)) for one in channels],
        "lines": [_line(request, one) for one in listed],
        "documents": sum(one.documents for one in channels),
        "cut": reconciling.DOCUMENTS_SHOWN if len(listed) == reconciling.DOCUMENTS_SHOWN else 0,
        "sums": _sums(channels, "items", "amount_fen", "income_fen", "temporary_fen", "booked_fen"),
        "difference_fen": sum(one.difference_fen for one in channels),
        "differing": differing,
        "collectors": collectors,
        "cash": _sums(
            collectors, "taken", "taken_fen", "paid_in_fen", "held_fen", "booked_fen", "overdue_fen"
        ),
        "cash_difference_fen": sum(one.difference_fen for one in collectors),
        "cash_differing": sum(1 for one in collectors if one.difference_fen),
        "waiting": waiting,
        "main": opened[BookKind.MAIN],
        "custody": opened[BookKind.CUSTODY],
        "agrees": not (differing or waiting.difference_fen)
        and not any(one.difference_fen for one in collectors),
    }
    return page(request, "console/fund/reconcile.html", context)


@console_page()
def reconcile_file(request: ConsoleRequest, kind: str) -> HttpResponse:
    """Send the documents of the time as Excel or CSV, each with its difference."""
    main = queries.book(request.scope.region, BookKind.MAIN)
    now, _choices = _period(request, main)
    _sums_too, found = reconciling.received(
        scope=request.scope, limit=_ROWS_OF_A_FILE, with_sums=False, **_moments(now)
    )
    heads = [
        _("单据"),
        _("种类"),
        _("渠道"),
        _("收到日期"),
        _("经手人"),
        _("笔数"),
        _("收到"),
        _("记收入"),
        _("记暂收"),
        _("差额"),
        _("记账日"),
    ]
    table: list[list[sheets.Cell]] = [_cells(_line(request, one)) for one in found]
    title = _("收款对账 %(period)s（元）") % {"period": now.label}
    return a_file(request, kind, title, heads, table, f"reconcile-{now.key}")


def _cells(line: Line) -> list[sheets.Cell]:
    one = line.document
    amounts = (one.amount_fen, one.income_fen, one.temporary_fen, one.difference_fen)
    return [
        one.title,
        line.kind,
        line.channel,
        f"{one.at.astimezone(get_default_timezone()):%Y-%m-%d}",
        one.by,
        one.items,
        *(sheets.yuan(amount, blank=False) for amount in amounts),
        f"{one.booked_on:%Y-%m-%d}" if one.booked_on else "",
    ]


def _period(request: ConsoleRequest, main: Book) -> tuple[Period, list[Period]]:
    """Return the month or year asked for, else the whole of the served day's year."""
    asked = request.GET.get("month", "") or str(request.served_on.year)
    now = period.period_of(asked)
    return now, period.choices(queries.months_of(main.id), now)


def _moments(now: Period) -> dict[str, datetime]:
    return {"from_": _begin(now.from_), "until": _begin(now.until)}


def _begin(day: date) -> datetime:
    return datetime.combine(day, time.min, tzinfo=get_default_timezone())


def _line(request: ConsoleRequest, one: Document) -> Line:
    kind, channel = _names(request, one.kind, one.channel)
    opens = words.source_address(request, one.kind, one.document_id)
    if one.kind == CASH_DEPOSIT and one.entry_id:
        # A deposit has no page of its own: its voucher says what it was.
        opens = address(request, "fund:entry", one.entry_id)
    return Line(one, kind, channel, opens)


def _names(request: ConsoleRequest, kind: str, channel: str) -> tuple[str, str]:
    label = channel_label(request.scope.region, channel) if channel else _("按文件中的列")
    return words.source(kind), label


def _sums(rows: Sequence[Any], *names: str) -> dict[str, int]:
    """Return the sum of each of these columns."""
    return {name: sum(getattr(row, name) for row in rows) for name in names}

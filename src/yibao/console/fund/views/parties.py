"""The parties of a sub-ledger, and the account of one."""

from datetime import date

from django.http import HttpResponse

from yibao.apps.access import audit
from yibao.apps.access.scope import NotThere
from yibao.apps.fund import journals, overview, queries
from yibao.apps.fund.charts import account_name, chart_of
from yibao.console.fund.accounts import parties_of
from yibao.console.fund.asked import MOST_DIGITS, number, sees_all
from yibao.console.fund.parties import named
from yibao.console.fund.shown import on_its_side, voucher
from yibao.console.fund.words import PARTY_KINDS
from yibao.console.lists import list_page
from yibao.console.page import ConsoleRequest, address, console_page, page


@console_page()
def parties(request: ConsoleRequest, book_id: int) -> HttpResponse:
    """Show who stands in a sub-ledger, with the balance that is still to be done."""
    book = overview.book_of(scope=request.scope, book_id=book_id)
    account = chart_of(book.kind).account(overview.watched_account(book.kind))
    context = {
        "book": book,
        "account": account,
        "account_name": account_name(account),
        "whole": sees_all(request),
    }
    template = "console/fund/parties.html"
    shown = parties_of(book.kind)
    return list_page(request, shown, template=template, context=context, book_id=book_id)


@console_page()
def party(request: ConsoleRequest, party_id: int, kind: str, book_id: int) -> HttpResponse:
    """Show a party's account; a person's is a read that is recorded."""
    book = overview.book_of(scope=request.scope, book_id=book_id)
    watched = overview.watched_account(book.kind)
    if kind not in PARTY_KINDS or len(str(party_id)) > MOST_DIGITS:
        raise NotThere(what=f"{kind} {party_id}")
    balances = queries.balance_of_party(
        scope=request.scope, book_id=book_id, party_kind=kind, party_id=party_id
    )
    if not balances:
        raise NotThere(what=f"{PARTY_KINDS[kind]} {party_id}")
    account = request.GET.get("account", "")[:20] or watched
    this = journals.account_of(kind=book.kind, account=account)
    found = journals.lines_of_account(
        scope=request.scope,
        book_id=book_id,
        account=account,
        from_=date.min,
        until=date.max,
        party=(kind, party_id),
        after_id=number(request, "after"),
    )
    if kind == "person":
        audit.record(
            scope=request.scope,
            action="fund.read",
            at=request.at,
            object_kind="person",
            object_id=party_id,
        )
    more = ""
    if found.after_id:
        query = {"account": account, "after": found.after_id}
        more = address(request, "fund:party", party_id, kind, book_id, **query)
    context = {
        "book": book,
        "party": named(request, [(kind, party_id)])[kind, party_id],
        "balances": [
            (one, on_its_side(chart_of(book.kind).account(one.account), one.balance_fen))
            for one in balances
        ],
        "account": this,
        "account_name": account_name(this),
        "found": found,
        "closing_fen": on_its_side(this, found.closing_fen),
        "rows": [
            (row, voucher(row.voucher_no, row.entry_id), on_its_side(this, row.balance_fen))
            for row in found.rows
        ],
        "more": more,
    }
    return page(request, "console/fund/party.html", context)

"""My village, households, collecting at the door, handing in, my records."""

from django.http import HttpResponse
from django.utils.translation import gettext as _

from yibao.apps.access.rulebooks import article_of
from yibao.apps.access.spoken import national_words
from yibao.apps.collection import operations, queries
from yibao.apps.collection.policy import our_place, policy
from yibao.apps.collection.queries import MemberDue
from yibao.apps.registry.names import masked
from yibao.apps.statistics import queries as statistics
from yibao.apps.statistics.queries import HouseholdRow
from yibao.console.collection.depositing import deposit_form, paid_in
from yibao.console.page import ConsoleRequest, console_page, done, page
from yibao.console.paging import Pager
from yibao.console.village.forms import DoorForm
from yibao.web.figures import yuan

_SIZE, _FEW, _RECORDS = 30, 5, 20
_TEXT, _DIGITS = 20, 19
_MOST_RECEIPTS = 20


@console_page()
def mine(request: ConsoleRequest) -> HttpResponse:
    """Show how far the village is, who is first to visit, and the cash in hand."""
    board = statistics.progress(scope=request.area_scope, year=request.year, on=request.at)
    first = _households(request, limit=_FEW)
    context = {
        "whole": board.whole(),
        "target": board.target_parts,
        "first": [one for one in first if one.unpaid],
        "sums": queries.cash_sums(scope=request.scope, year=request.year, on=request.served_on),
    }
    return page(request, "console/village/mine.html", context | {"here": "mine"})


@console_page()
def households(request: ConsoleRequest) -> HttpResponse:
    """Show the households, those with somebody unpaid first; by number or name."""
    text = request.GET.get("q", "").strip()[:_TEXT]
    total = (
        0
        if text
        else statistics.household_count(scope=request.area_scope, year=request.year, on=request.at)
    )
    pager = Pager(request, total=total, size=_SIZE)
    found = _households(request, text=text, offset=pager.offset, limit=_SIZE)
    context = {"found": found, "pager": pager, "text": text}
    return page(request, "console/village/households.html", context | {"here": "households"})


def _households(
    request: ConsoleRequest, *, text: str = "", offset: int = 0, limit: int
) -> list[HouseholdRow]:
    return statistics.households_of(
        scope=request.area_scope,
        year=request.year,
        on=request.at,
        text=text,
        offset=offset,
        limit=limit,
    )


@console_page()
def household(request: ConsoleRequest, household_id: int) -> HttpResponse:
    """Show a household: its members, how each stands, what is owed, what is under way."""
    found = statistics.household_standing(
        scope=request.scope, year=request.year, on=request.at, household_id=household_id
    )
    dues = _dues(request, household_id)
    by_person = {one.person_id: one for one in dues}
    to_collect = [one for one in dues if one.is_to_collect]
    context = {
        "found": found,
        "members": [
            (one, _relation(one.relation), by_person.get(one.person_id)) for one in found.members
        ],
        "to_collect": to_collect,
        "sum_fen": sum(one.open_fen for one in to_collect),
        "held": [one for one in dues if one.held_receipt],
    }
    return page(request, "console/village/household.html", context | {"here": "households"})


@console_page()
def collect(request: ConsoleRequest, household_id: int) -> HttpResponse:
    """Take cash for chosen members: first the sum and the receipts' numbers, then the act."""
    found = statistics.household_standing(
        scope=request.scope, year=request.year, on=request.at, household_id=household_id
    )
    dues = _dues(request, household_id)
    members = [one for one in dues if one.is_to_collect]
    # Sent again after the first was done, nothing is left to choose: the operation knows the form.
    choices = members or dues
    form = DoorForm(
        request.POST or None,
        members=choices,
        labels=[_label(one) for one in choices],
        place=our_place(request.scope.region),
    )
    chosen, sum_fen, is_summed = [], 0, False
    if request.method == "POST" and form.is_valid():
        chosen = [one for one in choices if one.due_id in form.cleaned_data["dues"]]
        sum_fen = sum(one.open_fen for one in chosen)
        is_summed = True
        if request.POST.get("do") == "collect" and (shown := _whole(request.POST.get("sum", ""))):
            with form.refusals(request):
                numbers = operations.collect_from_household(
                    scope=request.scope,
                    year=request.year,
                    cash=form.cash(shown),
                    key=form.cleaned_data["key"],
                    sent_at=request.now,
                    at=request.at,
                )
                words = _("已登记代收 %(count)s 人 %(sum)s 元") % {
                    "count": len(numbers),
                    "sum": yuan(shown),
                }
                return done(request, words, "village:receipts", no=",".join(numbers))
    rules = policy(request.scope.region, request.year)
    context = {
        "form": form,
        "found": found,
        "members": members,
        "chosen": chosen,
        "sum_fen": sum_fen,
        "is_summed": is_summed and not form.errors,
        "numbers": queries.next_receipts(scope=request.scope, count=len(chosen) or 1),
        "deposit_by": rules.deposit_by(request.served_on),
        "article": article_of(
            request.scope.region,
            "cash_only_by_exception",
            on=request.served_on.replace(year=request.year),
        ),
    }
    return page(request, "console/village/collect.html", context | {"here": "households"})


@console_page()
def receipts(request: ConsoleRequest) -> HttpResponse:
    """Show the receipts that a household is to be given."""
    asked = [one for one in request.GET.get("no", "").split(",") if one][:_MOST_RECEIPTS]
    found = [
        one
        for number in asked
        if (one := queries.receipt(scope=request.scope, number=number[:_TEXT])) is not None
        and one.collection is not None
    ]
    context = {
        "found": found,
        "sum_fen": sum(one.amount_fen for one in found),
        "household_id": found[0].collection.due.person.household_id if found else None,
    }
    return page(request, "console/village/receipts.html", context | {"here": "records"})


@console_page()
def hand_in(request: ConsoleRequest) -> HttpResponse:
    """Pay the cash in: only then it covers anybody."""
    held = queries.held_cash(scope=request.scope, collector_id=request.scope.operator_id)
    every = [one.collection_id for one in held]
    form = deposit_form(request, held, initial={"collections": every})
    paid_fen = paid_in(request, form)
    if paid_fen is not None:
        words = _("已缴库 %(sum)s 元，结果见我的记录") % {"sum": yuan(paid_fen)}
        return done(request, words, "village:records")
    context = {
        "form": form,
        "held": held,
        "sum_fen": sum(one.amount_fen for one in held),
        "overdue": sum(one.deposit_by < request.served_on for one in held),
    }
    return page(request, "console/village/hand_in.html", context | {"here": "hand_in"})


@console_page()
def records(request: ConsoleRequest) -> HttpResponse:
    """Show what I took, paid in and what differs, and my receipts."""
    sums = queries.cash_sums(scope=request.scope, year=request.year, on=request.served_on)
    pager = Pager(request, total=sums.taken, size=_RECORDS)
    found = queries.cash_records(
        scope=request.scope, year=request.year, offset=pager.offset, limit=_RECORDS
    )
    context = {"sums": sums, "found": found, "pager": pager, "today": request.served_on}
    return page(request, "console/village/records.html", context | {"here": "records"})


def _dues(request: ConsoleRequest, household_id: int) -> list[MemberDue]:
    return queries.dues_of_household(
        scope=request.scope, year=request.year, household_id=household_id
    )


def _relation(code: str) -> str:
    return national_words("relation", code)


def _label(one: MemberDue) -> str:
    return _("%(name)s　%(relation)s　%(sum)s 元") % {
        "name": masked(one.name),
        "relation": _relation(one.relation),
        "sum": yuan(one.open_fen),
    }


def _whole(text: str) -> int:
    return int(text) if text.isascii() and text.isdigit() and len(text) < _DIGITS else 0

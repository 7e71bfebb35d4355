"""The match by priority, the fixed lists, and the money behind them."""

from datetime import date

from django.http import HttpResponse
from django.utils.translation import gettext as _

from yibao.apps.access.rulebooks import article_of
from yibao.apps.access.scope import NotThere
from yibao.apps.subsidy import operations, queries
from yibao.apps.subsidy.models import SupportList
from yibao.apps.subsidy.payers import payer_label
from yibao.apps.subsidy.sheets import category_choices
from yibao.console.lists import list_page
from yibao.console.page import ConsoleRequest, console_page, done, page
from yibao.console.subsidy.forms import LIST_KINDS, FixForm, GrantForm
from yibao.console.subsidy.listed import LINES_LIST, LISTS_LIST


@console_page()
def match(request: ConsoleRequest) -> HttpResponse:
    """Show who is supported by village and category; a POST matches the rosters again."""
    if request.method == "POST":
        result = operations.match(scope=request.scope, year=request.year, at=request.at)
        words = _(
            "资助 %(supported)s 人：新增 %(added)s，移除 %(removed)s；不予资助 %(refused)s 人，"
            "差异 %(waiting)s 行"
        ) % {
            "supported": result.supported,
            "added": result.added,
            "removed": result.removed,
            "refused": result.refused,
            "waiting": result.unmatched_rows,
        }
        return done(request, words, "subsidy:match")
    villages = queries.results_by_village(scope=request.area_scope, year=request.year)
    used = {code for village in villages for code in village.by_category}
    categories = [one for one in category_choices(request.scope.region) if one[0] in used]
    context = {
        "article": _article(request, "finance_pays"),
        "categories": categories,
        "villages": [
            (village, [village.by_category.get(code) for code, _label in categories])
            for village in villages
        ],
        "totals": [
            sum(village.by_category.get(code, 0) for village in villages)
            for code, _label in categories
        ],
        "persons": sum(village.persons for village in villages),
        "fen": sum(village.subsidy_fen for village in villages),
        "waiting": queries.unmatched_badge(request.area_scope, request.year),
    }
    return page(request, "console/subsidy/match.html", context)


@console_page()
def fixed(request: ConsoleRequest) -> HttpResponse:
    """Show the fixed lists; a POST freezes another."""
    form = FixForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        with form.refusals(request):
            made = operations.fix_list(
                scope=request.scope,
                year=request.year,
                kind=form.cleaned_data["kind"],
                at=request.at,
            )
            return done(request, _("名单已锁定"), "subsidy:list", made.id)
    template = "console/subsidy/lists.html"
    return list_page(request, LISTS_LIST, template=template, context={"form": form})


@console_page()
def fixed_list(request: ConsoleRequest, list_id: int) -> HttpResponse:
    """Show a fixed list, a town its own part; a POST sends it to the towns."""
    found = queries.support_list(scope=request.scope, list_id=list_id)
    if request.method == "POST":
        operations.send_list(scope=request.scope, list_id=list_id, at=request.at)
        return done(request, _("已下发各乡镇"), "subsidy:list", list_id)
    context = {"fixed": found, "kind": _kind(found)}
    template = "console/subsidy/list.html"
    return list_page(request, LINES_LIST, template=template, context=context, list_id=list_id)


@console_page()
def grants(request: ConsoleRequest) -> HttpResponse:
    """Compare expected and received money by department; a POST claims what is owed."""
    if request.method == "POST":
        operations.claim_grants(scope=request.scope, year=request.year, at=request.at)
        return done(request, _("已按最终名单核定应收资助资金"), "subsidy:grants")
    rows = queries.grants(scope=request.scope, year=request.year)
    context = {
        "article": _article(request, "roster_last_day"),
        "rows": [(row, payer_label(request.scope.region, row.category)) for row in rows],
        "expected": sum(row.expected_fen for row in rows),
        "received": sum(row.received_fen for row in rows),
        "missing": sum(row.missing_fen for row in rows),
    }
    return page(request, "console/subsidy/grants.html", context)


@console_page()
def grant(request: ConsoleRequest, grant_id: int) -> HttpResponse:
    """Record money of a grant that arrived."""
    rows = queries.grants(scope=request.scope, year=request.year)
    found = next((row for row in rows if row.grant_id == grant_id), None)
    if found is None:
        raise NotThere(what=_("这笔资助资金"))
    form = GrantForm(request.POST or None, initial={"received_on": request.served_on})
    if request.method == "POST" and form.is_valid():
        with form.refusals(request):
            operations.receive_grant(
                scope=request.scope,
                grant_id=grant_id,
                amount_fen=form.cleaned_data["amount_fen"],
                received_on=form.cleaned_data["received_on"],
                voucher_no=form.cleaned_data["voucher_no"],
                at=request.at,
            )
            return done(request, _("已登记到账并记账"), "subsidy:grants")
    context = {
        "form": form,
        "grant": found,
        "label": payer_label(request.scope.region, found.category),
    }
    return page(request, "console/subsidy/grant.html", context)


def _article(request: ConsoleRequest, parameter: str) -> str:
    return article_of(request.scope.region, parameter, on=date(request.year, 1, 1))


def _kind(found: SupportList) -> str:
    return str(dict(LIST_KINDS)[found.kind])

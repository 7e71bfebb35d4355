"""The collection board, down to the household; who is still to be reached, and the list to take."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from django.http import HttpResponse
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from yibao.apps.access import queries as access
from yibao.apps.access.rulebooks import article_of
from yibao.apps.statistics import operations, queries
from yibao.apps.statistics.queries import ReasonRow, UnpaidRow
from yibao.console.page import ConsoleRequest, attachment, console_page, page
from yibao.console.paging import Pager
from yibao.console.statistics.board import Campaign, campaign
from yibao.console.statistics.curve import curve
from yibao.console.statistics.files import csv_file
from yibao.console.statistics.forms import ExportForm
from yibao.console.waiting import optional_address
from yibao.core.identity.masks import mask_name, mask_number, mask_phone
from yibao.rulebook.national import code_label, surnames
from yibao.web.figures import percent, yuan

_HOUSEHOLDS, _PEOPLE = 50, 100
_NONE_GIVEN = "none"


@dataclass(frozen=True)
class Reason:
    """A reason in words with its count, and what the address calls it."""

    key: str
    label: str
    count: int
    is_chosen: bool = False


@console_page()
def board(request: ConsoleRequest) -> HttpResponse:
    """Show how far the year's campaign is in the chosen place."""
    found = campaign(request)
    context: dict[str, Any] = {
        "path": access.path_to(request.scope, area=request.area)[:-1],
        "found": found,
        "reads_people": request.scope.allows("statistics.people"),
    }
    if found:
        first = date(request.year, 1, 1)
        context |= {
            "reasons": _reasons(request),
            "curve": curve(
                found.series,
                whole=found.place.registered,
                until=request.served_on,
                target=found.target,
            ),
            "cite": article_of(request.scope.region, "participation_target", on=first),
            "checks_cite": article_of(request.scope.region, "first_check", on=first),
            **_households(request, found),
        }
    return page(request, "console/statistics/board.html", context)


def _households(request: ConsoleRequest, found: Campaign) -> dict[str, Any]:
    """Return a village's households, those with somebody to reach first."""
    if not (found.is_village and request.scope.allows("statistics.people")):
        return {}
    place = {"scope": request.area_scope, "year": request.year, "on": request.at}
    pager = Pager(request, total=queries.household_count(**place), size=_HOUSEHOLDS)
    rows = queries.households_of(**place, offset=pager.offset, limit=pager.limit)
    return {"households": rows, "pager": pager}


@console_page()
def household(request: ConsoleRequest, household_id: int) -> HttpResponse:
    """Show how each member of a household stands in the year."""
    found = queries.household_standing(
        scope=request.scope, year=request.year, on=request.at, household_id=household_id
    )
    context = {
        "found": found,
        "members": [
            (one, _words("relation", one.relation), _words("unpaid_reason", one.reason))
            for one in found.members
        ],
        "has_people": _has_people(request),
        "full": optional_address(request, "registry:household", household_id),
    }
    return page(request, "console/statistics/household.html", context)


@console_page()
def unpaid(request: ConsoleRequest) -> HttpResponse:
    """Show who is still to be reached in the chosen place, with the village's reasons."""
    reasons = _reasons(request)
    chosen = next((one for one in reasons if one.is_chosen), None)
    everybody = sum(one.count for one in reasons)
    pager = Pager(request, total=chosen.count if chosen else everybody, size=_PEOPLE)
    is_sheet = "print" in request.GET
    rows = queries.unpaid(
        scope=request.area_scope,
        year=request.year,
        on=request.at,
        reason=_code(chosen.key) if chosen else None,
        offset=0 if is_sheet else pager.offset,
        limit=None if is_sheet else pager.limit,
    )
    context = {
        "rows": [
            (row, _words("unpaid_reason", row.reason), _words("notice_method", row.notice))
            for row in rows
        ],
        "reasons": reasons,
        "chosen": chosen,
        "everybody": everybody,
        "pager": pager,
        "has_people": _has_people(request),
        "path": access.path_to(request.scope, area=request.area),
    }
    name = "unpaid_sheet" if is_sheet else "unpaid"
    return page(request, f"console/statistics/{name}.html", context)


@console_page()
def export_unpaid(request: ConsoleRequest) -> HttpResponse:
    """Give the list out as a file, after its purpose is told and recorded."""
    form = ExportForm(request.POST or None, initial={"reason": request.GET.get("reason", "")})
    if request.method == "POST" and form.is_valid():
        reason = form.cleaned_data["reason"]
        whole = form.cleaned_data["whole"]
        with form.refusals(request):
            rows = operations.export_unpaid(
                scope=request.area_scope,
                year=request.year,
                reason=_code(reason) if reason else None,
                purpose=form.cleaned_data["purpose"],
                whole=whole,
                at=request.at,
            )
            name = _("%(place)s%(year)s年度未缴名单") % {
                "place": request.area.name,
                "year": request.year,
            }
            content = _unpaid_file(rows, whole=whole)
            return attachment(request, name=f"{name}.csv", content=content, kind="csv")
    return page(request, "console/statistics/export.html", {"form": form})


@console_page()
def progress_csv(request: ConsoleRequest) -> HttpResponse:
    """Give the figures of every place in the chosen one out as a file; it names nobody."""
    found = queries.progress(scope=request.area_scope, year=request.year, on=request.at)
    head = [
        *(_("代码"), _("地方"), _("应参保"), _("本人缴"), _("资助"), _("他处")),
        *(day.isoformat() for day in found.check_days),
        *(_("已参保"), _("参保率%"), _("还差")),
    ]
    rows = (
        [
            *(row.code, row.name, row.registered, row.own, row.supported, row.elsewhere),
            *row.checks,
            *(row.covered, percent(row.covered, row.registered), row.missing),
        ]
        for row in found.rows
        if row.registered
    )
    name = _("%(place)s%(year)s年度参保进度") % {"place": request.area.name, "year": request.year}
    return attachment(request, name=f"{name}.csv", content=csv_file(head, rows), kind="csv")


@console_page()
def days_csv(request: ConsoleRequest) -> HttpResponse:
    """Give the days of the chosen place out as a file."""
    days = queries.series(scope=request.area_scope, year=request.year, on=request.at)
    content = csv_file([_("日期"), _("当日末已参保")], ([day.isoformat(), n] for day, n in days))
    name = _("%(place)s%(year)s年度逐日参保") % {"place": request.area.name, "year": request.year}
    return attachment(request, name=f"{name}.csv", content=content, kind="csv")


def _reasons(request: ConsoleRequest) -> list[Reason]:
    """Return the reasons of the chosen place, the most frequent first."""
    found = queries.unpaid_reasons(scope=request.area_scope, year=request.year, on=request.at)
    asked = request.GET.get("reason", "")
    return [_reason(row, asked) for row in found]


def _reason(row: ReasonRow, asked: str) -> Reason:
    key = row.reason or _NONE_GIVEN
    label = _words("unpaid_reason", row.reason) or _("村里未填写")
    return Reason(key=key, label=label, count=row.count, is_chosen=key == asked)


def _code(key: str) -> str:
    """Return the reason's code for what the address calls it."""
    return "" if key == _NONE_GIVEN else key


def _words(listed: str, code: str) -> str:
    """Return a national code in the page's language; nothing for none."""
    return code_label(listed, code, get_language() or "zh") if code else ""


def _has_people(request: ConsoleRequest) -> bool:
    """Whether the part with the persons' pages is installed."""
    return bool(optional_address(request, "registry:person", 0))


def _unpaid_file(rows: list[UnpaidRow], *, whole: bool) -> bytes:
    """Return the list; identity numbers stay masked, names and telephones where not `whole`."""
    compound = surnames().compound
    head = (
        *(_("村（社区）"), _("户号"), _("姓名"), _("证件号码"), _("电话")),
        *(_("未缴原因"), _("告知方式"), _("应缴未缴（元）")),
    )
    return csv_file(
        head,
        (
            (
                *(row.area_name, row.village_no),
                row.name if whole else mask_name(row.name, compound),
                mask_number(row.number),
                row.phone if whole else mask_phone(row.phone),
                *(
                    _words("unpaid_reason", row.reason),
                    _words("notice_method", row.notice),
                    yuan(row.open_fen),
                ),
            )
            for row in rows
        ),
    )

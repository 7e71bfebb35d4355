"""The collection board, down to the household; who is still to be reached, and the list to take."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from django.http import HttpResponse
from django.utils.timezone import localtime
from django.utils.translation import gettext as _

from yibao.apps.access import queries as access
from yibao.apps.access.rulebooks import article_of
from yibao.apps.access.spoken import national_words
from yibao.apps.statistics import queries
from yibao.apps.statistics.queries import ReasonRow, Reasons
from yibao.console.asof import MOMENT, moment_of
from yibao.console.lists import list_page
from yibao.console.page import ConsoleRequest, attachment, console_page, page
from yibao.console.paging import Pager
from yibao.console.statistics.board import WEEK, Campaign, campaign
from yibao.console.statistics.curve import curve
from yibao.console.statistics.files import csv_file
from yibao.console.statistics.listed import (
    HOUSEHOLDS_LIST,
    NONE_GIVEN,
    PEOPLE_LIST,
    UNPAID_LIST,
)
from yibao.console.waiting import optional_address
from yibao.web.figures import percent

_HOUSEHOLDS = 50


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
    at = moment_of(request.GET, request.at)
    found = campaign(request, at)
    is_earlier = at < request.at
    if found:
        at = found.board.on
    context: dict[str, Any] = {
        "at": at,
        "asof": at.isoformat(),
        "is_earlier": is_earlier,
        "late": found.board if found and found.board.is_late else None,
        "path": access.path_to(request.scope, area=request.area)[:-1],
        "found": found,
        "reads_people": request.scope.allows("statistics.people"),
    }
    if found:
        first = date(request.year, 1, 1)
        context |= {
            "reasons": _reasons(request, queries.unpaid_reasons(**_place(request, at))),
            "week": request.served_on - WEEK + timedelta(days=1),
            "curve": curve(
                found.series,
                name=request.area.name,
                whole=found.place.registered,
                until=request.served_on,
                target=found.target,
            ),
            "cite": article_of(request.scope.region, "participation_target", on=first),
            "checks_cite": article_of(request.scope.region, "first_check", on=first),
            **_households(request, found, at),
        }
    return page(request, "console/statistics/board.html", context)


def _households(request: ConsoleRequest, found: Campaign, at: datetime) -> dict[str, Any]:
    """Return a village's households, those with somebody to reach first."""
    if not (found.is_village and request.scope.allows("statistics.people")):
        return {}
    place = _place(request, at)
    pager = Pager(request, total=queries.household_count(**place), size=_HOUSEHOLDS)
    rows = queries.households_of(**place, offset=pager.offset, limit=pager.limit)
    return {"households": rows, "pager": pager}


@console_page()
def household(request: ConsoleRequest, household_id: int) -> HttpResponse:
    """Show how each member of a household stands in the year."""
    at = moment_of(request.GET, request.at)
    found = queries.household_standing(
        scope=request.scope, year=request.year, on=at, household_id=household_id
    )
    context = {
        "found": found,
        "at": at,
        "asof": request.GET.get(MOMENT, ""),
        "members": [
            (one, *map(national_words, ("relation", "unpaid_reason"), (one.relation, one.reason)))
            for one in found.members
        ],
        "has_people": _has_people(request),
        "full": optional_address(request, "registry:household", household_id),
    }
    return page(request, "console/statistics/household.html", context)


@console_page()
def unpaid(request: ConsoleRequest) -> HttpResponse:
    """Show who is still to be reached in the chosen place, with the village's reasons."""
    at = moment_of(request.GET, request.at)
    found = None
    if "print" not in request.GET:
        found = queries.unpaid_reasons(**_place(request, at))
    reasons = _reasons(request, found) if found else []
    context = {
        "late": found if found and found.is_late else None,
        # The list is of the moment; the counts beside it may be some minutes older.
        "counted_at": found.on if found and found.on < at else None,
        "reasons": reasons,
        "chosen": next((one for one in reasons if one.is_chosen), None),
        "everybody": sum(one.count for one in reasons),
        "path": access.path_to(request.scope, area=request.area),
        "asof": request.GET.get(MOMENT, ""),
        "extra_column": True,
    }
    return list_page(
        request,
        UNPAID_LIST,
        template="console/statistics/unpaid.html",
        sheet="console/statistics/unpaid_sheet.html",
        context=context,
    )


@console_page()
def people(request: ConsoleRequest) -> HttpResponse:
    """Show who is registered in the chosen place and how each stands in the year."""
    path = access.path_to(request.scope, area=request.area)
    context = {"path": path, "asof": request.GET.get(MOMENT, "")}
    template = "console/statistics/people.html"
    return list_page(request, PEOPLE_LIST, template=template, context=context)


@console_page()
def households(request: ConsoleRequest) -> HttpResponse:
    """Show the households of the chosen place."""
    context = {"path": access.path_to(request.scope, area=request.area)}
    template = "console/statistics/people.html"
    return list_page(request, HOUSEHOLDS_LIST, template=template, context=context)


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
    content = csv_file(head, rows)
    return attachment(request, name=f"{name}{_as_of(found.on)}.csv", content=content, kind="csv")


@console_page()
def days_csv(request: ConsoleRequest) -> HttpResponse:
    """Give the days of the chosen place out as a file."""
    on = queries.counted_on(**_place(request, request.at))
    days = queries.series(**_place(request, on))
    content = csv_file([_("日期"), _("当日末已参保")], ([day.isoformat(), n] for day, n in days))
    name = _("%(place)s%(year)s年度逐日参保") % {"place": request.area.name, "year": request.year}
    return attachment(request, name=f"{name}{_as_of(on)}.csv", content=content, kind="csv")


def _as_of(on: datetime) -> str:
    """Return the moment of a file's figures for its name."""
    return f"-{localtime(on):%Y%m%d-%H%M}"


def _place(request: ConsoleRequest, at: datetime) -> dict[str, Any]:
    return {"scope": request.area_scope, "year": request.year, "on": at}


def _reasons(request: ConsoleRequest, found: Reasons) -> list[Reason]:
    """Return the reasons of the chosen place in words, the most frequent first."""
    asked = request.GET.get("reason", "")
    return [_reason(row, asked) for row in found.rows]


def _reason(row: ReasonRow, asked: str) -> Reason:
    key = row.reason or NONE_GIVEN
    label = national_words("unpaid_reason", row.reason) or _("村里未填写")
    return Reason(key=key, label=label, count=row.count, is_chosen=key == asked)


def _has_people(request: ConsoleRequest) -> bool:
    """Whether the part with the persons' pages is installed."""
    return bool(optional_address(request, "registry:person", 0))

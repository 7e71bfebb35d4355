"""The one machinery of list pages: conditions, columns, order, pages by keyset, sums, saved lists.

    return list_page(request, PAYMENTS, template="console/collection/payments.html")

Everything that a list shows is in its address, so that a tab can be reloaded and passed on. The
same statements a page whatever it holds: saved lists, count, rows (one more after the first page,
one more where rows are summed, one more where a condition is `Led`, one more where the list has
groups; of a list too long to be counted groups are taken only when they are asked for).
"""

import io
from dataclasses import replace
from typing import Any

from django.http import HttpResponse, HttpResponseRedirect, QueryDict

from yibao.apps.desk import queries, sheets
from yibao.apps.desk.models import SavedList
from yibao.apps.desk.sources import written
from yibao.apps.desk.tables import Ask, Row, found_of, groups_of, page_of, reading, sums_of
from yibao.console import listing
from yibao.console.listed import Listed
from yibao.console.listing import PASSING, SIZE, Column, List
from yibao.console.page import ConsoleRequest, attachment, page
from yibao.rulebook import desk as limits

_DIGITS = 18


def list_page(
    request: ConsoleRequest,
    asked: List,
    *,
    template: str = "console/list_page.html",
    sheet: str = "console/list_sheet.html",
    context: dict[str, Any] | None = None,
    **arguments: Any,
) -> HttpResponse:
    """Return a list's page, its sheet, its file, or the way to the saved list that opens first.

    `arguments` are what the table takes beside year and moment; `context` is the template's.
    """
    state = _state(request)
    saved = queries.saved_lists(operator_id=request.scope.operator_id, of=asked.code)
    first = next((one for one in saved if one.is_default), None)
    if first and not state and "saved" not in request.GET and "csv" not in request.GET:
        words = QueryDict(mutable=True)
        words.update(request.kept)
        to = f"{request.path}?{words.urlencode()}&{first.query}&saved={first.id}"
        return HttpResponseRedirect(to)
    found = _listed(request, asked, state, saved, arguments)
    if "csv" in request.GET and not asked.persons:
        return _file(found)
    name = sheet if "print" in request.GET else template
    return page(request, name, {"list": found, **(context or {})})


def _listed(
    request: ConsoleRequest,
    asked: List,
    state: QueryDict,
    saved: list[SavedList],
    arguments: dict[str, Any],
) -> Listed:
    scope = request.scope if asked.whole_scope else request.area_scope
    ask, form = asked.asked(
        state, scope=scope, year=request.year, at=request.at, arguments=arguments
    )
    columns = asked.chosen(state, request.scope, acts="print" not in request.GET)
    summed = [one.key for one in columns if one.sums]
    size, up_to = _size(request, state), limits.lists().counted_up_to
    picked, every = _picked(request), "every" in request.GET
    with reading(scope) as cursor:
        rows = found_of(cursor, table=asked.table, ask=ask, up_to=up_to)
        counted, ask = rows.counted, rows.ask
        if counted > up_to and ask.order != asked.order:
            # Sorting what is not counted to its end would read all of it.
            ask = replace(ask, order=asked.order, descending=asked.descending)
        found = page_of(
            cursor,
            table=asked.table,
            ask=ask,
            columns=[*asked.needed(columns), *summed],
            limit=_limit(request, size),
            after=_number(request.GET.get("after", "")),
            before=_number(request.GET.get("before", "")),
        )
        sums = None
        if "sum" in request.GET and (picked or every):
            only = None if every else sorted(picked)
            most = limits.lists().summed_up_to
            sums = sums_of(
                cursor, table=asked.table, ask=ask, columns=summed, picked=only, up_to=most
            )
        groups = _groups(cursor, request, asked, ask, is_long=counted > up_to)
    return Listed(
        request=request,
        list=asked,
        state=state,
        ask=ask,
        filter=form,
        columns=columns,
        slice=found,
        counted=counted,
        size=size,
        saved=saved,
        picked=picked,
        has_every=every,
        sums=sums,
        groups=groups,
        path=request.path,
        arguments=arguments,
    )


def _groups(
    cursor: Any, request: ConsoleRequest, asked: List, ask: Ask, *, is_long: bool
) -> list[Row] | None:
    """Return all rows by the values of a column; of a long list only where it is asked for."""
    by = asked.column(asked.grouped)
    if by is None or {"csv", "print"} & set(request.GET):
        return None
    if is_long and listing.GROUPS not in request.GET:
        return None
    summed = [one.key for one in asked.columns if one.sums]
    return groups_of(cursor, table=asked.table, ask=ask, by=by.needs or [by.key], columns=summed)


def _picked(request: ConsoleRequest) -> set[int]:
    asked = request.GET.getlist("row")[: max(limits.lists().page_sizes)]
    return {number for text in asked if (number := _number(text)) is not None}


def _limit(request: ConsoleRequest, size: int) -> int:
    """Return how many rows are read: a page's, a sheet's, a file's."""
    if "csv" in request.GET:
        return limits.lists().summed_up_to
    return limits.lists().rows_of_a_print if "print" in request.GET else size


def _state(request: ConsoleRequest) -> QueryDict:
    """Return conditions, order, columns and size of the address; what is empty says nothing."""
    found = QueryDict(mutable=True)
    for name, values in request.GET.lists():
        said = [value for value in values if value != ""]
        if said and name not in PASSING and name not in listing.FRAME:
            found.setlist(name, said)
    return found


def _size(request: ConsoleRequest, state: QueryDict) -> int:
    asked = _number(state.get(SIZE, ""))
    if asked in limits.lists().page_sizes:
        return int(asked)  # type: ignore[arg-type]
    liked = getattr(getattr(request, "preferences", None), "size", None)
    return liked or limits.lists().page_size


def _number(text: str) -> int | None:
    return int(text) if text.isascii() and text.isdigit() and len(text) <= _DIGITS else None


def _file(found: Listed) -> HttpResponse:
    """Return a list that names nobody as a comma-separated file."""
    stream, scope = io.BytesIO(), found.request.scope
    rows = (
        ([_plain(one.text(row, scope), one) for one in found.columns], "")
        for row in found.slice.rows
    )
    sheet = sheets.Sheet(
        title=str(found.list.title),
        watermark="",
        footer="",
        heads=[f"{h.label}（{h.unit}）" if h.unit else h.label for h in found.heads],
        kinds=["text"] * len(found.columns),
        rows_of_a_sheet=1,
    )
    sheets.write_csv(stream, sheet, rows, marked=False)
    name = f"{found.request.area.name}{found.list.title}.csv"
    return attachment(found.request, name=name, content=stream.getvalue(), kind="csv")


def _plain(value: Any, one: Column) -> str:
    return str(written(value, one.kind, whole=frozenset()))

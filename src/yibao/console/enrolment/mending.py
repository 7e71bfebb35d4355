"""Mending a ledger's faulty lines in place, and a family at the counter: the entry grid at work."""

from collections.abc import Mapping

from django.http import HttpResponse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy

from yibao.apps.access.spoken import language
from yibao.apps.enrolment import operations, queries
from yibao.apps.enrolment.operations import LinesRefused
from yibao.apps.enrolment.queries import FaultyLine
from yibao.apps.registry.relations import relation_words, said_relation
from yibao.console import queues
from yibao.console.enrolment.forms import HouseholdForm, MendFileForm
from yibao.console.grids import Grid, GridColumn
from yibao.console.page import ConsoleRequest, address, console_page, done, page, record_refusal
from yibao.console.paging import Pager
from yibao.core.refusal import Refusal

_ROWS = 20
_CODE = 10
_WIDTHS = {"number": "xl", "cover_place": "l", "hukou_place": "l", "unpaid_reason": "l"}
_SHORT = frozenset({"sex", "claimed", "household_no", "relation"})
# What a family's members are asked at the counter.
MEMBERS = (
    GridColumn(
        "relation",
        _lazy("与户主关系"),
        "m",
        choices=relation_words(),
        says=said_relation,
        required=True,
    ),
    GridColumn("name", _lazy("姓名"), "m", required=True),
    GridColumn("number", _lazy("证件号码"), "xl", unique=True, required=True),
    GridColumn("phone", _lazy("联系电话"), "m"),
)


@console_page()
def mend(request: ConsoleRequest, import_id: int) -> HttpResponse:
    """Show the faulty lines as they were typed, in a grid, and take them corrected."""
    code = request.GET.get("code", "")[:_CODE]
    found = queries.faulty_lines(
        scope=request.scope, import_id=import_id, code=code, language=language()
    )
    pager = Pager(request, total=found.total, size=_ROWS)
    lines = queries.faulty_lines(
        scope=request.scope,
        import_id=import_id,
        code=code,
        offset=pager.offset,
        limit=_ROWS,
        at=request.at if request.method == "GET" else None,
        language=language(),
    ).lines
    grid = Grid(
        _columns(found.columns),
        caption=_("有错误的行"),
        rows=[_typed(one) for one in lines],
        data=request.POST or None,
        fixed=True,
    )
    form = MendFileForm()
    here = queues.place_of(request, queues.LEDGERS, import_id)
    if request.method == "POST":
        try:
            ledger = operations.mend_rows(
                scope=request.scope, import_id=import_id, cells=_cells(grid), at=request.at
            )
        except Refusal as refusal:
            record_refusal(request, refusal)
            grid.refused_by(refusal, language=language())
        else:
            # The reason one was at stays chosen as long as lines have it.
            left = code and queries.faulty_lines(
                scope=request.scope, import_id=import_id, code=code
            )
            stays = code if left and left.total else ""
            return _mended(request, import_id, ledger.rows_bad, stays)
    context = {
        "queue": here,
        "form": grid,
        "file": form,
        "found": found,
        "pager": pager,
        "code": code,
        "one": found.line,
    }
    return page(request, "console/enrolment/mend.html", context)


@console_page()
def mend_file(request: ConsoleRequest, import_id: int) -> HttpResponse:
    """Take the corrected error file: its lines go back to their places."""
    given = (request.POST, request.FILES) if request.method == "POST" else (None, None)
    form = MendFileForm(*given)
    if request.method == "POST" and form.is_valid():
        with form.refusals(request):
            ledger = operations.mend_by_file(
                scope=request.scope,
                import_id=import_id,
                content=form.cleaned_data["file"].read(),
                at=request.at,
            )
            return _mended(request, import_id, ledger.rows_bad)
    line = queries.import_page(scope=request.scope, import_id=import_id, limit=0).line
    return page(request, "console/enrolment/mend_file.html", {"form": form, "one": line})


def _mended(request: ConsoleRequest, import_id: int, left: int, code: str = "") -> HttpResponse:
    if left:
        words = _("已保存并重新核对，还有 %(count)s 行有错误") % {"count": f"{left:,}"}
        return done(request, words, "enrolment:mend", import_id, **({"code": code} if code else {}))
    return done(request, _("已保存，没有错误行了"), "enrolment:import", import_id)


def _columns(columns: tuple[queries.FaultyColumn, ...]) -> list[GridColumn]:
    return [
        GridColumn(
            key=one.key,
            label=one.title,
            width=_WIDTHS.get(one.key, "s" if one.key in _SHORT else "m"),
            choices=one.choices,
            unique=one.key == "number",
            numeric=one.key == "claimed",
            sums=one.key == "claimed",
        )
        for one in columns
    ]


def _typed(line: FaultyLine) -> Mapping[str, str]:
    faults = (" " if language().startswith("en") else "；").join(line.faults)
    note = _("原第 %(row)s 行　%(faults)s") % {"row": line.row_no, "faults": faults}
    return {**line.cells, "key": str(line.row_id), "note": note}


def _cells(grid: Grid) -> dict[int, dict[str, str]]:
    return {int(row.key): texts for row, texts in grid.lines() if row.key.isdigit()}


@console_page()
def household(request: ConsoleRequest) -> HttpResponse:
    """Register a family and put it on the year's list; then the next one."""
    sent = request.POST if request.method == "POST" else None
    first = {"area": request.area_scope.area_from}
    form = HouseholdForm(sent, scope=request.area_scope, initial=first)
    grid = Grid(MEMBERS, caption=_("家庭成员"), data=sent)
    if sent is not None and not grid.is_adding and form.is_valid():
        try:
            with form.refusals_but(request, LinesRefused):
                ids = operations.enrol_household(
                    scope=request.scope,
                    year=request.year,
                    area_no=form.cleaned_data["area"].area_from,
                    household_no=form.cleaned_data["household_no"],
                    members=[texts for _row, texts in grid.lines()],
                    at=request.at,
                )
                words = _("已登记 %(count)s 人，可以接着登记下一户") % {"count": len(ids)}
                return done(request, words, "enrolment:household")
        except LinesRefused as refusal:
            record_refusal(request, refusal)
            _refuse_cells(grid, refusal)
    # One more line, or errors in the grid: the form's own fields stay as they were typed.
    status = (
        422 if sent is not None and (form.errors or grid.errors) and not grid.is_adding else None
    )
    context = {
        "form": HouseholdForm(scope=request.area_scope, initial=sent.dict())
        if sent is not None and grid.is_adding
        else form,
        "grid": grid,
        "cancel": address(request, "enrolment:imports"),
    }
    return page(request, "console/enrolment/household.html", context, status=status)


def _refuse_cells(grid: Grid, refusal: LinesRefused) -> None:
    rows = [row for row, _texts in grid.lines()]
    for one in refusal.faults:  # type: ignore[attr-defined]
        words = one.told(language())
        grid.refuse(rows[one.at], one.column, words.reason, cure=words.remedy, code=one.code)

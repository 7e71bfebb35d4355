"""A ledger's way through the console: template, upload, dry run, decision, result, undoing."""

from collections.abc import Callable

from django.http import HttpResponse
from django.utils.translation import gettext as _

from yibao.apps.access import queries as access
from yibao.apps.access.scope import NotThere
from yibao.apps.access.spoken import language
from yibao.apps.desk import jobs
from yibao.apps.desk.models import Job
from yibao.apps.desk.queries import job_of
from yibao.apps.enrolment import operations, queries
from yibao.apps.enrolment.ledgers import PAYMENT_LEDGER, form_of
from yibao.apps.enrolment.ledgers import forms as ledger_forms
from yibao.apps.enrolment.queries import ImportPage
from yibao.apps.enrolment.tasks import LEDGER
from yibao.console.enrolment.forms import UndoForm, UploadForm
from yibao.console.enrolment.listed import COVERAGES_LIST, IMPORTS_LIST
from yibao.console.lists import list_page
from yibao.console.page import ConsoleRequest, address, attachment, console_page, done, page
from yibao.console.paging import Pager

_SIZE, _ROWS = 50, 20
_DIGITS = 19
# More good lines than this are written by a job, not within the request.
_AT_ONCE = 2_000
_UNDER_WAY = frozenset({"waiting", "running", "paused", "failed"})
# The step of the wizard at which an import of each state stands; after the last, all are done.
_STEPS = {"uploaded": 2, "checked": 3, "writing": 4, "done": 6, "undone": 6, "dropped": 3}


@console_page()
def imports(request: ConsoleRequest) -> HttpResponse:
    """Show the ledgers of the area and year, the newest first."""
    return list_page(request, IMPORTS_LIST, template="console/enrolment/imports.html")


@console_page()
def coverages(request: ConsoleRequest) -> HttpResponse:
    """Show who is insured in the year, from when until when."""
    return list_page(request, COVERAGES_LIST)


@console_page()
def upload(request: ConsoleRequest) -> HttpResponse:
    """Take a ledger in and check it; the answer is its page."""
    village = access.villages_of(request.area_scope)
    first = {"kind": PAYMENT_LEDGER, "area": village.first() if village.count() == 1 else None}
    given = (request.POST, request.FILES) if request.method == "POST" else (None, None)
    form = UploadForm(*given, scope=request.scope, initial=first)
    if request.method == "POST" and form.is_valid():
        with form.refusals(request):
            file = form.cleaned_data["file"]
            ledger = operations.upload_ledger(
                scope=request.scope,
                kind=form.cleaned_data["kind"],
                year=request.year,
                area_no=form.cleaned_data["area"].area_from,
                file_name=file.name,
                content=file.read(),
                at=request.at,
            )
            return done(request, _("试运行完成，请核对"), "enrolment:import", ledger.pk)
    templates = [
        (form.annex, form.name, address(request, "enrolment:template", kind, _any_village(request)))
        for kind, form in ledger_forms().items()
    ]
    context = {"form": form, "templates": templates}
    return page(request, "console/enrolment/upload.html", context)


def _any_village(request: ConsoleRequest) -> int:
    """Return the chosen area's number, which is the village's own where one is chosen."""
    return request.area.area_from


@console_page()
def template(request: ConsoleRequest, kind: str, area_no: int) -> HttpResponse:
    """Hand out the empty ledger."""
    content = operations.template(
        scope=request.scope, kind=kind, year=request.year, area_no=area_no
    )
    name = form_of(kind).title(region="", year=request.year)
    return attachment(request, name=f"{name}.xlsx", content=content, kind="xlsx")


@console_page()
def ledger(request: ConsoleRequest, import_id: int) -> HttpResponse:
    """Show the dry run: five counts that add up, reasons, faulty lines, and what is decided."""
    return _shown(request, import_id)


def _shown(request: ConsoleRequest, import_id: int) -> HttpResponse:
    code = request.GET.get("code", "")[:_ROWS]
    whole = queries.import_page(scope=request.scope, import_id=import_id, code=code, limit=0)
    pager = Pager(request, total=whole.rows_listed, size=_ROWS)
    found = queries.import_page(
        scope=request.scope,
        import_id=import_id,
        code=code,
        offset=pager.offset,
        limit=pager.limit,
        language=language(),
    )
    context = {
        "found": found,
        "one": found.line,
        "code": code,
        "pager": pager,
        "step": _STEPS[found.line.state],
        "all_faulty": sum(reason.rows for reason in found.reasons),
        "may_confirm": request.scope.allows("enrolment.confirm"),
        "may_undo": _may_undo(request, found),
        "job": _job(request, found),
        "has_household": form_of(found.line.kind).has("relation"),
    }
    return page(request, "console/enrolment/import.html", context)


def _job(request: ConsoleRequest, found: ImportPage) -> Job | None:
    """Return the job that writes this ledger, while it is not at its end."""
    if found.line.state not in ("checked", "writing"):
        return None
    job = job_of(scope=request.scope, kind=LEDGER, object_id=found.line.import_id)
    return job if job is not None and job.state in _UNDER_WAY else None


def _may_undo(request: ConsoleRequest, found: ImportPage) -> bool:
    written = found.line.state == "done" and found.line.undoes_id is None
    return written and request.scope.allows("enrolment.undo")


@console_page()
def error_file(request: ConsoleRequest, import_id: int) -> HttpResponse:
    """Hand out the refused lines with reason and remedy; that they were taken is logged."""
    content = operations.error_file(
        scope=request.scope,
        import_id=import_id,
        at=request.at,
        language=language(),
    )
    name = _("错误行_%(batch)s.xlsx") % {"batch": import_id}
    return attachment(request, name=name, content=content, kind="xlsx")


@console_page()
def check(request: ConsoleRequest, import_id: int) -> HttpResponse:
    """Check the ledger again."""
    if request.method == "POST":
        operations.check_ledger(scope=request.scope, import_id=import_id, at=request.at)
        return done(request, _("已重新核对"), "enrolment:import", import_id)
    return _shown(request, import_id)


@console_page()
def decide(request: ConsoleRequest, import_id: int) -> HttpResponse:
    """Let the lines that waited for a word be written: those of one reason, or one line."""
    if request.method == "POST":
        row = request.POST.get("row", "")
        operations.decide_warnings(
            scope=request.scope,
            import_id=import_id,
            at=request.at,
            code=request.POST.get("code", ""),
            row_id=int(row) if row.isascii() and row.isdigit() and len(row) < _DIGITS else None,
        )
        return done(request, _("已确认，这些行可以入库"), "enrolment:import", import_id)
    return _shown(request, import_id)


@console_page()
def confirm(request: ConsoleRequest, import_id: int) -> HttpResponse:
    """Write the good lines; pressed again after a break it goes on where it stopped.

    A large ledger is written by a job, which shows how far it is and may be paused.
    """
    if request.method == "POST":
        whole = queries.import_page(scope=request.scope, import_id=import_id, limit=0)
        if whole.line.rows_good > _AT_ONCE:
            _enqueue(request, whole)
            return done(request, _("已开始入库，可以离开本页"), "enrolment:import", import_id)
        operations.confirm_ledger(scope=request.scope, import_id=import_id, at=request.at)
        return done(request, _("入库完成"), "enrolment:import", import_id)
    return _shown(request, import_id)


def _enqueue(request: ConsoleRequest, whole: ImportPage) -> None:
    one = whole.line
    title = _("%(village)s %(year)s 年度%(name)s入库") % {
        "village": one.area_name,
        "year": one.year,
        "name": one.kind_name,
    }
    jobs.enqueue(
        scope=request.scope.narrowed(one.area_no, one.area_no + 1, one.area_name),
        kind=LEDGER,
        title=title,
        object_id=one.import_id,
        total=one.rows_good,
        at=request.at,
    )


@console_page()
def pause(request: ConsoleRequest, import_id: int) -> HttpResponse:
    """Hold the writing of a ledger: it stops after the lines that are being written now."""
    return _steer(request, import_id, jobs.hold, _("已请求暂停，写完当前一批后停下"))


@console_page()
def resume(request: ConsoleRequest, import_id: int) -> HttpResponse:
    """Let the writing of a ledger go on after the last whole batch."""
    return _steer(request, import_id, jobs.go_on, _("继续入库"))


def _steer(
    request: ConsoleRequest, import_id: int, steer: Callable[..., Job], words: str
) -> HttpResponse:
    job = job_of(scope=request.scope, kind=LEDGER, object_id=import_id)
    if job is None:
        raise NotThere(what=_("这一批次的入库任务"))
    steer(scope=request.scope, job_id=job.id, at=request.at)
    return done(request, words, "enrolment:import", import_id)


@console_page()
def drop(request: ConsoleRequest, import_id: int) -> HttpResponse:
    """Give up a ledger that was not written."""
    if request.method == "POST":
        operations.drop_ledger(scope=request.scope, import_id=import_id, at=request.at)
        return done(request, _("已放弃这一批次，没有写入任何数据"), "enrolment:imports")
    return _shown(request, import_id)


@console_page()
def undo(request: ConsoleRequest, import_id: int) -> HttpResponse:
    """Take a written ledger back by a linked correction; who confirmed it may not."""
    form = UndoForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        with form.refusals(request):
            correction = operations.undo_ledger(
                scope=request.scope,
                import_id=import_id,
                reason=form.cleaned_data["reason"],
                at=request.at,
            )
            words = _("已撤销 %(count)s 行") % {"count": f"{correction.rows_total:,}"}
            return done(request, words, "enrolment:import", correction.pk)
    found = queries.import_page(scope=request.scope, import_id=import_id, limit=0)
    context = {
        "form": form,
        "found": found,
        "one": found.line,
        "may_undo": _may_undo(request, found) and found.rows_written > 0,
    }
    return page(request, "console/enrolment/undo.html", context)

"""The door of exports: ask with a purpose, the ledger, decide, take the file."""

from typing import Any
from urllib.parse import quote

from django.http import Http404, HttpResponse, QueryDict, StreamingHttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _

from yibao.apps.access.spoken import language
from yibao.apps.desk import operations, queries
from yibao.apps.desk.exported import rows_asked_alone
from yibao.apps.desk.models import Export, ExportState
from yibao.apps.desk.operations.exports import NothingToExport
from yibao.apps.desk.sources import MASKED, sources
from yibao.console import listing, queues
from yibao.console.desk.forms import WHOLE, AskExportForm, RejectForm
from yibao.console.desk.listed import EXPORTS, export_mark
from yibao.console.lists import list_page
from yibao.console.page import ConsoleRequest, console_page, done, page
from yibao.rulebook import desk as limits

_DIGITS = 18
_KIND_OF_FILE = {
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "csv": "text/csv; charset=utf-8",
}


@console_page()
def ask_export(request: ConsoleRequest, of: str) -> HttpResponse:
    """Ask for a list as a file: the rows are counted before anybody presses a button."""
    source = sources().get(of)
    if source is None:
        raise Http404
    request.scope.require(source.action)
    found = listing.lists().get(of)
    given = _given(request, found)
    if found and any(name not in given["arguments"] for name in found.arguments):
        raise Http404
    scope = request.scope if found and found.whole_scope else request.area_scope
    heads = source.heads(scope, given)
    form = AskExportForm(
        request.POST or None,
        kinds=[head.kind for head in heads if head.kind in MASKED],
        may_whole=request.scope.allows("export.whole"),
    )
    if request.method == "POST" and form.is_valid():
        with form.refusals(request):
            made = operations.ask_export(
                scope=scope,
                of=of,
                title=f"{scope.area_name}{source.label}",
                given=given,
                purpose=form.cleaned_data["purpose"],
                purpose_words=form.cleaned_data["purpose_words"],
                whole=form.cleaned_data.get("whole", []),
                kind=form.cleaned_data["kind"],
                at=request.at,
            )
            said = _("已申请，待第二人审批") if made.needs_approval else _("已申请，正在制作")
            return done(request, said, "desk:export", made.id)
    rows = source.count(scope, given, request.at)
    before = rows_asked_alone(scope=scope, at=request.at)
    if not rows and not form.is_bound:
        raise NothingToExport
    context = {
        "form": form,
        "source": source,
        "area": scope.area_name,
        "rows": rows,
        "before": before,
        "is_large": before + rows > limits.exports().rows_without_approval,
        "conditions": source.conditions(scope, given),
        "heads": heads,
        "back": _back(request, found, given) if found else "",
        **_limits(),
    }
    return page(request, "console/desk/ask_export.html", context)


def _given(request: ConsoleRequest, found: listing.List | None) -> dict[str, Any]:
    """Return what the list showed: year, conditions, and the objects that its path names."""
    given = {name.removeprefix("of_"): one for name, one in request.GET.items() if "of_" in name}
    plain = {name: one for name, one in given.items() if one.isascii() and 0 < len(one) <= _DIGITS}
    arguments: dict[str, Any] = {n: int(one) for n, one in plain.items() if one.isdigit()}
    for name in found.coded if found else ():
        if plain.get(name, "").isalnum():
            arguments[name] = plain[name]
    query = request.GET.get("query", "")
    return {"query": query, "year": request.year, "arguments": arguments}


def _limits() -> dict[str, Any]:
    """Return the limits that the page says: rows, hours, what may leave whole for what."""
    spoken, found = language(), limits.exports()
    return {
        "limit": found.rows_without_approval,
        "together": int(found.counted_together.total_seconds()) // 3600,
        "hours": int(found.kept_for.total_seconds()) // 3600,
        "allowed": [
            (one.label(spoken), [WHOLE[kind] for kind in WHOLE if kind in one.whole])
            for one in found.purposes.values()
            if one.whole
        ],
    }


def _back(request: ConsoleRequest, found: listing.List, given: dict[str, object]) -> str:
    words = QueryDict(mutable=True)
    words.update(request.kept)
    arguments = given["arguments"]
    path = reverse(found.route, args=list(arguments.values()))  # type: ignore[attr-defined]
    return f"{path}?{words.urlencode()}&{given['query']}"


@console_page()
def exports(request: ConsoleRequest) -> HttpResponse:
    """Show the ledger of exports: one's own, or the scope's for auditors and approvers."""
    return list_page(request, EXPORTS, template="console/desk/exports.html")


@console_page()
def export(request: ConsoleRequest, export_id: int) -> HttpResponse:
    """Show one export; a POST decides it, withdraws it, or has its file made again."""
    form = RejectForm(request.POST or None)
    if request.method == "POST":
        form.is_valid()
        with form.refusals(request):
            return _decided(request, export_id, form)
    found = queries.find_export(scope=request.scope, export_id=export_id)
    own = found.operator_id == request.scope.operator_id
    context = {
        "queue": queues.place_of(request, queues.EXPORTS, export_id),
        "form": form,
        "one": found,
        "mark": export_mark(found, request.scope),
        "job": queries.job_of(scope=request.scope, kind="export", object_id=found.id),
        "purpose": _purpose(found),
        "whole": [WHOLE[kind] for kind in found.whole],
        "may_decide": found.state == ExportState.WAITING
        and not own
        and request.scope.allows("export.approve"),
        "may_take": own
        and found.state == ExportState.READY
        and found.expires_at > request.at
        and (found.taken_at is None or found.taken_at + limits.exports().again_for > request.at),
        "may_withdraw": own and found.state == ExportState.WAITING,
        "may_retry": own and found.state == ExportState.FAILED,
    }
    return page(request, "console/desk/export.html", context)


def _decided(request: ConsoleRequest, export_id: int, form: RejectForm) -> HttpResponse:
    what = {"scope": request.scope, "export_id": export_id, "at": request.at}
    asked = request.POST.get("do", "")
    here = queues.place_of(request, queues.EXPORTS, export_id)
    if asked == "approve":
        operations.approve_export(**what)
        said = _("已批准，正在制作")
    elif asked == "reject":
        operations.reject_export(because=form.cleaned_data["because"], **what)
        said = _("已退回")
    elif asked == "withdraw":
        operations.withdraw_export(**what)
        said = _("已撤回")
    elif asked == "retry":
        operations.retry_export(**what)
        said = _("已重新排队制作")
    else:
        raise Http404
    if asked in ("approve", "reject"):
        return queues.go_on(request, here, said)
    return done(request, said, "desk:export", export_id)


@console_page()
def take(request: ConsoleRequest, export_id: int) -> HttpResponse | StreamingHttpResponse:
    """Give the file to who asked for it, once, in pieces."""
    found, pieces = operations.take_export(scope=request.scope, export_id=export_id, at=request.at)
    response = StreamingHttpResponse(pieces, content_type=_KIND_OF_FILE[found.kind])
    name = quote(f"{found.title}_{found.id}.{found.kind}")
    response.headers["Content-Disposition"] = f"attachment; filename*=UTF-8''{name}"
    response.headers["Cache-Control"] = "no-store"
    return response


def _purpose(found: Export) -> str:
    one = limits.exports().purposes.get(found.purpose)
    return one.label(language()) if one else found.purpose

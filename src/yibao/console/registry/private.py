"""Whole numbers on request, who looked at a person, and the erasure of identifiers."""

from datetime import timedelta

from django.http import HttpResponse
from django.utils.translation import gettext as _

from yibao.apps.access.kinds import Role
from yibao.apps.access.spoken import national_words
from yibao.apps.registry import operations, queries
from yibao.apps.registry.operations.revealing import PURPOSES
from yibao.apps.registry.queries import Look, PersonPage
from yibao.console import queues
from yibao.console.page import ConsoleRequest, address, attachment, console_page, done, page
from yibao.console.registry.forms import DecideForm, EraseForm, RevealForm
from yibao.console.statistics.files import csv_file
from yibao.core.identity import mask_within
from yibao.web.figures import moment

_ROWS, _FILE_ROWS = 50, 10_000
_DIGITS = 19
_YEAR = timedelta(days=365)


@console_page()
def reveal(request: ConsoleRequest, person_id: int) -> HttpResponse:
    """Ask for the purpose; then show the values once, on a page that no cache keeps."""
    person = queries.person_page(scope=request.scope, person_id=person_id)
    form = RevealForm(request.POST or None)
    context: dict[str, object] = {"person": person, "form": form}
    if request.method == "POST" and form.is_valid():
        given = form.cleaned_data
        with form.refusals(request):
            shown = operations.reveal(
                scope=request.scope,
                person_id=person_id,
                what=given["what"],
                purpose=given["purpose"],
                reason=given["reason"],
                at=request.at,
            )
            context |= {
                "shown": shown,
                "asked": given["what"],
                "numbers": [(national_words("document_kind", k), n) for k, n in shown.numbers],
                "purpose": national_words(PURPOSES, given["purpose"]),
                "reason": given["reason"],
            }
    response = page(request, "console/registry/reveal.html", context)
    response.headers["Cache-Control"] = "no-store"
    return response


@console_page()
def looked(request: ConsoleRequest, person_id: int) -> HttpResponse:
    """Show who looked at a person: when, who in which post, what, and for what purpose."""
    person = queries.person_page(scope=request.scope, person_id=person_id)
    asked = request.GET.get("before", "")
    before = int(asked) if asked.isascii() and asked.isdigit() and len(asked) < _DIGITS else None
    rows = queries.looks_at(
        scope=request.scope, person_id=person_id, before_id=before, limit=_ROWS + 1
    )
    more = ""
    if len(rows) > _ROWS:
        rows = rows[:_ROWS]
        more = address(request, "registry:looked", person_id, before=rows[-1].record_id)
    since = request.at - _YEAR
    times = queries.times_looked(scope=request.scope, person_id=person_id, since=since)
    context = {
        "person": person,
        "rows": [(row, _post(row)) for row in rows],
        "times": times,
        "more": more,
    }
    return page(request, "console/registry/looked.html", context)


@console_page()
def looked_file(request: ConsoleRequest, person_id: int) -> HttpResponse:
    """Give the same list as a file, for the person or for an inspection."""
    rows = queries.looks_at(scope=request.scope, person_id=person_id, limit=_FILE_ROWS)
    return attachment(
        request, name=_("查询记录-%(id)s.csv") % {"id": person_id}, content=_csv(rows), kind="csv"
    )


@console_page()
def ask_erasure(request: ConsoleRequest, person_id: int) -> HttpResponse:
    """Ask that a person's identifiers be destroyed."""
    person = queries.person_page(scope=request.scope, person_id=person_id)
    form = EraseForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        with form.refusals(request):
            operations.ask_erasure(
                scope=request.scope,
                person_id=person_id,
                reason=form.cleaned_data["reason"],
                at=request.at,
            )
            return done(request, _("已提交，由复核岗位审批"), "registry:person", person_id)
    return page(request, "console/registry/erase.html", {"person": person, "form": form})


@console_page()
def erasures(request: ConsoleRequest) -> HttpResponse:
    """Show the wishes for erasure, those that wait first."""
    waiting = queries.erasures_waiting(request.area_scope, request.year)
    rows = queries.erasures(scope=request.area_scope, limit=_ROWS)
    context = {"rows": rows, "waiting": waiting}
    return page(request, "console/registry/erasures.html", context)


@console_page()
def erasure(request: ConsoleRequest, erasure_id: int) -> HttpResponse:
    """Show one wish; decide it."""
    found = queries.erasure(scope=request.scope, erasure_id=erasure_id)
    form = DecideForm(request.POST or None)
    here = queues.place_of(request, queues.ERASURES, erasure_id)
    if request.method == "POST" and form.is_valid():
        approve = form.cleaned_data["decision"] == "approve"
        with form.refusals(request):
            operations.decide_erasure(
                scope=request.scope,
                erasure_id=erasure_id,
                approve=approve,
                answer=form.cleaned_data["answer"],
                at=request.at,
            )
            said = _("已删除身份信息，账务保留") if approve else _("已答复不同意")
            return queues.go_on(request, here, said)
    context = {"one": found, "form": form, "queue": here}
    return page(request, "console/registry/erasure.html", context)


def can_see_looks(request: ConsoleRequest, person: PersonPage) -> dict[str, object]:
    """Return what the person's page says of looks: how often in a year, for who may know it."""
    if not request.scope.allows("registry.who_looked"):
        return {}
    times = queries.times_looked(
        scope=request.scope, person_id=person.person_id, since=request.at - _YEAR
    )
    return {"times_looked": times}


def _post(row: Look) -> str:
    role = Role(row.role).label if row.role in Role.values else ""
    return f"{row.organisation} {role}".strip()


def _csv(rows: list[Look]) -> bytes:
    head = (_("时间"), _("谁"), _("岗位"), _("做了什么"), _("用途"), _("理由"), _("来自"))
    return csv_file(
        head,
        (
            (
                moment(row.at),
                row.operator_name,
                _post(row),
                row.action_words,
                row.purpose_words,
                mask_within(row.reason),
                row.address,
            )
            for row in rows
        ),
    )

"""Departments' rosters: upload, rows with faults, what waits for an answer."""

from datetime import date

from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.utils.translation import gettext as _

from yibao.apps.access.rulebooks import article_of
from yibao.apps.access.spoken import language
from yibao.apps.registry import queries as registry
from yibao.apps.subsidy import operations, queries
from yibao.apps.subsidy.faults import told
from yibao.apps.subsidy.models import Roster, RosterRow
from yibao.apps.subsidy.sheets import KINDS, category_label
from yibao.console import queues
from yibao.console.lists import list_page
from yibao.console.page import ConsoleRequest, address, attachment, console_page, done, page
from yibao.console.subsidy.forms import ROSTER_KINDS, AnswerForm, ConfirmForm, UploadForm
from yibao.console.subsidy.listed import ROSTER_ROWS_LIST, ROSTERS_LIST, WAITING_LIST

_FOUND = 8


@console_page()
def listed(request: ConsoleRequest) -> HttpResponse:
    """Show the year's rosters."""
    context = {
        "waiting": queries.unmatched_badge(request.scope, request.year),
        "article": article_of(
            request.scope.region, "roster_first_day", on=date(request.year, 1, 1)
        ),
    }
    template = "console/subsidy/rosters.html"
    return list_page(request, ROSTERS_LIST, template=template, context=context)


@console_page()
def upload(request: ConsoleRequest) -> HttpResponse:
    """Take a roster."""
    form = UploadForm(request.POST or None, request.FILES or None, scope=request.scope)
    if request.method == "POST" and form.is_valid():
        given = form.cleaned_data
        with form.refusals(request):
            made = operations.upload_roster(
                scope=request.scope,
                year=request.year,
                department_id=given["department"].id,
                kind=given["kind"],
                category=given["category"] or None,
                as_of=given["as_of"],
                file_name=given["file"].name,
                content=given["file"].read(),
                paper_sealed=given["paper_sealed"],
                at=request.at,
            )
            return done(request, _("已上传，请另一人确认"), "subsidy:roster", made.id)
    return page(request, "console/subsidy/upload.html", {"form": form})


@console_page()
def template(request: ConsoleRequest, kind: str) -> HttpResponse:
    """Hand out an empty roster."""
    if kind not in KINDS:
        raise Http404
    content = operations.roster_template(kind)
    return attachment(request, name="资助名单模板.xlsx", content=content, kind="xlsx")


@console_page()
def roster(request: ConsoleRequest, roster_id: int) -> HttpResponse:
    """Show a roster with its rows."""
    found = queries.roster(scope=request.scope, roster_id=roster_id)
    context = {
        "roster": found,
        "kind": _kind(found),
        "counts": queries.row_states(scope=request.scope, roster_id=roster_id),
        "state": request.GET.get("state", ""),
        "form": ConfirmForm(),
        "mine": found.uploaded_by == request.scope.operator_id,
    }
    return list_page(
        request,
        ROSTER_ROWS_LIST,
        template="console/subsidy/roster.html",
        context=context,
        roster_id=roster_id,
    )


@console_page()
def confirm(request: ConsoleRequest, roster_id: int) -> HttpResponse:
    """Confirm a roster that somebody else uploaded."""
    if request.method != "POST":
        return HttpResponseRedirect(address(request, "subsidy:roster", roster_id))
    form = ConfirmForm(request.POST or None)
    paper = form.is_valid() and form.cleaned_data["paper_sealed"]
    operations.confirm_roster(
        scope=request.scope, roster_id=roster_id, paper_sealed=paper, at=request.at
    )
    return done(request, _("已确认，下次比对使用这份名单"), "subsidy:roster", roster_id)


@console_page()
def waiting(request: ConsoleRequest) -> HttpResponse:
    """Show the rows that name nobody of the register, or somebody by another name."""
    return list_page(request, WAITING_LIST, template="console/subsidy/waiting.html")


@console_page()
def row(request: ConsoleRequest, row_id: int) -> HttpResponse:
    """Answer for a row."""
    found = queries.row(scope=request.scope, row_id=row_id)
    text = request.GET.get("find", "")
    # The row's own name is looked for and not printed: the page shows it masked.
    people = _people(request, text or found.name, found.number)
    first = {"answer": "match" if found.state == "unmatched" else "confirm"}
    form = AnswerForm(request.POST or None, initial=first)
    form.fields["person_id"].choices = [(one.person_id, _words(one)) for one in people]
    here = queues.place_of(request, queues.ROSTER_ROWS, row_id)
    if request.method == "POST" and form.is_valid():
        with form.refusals(request):
            operations.answer_row(
                scope=request.scope,
                row_id=row_id,
                answer=form.cleaned_data["answer"],
                person_id=form.cleaned_data["person_id"],
                note=form.cleaned_data["note"],
                at=request.at,
            )
            return queues.go_on(request, here, _("已答复"))
    context = {"one": _shown(request, found), "form": form, "people": people, "text": text}
    context |= {"queue": here, "has_looked": bool(text or found.name)}
    return page(request, "console/subsidy/row.html", context)


def _people(request: ConsoleRequest, text: str, number: str) -> list[registry.Found]:
    """Return who has the number on the list, and who is found by the words."""
    found = {
        one.person_id: one
        for words in (number, text)
        if words
        for one in registry.search(scope=request.scope, text=words, limit=_FOUND)
    }
    return list(found.values())


def _kind(found: Roster) -> str:
    return str(dict(ROSTER_KINDS)[found.kind])


def _words(one: registry.Found) -> str:
    return f"{one.name_masked}　{one.number_masked}　{one.born}　{one.area_name}"


def _shown(request: ConsoleRequest, found: RosterRow) -> dict[str, object]:
    faults = [{"column": one["column"], "told": told(one, language())} for one in found.faults]
    return {
        "row": found,
        "faults": faults,
        "category": category_label(request.scope.region, found.category),
    }

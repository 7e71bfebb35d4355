"""The editor of a draft: its text, checked as it is typed, with forms that write values into it."""

from datetime import datetime

from django.http import HttpResponse, HttpResponseRedirect
from django.template.loader import render_to_string
from django.utils.translation import gettext as _

from yibao.apps.policy import operations, queries
from yibao.apps.policy.drafts import Checked, check
from yibao.apps.policy.models import Proposal, State
from yibao.apps.policy.operations.setting import WHOLE
from yibao.apps.policy.overlays import dated, name_of, put
from yibao.apps.policy.proofs import kept_proof, prove
from yibao.apps.policy.queries import ProposalPage
from yibao.apps.policy.queries.texts import clause_line, clause_text, clause_texts
from yibao.apps.policy.standing import draft_of
from yibao.console.page import ConsoleRequest, address, console_page, done, page
from yibao.console.policy import words
from yibao.console.policy.faults import shown_faults
from yibao.console.policy.forms import BecauseForm, ClauseForm, DraftForm, ValueForm
from yibao.console.policy.valuing import ValueFields
from yibao.core.rules.book import Rulebook, UnknownParameter
from yibao.core.rules.dates import year_start
from yibao.core.rules.parameters import FOREVER


@console_page()
def edit(request: ConsoleRequest, proposal_id: int) -> HttpResponse:
    """Show the editor; whatever was typed is saved before anything else is done with it."""
    found = _page(request, proposal_id)
    one = found.proposal
    if one.state != State.DRAFT or not found.is_own:
        return HttpResponseRedirect(address(request, "policy:proposal", one.id))
    form = DraftForm(request.POST or None, initial=_first(found))
    checked = found.checked
    if request.method == "POST" and form.is_valid():
        with form.refusals(request):
            saved = _save(request, one, form)
            answer = _then(request, saved)
            if answer is not None:
                return answer
        checked = _page(request, proposal_id).checked
    book = words.own_book(request)
    context = {
        "found": found,
        "one": one,
        "form": form,
        "name": name_of(one.kind, one.number),
        "parameters": _parameters(book),
        "clauses": clause_texts(request.scope.region),
        "because": BecauseForm(),
        **told(
            checked,
            form.data.get("text", "") if form.is_bound else found.version.text,
            proving_at=request.at if request.POST.get("do") == "check" else None,
        ),
    }
    return page(request, "console/policy/edit.html", context)


@console_page()
def checked(request: ConsoleRequest, proposal_id: int) -> HttpResponse:
    """Check what is typed, without saving it: the part of the page that says what is wrong."""
    found = _page(request, proposal_id)
    form = DraftForm(request.POST or None, initial=_first(found))
    text = form.data.get("text", "") if form.is_bound else found.version.text
    version = found.version
    version.text = text.replace("\r\n", "\n")
    read = check(draft_of(found.proposal, version), on=request.served_on)
    context = {**told(read, version.text), "one": found.proposal}
    return HttpResponse(render_to_string("console/policy/_check.html", context, request))


@console_page()
def value(request: ConsoleRequest, proposal_id: int) -> HttpResponse:
    """Ask for the new value of a parameter and write it into the draft."""
    found = _page(request, proposal_id)
    book = words.own_book(request)
    parameter = book.parameters.get(request.GET.get("parameter", ""))
    if parameter is None:
        raise UnknownParameter(name=request.GET.get("parameter", ""))
    standing = parameter.at(year_start(request.year), FOREVER)
    fields = ValueFields(book, parameter.type, parameter.by, standing)
    first = {"since": str(request.year + 1), "article": WHOLE}
    form = ValueForm(request.POST or None, values=fields, initial=first)
    if request.method == "POST" and form.is_valid():
        with form.refusals(request):
            given = form.cleaned_data
            cite = f"{name_of('change', found.proposal.number)} {given['article'] or WHOLE}"
            line = dated(
                fields.value(given),
                since=given["since"].strip(),
                until=given["until"].strip(),
                cite=cite,
            )
            return _written(request, found, ("parameters", parameter.name), line)
    axes = [axis.type for axis in parameter.by]
    now = []
    if standing is not None and not standing.open:
        rows = standing.rows.items() if axes else [((), standing.value)]
        now = [
            (
                words.row_words(book, zip(key, axes)),
                words.value_words(book, one, parameter.type),
            )
            for key, one in rows
        ]
    context = {
        "found": found,
        "form": form,
        "label": words.labelled(parameter.label, parameter.name),
        "parameter": parameter,
        "now": now,
        "cite": str(standing.cite) if standing else "",
    }
    return page(request, "console/policy/value.html", context)


@console_page()
def clause(request: ConsoleRequest, proposal_id: int) -> HttpResponse:
    """Ask how a clause is to be, and write it into the draft."""
    found = _page(request, proposal_id)
    standing = clause_text(request.scope.region, request.GET.get("clause", ""))
    first = {"when": standing.when, "outcome": standing.outcome, "article": WHOLE}
    form = ClauseForm(request.POST or None, initial=first)
    if request.method == "POST" and form.is_valid():
        with form.refusals(request):
            given = form.cleaned_data
            cite = f"{name_of('change', found.proposal.number)} {given['article'] or WHOLE}"
            line = clause_line(
                how=given["how"],
                clause=standing,
                when=given["when"],
                outcome=given["outcome"],
                cite=cite,
            )
            name = given["name"] if given["how"] == "adds" else standing.name
            return _written(request, found, (*standing.path, name), line)
    context = {"found": found, "form": form, "clause": standing}
    return page(request, "console/policy/clause.html", context)


def told(found: Checked, text: str, *, proving_at: datetime | None = None) -> dict[str, object]:
    """Return a check as a page shows it: faults with their lines, or what changes and the proof.

    Proving takes seconds, so that it is done at a moment that is given, not while somebody types.
    """
    proof = None
    if found.book is not None:
        proof = prove(found.book, at=proving_at) if proving_at else kept_proof(found.book)
    return {
        "checked": found,
        "faults": shown_faults(found.faults, text),
        "changes": words.shown_changes(found.base, found.changes),
        "clause_changes": [(one, words.how_words(one)) for one in found.clauses],
        "proof": proof,
        "proof_faults": shown_faults(proof.faults, text) if proof else [],
    }


def _page(request: ConsoleRequest, proposal_id: int) -> ProposalPage:
    return queries.proposal_page(scope=request.scope, proposal_id=proposal_id, on=request.served_on)


def _first(found: ProposalPage) -> dict[str, object]:
    version = found.version
    return {
        "title": found.proposal.title,
        "paper_title": version.paper_title,
        "document": version.paper_number,
        "document_on": version.paper_on,
        "text": version.text,
    }


def _save(request: ConsoleRequest, one: Proposal, form: DraftForm) -> Proposal:
    return operations.save_draft(
        scope=request.scope,
        proposal_id=one.id,
        title=form.cleaned_data["title"],
        text=form.cleaned_data["text"].replace("\r\n", "\n"),
        paper=form.paper(),
        at=request.at,
    )


def _then(request: ConsoleRequest, saved: Proposal) -> HttpResponse | None:
    """Do what the button said, once the draft is safe; None shows the editor again."""
    do = request.POST.get("do", "save")
    if do == "submit":
        operations.submit(scope=request.scope, proposal_id=saved.id, at=request.at)
        return done(request, _("已提交，等待另一人审定"), "policy:proposal", saved.id)
    if do in ("value", "clause"):
        asked = {"value": "parameter", "clause": "clause"}[do]
        to = address(request, f"policy:{do}", saved.id, **{asked: request.POST.get(asked, "")})
        return HttpResponseRedirect(to)
    if do == "save":
        said = _("草稿已保存（第 %(number)s 版）") % {"number": saved.version}
        return done(request, said, "policy:edit", saved.id)
    return None


def _written(
    request: ConsoleRequest, found: ProposalPage, path: tuple[str, ...], line: str
) -> HttpResponse:
    """Put a line into the draft's text, save it and go back to the editor."""
    draft = draft_of(found.proposal, found.version)
    operations.save_draft(
        scope=request.scope,
        proposal_id=found.proposal.id,
        title=found.proposal.title,
        text=put(draft.text, path, line),
        paper=draft.paper,
        at=request.at,
    )
    return done(request, _("已写入草稿"), "policy:edit", found.proposal.id)


def _parameters(book: Rulebook) -> list[tuple[str, str]]:
    """The parameters by their label, for choosing one."""
    found = [(one.name, words.labelled(one.label, one.name)) for one in book.parameters.values()]
    return sorted(found, key=lambda pair: pair[1])

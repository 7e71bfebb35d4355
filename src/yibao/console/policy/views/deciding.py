"""The second person's page parts: what is decided, under which document, or why it is sent back."""

from dataclasses import dataclass

from django.http import HttpResponse, HttpResponseRedirect
from django.utils.translation import gettext as _

from yibao.apps.policy import operations, queries
from yibao.apps.policy.models import Kind, Proposal
from yibao.apps.policy.proofs import kept_proof
from yibao.apps.policy.queries import ProposalPage
from yibao.console import queues
from yibao.console.page import ConsoleRequest, address, console_page, done, page
from yibao.console.policy import words
from yibao.console.policy.faults import ShownFault, shown_faults
from yibao.console.policy.forms import ActivateForm, BecauseForm
from yibao.console.policy.words import ShownChange
from yibao.console.queues import Place
from yibao.core.rules.proofs import Proof


@dataclass(frozen=True, slots=True)
class Decision:
    """A proposal before its second person: what it changes, whether it proves clean, the form."""

    page: ProposalPage
    changes: list[ShownChange]
    proof: Proof | None
    proof_faults: list[ShownFault]
    form: ActivateForm
    may_activate: bool
    is_own: bool
    queue: Place


def decision_of(
    request: ConsoleRequest, proposal: Proposal | None, form: ActivateForm | None = None
) -> Decision | None:
    """Return what the second person decides about; None where nothing waits."""
    if proposal is None:
        return None
    found = queries.proposal_page(
        scope=request.scope, proposal_id=proposal.id, on=request.served_on
    )
    version = found.version
    first = {
        "version": version.number,
        "document": version.paper_number,
        "document_on": version.paper_on,
    }
    checked = found.checked
    proof = kept_proof(checked.book) if checked.book else None
    return Decision(
        page=found,
        changes=words.shown_changes(checked.base, checked.changes),
        proof=proof,
        proof_faults=shown_faults(proof.faults, version.text) if proof else [],
        form=form or ActivateForm(initial=first),
        may_activate=request.scope.allows("policy.activate") and not found.is_own,
        is_own=found.is_own,
        queue=_place(request, proposal.id),
    )


@console_page()
def activate(request: ConsoleRequest, proposal_id: int) -> HttpResponse:
    """Put a proposal or setting into force, as the second person."""
    if request.method != "POST":
        return HttpResponseRedirect(address(request, "policy:proposal", proposal_id))
    form = ActivateForm(request.POST)
    here = _place(request, proposal_id)
    if form.is_valid():
        with form.refusals(request):
            given = form.cleaned_data
            operations.activate(
                scope=request.scope,
                proposal_id=proposal_id,
                version=given["version"],
                document=given["document"],
                document_on=given["document_on"],
                at=request.at,
            )
            return queues.go_on(request, here, _("已生效，此后按它办理"))
    found = queries.proposal_page(
        scope=request.scope, proposal_id=proposal_id, on=request.served_on
    )
    context = {
        "decision": decision_of(request, found.proposal, form),
        "found": found,
        "form": form,
        "because": BecauseForm(),
    }
    return page(request, "console/policy/decide.html", context)


@console_page()
def reject(request: ConsoleRequest, proposal_id: int) -> HttpResponse:
    """Send a proposal or setting back, with the reason."""
    form = BecauseForm(request.POST or None)
    here = _place(request, proposal_id)
    if request.method == "POST" and form.is_valid():
        with form.refusals(request):
            operations.reject(
                scope=request.scope,
                proposal_id=proposal_id,
                because=form.cleaned_data["because"],
                at=request.at,
            )
            return queues.go_on(request, here, _("已退回"))
    return _why(request, proposal_id, form, title=_("退回"), here=here)


@console_page()
def withdraw(request: ConsoleRequest, proposal_id: int) -> HttpResponse:
    """Take one's own proposal or setting back; anybody else is led to where it stands."""
    form = BecauseForm(request.POST or None)
    if request.method == "GET" and (led := _others(request, proposal_id)) is not None:
        return led
    if request.method == "POST" and form.is_valid():
        with form.refusals(request):
            made = operations.withdraw(
                scope=request.scope,
                proposal_id=proposal_id,
                because=form.cleaned_data["because"],
                at=request.at,
            )
            if made.kind == Kind.SETTING:
                return done(request, _("已撤回"), "policy:setting", made.parameter)
            return done(request, _("已撤回"), "policy:proposal", made.id)
    return _why(request, proposal_id, form, title=_("撤回"))


def _others(request: ConsoleRequest, proposal_id: int) -> HttpResponse | None:
    """Return the way to a proposal that somebody else made; None for one's own."""
    found = queries.proposal_page(
        scope=request.scope, proposal_id=proposal_id, on=request.served_on
    )
    one = found.proposal
    if found.is_own:
        return None
    if one.kind == Kind.SETTING:
        return HttpResponseRedirect(address(request, "policy:setting", one.parameter))
    return HttpResponseRedirect(address(request, "policy:proposal", one.id))


def _why(
    request: ConsoleRequest,
    proposal_id: int,
    form: BecauseForm,
    *,
    title: str,
    here: Place | None = None,
) -> HttpResponse:
    found = queries.proposal_page(
        scope=request.scope, proposal_id=proposal_id, on=request.served_on
    )
    context = {"found": found, "form": form, "title": title, "queue": here}
    return page(request, "console/policy/why.html", context)


def _place(request: ConsoleRequest, proposal_id: int) -> Place:
    return queues.place_of(request, queues.PROPOSALS, proposal_id)

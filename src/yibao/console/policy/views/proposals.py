"""Proposals: the list, a new one, one as it was submitted."""

from django.http import HttpResponse, HttpResponseRedirect
from django.utils.translation import gettext as _

from yibao.apps.policy import operations, queries
from yibao.apps.policy.models import Kind, State
from yibao.console.page import ConsoleRequest, address, console_page, done, page
from yibao.console.policy import words
from yibao.console.policy.forms import BecauseForm, NewForm
from yibao.console.policy.views.deciding import decision_of


@console_page()
def proposals(request: ConsoleRequest) -> HttpResponse:
    """Show proposals and entered settings, the newest first."""
    rows = queries.proposals(scope=request.scope)
    context = {"rows": rows, "may_propose": request.scope.allows("policy.propose")}
    return page(request, "console/policy/proposals.html", context)


@console_page()
def new(request: ConsoleRequest) -> HttpResponse:
    """Open a draft under a title."""
    form = NewForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        with form.refusals(request):
            made = operations.open_draft(
                scope=request.scope, title=form.cleaned_data["title"], at=request.at
            )
            return done(request, _("已建立草稿"), "policy:edit", made.id)
    return page(request, "console/policy/new.html", {"form": form})


@console_page()
def proposal(request: ConsoleRequest, proposal_id: int) -> HttpResponse:
    """Show a proposal: what it changes, its text, its proof, its simulations; decide about it."""
    found = queries.proposal_page(
        scope=request.scope, proposal_id=proposal_id, on=request.served_on
    )
    one = found.proposal
    if one.state == State.DRAFT and found.is_own and request.scope.allows("policy.propose"):
        return HttpResponseRedirect(address(request, "policy:edit", one.id))
    if one.kind == Kind.SETTING and one.state == State.SUBMITTED:
        return HttpResponseRedirect(address(request, "policy:setting", one.parameter))
    checked = found.checked
    context = {
        "found": found,
        "one": one,
        "state": State(one.state),
        "changes": words.shown_changes(checked.base, checked.changes),
        "clauses": [(change, words.how_words(change)) for change in checked.clauses],
        "lines": list(enumerate(found.version.text.splitlines(), 1)),
        "decision": decision_of(request, one) if one.state == State.SUBMITTED else None,
        "because": BecauseForm(),
        "may_simulate": request.scope.allows("policy.simulate") and checked.is_whole,
    }
    return page(request, "console/policy/proposal.html", context)

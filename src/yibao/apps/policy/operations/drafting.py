"""Drafts: opened, saved as often as one likes, submitted, withdrawn."""

from datetime import datetime

from django.utils.timezone import localdate

from yibao.apps.access.scope import Scope, scoped
from yibao.apps.policy.drafts import check
from yibao.apps.policy.models import PROPOSAL, Kind, Proposal
from yibao.apps.policy.overlays import Paper
from yibao.apps.policy.refusals import DraftEmpty, NotYourDraft
from yibao.apps.policy.standing import (
    add_version,
    draft_of,
    locked,
    newest_version,
    next_number,
    operator_name,
    recorded,
    refuse_faults,
    require_whole_region,
)
from yibao.rulebook.regions import region as region_of


def open_draft(*, scope: Scope, title: str, at: datetime) -> Proposal:
    """Open an empty draft under a title. Raises WholeRegionOnly."""
    scope.require("policy.propose")
    require_whole_region(scope)
    with scoped(scope):
        made = Proposal.objects.create(
            region=scope.region,
            area_no=region_of(scope.region).area_from,
            number=next_number(scope),
            kind=Kind.CHANGE,
            title=title,
            proposed_by=scope.operator_id,
            proposed_at=at,
        )
        add_version(scope, made, text="", paper=Paper("", "", None), at=at)
        recorded(scope, "policy.propose", made, at, title=title)
        return made


def save_draft(
    *, scope: Scope, proposal_id: int, title: str, text: str, paper: Paper, at: datetime
) -> Proposal:
    """Keep what was typed as a further version, faulty or not; unchanged it stays as it is.

    Raises NotThere, NotYourDraft, StepNotAllowed for what is no draft any more.
    """
    scope.require("policy.propose")
    with scoped(scope):
        proposal = _own(scope, proposal_id)
        PROPOSAL.next(proposal.state, "submit")
        newest = newest_version(proposal)
        before = (proposal.title, newest.text, newest.paper_title, newest.paper_number)
        if (*before, newest.paper_on) == (title, text, paper.title, paper.number, paper.published):
            return proposal
        proposal.title = title
        add_version(scope, proposal, text=text, paper=paper, at=at)
        recorded(scope, "policy.propose", proposal, at, version=proposal.version)
        return proposal


def submit(*, scope: Scope, proposal_id: int, at: datetime) -> Proposal:
    """Hand a draft to the second person. Raises DraftFaulty, DraftEmpty, and as `save_draft`."""
    scope.require("policy.propose")
    with scoped(scope):
        proposal = _own(scope, proposal_id)
        state = PROPOSAL.next(proposal.state, "submit")
        found = check(draft_of(proposal, newest_version(proposal)), on=localdate(at))
        refuse_faults(found)
        if not found.changes and not found.clauses:
            raise DraftEmpty(number=proposal.number)
        proposal.state, proposal.submitted_at = state, at
        proposal.save(update_fields=["state", "submitted_at"])
        recorded(scope, "policy.propose", proposal, at, version=proposal.version)
        return proposal


def withdraw(*, scope: Scope, proposal_id: int, because: str, at: datetime) -> Proposal:
    """Take one's own proposal or setting back before it is decided. Raises as `save_draft`."""
    if not scope.allows("policy.decide"):
        scope.require("policy.propose")
    with scoped(scope):
        proposal = _own(scope, proposal_id)
        proposal.state = PROPOSAL.next(proposal.state, "withdraw")
        proposal.decided_by, proposal.decided_at = scope.operator_id, at
        proposal.because = because
        proposal.save(update_fields=["state", "decided_by", "decided_at", "because"])
        recorded(scope, "policy.propose", proposal, at, because=because)
        return proposal


def _own(scope: Scope, proposal_id: int) -> Proposal:
    proposal = locked(scope, proposal_id)
    if proposal.proposed_by != scope.operator_id:
        author = operator_name(proposal.proposed_by)
        raise NotYourDraft(number=proposal.number, author=author)
    return proposal

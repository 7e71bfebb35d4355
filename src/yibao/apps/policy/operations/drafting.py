"""Drafts: opened, saved as often as one likes, submitted, withdrawn."""

import hashlib
from datetime import datetime

from django.utils.timezone import localdate

from yibao.apps.access.scope import Scope, scoped
from yibao.apps.policy.drafts import Checked, check
from yibao.apps.policy.models import PROPOSAL, Kind, Proposal, ProposalVersion
from yibao.apps.policy.overlays import Paper
from yibao.apps.policy.refusals import DraftEmpty, DraftFaulty, NotYourDraft
from yibao.apps.policy.standing import (
    draft_of,
    locked,
    newest_version,
    next_number,
    operator_name,
    recorded,
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


def add_version(
    scope: Scope, proposal: Proposal, *, text: str, paper: Paper, at: datetime
) -> ProposalVersion:
    """Add a version to a draft and make it the newest."""
    proposal.version += 1
    proposal.save(update_fields=["version", "title"])
    return ProposalVersion.objects.create(
        region=proposal.region,
        area_no=proposal.area_no,
        proposal=proposal,
        number=proposal.version,
        text=text,
        sha256=hashlib.sha256(text.encode()).hexdigest(),
        paper_title=paper.title,
        paper_number=paper.number,
        paper_on=paper.published,
        saved_by=scope.operator_id,
        saved_at=at,
    )


def refuse_faults(found: Checked) -> None:
    """Refuse what cannot be read over the rulebook. Raises DraftFaulty."""
    if found.faults:
        first = found.faults[0]
        raise DraftFaulty(count=len(found.faults), line=first.line, what=first.what)


def _own(scope: Scope, proposal_id: int) -> Proposal:
    proposal = locked(scope, proposal_id)
    if proposal.proposed_by != scope.operator_id:
        author = operator_name(proposal.proposed_by)
        raise NotYourDraft(number=proposal.number, author=author)
    return proposal

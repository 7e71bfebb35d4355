"""The second person: activates a proposal or confirms a setting, with document; or rejects it."""

from datetime import date, datetime

from django.utils.timezone import localdate

from yibao.apps.access import rulebooks
from yibao.apps.access.models import PoolingRegion, RulebookLayer
from yibao.apps.access.roles import apart
from yibao.apps.access.scope import Scope, scoped
from yibao.apps.policy.drafts import Draft, check
from yibao.apps.policy.models import PROPOSAL, Kind, Proposal
from yibao.apps.policy.overlays import Paper
from yibao.apps.policy.proofs import prove
from yibao.apps.policy.refusals import DraftFaulty, ProofFails, ProposalChanged
from yibao.apps.policy.standing import (
    draft_of,
    locked,
    newest_version,
    recorded,
    refuse_paper,
    require_whole_region,
)
from yibao.core.rules.book import LayerText, Rulebook
from yibao.core.rules.faults import RulebookFaults
from yibao.rulebook.regions import region as region_of


def activate(
    *,
    scope: Scope,
    proposal_id: int,
    version: int,
    document: str,
    document_on: date,
    at: datetime,
) -> Proposal:
    """Lay a proposal over the office's rulebook: from now on decisions are made by it.

    `version` is the one that was read. Its text stays as it was proposed; authority and paper
    become the office and the document. Raises WholeRegionOnly, NotThere, StepNotAllowed,
    SecondPersonNeeded, ProposalChanged, DocumentMissing, DocumentNotYet, DraftFaulty, ProofFails.
    """
    scope.require("policy.activate")
    require_whole_region(scope)
    today = localdate(at)
    _prove_ahead(scope, proposal_id, at)
    with scoped(scope):
        # Layers are laid one after another: the region's row is the queue.
        region = PoolingRegion.objects.select_for_update(no_key=True).get(code=scope.region)
        rulebooks.note(region.code, region.rulebook_mark)
        proposal = locked(scope, proposal_id)
        state = PROPOSAL.next(proposal.state, "activate")
        _second_person(scope, proposal)
        if proposal.version != version:
            raise ProposalChanged(number=proposal.number, version=proposal.version, seen=version)
        draft = draft_of(proposal, newest_version(proposal))
        paper = Paper(draft.paper.title or proposal.title, document, document_on)
        refuse_paper(paper, today)
        files = _official(draft, paper)
        layer = _laid(scope, region, proposal, paper, files, _proved(region.code, files, at), at)
        proposal.state, proposal.layer = state, layer
        proposal.decided_by, proposal.decided_at = scope.operator_id, at
        proposal.save(update_fields=["state", "layer", "decided_by", "decided_at"])
        recorded(scope, "policy.activate", proposal, at, document=document, mark=layer.mark)
        rulebooks.note(region.code, layer.mark)
        return proposal


def reject(*, scope: Scope, proposal_id: int, because: str, at: datetime) -> Proposal:
    """Send a proposal or setting back for good, with the reason.

    Raises WholeRegionOnly, NotThere, StepNotAllowed, SecondPersonNeeded.
    """
    scope.require("policy.activate")
    require_whole_region(scope)
    with scoped(scope):
        proposal = locked(scope, proposal_id)
        state = PROPOSAL.next(proposal.state, "reject")
        _second_person(scope, proposal)
        proposal.state, proposal.because = state, because
        proposal.decided_by, proposal.decided_at = scope.operator_id, at
        proposal.save(update_fields=["state", "because", "decided_by", "decided_at"])
        recorded(scope, "policy.activate", proposal, at, because=because)
        return proposal


def _second_person(scope: Scope, proposal: Proposal) -> None:
    apart(
        first="policy.decide" if proposal.kind == Kind.SETTING else "policy.propose",
        second="policy.activate",
        first_operator_id=proposal.proposed_by,
        operator_id=scope.operator_id,
    )


def _official(draft: Draft, paper: Paper) -> tuple[LayerText, ...]:
    """The draft under the office's authority and the document's number and date."""
    decided = Draft(draft.region, draft.kind, draft.name, draft.text, paper)
    day = paper.published
    assert day is not None, "the paper was looked at"
    return decided.files(authority=region_of(draft.region).bureau, unpublished=day)


def _prove_ahead(scope: Scope, proposal_id: int, at: datetime) -> None:
    """Prove before anything is locked: seconds. What does not read is refused under the lock."""
    with scoped(scope):
        proposal = Proposal.objects.filter(id=proposal_id, region=scope.region).first()
        if proposal is None:
            return
        found = check(draft_of(proposal, newest_version(proposal)), on=localdate(at))
    if found.book is not None:
        prove(found.book, at=at)


def _proved(region: str, files: tuple[LayerText, ...], at: datetime) -> Rulebook:
    """The rulebook with the layer, read and proved. Raises DraftFaulty, ProofFails."""
    try:
        book = rulebooks.book_with(region, *files)
    except RulebookFaults as wrong:
        first = wrong.faults[0]
        raise DraftFaulty(count=len(wrong.faults), line=first.line, what=first.what) from wrong
    faults = prove(book, at=at).faults
    if faults:
        raise ProofFails(count=len(faults), what=faults[0].what)
    return book


def _laid(
    scope: Scope,
    region: PoolingRegion,
    proposal: Proposal,
    paper: Paper,
    files: tuple[LayerText, ...],
    book: Rulebook,
    at: datetime,
) -> RulebookLayer:
    head, body = files[0], "".join(file.text for file in files[1:])
    mark = rulebooks.mark_of(region.rulebook_mark, head.layer, head.text, body)
    layer = RulebookLayer.objects.create(
        region=region,
        number=RulebookLayer.objects.filter(region=region).count() + 1,
        name=head.layer,
        head=head.text,
        body=body,
        mark=mark,
        text_hash=book.text_hash,
        title=proposal.title,
        document=paper.number,
        document_on=paper.published,
        activated_on=localdate(at),
        activated_at=at,
        activated_by=scope.operator_id,
        proposed_by=proposal.proposed_by,
    )
    region.rulebook_mark = mark
    region.save(update_fields=["rulebook_mark"])
    return layer

"""What the operations share: the whole region's scope, a locked proposal, its newest draft."""

import hashlib
from datetime import date, datetime
from typing import Any

from django.db.models import Max
from django.utils.translation import gettext_lazy as _

from yibao.apps.access import audit
from yibao.apps.access.models import Operator, PoolingRegion
from yibao.apps.access.rulebooks import book_of
from yibao.apps.access.scope import NotThere, Scope
from yibao.apps.access.spoken import language
from yibao.apps.policy.drafts import Checked, Draft
from yibao.apps.policy.models import Proposal, ProposalVersion
from yibao.apps.policy.overlays import Paper, name_of
from yibao.apps.policy.refusals import (
    DocumentMissing,
    DocumentNotYet,
    DraftFaulty,
    SettingNotOpen,
    WholeRegionOnly,
)
from yibao.core.rules.parameters import Parameter
from yibao.rulebook.regions import region as region_of


def require_whole_region(scope: Scope) -> None:
    """Refuse a post of a part of the region. Raises WholeRegionOnly."""
    whole = region_of(scope.region)
    if scope.area_from > whole.area_from or scope.area_until < whole.area_until:
        raise WholeRegionOnly(area=scope.area_name)


def next_number(scope: Scope) -> int:
    """Return the next number of a proposal or setting of the region; two do not draw the same."""
    PoolingRegion.objects.select_for_update(no_key=True).get(code=scope.region)
    newest = Proposal.objects.filter(region=scope.region).aggregate(newest=Max("number"))["newest"]
    return (newest or 0) + 1


def locked(scope: Scope, proposal_id: int) -> Proposal:
    """Return a proposal, locked until the transaction ends. Raises NotThere."""
    rows = Proposal.objects.select_for_update().filter(id=proposal_id, region=scope.region)
    found = rows.first()
    if found is None:
        raise NotThere(what=_("这份提案"))
    return found


def newest_version(proposal: Proposal) -> ProposalVersion:
    """Return what a proposal says now."""
    return ProposalVersion.objects.get(proposal=proposal, number=proposal.version)


def draft_of(proposal: Proposal, version: ProposalVersion) -> Draft:
    """Return a version as a draft that can be laid over the rulebook."""
    paper = Paper(version.paper_title, version.paper_number, version.paper_on)
    name = name_of(proposal.kind, proposal.number)
    return Draft(proposal.region, proposal.kind, name, version.text, paper)


def operator_name(operator_id: int | None) -> str:
    """Return the name of a member of staff; "" for nobody."""
    rows = Operator.objects.filter(id=operator_id or 0)
    return rows.values_list("name", flat=True).first() or ""


def recorded(scope: Scope, action: str, proposal: Proposal, at: datetime, **detail: Any) -> None:
    """Write the act to the audit log."""
    audit.record(
        scope=scope,
        action=action,
        at=at,
        object_kind="proposal",
        object_id=proposal.id,
        detail={"number": proposal.number, "state": proposal.state, **detail},
    )


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


def open_parameter(region: str, name: str) -> Parameter:
    """Return a parameter that the region's text leaves open. Raises SettingNotOpen."""
    found = book_of(region).parameters.get(name)
    if found is None or not (found.open or any(value.open for value in found.values)):
        raise SettingNotOpen(label=found.label.in_language(language()) if found else name)
    return found


def refuse_paper(paper: Paper, today: date) -> None:
    """Refuse a paper without number or of a day to come. Raises DocumentMissing, DocumentNotYet."""
    if not paper.number.strip() or paper.published is None:
        raise DocumentMissing()
    if paper.published > today:
        raise DocumentNotYet(document_on=paper.published, today=today)

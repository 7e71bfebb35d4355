"""An open setting gets a value: the first person enters it with its document."""

from datetime import date, datetime

from django.utils.timezone import localdate

from yibao.apps.access.rulebooks import book_of
from yibao.apps.access.scope import Scope, scoped
from yibao.apps.policy.drafts import check
from yibao.apps.policy.models import PROPOSAL, Kind, Proposal, State
from yibao.apps.policy.operations.drafting import add_version, refuse_faults
from yibao.apps.policy.overlays import Paper, Value, dated, name_of
from yibao.apps.policy.refusals import (
    DocumentMissing,
    DocumentNotYet,
    SettingNotOpen,
    SettingUnreadable,
    SettingWaits,
)
from yibao.apps.policy.standing import draft_of, next_number, recorded, require_whole_region
from yibao.core.rules.parameters import Parameter
from yibao.rulebook.regions import region as region_of

# The article of an office's own document, where none is named.
WHOLE = "全文"


def enter_setting(
    *,
    scope: Scope,
    parameter: str,
    value: Value,
    since: str,
    until: str,
    known: date | None,
    paper: Paper,
    article: str,
    at: datetime,
) -> Proposal:
    """Enter a value for an open setting; a second person confirms it (`activate`).

    `value` as the rulebook writes it ("130.00", "55%", "90 days"; a table as rows by key),
    `since` and `until` a date or an insured year, `known` the day it was made known, where that
    is not the paper's. Raises WholeRegionOnly, SettingNotOpen, SettingWaits, DocumentMissing,
    DocumentNotYet, SettingUnreadable.
    """
    scope.require("policy.decide")
    require_whole_region(scope)
    today = localdate(at)
    refuse_paper(paper, today)
    found = open_parameter(scope.region, parameter)
    with scoped(scope):
        waits = Proposal.objects.filter(
            region=scope.region, parameter=parameter, state=State.SUBMITTED
        ).first()
        if waits is not None:
            raise SettingWaits(label=found.label.zh, number=waits.number)
        proposal = Proposal.objects.create(
            region=scope.region,
            area_no=region_of(scope.region).area_from,
            number=next_number(scope),
            kind=Kind.SETTING,
            title=found.label.zh,
            parameter=parameter,
            proposed_by=scope.operator_id,
            proposed_at=at,
        )
        name = name_of(Kind.SETTING, proposal.number)
        cite = f"{name} {article.strip() or WHOLE}"
        line = dated(value, since=since, until=until, known=known, cite=cite)
        text = f"settings:\n  {parameter}: {line}\n"
        version = add_version(scope, proposal, text=text, paper=paper, at=at)
        _refuse_unreadable(proposal, found, check(draft_of(proposal, version), on=today))
        proposal.state = PROPOSAL.next(proposal.state, "submit")
        proposal.submitted_at = at
        proposal.save(update_fields=["state", "submitted_at"])
        recorded(scope, "policy.decide", proposal, at, parameter=parameter, value=line)
        return proposal


def open_parameter(region: str, name: str) -> Parameter:
    """Return a parameter that the region's text leaves open. Raises SettingNotOpen."""
    found = book_of(region).parameters.get(name)
    if found is None or not (found.open or any(value.open for value in found.values)):
        raise SettingNotOpen(label=found.label.zh if found else name)
    return found


def refuse_paper(paper: Paper, today: date) -> None:
    """Refuse a paper without number or of a day to come. Raises DocumentMissing, DocumentNotYet."""
    if not paper.number.strip() or paper.published is None:
        raise DocumentMissing()
    if paper.published > today:
        raise DocumentNotYet(document_on=paper.published, today=today)


def _refuse_unreadable(proposal: Proposal, parameter: Parameter, found: object) -> None:
    faults = getattr(found, "faults", ())
    if faults:
        raise SettingUnreadable(label=parameter.label.zh, why=faults[0].what)


__all__ = ["enter_setting", "open_parameter", "refuse_faults", "refuse_paper"]

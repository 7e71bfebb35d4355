"""An open setting gets a value: the first person enters it with its document."""

from datetime import date, datetime

from django.utils.timezone import localdate

from yibao.apps.access.scope import Scope, scoped
from yibao.apps.access.spoken import language
from yibao.apps.policy.drafts import Checked, check
from yibao.apps.policy.models import PROPOSAL, Kind, Proposal, State
from yibao.apps.policy.overlays import Paper, Value, dated, name_of
from yibao.apps.policy.refusals import SettingUnreadable, SettingWaits
from yibao.apps.policy.standing import (
    add_version,
    draft_of,
    next_number,
    open_parameter,
    recorded,
    refuse_paper,
    require_whole_region,
)
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
            raise SettingWaits(label=found.label.in_language(language()), number=waits.number)
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
        _refuse_unreadable(found, check(draft_of(proposal, version), on=today))
        proposal.state = PROPOSAL.next(proposal.state, "submit")
        proposal.submitted_at = at
        proposal.save(update_fields=["state", "submitted_at"])
        recorded(scope, "policy.decide", proposal, at, parameter=parameter, value=line)
        return proposal


def _refuse_unreadable(parameter: Parameter, found: Checked) -> None:
    if found.faults:
        raise SettingUnreadable(
            label=parameter.label.in_language(language()), why=found.faults[0].what
        )

"""Proposals and settings: the list, and one with its versions, its check and its simulations."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from django.utils.translation import gettext_lazy as _

from yibao.apps.access.models import Operator, RulebookLayer
from yibao.apps.access.scope import NotThere, Scope, scoped
from yibao.apps.policy.drafts import Checked, check
from yibao.apps.policy.models import Proposal, ProposalVersion, Simulation, State
from yibao.apps.policy.standing import draft_of

LISTED = 100


@dataclass(frozen=True, slots=True)
class ProposalRow:
    """A proposal or setting as a list shows it."""

    proposal: Proposal
    proposed_by: str
    decided_by: str


@dataclass(frozen=True, slots=True)
class ProposalPage:
    """A proposal with everything that a page shows. `checked` is of its newest version."""

    proposal: Proposal
    version: ProposalVersion
    versions: tuple[tuple[ProposalVersion, str], ...]
    simulations: tuple[Simulation, ...]
    proposed_by: str
    decided_by: str
    layer: RulebookLayer | None
    checked: Checked
    is_own: bool


def proposals(*, scope: Scope, kind: str = "", limit: int = LISTED) -> list[ProposalRow]:
    """Return the newest proposals of the scope, of one kind or all."""
    with scoped(scope):
        rows = Proposal.objects.filter(region=scope.region).order_by("-number")
        if kind:
            rows = rows.filter(kind=kind)
        found = list(rows[:limit])
        names = names_of([one for row in found for one in (row.proposed_by, row.decided_by)])
    return [
        ProposalRow(row, names.get(row.proposed_by, ""), names.get(row.decided_by or 0, ""))
        for row in found
    ]


def proposal_page(*, scope: Scope, proposal_id: int, on: date) -> ProposalPage:
    """Return a proposal with its versions, its check over the rulebook, its simulations.

    Raises NotThere.
    """
    with scoped(scope):
        rows = Proposal.objects.select_related("layer")
        proposal = rows.filter(id=proposal_id, region=scope.region).first()
        if proposal is None:
            raise NotThere(what=_("这份提案"))
        versions = list(proposal.versions.order_by("-number"))
        simulations = tuple(proposal.simulations.order_by("-id"))
        people = [proposal.proposed_by, proposal.decided_by]
        names = names_of([*people, *(version.saved_by for version in versions)])
    newest = versions[0]
    return ProposalPage(
        proposal=proposal,
        version=newest,
        versions=tuple((one, names.get(one.saved_by, "")) for one in versions),
        simulations=simulations,
        proposed_by=names.get(proposal.proposed_by, ""),
        decided_by=names.get(proposal.decided_by or 0, ""),
        layer=proposal.layer,
        checked=check(draft_of(proposal, newest), on=on),
        is_own=bool(scope.operator_id) and scope.operator_id == proposal.proposed_by,
    )


def waiting_for_second(scope: Scope, year: int) -> int:
    """Return how many proposals and settings wait for a second person, others' only.

    For the menu: under the scope that the page has set.
    """
    del year
    rows = Proposal.objects.filter(region=scope.region, state=State.SUBMITTED)
    return rows.exclude(proposed_by=scope.operator_id).count()


def to_decide(*, scope: Scope, limit: int = LISTED) -> list[int]:
    """Return the ids of what waits for a second person, others' only, in the list's order."""
    scope.require("policy.activate")
    with scoped(scope):
        rows = Proposal.objects.filter(region=scope.region, state=State.SUBMITTED)
        others = rows.exclude(proposed_by=scope.operator_id).order_by("-number")
        return list(others.values_list("id", flat=True)[:limit])


def names_of(operator_ids: Sequence[int | None]) -> dict[int, str]:
    """Return the names of members of staff: in full, they answer for what they did."""
    wanted = {one for one in operator_ids if one}
    return dict(Operator.objects.filter(id__in=wanted).values_list("id", "name"))

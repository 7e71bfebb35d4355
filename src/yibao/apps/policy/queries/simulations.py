"""One simulation with its proposal, as its page shows it."""

from dataclasses import dataclass

from django.utils.translation import gettext_lazy as _

from yibao.apps.access.scope import NotThere, Scope, scoped
from yibao.apps.policy.models import Proposal, ProposalVersion, Simulation
from yibao.apps.policy.queries.proposals import names_of


@dataclass(frozen=True, slots=True)
class SimulationPage:
    """A simulation, the version that it was run on, and who asked."""

    simulation: Simulation
    proposal: Proposal
    version: ProposalVersion
    asked_by: str


def simulation_page(*, scope: Scope, simulation_id: int) -> SimulationPage:
    """Return a simulation. Raises NotThere."""
    with scoped(scope):
        rows = Simulation.objects.select_related("proposal")
        found = rows.filter(id=simulation_id, region=scope.region).first()
        if found is None:
            raise NotThere(what=_("这次试算"))
        version = ProposalVersion.objects.get(proposal=found.proposal, number=found.version)
        names = names_of([found.asked_by])
    return SimulationPage(found, found.proposal, version, names.get(found.asked_by, ""))

"""The simulation of a proposal, as a job: it takes the registered people first, where asked to."""

import tempfile
from pathlib import Path

from django.utils.translation import gettext_lazy as _

from yibao.apps.access.scope import scoped
from yibao.apps.desk.kinds import Kind, register
from yibao.apps.desk.running import Running
from yibao.apps.policy import operations
from yibao.apps.policy.models import Simulation
from yibao.apps.policy.populations import REGISTERED, stored_snapshots
from yibao.apps.policy.refusals import SimulationFailed
from yibao.apps.statistics.operations import take_population

SIMULATION = "simulation"


def simulate(running: Running) -> str:
    """Run a simulation over the population that was chosen; the registered one is taken anew.

    One that a dead worker left running begins again. Raises SimulationFailed, NotThere.
    """
    scope, number = running.scope, running.object_id or 0
    with scoped(scope):
        made = Simulation.objects.get(id=number, region=scope.region)
    if made.state == "running":
        operations.give_up_simulation(
            scope=scope, simulation_id=number, why=_("任务进程中断，重新开始")
        )
    if made.population != REGISTERED:
        stored = stored_snapshots(scope.region)
        place = next((one.place for one in stored if one.name == made.population), None)
        if place is None:
            raise SimulationFailed(why=_("快照 %(name)s 已不在") % {"name": made.population})
        return _over(running, place)
    with tempfile.TemporaryDirectory(prefix="yibao-lab-") as folder:
        place = Path(folder, "population")
        take_population(scope=scope, year=made.year, place=place, at=running.at)
        return _over(running, place)


def _over(running: Running, place: Path) -> str:
    made = operations.run_simulation(
        scope=running.scope,
        simulation_id=running.object_id or 0,
        snapshot=place,
        at=running.at,
        report=running.report,
    )
    return f"{made.done} 组"


def ended(running: Running, why: str) -> None:
    """Say on the simulation's own page why it did not finish."""
    operations.give_up_simulation(
        scope=running.scope, simulation_id=running.object_id or 0, why=why
    )


register(
    Kind(
        SIMULATION,
        label=_("政策试算"),
        action="policy.simulate",
        run=simulate,
        page="policy:simulation",
        unit=_("组"),
        # Its result is one whole: held, it would begin anew.
        holdable=False,
        ended=ended,
    )
)

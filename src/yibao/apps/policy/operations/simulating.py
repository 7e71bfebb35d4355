"""A what-if: asked for, run over a population with its progress kept, and its result."""

from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from django.utils.timezone import localdate
from django.utils.translation import gettext_lazy as _

from yibao.apps.access import audit, rulebooks
from yibao.apps.access.scope import NotThere, Scope, scoped
from yibao.apps.policy.drafts import Draft, check
from yibao.apps.policy.models import SIMULATION, Kind, Proposal, ProposalVersion, Simulation
from yibao.apps.policy.overlays import PROPOSAL
from yibao.apps.policy.refusals import SimulationFailed
from yibao.apps.policy.standing import draft_of, newest_version, refuse_faults
from yibao.core.refusal import Refusal
from yibao.core.rules.book import LayerText
from yibao.rulebook.regions import region as region_of
from yibao.simulation import Job, run
from yibao.simulation import job as jobs
from yibao.simulation.deciding import best_reader
from yibao.simulation.refusals import NothingToSimulate, SnapshotOfElsewhere
from yibao.simulation.snapshot import open_snapshot


def ask_simulation(
    *, scope: Scope, proposal_id: int, year: int, population: str, at: datetime
) -> Simulation:
    """Ask what a proposal's newest version would do in a year. Raises NotThere, DraftFaulty."""
    scope.require("policy.simulate")
    with scoped(scope):
        proposal = Proposal.objects.filter(id=proposal_id, region=scope.region).first()
        if proposal is None:
            raise NotThere(what=_("这份提案"))
        found = check(draft_of(proposal, newest_version(proposal)), on=localdate(at))
        refuse_faults(found)
        assert found.book is not None, "a draft without faults is a book"
        made = Simulation.objects.create(
            region=proposal.region,
            area_no=proposal.area_no,
            proposal=proposal,
            version=proposal.version,
            year=year,
            population=population,
            base_hash=found.base.text_hash,
            proposal_hash=found.book.text_hash,
            asked_by=scope.operator_id,
            asked_at=at,
        )
        _recorded(scope, made, at, {"year": year, "population": population})
        return made


def run_simulation(
    *,
    scope: Scope,
    simulation_id: int,
    snapshot: Path,
    at: datetime,
    report: Callable[[int, int], None] | None = None,
) -> Simulation:
    """Run a simulation that waits, or that failed, over a population in Parquet.

    Its progress is kept after each bucket, in a transaction of its own, so that others see it;
    `report` is told as well, and may leave the work by an exception. Raises NotThere,
    StepNotAllowed for one that runs or is done, SimulationFailed with the cause.
    """
    scope.require("policy.simulate")
    with scoped(scope):
        rows = Simulation.objects.select_for_update().filter(region=scope.region)
        made = rows.filter(id=simulation_id).first()
        if made is None:
            raise NotThere(what=_("这次试算"))
        made.state = SIMULATION.next(made.state, "start")
        made.fault = ""
        made.save(update_fields=["state", "fault"])
        version = ProposalVersion.objects.get(proposal=made.proposal, number=made.version)
        draft = draft_of(made.proposal, version)

    def progress(done: int, total: int) -> None:
        with scoped(scope):
            Simulation.objects.filter(id=simulation_id).update(done=done, total=total)
        if report:
            report(done, total)

    try:
        outcome = run(_job(draft, made, snapshot, at), progress=progress).to_json()
    except Refusal as refusal:
        _failed(scope, made, str(refusal))
        raise SimulationFailed(why=refusal.message) from refusal
    spent = timedelta(milliseconds=int(outcome["run"]["milliseconds"]))
    with scoped(scope):
        made.refresh_from_db()
        made.state, made.result = SIMULATION.next(made.state, "finish"), outcome
        made.base_hash = outcome["rulebooks"]["before"]["text"]
        made.proposal_hash = outcome["rulebooks"]["after"]["text"]
        made.finished_at = at + spent
        made.save()
        _recorded(scope, made, at, {"figures": outcome["figures_hash"]})
    return made


def give_up_simulation(*, scope: Scope, simulation_id: int, why: str) -> None:
    """Say of a simulation that runs and that nobody runs any more, or that was cancelled, why."""
    with scoped(scope):
        rows = Simulation.objects.filter(region=scope.region, id=simulation_id)
        for made in rows.filter(state="waiting"):
            made.state = SIMULATION.next(made.state, "start")
            made.save(update_fields=["state"])
        for made in rows.filter(state="running"):
            _failed(scope, made, why)


def _failed(scope: Scope, made: Simulation, why: str) -> None:
    with scoped(scope):
        made.refresh_from_db()
        made.state, made.fault = SIMULATION.next(made.state, "fail"), why
        made.save(update_fields=["state", "fault"])


def _job(draft: Draft, made: Simulation, place: Path, at: datetime) -> Job:
    """Both rulebooks as text, and the population's place."""
    snapshot = open_snapshot(place)
    manifest = snapshot.manifest
    if (manifest.region, manifest.year) != (made.region, made.year):
        raise SnapshotOfElsewhere(
            region=manifest.region,
            year=manifest.year,
            wanted=made.region,
            wanted_year=made.year,
        )
    authority = PROPOSAL if draft.kind == Kind.CHANGE else region_of(draft.region).bureau
    files = draft.files(authority=authority, unpublished=localdate(at))
    below = _below(draft)
    job = Job(
        region=made.region,
        year=made.year,
        known=None,
        snapshot=str(snapshot.place.resolve()),
        snapshot_hash=manifest.hash,
        before=below,
        after=(*below, *files),
        proposal=jobs.Proposal(
            draft.name,
            draft.paper.title or made.proposal.title,
            authority,
            f"{draft.name}.yaml",
            made.proposal_hash,
        ),
        reader=best_reader(),
    )
    if not job.rules():
        raise NothingToSimulate(region=made.region)
    return job


def _below(draft: Draft) -> tuple[LayerText, ...]:
    """What lies below the draft: the office's rulebook, without the draft if it is activated."""
    return rulebooks.layers_of(draft.region, before=draft.name)


def _recorded(scope: Scope, made: Simulation, at: datetime, detail: dict[str, Any]) -> None:
    audit.record(
        scope=scope,
        action="policy.simulate",
        at=at,
        object_kind="simulation",
        object_id=made.id,
        detail={"proposal": made.proposal_id, "version": made.version, **detail},
    )

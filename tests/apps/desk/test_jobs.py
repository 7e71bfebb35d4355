"""Jobs: one worker each, seen and steered by who may, never lost with a worker."""

import threading

import pytest
from django.db import connection

from tests.apps.access.offices import AT, hire, open_office
from tests.apps.desk import desks
from yibao.apps.access.models import AuditRecord, Post, Role
from yibao.apps.access.scope import NotAllowed, NotThere, Scope, scoped
from yibao.apps.desk import jobs
from yibao.apps.desk.models import Job
from yibao.apps.desk.running import Running
from yibao.core.flow import StepNotAllowed
from yibao.database.scope import scoped as area_scoped
from yibao.rulebook import desk as limits

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _declared():
    desks.declare()
    desks.ENDED.clear()


@pytest.fixture
def clerk() -> Scope:
    return hire(role=Role.TOWNSHIP_CLERK, division=desks.TOWN).scope


def ask(scope: Scope, to: int = 3, **more) -> Job:
    kind = more.pop("kind", "counting")
    number = more.pop("object_id", None)
    given = {"to": to, **more}
    return jobs.enqueue(
        scope=scope, kind=kind, title="数到三", given=given, object_id=number, at=AT
    )


def now(job: Job) -> Job:
    with area_scoped(0, 10**12):
        return Job.objects.get(id=job.id)


def test_a_job_runs_to_its_end_and_says_what_came_out(clerk):
    asked = ask(clerk)
    assert asked.state == "waiting"
    desks.run_all()
    found = now(asked)
    assert (found.state, found.done, found.total, found.outcome) == ("done", 3, 3, "3 步")
    assert found.ended_at == found.started_at == AT


def test_asking_and_finishing_are_in_the_audit_log(clerk):
    asked = ask(clerk)
    desks.run_all()
    with scoped(clerk):
        rows = AuditRecord.objects.filter(object_kind="job", object_id=str(asked.id))
        assert [row.detail["step"] for row in rows.order_by("id")] == ["asked", "finish"]


def test_the_oldest_is_done_first_and_each_by_one_worker(clerk):
    first, second = ask(clerk), ask(clerk)
    assert jobs.claim(worker="a").id == first.id
    assert jobs.claim(worker="b").id == second.id
    assert jobs.claim(worker="c") is None


def test_a_thing_is_worked_on_by_one_job(clerk):
    assert ask(clerk, object_id=7).id == ask(clerk, object_id=7).id
    assert ask(clerk, object_id=8).id != ask(clerk, object_id=7).id
    desks.run_all()
    assert ask(clerk, object_id=7).state == "waiting"


def test_the_right_is_asked_for_when_the_job_is_asked_for():
    scope = hire(role=Role.SECURITY_ADMIN, division=desks.COUNTY).scope
    with pytest.raises(NotAllowed):
        ask(scope)


def test_a_job_of_a_post_that_ended_meanwhile_does_nothing_and_says_why(clerk):
    asked = ask(clerk)
    Post.objects.filter(id=clerk.post_id).update(valid_until=AT.date())
    desks.run_all()
    found = now(asked)
    assert (found.state, found.done) == ("failed", 0)
    assert found.error
    assert found.error_en


def test_an_error_of_the_program_fails_the_job_in_words_and_the_next_one_runs(clerk):
    broken, fine = ask(clerk, break_at=2, object_id=9), ask(clerk)
    desks.run_all()
    found = now(broken)
    assert (found.state, found.done, found.error_code) == ("failed", 1, "E865")
    assert "RuntimeError" in found.error
    assert "Traceback" not in found.error
    assert [(9, found.error)] == desks.ENDED
    assert now(fine).state == "done"


def test_a_failed_job_goes_on_where_it_stopped(clerk):
    broken = ask(clerk, break_at=3)
    desks.run_all()
    with scoped(clerk):
        Job.objects.filter(id=broken.id).update(given={"to": 5, "mended": True})
    jobs.go_on(scope=clerk, job_id=broken.id, at=AT)
    desks.run_all()
    found = now(broken)
    assert (found.state, found.done, found.error) == ("done", 5, "")


def test_a_waiting_job_is_held_at_once_and_goes_on(clerk):
    asked = ask(clerk)
    jobs.hold(scope=clerk, job_id=asked.id, at=AT)
    assert desks.run_all() == []
    jobs.go_on(scope=clerk, job_id=asked.id, at=AT)
    desks.run_all()
    assert now(asked).state == "done"


def _wish_in_the_middle(clerk, act, asked):
    """Run the job; at its second step somebody wishes."""

    def run(running: Running) -> str:
        for n in range(running.done + 1, 4):
            if n == 2:
                act(scope=clerk, job_id=asked.id, at=AT)
            running.report(n, 3)
        return "?"

    return run


@pytest.mark.parametrize(
    ("act", "state"), [(jobs.hold, "paused"), (jobs.cancel, "cancelled")], ids=["held", "cancelled"]
)
def test_a_running_job_hears_the_wish_at_its_next_report(clerk, act, state, monkeypatch):
    asked = ask(clerk)
    kind = jobs.kind_of("counting")
    monkeypatch.setattr(
        jobs,
        "kind_of",
        lambda code: type(kind)(**{**kind.__dict__, "run": _wish_in_the_middle(clerk, act, asked)}),
    )
    desks.run_all()
    found = now(asked)
    assert (found.state, found.done) == (state, 2)
    assert (found.ended_at is None) == (state == "paused")


def test_what_is_done_in_one_step_cannot_be_held(clerk):
    asked = ask(clerk, kind="one_step")
    with pytest.raises(jobs.JobNotHoldable):
        jobs.hold(scope=clerk, job_id=asked.id, at=AT)


def test_a_finished_job_has_no_further_step(clerk):
    asked = ask(clerk)
    desks.run_all()
    for act in (jobs.hold, jobs.cancel, jobs.go_on):
        with pytest.raises(StepNotAllowed):
            act(scope=clerk, job_id=asked.id, at=AT)


def test_others_jobs_are_steered_by_who_may_see_those_of_the_scope(clerk):
    asked = ask(clerk)
    county = hire(role=Role.COUNTY_CLERK, division=desks.COUNTY, name="刘芳").scope
    jobs.hold(scope=county, job_id=asked.id, at=AT)
    agent = hire(role=Role.VILLAGE_AGENT, division=desks.TOWN, name="周明").scope
    with pytest.raises(NotAllowed):
        jobs.go_on(scope=agent, job_id=asked.id, at=AT)


def test_a_job_of_another_town_is_not_there(clerk):
    asked = ask(clerk)
    other = hire(role=Role.TOWNSHIP_CLERK, division="430423104", name="周明").scope
    with pytest.raises(NotThere):
        jobs.cancel(scope=other, job_id=asked.id, at=AT)


def test_a_dead_workers_job_goes_to_another_and_the_dead_one_writes_nothing_more(clerk):
    asked = ask(clerk)
    dead = jobs.claim(worker="dead")
    ghost = Running(dead.id, None, dead.given, clerk, AT, "dead")
    with connection.cursor() as cursor, scoped(clerk):
        cursor.execute(
            "update desk_job set heartbeat_at = clock_timestamp() - %s where id = %s",
            [limits.jobs().lost_after * 2, asked.id],
        )
    desks.run_all("alive")
    assert (now(asked).state, now(asked).worker) == ("done", "alive")
    with pytest.raises(jobs.Lost):
        ghost.report(1, 3)
    assert now(asked).done == 3


def test_a_job_whose_workers_die_again_and_again_is_given_up(clerk):
    asked = ask(clerk, object_id=4)
    for _ in range(limits.jobs().attempts):
        assert jobs.claim(worker="dead").id == asked.id
        with connection.cursor() as cursor, scoped(clerk):
            cursor.execute(
                "update desk_job set heartbeat_at = clock_timestamp() - %s where id = %s",
                [limits.jobs().lost_after * 2, asked.id],
            )
    assert jobs.claim(worker="next") is None
    assert (now(asked).state, now(asked).error_code) == ("failed", "E866")
    jobs.go_on(scope=clerk, job_id=asked.id, at=AT)
    desks.run_all()
    assert now(asked).state == "done"


@pytest.mark.django_db(transaction=True)
def test_eight_workers_do_forty_jobs_each_once(_declared):
    open_office()
    scope = Scope.system("hengshan")
    asked = [ask(scope, to=2) for _ in range(40)]
    done: list[int] = []

    def work(name: str) -> None:
        try:
            done.extend(job.id for job in desks.run_all(name))
        finally:
            connection.close()

    workers = [threading.Thread(target=work, args=(f"w{n}",)) for n in range(8)]
    for one in workers:
        one.start()
    for one in workers:
        one.join()
    assert sorted(done) == [one.id for one in asked]
    assert {now(one).state for one in asked} == {"done"}
    assert {now(one).attempts for one in asked} == {1}


@pytest.mark.django_db(transaction=True)
def test_a_beating_job_is_seen_from_outside_while_its_transaction_is_open(_declared):
    open_office()
    asked = ask(Scope.system("hengshan"), to=5)
    job = jobs.claim(worker="w")
    running = Running(job.id, None, job.given, Scope.system("hengshan"), AT, "w")
    seen: list[int] = []

    def look() -> None:
        try:
            seen.append(now(asked).done)
        finally:
            connection.close()

    with running.beating(0):
        with scoped(running.scope):
            running.report(4, 5)
            for _ in range(20_000):
                looker = threading.Thread(target=look)
                looker.start()
                looker.join()
                if seen[-1] == 4:
                    break
    assert seen[-1] == 4

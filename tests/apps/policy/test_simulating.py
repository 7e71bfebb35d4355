"""A what-if is run over a snapshot, its progress and result kept with both hashes; nothing is active."""

import pytest

from tests.apps.policy.bureau import AT, BANNER, LOWERED, REGION
from yibao.apps.access import rulebooks
from yibao.apps.access.scope import NotAllowed, NotThere, scoped
from yibao.apps.policy import operations
from yibao.apps.policy.models import Simulation
from yibao.apps.policy.refusals import DraftFaulty, SimulationFailed
from yibao.core.flow import StepNotAllowed
from yibao.simulation.job import words_of
from yibao.simulation.synthetic import make_population

YEAR, PEOPLE = 2010, 300


@pytest.fixture(scope="module")
def population(tmp_path_factory):
    from yibao.rulebook.loader import rulebook

    place = tmp_path_factory.mktemp("snapshots") / "made-up"
    make_population(
        place,
        words=words_of(rulebook(REGION)),
        region=REGION,
        year=YEAR,
        people_wanted=PEOPLE,
        seed=5,
    )
    return place


def ask(bureau, made, *, year=YEAR, by=None):
    return operations.ask_simulation(
        scope=by or bureau.officer, proposal_id=made.id, year=year, population="made-up", at=AT
    )


def run(bureau, asked, place):
    return operations.run_simulation(
        scope=bureau.officer, simulation_id=asked.id, snapshot=place, at=AT
    )


def test_a_lowered_deductible_is_told_by_who_bears_less_and_decides_nothing(bureau, population):
    made = bureau.draft()
    done = run(bureau, ask(bureau, made), population)
    assert done.state == "done" and (done.done, done.total) == (1, 1)
    benefit = done.result["benefit"]
    assert benefit["moves"]["gain"] > 0 and benefit["moves"]["lose"] == 0
    assert done.result["contribution"]["moves"]["same"] == PEOPLE
    base = rulebooks.book_of(REGION)
    assert done.base_hash == base.text_hash == done.result["rulebooks"]["before"]["text"]
    assert done.proposal_hash == done.result["rulebooks"]["after"]["text"] != base.text_hash
    assert done.finished_at >= AT
    assert rulebooks.book_of(REGION) is base


def test_what_is_activated_is_simulated_against_the_rules_before_it(bureau, population):
    before = rulebooks.book_of(REGION).text_hash
    done = run(bureau, ask(bureau, bureau.lowered()), population)
    assert done.base_hash == before
    assert done.result["benefit"]["moves"]["gain"] > 0


def test_what_is_done_is_not_run_again(bureau, population):
    asked = ask(bureau, bureau.draft())
    run(bureau, asked, population)
    with pytest.raises(StepNotAllowed):
        run(bureau, asked, population)


def test_a_population_of_another_year_fails_with_the_reason_and_can_be_run_again(
    bureau, population, tmp_path
):
    asked = ask(bureau, bureau.draft(), year=2009)
    with pytest.raises(SimulationFailed) as refused:
        run(bureau, asked, population)
    assert "2010" in str(refused.value)
    with scoped(bureau.officer):
        kept = Simulation.objects.get(id=asked.id)
    assert (kept.state, kept.result) == ("failed", None) and kept.fault
    with pytest.raises(SimulationFailed):
        run(bureau, asked, tmp_path)


def test_a_faulty_draft_is_not_simulated(bureau):
    with pytest.raises(DraftFaulty):
        ask(bureau, bureau.draft(LOWERED.replace("350", "x")))


def test_who_has_not_the_right_or_the_region_asks_nothing(bureau):
    from tests.apps.access.offices import hire

    made = bureau.draft()
    clerk = hire(role="county_clerk", division=BANNER, name="斯琴", at=AT).scope
    with pytest.raises(NotAllowed):
        ask(bureau, made, by=clerk)
    banner = hire(role="policy_officer", division=BANNER, name="白音", at=AT).scope
    with pytest.raises(NotThere):
        ask(bureau, made, by=banner)

"""A what-if in the console: asked over a snapshot, shown with its charts and tables, taken as a file."""

import csv
import io

import pytest

from tests.apps.desk import desks
from tests.apps.policy.bureau import LOWERED, REGION
from tests.console.policy.lab import banner_clerk, open_lab, words
from tests.console.test_frame import faults_of
from yibao.apps.access.scope import scoped
from yibao.apps.desk.models import Job
from yibao.apps.policy import populations
from yibao.apps.policy.models import Simulation
from yibao.rulebook.loader import rulebook
from yibao.simulation.job import words_of
from yibao.simulation.synthetic import make_population

pytestmark = pytest.mark.django_db
YEAR, PEOPLE = 2010, 400


@pytest.fixture(scope="module")
def snapshots(tmp_path_factory):
    folder = tmp_path_factory.mktemp("snapshots")
    make_population(
        folder / "made-up",
        words=words_of(rulebook(REGION)),
        region=REGION,
        year=YEAR,
        people_wanted=PEOPLE,
        seed=5,
    )
    return folder


@pytest.fixture
def lab(snapshots, monkeypatch):
    monkeypatch.setattr(populations, "snapshot_directory", lambda: snapshots)
    return open_lab()


def simulated(lab, text=LOWERED, year=YEAR):
    made = lab.bureau.draft(text)
    place = f"/policy/proposals/{made.id}/simulate/?year=2010"
    asked = lab.officer.get(place)
    assert "快照 made-up：2010 年度，400 人" in words(asked)
    assert faults_of(asked.content.decode()) == []
    queued = lab.officer.post(place, {"year": year, "population": "made-up"}, follow=True)
    assert "已排队试算" in words(queued)
    desks.work()
    return lab.officer.get(queued.redirect_chain[-1][0])


def newest(lab):
    with scoped(lab.bureau.officer):
        return Simulation.objects.order_by("-id").first()


def test_the_result_says_what_it_costs_whom_it_moves_and_what_it_leaves_out(lab):
    answer = simulated(lab)
    said, text = words(answer), answer.content.decode()
    assert faults_of(text) == []
    one = newest(lab)
    moves = one.result["benefit"]["moves"]
    assert f"负担减少 {moves['gain']} 人" in said
    assert "试算，未生效" in said and "基金支付" in said
    assert "人群是合成的" in said
    assert "没有计入就医选择的变化" in said
    assert "起付标准 一级 2010-01-01 起 200元 150元" in said
    assert one.result["benefit"]["affected"][0]["person"] in said
    assert "兴医保〔2009〕31号" in said
    assert text.count('class="gain"') > 2
    assert "style=" not in text
    # Every bar has its figure beside it; the sum is everybody who was answered.
    assert (
        moves["gain"] + moves["lose"] + moves["same"] == one.result["benefit"]["counted"]["persons"]
    )


def test_the_other_rule_is_a_page_of_the_same_result(lab):
    simulated(lab)
    one = newest(lab)
    said = words(lab.officer.get(f"/policy/proposals/simulations/{one.id}/?rule=contribution"))
    assert "个人缴纳" in said and "负担减少 0 人" in said


def test_the_groups_leave_as_a_file_with_the_towns(lab):
    simulated(lab)
    one = newest(lab)
    answer = lab.officer.get(f"/policy/proposals/simulations/{one.id}/groups.csv")
    assert answer.headers["Content-Type"].startswith("text/csv")
    rows = list(csv.DictReader(io.StringIO(answer.content.decode("utf-8-sig"))))
    assert {row["规则"] for row in rows} == {"待遇", "缴费"}
    assert "乡镇街道" in {row["分类"] for row in rows}
    ages = [row for row in rows if row["规则"] == "待遇" and row["分类"] == "年龄"]
    counted = one.result["benefit"]["counted"]["persons"]
    assert sum(int(row["人数"]) for row in ages) == counted


def test_a_year_that_the_snapshot_is_not_of_fails_with_its_cause_and_can_be_asked_anew(lab):
    simulated(lab, year=2009)
    one = newest(lab)
    said = words(lab.officer.get(f"/policy/proposals/simulations/{one.id}/"))
    assert "试算没有完成" in said and "2010" in said


def test_one_that_runs_shows_how_far_it_is(lab):
    simulated(lab)
    with scoped(lab.bureau.officer):
        one = newest(lab)
        one.pk, one.state, one.result, one.done, one.total = None, "running", None, 3, 8
        one.save()
    said = words(lab.reviewer.get(f"/policy/proposals/simulations/{one.pk}/"))
    assert "已算 3 组，共 8 组" in said


def test_a_result_of_yesterdays_rules_says_so(lab):
    simulated(lab)
    one = newest(lab)
    place = f"/policy/proposals/simulations/{one.id}/"
    assert "规则库此后有变" not in words(lab.officer.get(place))
    lab.bureau.activate(lab.bureau.enter())
    assert "规则库此后有变" in words(lab.officer.get(place))


def test_a_clerk_sees_no_simulation(lab):
    simulated(lab)
    place = f"/policy/proposals/simulations/{newest(lab).id}/"
    assert banner_clerk().get(place).status_code == 403


def test_one_whose_worker_died_begins_again_and_does_not_stay_running(lab):
    made = lab.bureau.draft(LOWERED)
    place = f"/policy/proposals/{made.id}/simulate/?year=2010"
    lab.officer.post(place, {"year": YEAR, "population": "made-up"})
    one = newest(lab)
    with scoped(lab.bureau.officer):
        Simulation.objects.filter(id=one.id).update(state="running", done=3, total=8)
    desks.work()
    assert newest(lab).state == "done"


def test_a_cancelled_simulation_says_so_on_its_own_page(lab):
    made = lab.bureau.draft(LOWERED)
    place = f"/policy/proposals/{made.id}/simulate/?year=2010"
    lab.officer.post(place, {"year": YEAR, "population": "made-up"})
    with scoped(lab.bureau.officer):
        job = Job.objects.order_by("-id").first()
    lab.officer.post(f"/desk/jobs/{job.id}/", {"do": "cancel"})
    assert newest(lab).state == "failed"
    assert desks.work() == []

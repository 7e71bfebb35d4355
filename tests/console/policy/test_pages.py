"""The lab's pages: what they show, whom they let in, what they keep, how many statements they take."""

import re

import pytest

from tests.apps.access.offices import hire
from tests.apps.claims.insured import insure
from tests.apps.policy.bureau import AT, LOWERED, PAPER
from tests.console.policy.lab import banner_clerk, open_lab, words
from tests.console.signed_in import sign_in_as
from tests.console.test_frame import faults_of
from yibao.apps.access import rulebooks
from yibao.apps.access.models import AuditRecord
from yibao.apps.access.scope import scoped
from yibao.apps.policy.models import Proposal, ProposalVersion
from yibao.database.scope import scoped as everywhere

pytestmark = pytest.mark.django_db


@pytest.fixture
def lab():
    return open_lab()


def draft_form(text=LOWERED, do="save", **given):
    form = {
        "title": "降低起付标准",
        "paper_title": PAPER.title,
        "document": PAPER.number,
        "document_on": PAPER.published.isoformat(),
        "text": text,
        "do": do,
    }
    return form | given


def newest(lab):
    with scoped(lab.bureau.officer):
        one = Proposal.objects.order_by("-id").first()
        return one, ProposalVersion.objects.filter(proposal=one).order_by("-number").first()


PLAIN = [
    "",
    "rules/contribution/",
    "rules/benefit/",
    "rules/contribution/try/",
    "rules/contribution/outcomes/",
    "rules/benefit/outcomes/",
    "settings/",
    "settings/newborn_time/",
    "settings/split/",
    "proposals/",
    "proposals/new/",
    "history/",
    "history/?parameter=deductible_base",
]


def test_every_page_keeps_the_rules_of_a_page(lab):
    made = lab.bureau.draft()
    own = [
        f"proposals/{made.id}/edit/",
        f"proposals/{made.id}/value/?parameter=deductible_base",
        f"proposals/{made.id}/value/?parameter=newborn_time",
        f"proposals/{made.id}/clause/?clause=benefit/verdict/stay",
        f"proposals/{made.id}/withdraw/",
        f"proposals/{made.id}/simulate/",
    ]
    for place in [*PLAIN, *own]:
        answer = lab.officer.get(f"/policy/{place}")
        assert answer.status_code == 200, place
        assert faults_of(answer.content.decode()) == [], place
    lab.bureau.submit(made)
    for place in (f"proposals/{made.id}/", f"proposals/{made.id}/reject/"):
        answer = lab.reviewer.get(f"/policy/{place}")
        assert faults_of(answer.content.decode()) == [], place
    lab.bureau.activate(made)
    for place in (f"proposals/{made.id}/", "history/0/1/"):
        answer = lab.reviewer.get(f"/policy/{place}")
        assert answer.status_code == 200
        assert faults_of(answer.content.decode()) == [], place


@pytest.mark.parametrize(
    ("place", "statements"),
    [("", 13), ("rules/contribution/", 20), ("settings/", 17), ("history/", 13)],
)
def test_a_page_takes_as_many_statements_however_much_was_decided(
    lab, place, statements, django_assert_num_queries
):
    lab.officer.get(f"/policy/{place}")
    with django_assert_num_queries(statements):
        lab.officer.get(f"/policy/{place}")
    lab.bureau.lowered()
    lab.bureau.activate(lab.bureau.enter())
    lab.officer.get(f"/policy/{place}")
    # Who activated has a name: one statement for all of them, where the page says it.
    names = 0 if place == "settings/" else 1
    with django_assert_num_queries(statements + names):
        lab.officer.get(f"/policy/{place}")


def test_a_clerk_reads_the_rules_and_enters_the_lab_nowhere(lab):
    made = lab.bureau.draft()
    clerk = banner_clerk()
    for place in ("", "rules/contribution/", "settings/newborn_time/", "history/"):
        answer = clerk.get(f"/policy/{place}")
        assert answer.status_code == 200
        assert "填报</button>" not in answer.content.decode()
    for place in ("proposals/", "proposals/new/", f"proposals/{made.id}/edit/"):
        assert clerk.get(f"/policy/{place}").status_code == 403
    assert clerk.post("/policy/settings/newborn_time/", {}).status_code == 403
    assert clerk.post("/policy/rules/contribution/outcomes/sign/", {}).status_code == 403


def test_a_rule_stands_beside_its_articles_and_is_proved_on_demand(lab):
    said = words(lab.officer.get("/policy/rules/contribution/?year=2009"))
    assert "缴费档次为困难未成年人" in said
    assert "未成年人每年筹资135元" in said
    assert "还没有证明" in said
    again = lab.officer.post("/policy/rules/contribution/prove/?year=2009", follow=True)
    assert "任何人都落在某一条" in words(again)
    # Another office, another process: what was proved once is kept.
    assert "还没有证明" not in words(lab.reviewer.get("/policy/rules/contribution/?year=2009"))


def test_one_person_is_explained_with_what_would_change_the_answer(lab):
    form = {"born": "1945-01-01", "low_income_family": "true"}
    said = words(lab.officer.post("/policy/rules/contribution/try/?year=2009", form))
    assert "困难成年人" in said
    assert "70元" in said
    assert "改变一项会怎样" in said and "如果" in said
    assert "没有记录，按规定推定" in said
    missing = words(lab.officer.post("/policy/rules/contribution/try/?year=2009", {}))
    assert "不能判断" in missing and "还缺“出生日期”" in missing
    wrong = {"born": "31.1.1945"}
    assert lab.officer.post("/policy/rules/contribution/try/", wrong).status_code == 422


def test_a_registered_person_is_explained_from_the_register_and_the_look_is_recorded(lab):
    person = insure(lab.bureau.officer)
    answer = lab.officer.get(f"/policy/rules/contribution/person/{person}/?year=2009")
    said = words(answer)
    assert "登记的事实" in said and "1945年1月1日" in said
    assert "乌力吉1" not in said  # masked
    with everywhere(0, 10**12):
        row = AuditRecord.objects.order_by("-id").first()
    assert (row.action, row.object_kind) == ("registry.read", "rule")
    elsewhere = hire(role="policy_officer", division="152222", name="白音", at=AT)
    other, _ = sign_in_as(role="", division="", staff=elsewhere)
    place = f"/policy/rules/contribution/person/{person}/?year=2009"
    assert other.get(place).status_code == 404


def test_what_was_typed_is_kept_whatever_is_wrong_with_it(lab):
    lab.officer.post("/policy/proposals/new/", {"title": "降低起付标准"})
    one, _ = newest(lab)
    place = f"/policy/proposals/{one.id}/edit/"
    broken = "parameters:\n\tdeductible_base: {"
    said = words(lab.officer.post(place, draft_form(broken, do="check")))
    assert "第 2 行" in said and "写法无法识别" in said
    assert newest(lab)[1].text == broken
    refused = lab.officer.post(place, draft_form(broken, do="submit"))
    assert "E952" in refused.content.decode()
    assert broken.split("\n")[1] in refused.content.decode()
    untitled = lab.officer.post(place, draft_form(title="", do="save"))
    assert untitled.status_code == 422
    assert "is: {1: 150, 2: 250, 3: 350}" in untitled.content.decode()


def test_the_check_while_typing_saves_nothing_and_proves_nothing(lab):
    made = lab.bureau.draft("")
    place = f"/policy/proposals/{made.id}/check/"
    said = words(lab.officer.post(place, draft_form()))
    assert "改变 3 个数值" in said and "按“检查”后证明" in said
    assert newest(lab)[1].text == ""
    faulty = lab.officer.post(place, draft_form(LOWERED.replace(" 3: 350", "")))
    assert "缺少 3 这一行" in words(faulty)
    assert "<html" not in faulty.content.decode()


def test_a_value_and_a_clause_are_written_into_the_draft_by_a_form(lab):
    made = lab.bureau.draft("# 起草说明\n")
    place = f"/policy/proposals/{made.id}/"
    gone = lab.officer.post(f"{place}edit/", draft_form("# 改\n", do="value", parameter="year_cap"))
    assert gone.headers["Location"].startswith(f"{place}value/?")
    assert newest(lab)[1].text == "# 改\n"
    page = lab.officer.get(gone.headers["Location"])
    assert "30000.00" in page.content.decode()
    given = {"value_0": "35,000", "since": "2010", "until": "", "article": "二"}
    lab.officer.post(f"{place}value/?parameter=year_cap", given)
    clause = "benefit/verdict/ordinary"
    page = lab.officer.get(f"{place}clause/?clause={clause}")
    assert "kind == outpatient" in page.content.decode()
    given = {"how": "repeals", "article": "三"}
    lab.officer.post(f"{place}clause/?clause={clause}", given)
    text = newest(lab)[1].text
    assert text.startswith("# 改\nparameters:\n  year_cap: {is: 35000, from: 2010")
    assert "ordinary: {repeals: xingan}" in text
    said = words(lab.officer.post(f"{place}edit/", draft_form(text, do="check")))
    assert "改变 1 个数值、1 条条款" in said
    # Nobody is left to whom the visit of an outpatient belongs: the proof shows one.
    assert "不能证明" in said


def test_an_unknown_parameter_or_clause_is_answered_with_a_sentence(lab):
    made = lab.bureau.draft("")
    place = f"/policy/proposals/{made.id}/"
    assert lab.officer.get(f"{place}value/?parameter=nothing").status_code == 409
    assert lab.officer.get(f"{place}clause/?clause=x/y/z").status_code == 404
    assert lab.officer.get("/policy/settings/adult_age/").status_code == 409
    assert lab.officer.get("/policy/rules/nothing/").status_code == 409
    assert lab.officer.get("/policy/history/0/9/").status_code == 404


def test_the_second_person_sees_the_difference_and_activates_under_a_document(lab):
    made = lab.bureau.submit(lab.bureau.draft())
    own = words(lab.officer.get(f"/policy/proposals/{made.id}/"))
    assert "等待另一人审定" in own and "审定生效" not in own
    place = f"/policy/proposals/{made.id}/activate/"
    assert lab.officer.post(place, {}).status_code == 403
    said = words(lab.reviewer.get(f"/policy/proposals/{made.id}/"))
    assert "200元" in said and "150元" in said and "审定生效" in said
    given = {"version": made.version, "document": "", "document_on": "2009-12-10"}
    assert lab.reviewer.post(place, given).status_code == 422
    late = given | {"document": "1", "document_on": "2009-12-21"}
    assert "E956" in lab.reviewer.post(place, late).content.decode()
    right = given | {"document": PAPER.number}
    done = lab.reviewer.post(place, right, follow=True)
    assert "已生效" in words(done)
    assert "与上一版" in words(lab.officer.get("/policy/history/"))


def test_a_proposal_is_sent_back_with_the_reason(lab):
    made = lab.bureau.submit(lab.bureau.draft())
    place = f"/policy/proposals/{made.id}/reject/"
    assert lab.reviewer.post(place, {"because": ""}).status_code == 422
    said = words(lab.reviewer.post(place, {"because": "测算不足"}, follow=True))
    assert "已退回" in said
    said = words(lab.officer.get(f"/policy/proposals/{made.id}/"))
    assert "测算不足" in said


def test_a_setting_is_entered_and_confirmed_and_the_rules_answer(lab):
    born = {"born": "2009-06-01", "paid_on": "2009-07-01", "event": "newborn"}
    ask = "/policy/rules/coverage/try/?year=2009"
    assert "文件没有规定" in words(lab.officer.post(ask, born))
    given = {
        "value_0": "90",
        "value_0_unit": "days",
        "since": "2009",
        "paper_title": "通知",
        "document": "32号",
        "document_on": "20091218",
    }
    place = "/policy/settings/newborn_time/"
    assert lab.officer.post(place, given | {"value_0": "x"}).status_code == 422
    assert "E959" in lab.officer.post(place, given | {"since": "x"}).content.decode()
    assert "等待确认" in words(lab.officer.post(place, given, follow=True))
    one, version = newest(lab)
    assert "文件没有规定" in words(lab.officer.post(ask, born))
    confirm = {"version": version.number, "document": "32号", "document_on": "2009-12-18"}
    said = words(lab.reviewer.post(f"/policy/proposals/{one.id}/activate/", confirm, follow=True))
    assert "已生效" in said
    said = words(lab.reviewer.get(place))
    assert "已定" in said and "90日" in said
    assert "文件没有规定" not in words(lab.officer.post(ask, born))


def test_outcomes_are_signed_by_two_and_a_change_of_sense_shows(lab):
    place = "/policy/rules/contribution/outcomes/?year=2010"
    sign = "/policy/rules/contribution/outcomes/sign/?year=2010"
    sense = rulebooks.book_of("xingan").bind("contribution", year=2010).sense_hash
    said = words(lab.officer.get(place))
    assert "未审阅" in said and "130元" in said and "签整张表" in said
    lab.officer.post(sign, {"sense": sense, "cell": ""})
    assert "等待第二人" in words(lab.officer.get(place))
    assert "E961" in lab.officer.post(sign, {"sense": sense, "cell": ""}).content.decode()
    lab.reviewer.post(sign, {"sense": sense, "cell": ""})
    assert "已审阅" in words(lab.officer.get(place))
    lab.bureau.lowered("parameters:\n  adult_age: {is: 19, from: 2010, cite: proposal_1 1}\n")
    said = words(lab.officer.get(place))
    assert "签字已失效" in said and "孟和" in said and "谭丽娟" in said
    assert "E960" in lab.officer.post(sign, {"sense": sense, "cell": ""}).content.decode()


def test_the_menu_counts_what_waits_for_a_second_person(lab):
    lab.bureau.submit(lab.bureau.draft())
    menu = lab.reviewer.get("/policy/").content.decode()
    assert re.search(r"政策提案(</span>)?<b[^>]*>1</b>", menu)
    officers = lab.officer.get("/policy/").content.decode()
    assert not re.search(r"政策提案(</span>)?<b", officers)

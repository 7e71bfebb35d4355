"""The lab: a proposal is refused, mended, simulated and activated by another; a setting by two."""

import re

import pytest

from tests.apps.access.offices import hire, open_office
from tests.apps.claims.insured import AT, insure, stay
from tests.apps.claims.insured import open_office as open_agency
from tests.apps.desk import desks
from tests.apps.policy.bureau import LEAGUE, PAPER
from tests.journeys.signing import sign_in
from yibao.apps.access import rulebooks
from yibao.apps.claims import operations as claims
from yibao.apps.enrolment import operations as enrolment

pytestmark = [pytest.mark.journey, pytest.mark.django_db(transaction=True)]

FAULTY = """\
parameters:
  deductible_base:
    is: {1: 100, 2: 200}
    from: 2009
    cite: proposal_1 1
"""
MENDED = FAULTY.replace("2: 200}", "2: 200, 3: 300}")
PEOPLE = 14


@pytest.fixture
def league():
    """Hinggan in December 2009: fourteen insured people, each with a stay at the third level."""
    from datetime import date

    open_office("xingan", at=AT)
    agency = open_agency()
    enrolment.open_year(scope=agency.scope, year=2009, on=date(2009, 1, 1), at=AT)
    for no in range(1, PEOPLE + 1):
        person = insure(agency.scope, no=no, born=date(1940 + no, 1, 1))
        claims.settle(
            scope=agency.scope,
            client="H",
            key=f"k{no}",
            person_id=person,
            institution_id=agency.hospitals[1 + no % 3],
            number=f"F{no}",
            facts=stay("5000.00"),
            at=AT,
        )
    officer = hire(role="policy_officer", division=LEAGUE, name="孟和", at=AT)
    reviewer = hire(role="county_reviewer", division=LEAGUE, name="谭丽娟", at=AT)
    return officer, reviewer


@pytest.mark.parametrize(("width", "scripts"), [("desktop", True), ("phone", False)])
def test_a_proposal_is_refused_mended_simulated_and_activated_by_another(
    width, scripts, league, open_page, picture, complaints
):
    officer, reviewer = league
    page = open_page(width, scripts=scripts)

    def keep(name, of=page):
        picture(of, f"lab-{name}-{width}")

    sign_in(page, officer)
    page.goto("/policy/?year=2009")
    keep("01-rules")
    page.goto("/policy/rules/benefit/?year=2009")
    keep("02-benefit")
    page.goto("/policy/rules/contribution/?year=2009")
    page.get_by_role("button", name="现在证明").click()
    assert "任何人都落在某一条" in page.locator("main").inner_text()
    keep("03-contribution")
    page.get_by_role("link", name="审阅与签字").click()
    assert "签整张表" in page.locator("main").inner_text()
    keep("03-outcomes")
    page.goto("/policy/proposals/?year=2009")
    page.get_by_role("link", name="新提案").click()
    page.get_by_label("标题").fill("降低起付标准")
    page.get_by_role("button", name="建立草稿").click()
    page.get_by_label("文件名称").fill(PAPER.title)
    page.get_by_label("文号").fill(PAPER.number)
    page.get_by_label("文件日期").fill("2009-12-10")
    page.get_by_role("textbox", name="改动").fill(FAULTY)
    if scripts:
        page.locator("#check").get_by_text("第 3 行").wait_for()
    else:
        page.get_by_role("button", name="检查").click()
    said = page.locator("#check").inner_text()
    assert "缺少 3 这一行" in said
    assert "is: {1: 100, 2: 200}" in said
    keep("04-refused-by-a-fault")
    page.get_by_role("button", name="提交审定").click()
    assert "E952" in page.get_by_role("alert").inner_text()
    assert page.get_by_role("textbox", name="改动").input_value().strip() == FAULTY.strip()
    keep("05-not-submitted")
    page.get_by_role("textbox", name="改动").fill(MENDED)
    page.get_by_role("button", name="保存草稿").click()
    said = page.locator("#check").inner_text()
    assert "改变 3 个数值" in said
    page.get_by_role("button", name="检查").click()
    assert "规则已证明" in page.locator("#check").inner_text()
    keep("06-mended")
    page.get_by_label("参数").select_option("year_cap")
    page.get_by_role("button", name="改数值").click()
    keep("07-a-value-by-form")
    page.get_by_role("link", name="取消").click()
    page.get_by_role("button", name="提交审定").click()
    assert "待审定" in page.get_by_role("heading", level=1).inner_text()
    assert not page.get_by_role("button", name="审定生效").count()
    keep("08-submitted")

    page.get_by_role("link", name="试算").first.click()
    keep("09-ask-to-simulate")
    page.get_by_role("button", name="开始试算").click()
    desks.work()
    page.reload()
    said = page.locator("main").inner_text()
    # A hundred yuan less of each stay at levels 2 and 3 (never below the least): 待遇 3 and 4.
    assert "试算，未生效" in page.get_by_role("heading", level=1).inner_text()
    assert re.search(r"负担减少\s*14\s*人", said)
    assert "变化最大的一百人" in said
    keep("10-simulated")
    if width == "desktop":
        page.emulate_media(media="print")
        keep("11-simulated-on-paper")
        page.emulate_media(media="screen")

    other = open_page(width, scripts=scripts)
    sign_in(other, reviewer)
    other.goto("/policy/proposals/?year=2009")
    keep("12-list", other)
    other.get_by_role("link", name="降低起付标准").click()
    keep("13-to-decide", other)
    other.get_by_role("button", name="审定生效").click()
    # It was the last that waited: the list says so, and opens it.
    assert "已生效，此后按它办理" in other.locator("main").inner_text()
    other.get_by_role("link", name="降低起付标准", exact=True).click()
    assert "已生效" in other.get_by_role("heading", level=1).inner_text()
    assert PAPER.number in other.locator("main").inner_text()
    keep("14-activated", other)
    other.goto("/policy/history/?year=2009")
    keep("15-history", other)
    other.get_by_role("link", name="与上一版").click()
    keep("16-difference", other)
    rulebooks.note("xingan", rulebooks._mark_in_force("xingan"))
    assert rulebooks.book_of("xingan").value_of("deductible_base", on=AT.date())[3] == 30000
    assert complaints == []


@pytest.mark.parametrize(("width", "scripts"), [("desktop", True), ("phone", False)])
def test_a_setting_is_set_by_two_persons_and_what_was_silent_is_answered(
    width, scripts, league, open_page, picture, complaints
):
    officer, reviewer = league
    page = open_page(width, scripts=scripts)

    def keep(name, of=page):
        picture(of, f"lab-{name}-{width}")

    def ask(of):
        of.goto("/policy/rules/coverage/try/?year=2009")
        of.get_by_label("出生日期").fill("2009-06-01")
        of.get_by_label("缴费日期").fill("2009-07-01")
        of.get_by_label("变动情形").select_option("newborn")
        of.get_by_role("button", name="判断").click()
        return of.locator("main").inner_text()

    sign_in(page, officer)
    assert "文件没有规定" in ask(page)
    keep("20-silent")
    page.get_by_role("link", name="看这个待定参数").click()
    keep("21-setting")
    page.get_by_role("spinbutton", name="数值").fill("90")
    page.get_by_label("文件名称").fill("关于新生儿参保期限的通知")
    page.get_by_label("文号").fill("兴医保〔2009〕32号")
    page.get_by_label("文件日期").fill("2009-12-18")
    page.get_by_role("button", name="填报").click()
    assert "等待确认" in page.get_by_role("heading", level=1).inner_text()
    assert not page.get_by_role("button", name="审定生效").count()
    keep("22-waits")
    assert "文件没有规定" in ask(page)

    other = open_page(width, scripts=scripts)
    sign_in(other, reviewer)
    other.goto("/policy/settings/?year=2009")
    keep("23-settings", other)
    other.get_by_role("link", name="新生儿参保期限").click()
    keep("24-to-confirm", other)
    other.get_by_role("button", name="审定生效").click()
    assert "已生效，此后按它办理" in other.locator("main").inner_text()
    other.goto("/policy/settings/newborn_time/?year=2009")
    assert "已定" in other.get_by_role("heading", level=1).inner_text()
    keep("25-confirmed", other)
    said = ask(page)
    assert "文件没有规定" not in said
    assert "改变一项会怎样" in said
    keep("26-answered")
    assert complaints == []

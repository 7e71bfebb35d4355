"""A whole number for a purpose, who looked, and an erasure that two posts decide."""

import pytest

from tests.apps.access.offices import hire
from tests.apps.collection.town import open_town, settle_in
from tests.apps.registry.people import number
from tests.journeys.signing import sign_in

pytestmark = [pytest.mark.journey, pytest.mark.django_db(transaction=True)]


@pytest.mark.parametrize(("width", "scripts"), [("desktop", True), ("phone", False)])
def test_a_number_is_seen_for_a_purpose_and_the_auditor_sees_who_saw_it(
    width, scripts, open_page, picture, complaints
):
    county = open_town()
    (whom,) = settle_in(county, 1, name="欧阳小华", phone="13873401234", household_no="0007")
    page = open_page(width, scripts=scripts)

    def arrived(heading, name):
        assert heading in page.get_by_role("heading", level=1).inner_text()
        picture(page, f"private-{name}-{width}")
        if scripts:
            assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")

    sign_in(page, hire(role="county_clerk", division="430423", name="罗经办"))
    page.goto(f"/registry/persons/{whom}/")
    arrived("欧阳*华", "1-person")
    page.get_by_role("link", name="查看完整号码").click()
    arrived("查看完整号码", "2-ask")
    page.get_by_role("button", name="显示").click()
    assert number(1) not in page.content()
    arrived("查看完整号码", "3-lacking")
    page.get_by_label("联系电话").check()
    page.get_by_label("用途").select_option(label="联系本人或家属")
    page.get_by_label("理由").fill("核对缴费凭证上的号码")
    page.get_by_role("button", name="显示").click()
    arrived("查看完整号码", "4-shown")
    assert number(1) in page.content()
    page.get_by_role("link", name="返回人员页").click()
    page.get_by_role("link", name="申请删除身份信息").click()
    arrived("申请删除身份信息", "5-erase")
    page.get_by_label("依据").fill("继承人书面申请")
    page.get_by_role("button", name="提交审批").click()

    other = open_page(width, scripts=scripts)
    sign_in(other, hire(role="auditor", division="430423", name="刘稽核"))
    page = other
    page.goto(f"/registry/persons/{whom}/looked/")
    arrived("谁查询过此人", "6-looked")
    assert "核对缴费凭证上的号码" in page.content()

    reviewer = open_page(width, scripts=scripts)
    sign_in(reviewer, hire(role="county_reviewer", division="430423", name="陈复核"))
    page = reviewer
    page.goto("/registry/erasures/")
    arrived("身份信息删除", "7-erasures")
    page.locator("tbody a").first.click()
    arrived("删除 欧阳*华 的身份信息", "8-decide")
    page.get_by_label("同意，立即删除").check()
    page.get_by_role("button", name="办结").click()
    arrived("身份信息删除", "9-decided")
    assert complaints == []

"""From the county's board down to one person who has not paid, and the list to take along."""

import re

import pytest

from tests.apps.access.offices import hire
from tests.apps.collection.town import settle_in
from tests.apps.desk import desks
from tests.console.season import late_season
from tests.journeys.papers import downloaded
from tests.journeys.signing import sign_in

pytestmark = [pytest.mark.journey, pytest.mark.django_db(transaction=True)]


@pytest.mark.parametrize(("width", "scripts"), [("desktop", True), ("phone", False)])
def test_a_county_clerk_goes_down_to_who_has_not_paid(
    width, scripts, open_page, picture, complaints
):
    county = late_season()
    settle_in(county, 2, first=61, household_no="0007", relation="head", name="欧阳小华")
    page = open_page(width, scripts=scripts)

    def arrived(heading, name):
        assert heading in page.get_by_role("heading", level=1).inner_text()
        picture(page, f"board-{name}-{width}")
        if scripts:
            assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")

    sign_in(page, hire(role="county_clerk", division="430423"))
    page.goto("/statistics/")
    arrived("衡山县参保进度", "1-county")
    page.get_by_role("link", name="新桥镇", exact=True).click()
    arrived("新桥镇参保进度", "2-town")
    page.get_by_role("link", name="查泉村委会", exact=True).click()
    arrived("查泉村委会参保进度", "3-village")
    page.get_by_role("link", name="欧阳*华").click()
    arrived("欧阳*华一户", "4-household")
    page.locator("tbody").get_by_role("link", name="欧阳*华").first.click()
    arrived("欧阳*华", "5-person")

    page.goto("/statistics/?area=430423105214")
    page.get_by_role("link", name=re.compile("未缴名单 7 人")).click()
    arrived("查泉村委会未缴名单", "6-unpaid")
    page.get_by_role("link", name="打印版").click()
    arrived("2021 年度城乡居民医保未缴人员名单", "7-paper")
    if width == "desktop":
        assert len(re.findall(rb"/Type\s*/Page\b", page.pdf(prefer_css_page_size=True))) == 1
    page.get_by_role("link", name="返回未缴名单").click()
    page.locator("main").get_by_role("link", name="导出").click()
    page.get_by_role("button", name="导出 7 行").click()
    assert "请选择用途" in page.get_by_role("alert").first.inner_text()
    picture(page, f"board-8-no-purpose-{width}")
    page.get_by_label("用途", exact=True).select_option("notify")
    page.get_by_label("用途说明").fill("查泉村第三次排查上门告知")
    page.get_by_label("逗号分隔").check()
    page.get_by_role("button", name="导出 7 行").click()
    desks.run_all()
    page.reload()
    listed = downloaded(page, page.get_by_role("button", name="下载文件").click)
    lines = listed.decode("utf-8-sig").splitlines()
    assert len(lines) == 2 + 7
    assert any("欧阳*华" in line for line in lines)
    assert complaints == []

"""A list is narrowed, summed, kept under a name, asked for with a purpose, approved and taken."""

from dataclasses import replace

import pytest

from tests.apps.access.offices import AT, hire
from tests.apps.desk import desks
from tests.console.season import late_season
from tests.journeys.papers import downloaded
from tests.journeys.signing import sign_in
from yibao.apps.desk import operations
from yibao.rulebook import desk as limits

pytestmark = [pytest.mark.journey, pytest.mark.django_db(transaction=True)]


@pytest.mark.parametrize(("width", "scripts"), [("desktop", True), ("phone", False)])
def test_the_unpaid_are_narrowed_summed_kept_and_taken_after_a_second_person_said_yes(
    width, scripts, open_page, picture, complaints, monkeypatch
):
    late_season()

    small = replace(limits.exports(), rows_without_approval=3)
    monkeypatch.setattr(limits, "exports", lambda: small)
    writer = hire(role="system_admin", division="430423", name="唐敏")
    operations.write_notice(
        scope=writer.scope,
        title="周六停机",
        text="12 月 19 日 20:00 至 22:00 停机维护，请提前保存。",
        shown_from=AT.replace(hour=0),
        shown_until=AT.replace(day=20),
        roles=[],
        is_public=True,
        is_urgent=True,
        at=AT,
    )
    page = open_page(width, scripts=scripts)

    def keep(name, of=page):
        picture(of, f"desk-{name}-{width}")
        if scripts:
            assert of.evaluate("document.documentElement.scrollWidth <= window.innerWidth")

    sign_in(page, hire(role="county_clerk", division="430423"))
    keep("01-home")
    page.goto("/statistics/people/")
    keep("02-people")
    page.goto("/statistics/households/")
    keep("03-households")
    page.goto("/statistics/unpaid/")
    page.get_by_label("选择第 1 行").check()
    page.get_by_label("选择第 2 行").check()
    if scripts:
        assert "已选 2 行" in page.locator(".yb-sel").inner_text()
    page.get_by_role("button", name="合计所选").click()
    assert "已选 2 行，应缴未缴合计 560.00 元" in page.locator(".yb-sel").inner_text()
    keep("04-summed")
    page.get_by_text("更多条件").or_(page.get_by_role("button", name="查询")).first.click()
    page.get_by_text("常用列表").click()
    page.get_by_label("把当前条件、排序和列存为").fill("我的未缴")
    keep("05-saving")
    page.get_by_role("button", name="保存", exact=True).click()
    assert "已保存为常用列表" in page.locator("main").inner_text()

    page.locator("main").get_by_role("link", name="导出").first.click()
    keep("06-ask")
    page.get_by_role("button", name="申请导出").click()
    assert "请选择用途" in page.get_by_role("alert").first.inner_text()
    page.get_by_label("用途", exact=True).select_option("notify")
    page.get_by_label("用途说明").fill("查泉村第三次排查上门告知")
    page.get_by_label("电话").check()
    page.get_by_role("button", name="申请导出").click()
    assert "待审批" in page.get_by_role("heading", level=1).inner_text()
    keep("07-asked")
    number = page.url.split("/exports/")[1].split("/")[0]

    other = open_page(width, scripts=scripts)
    sign_in(other, hire(role="county_reviewer", division="430423", name="刘芳"))
    keep("08-waiting", other)
    other.get_by_role("link", name="审批", exact=True).first.click()
    keep("09-decide", other)
    other.get_by_role("button", name="批准导出").click()
    # It was the last that waited: the list comes, with what was done.
    assert "导出台账" in other.get_by_role("heading", level=1).inner_text()
    said = other.locator("main").inner_text()
    assert "已批准，正在制作" in said and "制作中" in said
    desks.run_all()

    page.reload()
    keep("10-ready")
    file = downloaded(page, page.get_by_role("button", name="下载文件").click)
    assert file[:2] == b"PK"
    page.goto("/desk/exports/")
    assert number in page.locator("main").inner_text()
    keep("11-ledger")
    page.goto("/desk/jobs/")
    keep("12-jobs")
    page.locator("tbody").get_by_role("link").first.click()
    keep("13-job")
    page.goto("/desk/notices/")
    keep("14-notices")
    page.get_by_role("button", name="全部标为已读").click()
    keep("15-read")
    for name in ("collection/payments", "collection/unmatched", "collection/dues"):
        page.goto(f"/{name}/")
        keep(f"16-{name.replace('/', '-')}")
    page.goto("/enrolment/coverages/")
    keep("17-coverages")
    page.goto("/help/")
    keep("18-help")
    page.goto("/help/collection-payments/")
    keep("19-help-page")
    assert complaints == []

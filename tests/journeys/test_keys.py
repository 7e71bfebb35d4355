"""Hands stay on the keyboard: fields, shown keys, lists; drafts are kept while one types."""

from datetime import timedelta

import pytest
from django.urls import reverse

from tests.apps.access.offices import AT, hire
from tests.console.season import late_season
from tests.journeys.signing import sign_in
from yibao.apps.access import operations as access
from yibao.apps.access.models import GrantRequest, Organisation
from yibao.apps.care import operations as care
from yibao.apps.desk.models import Draft

pytestmark = [pytest.mark.journey, pytest.mark.django_db(transaction=True)]


def focused(page) -> str:
    return page.evaluate("document.activeElement.name || document.activeElement.textContent.trim()")


@pytest.fixture
def clerk(open_page):
    staff = hire(role="county_clerk", division="430423")
    page = open_page("desktop")
    sign_in(page, staff)
    return page, staff


def test_enter_walks_through_the_fields_and_ctrl_enter_sends_the_form(clerk, complaints):
    page, _ = clerk
    page.goto(reverse("care:register"))
    assert focused(page) == "code"  # the cursor stands in the first field
    page.keyboard.type("H430423009")
    page.keyboard.press("Enter")
    assert focused(page) == "name"
    page.keyboard.type("新桥镇卫生院")
    page.keyboard.press("Shift+Enter")
    assert focused(page) == "code"
    page.keyboard.press("Control+Enter")
    page.wait_for_selector(".errsum")
    assert page.evaluate("document.activeElement.className") == "errsum"  # the summary has focus
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    assert focused(page) == "area"  # its link leads to the field
    assert page.get_by_label("机构名称").input_value() == "新桥镇卫生院"
    assert complaints == []


def test_f2_finds_f1_shows_the_keys_and_esc_goes_back(clerk):
    page, _ = clerk
    page.goto(reverse("care:register"))
    page.keyboard.press("F2")
    assert focused(page) == "q"
    page.keyboard.press("F1")
    page.wait_for_url("**/keys/**")
    assert page.get_by_role("heading", name="按键").is_visible()
    page.goto(reverse("care:register"))
    page.keyboard.press("Escape")
    page.wait_for_url("**/care/institutions/?*")


def test_arrows_move_through_the_rows_of_a_list_and_enter_opens_one(clerk, complaints):
    page, staff = clerk
    county = Organisation.objects.get(division="430423")
    for n in range(3):
        care.register_institution(
            scope=staff.scope,
            code=f"H{n}",
            name=f"卫生院{n}",
            kind="hospital",
            level=1,
            area_no=county.area_from,
            at=AT,
        )
    page.goto(reverse("care:institutions"))
    rows = page.locator("table.tb[data-rows] tbody tr a")
    rows.first.focus()
    page.keyboard.press("ArrowDown")
    assert focused(page) == rows.nth(1).inner_text().strip()
    assert (
        page.evaluate("document.querySelectorAll('table.tb tbody a[tabindex=\"0\"]').length") == 1
    )
    page.keyboard.press("End")
    page.keyboard.press("ArrowUp")
    page.keyboard.press("Enter")
    page.wait_for_selector("h1")
    assert "卫生院1" in page.get_by_role("heading", level=1).inner_text()
    assert complaints == []


def test_what_is_typed_is_kept_and_restored_after_the_session_was_killed(clerk, complaints):
    page, staff = clerk
    page.goto(reverse("care:register"))
    page.get_by_label("机构名称").fill("没有保存的卫生院")
    page.get_by_label("机构编码").fill("H9")
    page.keyboard.press("Control+s")
    page.wait_for_selector("#yb-kept:not(:empty)")
    assert "已保存草稿" in page.locator("#yb-kept").inner_text()
    page.get_by_label("等级").select_option("3")
    page.context.clear_cookies(name="sessionid")
    page.keyboard.press("Control+Enter")
    page.wait_for_selector("text=工号")
    page.get_by_label("工号").fill(staff.operator.staff_no)
    page.get_by_label("密码").fill(staff.one_time_password)
    page.get_by_role("button", name="下一步").click()
    staff.half_a_minute_later()
    page.get_by_label("动态码").fill(staff.code())
    page.get_by_role("button", name="下一步").click()
    page.wait_for_url("**/care/institutions/new/**")
    page.get_by_role("button", name="恢复").click()
    assert page.get_by_label("机构名称").input_value() == "没有保存的卫生院"
    assert page.get_by_label("机构编码").input_value() == "H9"
    assert page.get_by_label("等级").input_value() == "3"
    page.get_by_role("button", name="放弃草稿").click()
    page.wait_for_url("**/care/institutions/new/**")
    assert not Draft.objects.exists()
    assert complaints == []


def test_f1_opens_the_help_of_the_field_and_tab_goes_from_field_to_field(clerk, complaints):
    late_season()
    page, _ = clerk
    page.goto(reverse("desk:ask_export", args=["unpaid"]))
    assert focused(page) == "purpose"
    helped = page.locator(".field:has([name=purpose]) .yb-help")
    page.keyboard.press("F1")
    assert helped.locator("p").is_visible() and "不遮盖" in helped.inner_text()
    assert focused(page) == "purpose"
    page.keyboard.press("Escape")
    assert not helped.locator("p").is_visible() and "/ask/" in page.url
    page.keyboard.press("Tab")
    assert focused(page) == "purpose_words"
    page.keyboard.press("F1")
    page.keyboard.press("F1")
    assert page.locator(".yb-help[open]").count() == 0
    page.locator("h1").click()
    page.evaluate("document.activeElement.blur()")
    page.keyboard.press("F1")
    page.wait_for_url("**/keys/**")
    assert complaints == []


def test_without_scripts_tab_meets_the_help_beside_a_field(open_page):
    late_season()
    page = open_page("desktop", scripts=False)
    sign_in(page, hire(role="county_clerk", division="430423"))
    page.goto(reverse("desk:ask_export", args=["unpaid"]) + "#main")
    helped = page.locator(".field:has([name=purpose]) .yb-help")
    for _ in range(12):
        page.keyboard.press("Tab")
        if helped.locator("summary:focus").count():
            break
    page.keyboard.press("Enter")
    assert helped.locator("p").is_visible()


def test_a_key_held_down_decides_once_and_the_cursor_stands_in_the_next_decision(
    open_page, complaints
):
    first = hire(role="security_admin", division="430423", name="罗一")
    for name in ("谭小红", "曾建华", "周明"):
        access.request_post(
            scope=first.scope,
            operator_id=hire(role="township_clerk", division="430423105", name=name).operator.id,
            organisation_id=Organisation.objects.get(division="430423104").id,
            role="township_clerk",
            valid_from=AT.date(),
            valid_until=AT.date() + timedelta(days=60),
            reason="轮岗",
            at=AT,
        )
    page = open_page("desktop")
    sign_in(page, hire(role="security_admin", division="430423", name="罗二"))
    page.goto(reverse("access:grants"))
    page.locator("main table.tb tbody a").first.click()
    assert focused(page).startswith("批准")
    # Held down: the browser repeats the press on the page that comes next.
    page.keyboard.down("Enter")
    page.wait_for_selector("text=这是下一件")
    for _ in range(5):
        page.keyboard.down("Enter")
    page.keyboard.up("Enter")
    assert GrantRequest.objects.filter(state="approved").count() == 1
    assert focused(page).startswith("批准")
    page.keyboard.press("Alt+n")
    page.wait_for_load_state()
    assert GrantRequest.objects.filter(state="approved").count() == 1
    assert complaints == []

"""What the frame gains from scripts, and that nothing is lost without them."""

import pytest

from tests.apps.access.offices import hire
from tests.console.season import late_season
from tests.journeys.signing import sign_in

pytestmark = [pytest.mark.journey, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def clerk():
    late_season()
    return hire(role="township_clerk", division="430423105")


def tabs(page):
    return page.locator(".yb-tab a").all_inner_texts()


def test_tabs_are_opened_closed_and_restored_and_stay_with_the_window(
    clerk, open_page, complaints, picture
):
    page = open_page("desktop")
    sign_in(page, clerk)
    page.wait_for_load_state("load")
    menu = page.get_by_role("navigation", name="主菜单")
    menu.get_by_role("link", name="征缴看板").click()
    page.wait_for_url("**/statistics/**")
    menu.get_by_role("link", name="缴费", exact=True).click()
    page.wait_for_url("**/collection/**")
    opened = tabs(page)
    assert opened[0] == "今天要办的事" and len(opened) == 3
    picture(page, "tabs")
    page.reload()
    assert tabs(page) == opened
    page.get_by_role("button", name=f"关闭 {opened[2]}").click()
    page.wait_for_url("**/statistics/**")
    assert tabs(page) == opened[:2]
    page.get_by_role("link", name=f"恢复 {opened[2]}").click()
    page.wait_for_url("**/collection/**")
    assert tabs(page) == [opened[0], opened[1], opened[2]]
    page.get_by_role("button", name="退出").click()
    page.wait_for_url("**/sign-in/**")
    assert page.evaluate("Object.keys(sessionStorage).filter(k => k.startsWith('yb-tabs'))") == []
    assert complaints == []


def test_no_more_than_eight_tabs_stay_open(clerk, open_page):
    page = open_page("desktop")
    sign_in(page, clerk)
    for link in page.locator("#menu [data-yb-key] a").all()[:10]:
        page.goto(link.get_attribute("href"))
    page.goto("/areas/")
    page.goto("/years/")
    page.goto("/components/")
    assert len(tabs(page)) <= 8
    assert page.locator(".yb-tab-now a").inner_text() == "组件"


def test_the_menu_is_narrowed_by_initials_and_enter_opens_the_first(clerk, open_page):
    page = open_page("desktop")
    sign_in(page, clerk)
    box = page.get_by_label("拼音筛选菜单")
    box.fill("wjmd")
    shown = page.locator("#menu [data-yb-key]:not([hidden])").all_inner_texts()
    assert shown == ["未缴名单"]
    box.fill("qq")
    assert page.get_by_text("菜单中没有这一项").is_visible()
    box.fill("wj")
    box.press("Enter")
    page.wait_for_url("**/statistics/unpaid/**")


@pytest.mark.parametrize("scripts", [True, False])
def test_the_theme_is_chosen_in_the_bar_with_and_without_scripts(
    scripts, clerk, open_page, complaints, picture
):
    page = open_page("desktop", scripts=scripts)
    sign_in(page, clerk)
    page.get_by_text("显示", exact=True).click()
    picture(page, f"display-{scripts}")
    page.get_by_role("button", name="夜间").click()
    page.wait_for_load_state("load")
    assert page.locator("html").get_attribute("data-theme") == "dark"
    assert page.evaluate("getComputedStyle(document.body).backgroundColor") == "rgb(16, 22, 31)"
    page.get_by_text("显示", exact=True).click()
    page.get_by_role("button", name="English").click()
    page.wait_for_load_state("load")
    assert page.locator("html").get_attribute("lang") == "en"
    assert complaints == []


def test_a_chart_is_drawn_from_the_tokens_and_replaces_its_sentence(
    clerk, open_page, complaints, picture
):
    page = open_page("desktop")
    sign_in(page, clerk)
    page.goto("/components/")
    assert not page.evaluate("'echarts' in window"), "the library waits until a chart is seen"
    page.locator(".yb-chart-said").scroll_into_view_if_needed()
    page.locator(".yb-chart canvas").wait_for()
    assert page.locator(".yb-chart-said").is_hidden()
    picture(page, "chart")
    assert complaints == []


def test_without_scripts_a_sentence_stands_for_the_chart(clerk, open_page):
    page = open_page("desktop", scripts=False)
    sign_in(page, clerk)
    page.goto("/components/")
    assert page.get_by_text("参保率到 12-18 为 93.8%").is_visible()
    assert page.locator(".yb-tabs").is_hidden()
    assert page.get_by_label("拼音筛选菜单").is_hidden()

"""A clerk goes away for a moment: one key locks every tab, the back button shows nothing."""

import pytest

from tests.apps.access.offices import Staff, hire
from tests.journeys.signing import sign_in

pytestmark = [pytest.mark.journey, pytest.mark.django_db(transaction=True)]
HEADING = "屏幕已锁定"


def heading(page) -> str:
    return page.get_by_role("heading", level=1).inner_text()


def unlock(page, staff: Staff) -> None:
    staff.half_a_minute_later()
    page.get_by_label("密码").fill(staff.one_time_password)
    page.get_by_label("动态码").fill(staff.code())
    page.get_by_role("button", name="解锁").click()


def test_a_key_locks_every_tab_and_the_back_button_shows_nothing(open_page, picture, complaints):
    staff = hire(role="county_clerk", division="430423")
    page = open_page()
    sign_in(page, staff)
    page.goto("/my-sessions/?year=2021")
    picture(page, "bar-desktop")
    tab = page.context.new_page()
    tab.goto("/help/")

    page.keyboard.press("Alt+l")
    page.wait_for_url("**/locked/")
    assert heading(page) == HEADING
    picture(page, "locked-desktop")
    page.go_back()
    assert (heading(page), page.get_by_role("table").count()) == (HEADING, 0)
    tab.reload()
    assert heading(tab) == HEADING

    unlock(page, staff)
    page.wait_for_url("**/help/")
    page.goto("/my-sessions/")
    assert staff.operator.name in page.get_by_role("banner").inner_text()
    assert complaints == []


@pytest.mark.parametrize("width", ["desktop", "phone"])
def test_it_locks_and_unlocks_without_scripts(width, open_page, picture):
    staff = hire(role="county_clerk", division="430423")
    page = open_page(width, scripts=False)
    sign_in(page, staff)
    page.goto("/my-sessions/")
    picture(page, f"bar-{width}-plain")
    page.get_by_role("button", name="锁屏").click()
    assert heading(page) == HEADING
    page.get_by_label("密码").fill("wrong")
    page.get_by_label("动态码").fill(staff.wrong_code())
    page.get_by_role("button", name="解锁").click()
    assert "工号、密码或动态码不正确" in page.get_by_role("alert").inner_text()
    picture(page, f"locked-{width}-error")
    unlock(page, staff)
    page.wait_for_url("**/my-sessions/**")

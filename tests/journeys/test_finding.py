"""A clerk finds a person by keyboard alone and goes on to a document of what happened."""

import re

import pytest
from django.urls import reverse

from tests.apps.access.offices import AT, hire
from tests.apps.registry.people import number, person
from tests.console.season import late_season
from tests.journeys.signing import sign_in
from yibao.apps.registry.operations import register_many

pytestmark = [pytest.mark.journey, pytest.mark.django_db(transaction=True)]


def focused(page) -> str:
    return page.evaluate("document.activeElement.textContent.trim()")


def tab_to(page, words: str) -> None:
    """Press Tab until a link with these words has the focus."""
    for _ in range(120):
        page.keyboard.press("Tab")
        if re.fullmatch(words, focused(page)):
            return
    raise AssertionError(f"Tab never came to {words}")


@pytest.fixture
def clerk(open_page):
    season = late_season()
    register_many(
        scope=season,
        persons=[person(n, name=name) for n, name in ((81, "郗大海"), (82, "郗大河"))],
        at=AT,
    )
    staff = hire(role="county_clerk", division="430423")
    page = open_page("desktop")
    sign_in(page, staff)
    return page


def test_from_a_whole_number_to_the_person_and_on_to_the_payment(clerk, complaints, picture):
    page = clerk
    page.keyboard.press("F2")
    page.keyboard.type(number(1))
    page.keyboard.press("Enter")
    page.wait_for_url("**/registry/persons/**")  # a whole code goes straight there
    assert page.get_by_role("heading", level=1).inner_text().startswith("王*华")
    picture(page, "person")
    tab_to(page, "缴费与资助")
    page.keyboard.press("Enter")
    page.wait_for_url("**of=money**")
    tab_to(page, r"手机缴费记录 .+")
    page.keyboard.press("Enter")
    page.wait_for_url("**/collection/payments/**")
    assert complaints == []


def test_by_initials_the_arrow_leads_to_the_first_and_the_next_and_enter_opens(
    clerk, complaints, picture
):
    page = clerk
    page.keyboard.press("F2")
    page.keyboard.type("xdh")
    page.keyboard.press("Enter")
    page.wait_for_url("**/search/**")
    picture(page, "search")
    page.keyboard.press("ArrowDown")
    assert focused(page) == "郗*海"
    page.keyboard.press("ArrowDown")
    assert focused(page) == "郗*河"
    page.keyboard.press("ArrowUp")
    page.keyboard.press("ArrowUp")
    assert page.evaluate("document.activeElement.id") == "q"
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    page.wait_for_url("**/registry/persons/**")
    assert page.get_by_role("heading", level=1).inner_text().startswith("郗*海")
    assert complaints == []


def test_a_figure_of_the_board_leads_by_keyboard_to_a_person(clerk, complaints, picture):
    page = clerk
    page.goto(reverse("statistics:board") + "?area=430423105")
    picture(page, "board")
    page.locator("table.yb-heat tbody tr").first.locator("a.yb-rows").nth(1).focus()
    page.keyboard.press("Enter")
    page.wait_for_url("**/statistics/people/**")
    assert "共 15 行" in page.locator("main").inner_text()
    picture(page, "people")
    page.locator("table.tb tbody th a").first.focus()
    page.keyboard.press("Enter")
    page.wait_for_url("**/registry/persons/**")
    assert complaints == []


def test_the_pages_fit_a_phone(open_page, clerk, picture):
    page = clerk
    page.set_viewport_size({"width": 390, "height": 844})
    page.goto(reverse("console:search") + "?q=" + number(1))
    picture(page, "person-phone")
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    page.goto(reverse("console:search") + "?q=郗")
    picture(page, "search-phone")
    assert page.evaluate("document.documentElement.scrollWidth") <= 390

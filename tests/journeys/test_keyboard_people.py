"""People are found, and a figure is followed down to them, by the keyboard alone."""

import pytest

from tests.apps.access.offices import hire
from tests.apps.collection.town import settle_in
from tests.apps.registry.people import number
from tests.console.season import late_season
from tests.journeys.hands import Hands

pytestmark = [pytest.mark.journey, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def clerk():
    """A county's clerk in the season's last week; a household of two, one of them with a phone."""
    county = late_season()
    settle_in(county, 2, first=61, household_no="0007", relation="head", name="欧阳小华")
    return hire(role="county_clerk", division="430423")


@pytest.mark.parametrize("scripts", [True, False])
def test_a_person_is_found_by_number(scripts, clerk, open_page, complaints):
    hands = Hands(open_page, scripts=scripts).sign_in(clerk)
    if scripts:
        hands.press("F2")
    else:
        hands.tab("全局查找", most=6)
    # A whole number is one person's: the page opens at once.
    hands.at("全局查找").type(number(61)).press("Enter")
    hands.reads("欧阳*华").reads("个人编号")
    hands.done("按证件号找人", 20 if scripts else 26)
    assert complaints == []


def test_a_person_is_found_by_initials_and_the_household_opened(clerk, open_page, complaints):
    hands = Hands(open_page).sign_in(clerk)
    hands.press("F2").at("全局查找").type("OYXH").press("Enter", "ArrowDown")
    hands.at("欧阳*华").press("Enter").reads("个人编号")
    hands.done("按拼音首字母找人", 10)
    hands.press("Alt+h")
    assert "/households/" in hands.page.url
    hands.reads("欧阳*华")
    hands.done("打开家庭页", 11)
    # Esc goes back to where one came from, a menu that is open closes first.
    hands.press("Escape")
    assert "/households/" not in hands.page.url
    assert complaints == []


def test_a_figure_of_the_board_is_followed_down_to_a_person(clerk, open_page, complaints):
    hands = Hands(open_page).sign_in(clerk)
    hands.menu("zjkb").reads("参保进度")
    hands.rows("新桥镇").press("Enter").reads("新桥镇参保进度")
    hands.rows("查泉村委会").press("Enter").reads("查泉村委会参保进度")
    hands.rows("欧阳*华").press("Enter").reads("欧阳*华一户")
    hands.rows("欧阳*华").press("Enter").reads("个人编号")
    hands.done("由看板数字到个人", 20)
    assert complaints == []


def test_menus_close_by_escape_and_give_the_focus_back(clerk, open_page):
    hands = Hands(open_page).sign_in(clerk)
    hands.tab("显示", most=14).press("Enter", "Tab", "Tab", "Escape").at("显示")
    assert not hands.page.evaluate("document.querySelector('header details').open")
    hands.press("F1").reads("按键")


def test_no_page_keeps_the_focus(clerk, open_page):
    """Tab walks through a whole page and comes out; each stop can be seen."""
    hands = Hands(open_page).sign_in(clerk)
    for initials in ("", "wjmd", "cbjl"):
        if initials:
            hands.menu(initials)
        hands.page.evaluate("document.activeElement.blur()")
        seen = [hands.tab("", most=1).words() for _ in range(2)]
        while hands.press("Tab").words() not in ("", seen[0]):
            seen.append(hands.words())
            assert len(seen) < 250, f"the focus does not come round: {seen[-12:]}"

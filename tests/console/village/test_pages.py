"""The agent's pages: progress, households, cash at the door, handing in, records."""

import re
from datetime import timedelta
from pathlib import Path

import pytest
from django.contrib.staticfiles import finders
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from tests.apps.access.offices import AT
from tests.apps.collection.town import open_town, settle_in
from tests.apps.registry.people import CHAQUAN, SHICANG
from tests.console.signed_in import sign_in_as
from yibao.apps.access.models import PoolingRegion
from yibao.apps.access.scope import scoped
from yibao.apps.collection import operations
from yibao.apps.collection.models import CashCollection, Due
from yibao.apps.registry.models import Household

pytestmark = pytest.mark.django_db


@pytest.fixture
def agent():
    """The agent of Chaquan: twenty people owe, receipts were handed out."""
    county = open_town()
    for home in range(1, 6):
        families(county, home)
    operations.raise_dues(scope=county, year=2021, at=AT)
    browser, scope = sign_in_as(role="village_agent", division=str(CHAQUAN), name="罗村会")
    operations.give_receipt_range(
        scope=county, holder_id=scope.operator_id, prefix="衡山", first=1, last=50, at=AT
    )
    return browser, scope


def families(county, home: int, **facts) -> None:
    """The home-th household: a head and a child."""
    first = 2 * home
    numbered = {"household_no": f"{home:04}", "at": AT, **facts}
    settle_in(county, 1, first=first, relation="head", **numbered)
    settle_in(county, 1, first=first + 1, relation="son", name="王小华", **numbered)


def words_of(answer) -> str:
    return answer.content.decode()


def a_household(scope) -> int:
    with scoped(scope):
        return Household.objects.order_by("id").first().pk


def door(browser, household_id, **values):
    """The form at the door, all members chosen, everything verified."""
    page = browser.get(reverse("village:collect", args=[household_id]))
    words = words_of(page)
    dues = re.findall(r'name="dues" value="(\d+)"', words)
    given = {
        "dues": dues,
        "special_reason": "老人无手机",
        "identity": "on",
        "place": "on",
        "key": re.search(r'name="key" value="([^"]+)"', words)[1],
        "yb_mark": re.findall(r'name="yb_mark" value="([^"]+)"', words)[-1],
    }
    return given | values


def test_an_agent_lands_in_the_village(agent):
    browser, _ = agent
    page = browser.get("/", follow=True)
    assert page.redirect_chain[0][0].startswith("/village/")
    assert "参保进度" in words_of(page) and "我手上的现金" in words_of(page)


def test_households_with_somebody_unpaid_come_first_and_are_found_by_name(agent):
    browser, scope = agent
    words = words_of(browser.get(reverse("village:households")))
    assert "人没缴" in words
    with scoped(scope):
        name = Due.objects.select_related("person").first().person.name
    found = words_of(browser.get(reverse("village:households"), {"q": name}))
    assert "找到的户" in found and "人没缴" in found
    assert "没有找到" in words_of(browser.get(reverse("village:households"), {"q": "查无此人"}))


def test_cash_is_taken_for_chosen_members_after_the_sum_was_seen(agent):
    browser, scope = agent
    home = a_household(scope)
    given = door(browser, home)
    seen = browser.post(reverse("village:collect", args=[home]), given | {"do": "sum"})
    words = words_of(seen)
    sum_fen = re.search(r'name="sum" value="(\d+)"', words)[1]
    assert "衡山01" in words and "还没有参保" in words
    with scoped(scope):
        assert not CashCollection.objects.exists()
    answer = browser.post(
        reverse("village:collect", args=[home]), given | {"do": "collect", "sum": sum_fen}
    )
    assert answer.status_code == 302 and "/village/receipts/" in answer.headers["Location"]
    with scoped(scope):
        taken = CashCollection.objects.all()
        assert len(taken) == len(given["dues"])
        assert sum(one.amount_fen for one in taken) == int(sum_fen)
    assert "张收据" in words_of(browser.get(answer.headers["Location"]))


def test_whoever_holds_no_receipts_is_told_before_the_form_is_filled_in(agent):
    browser, scope = agent
    address = reverse("village:collect", args=[a_household(scope)])
    assert "没有可用的收据号" not in words_of(browser.get(address))
    other, _ = sign_in_as(role="village_agent", division=str(CHAQUAN), name="新来的")
    assert "您没有可用的收据号，请先到乡镇领取" in words_of(other.get(address))


@pytest.mark.parametrize("with_mark", [True, False])
def test_the_same_form_twice_gives_the_same_receipts(agent, with_mark):
    browser, scope = agent
    home = a_household(scope)
    given = door(browser, home)
    if not with_mark:  # sent again from a page that was drawn anew: the form's own key answers
        given.pop("yb_mark")
    seen = browser.post(reverse("village:collect", args=[home]), given | {"do": "sum"})
    sum_fen = re.search(r'name="sum" value="(\d+)"', words_of(seen))[1]
    whole = given | {"do": "collect", "sum": sum_fen}
    first = browser.post(reverse("village:collect", args=[home]), whole)
    second = browser.post(reverse("village:collect", args=[home]), whole)
    assert first.status_code == second.status_code == 302
    assert first.headers["Location"] == second.headers["Location"]
    with scoped(scope):
        assert CashCollection.objects.count() == len(given["dues"])


def test_a_sum_that_is_no_longer_right_is_refused(agent):
    browser, scope = agent
    home = a_household(scope)
    given = door(browser, home) | {"do": "collect", "sum": "100"}
    answer = browser.post(reverse("village:collect", args=[home]), given)
    assert answer.status_code == 422 and "E752" in words_of(answer)
    with scoped(scope):
        assert not CashCollection.objects.exists()


def take_cash(browser, home) -> None:
    """Take what the household owes, having seen the sum."""
    address, given = reverse("village:collect", args=[home]), door(browser, home)
    seen = browser.post(address, given | {"do": "sum"})
    sum_fen = re.search(r'name="sum" value="(\d+)"', words_of(seen))[1]
    taken = browser.post(address, given | {"do": "collect", "sum": sum_fen})
    assert taken.status_code == 302


def test_cash_of_an_earlier_day_asks_for_its_reason_before_the_form_is_sent(agent):
    browser, scope = agent
    take_cash(browser, a_household(scope))
    assert "须写原因" not in words_of(browser.get(reverse("village:hand_in")))
    today = PoolingRegion.objects.get(code="hengshan").served_on
    PoolingRegion.objects.filter(code="hengshan").update(served_on=today + timedelta(days=1))
    assert "有不是今天收的，须写原因" in words_of(browser.get(reverse("village:hand_in")))


def test_handing_in_covers_and_shows_in_my_records(agent):
    browser, scope = agent
    take_cash(browser, a_household(scope))
    page = words_of(browser.get(reverse("village:hand_in")))
    held = re.findall(r'name="collections" value="(\d+)"', page)
    channel = re.search(r'<option value="([a-z_]+)">', page)[1]
    sent = {"collections": held, "channel": channel, "voucher_no": "POS-1", "late_reason": ""}
    answer = browser.post(reverse("village:hand_in"), sent)
    assert answer.status_code == 302, words_of(answer)
    words = words_of(browser.get(reverse("village:records")))
    assert "已交" in words and "POS-1" in words
    assert "没有要交的现金" in words_of(browser.get(reverse("village:hand_in")))


def test_the_list_weighs_less_than_200_kb_with_its_styles_and_scripts(agent):
    browser, scope = agent
    for home in range(30, 60):
        families(scope.system("hengshan"), home)
    page = browser.get(reverse("village:households"))
    words = words_of(page)
    files = re.findall(r'(?:href|src)="/static/([^"?]+)', words)
    assert any(name.endswith(".css") for name in files)
    weight = len(page.content)
    for name in files:
        plain = re.sub(r"\.[0-9a-f]{8,}(?=\.\w+$)", "", name)
        weight += Path(finders.find(plain)).stat().st_size
    assert weight <= 200 * 1024, weight


def test_the_list_takes_as_many_queries_for_many_households_as_for_few(agent):
    browser, scope = agent
    counts = []
    for first in (30, 40):
        with CaptureQueriesContext(connection) as statements:
            assert browser.get(reverse("village:households")).status_code == 200
        counts.append(len(statements))
        for home in range(first, first + 6):
            families(scope.system("hengshan"), home)
    assert counts[0] == counts[1]


def test_another_villages_household_is_not_there(agent):
    browser, scope = agent
    families(scope.system("hengshan"), 50, area_no=SHICANG)
    with scoped(scope.system("hengshan")):
        other = Household.objects.filter(area_no=SHICANG).first().pk
    assert browser.get(reverse("village:household", args=[other])).status_code == 404
    assert browser.get(reverse("village:collect", args=[other])).status_code == 404

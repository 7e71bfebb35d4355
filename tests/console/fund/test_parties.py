"""Sub-ledgers by party: hospitals and clerks by name, persons masked and their reading recorded."""

import re
from datetime import date

import pytest

from tests.apps.books import moment
from tests.apps.collection.town import open_town, settle_in
from tests.console.fund.money import due, open_money, owed, taken, words
from tests.console.signed_in import sign_in_as
from yibao.apps.access.models import AuditRecord
from yibao.apps.access.scope import scoped
from yibao.apps.care import operations as care
from yibao.apps.fund.charts import chart_of
from yibao.apps.registry.models import Person
from yibao.core.books import subledgers
from yibao.core.money import Fen

pytestmark = pytest.mark.django_db


@pytest.fixture
def money():
    return open_money()


@pytest.fixture
def accountant(money):
    return sign_in_as(role="fund_accountant", division="430423", name="钱会计")[0]


def parties(page):
    """Return the numbers of the parties that a page leads to."""
    return re.findall(r"/fund/books/parties/(\d+)/", page)


def hospital(money, code="H430423001", name="衡山县人民医院"):
    return care.register_institution(
        scope=money.scope,
        code=code,
        name=name,
        kind="hospital",
        level=2,
        area_no=430423000000,
        at=moment("2020-01-05 09:00"),
    ).id


def test_what_is_owed_to_hospitals_is_listed_and_sums_up(money, accountant):
    one, two = hospital(money), hospital(money, "H430423002", "衡山县中医院")
    money.post("institutions", owed(120000, one), source="settlement", source_id=3)
    money.post("institutions", owed(30050, one), source="settlement", source_id=4)
    money.post("institutions", owed(7000, two), source="settlement", source_id=5)
    said = words(accountant.get(money.address("institutions", "parties/")))
    assert "往来对象 2 个" in said
    assert "余额 1,570.50 元" in said
    assert "衡山县人民医院 2 2020-12-04 1,500.50 1,500.50" in said
    book = money.books["institutions"].id
    account = words(accountant.get(f"/fund/books/parties/{one}/institution/{book}/"))
    assert "余额为贷方" in account
    assert "300.50 1,500.50" in account
    assert "应付定点医疗机构 1,500.50" in account
    other = f"/fund/books/parties/{one}/institution/{book}/?account=I101"
    assert "I101 待清算待遇" in words(accountant.get(other))


def test_cash_that_an_agent_holds_stands_under_the_agents_name(money, accountant):
    _, agent = sign_in_as(role="village_agent", division="430423105218", name="罗村会")
    money.post("custody", taken(28000, agent.operator_id), source="cash_collection")
    said = words(accountant.get(money.address("custody", "parties/")))
    assert "罗村会 1 2020-12-04 280.00 280.00" in said


def test_a_person_is_masked_and_the_reading_is_recorded(accountant):
    county = open_town()
    settle_in(county, 3)
    money = open_money()
    with scoped(county):
        person = Person.objects.order_by("id").first()
    money.post("dues", due(28000, person.id), source="due")
    said = accountant.get(money.address("dues", "parties/")).content.decode()
    assert person.name not in said
    assert "*" in words(accountant.get(money.address("dues", "parties/")))
    address = f"/fund/books/parties/{person.id}/person/{money.books['dues'].id}/"
    page = accountant.get(address)
    assert page.status_code == 200
    assert person.name not in page.content.decode()
    with scoped(county):
        read = AuditRecord.objects.filter(object_kind="person", object_id=str(person.id))
        assert read.filter(action="fund.read").count() == 1


def test_parties_without_a_balance_are_left_out_until_asked_for(money, accountant):
    money.post("custody", taken(28000, 901), source="cash_collection")
    back = subledgers.cash_deposited(
        chart_of("custody"), on=date(2020, 12, 5), amount_fen=Fen(28000), operator_id=901
    )
    money.post("custody", back, source="cash_deposit")
    assert "没有余额" in words(accountant.get(money.address("custody", "parties/")))
    every = words(accountant.get(money.address("custody", "parties/"), {"open": "0"}))
    assert "代收人 901 2 2020-12-05 280.00 280.00 0.00" in every


def test_pages_of_parties_meet_without_gap_and_come_to_what_all_do(money, accountant):
    for n in range(45):
        money.post("custody", taken(100 + n, 900 + n), source="cash_collection")
    address = money.address("custody", "parties/")
    first = accountant.get(address, {"size": 20}).content.decode()
    assert "余额 54.90 元" in words(accountant.get(address))
    found, page = parties(first), first
    while onward := re.search(r'rel="next" href="([^"]+)"', page):
        page = accountant.get(onward.group(1).replace("&amp;", "&")).content.decode()
        found += parties(page)
    assert found == [str(900 + n) for n in range(45)]


def test_a_party_is_found_by_its_name(money, accountant):
    one, two = hospital(money), hospital(money, "H430423002", "衡山县中医院")
    money.post("institutions", owed(7000, one), source="settlement", source_id=3)
    money.post("institutions", owed(9000, two), source="settlement", source_id=4)
    address = money.address("institutions", "parties/")
    assert parties(accountant.get(address, {"who": "中医"}).content.decode()) == [str(two)]
    assert parties(accountant.get(address, {"who": "协和"}).content.decode()) == []


def test_hospitals_leave_as_a_file_at_once_staff_by_the_door_of_exports(money, accountant):
    one = hospital(money)
    money.post("institutions", owed(7000, one), source="settlement", source_id=3)
    answer = accountant.get(money.address("institutions", "parties/"), {"csv": 1})
    assert "衡山县人民医院" in answer.content.decode("utf-8-sig")
    _, agent = sign_in_as(role="village_agent", division="430423105218", name="罗村会")
    money.post("custody", taken(28000, agent.operator_id), source="cash_collection")
    page = accountant.get(money.address("custody", "parties/"), {"csv": 1}).content.decode()
    door = "/desk/exports/ask/fund_parties/?"
    assert door in page and f"of_book_id={money.books['custody'].id}" in page


def test_persons_of_an_account_are_found_by_number_and_leave_masked_by_the_door(accountant):
    county = open_town()
    settle_in(county, 3)
    money = open_money()
    with scoped(county):
        one, two = Person.objects.order_by("id")[:2]
    money.post("dues", due(28000, one.id), source="due")
    money.post("dues", due(28000, two.id), source="due", source_id=2)
    address = money.address("dues", "parties/")
    assert parties(accountant.get(address, {"who": one.person_no}).content.decode()) == [
        str(one.id)
    ]
    account = money.address("dues", "accounts/D101/")
    page = accountant.get(account).content.decode()
    assert one.name not in page and parties(page) == [str(two.id), str(one.id)]
    door = re.search(r'href="([^"]*ask/fund_lines/[^"]*)"', page).group(1).replace("&amp;", "&")
    assert "of_account=D101" in door and "month" in door
    asked = accountant.get(door)
    assert asked.status_code == 200 and re.search(r"(?<!\d)2 行", words(asked))


def test_the_main_book_has_no_parties_and_nobody_stands_where_nothing_is(money, accountant):
    custody = money.books["custody"].id
    for address in (
        money.address("main", "parties/"),
        f"/fund/books/parties/1/operator/{custody}/",
        f"/fund/books/parties/{'9' * 25}/operator/{custody}/",
        f"/fund/books/parties/1/nobody/{custody}/",
    ):
        assert accountant.get(address).status_code == 404, address
    money.post("custody", taken(100, 901), source="cash_collection")
    wrong = f"/fund/books/parties/901/operator/{custody}/?account=9999"
    assert accountant.get(wrong).status_code == 404

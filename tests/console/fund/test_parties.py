"""Sub-ledgers by party: hospitals and clerks by name, persons masked and their reading recorded."""

from datetime import date

import pytest

from tests.apps.books import moment
from tests.apps.collection.town import open_town, settle_in
from tests.console.fund.money import due, open_money, owed, taken, words
from tests.console.signed_in import sign_in_as
from yibao.apps.access.models import AuditRecord
from yibao.apps.access.scope import scoped
from yibao.apps.care import operations as care
from yibao.apps.fund import overview
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
    assert "衡山县人民医院 定点机构 2 2020-12-04 1,500.50 1,500.50" in said
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
    assert "罗村会 代收人 1 2020-12-04 280.00 280.00" in said


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
    assert "代收人 901 代收人 2 2020-12-05 280.00 280.00 0.00" in every


def test_pages_of_parties_meet_without_gap(money):
    for n in range(9):
        money.post("custody", taken(100 + n, 900 + n), source="cash_collection")
    asked = {"scope": money.scope, "book_id": money.books["custody"].id, "account": "C101"}
    whole = overview.parties_of(**asked)
    assert (whole.parties, whole.balance_fen) == (9, sum(100 + n for n in range(9)))
    rows, after = [], 0
    while True:
        found = overview.parties_of(**asked, after_id=after, limit=4)
        assert (found.parties, found.balance_fen) == (whole.parties, whole.balance_fen)
        rows += found.rows
        after = found.after_id
        if not after:
            break
    assert rows == list(whole.rows)


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

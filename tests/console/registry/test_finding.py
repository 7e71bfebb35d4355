"""The search of every page: people and codes, by kind, masked, in the scope, with a record."""

import pytest
from django.db import connection, connections
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from tests.apps.access.offices import AT, hire, open_office
from tests.apps.claims import insured
from tests.apps.collection.town import Line, dues, payments, take
from tests.apps.enrolment.ledger_files import line, upload
from tests.apps.policy.bureau import LEAGUE
from tests.apps.registry.people import number, person
from tests.console.season import late_season
from tests.console.signed_in import sign_in_as
from yibao.apps.access.models import AuditRecord
from yibao.apps.access.scope import scoped
from yibao.apps.claims import operations as claims
from yibao.apps.claims.models import Settlement
from yibao.apps.collection.models import CashCollection
from yibao.apps.enrolment.models import LedgerImport
from yibao.apps.registry.models import Household, Person
from yibao.apps.registry.operations import register_many

pytestmark = pytest.mark.django_db


@pytest.fixture
def season():
    return late_season()


@pytest.fixture
def clerk(season):
    browser, _ = sign_in_as(role="county_clerk", division="430423")
    return browser


def look(browser, text, **more):
    return browser.get(reverse("console:search"), {"q": text, **more})


def goes_to(answer) -> str:
    assert answer.status_code == 302, answer.content.decode()
    return answer.headers["Location"].partition("?")[0]


def words_of(answer) -> str:
    assert answer.status_code == 200, answer.status_code
    return answer.content.decode().partition("<main")[2]


def test_a_whole_number_goes_straight_to_the_person(clerk, season):
    with scoped(season):
        one = Person.objects.order_by("id").first()
    page = reverse("registry:person", args=[one.id])
    assert goes_to(look(clerk, number(1))) == page
    assert goes_to(look(clerk, one.person_no)) == page


def test_a_name_or_a_telephone_shows_the_list_even_for_one(clerk, season):
    register_many(scope=season, persons=[person(77, name="郗未央", phone="13812345521")], at=AT)
    for text in ("郗未央", "郗", "未央", "XWY", "13812345521", "5521"):
        words = words_of(look(clerk, text))
        assert "郗*央" in words
        assert "郗未央" not in words.partition("<table")[2]


def test_a_household_a_receipt_and_a_payment_are_found_by_what_is_printed_on_them(clerk, season):
    register_many(scope=season, persons=[person(78, household_no="0009", relation="head")], at=AT)
    with scoped(season):
        home = Household.objects.order_by("id").last()
        cash = CashCollection.objects.order_by("id").first()
    paid = payments(season)[0]
    assert goes_to(look(clerk, home.household_no)) == reverse("registry:household", args=[home.id])
    receipt = reverse("collection:receipt", args=[cash.receipt_no])
    assert goes_to(look(clerk, cash.receipt_no)) == receipt
    assert goes_to(look(clerk, f"收据 {cash.receipt_no.lower()}")) == receipt
    paper = reverse("collection:payment", args=[paid.id])
    assert goes_to(look(clerk, paid.voucher_no)) == paper
    assert goes_to(look(clerk, f"缴费 {paid.id}")) == paper


def test_a_due_goes_to_the_persons_own_line(clerk, season):
    due = dues(season)[0]
    answer = look(clerk, f"应缴 {due.id}")
    assert goes_to(answer) == reverse("collection:dues")
    words = words_of(clerk.get(answer.headers["Location"]))
    assert "共 1 行" in words
    assert reverse("registry:person", args=[due.person_id]) in words


def test_an_import_is_found_by_its_number(clerk, season):
    made = upload(season, line(91), at=AT)
    with scoped(season):
        assert LedgerImport.objects.count() == 1
    assert goes_to(look(clerk, f"台账批次 {made.id}")) == reverse(
        "enrolment:import", args=[made.id]
    )


@pytest.mark.django_db(databases=["default", "owner"])
def test_a_bare_number_shows_every_kind_that_bears_it(clerk, season):
    with connections["owner"].cursor() as cursor:
        cursor.execute("select setval('collection_payment_id_seq', 900000)")
        cursor.execute("select setval('enrolment_ledgerimport_id_seq', 900000)")
    take(season, Line(17), at=AT)
    made = upload(season, line(91), at=AT)
    paid = payments(season)[-1]
    assert paid.id == made.id == 900001
    words = words_of(look(clerk, "900001"))
    assert 'id="found-import"' in words
    assert 'id="found-payment"' in words
    assert reverse("collection:payment", args=[paid.id]) in words
    assert reverse("enrolment:import", args=[made.id]) in words
    assert "王*华" in words


def test_a_settlement_is_found_by_its_number(db):
    open_office("xingan", at=insured.AT)
    office = insured.open_office()
    one = insured.insure(office.scope)
    claims.settle(
        scope=office.scope,
        client="H",
        key="k1",
        person_id=one,
        institution_id=office.hospitals[2],
        number="F1",
        facts=insured.stay(),
        at=insured.AT,
    )
    staff = hire(role="county_clerk", division=LEAGUE, at=insured.AT)
    browser, _ = sign_in_as(role="county_clerk", division=LEAGUE, staff=staff)
    with scoped(office.scope):
        settled = Settlement.objects.get()
    page = reverse("claims:settlement", args=[settled.id])
    assert goes_to(look(browser, settled.settlement_no.lower())) == page


def test_a_post_is_asked_only_for_what_it_may_know_of(season):
    paid = payments(season)[0]
    medical, _ = sign_in_as(role="medical_clerk", division="430423", name="谭丽娟")
    assert "没有找到" in words_of(look(medical, paid.voucher_no))
    assert "没有找到" in words_of(look(medical, f"缴费 {paid.id}"))


def test_another_towns_codes_are_not_there(season):
    due, paid = dues(season)[0], payments(season)[0]
    other, _ = sign_in_as(role="township_clerk", division="430423100", name="邻镇")
    for text in (f"应缴 {due.id}", paid.voucher_no, number(1)):
        assert "没有找到" in words_of(look(other, text))


def test_what_was_looked_for_is_recorded_also_when_it_goes_straight_there(clerk, season):
    look(clerk, number(1))
    with scoped(season):
        record = AuditRecord.objects.filter(action="registry.search").latest("id")
    assert record.detail["found"] == 1
    assert number(1) not in str(record.detail)


def test_more_people_follow_by_keyset_and_only_people(clerk, season):
    register_many(scope=season, persons=[person(n, name="郗小明") for n in range(200, 245)], at=AT)
    words = words_of(look(clerk, "郗小明"))
    assert words.count("郗*明") == 20
    more = words.partition('rel="next" href="')[2].partition('"')[0].replace("&amp;", "&")
    assert "of=person" in more
    second = words_of(clerk.get(more))
    assert second.count("郗*明") == 20
    shown = {part.partition("/")[0] for part in words.split("/registry/persons/")[1:]}
    assert not shown & {part.partition("/")[0] for part in second.split("/registry/persons/")[1:]}


def test_two_hundred_people_take_as_many_queries_as_one(clerk, season):
    counts = []
    for first, size in ((300, 2), (400, 60)):
        people = [person(n, name="郗大海") for n in range(first, first + size)]
        register_many(scope=season, persons=people, at=AT)
        with CaptureQueriesContext(connection) as statements:
            look(clerk, "郗大海")
        counts.append(len(statements))
    assert counts[0] == counts[1]

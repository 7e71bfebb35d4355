"""A person's page and a household's: masked, of the year, in a fixed number of queries."""

from datetime import date, datetime
from zoneinfo import ZoneInfo

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from tests.apps.access.offices import AT, open_office
from tests.apps.enrolment.ledger_files import line, upload
from tests.apps.registry.people import CHAQUAN, ELSEWHERE, number, person
from tests.console.signed_in import sign_in_as
from yibao.apps.access.models import AuditRecord
from yibao.apps.access.scope import scoped
from yibao.apps.enrolment import operations, queries
from yibao.apps.enrolment.queries import CoverageLine
from yibao.apps.registry.models import Person
from yibao.apps.registry.operations import register_many
from yibao.console.registry.strip import strips

pytestmark = pytest.mark.django_db
CHINA = ZoneInfo("Asia/Shanghai")


@pytest.fixture
def clerk():
    """A browser of the county's clerk and the scope; 2021 is open."""
    scope = open_office()
    operations.open_year(scope=scope, year=2021, on=date(2020, 9, 20), at=AT)
    return sign_in_as(role="county_clerk", division="430423")


def cover(scope, *person_ids):
    facts = queries.facts_for_rules(scope=scope, person_ids=list(person_ids), year=2021)
    items = [
        operations.CoverItem(pk, 2021, facts[pk] | {"paid_on": "2020-12-01"}, "payment", 1, CHAQUAN)
        for pk in person_ids
    ]
    return operations.cover(scope=scope, items=items, at=AT)


def imported(scope):
    """A family that came in by a ledger and is covered."""
    lines = [
        line(1, name="王建华"),
        line(
            2,
            name="陈妍",
            household_no="0001",
            relation="配偶",
            sex="女",
            number=number(2, sex="female"),
        ),
    ]
    ledger = upload(scope, *lines, at=AT)
    operations.confirm_ledger(scope=scope, import_id=ledger.pk, at=AT)
    with scoped(scope):
        ids = list(Person.objects.order_by("id").values_list("id", flat=True))
    cover(scope, ids[0])
    return ledger, ids


def words_of(answer) -> str:
    assert answer.status_code == 200, answer.status_code
    return answer.content.decode()


def test_the_page_shows_the_person_masked_with_year_household_and_what_happened(clerk):
    browser, scope = clerk
    ledger, (head, wife) = imported(scope)
    words = words_of(browser.get(reverse("registry:person", args=[head])))
    assert "王*华" in words and f"430423********{number(1)[-4:]}" in words
    assert "王建华" not in words and number(1) not in words
    assert "今日无待遇" in words  # in December 2020 the year 2021 is still to come
    assert "2021-01-01" in words and "2021-12-31" in words
    assert "陈*" in words and reverse("registry:person", args=[wife]) in words
    assert f"台账批次 {ledger.pk} 第 4 行" in words
    assert reverse("enrolment:import", args=[ledger.pk]) in words
    assert words.count('class="on"') == 13  # twelve months and the legend


def test_reading_a_person_is_recorded(clerk):
    browser, scope = clerk
    _, (head, _) = imported(scope)
    browser.get(reverse("registry:person", args=[head]))
    with scoped(scope):
        record = AuditRecord.objects.filter(action="registry.read", object_kind="person").get()
    assert (record.object_id, record.operator_name) == (str(head), "曾建华")


def test_the_household_page_has_every_member_and_the_sums(clerk):
    browser, scope = clerk
    _, (head, wife) = imported(scope)
    with scoped(scope):
        household_id = Person.objects.get(pk=head).household_id
    words = words_of(browser.get(reverse("registry:household", args=[household_id])))
    assert "王*华一户" in words and "2 人，参保 1 人" in words
    assert words.index("王*华</a>") < words.index("陈*</a>")
    assert reverse("registry:person", args=[wife]) in words


def test_a_person_of_another_area_is_not_there(clerk):
    _, scope = clerk
    (pk,) = register_many(scope=scope, persons=[person(1, area_no=ELSEWHERE)], at=AT)
    other, _ = sign_in_as(role="township_clerk", division="430423105")
    assert other.get(reverse("registry:person", args=[pk])).status_code == 404


def test_a_post_that_may_not_see_enrolment_still_gets_the_page(clerk):
    _, scope = clerk
    _, (head, _) = imported(scope)
    medical, _ = sign_in_as(role="medical_clerk", division="430423", name="谭丽娟")
    assert "台账批次" not in words_of(medical.get(reverse("registry:person", args=[head])))


def test_a_large_household_takes_as_many_queries_as_a_small_one(clerk):
    browser, scope = clerk
    counts = []
    for household, first, size in (("0001", 1, 2), ("0002", 20, 12)):
        people = [person(n, household_no=household) for n in range(first, first + size)]
        ids = register_many(scope=scope, persons=people, at=AT)
        cover(scope, *ids)
        with CaptureQueriesContext(connection) as statements:
            browser.get(reverse("registry:person", args=[ids[0]]))
        counts.append(len(statements))
    assert counts[0] == counts[1]


def coverage(starts, ends, **facts):
    usual = {
        "coverage_id": 1, "year": 2021, "reason": "in_window", "consecutive_years": 1,
        "suspended_from": None, "suspended_until": None, "source_kind": "payment",
        "recorded_at": AT, "cancelled_at": None, "cancelled_because": "",
    }  # fmt: skip
    moments = {
        "starts_at": datetime(*starts, tzinfo=CHINA),
        "ends_at": datetime(*ends, tzinfo=CHINA),
    }
    return CoverageLine(**(usual | moments | facts))


@pytest.mark.parametrize(
    ("line", "months"),
    [
        (coverage((2021, 1, 1), (2022, 1, 1)), 12),
        (coverage((2021, 7, 1), (2022, 1, 1)), 6),
        (coverage((2021, 3, 10), (2022, 1, 1)), 10),
        (coverage((2021, 1, 1), (2021, 5, 1), suspended_from=date(2021, 5, 1)), 4),
        (
            coverage(
                (2021, 1, 1),
                (2022, 1, 1),
                suspended_from=date(2021, 5, 1),
                suspended_until=date(2021, 7, 10),
            ),
            10,
        ),
        (coverage((2021, 1, 1), (2022, 1, 1), cancelled_at=AT), 0),
    ],
)
def test_the_strip_counts_the_months_covered_on_their_last_day(line, months):
    (strip,) = strips(coverages=[line], supported={}, words={}, newest=2021, on=date(2021, 3, 2))
    assert strip.months == months
    assert (len(strip.cells), bool(strip.now_x)) == (12, True)


def test_the_strip_begins_with_the_first_covered_year_of_the_last_five():
    old = coverage((2015, 1, 1), (2016, 1, 1), year=2015)
    newer = coverage((2019, 1, 1), (2020, 1, 1), year=2019)
    shown = strips(
        coverages=[old, newer], supported={2019: True}, words={}, newest=2021, on=date(2021, 1, 1)
    )
    assert [one.year for one in shown] == [2019, 2020, 2021]
    assert {cell.kind for cell in shown[0].cells} == {"aid"}
    assert {cell.kind for cell in shown[1].cells} == {"off"}

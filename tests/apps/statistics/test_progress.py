"""The board counts from the same tables as the work: nobody twice, nobody lost, no rounding up."""

from datetime import date

import pytest

from tests.apps.access.offices import AT
from tests.apps.books import moment
from tests.apps.collection.town import YEAR, Line, settle_in, take
from tests.apps.registry.people import CHAQUAN, SHICANG
from yibao.apps.access.scope import scoped
from yibao.apps.collection import operations as collection
from yibao.apps.desk.tables import Ask, walk
from yibao.apps.enrolment import operations as enrolment
from yibao.apps.registry.models import Person
from yibao.apps.registry.operations import record_death, record_departure
from yibao.apps.statistics import queries
from yibao.apps.statistics.queries.listed import BY_HOUSEHOLD, UNPAID


@pytest.fixture
def town(county):
    """Twenty people of 查泉村 and five of 石仓村 who owe 280.00 each."""
    here = settle_in(county, 20)
    there = settle_in(county, 5, first=101, area_no=SHICANG)
    collection.raise_dues(scope=county, year=YEAR, at=AT)
    return here, there


def pay(county, *numbers, paid_at="2020-11-05 10:30:00"):
    take(county, *(Line(n=n, paid_at=paid_at) for n in numbers), name=f"{numbers}.xlsx")
    collection.match_payments(scope=county, year=YEAR, at=AT)


def elsewhere(county, person_id, kind="employee"):
    enrolment.record_other_cover(
        scope=county,
        year=YEAR,
        cover=enrolment.NewOtherCover(person_id, kind, "衡阳市", f"HY-{person_id}"),
        at=AT,
    )


def support(county, person_id, fen=280_00):
    relief = collection.NewRelief(person_id, CHAQUAN, "minimum_living", fen, 1)
    collection.set_reliefs(scope=county, year=YEAR, reliefs=[relief], source_kind="support", at=AT)


def board(county, on=AT):
    return queries.progress(scope=county, year=YEAR, on=on)


def unpaid(county):
    ask = Ask({"year": YEAR, "on": AT, "day": AT.date()}, order=BY_HOUSEHOLD)
    columns = ["person_id", "unpaid_reason", "open_fen", "area_name"]
    return list(walk(scope=county, table=UNPAID, ask=ask, columns=columns))


def village(county, on=AT):
    row = board(county, on).row(str(CHAQUAN))
    return (row.registered, row.own, row.supported, row.elsewhere, row.missing)


def test_own_payment_support_and_cover_elsewhere_are_counted_apart(county, town):
    here, _ = town
    pay(county, 1, 2, 3)
    support(county, here[10])
    support(county, here[11], 140_00)
    elsewhere(county, here[12])
    assert village(county) == (20, 3, 1, 1, 14)


@pytest.mark.requirement("HS-01")
def test_every_unit_is_held_against_95_percent_of_residents_and_employees(county, town):
    here, _there = town
    pay(county, *range(1, 19))
    elsewhere(county, here[18])
    pay(county, 101, 102, 103, 104)
    rows = board(county)
    assert rows.target_parts == 9500
    chaquan, shicang = rows.row(str(CHAQUAN)), rows.row(str(SHICANG))
    assert (chaquan.rate_parts, chaquan.missing, chaquan.reached) == (9500, 0, True)
    assert (shicang.rate_parts, shicang.missing, shicang.reached) == (8000, 1, False)
    whole = rows.whole()
    assert (whole.name, whole.covered, whole.registered) == ("衡山县", 23, 25)
    assert [row.code for row in rows.below("430423105")] == [str(SHICANG), str(CHAQUAN)]


def test_a_rate_is_never_rounded_up_to_the_target(county):
    settle_in(county, 20)
    collection.raise_dues(scope=county, year=YEAR, at=AT)
    pay(county, *range(1, 19))
    row = board(county).row(str(CHAQUAN))
    assert (row.rate_parts, row.missing) == (9000, 1)


def test_towns_and_county_are_the_sums_of_their_villages(county, town):
    pay(county, 1, 2, 101)
    rows = board(county)
    villages = [row for row in rows.rows if row.level == "village"]
    for name in ("registered", "own", "supported", "elsewhere"):
        total = sum(getattr(row, name) for row in villages)
        assert getattr(rows.row("430423105"), name) == total
        assert getattr(rows.row("430423"), name) == total


def test_the_dead_and_those_who_moved_away_are_not_in_the_base(county, town):
    here, _ = town
    record_death(
        scope=county, person_id=here[0], died_on=date(2020, 12, 1), source="死亡证明", at=AT
    )
    record_departure(
        scope=county, person_id=here[1], moved_away_on=date(2020, 12, 1), source="迁移证", at=AT
    )
    assert village(county)[0] == 18
    assert village(county, moment("2020-11-30 12:00"))[0] == 20


def test_who_only_is_on_the_list_or_paid_in_vain_is_not_covered(county, town):
    take(county, Line(n=1, place="耒阳"))
    collection.match_payments(scope=county, year=YEAR, at=AT)
    assert village(county) == (20, 0, 0, 0, 19)


def test_the_four_checks_show_who_was_reached_by_then(county, town):
    pay(county, 1, 2, paid_at="2020-10-30 10:00:00")
    pay(county, 3, paid_at="2020-11-10 10:00:00")
    pay(county, 4, paid_at="2020-11-30 23:00:00")
    rows = board(county)
    assert rows.check_days == (date(2020, 10, 31), date(2020, 11, 15), date(2020, 11, 30))
    assert rows.row(str(CHAQUAN)).checks == (2, 3, 4)
    assert queries.series(scope=county, year=YEAR, on=AT) == [
        (date(2020, 10, 30), 2),
        (date(2020, 11, 10), 3),
        (date(2020, 11, 30), 4),
    ]


def test_an_earlier_moment_shows_what_was_true_then(county, town):
    pay(county, 1, paid_at="2020-11-05 10:00:00")
    pay(county, 2, paid_at="2020-12-05 10:00:00")
    assert village(county, moment("2020-11-30 12:00"))[1] == 1


def test_the_unpaid_are_everybody_else_with_the_village_s_reason(county, town):
    here, _ = town
    pay(county, 1)
    elsewhere(county, here[1])
    with scoped(county):
        from yibao.apps.enrolment.models import Enrolment

        Enrolment.objects.filter(person_id=here[2]).update(unpaid_reason="away")
        total = Person.objects.count()
    rows = unpaid(county)
    assert len(rows) == total - 2
    assert {here[0], here[1]} & {row.person_id for row in rows} == set()
    found = queries.unpaid_reasons(scope=county, year=YEAR, on=AT)
    reasons = {one.reason: one.count for one in found.rows}
    assert reasons == {"": total - 3, "away": 1}
    [away] = [row for row in unpaid(county) if row.unpaid_reason == "away"]
    assert (away.person_id, away.open_fen, away.area_name[:3]) == (here[2], 280_00, "查泉村")


def test_households_add_up_to_their_village(county):
    settle_in(county, 3, household_no="001", relation="head")
    settle_in(county, 2, first=11, household_no="002")
    collection.raise_dues(scope=county, year=YEAR, at=AT)
    pay(county, 1, 2, 11)
    rows = queries.households_of(scope=county, year=YEAR, on=AT)
    assert [(one.village_no, one.members, one.own, one.unpaid) for one in rows] == [
        ("001", 3, 2, 1),
        ("002", 2, 1, 1),
    ]


@pytest.mark.requirement("HS-71")
def test_work_funds_go_to_villages_by_what_each_completed(county, town):
    pay(county, 1, 2, 101)
    shares = queries.work_funds(scope=county, year=YEAR, on=AT, fund_fen=1000_00)
    assert [(row.name[:3], row.covered, int(fen)) for row, fen in shares] == [
        ("查泉村", 2, 666_67),
        ("石仓村", 1, 333_33),
    ]


def test_the_number_of_queries_does_not_grow(county, town, django_assert_max_num_queries):
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    with CaptureQueriesContext(connection) as few:
        board(county)
    settle_in(county, 30, first=300, area_no=SHICANG)
    with django_assert_max_num_queries(len(few)):
        board(county)

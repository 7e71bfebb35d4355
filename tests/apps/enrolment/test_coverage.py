"""Paying insures: by the region's rule, set-wise, never twice at a time."""

from datetime import date, datetime
from zoneinfo import ZoneInfo

import pytest
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext

from tests.apps.access.offices import AT, open_office
from tests.apps.registry.people import CHAQUAN, person
from yibao.apps.access.scope import scoped
from yibao.apps.enrolment import operations, queries
from yibao.apps.enrolment.models import Coverage
from yibao.apps.enrolment.operations.covering import CoverageCancelled, CoveredAtThatTime
from yibao.apps.enrolment.operations.enrolling import (
    AlreadyEnrolled,
    CoverRecordedAlready,
    VoucherMissing,
)
from yibao.apps.registry import operations as registry

CHINA = ZoneInfo("Asia/Shanghai")
TOWN = 152221100000


def at(*moment: int) -> datetime:
    return datetime(*moment, tzinfo=CHINA)


def register(scope, count=1, **facts):
    people = [person(n, **facts) for n in range(1, count + 1)]
    return registry.register_many(scope=scope, persons=people, at=AT)


def item(scope, person_id, *, year=2021, area_no=CHAQUAN, **payment):
    facts = queries.facts_for_rules(scope=scope, person_ids=[person_id], year=year)[person_id]
    return operations.CoverItem(person_id, year, facts | payment, "payment", 7, area_no)


def cover(scope, *items):
    return operations.cover(scope=scope, items=items, at=AT)


@pytest.fixture
def hinggan(db):
    """The region of Hinggan with the years 2009 to 2011 open."""
    scope = open_office("xingan")
    for year in (2009, 2010, 2011):
        operations.open_year(scope=scope, year=year, on=date(year, 1, 1), at=AT)
    return scope


def resident(scope, **facts):
    return register(scope, area_no=TOWN, **facts)[0]


@pytest.mark.requirement("HS-02-2")
@pytest.mark.parametrize(
    ("paid_on", "reason"),
    [
        ("2020-09-19", "too_early"),
        ("2020-09-20", "in_window"),
        ("2020-12-31", "in_window"),
        ("2021-01-01", "too_late"),
    ],
)
def test_hengshan_insures_the_whole_year_by_the_day_of_payment(township, paid_on, reason):
    (pk,) = register(township)
    (answer,) = cover(township, item(township, pk, paid_on=paid_on))
    assert (answer.accepted, answer.reason) == (reason == "in_window", reason)
    if answer.accepted:
        assert (answer.starts_at, answer.ends_at) == (at(2021, 1, 1), at(2022, 1, 1))
        (line,) = queries.coverages_of(scope=township, person_id=pk)
        assert (line.starts_at, line.ends_at) == (at(2021, 1, 1), at(2022, 1, 1))
    else:
        assert queries.coverages_of(scope=township, person_id=pk) == []


def enrolled(scope, pk, **entry):
    operations.enrol(scope=scope, year=2021, entries=[operations.Entry(pk, **entry)], at=AT)


@pytest.mark.requirement("HS-45-2")
def test_a_newborn_is_covered_from_birth_within_ninety_days(township):
    pk, late = (register(township, born=born)[0] for born in (date(2021, 3, 1), date(2021, 3, 2)))
    for one in (pk, late):
        enrolled(township, one, event="newborn")
    (answer,) = cover(township, item(township, pk, paid_on="2021-05-30"))  # the 90th day
    assert (answer.reason, answer.starts_at) == ("newborn_in_time", at(2021, 3, 1))
    (answer,) = cover(township, item(township, late, paid_on="2021-06-01"))  # the 91st
    assert (answer.reason, answer.starts_at) == ("special_case", at(2021, 7, 1))


@pytest.mark.requirement("HS-45-3")
def test_a_new_form_worker_starts_in_the_month_after_payment(township):
    (pk,) = register(township, residence_permit=True, hukou="other")
    enrolled(township, pk, event="new_employment_form", first_time=True)
    (answer,) = cover(township, item(township, pk, paid_on="2021-06-15"))
    assert (answer.reason, answer.starts_at) == ("new_employment", at(2021, 7, 1))


@pytest.mark.parametrize(
    "event",
    [
        "moved_in", "veteran", "graduate", "newborn", "foundling", "released",
        "employee_cover_ended", "found_uninsured_poor",
    ],
)  # fmt: skip
def test_each_special_situation_enters_in_the_month_after_payment(township, event):
    (pk,) = register(township)
    enrolled(township, pk, event=event)
    (answer,) = cover(township, item(township, pk, paid_on="2021-06-15"))
    assert (answer.accepted, answer.starts_at) == (True, at(2021, 7, 1))


@pytest.mark.requirement("HS-45-1")
def test_nobody_else_enters_in_the_middle_of_the_year(township):
    (pk,) = register(township)
    enrolled(township, pk)
    (answer,) = cover(township, item(township, pk, paid_on="2021-06-15"))
    assert (answer.accepted, answer.reason) == (False, "too_late")
    assert (
        queries.covered_on(scope=township, person_ids=[pk], at=at(2021, 8, 1), on=date(2021, 8, 1))
        == {}
    )


def test_cover_elsewhere_is_not_insured_again(township):
    pk, other = register(township, 2)
    for one, kind in ((pk, "employee"), (other, "resident")):
        operations.record_other_cover(
            scope=township, year=2021, at=AT,
            cover=operations.NewOtherCover(one, kind, "耒阳市", "P-1"),
        )  # fmt: skip
    answers = cover(township, *(item(township, one, paid_on="2020-12-01") for one in (pk, other)))
    assert [answer.reason for answer in answers] == ["employee_member", "insured_elsewhere"]


def test_who_is_covered_is_not_covered_again(township):
    (pk,) = register(township)
    paid = item(township, pk, paid_on="2020-12-01")
    assert cover(township, paid)[0].accepted
    (again,) = cover(township, paid)
    assert (again.accepted, again.reason) == (False, "covered_already")
    assert len(queries.coverages_of(scope=township, person_id=pk)) == 1


def test_the_database_refuses_two_coverages_at_a_time(township):
    (pk,) = register(township)
    cover(township, item(township, pk, paid_on="2020-12-01"))
    with scoped(township):
        found = Coverage.objects.get()
    copy = {"pk": None, "year": 2022}
    with pytest.raises(IntegrityError, match="one_coverage_at_a_time"):
        with transaction.atomic(), scoped(township):
            for name, value in copy.items():
                setattr(found, name, value)
            found.save(force_insert=True)


def test_two_items_of_one_person_break_at_the_databases_wall(township):
    (pk,) = register(township)
    paid = item(township, pk, paid_on="2020-12-01")
    with pytest.raises(CoveredAtThatTime):
        cover(township, paid, paid)


def test_a_cancelled_coverage_gives_way_to_another(township):
    (pk,) = register(township)
    paid = item(township, pk, paid_on="2020-12-01")
    cover(township, paid)
    (line,) = queries.coverages_of(scope=township, person_id=pk)
    cancel = {"scope": township, "coverage_id": line.coverage_id, "reason": "张冠李戴", "at": AT}
    operations.cancel_coverage(**cancel)
    with pytest.raises(CoverageCancelled):
        operations.cancel_coverage(**cancel)
    assert cover(township, paid)[0].accepted
    newest, oldest = queries.coverages_of(scope=township, person_id=pk)
    assert (newest.cancelled_at, oldest.cancelled_because) == (None, "张冠李戴")


def test_answers_stand_in_the_order_of_the_items_and_one_refusal_stops_nobody(township):
    first, second, third = register(township, 3)
    items = [
        item(township, first, paid_on="2021-01-05"),
        item(township, second, paid_on="not a day"),
        item(township, third, paid_on="2020-12-01"),
    ]
    answers = cover(township, *items)
    assert [answer.person_id for answer in answers] == [first, second, third]
    assert [answer.accepted for answer in answers] == [False, False, True]
    assert "paid_on" in str(answers[1].because)


def test_a_coverage_keeps_its_witness_and_the_facts_it_was_decided_by(township):
    (pk,) = register(township)
    cover(township, item(township, pk, paid_on="2020-12-01"))
    with scoped(township):
        witness = Coverage.objects.get().witness
    assert witness["clauses"]["decision"] == "usual"
    assert len(witness["text"]) == len(witness["sense"]) == 64
    assert witness["facts"]["paid_on"] == "2020-12-01"
    assert witness["facts"]["born"] == "1980-05-06"


def test_covering_two_hundred_takes_as_many_statements_as_ten(township):
    counts = []
    people = register(township, 210)
    for chosen in (people[:10], people[10:]):
        items = [item(township, pk, paid_on="2020-12-01") for pk in chosen]
        with CaptureQueriesContext(connection) as statements:
            answers = cover(township, *items)
        assert all(answer.accepted for answer in answers)
        counts.append(len(statements))
    assert counts[0] == counts[1]


# -- Hinggan: from the moment of payment, the count of 1 May, making up ----------------------------


@pytest.mark.requirement("HX-04-28")
def test_hinggan_counts_from_the_moment_of_payment(hinggan):
    pk = resident(hinggan)
    paid = item(
        hinggan, pk, year=2009, area_no=TOWN, first_time=True, paid_at="2009-03-10T14:30:00"
    )
    (answer,) = cover(hinggan, paid)
    assert (answer.reason, answer.starts_at) == ("paid_now", at(2009, 3, 10, 14, 30))
    ask = {"scope": hinggan, "person_ids": [pk], "on": date(2009, 3, 10)}
    assert queries.covered_on(at=at(2009, 3, 10, 14, 29), **ask) == {}
    assert pk in queries.covered_on(at=at(2009, 3, 10, 14, 30), **ask)


def insured_2009(hinggan):
    pk = resident(hinggan)
    cover(
        hinggan, item(hinggan, pk, year=2009, area_no=TOWN, first_time=True, paid_on="2009-01-10")
    )
    return pk


def test_years_count_on_from_year_to_year(hinggan):
    pk = insured_2009(hinggan)
    for year in (2010, 2011):
        (answer,) = cover(
            hinggan, item(hinggan, pk, year=year, area_no=TOWN, paid_on=f"{year - 1}-11-20")
        )
        assert answer.starts_at == at(year, 1, 1)
    lines = queries.coverages_of(scope=hinggan, person_id=pk)
    assert [(line.year, line.consecutive_years) for line in lines] == [
        (2011, 3),
        (2010, 2),
        (2009, 1),
    ]


@pytest.mark.requirement("HX-01-08-3")
def test_on_the_first_of_may_the_unpaid_are_suspended(hinggan):
    pk, paid = insured_2009(hinggan), None
    paid = register(hinggan, area_no=TOWN, born=date(1970, 1, 1))[0]
    for year in (2009, 2010):
        cover(
            hinggan,
            item(
                hinggan,
                paid,
                year=year,
                area_no=TOWN,
                paid_on=f"{year}-02-01",
                first_time=year == 2009,
            ),
        )
    count = {"scope": hinggan, "year": 2010, "at": AT}
    assert operations.suspend_unpaid(on=date(2010, 4, 30), **count) == 0
    assert operations.suspend_unpaid(on=date(2010, 5, 1), **count) == 1
    assert operations.suspend_unpaid(on=date(2010, 5, 1), **count) == 0
    line = queries.coverages_of(scope=hinggan, person_id=pk)[0]
    assert (line.starts_at, line.ends_at) == (at(2010, 1, 1), at(2010, 5, 1))
    assert (line.reason, line.suspended_from) == ("unpaid", date(2010, 5, 1))
    ask = {"scope": hinggan, "person_ids": [pk, paid]}
    april = queries.covered_on(at=at(2010, 4, 30, 12), on=date(2010, 4, 30), **ask)
    may = queries.covered_on(at=at(2010, 5, 1, 12), on=date(2010, 5, 1), **ask)
    assert (set(april), set(may)) == ({pk, paid}, {paid})
    assert [one.person_id for one in queries.unpaid_of(scope=hinggan, year=2010)] == [pk]


@pytest.mark.requirement("HX-01-08-4")
def test_making_up_goes_on_with_the_years_and_leaves_the_gap_unpaid(hinggan):
    pk = insured_2009(hinggan)
    operations.suspend_unpaid(scope=hinggan, year=2010, on=date(2010, 5, 1), at=AT)
    (answer,) = cover(hinggan, item(hinggan, pk, year=2010, area_no=TOWN, paid_on="2010-07-01"))
    assert (answer.accepted, answer.reason) == (True, "made_up")
    lines = queries.coverages_of(scope=hinggan, person_id=pk)
    live = next(line for line in lines if line.year == 2010 and line.cancelled_at is None)
    assert (live.consecutive_years, live.suspended_from, live.suspended_until) == (
        2, date(2010, 5, 1), date(2010, 7, 1),
    )  # fmt: skip
    ask = {"scope": hinggan, "person_ids": [pk]}
    june = queries.covered_on(at=at(2010, 6, 1, 12), on=date(2010, 6, 1), **ask)[pk]
    july = queries.covered_on(at=at(2010, 7, 1, 12), on=date(2010, 7, 1), **ask)[pk]
    assert (june.suspended, july.suspended) == (True, False)


def test_a_missed_year_made_up_counts_and_one_not_made_up_starts_anew(hinggan):
    pk = insured_2009(hinggan)
    other = register(hinggan, area_no=TOWN, born=date(1970, 1, 1))[0]
    cover(
        hinggan,
        item(hinggan, other, year=2009, area_no=TOWN, first_time=True, paid_on="2009-01-10"),
    )
    made_up = item(
        hinggan, pk, year=2011, area_no=TOWN, paid_on="2011-02-01", made_up_on="2011-02-01"
    )
    anew = item(hinggan, other, year=2011, area_no=TOWN, paid_on="2011-02-01")
    assert made_up.facts["gap_years"] == 1
    answers = cover(hinggan, made_up, anew)
    assert [answer.reason for answer in answers] == ["made_up", "paid_now"]
    years = [
        queries.coverages_of(scope=hinggan, person_id=one)[0].consecutive_years
        for one in (pk, other)
    ]
    assert years == [3, 1]


# -- Lists and cover elsewhere ---------------------------------------------------------------------


def test_a_person_is_put_on_a_years_list_once(township):
    (pk,) = register(township)
    enrolled(township, pk)
    with pytest.raises(AlreadyEnrolled):
        enrolled(township, pk)
    (line,) = queries.enrolments_of(scope=township, person_id=pk)
    operations.withdraw(scope=township, enrolment_id=line.enrolment_id, reason="重复", at=AT)
    enrolled(township, pk)
    assert len(queries.enrolments_of(scope=township, person_id=pk)) == 2


def test_cover_elsewhere_needs_its_voucher_and_is_recorded_once(township):
    (pk,) = register(township)
    make = operations.NewOtherCover
    record = {"scope": township, "year": 2021, "at": AT}
    with pytest.raises(VoucherMissing):
        operations.record_other_cover(cover=make(pk, "resident", "耒阳市", " "), **record)
    operations.record_other_cover(cover=make(pk, "resident", "耒阳市", "P-1"), **record)
    with pytest.raises(CoverRecordedAlready):
        operations.record_other_cover(cover=make(pk, "resident", "耒阳市", "P-2"), **record)
    assert queries.other_covers_of(scope=township, person_ids=[pk])[pk][0].voucher_no == "P-1"


def test_facts_of_enrolment_stand_beside_those_of_the_register(township):
    pk, other = register(township, 2, household_no="0001", identities=("minimum_living",))
    enrolled(township, pk, event="moved_in", event_on=date(2020, 11, 1), first_time=True)
    facts = queries.facts_for_rules(scope=township, person_ids=[pk, other], year=2021)
    assert facts[pk] == {
        "year": 2021, "born": "1980-05-06", "sex": "male", "identities": ["minimum_living"],
        "event": "moved_in", "event_on": "2020-11-01", "first_time": True, "consecutive_years": 1,
    }  # fmt: skip
    enrolled(township, other)
    facts = queries.facts_for_rules(scope=township, person_ids=[pk, other], year=2021)
    assert facts[pk]["household_all_insured"] and facts[other]["household_all_insured"]

"""The match: one category a person by the order of the rule, and dues, lists and grants from it."""

from datetime import date

import pytest

from tests.apps.access.offices import AT
from tests.apps.books import moment
from tests.apps.collection.town import FULL, Line, dues, settle_in, take
from tests.apps.subsidy.rosters import HEAD, YEAR, confirmed, fix, match, office, second_person
from yibao.apps.access.scope import Scope, scoped
from yibao.apps.collection import operations as collection
from yibao.apps.enrolment import operations as enrolment
from yibao.apps.enrolment.models import Coverage
from yibao.apps.fund.models import Leg
from yibao.apps.registry.models import Person, PersonIdentity
from yibao.apps.subsidy import operations, queries
from yibao.apps.subsidy.deciding import NoSubsidyRule
from yibao.apps.subsidy.models import Support
from yibao.apps.subsidy.operations.grants import (
    GrantAmountUnusable,
    GrantArrivedBefore,
    NothingToClaim,
)
from yibao.apps.subsidy.operations.lists import ListNotReady, ListSentBefore

ORDER = [
    "建档立卡贫困人口",
    "重点优抚对象",
    "特困人员",
    "低保对象",
    "孤儿",
    "事实无人抚养儿童",
    "一二级残疾人",
    "计生失独(伤残)人员",
    "边缘人口",
]
CODES = [
    "registered_poor",
    "preferential",
    "extreme_poverty",
    "minimum_living",
    "orphan",
    "de_facto_orphan",
    "severe_disability",
    "family_planning_loss",
    "marginal",
]


def supports(scope):
    with scoped(scope):
        return list(Support.objects.filter(removed_at=None).order_by("person_id"))


def raise_dues(scope):
    collection.raise_dues(scope=scope, year=YEAR, at=AT)


@pytest.mark.requirement("HS-44-1", "HS-44-2")
def test_eight_categories_are_borne_in_full_and_the_margin_with_140(county, twelve):
    raise_dues(county)
    confirmed(county, *((n, word) for n, word in enumerate(ORDER, start=1)))
    match(county)
    got = {one.category: (one.subsidy_fen, one.personal_fen) for one in supports(county)}
    assert got == dict.fromkeys(CODES[:8], (FULL, 0)) | {"marginal": (140_00, 140_00)}
    borne = [one.subsidised_fen for one in dues(county)]
    assert borne == [FULL] * 8 + [140_00] + [0] * 3


@pytest.mark.requirement("HS-44-4")
def test_who_has_several_identities_is_supported_once_by_the_first_rank(county, twelve):
    lines = [(n, word) for n in range(1, 9) for word in ORDER[n - 1 :]]
    confirmed(county, *reversed(lines))
    result = match(county)
    assert [one.category for one in supports(county)] == CODES[:8]
    assert result.by_category == dict.fromkeys(CODES[:8], 1)


def test_several_departments_list_the_same_person_and_one_supports(county, twelve):
    second = second_person()
    confirmed(county, (1, "边缘人口"), department=office(county, "扶贫办"), second=second)
    disabled = office(county, "残联")
    confirmed(county, (1, "一二级残疾人"), department=disabled, second=second)
    match(county)
    [support] = supports(county)
    assert (support.category, support.department_id) == ("severe_disability", disabled)


def test_only_what_a_department_lists_is_a_ground(county):
    settle_in(county, 1, disability_level=1, identities=("minimum_living",))
    confirmed(county, (1, "边缘人口"))
    match(county)
    assert [one.category for one in supports(county)] == ["marginal"]


def test_the_match_keeps_what_departments_certify_as_dated_standings(county, twelve):
    confirmed(county, (1, "低保"), department=office(county, "民政局"))
    match(county)
    with scoped(county):
        found = PersonIdentity.objects.get()
        assert (found.code, found.valid_from, found.source) == (
            "minimum_living",
            date(2020, 9, 30),
            "民政局",
        )


@pytest.mark.requirement("HS-44-5")
def test_who_is_in_the_employee_scheme_is_not_supported(county, twelve):
    enrolment.record_other_cover(
        scope=county,
        year=YEAR,
        cover=enrolment.NewOtherCover(twelve[0], "employee", "衡山县", "HY-1"),
        at=AT,
    )
    confirmed(county, (1, "低保"), (2, "低保"))
    result = match(county)
    assert (result.supported, result.refused) == (1, 1)
    assert [one.person_id for one in supports(county)] == [twelve[1]]


def test_matching_again_changes_nothing(county, twelve):
    raise_dues(county)
    confirmed(county, (1, "低保"), (2, "边缘人口"))
    match(county)
    with scoped(county):
        before = (Support.objects.count(), Leg.objects.count(), Coverage.objects.count())
    again = match(county)
    with scoped(county):
        after = (Support.objects.count(), Leg.objects.count(), Coverage.objects.count())
    assert before == after
    assert (again.added, again.removed, again.unchanged) == (0, 0, 2)


def test_the_match_comes_before_or_after_the_dues_alike(county, twelve):
    confirmed(county, (1, "低保"), (2, "边缘人口"))
    match(county)
    raise_dues(county)
    before = [one.subsidised_fen for one in dues(county)]
    assert before[:3] == [FULL, 140_00, 0]
    match(county)
    assert [one.subsidised_fen for one in dues(county)] == before


def test_who_paid_before_is_not_paid_back(county, twelve):
    raise_dues(county)
    take(county, Line(n=1))
    collection.match_payments(scope=county, year=YEAR, at=AT)
    confirmed(county, (1, "低保"))
    match(county)
    [support] = supports(county)
    assert support.subsidy_fen == 0
    assert support.witness["paid_before_fen"] == FULL
    assert dues(county)[0].subsidised_fen == 0


def test_the_number_of_statements_does_not_grow_with_the_rows(
    county, django_assert_max_num_queries
):
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    settle_in(county, 40)
    raise_dues(county)
    second = second_person()
    confirmed(county, (1, "低保"), (2, "边缘人口"), second=second)
    with CaptureQueriesContext(connection) as few:
        match(county)
    lines = [(n, ORDER[n % 9]) for n in range(3, 40)]
    confirmed(county, *lines, second=second, department=office(county, "扶贫办"))
    with django_assert_max_num_queries(len(few)):
        assert match(county).added == 37


@pytest.mark.requirement("HS-44-7")
def test_the_county_list_is_fixed_sent_to_the_towns_and_marks_each_person(county, twelve):
    confirmed(county, (1, "低保"), (2, "边缘人口"))
    match(county)
    fixed = fix(county, kind="initial")
    assert (fixed.persons, fixed.subsidy_fen) == (2, FULL + 140_00)
    operations.send_list(scope=county, list_id=fixed.id, at=AT)
    with pytest.raises(ListSentBefore):
        operations.send_list(scope=county, list_id=fixed.id, at=AT)
    town: Scope = county.narrowed(430423105000, 430423106000)
    other: Scope = county.narrowed(430423100000, 430423101000)
    lines = queries.list_lines(scope=town, list_id=fixed.id)
    assert [one.category for one in lines] == ["marginal", "minimum_living"]
    assert queries.list_lines(scope=other, list_id=fixed.id) == []
    assert queries.support_of(scope=town, person_id=twelve[0], year=YEAR).category == (
        "minimum_living"
    )


@pytest.mark.requirement("HS-44-8")
def test_a_monthly_addition_is_matched_and_adds_only_itself(county, twelve):
    second = second_person()
    confirmed(county, (1, "低保"), second=second)
    match(county)
    confirmed(
        county,
        (2, "低保"),
        kind="addition",
        as_of=date(2020, 11, 30),
        second=second,
        at=moment("2020-12-18 10:00"),
    )
    result = match(county)
    assert (result.added, result.unchanged) == (1, 1)
    fixed = fix(county, kind="addition")
    operations.send_list(scope=county, list_id=fixed.id, at=AT)
    assert fixed.persons == 2


@pytest.mark.requirement("HS-44-9")
def test_the_deceased_are_removed_before_the_final_list(county, twelve):
    raise_dues(county)
    second = second_person()
    confirmed(county, (1, "低保"), (2, "低保"), second=second)
    match(county)
    confirmed(
        county,
        (1, "2020-11-20"),
        kind="deceased",
        head=("姓名", "身份证号", "死亡日期"),
        second=second,
    )
    result = match(county)
    assert (result.deceased, result.removed, result.supported) == (1, 1, 1)
    with scoped(county):
        gone = Support.objects.exclude(removed_at=None).get()
        assert (gone.person_id, gone.removed_because) == (twelve[0], "deceased")
        assert Person.objects.get(id=twelve[0]).died_on == date(2020, 11, 20)
        assert not Coverage.objects.filter(person_id=twelve[0], cancelled_at=None).exists()
    assert [one.cancelled_at for one in dues(county)[:2]] == [AT, None]
    final = fix(county, kind="final")
    assert final.persons == 1
    assert match(county).removed == 0


def test_a_final_list_waits_for_all_answers(county, twelve):
    confirmed(county, (99, "低保"))
    match(county)
    with pytest.raises(ListNotReady, match="1 行"):
        fix(county, kind="final")


def test_a_fixed_list_stays_as_it_was(county, twelve):
    second = second_person()
    confirmed(county, (1, "低保"), second=second)
    match(county)
    fixed = fix(county, kind="initial")
    confirmed(county, (2, "低保"), second=second, department=office(county, "残联"))
    match(county)
    assert len(queries.list_lines(scope=county, list_id=fixed.id)) == 1


@pytest.fixture
def final_list(county, twelve):
    raise_dues(county)
    second = second_person()
    civil, poverty = office(county, "民政局"), office(county, "扶贫办")
    finance = office(county, "衡山县财政局", kind="finance")
    confirmed(county, (1, "低保"), (2, "低保"), department=civil, second=second)
    confirmed(county, (3, "建档立卡"), (4, "边缘人口"), department=poverty, second=second)
    match(county)
    fix(county, kind="final")
    return {"civil": civil, "poverty": poverty, "finance": finance}


@pytest.mark.requirement("HS-44-10")
def test_expected_and_received_money_is_compared_by_department(county, final_list):
    grants = operations.claim_grants(scope=county, year=YEAR, at=AT)
    owed = {(one.department_id, one.category): one.expected_fen for one in grants}
    assert owed == {
        (final_list["civil"], "minimum_living"): 2 * FULL,
        (final_list["poverty"], "registered_poor"): FULL,
        (final_list["finance"], "marginal"): 140_00,
    }
    civil = next(one for one in grants if one.category == "minimum_living")
    operations.receive_grant(
        scope=county,
        grant_id=civil.id,
        amount_fen=300_00,
        received_on=date(2020, 12, 18),
        voucher_no="CZ-1",
        at=AT,
    )
    line = next(one for one in queries.grants(scope=county, year=YEAR) if one.grant_id == civil.id)
    assert (line.expected_fen, line.received_fen, line.missing_fen) == (560_00, 300_00, 260_00)
    with scoped(county):
        legs = Leg.objects.filter(entry__source_kind="grant_receipt").order_by("id")
        assert [(one.debit_fen, one.credit_fen) for one in legs] == [(300_00, 0), (0, 300_00)]


def test_a_grant_voucher_arrives_once_and_is_above_zero(county, final_list):
    grant = operations.claim_grants(scope=county, year=YEAR, at=AT)[0]
    given = {"grant_id": grant.id, "received_on": date(2020, 12, 18), "at": AT}
    with pytest.raises(GrantAmountUnusable):
        operations.receive_grant(scope=county, amount_fen=0, voucher_no="A", **given)
    operations.receive_grant(scope=county, amount_fen=1, voucher_no="A", **given)
    with pytest.raises(GrantArrivedBefore):
        operations.receive_grant(scope=county, amount_fen=1, voucher_no="A", **given)


def test_nothing_is_claimed_before_a_final_list(county, twelve):
    confirmed(county, (1, "低保"))
    match(county)
    with pytest.raises(NothingToClaim):
        operations.claim_grants(scope=county, year=YEAR, at=AT)


def test_results_stand_by_village_and_category(county, final_list):
    [village] = queries.results_by_village(scope=county, year=YEAR)
    assert village.area_name.startswith("查泉村")
    assert (village.persons, village.subsidy_fen) == (4, 3 * FULL + 140_00)
    assert village.by_category == {"minimum_living": 2, "registered_poor": 1, "marginal": 1}


def test_a_region_without_the_rule_says_so(db):
    from tests.apps.access.offices import open_office

    scope = open_office("xingan")
    with pytest.raises(NoSubsidyRule):
        operations.match(scope=scope, year=2009, at=AT)


def test_newly_poor_persons_wait_for_the_fiscal_share(county, twelve):
    confirmed(
        county,
        (1, "年中新增贫困人员"),
        kind="addition",
        as_of=date(2021, 3, 31),
        at=moment("2021-04-01 09:00"),
    )
    result = match(county, at=moment("2021-04-01 10:00"))
    assert result.left_open == {"fiscal_share": 1}
    assert HEAD and supports(county) == []

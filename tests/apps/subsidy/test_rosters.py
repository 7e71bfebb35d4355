"""Rosters: every faulty row named, persons found by number and name, confirmed by a second one."""

import re
from datetime import date

import pytest

from tests.apps.access.offices import AT, by_a_person
from tests.apps.collection.town import is_told_in_both
from tests.apps.registry.people import number
from tests.apps.subsidy.rosters import HEAD, confirmed, match, office, second_person, upload
from yibao.apps.access.roles import SecondPersonNeeded
from yibao.apps.access.scope import scoped
from yibao.apps.collection.tables import ColumnsMissing
from yibao.apps.enrolment.ledgers.faults import Told
from yibao.apps.subsidy import operations, queries
from yibao.apps.subsidy.faults import KINDS, told
from yibao.apps.subsidy.models import RosterRow
from yibao.apps.subsidy.operations.rosters import (
    AnswerUnusable,
    RosterTakenBefore,
    RosterUnusable,
    SealMissing,
)
from yibao.core.flow import StepNotAllowed


def rows(scope):
    with scoped(scope):
        return list(RosterRow.objects.order_by("row_no"))


@pytest.mark.parametrize(
    ("word", "code"),
    [
        ("建档立卡贫困人口", "registered_poor"),
        ("建档立卡", "registered_poor"),
        ("重点优抚对象", "preferential"),
        ("特困人员", "extreme_poverty"),
        ("低保", "minimum_living"),
        ("低保对象", "minimum_living"),
        ("孤儿", "orphan"),
        ("事实无人抚养儿童", "de_facto_orphan"),
        ("一二级残疾人", "severe_disability"),
        ("边缘人口", "marginal"),
        ("minimum_living", "minimum_living"),
    ],
)
def test_a_category_is_read_by_code_or_by_the_words_that_lists_use(county, twelve, word, code):
    upload(county, (1, word))
    assert [(one.category, one.state) for one in rows(county)] == [(code, "matched")]


BAD = [
    (("", number(1), "低保"), "姓名", "E741"),
    (("王建华", 430423198005060012, "低保"), "身份证号", "E103"),
    (("王建华", "4304231980", "低保"), "身份证号", "E101"),
    (("王建华", number(1), "富裕"), "类别", "E773"),
    (("王建华", number(1), ""), "类别", "E772"),
]


@pytest.mark.parametrize(("cells", "column", "code"), BAD, ids=[case[2] for case in BAD])
def test_a_row_with_a_missing_or_wrong_field_is_rejected(county, twelve, cells, column, code):
    roster = upload(county, (2, "低保"), cells)
    assert (roster.rows_total, roster.rows_good) == (2, 1)
    faulty = rows(county)[1]
    assert faulty.state == "faulty"
    [fault] = faulty.faults
    assert (fault["sheet"], fault["row"], fault["column"], fault["code"]) == (
        "名单",
        3,
        column,
        code,
    )
    assert is_told_in_both(told, fault)


def test_the_same_person_twice_in_a_category_is_a_fault(county, twelve):
    upload(county, (1, "低保"), (1, "孤儿"), (1, "低保对象"))
    assert [one.state for one in rows(county)] == ["matched", "matched", "faulty"]
    [twice] = rows(county)[2].faults
    assert told(twice) == Told("与第 2 行是同一人同一类别", "请保留一行")
    assert told(twice, "en").reason == "The same person in the same category as in row 2"


def test_a_day_of_death_that_is_none_is_told_in_both_languages(county, twelve):
    upload(
        county,
        ("王建华", number(1), "昨天"),
        kind="deceased",
        head=("姓名", "身份证号", "死亡日期"),
    )
    [fault] = rows(county)[0].faults
    assert fault["code"] == "E774"
    assert is_told_in_both(told, fault)


def test_a_fault_kept_as_sentences_is_told_in_them():
    before = {"code": "E120", "column": "姓名", "reason": "原因", "remedy": "改法"}
    assert told(before, "en") == told(before) == Told("原因", "改法")


def test_the_english_of_every_fault_names_the_same_facts_in_no_chinese_word():
    for code, kind in KINDS.items():
        for chinese, english in (kind.reason, kind.remedy):
            assert not re.search("[㐀-鿿]", english), (code, english)
            facts, told_en = (set(re.findall(r"{(\w+)}", text)) for text in (chinese, english))
            assert {one.removesuffix("_en") for one in told_en} == facts, code


def test_an_unknown_number_or_another_name_waits_for_an_answer(county, twelve):
    upload(county, (99, "低保"), ("李建华", number(1), "低保"))
    assert [one.state for one in rows(county)] == ["unmatched", "unmatched"]
    [differs] = rows(county)[1].faults
    assert told(differs).reason == "姓名与登记不一致"
    assert told(differs, "en").reason == "The name differs from the register"
    assert queries.unmatched_badge(county, 2021) == 2


def test_a_category_may_be_that_of_the_whole_file(county, twelve):
    upload(county, (1,), category="orphan", head=HEAD[:2])
    assert rows(county)[0].category == "orphan"


def test_a_file_is_taken_once_from_a_department(county, twelve):
    department = office(county)
    upload(county, (1, "低保"), department=department)
    with pytest.raises(RosterTakenBefore):
        upload(county, (1, "低保"), department=department)


def test_a_dropped_roster_may_come_again(county, twelve):
    department = office(county)
    first = upload(county, (1, "低保"), department=department)
    operations.drop_roster(scope=county, roster_id=first.id, at=AT)
    again = upload(county, (1, "低保"), department=department)
    assert again.id != first.id
    with pytest.raises(StepNotAllowed):
        operations.confirm_roster(scope=second_person(), roster_id=first.id, at=AT)


@pytest.mark.parametrize(
    "given", [{"kind": "rich"}, {"category": "rich"}, {"as_of": date(2020, 12, 19)}]
)
def test_what_a_roster_cannot_be_is_refused(county, twelve, given):
    with pytest.raises(RosterUnusable):
        upload(county, (1, "低保"), **given)


def test_a_file_without_the_columns_is_refused(county):
    with pytest.raises(ColumnsMissing, match="身份证号"):
        upload(county, ("王建华", "低保"), head=("姓名", "类别"))


def test_who_uploaded_may_not_confirm(county, twelve):
    roster = upload(county, (1, "低保"))
    with pytest.raises(SecondPersonNeeded):
        operations.confirm_roster(scope=county, roster_id=roster.id, at=AT)


@pytest.mark.requirement("HS-44-6")
def test_department_lists_come_sealed_and_electronic_with_their_day_and_wrong_rows_are_rejected(
    county, twelve
):
    second = second_person()
    clerk = by_a_person(county)
    roster = upload(clerk, (1, "低保"), ("王建华", number(2), ""), paper_sealed=False)
    assert roster.as_of == date(2020, 9, 30)
    assert [one.state for one in rows(county)] == ["matched", "faulty"]
    with pytest.raises(SealMissing):
        operations.confirm_roster(scope=second, roster_id=roster.id, at=AT)
    late = queries.late_rosters(scope=county, year=2021, due_on=date(2020, 9, 30))
    assert [one.id for one in late] == [roster.id]
    made = operations.confirm_roster(scope=second, roster_id=roster.id, paper_sealed=True, at=AT)
    assert (made.state, made.paper_sealed, made.confirmed_by) == (
        "confirmed",
        True,
        second.operator_id,
    )
    assert match(county).supported == 1


@pytest.mark.requirement("HS-66")
@pytest.mark.parametrize("name", ["民政办", "残联", "扶贫办", "卫健工作组", "退役军人事务工作组"])
def test_each_of_the_five_offices_confirms_or_rejects_its_rows(county, twelve, name):
    clerk = by_a_person(county)
    roster = upload(clerk, (1, "低保"), (2, "低保"), department=office(county, name))
    first, second = rows(county)
    operations.answer_row(scope=county, row_id=first.id, answer="confirm", at=AT)
    operations.answer_row(scope=county, row_id=second.id, answer="reject", note="已停发低保", at=AT)
    operations.confirm_roster(scope=second_person(), roster_id=roster.id, at=AT)
    assert [(one.state, one.answer) for one in rows(county)] == [
        ("matched", "confirm"),
        ("rejected", "reject 已停发低保"),
    ]
    assert match(county).supported == 1


def test_an_unmatched_row_is_answered_with_the_registered_person(county, twelve):
    confirmed(county, ("李建华", number(1), "低保"))
    [row] = rows(county)
    with pytest.raises(AnswerUnusable):
        operations.answer_row(scope=county, row_id=row.id, answer="confirm", at=AT)
    with pytest.raises(AnswerUnusable):
        operations.answer_row(scope=county, row_id=row.id, answer="match", at=AT)
    operations.answer_row(scope=county, row_id=row.id, answer="match", person_id=twelve[0], at=AT)
    assert match(county).supported == 1


def test_a_town_answers_its_own_rows_of_the_county_s_roster_and_changes_nothing_else(
    county, twelve
):
    from yibao.apps.subsidy.models import Roster

    roster = upload(county, (1, "低保"), ("李建华", number(2), "低保"))
    town = county.narrowed(430423105000, 430423106000)
    elsewhere = county.narrowed(430423100000, 430423101000)
    waiting = queries.waiting_rows(scope=town, year=2021)
    assert [one.name for one in waiting] == ["李建华"]
    assert queries.unmatched_badge(elsewhere, 2021) == 0
    assert queries.roster(scope=town, roster_id=roster.id).department.name == "衡山县民政局"
    operations.answer_row(
        scope=town, row_id=waiting[0].id, answer="match", person_id=twelve[1], at=AT
    )
    with scoped(town):
        assert Roster.objects.filter(id=roster.id).update(rows_good=9) == 0

"""From a checked ledger to the year's list: written once, in chunks, and undone by adding."""

import dataclasses
import io
from datetime import date

import pytest
import python_calamine
from django.db import connection
from django.test.utils import CaptureQueriesContext

from tests.apps.access.offices import AT, by_a_person
from tests.apps.enrolment.ledger_files import LINES, away, entrant, file_of, line, upload
from tests.apps.registry.people import CHAQUAN, ELSEWHERE, number, person
from yibao.apps.access.models import AuditRecord
from yibao.apps.access.roles import SecondPersonNeeded
from yibao.apps.access.scope import NotAllowed, NotThere, OutsideScope, scoped
from yibao.apps.enrolment import operations, queries
from yibao.apps.enrolment.guards import _questions
from yibao.apps.enrolment.ledgers import (
    INSURED_ELSEWHERE,
    NEW_ENTRANTS,
    PAYMENT_LEDGER,
    read_ledger,
)
from yibao.apps.enrolment.models import Enrolment, LedgerImport, LedgerRow, OtherCover
from yibao.apps.enrolment.operations.confirming import NothingToWrite
from yibao.apps.enrolment.operations.undoing import CorrectionNotUndone, ReasonMissing
from yibao.apps.enrolment.operations.uploading import (
    LedgerEmpty,
    LedgerOfAnotherPlace,
    NotAVillage,
)
from yibao.apps.enrolment.operations.years import YearAlreadyOpen, YearNotOpen
from yibao.apps.registry import operations as registry
from yibao.apps.registry.models import Household, Person
from yibao.core.flow import StepNotAllowed


@pytest.fixture
def clerk(township):
    """Who confirms: what a task wrote, nobody undoes as its second person."""
    return by_a_person(township)


@pytest.fixture
def reviewer(township):
    """Another operator than the one who confirms."""
    return by_a_person(township, "易复审")


def confirm(scope, ledger, **options):
    return operations.confirm_ledger(scope=scope, import_id=ledger.pk, at=AT, **options)


def family(first=1, household="0001"):
    """Four people of one household: head, wife, two children."""
    child = {"relation": "子", "unpaid_reason": "", "household_no": household}
    return [
        line(first, household_no=household),
        line(
            first + 1,
            household_no=household,
            relation="配偶",
            sex="女",
            number=number(first + 1, sex="female"),
        ),
        line(first + 2, **child, born=date(2010, 1, 2)),
        line(first + 3, **child, claimed=0) | {"unpaid_reason": "外出务工"},
    ]


@pytest.mark.requirement("HS-41-1")
def test_a_ledger_becomes_households_persons_and_the_years_list(township):
    ledger = upload(township, *family(), at=AT)
    done = confirm(township, ledger)
    assert (done.state, done.rows_good, done.claimed_fen) == ("done", 4, 84_000)
    with scoped(township):
        household = Household.objects.get()
        assert (household.village_no, household.area_no) == ("0001", CHAQUAN)
        assert household.head.relation == "head"
        assert [one.relation for one in household.members.order_by("id")] == [
            "head", "spouse", "son", "son",
        ]  # fmt: skip
        lists = Enrolment.objects.order_by("id")
        assert [(one.claimed_fen, one.unpaid_reason) for one in lists] == [
            (28_000, ""), (28_000, ""), (28_000, ""), (0, "away"),
        ]  # fmt: skip
        assert {one.notice_method for one in lists} == {"visit"}
        assert {one.first_time for one in lists} == {False}
        rows = LedgerRow.objects.filter(ledger=ledger)
        assert all(row.written_at and row.person_id for row in rows)


def test_being_listed_insures_nobody(township):
    ledger = upload(township, line(1), at=AT)
    confirm(township, ledger)
    with scoped(township):
        found = Person.objects.get()
    assert queries.coverages_of(scope=township, person_id=found.pk) == []


def test_only_good_lines_are_written(township):
    ledger = upload(township, line(1), line(2, claimed=1), line(3, sex="M"), at=AT)
    done = confirm(township, ledger)
    assert (done.rows_total, done.rows_good, done.rows_bad) == (3, 1, 2)
    with scoped(township):
        assert Person.objects.count() == 1
        assert LedgerRow.objects.exclude(written_at=None).count() == 1


def test_a_household_that_spans_chunks_stays_one(township):
    ledger = upload(township, *family(), at=AT)
    steps = []
    confirm(township, ledger, chunk_rows=1, on_chunk=steps.append)
    assert [(step.written, step.of) for step in steps] == [(n, 4) for n in (1, 2, 3, 4)]
    with scoped(township):
        assert Household.objects.get().members.count() == 4


def test_annex_three_groups_the_family_below_its_head(township):
    lines = [
        entrant(1),
        entrant(2, relation="子", phone=""),
        entrant(3, phone="0734-5812345"),
        entrant(4, relation="女", sex="女", number=number(4, sex="female"), phone=""),
    ]
    ledger = upload(township, *lines, kind=NEW_ENTRANTS, at=AT)
    assert ledger.rows_good == 4
    confirm(township, ledger, chunk_rows=1)
    with scoped(township):
        sizes = [one.members.count() for one in Household.objects.order_by("id")]
        assert sizes == [2, 2]
        assert {one.village_no for one in Household.objects.all()} == {""}
        assert Person.objects.order_by("id").values_list("phone", flat=True)[2] == "07345812345"
        assert all(one.first_time for one in Enrolment.objects.all())


def test_annex_four_records_cover_elsewhere_with_its_voucher(township):
    lines = [away(1), away(2, cover_kind="职工医保", cover_place="衡阳市本级")]
    ledger = upload(township, *lines, kind=INSURED_ELSEWHERE, at=AT)
    confirm(township, ledger)
    with scoped(township):
        covers = OtherCover.objects.order_by("id")
        assert [(one.kind, one.place, one.voucher_no) for one in covers] == [
            ("resident", "耒阳市", "P2021000001"),
            ("employee", "衡阳市本级", "P2021000002"),
        ]
        assert covers[0].person.sex == "male"
        assert not Enrolment.objects.exists()


@pytest.mark.requirement("HS-41-2")
def test_who_is_insured_elsewhere_needs_a_voucher_and_is_not_enrolled_again(township):
    without = upload(township, away(1, voucher_no=""), kind=INSURED_ELSEWHERE, at=AT)
    assert (without.rows_good, without.rows_bad) == (0, 1)
    pk = registry.register_many(scope=township, persons=[person(1)], at=AT)[0]
    assert [one.person_id for one in queries.unpaid_of(scope=township, year=2021)] == [pk]
    proven = upload(township, away(1), kind=INSURED_ELSEWHERE, at=AT)
    confirm(township, proven)
    assert queries.unpaid_of(scope=township, year=2021) == []
    again = upload(township, line(1), at=AT)
    assert (again.rows_good, again.rows_bad) == (0, 1)


def test_a_known_person_keeps_the_household_and_gets_the_new_phone(township):
    registry.register_many(
        scope=township,
        persons=[person(1, household_no="0042", relation="head", phone="13900005521")],
        at=AT,
    )
    ledger = upload(township, entrant(1), kind=NEW_ENTRANTS, at=AT)
    assert (ledger.rows_good, ledger.rows_bad) == (0, 0)
    operations.decide_warnings(scope=township, import_id=ledger.pk, at=AT)
    confirm(township, ledger)
    with scoped(township):
        found = Person.objects.get()
        assert (found.phone, found.household.village_no) == ("13800001234", "0042")
        assert Household.objects.count() == 1


def test_a_line_whose_person_was_enrolled_meanwhile_is_not_written_twice(township):
    first = upload(township, line(1), line(2), at=AT)
    second = upload(township, line(1), line(3), at=AT)
    confirm(township, first)
    done = confirm(township, second)
    assert (done.rows_total, done.rows_good, done.rows_bad) == (2, 1, 1)
    with scoped(township):
        assert Enrolment.objects.count() == 3
        row = LedgerRow.objects.get(ledger=second, row_no=4)
        assert (row.fault_code, row.written_at) == ("E405", None)


def test_a_chunk_that_another_run_overtook_is_checked_again(township, monkeypatch):
    from yibao.apps.enrolment.operations import confirming

    ledger = upload(township, line(1), line(2), at=AT)
    check, calls = confirming._write, []

    def overtaken(cursor, ledger, lines, at):
        calls.append(len(lines))
        if len(calls) == 1:
            raise confirming._OvertakenError
        return check(cursor, ledger, lines, at)

    monkeypatch.setattr(confirming, "_write", overtaken)
    assert confirm(township, ledger).state == "done"
    assert calls == [2, 2]


def test_a_ledger_is_written_once(township):
    ledger = upload(township, line(1), at=AT)
    confirm(township, ledger)
    with pytest.raises(StepNotAllowed):
        confirm(township, ledger)


def test_a_ledger_without_a_good_line_is_not_confirmed(township):
    ledger = upload(township, line(1, claimed=3), at=AT)
    with pytest.raises(NothingToWrite):
        confirm(township, ledger)
    with scoped(township):
        assert LedgerImport.objects.get().state == "checked"


@pytest.mark.parametrize("kind", LINES)
def test_statements_do_not_grow_with_the_lines(township, kind):
    counts = []
    for first, size in ((0, 10), (20, 200)):
        made = [LINES[kind](n, phone="") for n in range(first, first + size)]
        content = file_of(*made, kind=kind)
        with CaptureQueriesContext(connection) as uploading:
            ledger = upload(township, kind=kind, at=AT, content=content)
        assert ledger.rows_good == size
        with CaptureQueriesContext(connection) as confirming:
            confirm(township, ledger)
        with CaptureQueriesContext(connection) as page:
            queries.import_page(scope=township, import_id=ledger.pk)
        counts.append((len(uploading), len(confirming), len(page)))
    assert counts[0] == counts[1]


def test_the_five_counts_of_the_page_add_up(township):
    registry.register_many(
        scope=township,
        persons=[
            person(5, identities=("marginal",)),
            person(6, identities=("orphan",)),
            person(7, phone="13900005521"),
        ],
        at=AT,
    )
    lines = [
        entrant(1),
        entrant(2, sex="M"),
        entrant(3, number=number(3)[:-1]),
        entrant(5, claimed=140),
        entrant(6, claimed=0),
        entrant(7),
    ]
    ledger = upload(township, *lines, kind=NEW_ENTRANTS, at=AT)
    page = queries.import_page(scope=township, import_id=ledger.pk)
    shown = page.line
    assert (shown.rows_total, shown.rows_good, shown.rows_to_decide, shown.rows_bad) == (6, 3, 1, 2)
    assert shown.claimed_fen == 42_000
    assert page.amounts == ((28_000, 1), (14_000, 1))
    assert (page.rows_paying, page.rows_free) == (2, 1)
    assert [(one.code, one.rows) for one in page.reasons] == [("E101", 1), ("E204", 1), ("W502", 1)]
    assert sum(one.rows for one in page.reasons) == shown.rows_total - shown.rows_good
    assert {row.name_masked for row in page.rows} == {"王*华"}
    assert all(number(3)[:-1] != row.value for row in page.rows)
    only = queries.import_page(scope=township, import_id=ledger.pk, code="E204")
    assert [(row.code, row.row_no) for row in only.rows] == [("E204", 5)]


def test_the_list_of_imports_names_village_state_and_counts(township):
    upload(township, line(1), at=AT)
    (shown,) = queries.imports(scope=township, year=2021)
    assert (shown.area_name, shown.kind_name) == ("查泉村委会", "城乡居民医保参保缴费台账")
    assert (shown.state, shown.rows_good) == ("checked", 1)
    assert queries.imports(scope=township, year=2022) == []


def test_the_error_file_keeps_the_columns_and_adds_reason_remedy_code_and_row(township):
    ledger = upload(township, line(1), line(2, sex="M", claimed=1), line(3, name=""), at=AT)
    content = operations.error_file(scope=township, import_id=ledger.pk, at=AT)
    book = python_calamine.CalamineWorkbook.from_filelike(io.BytesIO(content))
    rows = book.get_sheet_by_index(0).to_python(skip_empty_area=False)
    assert rows[0][0] == "衡山县2021年度城乡居民医保参保缴费台账"
    assert rows[1][0] == "填报单位：新桥镇 查泉村"
    assert rows[2][-4:] == ["错误原因", "改正办法", "错误代码", "原行号"]
    assert rows[3][1:6] == ["0002", "王建华", "户主", "M", number(2)]
    assert rows[3][-4:] == [
        "性别：性别只能是男或女；个人缴费：个人应缴 280.00 元，填写了 1.00 元",
        "从下拉选项中选择；改为 280.00；不缴费的填 0 并写明原因",
        "E204、E302",
        5.0,
    ]
    assert rows[4][-1] == 6.0
    read = read_ledger(content, PAYMENT_LEDGER)
    assert [row.row_no for row in read.rows] == [4, 5]


def test_the_corrected_error_file_is_imported_as_it_is(township):
    spoilt = upload(township, line(1), line(2, sex="M"), at=AT)
    confirm(township, spoilt)
    content = operations.error_file(scope=township, import_id=spoilt.pk)
    rows = python_calamine.CalamineWorkbook.from_filelike(io.BytesIO(content))
    table = rows.get_sheet_by_index(0).to_python(skip_empty_area=False)
    table[3][4] = "男"
    from tests.apps.enrolment.spoilt import workbook

    again = upload(township, at=AT, content=workbook({"台账": table[:4]}))
    assert (again.rows_total, again.rows_good) == (1, 1)
    assert confirm(township, again).state == "done"


def test_taking_the_error_file_is_logged(county, township):
    ledger = upload(township, line(1, sex="M"), at=AT)
    operations.error_file(scope=township, import_id=ledger.pk, at=AT)
    with scoped(county):
        record = AuditRecord.objects.get(action="enrolment.error_file")
    assert (record.object_id, record.detail) == (str(ledger.pk), {"rows": 1})


# -- Undoing -------------------------------------------------------------------------------------


def test_undoing_withdraws_by_a_linked_correction_and_deletes_nothing(township, clerk, reviewer):
    ledger = upload(township, *family(), at=AT)
    confirm(clerk, ledger)
    correction = operations.undo_ledger(
        scope=reviewer, import_id=ledger.pk, reason="传错了村", at=AT
    )
    assert (correction.undoes_id, correction.kind, correction.state) == (
        ledger.pk,
        PAYMENT_LEDGER,
        "done",
    )
    assert (correction.rows_total, correction.claimed_fen) == (4, -84_000)
    with scoped(township):
        assert Enrolment.objects.exclude(withdrawn_at=None).count() == 4
        assert Person.objects.count() == 4
        assert LedgerImport.objects.get(pk=ledger.pk).state == "undone"
    page = queries.import_page(scope=township, import_id=ledger.pk)
    assert page.undone_by_id == correction.pk


def test_after_undoing_the_same_people_are_enrolled_again(township, clerk, reviewer):
    confirm(clerk, upload(township, line(1), at=AT))
    ledger = LedgerImport.objects
    with scoped(township):
        first = ledger.get().pk
    operations.undo_ledger(scope=reviewer, import_id=first, reason="传错了", at=AT)
    again = upload(township, line(1), at=AT)
    assert again.rows_good == 1
    assert confirm(clerk, again).state == "done"


def test_undoing_annex_four_takes_the_cover_elsewhere_back(township, clerk, reviewer):
    ledger = upload(township, away(1), kind=INSURED_ELSEWHERE, at=AT)
    confirm(clerk, ledger)
    operations.undo_ledger(scope=reviewer, import_id=ledger.pk, reason="凭证有误", at=AT)
    with scoped(township):
        assert OtherCover.objects.get().cancelled_at == AT


def test_who_confirmed_may_not_undo(township, clerk):
    ledger = upload(township, line(1), at=AT)
    confirm(clerk, ledger)
    with pytest.raises(SecondPersonNeeded):
        operations.undo_ledger(scope=clerk, import_id=ledger.pk, reason="传错了", at=AT)


def test_lines_already_paid_are_listed_and_nothing_is_undone(
    township, clerk, reviewer, monkeypatch
):
    ledger = upload(township, line(1), line(2), line(3), at=AT)
    confirm(clerk, ledger)
    with scoped(township):
        people = dict(LedgerRow.objects.values_list("row_no", "person_id"))
    item = operations.CoverItem(
        people[4], 2021, {"born": "1980-05-06", "paid_on": "2020-12-18"}, "payment", 1, CHAQUAN
    )
    assert operations.cover(scope=township, items=[item], at=AT)[0].accepted
    monkeypatch.setattr("yibao.apps.enrolment.guards._questions", [])
    operations.paid_guard(lambda year, persons: {people[6]} & set(persons))
    with pytest.raises(operations.LinesAlreadyPaid) as refusal:
        operations.undo_ledger(scope=reviewer, import_id=ledger.pk, reason="传错了", at=AT)
    assert refusal.value.rows == (4, 6)
    assert "有 2 行已经缴费，不能撤销：第 4 行、第 6 行" in refusal.value.sentence()
    assert "2 lines are paid and cannot be undone: rows 4, 6" in refusal.value.sentence("en")
    with scoped(township):
        assert not Enrolment.objects.exclude(withdrawn_at=None).exists()
        assert LedgerImport.objects.get().state == "done"


def test_an_undoing_needs_a_reason_and_is_not_undone_itself(township, clerk, reviewer):
    ledger = upload(township, line(1), at=AT)
    confirm(clerk, ledger)
    with pytest.raises(ReasonMissing):
        operations.undo_ledger(scope=reviewer, import_id=ledger.pk, reason=" ", at=AT)
    correction = operations.undo_ledger(scope=reviewer, import_id=ledger.pk, reason="错", at=AT)
    with pytest.raises(CorrectionNotUndone):
        operations.undo_ledger(scope=township, import_id=correction.pk, reason="再错", at=AT)


def test_what_was_not_written_cannot_be_undone_but_dropped(township, clerk, reviewer):
    ledger = upload(township, line(1), at=AT)
    with pytest.raises(StepNotAllowed):
        operations.undo_ledger(scope=reviewer, import_id=ledger.pk, reason="错", at=AT)
    assert operations.drop_ledger(scope=township, import_id=ledger.pk, at=AT).state == "dropped"
    with pytest.raises(StepNotAllowed):
        confirm(clerk, ledger)


# -- What is refused before anything is stored ---------------------------------------------------


def test_a_ledger_of_a_year_that_is_not_open_is_refused(township):
    with pytest.raises(YearNotOpen):
        operations.upload_ledger(
            scope=township,
            kind=PAYMENT_LEDGER,
            year=2022,
            area_no=CHAQUAN,
            file_name="a.xlsx",
            content=file_of(line(1)),
            at=AT,
        )


def test_a_closed_year_takes_no_more_ledgers(county, township):
    ledger = upload(township, line(1), at=AT)
    operations.close_year(scope=county, year=2021, on=date(2021, 12, 31), at=AT)
    with pytest.raises(YearNotOpen):
        confirm(township, ledger)
    with pytest.raises(YearNotOpen):
        upload(township, line(2), at=AT)


def test_a_year_opens_once(county):
    with pytest.raises(YearAlreadyOpen):
        operations.open_year(scope=county, year=2021, on=date(2020, 9, 20), at=AT)


def test_an_empty_ledger_is_refused(township):
    content = operations.template(scope=township, kind=PAYMENT_LEDGER, year=2021, area_no=CHAQUAN)
    with pytest.raises(LedgerEmpty, match="没有填写的行"):
        upload(township, at=AT, content=content)


def test_a_ledger_of_another_village_is_refused(township):
    from tests.apps.registry.people import SHICANG

    with pytest.raises(LedgerOfAnotherPlace, match=r"新桥镇 查泉村.*石仓村委会"):
        upload(township, line(1), at=AT, area_no=SHICANG)


def test_a_ledger_is_one_villages(township):
    with pytest.raises(NotAVillage):
        upload(township, line(1), at=AT, area_no=CHAQUAN + 500)


def test_a_village_outside_the_scope_is_refused(township):
    with pytest.raises(OutsideScope):
        upload(township, line(1), at=AT, area_no=ELSEWHERE)


def test_another_townships_import_is_not_there(county, township):
    ledger = upload(township, line(1), at=AT)
    other = county.narrowed(430423100000, 430423101000)
    for act in (operations.check_ledger, operations.confirm_ledger, operations.drop_ledger):
        with pytest.raises(NotThere):
            act(scope=other, import_id=ledger.pk, at=AT)
    with pytest.raises(NotThere):
        queries.import_page(scope=other, import_id=ledger.pk)
    assert queries.imports(scope=other) == []


def test_a_village_agent_uploads_and_the_township_confirms(township):
    agent = dataclasses.replace(
        township, role="village_agent", actions=frozenset({"enrolment.import", "registry.search"})
    )
    ledger = upload(agent, line(1), at=AT)
    with pytest.raises(NotAllowed):
        confirm(agent, ledger)


def test_no_guard_of_a_test_is_left_behind():
    assert all(one.__module__.startswith("yibao.") for one in _questions)

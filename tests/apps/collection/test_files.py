"""Payment files: every faulty row named, the rest taken, the file and each voucher once."""

import io
import re
from datetime import datetime

import pytest
import xlsxwriter

from tests.apps.collection.town import (
    AT,
    HEAD,
    Line,
    is_told_in_both,
    payment_file,
    payments,
    take,
)
from tests.apps.registry.people import CHAQUAN, number
from yibao.apps.access.scope import NotAllowed, Scope
from yibao.apps.collection import operations
from yibao.apps.collection.faults import KINDS, told
from yibao.apps.collection.operations.files import FileTakenBefore
from yibao.apps.collection.tables import ColumnsMissing
from yibao.apps.enrolment.ledgers.faults import Told
from yibao.apps.enrolment.ledgers.workbook import FileDamaged, FileNotExcel, UnreadableFile

CHANNELS = ["湘税社保手机APP", "湘税社保微信小程序", "银行智能POS机", "银行柜台"]


@pytest.mark.requirement("HS-42-1")
def test_payments_come_by_the_four_channels_and_each_keeps_its_own(county, three):
    lines = [Line(n=1, channel=word, voucher=f"V{at}") for at, word in enumerate(CHANNELS)]
    took = take(county, *lines)
    assert (took.rows_total, took.rows_taken, took.faults) == (4, 4, [])
    assert [one.channel for one in payments(county)] == [
        "app",
        "mini_program",
        "pos",
        "bank_counter",
    ]


@pytest.mark.requirement("HS-43-2")
def test_slip_or_phone_record_is_the_voucher_and_the_payment_can_be_looked_up(county, three):
    from yibao.apps.collection import queries

    take(county, *(Line(n=1, channel=w, voucher=f"V{at}") for at, w in enumerate(CHANNELS)))
    found = queries.payments(
        scope=county,
        year=2021,
        narrowed=queries.PaymentFilter(text=number(1)),
        offset=0,
        limit=10,
    )
    kinds = {one.channel: one.voucher_kind for one in found.rows}
    assert kinds["app"] == kinds["mini_program"] == "phone_record"
    assert kinds["pos"] == "pos_slip"
    assert (found.total, found.amount_fen) == (4, 4 * 280_00)


BAD = [
    (Line(number=430423198005060012), "身份证号", "E103"),
    (Line(number="43042319800506001"), "身份证号", "E101"),
    (Line(number=""), "身份证号", "E111"),
    (Line(name=""), "姓名", "E741"),
    (Line(amount="两百八"), "金额", "E130"),
    (Line(amount="280.001"), "金额", "E131"),
    (Line(amount="-280"), "金额", "E742"),
    (Line(paid_at="昨天"), "缴费时间", "E743"),
    (Line(channel="现金"), "渠道", "E744"),
    (Line(voucher=" "), "凭证号", "E745"),
    (Line(place=""), "参保地", "E747"),
    (Line(year="21"), "年度", "E748"),
]


@pytest.mark.parametrize(("line", "column", "code"), BAD, ids=[case[2] for case in BAD])
def test_a_faulty_row_is_named_with_its_cell_and_not_taken(county, three, line, column, code):
    took = take(county, Line(n=2), line)
    assert took.rows_taken == 1
    [fault] = took.faults
    assert (fault["sheet"], fault["row"], fault["column"], fault["code"]) == (
        "缴费明细",
        3,
        column,
        code,
    )
    assert is_told_in_both(told, fault)


def test_all_faults_of_a_row_are_named(county, three):
    took = take(county, Line(name="", amount="x", year="?"))
    assert [one["code"] for one in took.faults] == ["E741", "E130", "E748"]


def test_a_voucher_twice_in_a_file_is_a_fault_of_the_second_row(county, three):
    took = take(county, Line(n=1, voucher="A"), Line(n=2, voucher="A"))
    assert took.rows_taken == 1
    assert [(one["row"], one["code"]) for one in took.faults] == [(3, "E746")]
    assert told(took.faults[0]) == Told("与第 2 行的凭证号相同", "请核对是否重复导出")
    assert told(took.faults[0], "en").reason == "The same voucher number as in row 2"


def test_a_voucher_of_the_same_row_on_another_sheet_is_a_fault_that_names_the_sheet(county, three):
    packed = io.BytesIO()
    with xlsxwriter.Workbook(packed, {"in_memory": True}) as book:
        for name, n in (("甲", 1), ("乙", 2)):
            page = book.add_worksheet(name)
            page.write_row(0, 0, HEAD)
            page.write_row(1, 0, Line(n=n, voucher="A").cells())
    took = operations.take_payment_file(
        scope=county, file_name="两表.xlsx", content=packed.getvalue(), at=AT
    )
    assert [(one["sheet"], one["row"]) for one in took.faults] == [("乙", 2)]
    assert told(took.faults[0]).reason == "与工作表“甲”第 2 行的凭证号相同"
    assert told(took.faults[0], "en").reason.endswith('as in row 2 of the sheet "甲"')


def test_a_fault_of_a_number_keeps_no_whole_number(county, three):
    mistyped = number(1)[:-1] + "1"
    [fault] = take(county, Line(number=mistyped)).faults
    assert (fault["code"], fault["facts"]) == ("E102", {"expected": "0"})
    assert mistyped not in str(fault)


def test_a_fault_kept_as_sentences_is_told_in_them():
    before = {"code": "E741", "column": "姓名", "value": "", "reason": "原因", "remedy": "改法"}
    assert told(before, "en") == told(before) == Told("原因", "改法")


def test_the_english_of_every_fault_names_the_same_facts_in_no_chinese_word():
    for code, kind in KINDS.items():
        for chinese, english in (kind.reason, kind.remedy):
            assert not re.search("[㐀-鿿]", english), (code, english)
            facts, told_en = (set(re.findall(r"{(\w+)}", text)) for text in (chinese, english))
            assert {one.removesuffix("_en") for one in told_en} == facts, code


def test_a_file_is_taken_once(county, three):
    take(county, Line(n=1))
    with pytest.raises(FileTakenBefore):
        take(county, Line(n=1), name="另一个名字.xlsx")
    assert len(payments(county)) == 1


def test_a_voucher_of_an_earlier_file_is_known_and_not_taken_again(county, three):
    take(county, Line(n=1))
    took = take(county, Line(n=1), Line(n=2))
    assert (took.rows_taken, took.rows_known, took.faults) == (1, 1, [])
    assert took.amount_fen == 280_00


def test_a_voucher_with_other_money_than_before_is_a_fault(county, three):
    take(county, Line(n=1, amount="280"))
    took = take(county, Line(n=1, amount="140"))
    assert (took.rows_taken, took.rows_known) == (0, 0)
    assert [one["code"] for one in took.faults] == ["E749"]
    assert is_told_in_both(told, took.faults[0])


def test_amounts_and_moments_may_be_spreadsheet_values(county, three):
    take(county, Line(n=1, amount=280, year=2021), Line(n=2, amount=280.5, year=2021))
    assert [one.amount_fen for one in payments(county)] == [280_00, 280_50]
    content = payment_file(Line(n=3, voucher="D"))
    assert operations.read_payment_file(content).rows[0].paid_at == datetime.fromisoformat(
        "2020-11-05T10:30:00+08:00"
    )


def test_a_payment_belongs_to_the_place_of_its_person(county, three):
    stranger = Line(number=number(99))
    take(county, Line(n=1), stranger)
    assert [one.area_no for one in payments(county)] == [CHAQUAN, county.area_from]


@pytest.mark.parametrize(
    ("content", "refusal"),
    [
        (b"", FileNotExcel),
        ("姓名,身份证号".encode(), FileNotExcel),
        (payment_file(Line())[:900], FileDamaged),
        (payment_file(Line(), head=HEAD[:3]), ColumnsMissing),
        (payment_file(), None),
    ],
)
def test_what_is_no_payment_file_gets_one_sentence(county, content, refusal):
    if refusal is None:
        assert operations.read_payment_file(content).rows == ()
        return
    with pytest.raises(UnreadableFile) as caught:
        operations.take_payment_file(scope=county, file_name="x.xlsx", content=content, at=AT)
    assert isinstance(caught.value, refusal)


def test_the_template_is_a_payment_file_without_rows():
    assert operations.read_payment_file(operations.payment_template()).rows_total == 0


def test_only_the_county_takes_payment_files(county, three):
    from dataclasses import replace

    clerk: Scope = replace(county, role="township_clerk", actions=frozenset({"collection.read"}))
    with pytest.raises(NotAllowed):
        take(clerk, Line(n=1))

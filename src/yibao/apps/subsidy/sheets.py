"""Departments' rosters: which columns they have, and what each cell must be."""

import io
from dataclasses import dataclass
from datetime import date, datetime
from functools import cache

import xlsxwriter

from yibao.apps.access.rulebooks import book_of
from yibao.apps.access.spoken import region_words
from yibao.apps.collection.tables import TableColumn, TableRow, read_name, read_number, read_table

INITIAL, ADDITION, DECEASED = "initial", "addition", "deceased"
KINDS = (INITIAL, ADDITION, DECEASED)
CATEGORIES = "support_category"
COLUMNS = (
    TableColumn("name", "姓名"),
    TableColumn("number", "身份证号", ("身份证号码", "证件号码", "证件号")),
    TableColumn("category", "类别", ("资助类别", "人员类别", "困难类别"), required=False),
    TableColumn("township", "乡镇", ("乡镇街道", "所在乡镇"), required=False),
    TableColumn("village", "村", ("村社区", "村（社区）", "所在村"), required=False),
    TableColumn("died_on", "死亡日期", (), required=False),
)
_WIDTHS = {"number": 22, "category": 24}
_WIDTH = 14
# Lists name a category with or without what it is a kind of: 低保, 低保对象.
_ENDINGS = ("贫困人口", "人员", "对象", "人口", "儿童", "户")


@dataclass(frozen=True, slots=True)
class ReadRosterRow:
    """A row of a roster as read; a faulty one keeps its faults and is not used."""

    sheet: str
    row_no: int
    cells: dict[str, str]
    name: str
    number: str
    category: str
    died_on: date | None
    faults: list[dict[str, object]]


def read_roster(content: bytes, *, region: str, kind: str, category: str) -> list[ReadRosterRow]:
    """Read a roster; `category` stands for rows that name none. Raises UnreadableFile.

    A number that stands twice in the same category is a fault of its second row.
    """
    first_of: dict[tuple[str, str], tuple[str, int]] = {}
    rows = []
    for row in read_table(content, COLUMNS):
        number = read_number(row, "number")
        found = "" if kind == DECEASED else _category(row, region, category)
        earlier = first_of.setdefault((number, found), row.place)
        if number and earlier != row.place:
            row.repeats("number", "E771", earlier)
        rows.append(
            ReadRosterRow(
                sheet=row.sheet,
                row_no=row.row_no,
                cells={key: row.text(key) for key in row.cells},
                name=read_name(row, "name"),
                number=number,
                category=found,
                died_on=_died_on(row) if kind == DECEASED else None,
                faults=row.faults,
            )
        )
    return rows


def roster_template(kind: str) -> bytes:
    """Return an empty roster as a workbook, numbers as text."""
    packed = io.BytesIO()
    left_out = {"category"} if kind == DECEASED else {"died_on"}
    with xlsxwriter.Workbook(packed, {"in_memory": True}) as book:
        bold, text = book.add_format({"bold": True}), book.add_format({"num_format": "@"})
        sheet = book.add_worksheet("名单")
        columns = [column for column in COLUMNS if column.key not in left_out]
        for at, column in enumerate(columns):
            sheet.set_column(at, at, _WIDTHS.get(column.key, _WIDTH), text)
            sheet.write_string(0, at, column.zh, bold)
        sheet.freeze_panes(1, 0)
    return packed.getvalue()


@cache
def category_words(region: str) -> dict[str, str]:
    """Return the code of a category for each word that a list may use for it."""
    words: dict[str, str] = {}
    for code, label in book_of(region).enumerations[CATEGORIES].codes.items():
        for word in (code, label.zh, _short(label.zh)):
            words.setdefault(word, code)
    return words


def category_label(region: str, code: str) -> str:
    """Return a category in words."""
    return region_words(region, CATEGORIES, code)


def _category(row: TableRow, region: str, category: str) -> str:
    word = row.text("category")
    if not word:
        if not category:
            row.fault("category", "E772")
        return category
    words = category_words(region)
    code = words.get(word) or words.get(_short(word)) or ""
    if not code:
        row.fault("category", "E773")
    return code


def _short(word: str) -> str:
    for ending in _ENDINGS:
        if word.endswith(ending) and len(word) > len(ending):
            return word.removesuffix(ending)
    return word


def _died_on(row: TableRow) -> date | None:
    cell = row.cells.get("died_on")
    if isinstance(cell, datetime):
        return cell.date()
    if isinstance(cell, date):
        return cell
    word = row.text("died_on")
    if not word:
        return None
    try:
        return date.fromisoformat(word)
    except ValueError:
        row.fault("died_on", "E774")
        return None


def category_choices(region: str) -> list[tuple[str, str]]:
    """Return the categories that a department may list, with their labels."""
    return [
        (code, category_label(region, code))
        for code in book_of(region).enumerations[CATEGORIES].codes
    ]

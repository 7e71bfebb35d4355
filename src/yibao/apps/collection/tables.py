"""A plain table of a workbook, read by the words of its head: payments, rosters.

Nothing is guessed: a column that must be there and is not refuses the file, a cell that cannot be
read is a fault of its row with sheet, row, column, code and facts.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from yibao.apps.collection.faults import KINDS
from yibao.apps.enrolment.ledgers.faults import facts_kept, facts_named
from yibao.apps.enrolment.ledgers.workbook import UnreadableFile, sheets
from yibao.core.identity import mask_number, mask_within, read_document
from yibao.core.money import Fen
from yibao.core.refusal import Refusal

HEAD_WITHIN = 10
SHOWN_LENGTH = 60
_MARKS = str.maketrans("", "", " *\u3000\n：:（）()")


class ColumnsMissing(UnreadableFile):
    """Raised for a workbook without the columns that this kind of file needs."""

    code = "E740"
    message = "没有找到表头，或缺少这些列：{missing}"
    remedy = "请下载模板，第一行写列名，再上传"
    message_en = "No head was found, or columns are missing: {missing}"
    remedy_en = "Download the template, keep its column names in the first row and upload again"


@dataclass(frozen=True, slots=True)
class TableColumn:
    """A column: our key, its name on paper, other names in use, whether it must be there."""

    key: str
    zh: str
    also: tuple[str, ...] = ()
    required: bool = True

    def is_called(self, word: str) -> bool:
        """Tell whether a head cell names this column."""
        return word in {self.zh, *self.also}


@dataclass(slots=True)
class TableRow:
    """A row with something in it: cells by key, and the faults found so far."""

    sheet: str
    row_no: int  # as the spreadsheet counts
    cells: dict[str, Any]
    titles: Mapping[str, str]
    faults: list[dict[str, Any]] = field(default_factory=list)

    def text(self, key: str) -> str:
        """Return a cell as text without outer spaces; a whole number without its point."""
        return shown(self.cells.get(key))

    def fault(self, key: str, code: str, **facts: object) -> None:
        """Note what is wrong with a cell: the code, and the facts that its sentences name."""
        self.faults.append(
            {
                "sheet": self.sheet,
                "row": self.row_no,
                "column": self.titles[key],
                "value": _kept(key, self.text(key)),
                "code": code,
                "facts": facts_kept(facts),
            }
        )

    def refuse(self, key: str, refusal: Refusal) -> None:
        """Note what a reader of core said of a cell."""
        self.fault(key, refusal.code, **facts_named(refusal, KINDS[refusal.code]))

    def repeats(self, key: str, code: str, earlier: tuple[str, int]) -> None:
        """Note that a cell says again what it says in an earlier row, of this sheet or another."""
        sheet, row = earlier
        self.fault(key, code, row=row, sheet="" if sheet == self.sheet else sheet)

    @property
    def place(self) -> tuple[str, int]:
        """Where the row stands: sheet and number."""
        return self.sheet, self.row_no


def _kept(key: str, text: str) -> str:
    """A number as it may be kept in the open; what a spreadsheet made of one tells nothing."""
    if key == "number" and "E+" not in text:
        return mask_number(text)[:SHOWN_LENGTH]
    return mask_within(text)[:SHOWN_LENGTH]


def read_table(content: bytes, columns: Sequence[TableColumn]) -> list[TableRow]:
    """Return the rows of every sheet that has the head. Raises UnreadableFile and its members."""
    found: list[TableRow] = []
    headed = False
    missing: list[str] = []
    for sheet, rows in sheets(content):
        at, places = _head(rows, columns)
        lacking = [one.zh for one in columns if one.required and one.key not in places]
        if lacking:
            missing = missing or lacking
            continue
        headed = True
        found += _rows(sheet, rows[at + 1 :], at + 2, places, columns)
    if not headed:
        raise ColumnsMissing(missing="、".join(missing or [c.zh for c in columns if c.required]))
    return found


def shown(cell: object) -> str:
    """Return a cell as a person reads it."""
    if cell is None:
        return ""
    if isinstance(cell, datetime):
        return cell.isoformat(sep=" ")
    if isinstance(cell, date):
        return cell.isoformat()
    return str(cell).strip().removesuffix(".0")


def read_number(row: TableRow, key: str) -> str:
    """Return the identity number of a cell, "" with a fault where it is none."""
    try:
        return read_document("resident", row.cells.get(key)).number
    except Refusal as refusal:
        row.refuse(key, refusal)
        return ""


def read_name(row: TableRow, key: str) -> str:
    """Return the name of a cell, with a fault where it is empty."""
    name = row.text(key)
    if not name:
        row.fault(key, "E741")
    return name


def read_amount(row: TableRow, key: str) -> int:
    """Return the amount of a cell in fen, 0 with a fault where it is none or not above zero."""
    try:
        amount = Fen.from_yuan(row.text(key))
    except Refusal as refusal:
        row.refuse(key, refusal)
        return 0
    if amount <= 0:
        row.fault(key, "E742")
        return 0
    return int(amount)


def _head(
    rows: Sequence[Sequence[Any]], columns: Sequence[TableColumn]
) -> tuple[int, dict[str, int]]:
    """Return the row with the most column names among the first, and where each column stands."""
    best: tuple[int, dict[str, int]] = (0, {})
    for at, row in enumerate(rows[:HEAD_WITHIN]):
        places: dict[str, int] = {}
        for place, cell in enumerate(row):
            word = shown(cell).translate(_MARKS)
            for column in columns:
                if column.is_called(word):
                    places.setdefault(column.key, place)
        if len(places) > len(best[1]):
            best = (at, places)
    return best


def _rows(
    sheet: str,
    rows: Sequence[Sequence[Any]],
    first_row_no: int,
    places: Mapping[str, int],
    columns: Sequence[TableColumn],
) -> list[TableRow]:
    titles = {column.key: column.zh for column in columns}
    read = []
    for row_no, row in enumerate(rows, start=first_row_no):
        cells = {key: row[place] if place < len(row) else None for key, place in places.items()}
        if any(shown(cell) for cell in cells.values()):
            read.append(TableRow(sheet, row_no, cells, titles))
    return read

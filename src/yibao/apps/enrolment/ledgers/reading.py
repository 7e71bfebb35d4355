"""A ledger file read into lines: which sheet, which row, which column says what."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from django.utils.translation import gettext_lazy as _

from yibao.apps.enrolment.ledgers.forms import Column, LedgerForm, forms, optional_columns
from yibao.apps.enrolment.ledgers.rows import ReadRow, read_row
from yibao.apps.enrolment.ledgers.workbook import UnreadableFile, sheets
from yibao.core.refusal import Refusal

# The head stands below title and unit; a table whose head comes later is not this ledger.
_HEAD_WITHIN = 30
_HEAD_KEYS = frozenset({"name", "number"})
# What paper repeats on every page, above and below the lines.
_NOT_A_LINE = re.compile(
    r"(填报单位|单位[:：]元|填表人|填报人|填报时间|负责人|责任人|联系电话[:：]|电话[:：]|填表说明|说明[:：]|注[:：])"
)
_FULL_WIDTH = str.maketrans("（）／，：＊", "()/,:*")
_MARKS = re.compile(r"[\s*\u3000]+")
_CELL_AT_MOST = 200
_UNSEEN = re.compile("[\x00-\x1f\x7f-\x9f\u200b-\u200f\ufeff\ud800-\udfff]")
_SHEET_NAME = 60
_ROW_DIGITS = 8
# The column of the error file that says where a line stood.
ORIGIN = "原行号"


class WrongTemplate(UnreadableFile):
    """Raised for a workbook whose sheet has no head of this ledger, or lacks columns."""

    code = "E810"
    message = "工作表“{sheet}”不是{ledger}：{what}"
    remedy = "请下载本表模板，把内容贴入后上传；不是台账的工作表请删去"
    message_en = 'Sheet "{sheet}" is not this ledger (annex {annex}): {what_en}'
    remedy_en = "Paste the lines into the template and upload that; remove sheets of other kinds"


class LedgerKindUnknown(Refusal):
    """Raised for a kind of ledger that the plan has not."""

    code = "E811"
    message = "没有“{kind}”这种台账"
    remedy = "可选：参保缴费台账、新增参保登记表、异地参保登记表"
    message_en = 'There is no ledger "{kind}"'
    remedy_en = "There are payment_ledger, new_entrants and insured_elsewhere"
    field = "kind"


@dataclass(frozen=True, slots=True)
class ReadLedger:
    """What a ledger file says: its lines in order, and what stands above them."""

    form: LedgerForm
    rows: tuple[ReadRow, ...]
    header: dict[str, str] = field(default_factory=dict)

    @property
    def faults(self) -> list[dict[str, Any]]:
        """Every fault of every line, with sheet and row."""
        return [
            {"sheet": row.sheet, "row": row.row_no, **one}
            for row in self.rows
            for one in row.faults
        ]


def form_of(kind: str) -> LedgerForm:
    """Return the ledger of this kind. Raises LedgerKindUnknown."""
    if kind not in forms():
        raise LedgerKindUnknown(kind=kind)
    return forms()[kind]


def read_ledger(content: bytes, kind: str) -> ReadLedger:
    """Read the lines of a ledger file, each with the faults that it shows by itself.

    An empty template has no lines. Raises LedgerKindUnknown, WrongTemplate or another member of
    UnreadableFile; nothing else, whatever the file is.
    """
    form = form_of(kind)
    rows: list[ReadRow] = []
    header: dict[str, str] = {}
    for sheet, cells in sheets(content):
        head_at, positions = _head(form, sheet, cells)
        header = header or _above(cells[:head_at])
        rows += _lines(form, sheet[:_SHEET_NAME], cells, head_at, positions)
    if not header and not rows:
        _refuse_empty(form, content)
    return ReadLedger(form=form, rows=tuple(rows), header=header)


def lines_by_origin(content: bytes, kind: str) -> list[tuple[int, ReadRow]]:
    """Read a corrected error file: each line with the row that it had in the ledger, 0 for none.

    Raises what `read_ledger` raises.
    """
    origins = {
        (sheet[:_SHEET_NAME], at + 1): _whole(_value(row, column))
        for sheet, cells in sheets(content)
        for column in [_origin_column(cells)]
        if column is not None
        for at, row in enumerate(cells)
    }
    read = read_ledger(content, kind)
    return [(origins.get((row.sheet, row.row_no), 0), row) for row in read.rows]


def _origin_column(cells: Sequence[Sequence[Any]]) -> int | None:
    for row in cells[:_HEAD_WITHIN]:
        for at, cell in enumerate(row):
            if isinstance(cell, str) and _plain(cell) == ORIGIN:
                return at
    return None


def _whole(value: Any) -> int:
    text = _shown(value).removesuffix(".0")
    return int(text) if text.isascii() and text.isdigit() and len(text) < _ROW_DIGITS else 0


def _refuse_empty(form: LedgerForm, content: bytes) -> None:
    if not any(True for _ in sheets(content)):
        raise WrongTemplate(
            sheet="",
            ledger=form.name,
            annex=form.annex,
            what=_("工作簿里没有内容"),
            what_en="it is empty",
        )


def _head(
    form: LedgerForm, sheet: str, cells: Sequence[Sequence[Any]]
) -> tuple[int, dict[str, int]]:
    """Return where the head stands and each column's position. Raises WrongTemplate."""
    known = _titles(form)
    for at, row in enumerate(cells[:_HEAD_WITHIN]):
        positions = _positions(known, row)
        if positions.keys() >= _HEAD_KEYS:
            missing = [c.title for c in form.columns if c.key not in positions and c.key != "no"]
            if missing:
                raise WrongTemplate(
                    sheet=sheet,
                    ledger=form.name,
                    annex=form.annex,
                    what=f"缺少列“{'”“'.join(missing)}”",
                    what_en=f"columns missing: {', '.join(missing)}",
                )
            return at, positions
    raise WrongTemplate(
        sheet=sheet,
        ledger=form.name,
        annex=form.annex,
        what=_("没有找到含姓名和身份证号的表头"),
        what_en="no head with name and identity number",
    )


def _titles(form: LedgerForm) -> dict[str, str]:
    columns = (*form.columns, *optional_columns(form))
    return {
        _plain(title): column.key
        for column in reversed(columns)
        for title in (column.title, *column.also)
    }


def _positions(known: dict[str, str], row: Sequence[Any]) -> dict[str, int]:
    positions: dict[str, int] = {}
    for at, cell in enumerate(row):
        key = known.get(_plain(cell)) if isinstance(cell, str) else None
        if key is not None:
            positions.setdefault(key, at)
    return positions


def _lines(
    form: LedgerForm,
    sheet: str,
    cells: Sequence[Sequence[Any]],
    head_at: int,
    positions: dict[str, int],
) -> Iterable[ReadRow]:
    columns = [c for c in (*form.columns, *optional_columns(form)) if c.key in positions]
    known = _titles(form)
    family = ""
    for at in range(head_at + 1, len(cells)):
        row = cells[at]
        if _is_no_line(columns, positions, row) or _positions(known, row).keys() >= _HEAD_KEYS:
            continue
        values = {column.key: _value(row, positions[column.key]) for column in columns}
        read = read_row(form=form, sheet=sheet, row_no=at + 1, values=values, family=family)
        family = read.household_no
        yield read


def _is_no_line(columns: Sequence[Column], positions: dict[str, int], row: Sequence[Any]) -> bool:
    """A line has something besides its running number, and is none of the paper's own words."""
    filled = [column.key for column in columns if _shown(_value(row, positions[column.key])) != ""]
    if not set(filled) - {"no"}:
        return True
    first = next((_shown(cell) for cell in row if _shown(cell) != ""), "")
    return bool(_NOT_A_LINE.match(_plain(first))) and not set(filled) >= _HEAD_KEYS


def _above(rows: Sequence[Sequence[Any]]) -> dict[str, str]:
    texts = [_shown(cell) for row in rows for cell in row if _shown(cell) != ""]
    unit = next((text for text in texts if text.startswith("填报单位")), "")
    unit = unit.removeprefix("填报单位").lstrip("：:").strip()
    return {"title": texts[0] if texts else "", "unit": unit}


def _value(row: Sequence[Any], at: int) -> Any:
    value = row[at] if at < len(row) else ""
    return _clean(value) if isinstance(value, str) else value


def _clean(text: str) -> str:
    """Drop what no database keeps and no eye sees; a rare character of a name stays."""
    return _UNSEEN.sub("", text).strip()[:_CELL_AT_MOST]


def _shown(value: Any) -> str:
    if isinstance(value, str):
        return _clean(value)
    if isinstance(value, datetime | date):
        return value.isoformat()
    return "" if value is None else str(value)


def _plain(title: str) -> str:
    return _MARKS.sub("", title.translate(_FULL_WIDTH))

"""The empty ledger that a village fills in, and the file of lines that were refused."""

import io
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import xlsxwriter

from yibao.apps.enrolment.ledgers.faults import told
from yibao.apps.enrolment.ledgers.forms import Column, LedgerForm, forms
from yibao.apps.enrolment.ledgers.reading import ORIGIN, form_of

# Lines prepared in the template, in pages of ten as on paper.
LINES = 500
_LINES_A_PAGE = 10
_HEAD_ROW = 2
_FONT = {"font_name": "宋体", "font_size": 11}
_BORDER = {**_FONT, "border": 1, "valign": "vcenter", "text_wrap": True}
_LONGEST_LIST = 255
_A4 = 9
_TITLE = {"font_name": "黑体", "font_size": 16, "align": "center"}
REASON, REMEDY, CODE, AT = "错误原因", "改正办法", "错误代码", ORIGIN
_ADDED = (
    Column(REASON, "reason", width=44),
    Column(REMEDY, "remedy", width=44),
    Column(CODE, "code", width=12),
    Column(AT, "at", width=8),
)


def template(
    kind: str, *, year: int, region: str, township: str = "", village: str = "", lines: int = LINES
) -> bytes:
    """Return the empty ledger of a kind (xlsx), with its lists, notes and signatures.

    Raises LedgerKindUnknown.
    """
    form = form_of(kind)
    return _written(
        form, year=year, region=region, unit=_unit(form, township, village), lines=lines
    )


def filled(
    kind: str,
    rows: Iterable[Mapping[str, object]],
    *,
    year: int,
    region: str,
    township: str = "",
    village: str = "",
) -> bytes:
    """Return a ledger with lines, as a village would hand it in; cells by column key."""
    form = form_of(kind)
    listed = list(rows)
    unit = _unit(form, township, village)
    return _written(form, year=year, region=region, unit=unit, lines=len(listed), rows=listed)


def error_lines(
    kind: str,
    rows: Iterable[tuple[int, Mapping[str, object], Sequence[dict[str, Any]]]],
    *,
    year: int,
    region: str,
    unit: str,
    language: str = "zh",
) -> bytes:
    """Return the refused lines as they were written, each with reason, remedy and code.

    `rows`: row in the original file, cells by column key, faults, told in the language. The form
    itself is the Chinese one: corrected, the file is read as a ledger again, and the added columns
    are ignored.
    """
    form = form_of(kind)
    listed = [
        dict(cells)
        | {
            "at": row_no,
        }
        | _told(faults, language)
        for row_no, cells, faults in rows
    ]
    return _written(
        form, year=year, region=region, unit=unit, lines=len(listed), rows=listed, added=_ADDED
    )


def _told(faults: Sequence[dict[str, Any]], language: str) -> dict[str, str]:
    """Return the added cells of a line."""
    colon, stop, comma = (": ", "; ", ", ") if language.startswith("en") else ("：", "；", "、")
    words = [(one["column"], told(one, language)) for one in faults]
    return {
        "reason": stop.join(f"{column}{colon}{one.reason}" for column, one in words),
        "remedy": stop.join(dict.fromkeys(one.remedy for _column, one in words)),
        "code": comma.join(dict.fromkeys(one["code"] for one in faults)),
    }


def _unit(form: LedgerForm, township: str, village: str) -> str:
    if not township and not village:
        return form.unit
    return f"填报单位：{township} {village}".rstrip()


def _written(
    form: LedgerForm,
    *,
    year: int,
    region: str,
    unit: str,
    lines: int,
    rows: Sequence[Mapping[str, object]] = (),
    added: tuple[Column, ...] = (),
) -> bytes:
    file = io.BytesIO()
    columns = (*form.columns, *added)
    with xlsxwriter.Workbook(file, {"in_memory": True}) as book:
        sheet = book.add_worksheet("台账")
        _above(book, sheet, form, form.title(region=region, year=year), unit, len(columns))
        head = book.add_format({**_BORDER, "bold": True, "align": "center"})
        plain = book.add_format(_BORDER)
        as_text = book.add_format({**_BORDER, "num_format": "@"})
        marked = book.add_format({**_BORDER, "font_color": "#9C0006"})
        for at, column in enumerate(columns):
            style = marked if column in added else as_text if column.as_text else plain
            sheet.set_column(at, at, column.width)
            sheet.write_string(_HEAD_ROW, at, column.head, head)
            _choices(sheet, form, column, at, lines)
            _cells(sheet, column, at, lines, rows, style)
        _below(book, sheet, form, _HEAD_ROW + 2 + lines)
        sheet.freeze_panes(_HEAD_ROW + 1, 0)
        sheet.set_landscape()
        sheet.set_paper(_A4)
        sheet.fit_to_pages(1, 0)
        sheet.repeat_rows(0, _HEAD_ROW)
        pages = range(_HEAD_ROW + 1 + _LINES_A_PAGE, _HEAD_ROW + 1 + lines, _LINES_A_PAGE)
        sheet.set_h_pagebreaks(list(pages))
    return file.getvalue()


def _above(book, sheet, form: LedgerForm, title: str, unit: str, width: int) -> None:  # type: ignore[no-untyped-def]
    name = book.add_format(_TITLE)
    plain = book.add_format(_FONT)
    sheet.merge_range(0, 0, 0, width - 1, title, name)
    sheet.write_string(1, 0, unit, plain)
    if form.in_yuan:
        sheet.write_string(1, len(form.columns) - 1, "单位：元", plain)


def _choices(sheet, form: LedgerForm, column: Column, at: int, lines: int) -> None:  # type: ignore[no-untyped-def]
    if not column.choices or not lines:
        return
    listed = list(column.choices)
    while len(",".join(listed)) > _LONGEST_LIST:
        listed.pop()
    sheet.data_validation(
        _HEAD_ROW + 1,
        at,
        _HEAD_ROW + lines,
        at,
        {
            "validate": "list",
            "source": listed,
            "error_type": "warning",
            "error_title": column.title,
            "error_message": "请从下拉选项中选择",
        },
    )


def _cells(sheet, column: Column, at: int, lines: int, rows, style) -> None:  # type: ignore[no-untyped-def]
    for line in range(lines):
        row = _HEAD_ROW + 1 + line
        value = rows[line].get(column.key, "") if rows else ""
        if column.key == "no":
            sheet.write_number(row, at, line + 1, style)
        elif value == "" or value is None:
            sheet.write_blank(row, at, None, style)
        elif isinstance(value, str):
            sheet.write_string(row, at, value, style)
        else:
            sheet.write(row, at, value, style)


def _below(book, sheet, form: LedgerForm, at: int) -> None:  # type: ignore[no-untyped-def]
    plain = book.add_format(_FONT)
    sheet.write_string(at, 0, "　　　　　　".join(form.footer), plain)
    sheet.write_string(at + 1, 0, "填表说明：", plain)
    for number, note in enumerate(form.notes, start=1):
        sheet.write_string(at + 1 + number, 0, f"{number}. {note}", plain)


__all__ = ["LINES", "error_lines", "filled", "forms", "template"]

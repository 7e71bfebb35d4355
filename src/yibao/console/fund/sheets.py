"""The books as files: Excel and CSV, amounts in yuan as numbers."""

import csv
import io
from collections.abc import Iterable, Sequence
from decimal import Decimal

import xlsxwriter

Cell = str | int | Decimal | None
# What spreadsheet programs take for a formula at the start of a text.
_FORMULA = ("=", "+", "-", "@", "\t", "\r")
_WIDTH = 16
_HEAD_ROWS = 2


def yuan(fen: int, *, blank: bool = True) -> Decimal | None:
    """Return an amount in yuan; a nought is nothing where `blank` says so."""
    return None if blank and not fen else Decimal(fen).scaleb(-2)


def as_xlsx(title: str, heads: Sequence[str], rows: Iterable[Sequence[Cell]]) -> bytes:
    """Return a workbook with the title above the heads."""
    packed = io.BytesIO()
    with xlsxwriter.Workbook(packed, {"in_memory": True}) as book:
        bold, money = book.add_format({"bold": True}), book.add_format({"num_format": "#,##0.00"})
        sheet = book.add_worksheet()
        sheet.write_string(0, 0, title, bold)
        for at, head in enumerate(heads):
            sheet.write_string(1, at, head, bold)
        sheet.set_column(0, len(heads), _WIDTH)
        for line, row in enumerate(rows, start=_HEAD_ROWS):
            for at, cell in enumerate(row):
                if isinstance(cell, str):
                    sheet.write_string(line, at, cell)
                elif cell is not None:
                    sheet.write_number(line, at, cell, money if isinstance(cell, Decimal) else None)
        sheet.freeze_panes(_HEAD_ROWS, 0)
    return packed.getvalue()


def as_csv(heads: Sequence[str], rows: Iterable[Sequence[Cell]]) -> bytes:
    """Return CSV that Excel and WPS open as Chinese; no text of it is taken for a formula."""
    text = io.StringIO(newline="")
    writer = csv.writer(text)
    writer.writerow(heads)
    for row in rows:
        writer.writerow(["" if cell is None else _plain(cell) for cell in row])
    return text.getvalue().encode("utf-8-sig")


def _plain(cell: Cell) -> Cell:
    return f"'{cell}" if isinstance(cell, str) and cell.startswith(_FORMULA) else cell

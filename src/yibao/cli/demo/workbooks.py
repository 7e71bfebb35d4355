"""The Excel files that villages, departments and the tax side would send, written for real."""

import io
from collections.abc import Sequence
from pathlib import Path

import xlsxwriter

ROSTER_COLUMNS = ("姓名", "身份证号", "类别", "乡镇", "村")
PAYMENT_COLUMNS = ("姓名", "身份证号", "金额", "缴费时间", "渠道", "凭证号", "参保地", "年度")

Cell = str | int | float | None


def workbook(title: str, columns: Sequence[str], rows: Sequence[Sequence[Cell]]) -> bytes:
    """Return an Excel file of one sheet: a row of column names, then the rows.

    Text stays text, so that an identity number keeps its digits; a number given as a number
    arrives as one, which is what some offices do and imports must refuse.
    """
    out = io.BytesIO()
    book = xlsxwriter.Workbook(out, {"in_memory": True, "strings_to_numbers": False})
    sheet = book.add_worksheet(title[:31])
    text = book.add_format({"num_format": "@"})
    sheet.set_column(0, len(columns) - 1, 20, text)
    sheet.write_row(0, 0, columns, book.add_format({"bold": True}))
    for number, row in enumerate(rows, start=1):
        for column, cell in enumerate(row):
            if isinstance(cell, str):
                sheet.write_string(number, column, cell, text)
            elif cell is not None:
                sheet.write_number(number, column, cell)
    book.close()
    return out.getvalue()


class FileBox:
    """Keeps the files that were made in a directory, if one was named."""

    def __init__(self, directory: Path | None) -> None:
        self._directory = directory

    def keep(self, name: str, content: bytes) -> str:
        """Write a file under its name (folders with “/”) and return its last part."""
        if self._directory is not None:
            place = self._directory / name
            place.parent.mkdir(parents=True, exist_ok=True)
            place.write_bytes(content)
        return name.rpartition("/")[2]

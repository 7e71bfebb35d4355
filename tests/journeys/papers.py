"""The files of a journey: filled in cell by cell as people do, and read as people see them."""

import io
from pathlib import Path
from typing import Any

import python_calamine
import xlsxwriter

HEAD_ROW = 2


def cells_of(content: bytes) -> list[list[Any]]:
    """Return the first sheet's cells."""
    book = python_calamine.CalamineWorkbook.from_filelike(io.BytesIO(content))
    return book.get_sheet_by_index(0).to_python(skip_empty_area=False)


def downloaded(page: Any, click: Any) -> bytes:
    """Click what gives a file, and return the file."""
    with page.expect_download() as waiting:
        click()
    return Path(waiting.value.path()).read_bytes()


def filled_in(template: bytes, *lines: dict[str, Any], place: str) -> bytes:
    """Return the template with the place and these lines, columns by the heads' words."""
    cells = cells_of(template)
    heads = [str(head).rstrip("*") for head in cells[HEAD_ROW]]
    cells[1][0] = f"填报单位：{place}"
    for at, line in enumerate(lines, start=HEAD_ROW + 1):
        for word, value in line.items():
            cells[at][heads.index(word)] = value
    return workbook([*cells[: HEAD_ROW + 1 + len(lines)]])


def corrected(errors: bytes, *changes: tuple[int, str, Any]) -> bytes:
    """Return the error file with cells put right: (line from 1, head, value)."""
    cells = cells_of(errors)
    heads = [str(head).rstrip("*") for head in cells[HEAD_ROW]]
    for line, word, value in changes:
        cells[HEAD_ROW + line][heads.index(word)] = value
    return workbook(cells)


def workbook(cells: list[list[Any]]) -> bytes:
    """Return an Excel file of one sheet; text stays text, numbers stay numbers."""
    file = io.BytesIO()
    with xlsxwriter.Workbook(file, {"in_memory": True}) as book:
        sheet = book.add_worksheet("台账")
        for row, line in enumerate(cells):
            for column, value in enumerate(line):
                if isinstance(value, str):
                    sheet.write_string(row, column, value)
                elif value is not None:
                    sheet.write(row, column, value)
    return file.getvalue()

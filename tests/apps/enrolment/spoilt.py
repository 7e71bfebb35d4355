"""Workbooks that are not as they should be."""

import io

import xlsxwriter

from yibao.apps.enrolment.ledgers import PAYMENT_LEDGER, form_of


def workbook(sheets: dict[str, list[list[object]]]) -> bytes:
    """Return a workbook of plain cells."""
    file = io.BytesIO()
    with xlsxwriter.Workbook(file, {"in_memory": True}) as book:
        for name, rows in sheets.items():
            sheet = book.add_worksheet(name)
            for at, row in enumerate(rows):
                for column, cell in enumerate(row):
                    sheet.write(at, column, cell)
    return file.getvalue()


def rows_of(lines: list[dict[str, object]], kind: str = PAYMENT_LEDGER) -> list[list[object]]:
    """Return head and lines of a ledger as plain cells."""
    form = form_of(kind)
    head = [column.head for column in form.columns]
    return [head, *([cells.get(column.key, "") for column in form.columns] for cells in lines)]


def with_column(lines: list[dict[str, object]], title: str, values: list[object]) -> bytes:
    """Return a ledger with one column more, head in the third row as in the template."""
    head, *rows = rows_of(lines)
    table = [[*head, title], *([*row, value] for row, value in zip(rows, values))]
    return workbook({"台账": [["台账"], ["填报单位："], *table]})

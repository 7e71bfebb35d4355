"""Files of the board: comma-separated, with the sign that lets spreadsheets read Chinese."""

import csv
import io
from collections.abc import Iterable, Sequence
from typing import Any

# A cell that begins so would be run as a formula.
_FORMULA = ("=", "+", "-", "@", "\t", "\r")


def csv_file(head: Sequence[Any], rows: Iterable[Sequence[Any]]) -> bytes:
    """Return a file with a head and rows; a text that a spreadsheet would run is quoted."""
    written = io.StringIO()
    lines = csv.writer(written, lineterminator="\r\n")
    lines.writerow(head)
    lines.writerows([_plain(cell) for cell in row] for row in rows)
    return written.getvalue().encode("utf-8-sig")


def _plain(cell: Any) -> Any:
    return f"'{cell}" if isinstance(cell, str) and cell.startswith(_FORMULA) else cell

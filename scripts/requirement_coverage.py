"""Prints which of the requirement rows a run of the suite has shown, by region and by area.

    python scripts/requirement_coverage.py .lasttests/requirements.json

The file is written by tests/requirement_marks.py: row id → the tests that passed and show it. The
last line is `requirements: N of 400 shown`. Ends with 1 if a test names a row that is not there.
"""

import json
import sys
from collections import defaultdict
from pathlib import Path

import yaml

ROWS = Path(__file__).resolve().parent.parent / "docs" / "requirements" / "requirements.yaml"
REGIONS = {
    "NC": "Nanchang 南昌",
    "SJ": "Shijiazhuang 石家庄",
    "HS": "Hengshan 衡山",
    "HX": "Hinggan 兴安盟",
    "LF": "Langfang 廊坊",
}


def main(shown_file: str) -> int:
    """Print the tables and return the exit code."""
    rows = yaml.load(ROWS.read_text(encoding="utf-8"), Loader=_loader())
    areas = {row["id"]: row["area"] for row in rows}
    shown = set(json.loads(Path(shown_file).read_text(encoding="utf-8")))
    unknown = sorted(shown - areas.keys())
    print_table("region", {row: REGIONS[row.partition("-")[0]] for row in areas}, shown)
    print_table("area", areas, shown)
    print_open(areas, shown)
    if unknown:
        print(f"not a requirement row: {', '.join(unknown)}")
    print(f"requirements: {len(shown & areas.keys())} of {len(areas)} shown")
    return 1 if unknown else 0


def print_table(title: str, group_of: dict[str, str], shown: set[str]) -> None:
    """Print done and open rows of each group."""
    groups: dict[str, list[str]] = defaultdict(list)
    for row, group in group_of.items():
        groups[group].append(row)
    print(f"{title:<24} {'done':>5} {'open':>5}")
    for group, members in groups.items():
        done = len(shown.intersection(members))
        print(f"{group:<24} {done:>5} {len(members) - done:>5}")
    print()


def print_open(area_of: dict[str, str], shown: set[str]) -> None:
    """Print the ids of open rows, one line an area."""
    groups: dict[str, list[str]] = defaultdict(list)
    for row, area in area_of.items():
        if row not in shown:
            groups[area].append(row)
    for area, members in groups.items():
        print(f"open, {area}: {' '.join(members)}")
    print()


def _loader() -> type:
    return getattr(yaml, "CSafeLoader", yaml.SafeLoader)


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    sys.exit(main(sys.argv[1]))

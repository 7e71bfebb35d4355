"""Write rulebook/national/holidays.yaml from the chinesecalendar package (a development extra).

Run once a year, after the State Council's notice and a new release of the package:

    .venv/bin/python scripts/make_holidays.py

A New Year's holiday or make-up day in December belongs to the notice for the next year.
"""

from __future__ import annotations

from collections import defaultdict
from datetime import date
from pathlib import Path

from chinese_calendar.constants import Holiday, holidays, workdays

TARGET = Path(__file__).parents[1] / "src/yibao/rulebook/national/holidays.yaml"
NEW_YEAR = Holiday.new_years_day.value
NAMES = {holiday.value: holiday.chinese for holiday in Holiday}
# Notices whose number was read in the notice itself; the others are cited by their title.
NUMBERS = {2006: "国办发明电〔2005〕35号", 2007: "国办发明电〔2006〕49号"}
HEAD = """\
# Holidays and make-up working days as the State Council's office announced them, by notice.
# Written by scripts/make_holidays.py from the chinesecalendar package (MIT); do not edit by hand.
# A Saturday or Sunday that is neither here is free, another day that is not here is worked.
# The days of a year's end may still be moved by the notice for the year after `last`.
"""


def notice_year(day: date, name: str) -> int:
    """Return the year whose notice names the day."""
    return day.year + 1 if day.month == 12 and name == NEW_YEAR else day.year


def main() -> None:
    """Write the file anew; the same package gives the same bytes."""
    free: dict[int, dict[str, list[date]]] = defaultdict(lambda: defaultdict(list))
    worked: dict[int, list[date]] = defaultdict(list)
    for day, name in sorted(holidays.items()):
        free[notice_year(day, name)][NAMES[name]].append(day)
    for day, name in sorted(workdays.items()):
        worked[notice_year(day, name)].append(day)
    years = sorted(free)
    lines = [HEAD + f"first: {years[0]}-01-01", f"last: {years[-1]}-12-31", "notices:"]
    for year in years:
        number = f", number: {NUMBERS[year]}" if year in NUMBERS else ""
        lines.append(f"  {year}:")
        title = f"国务院办公厅关于{year}年部分节假日安排的通知"
        lines.append(f"    source: {{title: {title}{number}}}")
        lines.append("    holidays:")
        lines += [f"      {name}: {_listed(days)}" for name, days in free[year].items()]
        lines.append(f"    workdays: {_listed(worked[year])}")
    TARGET.write_text("\n".join(lines) + "\n", encoding="utf-8")


def _listed(days: list[date]) -> str:
    return "[" + ", ".join(day.isoformat() for day in days) + "]"


if __name__ == "__main__":
    main()

"""Recompute books, accumulators and the audit chain independently of what wrote them.

Exit code 1 when a check finds a fault; each fault names its row.
"""

import argparse
import json

from django.db import connections

from yibao import verify
from yibao.database.conninfo import connection_words
from yibao.database.service import database_at_hand, use_settings

_NAMED = 20


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the form of the answer."""
    parser.add_argument("--json", action="store_true", help="print the report as data")


def run(arguments: argparse.Namespace) -> int:
    """Check the served database and print every check with the number of rows it looked at."""
    use_settings()
    with database_at_hand():
        report = verify.verify(connection_words(connections["default"].settings_dict))
    if arguments.json:
        print(json.dumps(report.as_data(), ensure_ascii=False, indent=1))
    else:
        show(report)
    return 0 if report.ok else 1


def show(report: verify.Report) -> None:
    """Print every check, and the first faults of each."""
    for check in report.checks:
        mark = "ok" if check.ok else "FAULT"
        print(f"{mark:5}  {check.rows:>9}  {check.name}  {check.zh}")
        for fault in check.faults[:_NAMED]:
            print(f"{'':18}{fault}")
        if len(check.faults) > _NAMED:
            print(f"{'':18}and {len(check.faults) - _NAMED} more")
    print("verify: ok" if report.ok else "verify: faults found")

"""Recompute books, accumulators and the audit chain independently of what wrote them.

Exit code 1 when a check finds a fault; each fault names its row.
"""

import argparse
import json
from typing import Any

from django.db import connections
from psycopg.conninfo import make_conninfo

from yibao import verify
from yibao.database.service import database_at_hand, use_settings

_NAMED = 20
# What else Django's options hand to libpq.
_LIBPQ = ("passfile", "sslmode", "sslrootcert", "sslcert", "sslkey", "service")


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


def connection_words(at: dict[str, Any]) -> str:
    """Return libpq's connection string for one of Django's databases."""
    options = {name: at["OPTIONS"][name] for name in _LIBPQ if name in at["OPTIONS"]}
    return make_conninfo(
        dbname=at["NAME"],
        user=at["USER"],
        password=at.get("PASSWORD") or None,
        host=at.get("HOST") or None,
        port=at.get("PORT") or None,
        **options,
    )


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

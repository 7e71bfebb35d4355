"""Runs all checks in one snapshot of the database, reading every area."""

from collections.abc import Sequence
from typing import Any

import psycopg

from yibao.verify.audit import AUDIT
from yibao.verify.books import BOOKS
from yibao.verify.claims import CLAIMS
from yibao.verify.dues import DUES
from yibao.verify.report import Check, Computation, Question, Report

EVERYWHERE = ("0", "9999999999999")
CHECKS: Sequence[Question | Computation] = (*BOOKS, *DUES, *CLAIMS, *AUDIT)


def verify(conninfo: str) -> Report:
    """Run every check on the database behind this connection string and return what was found.

    Nothing is written: the transaction is read-only, one snapshot for all checks.
    """
    with psycopg.connect(conninfo) as connection:
        connection.isolation_level = psycopg.IsolationLevel.REPEATABLE_READ
        connection.read_only = True
        with connection.cursor() as cursor:
            cursor.execute(
                "select set_config('yibao.from', %s, true), set_config('yibao.until', %s, true)",
                EVERYWHERE,
            )
            return ask(cursor)


def ask(cursor: "psycopg.Cursor[Any]") -> Report:
    """Run every check in the cursor's transaction, which must see all areas."""
    return Report(tuple(_asked(cursor, check) for check in CHECKS))


def _asked(cursor: "psycopg.Cursor[Any]", check: Question | Computation) -> Check:
    if isinstance(check, Computation):
        rows, faults = check.compute(cursor)
        return Check(check.name, check.zh, rows, tuple(faults))
    counted = cursor.execute(check.counted).fetchone()
    faults = [row[0] for row in cursor.execute(check.faults).fetchall()]
    return Check(check.name, check.zh, counted[0] if counted else 0, tuple(faults))

"""Locks by name, for rows that only grow: who may not change a row may not lock it either."""

from django.db import connection


def hold(*words: object) -> None:
    """Hold the lock of this name to the end of the transaction; others who want it wait."""
    with connection.cursor() as cursor:
        cursor.execute(
            "select pg_advisory_xact_lock(hashtextextended(%s, 0))", [":".join(map(str, words))]
        )

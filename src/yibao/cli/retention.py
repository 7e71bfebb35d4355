"""Say which records are older than they are kept; remove those that may go.

check   every kind with its period, its ground, and how many rows are over it
apply   remove drafts, ended sessions, failures of signing in and the like; never audit or books
"""

import argparse
import json

from yibao.database.service import database_at_hand

_DONE = 0


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the two jobs."""
    parser.formatter_class = argparse.RawDescriptionHelpFormatter
    jobs = parser.add_subparsers(dest="job", required=True, metavar="JOB")
    for name in ("check", "apply"):
        jobs.add_parser(name).add_argument("--json", action="store_true", help="as data")


def run(arguments: argparse.Namespace) -> int:
    """Do the named job on the served database."""
    with database_at_hand():
        jobs = {"check": _check, "apply": _apply}
        return jobs[arguments.job](arguments)


def _check(arguments: argparse.Namespace) -> int:
    from yibao.apps.access import queries
    from yibao.apps.access.retention import due

    found = due(at=queries.clock().now)
    if arguments.json:
        print(
            json.dumps(
                [
                    {
                        "kind": one.kind.code,
                        "table": one.place.table,
                        "keep": one.kind.keep.words(),
                        "basis": one.kind.basis,
                        "before": one.before.isoformat(),
                        "over": one.rows,
                        "removed": one.kind.is_removed,
                    }
                    for one in found
                ],
                ensure_ascii=False,
                indent=1,
            )
        )
        return _DONE
    for one in found:
        what = "to be removed" if one.kind.is_removed else "kept; archive them"
        said = f"{one.rows:,} over: {what}" if one.rows else "nothing over"
        print(f"{one.kind.zh}（{one.place.table}）{one.kind.keep.words()}: {said}")
    return _DONE


def _apply(arguments: argparse.Namespace) -> int:
    from yibao.apps.access import queries
    from yibao.apps.access.retention import retain

    removed = retain(at=queries.clock().now)
    if arguments.json:
        print(json.dumps(removed))
    else:
        for table, rows in removed.items():
            print(f"{table}: {rows:,} rows removed")
        print(f"{sum(removed.values()):,} rows removed.")
    return _DONE

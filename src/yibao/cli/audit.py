"""Seal the audit log, check its chain, show its records.

seal      close every record that can no longer change; --every 60 goes on until it is stopped
verify    compute the whole chain again; one line a fault, exit code 1
show      the newest records, as lines or with --json as data
"""

import argparse
import contextlib
import json
import select
import sys
import time
from typing import Any

from yibao.database.service import close_connections, database_at_hand

_DONE, _FAULTY = 0, 1


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the three jobs."""
    parser.formatter_class = argparse.RawDescriptionHelpFormatter
    jobs = parser.add_subparsers(dest="job", required=True, metavar="JOB")
    seal = jobs.add_parser("seal")
    seal.add_argument("--every", type=int, metavar="SECONDS", help="seal again and again")
    seal.add_argument(
        "--attached", action="store_true", help="with --every: end when standard input ends"
    )
    jobs.add_parser("verify")
    show = jobs.add_parser("show")
    show.add_argument("--limit", type=int, default=20, help="how many records (20)")
    show.add_argument("--json", action="store_true", help="as data, with every field")


def run(arguments: argparse.Namespace) -> int:
    """Do the named job on the served database."""
    with database_at_hand():
        jobs = {"seal": _seal, "verify": _verify, "show": _show}
        return jobs[arguments.job](arguments)


def _seal(arguments: argparse.Namespace) -> int:
    from django.db import DatabaseError

    _seal_once(quiet=bool(arguments.every))
    while arguments.every:
        if arguments.attached and _ended_within(arguments.every):
            break
        if not arguments.attached:
            time.sleep(arguments.every)
        # A database that is away for a while is back at the next round.
        with contextlib.suppress(DatabaseError):
            _seal_once(quiet=True)
        close_connections()
    return _DONE


def _seal_once(*, quiet: bool) -> None:
    """Seal, and say what was sealed; quiet, only say the heads that somebody may keep elsewhere."""
    from yibao.cli.sealing import seal_round

    made = seal_round()
    for name, seal in made.items():
        word = "Seal" if name == "audit" else f"Seal of the {name}"
        print(f"{word} {seal.number}: {seal.records} records, head {seal.head}", flush=True)
    if not made and not quiet:
        print("Nothing new to seal. 没有需要封存的记录。")


def _ended_within(seconds: int) -> bool:
    """Wait for the end of standard input, at most this long: whoever started us is gone then."""
    readable, _, _ = select.select([sys.stdin], [], [], seconds)
    return bool(readable) and not sys.stdin.buffer.read1()


def _verify(_: argparse.Namespace) -> int:
    from yibao.apps.access import audit
    from yibao.cli.sealing import seal_faults

    state = audit.state()
    faults = seal_faults()
    for fault in faults:
        print(fault, file=sys.stderr)
    head = state.head or "—"
    print(
        f"{state.seals} seals over {state.records} records, {state.unsealed} not sealed yet;"
        f" head {head}: {'broken' if faults else 'holds'}"
    )
    return _FAULTY if faults else _DONE


def _show(arguments: argparse.Namespace) -> int:
    from yibao.apps.access import audit

    rows = audit.newest(limit=arguments.limit)
    if arguments.json:
        print(json.dumps(rows, ensure_ascii=False, default=str, indent=1))
        return _DONE
    for row in reversed(rows):
        print(_line(row))
    return _DONE


def _line(row: dict[str, Any]) -> str:
    who = row["operator_name"] or "—"
    what = f"{row['object_kind']} {row['object_id']}".strip()
    code = row["detail"].get("code", "") if row["outcome"] != "done" else ""
    return f"{row['at']:%Y-%m-%d %H:%M:%S} {who} {row['action']} {what} {row['outcome']} {code}"

"""Seal the audit log, check its chain, show its records, take it away and check it there.

seal      close every record that can no longer change; --every 60 goes on until it is stopped
verify    compute the whole chain again; one line a fault, exit code 1. With a FILE: check an
          export or a pack of evidence, without any database
export    write all whole seals of a range of days into a file
show      the newest records, as lines or with --json as data
"""

import argparse
import contextlib
import json
import os
import select
import sys
import time
from datetime import date, datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from yibao.database.service import close_connections, database_at_hand

_DONE, _FAULTY = 0, 1
CHINA = ZoneInfo("Asia/Shanghai")


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the jobs."""
    parser.formatter_class = argparse.RawDescriptionHelpFormatter
    jobs = parser.add_subparsers(dest="job", required=True, metavar="JOB")
    seal = jobs.add_parser("seal")
    seal.add_argument("--every", type=int, metavar="SECONDS", help="seal again and again")
    seal.add_argument(
        "--attached", action="store_true", help="with --every: end when standard input ends"
    )
    check = jobs.add_parser("verify")
    check.add_argument("file", nargs="?", type=Path, metavar="FILE")
    check.add_argument("--key", type=Path, metavar="FILE", help="the audit key, for the signatures")
    export = jobs.add_parser("export")
    export.add_argument("--out", type=Path, required=True, metavar="FILE")
    export.add_argument("--from", dest="begin", type=date.fromisoformat, metavar="DAY")
    export.add_argument("--until", dest="end", type=date.fromisoformat, metavar="DAY")
    show = jobs.add_parser("show")
    show.add_argument("--limit", type=int, default=20, help="how many records (20)")
    show.add_argument("--json", action="store_true", help="as data, with every field")


def run(arguments: argparse.Namespace) -> int:
    """Do the named job on the served database; a file is checked without one."""
    if arguments.job == "verify" and arguments.file:
        return _verify_file(arguments.file, arguments.key)
    with database_at_hand():
        jobs = {"seal": _seal, "verify": _verify, "show": _show, "export": _export}
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


def _verify_file(path: Path, key: Path | None) -> int:
    from yibao.verify.offline import verify_file

    found = verify_file(path, key.read_text(encoding="ascii").strip() if key else "")
    for fault in found.faults:
        print(fault, file=sys.stderr)
    signed = "signatures checked" if found.signed else "signatures not checked: no --key"
    print(
        f"{found.what or 'nothing known'}: {found.records} records, {found.seals} seals,"
        f" head {found.head or '—'}, {signed}: {'holds' if found.ok else 'broken'}"
    )
    return _DONE if found.ok else _FAULTY


def _export(arguments: argparse.Namespace) -> int:
    from yibao.apps.access import audit, evidence

    begin, end = _midnight(arguments.begin), _midnight(arguments.end)
    lines = 0
    handle = os.open(arguments.out, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(handle, "w", encoding="utf-8") as stream:
        for line in evidence.export_range(begin=begin, end=end):
            stream.write(line)
            lines += 1
    unsealed = audit.state().unsealed
    print(f"{arguments.out}: {lines} lines; {unsealed} records are not sealed yet and not in it")
    return _DONE


def _midnight(day: date | None) -> datetime | None:
    return datetime.combine(day, datetime.min.time(), CHINA) if day else None


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

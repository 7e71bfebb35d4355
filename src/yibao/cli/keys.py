"""Show, change and check the keys that seal numbers, telephones and other secrets.

list     every key: what it is for, its algorithm, and how many values lie under it
rotate   make a new data key and seal every row under it, while the offices go on working;
         --index makes a new index key instead: after hours, with nobody connected
check    open every value and compare every index; --sample 1000 looks at so many rows a table
retire   put an old data key aside, once nothing lies under it
new      print a fresh key for YIBAO_KEYS, where the keys stand there
"""

import argparse
import json
import sys
from typing import Any

from yibao.database.service import database_at_hand

_DONE, _FAULTY = 0, 1
_NAMED = 20


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the jobs."""
    parser.formatter_class = argparse.RawDescriptionHelpFormatter
    jobs = parser.add_subparsers(dest="job", required=True, metavar="JOB")
    listed = jobs.add_parser("list")
    listed.add_argument("--json", action="store_true", help="as data")
    rotate = jobs.add_parser("rotate")
    rotate.add_argument("--index", action="store_true", help="the index key, with nobody connected")
    rotate.add_argument("--json", action="store_true", help="the result as data")
    check = jobs.add_parser("check")
    check.add_argument("--sample", type=int, metavar="ROWS", help="the newest rows of each table")
    check.add_argument("--json", action="store_true", help="as data")
    retire = jobs.add_parser("retire")
    retire.add_argument("number", type=int, help="the number of the data key")
    new = jobs.add_parser("new")
    new.add_argument("number", type=int, help="its number: above every other one's")
    new.add_argument("--kind", choices=("data", "index"), default="data")


def run(arguments: argparse.Namespace) -> int:
    """Do the named job on the served database."""
    if arguments.job == "new":
        return _new(arguments)
    with database_at_hand():
        jobs = {"list": _list, "rotate": _rotate, "check": _check, "retire": _retire}
        return jobs[arguments.job](arguments)


def _new(arguments: argparse.Namespace) -> int:
    from yibao.database.sealing_keys import new_key
    from yibao.database.service import use_settings

    use_settings()
    from django.conf import settings

    print(new_key(arguments.kind, arguments.number, settings.SEALING_CIPHER).word())
    return _DONE


def _list(arguments: argparse.Namespace) -> int:
    from yibao.database.sealing import keys
    from yibao.database.sealing_rotation import rows_by_key

    ring, counts = keys().reread(), rows_by_key()
    rows: list[dict[str, Any]] = [
        {
            "kind": key.kind,
            "number": key.number,
            "algorithm": key.algorithm,
            "digest": key.digest(),
            "in_use": key in (ring.newest, ring.finder),
            "values": sum(one.get(key.number, 0) for one in counts.values())
            if key.kind == "data"
            else None,
        }
        for key in (*ring.data.values(), *ring.index.values())
    ]
    missing = sorted({number for one in counts.values() for number in one} - ring.data.keys())
    if arguments.json:
        print(json.dumps({"place": ring.place, "keys": rows, "missing": missing}, indent=1))
        return _FAULTY if missing else _DONE
    print(f"Keys in {ring.place}")
    for row in rows:
        values = "" if row["values"] is None else f"  {row['values']:>10,} values"
        mark = "*" if row["in_use"] else " "
        name = f"{mark} {row['kind']:<5} {row['number']:>4}"
        print(f"{name}  {row['algorithm']:<12} {row['digest']}{values}")
    for number in missing:
        print(f"data key {number} is missing; values lie under it", file=sys.stderr)
    return _FAULTY if missing else _DONE


def _rotate(arguments: argparse.Namespace) -> int:
    from yibao.database import sealing_rotation

    told = _Told()
    if arguments.index:
        key = sealing_rotation.rotate_index(on_chunk=told)
    else:
        key = sealing_rotation.rotate(on_chunk=told)
    if arguments.json:
        print(json.dumps({"kind": key.kind, "number": key.number, "rows": told.done}))
    else:
        print(f"{told.done:,} rows are under {key.kind} key {key.number} ({key.algorithm}).")
    return _DONE


class _Told:
    """Says on standard error how far a run is, a line for every fifty thousand rows."""

    def __init__(self) -> None:
        self.done = self.said = 0

    def __call__(self, step: Any) -> None:
        self.done = step.done
        if self.done - self.said >= 50_000:
            self.said = self.done
            print(f"{step.table}: {step.done:,} of {step.of:,}", file=sys.stderr, flush=True)


def _check(arguments: argparse.Namespace) -> int:
    from yibao.database.sealing_rotation import faults, rows_by_key, tables

    found = list(faults(sample=arguments.sample))
    values = sum(sum(one.values()) for one in rows_by_key().values())
    if arguments.json:
        print(json.dumps({"values": values, "faults": found}, ensure_ascii=False, indent=1))
        return _FAULTY if found else _DONE
    for one in found[:_NAMED]:
        print(one, file=sys.stderr)
    if len(found) > _NAMED:
        print(f"and {len(found) - _NAMED} more", file=sys.stderr)
    word = "faults found" if found else "ok"
    print(f"{values:,} sealed values in {len(tables())} tables: {word}")
    return _FAULTY if found else _DONE


def _retire(arguments: argparse.Namespace) -> int:
    from yibao.database.sealing_rotation import retire

    retire(arguments.number)
    print(f"Data key {arguments.number} is retired. 密钥已停用，请保留其备份直到旧备份过期。")
    return _DONE

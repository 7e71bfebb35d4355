"""Check a region's rulebook, or show it: values, words, cells, differences, history.

`check` reads every layer, runs the proofs and the layers' own cases, and lists what is open and
which readings of our own it rests on; faults are one line each and exit 2. `show` prints values,
steps and clauses with their articles, `prose` the rules as sentences, `cells` every outcome of a
rule as a table, `diff` what a proposal or another day says differently, `history` the dated values
in the order in which they were known. `new` writes the rulebook of a further region.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterator
from pathlib import Path

from yibao.cli.explain import told
from yibao.cli.rulebook.asked import add_edition, add_over, book_of, known_of, year_of
from yibao.cli.rulebook.check import check_books
from yibao.cli.rulebook.diff import compared
from yibao.cli.rulebook.show import cites, history, shown
from yibao.core.refusal import Refusal
from yibao.core.rules import prose
from yibao.core.rules.faults import RulebookFaults
from yibao.rulebook.starter import write_region

__all__ = ["add_arguments", "cites", "run"]

DONE, UNREADABLE = 0, 2


def add_arguments(parser: argparse.ArgumentParser) -> None:
    jobs = parser.add_subparsers(dest="job", required=True)
    job = jobs.add_parser("check", help="read, prove, try the cases; list what is open")
    job.add_argument("--region", help="default: the shared vocabulary and every region")
    add_over(job)
    _add_where(job)
    job = _region_job(jobs, "show", "print rules and values with their articles")
    job.add_argument("rule", nargs="?", help="one rule only (default: all, and the values)")
    job = _region_job(jobs, "prose", "print rules as sentences that a resident can read")
    job.add_argument("rule", nargs="?", help="one rule only (default: all)")
    add_edition(job)
    job = _region_job(jobs, "cells", "print every outcome of a rule as a table")
    job.add_argument("rule")
    job.add_argument("--csv", action="store_true", help="as comma-separated values")
    add_edition(job)
    job = _region_job(jobs, "diff", "print what a proposal, a later day or another year changes")
    job.add_argument("rule", nargs="?", help="one rule's sentences only (default: all)")
    job.add_argument("--from", dest="since", metavar="DATE", help="by what was known on this day …")
    job.add_argument("--to", dest="until", metavar="DATE", help="… and on this one")
    job.add_argument("--years", nargs=2, type=int, metavar="YEAR", help="of two insured years")
    job.add_argument("--person", type=Path, metavar="FILE", help="facts of one person, as JSON")
    job.add_argument("--year", type=int, help="insured year (default: the newest with a value)")
    job.add_argument("--language", choices=("zh", "en"), default="zh")
    job = _region_job(jobs, "history", "print dated values in the order they were known")
    job.add_argument("parameter", nargs="?", help="one parameter only (default: all)")
    job = jobs.add_parser("new", help="write the rulebook of a further region, all open")
    job.add_argument("region", metavar="CODE", help="its code: small letters")
    job.add_argument("--name", required=True, help="its name, as 平遥县")
    job.add_argument("--division", required=True, help="its division code, as 140728")
    job.add_argument("--into", type=Path, default=Path(), help="directory (default: this one)")


def _region_job(
    jobs: argparse._SubParsersAction[argparse.ArgumentParser], name: str, what: str
) -> argparse.ArgumentParser:
    job = jobs.add_parser(name, help=what)
    job.add_argument("--region", required=True)
    add_over(job)
    _add_where(job)
    return job


def _add_where(job: argparse.ArgumentParser) -> None:
    job.add_argument("--settings", type=Path, metavar="FILE", help="lay a settings file over it")
    job.add_argument(
        "--rulebooks", type=Path, metavar="DIR", help="where regions of the office's own stand"
    )


def run(arguments: argparse.Namespace) -> int:
    """Print what was asked for; return the exit code."""
    try:
        if arguments.job == "check":
            return check_books(arguments)
        for line in _JOBS[arguments.job](arguments):
            print(line)
    except RulebookFaults as faults:
        print(faults, file=sys.stderr)
        return UNREADABLE
    except Refusal as refusal:
        code, lines = told(refusal, arguments)
        print("\n".join(lines), file=sys.stderr)
        return code
    return DONE


def _show(arguments: argparse.Namespace) -> Iterator[str]:
    return shown(book_of(arguments), arguments.rule)


def _prose(arguments: argparse.Namespace) -> Iterator[str]:
    book = book_of(arguments)
    year, known = year_of(arguments, book), known_of(arguments)
    for rule in [arguments.rule] if arguments.rule else book.rules:
        edition = book.bind(rule, year=year, known=known)
        label = edition.label.in_language(arguments.language)
        yield f"{rule} {year}" if label == rule else f"{label} ({rule}) {year}"
        yield from prose.lines(edition, arguments.language)
        yield ""


def _cells(arguments: argparse.Namespace) -> Iterator[str]:
    from yibao.cli.rulebook.cells import listed  # NumPy is imported only where columns are

    return listed(arguments)


def _history(arguments: argparse.Namespace) -> Iterator[str]:
    return history(book_of(arguments), arguments.parameter)


def _new(arguments: argparse.Namespace) -> Iterator[str]:
    for path in write_region(
        arguments.into, code=arguments.region, name=arguments.name, division=arguments.division
    ):
        yield str(path)


_JOBS = {
    "cells": _cells,
    "show": _show,
    "prose": _prose,
    "diff": compared,
    "history": _history,
    "new": _new,
}

"""Check a region's rulebook, or print its rules and values with their articles.

`check` reads every layer and lists what is open and which readings of our own it rests on; faults
are one line each and exit 2. `show` prints parameters, steps and clauses, each with its article.
"""

import argparse
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path

from yibao.core.refusal import Refusal
from yibao.core.rules import dates
from yibao.core.rules.book import Rulebook
from yibao.core.rules.facts import to_json
from yibao.core.rules.faults import RulebookFaults
from yibao.core.rules.graph import Cite
from yibao.core.rules.parameters import FOREVER, Dated, Parameter
from yibao.core.rules.rules import Rule
from yibao.rulebook.loader import REGIONS, UnknownRegion, rulebook

DONE, UNREADABLE, SILENT = 0, 2, 3


def add_arguments(parser: argparse.ArgumentParser) -> None:
    jobs = parser.add_subparsers(dest="job", required=True)
    check = jobs.add_parser("check", help="read every layer; list open settings and readings")
    show = jobs.add_parser("show", help="print rules and values with their articles")
    show.add_argument("rule", nargs="?", help="one rule only (default: all, and the values)")
    for job in (check, show):
        one = job is show
        job.add_argument("--region", required=one, help="default: every region")
        job.add_argument(
            "--settings", type=Path, metavar="FILE", help="lay a settings file over it"
        )


def run(arguments: argparse.Namespace) -> int:
    """Print what was asked for; return the exit code."""
    regions = [arguments.region] if arguments.region else list(REGIONS)
    try:
        for region in regions:
            book = rulebook(region, settings=arguments.settings)
            lines = _check(region, book) if arguments.job == "check" else _show(book, arguments)
            print("\n".join(lines))
    except RulebookFaults as faults:
        print(faults, file=sys.stderr)
        return UNREADABLE
    except Refusal as refusal:
        print(refusal.sentence("en"), file=sys.stderr)
        return SILENT if isinstance(refusal, UnknownRegion) else UNREADABLE
    return DONE


def _check(region: str, book: Rulebook) -> Iterator[str]:
    yield f"{region}: {', '.join(book.rules)}; hash {book.text_hash}"
    for setting in book.open_settings():
        yield f"  open  {setting.name}: {setting.reason} ({setting.file}:{setting.line})"
    for cite in sorted({cite for cite in cites(book) if cite.ours}, key=lambda cite: cite.article):
        summary = book.sources[cite.source].articles.get(cite.article)
        yield f"  ours  {cite}: {summary.zh if summary else ''}"


def cites(book: Rulebook) -> Iterator[Cite]:
    """Every citation of a rulebook's values, presumptions, steps and clauses."""
    for parameter in book.parameters.values():
        for dated in parameter.values:
            yield from (dated.cite, *dated.row_cites.values())
    for fact in book.facts.values():
        if fact.absent is not None:
            yield fact.absent.cite
    for rule in book.rules.values():
        for step in rule.steps.values():
            yield from (cite for cite in (step.cite, step.order) if cite and cite.source)
            for clause in step.clauses:
                yield from (clause.cite, *(cite for _, cite in clause.over))


def _show(book: Rulebook, arguments: argparse.Namespace) -> Iterator[str]:
    if arguments.rule is not None:
        book.bind(arguments.rule, year=dates.parts(0)[0])  # refuses a rule that is not there
        yield from _rule(book.rules[arguments.rule])
        return
    for parameter in book.parameters.values():
        yield from _parameter(parameter)
    for rule in book.rules.values():
        yield from _rule(rule)


def _rule(rule: Rule) -> Iterator[str]:
    yield f"{rule.name} → {', '.join(name for name, _ in rule.result)}"
    for step in rule.steps.values():
        cite = f"  〔{step.cite}〕" if step.cite.source else ""
        yield f"  {step.name}  {step.label_zh}{cite}"
        if step.decision in ("", step.name) or step is _first_of(rule, step.decision):
            for clause in step.clauses:
                yield f"    · {clause.name}  〔{clause.cite}〕"


def _first_of(rule: Rule, decision: str) -> object:
    return next(step for step in rule.steps.values() if step.decision == decision)


def _parameter(parameter: Parameter) -> Iterator[str]:
    yield f"{parameter.name}  {parameter.label.zh} ({parameter.type})"
    if parameter.open:
        yield f"  open: {parameter.open}"
    for dated in parameter.values:
        since = dates.to_date(dated.since).isoformat()
        until = "" if dated.until == FOREVER else dates.to_date(dated.until).isoformat()
        yield f"  {since}..{until}  {_value(parameter, dated)}"


def _value(parameter: Parameter, dated: Dated) -> str:
    if dated.open:
        return f"open: {dated.open}"
    if not parameter.by:
        return f"{_plain(to_json(dated.value, parameter.type))}  〔{dated.cite}〕"
    rows = (
        f"{' '.join(map(str, key))}: {_plain(to_json(value, parameter.type))}"
        f"  〔{dated.row_cites.get(key, dated.cite)}〕"
        for key, value in dated.rows.items()
    )
    return _joined(rows)


def _joined(rows: Iterable[str]) -> str:
    return "\n    ".join(["", *rows])


def _plain(value: object) -> str:
    return ", ".join(map(str, value)) if isinstance(value, list) else str(value)

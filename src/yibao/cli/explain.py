"""Decide one case by a region's rules, and say why, article by article.

Facts come as JSON on standard input, the answer goes as JSON to standard output. Exit 2: the input
cannot be read, one line for each fault. Exit 3: the region's text is silent, or a setting is open.
"""

import argparse
import json
import sys
from datetime import date
from pathlib import Path
from typing import NoReturn

from yibao.core.refusal import Refusal
from yibao.core.rules.book import UnknownRule
from yibao.core.rules.facts import FactFaults
from yibao.core.rules.faults import RulebookFaults
from yibao.core.rules.scalar import NoClauseHolds, Silent
from yibao.rulebook.explain import Question, explain
from yibao.rulebook.loader import UnknownRegion, rulebook

DONE, UNREADABLE, SILENT = 0, 2, 3


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("rule", help="contribution, eligibility, subsidy, coverage, benefit …")
    parser.add_argument("--region", required=True, help="whose rulebook decides")
    parser.add_argument("--known", metavar="DATE", help="decide by what was published on this day")
    parser.add_argument("--settings", type=Path, metavar="FILE", help="close open settings by it")
    parser.add_argument("--rulebooks", type=Path, metavar="DIR", help="where own regions stand")
    parser.add_argument("--language", choices=("zh", "en"), default="zh", help="of the labels")


def run(arguments: argparse.Namespace) -> int:
    """Print the answer, or one line for each reason why there is none; return the exit code."""
    try:
        book = rulebook(arguments.region, settings=arguments.settings, folder=arguments.rulebooks)
        known = read_day(arguments.known)
        data = read_facts_text(sys.stdin.buffer.read())
        question = Question(book, arguments.region, arguments.rule, known, arguments.language)
        answer = explain(question, data)
    except Refusal as refusal:
        code, lines = told(refusal, arguments)
        print("\n".join(lines), file=sys.stderr)
        return code
    print(json.dumps(answer, ensure_ascii=False, indent=2))
    return DONE


class InputUnreadable(Refusal):
    """The facts, or the day of `--known`, are no text that can be read at all."""

    code = "E192"
    message = "{why}"
    remedy = "请改正后重试"
    message_en = "{why}"
    remedy_en = "Correct it and try again"
    why: str


def told(refusal: Refusal, arguments: argparse.Namespace) -> tuple[int, list[str]]:
    """The exit code of a refusal, and its lines."""
    silent = "this region's text is silent on"
    match refusal:
        case Silent():
            return SILENT, [f"{silent} “{refusal.name}”: {refusal.reason}"]
        case UnknownRegion():
            return SILENT, [f"{silent} everything: {refusal.sentence('en')}"]
        case UnknownRule():
            return SILENT, [f"{silent} “{arguments.rule}”: {refusal.sentence('en')}"]
        case NoClauseHolds():
            return SILENT, [f"{silent} this case: {refusal.sentence('en')}"]
        case InputUnreadable():
            return UNREADABLE, [refusal.why]
        case FactFaults() | RulebookFaults():
            return UNREADABLE, str(refusal).splitlines()
        case _:
            return UNREADABLE, [refusal.sentence("en")]


def read_day(text: str | None) -> date | None:
    """The day of `--known`. Raises InputUnreadable."""
    if text is None:
        return None
    try:
        return date.fromisoformat(text)
    except ValueError as wrong:
        raise InputUnreadable(why=f"--known: “{text}” is not a date like 2020-10-13") from wrong


def read_facts_text(raw: bytes) -> dict[str, object]:
    """The facts as a JSON object. Raises InputUnreadable."""
    try:
        found = json.loads(
            raw.decode("utf-8-sig"), object_pairs_hook=_once_each, parse_constant=_no_number
        )
    except UnicodeDecodeError as wrong:
        raise InputUnreadable(why="the input is not UTF-8 text") from wrong
    except json.JSONDecodeError as wrong:
        why = f"the input is not JSON: line {wrong.lineno} column {wrong.colno}: {wrong.msg}"
        raise InputUnreadable(why=why) from wrong
    except RecursionError as wrong:
        raise InputUnreadable(why="the input is nested too deeply") from wrong
    if not isinstance(found, dict):
        raise InputUnreadable(why="the input is JSON, but not an object of facts")
    return found


def _once_each(pairs: list[tuple[str, object]]) -> dict[str, object]:
    found = dict(pairs)
    if len(found) < len(pairs):
        names = [name for name, _ in pairs]
        twice = next(name for name in names if names.count(name) > 1)
        raise InputUnreadable(why=f"the input gives “{twice}” twice")
    return found


def _no_number(word: str) -> NoReturn:
    raise InputUnreadable(why=f"the input is not JSON: {word} is no number")

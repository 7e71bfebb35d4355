"""`yibao rulebook check`: every layer read, every proof run, every case asked."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterator, Sequence

from yibao.cli.rulebook.asked import texts_of
from yibao.cli.rulebook.show import cites
from yibao.core.rules import dates, dependence
from yibao.core.rules.book import LayerText, Rulebook
from yibao.core.rules.faults import RulebookFaults
from yibao.core.rules.proofs import prove
from yibao.rulebook.cases import Case, books_over, cases_of, run_cases, unreached_clauses
from yibao.rulebook.loader import NATIONAL, REGIONS, overlaid, regions_in

DONE, UNREADABLE = 0, 2


def check_books(arguments: argparse.Namespace) -> int:
    """Check the region asked for, else the vocabulary and every region; return the exit code."""
    everything = (NATIONAL, *REGIONS, *regions_in(arguments.rulebooks))
    regions = [arguments.region] if arguments.region else list(dict.fromkeys(everything))
    code = DONE
    for region in regions:
        faults = list(_checked(region, texts_of(arguments, region)))
        if faults:
            print("\n".join(faults), file=sys.stderr)
            code = UNREADABLE
    return code


def _checked(region: str, texts: tuple[LayerText, ...]) -> Iterator[str]:
    """Print what a rulebook holds and leaves open; yield what is wrong with it, a line each."""
    try:
        book = overlaid(texts)
    except RulebookFaults as faults:
        yield from map(str, faults.faults)
        return
    proof = prove(book)
    cases = [case for layer in texts for case in cases_of(layer.text, region, layer.name)]
    print("\n".join(_told(region, book)))
    for note in proof.notes:
        print(f"  note  {note}")
    for line in _untried(book, cases, texts):
        print(line)
    yield from map(str, proof.faults)
    wrong = run_cases(book, region, cases, book_for=books_over(texts))
    yield from (f"case {line}" for line in wrong)


def _told(region: str, book: Rulebook) -> Iterator[str]:
    rules = ", ".join(book.rules) or f"{len(book.facts)} facts, no rules"
    yield f"{region}: {rules}; hash {book.text_hash}"
    for setting in book.open_settings():
        yield f"  open  {setting.name}: {setting.reason} ({setting.file}:{setting.line})"
    for cite in sorted({cite for cite in cites(book) if cite.ours}, key=lambda cite: cite.article):
        summary = book.sources[cite.source].articles.get(cite.article)
        yield f"  ours  {cite}: {summary.zh if summary else ''}"


def _untried(book: Rulebook, cases: Sequence[Case], texts: Sequence[LayerText]) -> Iterator[str]:
    """Where layers bring cases of their own: how many, and the clauses that none of them tries."""
    if not cases:
        return
    yield f"  cases {len(cases)}"
    decisions = set(_decisions(book, {case.rule for case in cases}))
    for line in unreached_clauses(book, cases, book_for=books_over(texts)):
        clause = line.partition(" ")[2]
        if clause.partition(":")[0] in decisions:
            yield f"  note  no case is decided by {clause}"


def _decisions(book: Rulebook, rules: set[str]) -> Iterator[str]:
    """The lists of clauses that some rules read."""
    for name in rules & book.rules.keys():
        rule = book.rules[name]
        edition = book.bind(name, year=dates.parts(0)[0])
        yield from (rule.steps[step].decision for step in dependence.of_rule(edition).steps)

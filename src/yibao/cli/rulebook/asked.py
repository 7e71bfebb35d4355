"""Which rulebook a command is asked about: region, settings, overlays, and the year to show."""

from __future__ import annotations

import argparse
from collections.abc import Iterator
from datetime import date
from pathlib import Path

from yibao.cli.explain import read_day
from yibao.core.rules import dates
from yibao.core.rules.book import LayerText, Rulebook
from yibao.rulebook.loader import overlaid, overlay, read_text, settled


def texts_of(arguments: argparse.Namespace, region: str) -> tuple[LayerText, ...]:
    """Return the layers that a command names, lowest first.

    Raises UnknownRegion, SettingsUnreadable, NotAProposal.
    """
    plain = settled(region, settings=arguments.settings, folder=arguments.rulebooks)
    return (*plain, *_over(arguments))


def _over(arguments: argparse.Namespace) -> Iterator[LayerText]:
    for path in getattr(arguments, "overlay", None) or ():
        yield overlay(read_text(path), path.name)
    path = getattr(arguments, "proposal", None)
    if path is not None:
        yield overlay(read_text(path), path.name, only_proposals=True)


def book_of(arguments: argparse.Namespace) -> Rulebook:
    """Return the rulebook that a command names. Raises as `texts_of`, and RulebookFaults."""
    return overlaid(texts_of(arguments, arguments.region))


def plain_book_of(arguments: argparse.Namespace) -> Rulebook:
    """Return the same rulebook without overlays and proposal."""
    layers = settled(arguments.region, settings=arguments.settings, folder=arguments.rulebooks)
    return overlaid(layers)


def year_of(arguments: argparse.Namespace, book: Rulebook) -> int:
    """Return the insured year that was asked for, else the newest in which a value begins."""
    if arguments.year is not None:
        return int(arguments.year)
    begins = [v.since for parameter in book.parameters.values() for v in parameter.values]
    return dates.year_of(max(begins, default=0))


def known_of(arguments: argparse.Namespace) -> date | None:
    """Return the day of `--known`. Raises InputUnreadable."""
    return read_day(arguments.known)


def add_over(job: argparse.ArgumentParser) -> None:
    """Let a command take overlays and a proposal."""
    job.add_argument(
        "--overlay",
        type=Path,
        action="append",
        metavar="FILE",
        help="lay an issued overlay over it",
    )
    job.add_argument("--proposal", type=Path, metavar="FILE", help="lay a proposal over it")


def add_edition(job: argparse.ArgumentParser) -> None:
    """Let a command take an insured year, a known day and a language."""
    job.add_argument("--year", type=int, help="insured year (default: the newest with a value)")
    job.add_argument("--known", metavar="DATE", help="by what was published on this day")
    job.add_argument("--language", choices=("zh", "en"), default="zh")

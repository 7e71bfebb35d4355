"""The hand-worked cases of tests/cases/<region>/*.yaml; a region joins by having a folder there."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Any

import yibao.cli
from yibao.core.rules.book import Rulebook
from yibao.rulebook import cases
from yibao.rulebook.cases import Case
from yibao.rulebook.loader import layers, rulebook

HERE = Path(__file__).parent
SETTINGS = Path(yibao.cli.__file__).parent / "demo_settings"
REGIONS = tuple(sorted({path.parent.name for path in HERE.glob("*/*.yaml")}))


def read_yaml(path: Path) -> Any:
    return cases.read_plain(path.read_text(encoding="utf-8"), path.name)


@cache
def cases_of(region: str) -> tuple[Case, ...]:
    return cases.cases_in(HERE / region, region)


def all_cases() -> list[Case]:
    """Every case of every region, in the order of the files."""
    return [case for region in REGIONS for case in cases_of(region)]


@cache
def books(region: str) -> cases.BookFor:
    """A region's rulebook for a case, its settings laid over it."""
    laid = cases.books_over(layers(region), SETTINGS)
    return lambda case: laid(case) if case.has_settings else rulebook(region)


def differs(case: Case, book: Rulebook | None = None) -> str:
    """What the region's rulebook, or another, answers otherwise than the case says."""
    return cases.differs(case, book or books(case.region)(case))

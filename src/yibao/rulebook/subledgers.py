"""The charts of the sub-ledgers, read from `national/subledgers.yaml`."""

from __future__ import annotations

import functools
from importlib import resources

import yaml

from yibao.core.books.chart import NORMAL_SIDE, Account, Chart

NAMES = ("dues", "custody", "institutions")


@functools.cache
def subledger_chart(name: str) -> Chart:
    """Return the chart of one of `NAMES`."""
    place = resources.files("yibao.rulebook") / "national" / "subledgers.yaml"
    rows = yaml.safe_load(place.read_text(encoding="utf-8"))[name]
    return Chart(Account(normal=NORMAL_SIDE[row["kind"]], **row) for row in rows)

"""How long typing that was not sent is kept, and how long a sent form is remembered."""

from dataclasses import dataclass
from datetime import timedelta
from functools import cache
from importlib.resources import files
from typing import Any

import yaml


@dataclass(frozen=True, slots=True)
class Drafts:
    """How long typing and sent forms are kept, and how much of a form."""

    kept_for: timedelta
    most_bytes: int
    sent_for: timedelta
    answer_within: timedelta


@cache
def drafts() -> Drafts:
    """Return the limits of `national/drafts.yaml`."""
    place = files("yibao.rulebook").joinpath("national", "drafts.yaml")
    with place.open(encoding="utf-8") as file:
        table: Any = yaml.load(file, yaml.CSafeLoader)
    kept, sent = table["drafts"], table["sent_forms"]
    return Drafts(
        kept_for=timedelta(hours=kept["kept_hours"]),
        most_bytes=kept["most_bytes"],
        sent_for=timedelta(hours=sent["kept_hours"]),
        answer_within=timedelta(seconds=sent["answer_seconds"]),
    )

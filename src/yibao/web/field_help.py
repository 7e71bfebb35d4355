"""What stands behind the “?” beside a field, and the place of the article that says it."""

from dataclasses import dataclass
from datetime import date
from functools import cache
from importlib.resources import files
from typing import Any

import yaml
from django.forms import BoundField
from django.utils.translation import get_language

from yibao.apps.access.rulebooks import article_of

_SUBSYSTEM = 2


@dataclass(frozen=True, slots=True)
class FieldHelp:
    """The words in the page's language, and the article's place where the region has one."""

    words: str
    place: str


def help_of(bound: BoundField, *, region: str, year: int) -> FieldHelp | None:
    """Return the help of a field, if any is written."""
    kind = type(bound.form)
    parts = kind.__module__.split(".")
    if len(parts) <= _SUBSYSTEM:
        return None
    found = _table().get(f"{parts[_SUBSYSTEM]}.{kind.__name__}", {}).get(bound.name)
    if found is None:
        return None
    language = "en" if (get_language() or "").startswith("en") else "zh"
    place = ""
    if region and "rule" in found:
        place = article_of(region, found["rule"], on=date(year, 1, 1))
    return FieldHelp(found[language], place)


@cache
def _table() -> dict[str, Any]:
    place = files("yibao.console").joinpath("field_help.yaml")
    with place.open(encoding="utf-8") as file:
        found: dict[str, Any] = yaml.load(file, yaml.CSafeLoader)
    return found

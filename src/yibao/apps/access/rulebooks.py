"""The rulebook that an office decides by: its region's, with its own decided settings laid over it.

What a regulation leaves open the office decides, with authority and document, in a file
`<region>.yaml` of the directory `RULEBOOK_SETTINGS` (in the home: `settings/`).
"""

from datetime import date
from pathlib import Path

from django.conf import settings

from yibao.core.rules.book import Rulebook
from yibao.core.rules.dates import to_number
from yibao.core.rules.parameters import FOREVER
from yibao.rulebook.loader import UnknownRegion, rulebook


def settings_directory() -> Path:
    """Return where the office keeps its decided settings."""
    return Path(settings.RULEBOOK_SETTINGS or settings.HOME.path.joinpath("settings"))


def book_of(region: str) -> Rulebook:
    """Return the region's rulebook with the office's settings, if it has decided any.

    Raises what `yibao.rulebook.loader.rulebook` raises.
    """
    decided = settings_directory().joinpath(f"{region}.yaml")
    return rulebook(region, settings=decided if decided.is_file() else None)


def article_of(region: str, parameter: str, *, on: date) -> str:
    """Return the article that gives a parameter its value on a day: "方案 四(二)".

    "" where no rulebook of the region knows it, or its text is silent.
    """
    try:
        found = book_of(region).parameters.get(parameter)
    except UnknownRegion:
        return ""
    in_force = found.at(to_number(on), FOREVER) if found else None
    return "" if in_force is None or in_force.open else str(in_force.cite)

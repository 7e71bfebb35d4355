"""The rulebook that an office decides by: its region's, with its own decided settings laid over it.

What a regulation leaves open the office decides, with authority and document, in a file
`<region>.yaml` of the directory `RULEBOOK_SETTINGS` (in the home: `settings/`).
"""

from pathlib import Path

from django.conf import settings

from yibao.core.rules.book import Rulebook
from yibao.rulebook.loader import rulebook


def settings_directory() -> Path:
    """Return where the office keeps its decided settings."""
    return Path(settings.RULEBOOK_SETTINGS or settings.HOME.path / "settings")


def book_of(region: str) -> Rulebook:
    """Return the region's rulebook with the office's settings, if it has decided any.

    Raises what `yibao.rulebook.loader.rulebook` raises.
    """
    decided = settings_directory() / f"{region}.yaml"
    return rulebook(region, settings=decided if decided.is_file() else None)

"""The only reader of the regions' rulebooks: national layer, region, and settings laid over it.

A rulebook is read once a process; a settings file is read each time it is asked for, and kept by
its text, so that a changed file is a new rulebook with a hash of its own.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from functools import cache, lru_cache
from importlib.resources import files
from importlib.resources.abc import Traversable
from pathlib import Path

from yibao.core.calendar import OrdinalCalendar
from yibao.core.refusal import Refusal
from yibao.core.rules.book import LayerText, Rulebook, read_rulebook
from yibao.rulebook.national import working_calendar

_ROOT = files("yibao.rulebook")
_NATIONAL = "national"
_FIRST = "sources.yaml"
_NATIONAL_RULES = (_FIRST, "enumerations.yaml", "facts.yaml")
_SETTINGS = "settings"


class UnknownRegion(Refusal):
    """Raised by `rulebook` for a region that has no rulebook here."""

    code = "E190"
    message = "没有“{region}”的规则库"
    remedy = "现有：{known}"
    message_en = "There is no rulebook of “{region}”"
    remedy_en = "There are: {known}"
    region: str


class SettingsUnreadable(Refusal):
    """Raised by `rulebook` for a settings file that cannot be opened or is not UTF-8 text."""

    code = "E191"
    message = "无法读取设置文件 {path}：{why}"
    remedy = "请核对路径和编码(UTF-8)"
    message_en = "The settings file {path} cannot be read: {why}"
    remedy_en = "Check the path, and that it is UTF-8 text"


@dataclass(frozen=True, slots=True)
class _Calendar:
    """Working days, with the fingerprint of the holiday table that they come from."""

    days: OrdinalCalendar
    fingerprint: str

    def add_working_days(self, date_ordinal: int, n: int) -> int:
        return self.days.add_working_days(date_ordinal, n)


def _regions() -> tuple[str, ...]:
    folders = (place for place in _ROOT.iterdir() if place.is_dir() and place.name != _NATIONAL)
    return tuple(sorted(place.name for place in folders if place.joinpath(_FIRST).is_file()))


REGIONS = _regions()


def rulebook(region: str, *, settings: Path | None = None) -> Rulebook:
    """Return the rulebook of a region, with a settings file laid over it if one is given.

    Raises UnknownRegion, SettingsUnreadable, and RulebookFaults with every fault found.
    """
    if region not in REGIONS:
        raise UnknownRegion(region=region, known=", ".join(REGIONS))
    if settings is None:
        return _plain(region)
    try:
        text = settings.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as wrong:
        why = getattr(wrong, "strerror", None) or "not UTF-8"
        raise SettingsUnreadable(path=settings.name, why=why) from wrong
    return _with_settings(region, LayerText(settings.name, text, _SETTINGS))


@cache
def layers(region: str) -> tuple[LayerText, ...]:
    """Return the files of a region's rulebook as text, lowest layer first."""
    shared = _ROOT.joinpath(_NATIONAL)
    own = _ROOT.joinpath(region)
    named = sorted(
        (place for place in own.iterdir() if place.name.endswith(".yaml")),
        key=lambda place: (place.name != _FIRST, place.name),
    )
    return (
        *(_layer(shared.joinpath(name), _NATIONAL) for name in _NATIONAL_RULES),
        *(_layer(place, region) for place in named),
    )


@cache
def calendar() -> _Calendar:
    """Return the working calendar as rulebooks take it."""
    table = _ROOT.joinpath(_NATIONAL, "holidays.yaml").read_bytes()
    return _Calendar(working_calendar().ordinals, hashlib.sha256(table).hexdigest())


@cache
def _plain(region: str) -> Rulebook:
    return read_rulebook(layers(region), calendar=calendar())


@lru_cache(maxsize=16)
def _with_settings(region: str, settings: LayerText) -> Rulebook:
    return read_rulebook((*layers(region), settings), calendar=calendar())


def _layer(place: Traversable, layer: str) -> LayerText:
    return LayerText(f"{layer}/{place.name}", place.read_text(encoding="utf-8"), layer)

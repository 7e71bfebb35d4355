"""The only reader of the regions' rulebooks: national layer, region, and what is laid over it.

A rulebook is read once a process; a settings file is read each time it is asked for, and kept by
its text, so that a changed file is a new rulebook with a hash of its own. A region may also stand
in a directory of the office (`folder`), one folder a region, as `yibao rulebook new` writes it.
A proposal is laid over a region for whoever asks, and never becomes what `rulebook` returns.
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
from yibao.core.rules.faults import FaultLog
from yibao.core.rules.overlay import PROPOSAL
from yibao.core.rules.text import Text, compose
from yibao.rulebook.national import working_calendar

_ROOT = files("yibao.rulebook")
NATIONAL = "national"
_FIRST = "sources.yaml"
_SHARED = (_FIRST, "enumerations.yaml", "facts.yaml")
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


class NotAProposal(Refusal):
    """Raised by `proposal` for an overlay whose authority is an office: that is to be issued."""

    code = "E197"
    message = "{file}：该文件的 authority 不是 proposal，不能作为建议方案"
    remedy = "建议方案请写 authority: proposal；已发布的文件请作为规则或设置载入"
    message_en = "{file} is no proposal: its authority is not “proposal”"
    remedy_en = "Write authority: proposal, or lay what was issued as a layer or as settings"


@dataclass(frozen=True, slots=True)
class _Calendar:
    """Working days, with the fingerprint of the holiday table that they come from."""

    days: OrdinalCalendar
    fingerprint: str

    def add_working_days(self, date_ordinal: int, n: int) -> int:
        return self.days.add_working_days(date_ordinal, n)


def _regions() -> tuple[str, ...]:
    folders = (place for place in _ROOT.iterdir() if place.is_dir() and place.name != NATIONAL)
    return tuple(sorted(place.name for place in folders if place.joinpath(_FIRST).is_file()))


REGIONS = _regions()


def rulebook(region: str, *, settings: Path | None = None, folder: Path | None = None) -> Rulebook:
    """Return the rulebook of a region, with a settings file laid over it if one is given.

    `national` is the shared vocabulary alone. With `folder`, a region that stands there is read
    from there. Raises UnknownRegion, SettingsUnreadable, and RulebookFaults with every fault found.
    """
    if settings is None and folder is None:
        if region not in (NATIONAL, *REGIONS):
            raise UnknownRegion(region=region, known=", ".join(REGIONS))
        return _plain(region)
    return _read(settled(region, settings=settings, folder=folder))


def settled(
    region: str, *, settings: Path | None = None, folder: Path | None = None
) -> tuple[LayerText, ...]:
    """Return the layers of a region and the settings file over them. Raises as `rulebook`."""
    return (*layers(region, folder), *_settings(settings))


def proposal(
    region: str,
    text: str,
    *,
    file: str = "proposal.yaml",
    settings: Path | None = None,
    folder: Path | None = None,
) -> Rulebook:
    """Return a region's rulebook with a proposal laid over it, under the proposal's own name.

    The rulebook that decides stays what it is. Raises NotAProposal, and as `rulebook`.
    """
    laid = overlay(text, file, only_proposals=True)
    return overlaid((*settled(region, settings=settings, folder=folder), laid))


def overlaid(texts: tuple[LayerText, ...]) -> Rulebook:
    """Return the rulebook of some layers, lowest first. Raises RulebookFaults."""
    return _read(texts)


def overlay(text: str, file: str, *, only_proposals: bool = False) -> LayerText:
    """Return an overlay as a layer named as its `overlay:` says. Raises NotAProposal."""
    tree = compose(file=file, text=text, layer=PROPOSAL, log=FaultLog())
    authority = tree.get("authority") if tree else None
    if only_proposals and isinstance(authority, Text) and authority.value != PROPOSAL:
        raise NotAProposal(file=file)
    name = tree.get("overlay") if tree else None
    return LayerText(file, text, name.value if isinstance(name, Text) else PROPOSAL)


def layers(region: str, folder: Path | None = None) -> tuple[LayerText, ...]:
    """Return the files of a region's rulebook as text, lowest layer first. Raises UnknownRegion."""
    if folder is not None and folder.joinpath(region, _FIRST).is_file():
        return (*_packaged(NATIONAL), *_own(folder.joinpath(region), region))
    if region not in (NATIONAL, *REGIONS):
        raise UnknownRegion(region=region, known=", ".join((*REGIONS, *regions_in(folder))))
    return _packaged(region)


def regions_in(folder: Path | None) -> tuple[str, ...]:
    """Return the regions that stand in a directory, by name."""
    if folder is None or not folder.is_dir():
        return ()
    return tuple(sorted(p.name for p in folder.iterdir() if p.joinpath(_FIRST).is_file()))


@cache
def _packaged(region: str) -> tuple[LayerText, ...]:
    """The files that this program brings; of `national` the vocabulary alone."""
    if region == NATIONAL:
        shared = _ROOT.joinpath(NATIONAL)
        return tuple(_layer(shared.joinpath(name), NATIONAL) for name in _SHARED)
    return (*_packaged(NATIONAL), *_own(_ROOT.joinpath(region), region))


def _own(place: Traversable, region: str) -> tuple[LayerText, ...]:
    named = sorted(
        (file for file in place.iterdir() if file.name.endswith(".yaml")),
        key=lambda file: (file.name != _FIRST, file.name),
    )
    return tuple(_layer(file, region) for file in named)


def _settings(path: Path | None) -> tuple[LayerText, ...]:
    """A settings file as a layer. Raises SettingsUnreadable."""
    if path is None:
        return ()
    return (LayerText(path.name, read_text(path), _SETTINGS),)


def read_text(path: Path) -> str:
    """Return a file of the office as text. Raises SettingsUnreadable."""
    try:
        return path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as wrong:
        why = getattr(wrong, "strerror", None) or "not UTF-8"
        raise SettingsUnreadable(path=path.name, why=why) from wrong


@cache
def calendar() -> _Calendar:
    """Return the working calendar as rulebooks take it."""
    table = _ROOT.joinpath(NATIONAL, "holidays.yaml").read_bytes()
    return _Calendar(working_calendar().ordinals, hashlib.sha256(table).hexdigest())


@cache
def _plain(region: str) -> Rulebook:
    return read_rulebook(_packaged(region), calendar=calendar())


@lru_cache(maxsize=16)
def _read(texts: tuple[LayerText, ...]) -> Rulebook:
    return read_rulebook(texts, calendar=calendar())


def _layer(place: Traversable, layer: str) -> LayerText:
    return LayerText(f"{layer}/{place.name}", place.read_text(encoding="utf-8"), layer)

"""The rulebook that an office decides by: its region's, with what the office decided laid over it.

Over the region's files lie, in this order: the settings file `<region>.yaml` of the directory
`RULEBOOK_SETTINGS` (in the home: `settings/`), if there is one; then every `RulebookLayer` that two
persons activated. How an activation reaches a decision without a statement more:
docs/decisions/0007-policy-app.md.
"""

import hashlib
import threading
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from pathlib import Path

from django.conf import settings

from yibao.apps.access.models import PoolingRegion, RulebookLayer
from yibao.core.rules.book import LayerText, Rulebook, read_rulebook
from yibao.core.rules.dates import to_number
from yibao.core.rules.parameters import FOREVER
from yibao.rulebook.loader import UnknownRegion, calendar, layers, rulebook

SETTINGS = "settings"
# Rulebooks kept in memory: the newest of each region, those that decided before, drafts.
_KEPT = 48
_noted = threading.local()


@dataclass(frozen=True, slots=True)
class Laid:
    """An activated layer as text, with the day it was activated and what it made of the book."""

    files: tuple[LayerText, ...]
    activated_on: date
    mark: str
    text_hash: str


def settings_directory() -> Path:
    """Return where the office keeps its decided settings."""
    return Path(settings.RULEBOOK_SETTINGS or settings.HOME.path.joinpath("settings"))


def note(region: str, mark: str) -> None:
    """Take down which layers the region decides by, for this thread, until it is told otherwise.

    Called with the clock at the beginning of every request, so that one request decides by one
    rulebook, and the next by the newest.
    """
    _marks()[region] = mark


def book_of(region: str, *, known: date | None = None) -> Rulebook:
    """Return the rulebook that the office decides by; `known`: as it was activated on that day.

    Raises what `yibao.rulebook.loader.rulebook` raises.
    """
    laid = _laid(region)
    if known is not None:
        laid = tuple(one for one in laid if one.activated_on <= known)
    return _book(region, laid)


def book_that_decided(region: str, *, text_hash: str) -> Rulebook:
    """Return the rulebook with this text hash; the newest where there is none any more.

    So a decision is replayed by what decided it, though something was activated since.
    """
    laid = _laid(region)
    for end in range(len(laid), 0, -1):
        if laid[end - 1].text_hash == text_hash:
            return _book(region, laid[:end])
    plain = _book(region, ())
    return plain if plain.text_hash == text_hash else _book(region, laid)


def layers_of(region: str, *, before: str = "") -> tuple[LayerText, ...]:
    """Return every text that the office's rulebook is read from, lowest first.

    `before` names a layer: it and those above it are left out.
    """
    files = [file for one in _laid(region) for file in one.files]
    names = [file.layer for file in files]
    end = names.index(before) if before in names else len(files)
    return (*_base(region), *files[:end])


def book_below(region: str, layer: str) -> Rulebook:
    """Return the rulebook below a layer: before it was activated, or as it stands without it."""
    if layer not in {file.layer for one in _laid(region) for file in one.files}:
        return book_of(region)
    return read_files(layers_of(region, before=layer))


def book_with(region: str, *draft: LayerText) -> Rulebook:
    """Return the rulebook below a draft with the draft on top. Raises RulebookFaults."""
    return read_files((*layers_of(region, before=draft[0].layer), *draft))


def files_of(name: str, head: str, body: str) -> tuple[LayerText, ...]:
    """Return a layer as its files: what was proposed, and authority and paper beside it."""
    rules = (LayerText(f"{name}.yaml", body, name),) if body.strip() else ()
    return (LayerText(f"{name}-head.yaml", head, name), *rules)


def mark_of(before: str, name: str, head: str, body: str) -> str:
    """Return the mark of a layer upon the mark before it."""
    words = "\0".join((before, name, head, body))
    return hashlib.sha256(words.encode()).hexdigest()


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


def _marks() -> dict[str, str]:
    if not hasattr(_noted, "marks"):
        _noted.marks = {}
    return _noted.marks  # type: ignore[no-any-return]


def _laid(region: str) -> tuple[Laid, ...]:
    """The region's layers up to the noted mark; read from the database once a mark and process."""
    marks = _marks()
    if region not in marks:
        marks[region] = _mark_in_force(region)
    if not marks[region]:
        return ()
    found = _stored(region, marks[region])
    if not found:
        # Noted in a transaction that was rolled back.
        marks[region] = _mark_in_force(region)
        found = _stored(region, marks[region]) if marks[region] else ()
    return found


def _mark_in_force(region: str) -> str:
    found = PoolingRegion.objects.filter(code=region).values_list("rulebook_mark", flat=True)
    return found.first() or ""


def _stored(region: str, mark: str) -> tuple[Laid, ...]:
    if (region, mark) not in _LAYERS:
        found = _read_layers(region, mark)
        if not found:
            return ()
        _LAYERS[region, mark] = found
    return _LAYERS[region, mark]


# By mark, which is a digest of all texts: what is found here is never out of date.
_LAYERS: dict[tuple[str, str], tuple[Laid, ...]] = {}


def _read_layers(region: str, mark: str) -> tuple[Laid, ...]:
    laid: list[Laid] = []
    before = ""
    for row in RulebookLayer.objects.filter(region=region).order_by("number"):
        before = mark_of(before, row.name, row.head, row.body)
        assert before == row.mark, f"layer {row.number} of {region} is not what was activated"
        files = files_of(row.name, row.head, row.body)
        laid.append(Laid(files, row.activated_on, row.mark, row.text_hash))
        if row.mark == mark:
            return tuple(laid)
    return ()


def _settings_file(region: str) -> Path | None:
    decided = settings_directory().joinpath(f"{region}.yaml")
    return decided if decided.is_file() else None


def _base(region: str) -> tuple[LayerText, ...]:
    file = _settings_file(region)
    if file is None:
        return layers(region)
    return (*layers(region), LayerText(file.name, file.read_text(encoding="utf-8"), SETTINGS))


def _book(region: str, laid: tuple[Laid, ...]) -> Rulebook:
    """Read the region's rulebook with these layers; the file is looked at each time."""
    plain = rulebook(region, settings=_settings_file(region))
    if not laid:
        return plain
    return read_files((*_base(region), *(file for one in laid for file in one.files)))


@lru_cache(maxsize=_KEPT)
def read_files(files: tuple[LayerText, ...]) -> Rulebook:
    """Return the rulebook of these files, read once a process. Raises RulebookFaults."""
    return read_rulebook(files, calendar=calendar())

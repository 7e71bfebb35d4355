"""Whom a simulation is run over: the registered population, or a stored snapshot."""

from dataclasses import dataclass
from pathlib import Path

from django.conf import settings

from yibao.core.refusal import Refusal
from yibao.simulation.snapshot import MANIFEST, open_snapshot

REGISTERED = "registered"


@dataclass(frozen=True, slots=True)
class Stored:
    """A snapshot that lies in the office's directory."""

    name: str
    place: Path
    year: int
    persons: int
    visits: int
    made_by: str


def snapshot_directory() -> Path:
    """Return where the office keeps its snapshots (`snapshots/` in the home)."""
    return Path(settings.HOME.path.joinpath("snapshots"))


def stored_snapshots(region: str) -> list[Stored]:
    """Return the region's snapshots by name; what cannot be read is left out."""
    folder = snapshot_directory()
    if not folder.is_dir():
        return []
    found = []
    for place in sorted(folder.iterdir()):
        if not place.joinpath(MANIFEST).is_file():
            continue
        try:
            manifest = open_snapshot(place).manifest
        except Refusal:
            continue
        if manifest.region == region:
            found.append(
                Stored(
                    place.name,
                    place,
                    manifest.year,
                    manifest.persons,
                    manifest.visits,
                    manifest.made_by,
                )
            )
    return found

"""A population as Parquet: split by person, sorted, and named by a manifest of its files' hashes.

    DIR/manifest.json
    DIR/persons/bucket=K/part-0.parquet    person (int64), then facts; sorted by person
    DIR/visits/bucket=K/part-0.parquet     person, then facts of the visit; sorted by person, order

Money is int64 fen, a date date32, a code a dictionary string, a set of codes a dictionary string
with a space between its codes; null is “none”; a column that is not there was not recorded.
"""

from __future__ import annotations

import hashlib
import json
import os
import shutil
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from yibao.simulation.libraries import parquet
from yibao.simulation.refusals import FileChanged, SnapshotUnreadable

SCHEMA = 1
MANIFEST = "manifest.json"
PERSON = "person"
PERSONS, VISITS = "persons", "visits"
_PART = "part-0.parquet"
_KINDS = frozenset({"synthetic", "database", "other"})


@dataclass(frozen=True, slots=True)
class Manifest:
    """What a snapshot says of itself. `files` gives each file's SHA-256 by its path inside."""

    region: str
    year: int
    made_by: str
    buckets: int
    persons: int
    visits: int
    seed: int | None = None
    schema: int = SCHEMA
    files: Mapping[str, str] = field(default_factory=dict)

    def text(self) -> str:
        return json.dumps(asdict(self), ensure_ascii=False, indent=1, sort_keys=True) + "\n"

    @property
    def hash(self) -> str:
        """The hash of the manifest, and so of every file that it names."""
        return hashlib.sha256(self.text().encode()).hexdigest()


@dataclass(frozen=True, slots=True)
class Snapshot:
    """A snapshot on disk, its manifest read."""

    place: Path
    manifest: Manifest

    def table(self, part: str, bucket: int) -> tuple[str, Any]:
        """The path inside, and the table, of a bucket. Raises FileChanged, SnapshotUnreadable."""
        import pyarrow as pa

        name = file_of(part, bucket)
        expected = self.manifest.files.get(name)
        try:
            raw = self.place.joinpath(name).read_bytes()
        except OSError as wrong:
            raise FileChanged(file=name, why="不存在", why_en="is not there") from wrong
        if hashlib.sha256(raw).hexdigest() != expected:
            raise FileChanged(
                file=name,
                why="与清单中的散列值不符",
                why_en="has not the hash that the manifest names",
            )
        try:
            return name, parquet().read_table(pa.BufferReader(raw), use_threads=False)
        except pa.ArrowException as wrong:
            raise SnapshotUnreadable(
                place=name, why=f"不是 Parquet({wrong})", why_en=f"it is no Parquet ({wrong})"
            ) from wrong


def file_of(part: str, bucket: int) -> str:
    """The path of a bucket's file inside a snapshot."""
    return f"{part}/bucket={bucket}/{_PART}"


def open_snapshot(place: Path) -> Snapshot:
    """Read a snapshot's manifest. Raises SnapshotUnreadable."""
    try:
        found = json.loads(place.joinpath(MANIFEST).read_text(encoding="utf-8"))
        manifest = Manifest(**found)
    except FileNotFoundError as wrong:
        raise _unreadable(place, "没有 manifest.json", "there is no manifest.json") from wrong
    except (OSError, ValueError, TypeError) as wrong:
        raise _unreadable(place, f"manifest.json:{wrong}", f"manifest.json: {wrong}") from wrong
    if manifest.schema != SCHEMA:
        raise _unreadable(
            place,
            f"格式版本为 {manifest.schema},本程序读取 {SCHEMA}",
            f"its schema is {manifest.schema}, this program reads {SCHEMA}",
        )
    whole = (manifest.buckets, manifest.persons, manifest.visits, manifest.year)
    if not all(type(number) is int for number in whole) or manifest.made_by not in _KINDS:
        raise _unreadable(place, "manifest.json 的字段类型不符", "manifest.json has wrong fields")
    wanted = {file_of(part, at) for part in (PERSONS, VISITS) for at in range(manifest.buckets)}
    if set(manifest.files) != wanted:
        raise _unreadable(
            place, "manifest.json 的文件与分区数不符", "its files are not those of its buckets"
        )
    return Snapshot(place, manifest)


class SnapshotWriter:
    """Writes a snapshot beside its place, and moves it there whole when it is finished."""

    def __init__(self, place: Path) -> None:
        self.place = place
        self.draft = place.with_name(f".{place.name}.{os.getpid()}")
        self.files: dict[str, str] = {}
        self.persons = self.visits = 0
        shutil.rmtree(self.draft, ignore_errors=True)

    def add(self, bucket: int, persons: Any, visits: Any) -> None:
        """Write one bucket: tables of Arrow, sorted as the format asks."""
        for part, table in ((PERSONS, persons), (VISITS, visits)):
            self._write(file_of(part, bucket), table)
        self.persons += persons.num_rows
        self.visits += visits.num_rows

    def finish(
        self, *, region: str, year: int, made_by: str, buckets: int, seed: int | None = None
    ) -> Snapshot:
        """Write the manifest and put the snapshot in its place."""
        manifest = Manifest(
            region=region,
            year=year,
            made_by=made_by,
            buckets=buckets,
            persons=self.persons,
            visits=self.visits,
            seed=seed,
            files=dict(sorted(self.files.items())),
        )
        self.draft.joinpath(MANIFEST).write_text(manifest.text(), encoding="utf-8")
        self.place.parent.mkdir(parents=True, exist_ok=True)
        self.draft.rename(self.place)
        return Snapshot(self.place, manifest)

    def abandon(self) -> None:
        """Take away what was written so far."""
        shutil.rmtree(self.draft, ignore_errors=True)

    def _write(self, name: str, table: Any) -> None:
        import pyarrow as pa

        path = self.draft.joinpath(name)
        path.parent.mkdir(parents=True, exist_ok=True)
        sink = pa.BufferOutputStream()
        parquet().write_table(table, sink, compression="zstd", write_statistics=False)
        raw = sink.getvalue()
        self.files[name] = hashlib.sha256(raw).hexdigest()
        with path.open("wb") as file:
            file.write(raw)


def seal(place: Path, manifest: Manifest, names: Iterable[str]) -> Snapshot:
    """Write a manifest for files that stand in `place` already: of another maker, or mended."""
    files = {
        name: hashlib.sha256(place.joinpath(name).read_bytes()).hexdigest()
        for name in sorted(names)
    }
    sealed = Manifest(**{**asdict(manifest), "files": files})
    place.joinpath(MANIFEST).write_text(sealed.text(), encoding="utf-8")
    return Snapshot(place, sealed)


def _unreadable(place: Path, why: str, why_en: str) -> SnapshotUnreadable:
    return SnapshotUnreadable(place=place.name, why=why, why_en=why_en)

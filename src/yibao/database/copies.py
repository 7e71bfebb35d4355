"""Backups and what was noted of them: where they lie, which there are, which logs they need.

Below the home: `backup/base/<moment>/data` is a whole copy with its note, `backup/wal` what the
server wrote since, piece by piece; `backup/drills` has a line for each drill. All of it may be a
link to another disk. Keys and passwords are not in there: they lie in `secrets` and `keys`, and are
to be kept apart from the copies.
"""

import json
import os
import shlex
import shutil
from dataclasses import asdict, dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

from yibao.core.refusal import Refusal
from yibao.database.home import Home

_SEGMENT = slice(8, 24)  # of a log's name, what follows the timeline


class NoBackup(Refusal):
    """There is no copy from before the asked moment."""

    code = "DB40"
    message = "{place} 中没有 {at} 之前的备份"
    remedy = "请运行 yibao db backup 建立第一份备份，或用 --from 指定备份所在目录"
    message_en = "There is no backup from before {at} in {place}"
    remedy_en = "Make the first one with yibao db backup, or name its place with --from"


@dataclass(frozen=True)
class Moment:
    """What stood in the database at a moment, exactly: rows of each table, heads of the chains."""

    at: datetime
    rows: dict[str, int]
    heads: dict[str, str]

    def as_data(self) -> dict[str, Any]:
        """Return it for a note."""
        return {"at": self.at.isoformat(), "rows": self.rows, "heads": self.heads}

    @classmethod
    def read(cls, data: dict[str, Any]) -> "Moment":
        """Return what a note says."""
        return cls(datetime.fromisoformat(data["at"]), data["rows"], data["heads"])


@dataclass(frozen=True)
class Backup:
    """A whole copy: when, of which version, which logs follow it, what stood in the database."""

    place: Path
    began: datetime
    ended: datetime
    major: int
    size: int
    first_log: str
    moment: Moment

    @property
    def data(self) -> Path:
        """The copied data directory."""
        return self.place / "data"

    def write(self) -> None:
        """Write the note beside the copy."""
        words = asdict(self) | {
            "place": None,
            "began": self.began.isoformat(),
            "ended": self.ended.isoformat(),
            "moment": self.moment.as_data(),
        }
        note = self.place / "note.json"
        note.write_text(json.dumps(words, ensure_ascii=False, indent=1), encoding="utf-8")

    @classmethod
    def read(cls, place: Path) -> "Backup":
        """Return the backup of this directory."""
        said = json.loads((place / "note.json").read_text(encoding="utf-8"))
        return cls(
            place=place,
            began=datetime.fromisoformat(said["began"]),
            ended=datetime.fromisoformat(said["ended"]),
            major=said["major"],
            size=said["size"],
            first_log=said["first_log"],
            moment=Moment.read(said["moment"]),
        )


@dataclass(frozen=True)
class Drill:
    """What a drill found: which moment was restored from which backup, and every difference."""

    at: datetime
    backup: str
    seconds: int
    faults: list[str] = field(default_factory=list)

    @property
    def ok(self) -> bool:
        """Whether everything was as it had been noted."""
        return not self.faults


class Copies:
    """The backups of one home."""

    def __init__(self, home: Home) -> None:
        self.place = home.path / "backup"
        self.base = self.place / "base"
        self.wal = self.place / "wal"
        self.drills = self.place / "drills"

    def archive_command(self) -> str:
        """Return what the server runs for each finished log.

        It does nothing before the first backup, never writes over another log, and a log has its
        name only when it is whole and on the disk.
        """
        into, name = shlex.quote(str(self.wal)).replace("%", "%%"), '"%f"'
        there, part = f"{into}/{name}.gz", f"{into}/.{name}.part"
        return (
            f"test ! -d {into}"
            f' || {{ test -f {there} && gzip -cd {there} | cmp -s - "%p"; }}'
            f' || {{ test ! -f {there} && gzip -1c "%p" > {part} && sync {part}'
            f" && mv {part} {there}; }}"
        )

    def restore_command(self, beside: Path | None = None) -> str:
        """Return what the server runs to get a log back; `beside` holds some not yet archived."""
        into = shlex.quote(str(self.wal)).replace("%", "%%")
        words = f'gzip -cd {into}/"%f".gz > "%p"'
        if beside is not None:
            words += f' || cp {shlex.quote(str(beside)).replace("%", "%%")}/"%f" "%p"'
        return words

    def all(self, base: Path | None = None) -> list[Backup]:
        """Return the whole backups, the oldest first."""
        base = base or self.base
        if not base.is_dir():
            return []
        found = [one for one in base.iterdir() if (one / "note.json").is_file()]
        return sorted((Backup.read(one) for one in found), key=lambda one: one.ended)

    def newest(self, *, before: datetime | None = None, base: Path | None = None) -> Backup:
        """Return the newest backup that ended before a moment. Raises NoBackup."""
        fitting = [one for one in self.all(base) if before is None or one.ended <= before]
        if not fitting:
            raise NoBackup(place=base or self.base, at=before or "—")
        return fitting[-1]

    def last_drill(self) -> Drill | None:
        """Return the newest drill, or None where there never was one."""
        if not self.drills.exists():
            return None
        lines = self.drills.read_text(encoding="utf-8").splitlines()
        if not lines:
            return None
        said = json.loads(lines[-1])
        return Drill(**(said | {"at": datetime.fromisoformat(said["at"])}))

    def note(self, drill: Drill) -> None:
        """Add a line for a drill."""
        words = json.dumps(asdict(drill) | {"at": drill.at.isoformat()}, ensure_ascii=False)
        with self.drills.open("a", encoding="utf-8") as stream:
            stream.write(words + "\n")

    def forget(self, *, keep: int) -> list[Path]:
        """Remove all but the newest `keep` backups, and the logs that none of those needs."""
        kept = self.all()
        gone = [one.place for one in kept[:-keep]]
        for place in gone:
            shutil.rmtree(place)
        first = min((one.first_log[_SEGMENT] for one in kept[-keep:]), default="")
        for log in self.wal.glob("*.gz") if self.wal.is_dir() else ():
            name = log.name.partition(".")[0]
            if len(name) == _SEGMENT.stop and name[_SEGMENT] < first:
                log.unlink()
        return gone


def size_of(place: Path) -> int:
    """Return how many bytes lie below a place."""
    return sum(
        (Path(where) / name).lstat().st_size for where, _, names in os.walk(place) for name in names
    )

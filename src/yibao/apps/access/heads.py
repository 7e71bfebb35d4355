"""Heads of the chains, kept outside the database: a file that grows by a line an hour.

Each line names the line before it by its digest and bears an HMAC under the installation's key.
Whoever removes the newest seals in the database, or the whole chain, is found out by it. A program
of the office (`YIBAO_STAMP`) may add the token of a time-stamp authority to each line.
"""

import hashlib
import hmac
import json
import os
import subprocess
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from django.conf import settings

_EVERY = timedelta(hours=1)
_STAMP_SECONDS = 20
_PRIVATE = 0o600
_PRIVATE_DIRECTORY = 0o700


def place() -> Path:
    """Return the file's path: audit/heads below the home."""
    return Path(settings.HOME.path).joinpath("audit", "heads")


def keep(heads: dict[str, tuple[int, str]], *, now: datetime, every: timedelta = _EVERY) -> bool:
    """Write the newest head of each chain (its number and digest) if an hour is over.

    Nothing is written while no head is new. Returns whether a line was written.
    """
    lines = _lines()
    last = _read(lines[-1]) if lines else {}
    named = {name: [number, head] for name, (number, head) in sorted(heads.items())}
    if not named or last.get("heads") == named:
        return False
    if last and now - datetime.fromisoformat(last["at"]) < every:
        return False
    _append({"at": now.isoformat(), "heads": named}, lines)
    return True


def note_restoration(numbers: dict[str, int], *, now: datetime) -> None:
    """Write that the database was taken back: heads above these numbers are no longer expected."""
    _append({"at": now.isoformat(), "restored": numbers}, _lines())


def kept(chain: str) -> tuple[dict[int, str], list[str]]:
    """Return a chain's kept heads by number, and a sentence for each line that does not hold."""
    faults: list[str] = []
    found: dict[int, str] = {}
    before = ""
    for number, line in enumerate(_lines(), start=1):
        said = _read(line)
        if said.get("before") != before or not hmac.compare_digest(said.get("mac", ""), _mac(said)):
            faults.append(f"line {number} of {place()} was changed, or a line before it is gone")
        before = _digest(line)
        for name, (seal, head) in said.get("heads", {}).items():
            if name == chain:
                found[int(seal)] = head
        if chain in said.get("restored", {}):
            last = said["restored"][chain]
            found = {seal: head for seal, head in found.items() if seal <= last}
    return found, faults


def newest() -> dict[str, Any]:
    """Return the last line, empty where none was written."""
    lines = _lines()
    return _read(lines[-1]) if lines else {}


def _lines() -> list[str]:
    try:
        return place().read_text(encoding="utf-8").splitlines()
    except FileNotFoundError:
        return []


def _read(line: str) -> dict[str, Any]:
    try:
        said = json.loads(line)
    except ValueError:
        return {}
    return said if isinstance(said, dict) else {}


def _append(said: dict[str, Any], lines: list[str]) -> None:
    """Add one line whole: the file is opened for appending only, and is on the disk afterwards."""
    said["before"] = _digest(lines[-1]) if lines else ""
    if "heads" in said and (stamp := _stamp(said)):
        said["stamp"] = stamp
    said["mac"] = _mac(said)
    path = place()
    path.parent.mkdir(mode=_PRIVATE_DIRECTORY, exist_ok=True)
    handle = os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CREAT, _PRIVATE)
    with os.fdopen(handle, "w", encoding="utf-8") as stream:
        stream.write(_written(said) + "\n")
        stream.flush()
        os.fsync(stream.fileno())


def _stamp(said: dict[str, Any]) -> str:
    """Ask the office's program for a token over this line's digest; none where it has none."""
    if not settings.STAMP_COMMAND:
        return ""
    digest = hashlib.sha256(_written(said).encode()).hexdigest()
    try:
        done = subprocess.run(
            [settings.STAMP_COMMAND],
            input=digest,
            capture_output=True,
            text=True,
            timeout=_STAMP_SECONDS,
            check=False,
        )
    except (OSError, subprocess.TimeoutExpired):
        return ""
    return done.stdout.strip() if done.returncode == 0 else ""


def _written(said: dict[str, Any]) -> str:
    return json.dumps(said, ensure_ascii=False, sort_keys=True)


def _mac(said: dict[str, Any]) -> str:
    bare = {name: value for name, value in said.items() if name != "mac"}
    key = str(settings.AUDIT_KEY).encode()
    return hmac.new(key, _written(bare).encode(), hashlib.sha256).hexdigest()


def _digest(line: str) -> str:
    return hashlib.sha256(line.encode()).hexdigest()

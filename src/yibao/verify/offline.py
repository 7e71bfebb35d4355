"""Checks what left the database: an exported range of the log, or a pack of evidence.

Nothing but the file is needed; with the installation's key the signatures are checked too. A
verifier of its own: it shares no line with what wrote the file.
"""

import hashlib
import hmac
import json
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any


@dataclass
class Finding:
    """What a file holds, and every fault of it."""

    what: str = ""
    seals: int = 0
    records: int = 0
    head: str = ""
    signed: bool = False
    faults: list[str] = field(default_factory=list)

    @property
    def ok(self) -> bool:
        """Whether there is something, and nothing is wrong with it."""
        return bool(self.what) and not self.faults


def verify_file(path: Path, key: str = "") -> Finding:
    """Check an export or a pack; `key` is the audit key, "" leaves the signatures out."""
    if zipfile.is_zipfile(path):
        return _pack(path, key)
    return _export(path, key)


def _export(path: Path, key: str) -> Finding:
    found = Finding(signed=bool(key))
    whole = hashlib.sha256()
    lines = 0
    run = _Run(found, key)
    with path.open(encoding="utf-8") as stream:
        for number, line in enumerate(stream, start=1):
            said = _read(line)
            if said is None:
                found.faults.append(f"line {number} cannot be read")
                break
            if "end" in said:
                if said["end"] != lines or said["sha256"] != whole.hexdigest():
                    found.faults.append("the digest at the end is not that of the lines before")
                run.close()
                return _after_the_end(stream, found)
            whole.update(line.encode())
            lines += 1
            run.take(said, number)
    run.close()
    found.faults.append("the file ends before its end line")
    return found


def _after_the_end(rest: Iterator[str], found: Finding) -> Finding:
    if next(rest, ""):
        found.faults.append("there are lines after the end line")
    return found


class _Run:
    """Goes through an export line by line, one seal at a time."""

    def __init__(self, found: Finding, key: str) -> None:
        self.found = found
        self.key = key
        self.seal: dict[str, Any] | None = None
        self.link = hashlib.sha256()
        self.counted = 0
        self.next_number = 1
        self.reached: int | None = None

    def take(self, said: dict[str, Any], line: int) -> None:
        if said.get("yibao") == "audit":
            self.found.what = "export"
            self.found.head = said["before"]
            self.next_number = said["first"]
        elif "words" in said:
            self._record(said["words"], line)
        elif "number" in said:
            self._begin(said)
        else:
            self.found.faults.append(f"line {line} is neither a seal nor a record")

    def _begin(self, seal: dict[str, Any]) -> None:
        self.close()
        if seal["number"] != self.next_number:
            self.found.faults.append(
                f"seal {seal['number']} follows seal {self.next_number - 1}: one is missing"
            )
        if self.reached is not None and seal["xid_from"] != self.reached:
            self.found.faults.append(f"seal {seal['number']} does not begin where the last ended")
        self.seal, self.counted = seal, 0
        self.link = hashlib.sha256(self.found.head.encode())

    def _record(self, words: str, line: int) -> None:
        if self.seal is None:
            self.found.faults.append(f"line {line}: a record before any seal")
            return
        xid = json.loads(words)[0]
        if not self.seal["xid_from"] <= xid < self.seal["xid_until"]:
            self.found.faults.append(f"line {line}: the record is not of seal {_no(self.seal)}")
        self.link.update(hashlib.sha256(words.encode()).digest())
        self.counted += 1

    def close(self) -> None:
        """Hold the seal that is ending against its records."""
        seal = self.seal
        if seal is None:
            return
        self.seal = None
        if self.counted != seal["records"]:
            self.found.faults.append(
                f"seal {_no(seal)} closed {seal['records']} records, there are {self.counted}"
            )
        elif self.link.hexdigest() != seal["head"]:
            self.found.faults.append(f"seal {_no(seal)}: a record was changed")
        _check_signature(seal, self.key, self.found)
        self.found.seals += 1
        self.found.records += self.counted
        self.found.head = seal["head"]
        self.next_number, self.reached = seal["number"] + 1, seal["xid_until"]


def _pack(path: Path, key: str) -> Finding:
    found = Finding(what="evidence", signed=bool(key))
    with zipfile.ZipFile(path) as pack:
        bodies = {name: pack.read(name) for name in pack.namelist()}
    manifest = _read(bodies.pop("manifest.json", b"").decode("utf-8", "replace"))
    if manifest is None:
        found.faults.append("there is no readable manifest")
        return found
    named = manifest.get("files", {})
    for name in sorted(named.keys() | bodies.keys()):
        if name not in bodies:
            found.faults.append(f"{name} is missing")
        elif hashlib.sha256(bodies[name]).hexdigest() != named.get(name):
            found.faults.append(f"{name} is not as it was written")
    if key and not _signed_manifest(manifest, key):
        found.faults.append("the manifest was not signed with this key")
    seals = {_no(seal): seal for seal in _lines(bodies.get("seals.jsonl", b""))}
    for seal in seals.values():
        _check_digests(seal, key, found)
    for record in _lines(bodies.get("records.jsonl", b"")):
        _check_record(record, seals, found)
    return found


def _check_digests(seal: dict[str, Any], key: str, found: Finding) -> None:
    link = hashlib.sha256(seal["before"].encode())
    for digest in seal["digests"]:
        link.update(bytes.fromhex(digest))
    if len(seal["digests"]) != seal["records"] or link.hexdigest() != seal["head"]:
        found.faults.append(f"seal {_no(seal)}: its digests do not give its head")
    _check_signature(seal, key, found)
    found.seals += 1
    found.head = seal["head"]


def _check_record(record: dict[str, Any], seals: dict[int, dict[str, Any]], found: Finding) -> None:
    found.records += 1
    number, id_ = record["seal"], record["id"]
    if json.loads(record["words"])[1] != id_:
        found.faults.append(f"record {id_} has the words of another")
    if number is None:
        return  # younger than the last seal: nothing proves it yet
    seal = seals.get(number)
    digest = hashlib.sha256(record["words"].encode()).hexdigest()
    if seal is None or record["place"] >= len(seal["digests"]):
        found.faults.append(f"record {id_}: its seal {number} is not in the pack")
    elif seal["digests"][record["place"]] != digest:
        found.faults.append(f"record {id_} was changed")


def _check_signature(seal: dict[str, Any], key: str, found: Finding) -> None:
    if not key:
        return
    own = hmac.new(key.encode(), seal["head"].encode(), hashlib.sha256).hexdigest()
    if not hmac.compare_digest(own, seal["signature"]):
        found.faults.append(f"seal {_no(seal)} was not signed with this key")


def _signed_manifest(manifest: dict[str, Any], key: str) -> bool:
    bare = {name: value for name, value in manifest.items() if name != "mac"}
    text = json.dumps(bare, ensure_ascii=False, sort_keys=True)
    own = hmac.new(key.encode(), text.encode(), hashlib.sha256).hexdigest()
    return hmac.compare_digest(own, str(manifest.get("mac", "")))


def _lines(body: bytes) -> list[dict[str, Any]]:
    return [json.loads(line) for line in body.decode().splitlines() if line]


def _read(text: str) -> dict[str, Any] | None:
    try:
        said = json.loads(text)
    except ValueError:
        return None
    return said if isinstance(said, dict) else None


def _no(seal: dict[str, Any]) -> int:
    return int(seal["number"])

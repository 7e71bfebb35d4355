"""Overlays as text: the head that names authority and paper, and what a form writes into the body.

Pure. A proposal's own text is never rewritten when it is activated; only its head is.
"""

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from yibao.core.rules.book import LayerText
from yibao.core.rules.overlay import PROPOSAL

INDENT = 2
_KEY = re.compile(r"( *)([^\s:#][^:]*):(?:\s|$)")
# A word that YAML reads as itself wherever it stands.
_PLAIN = re.compile(r"\w(?:[\w.% -]*[\w.%])?")
# A value of a form: a word, a list of codes, or rows of a table, nested by key.
Value = str | Sequence[str] | Mapping[str, "Value"]


@dataclass(frozen=True, slots=True)
class Paper:
    """The document that a change rests on."""

    title: str
    number: str
    published: date | None


def name_of(kind: str, number: int) -> str:
    """Return the name of a proposal's layer, and of its source: proposal_7, setting_8."""
    return f"{'setting' if kind == 'setting' else 'proposal'}_{number}"


def head_of(name: str, *, over: str, authority: str, paper: Paper, unpublished: date) -> str:
    """Return the head of an overlay. A paper without a date counts as of the day `unpublished`."""
    published = paper.published or unpublished
    source = {
        "title": quoted(paper.title or name),
        "number": quoted(paper.number),
        "published": published.isoformat(),
    }
    fields = ", ".join(f"{key}: {word}" for key, word in source.items())
    return (
        f"overlay: {name}\nover: {over}\nauthority: {quoted(authority)}\n"
        f"sources:\n  {name}: {{{fields}}}\n"
    )


def draft_files(kind: str, name: str, head: str, body: str) -> tuple[str, str]:
    """Return head and body as a layer keeps them: a setting stands beside its authority."""
    return (head + body, "") if kind == "setting" else (head, body)


def file_of_body(kind: str, name: str, head: str, body: str) -> LayerText:
    """Return the file that a proposal's own text stands in, as faults name it."""
    first, second = draft_files(kind, name, head, body)
    return LayerText(f"{name}.yaml", second or first, name)


def quoted(word: str) -> str:
    """Return a word as YAML reads it back, whatever it holds."""
    return json.dumps(word, ensure_ascii=False)


def written(value: Value) -> str:
    """Return a value as it stands behind `is:`, on one line."""
    if isinstance(value, str):
        return value if _PLAIN.fullmatch(value) else quoted(value)
    if isinstance(value, Mapping):
        return (
            "{" + ", ".join(f"{written(key)}: {written(one)}" for key, one in value.items()) + "}"
        )
    return "[" + ", ".join(map(written, value)) + "]"


def dated(
    value: Value, *, since: str, until: str = "", known: date | None = None, cite: str
) -> str:
    """Return a dated value on one line: {is: …, from: …, cite: …}."""
    parts = [f"is: {written(value)}", f"from: {written(since)}"]
    if until:
        parts.append(f"until: {written(until)}")
    if known:
        parts.append(f"known: {known.isoformat()}")
    return "{" + ", ".join([*parts, f"cite: {written(cite)}"]) + "}"


def put(text: str, path: Sequence[str], line: str) -> str:
    """Return the text with `key: line` at a path of keys, in place of what stood there.

    Written in block style, two spaces a level; what a person wrote elsewhere stays as it is.
    """
    lines = text.rstrip("\n").split("\n") if text.strip() else []
    start, end, depth = 0, len(lines), 0
    for depth, key in enumerate(path):
        found = _block(lines, start, end, key, depth)
        if found is None:
            missing = [
                " " * (INDENT * level) + f"{name}:"
                for level, name in enumerate(path)
                if level >= depth
            ]
            missing[-1] += f" {line}"
            at = _last_of(lines, start, end)
            return "\n".join([*lines[:at], *missing, *lines[at:]]) + "\n"
        start, end = found[0] + 1, found[1]
    kept = [*lines[: start - 1], " " * (INDENT * depth) + f"{path[-1]}: {line}", *lines[end:]]
    return "\n".join(kept) + "\n"


def _block(
    lines: Sequence[str], start: int, end: int, key: str, depth: int
) -> tuple[int, int] | None:
    """Where a key stands at a depth, and where what is under it ends."""
    for at in range(start, end):
        found = _KEY.match(lines[at])
        if found and len(found[1]) == INDENT * depth and found[2] == key:
            after = at + 1
            while after < end and (
                not lines[after].strip() or _depth(lines[after]) > len(found[1])
            ):
                after += 1
            return at, after
    return None


def _depth(line: str) -> int:
    return len(line) - len(line.lstrip(" "))


def _last_of(lines: Sequence[str], start: int, end: int) -> int:
    """The place after the last line that says something."""
    while end > start and not lines[end - 1].strip():
        end -= 1
    return end


__all__ = ["PROPOSAL", "Paper", "dated", "draft_files", "head_of", "name_of", "put", "written"]

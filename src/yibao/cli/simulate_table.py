"""Prints a simulation's outcome as tables."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from yibao.core.money import FEN_IN_YUAN
from yibao.simulation.outcome import Outcome, Section

_GROUPS = ("age", "county", "identity", "hospital_level")
_AFFECTED = 10
_WORDS = {
    "zh": {
        "amount": "金额(元)",
        "before": "现行",
        "after": "方案",
        "change": "变动",
        "moves": "受益 {gain} 人({gain_fen} 元),受损 {lose} 人({lose_fen} 元),不变 {same} 人",
        "counted": "{zh}:{persons} 人,{visits} 次就诊",
        "head": ("人数", "受益", "受损", "变动(元)"),
        "unanswered": "未能答复 {persons} 人:{name}:{reason}",
        "affected": "受影响最大的 {shown} 人(共列 {all} 人,见 --json)",
        "person": "{person} {age} {county}:{before} → {after} 元;{step}:{one} → {other} 〔{cite}〕",
        "hidden": "另有 {hidden} 组不足十人,未单独列出",
        "ran": "{on},{workers} 进程,{reader},{seconds} 秒;人群 {persons} 人 {snapshot}",
    },
    "en": {
        "amount": "amount (yuan)",
        "before": "in force",
        "after": "proposal",
        "change": "change",
        "moves": "{gain} gain ({gain_fen} yuan), {lose} lose ({lose_fen} yuan), {same} as before",
        "counted": "{en}: {persons} people, {visits} visits",
        "head": ("people", "gain", "lose", "change (yuan)"),
        "unanswered": "not answered: {persons} people: {name}: {reason}",
        "affected": "the {shown} most affected (of {all} told with --json)",
        "person": "{person} {age} {county}: {before} → {after}; {step}: {one} → {other} [{cite}]",
        "hidden": "{hidden} groups of under ten people are not shown by themselves",
        "ran": "{on}, {workers} processes, {reader}, {seconds} s; population {persons} {snapshot}",
    },
}


def table(outcome: Outcome, language: str) -> Iterator[str]:
    """The outcome's lines."""
    words = _WORDS[language]
    yield f"{outcome.region} {outcome.year}  {outcome.proposal['title']}"
    for side in ("before", "after"):
        told = outcome.rulebooks[side]
        senses = "  ".join(f"{rule} {sense[:12]}" for rule, sense in told["sense"].items())
        yield f"  {words[side]}  {told['text']}  {senses}"
    how = outcome.run
    yield "  " + str(words["ran"]).format(
        on=how["on"],
        workers=how["workers"],
        reader=how["reader"],
        seconds=f"{how['milliseconds'] / 1000:.2f}",
        persons=outcome.snapshot["persons"],
        snapshot=outcome.snapshot["hash"],
    )
    origin = [str(outcome.snapshot[name]) for name in ("made_by", "seed")]
    versions = (f"{name} {number}" for name, number in outcome.versions.items() if number)
    yield f"  {' '.join(origin).removesuffix(' None')}; {', '.join(versions)}"
    for section in outcome.sections():
        yield ""
        yield from _section(section, words, language)
    yield ""
    yield f"figures {outcome.figures_hash}"


def _section(section: Section, words: Mapping[str, Any], language: str) -> Iterator[str]:
    yield words["counted"].format(zh=section.zh, en=section.en, **section.counted)
    rows = [(words["amount"], words["before"], words["after"], words["change"])]
    rows += [
        (
            amount[language],
            *(_yuan(amount[name]) for name in ("before_fen", "after_fen")),
            _yuan(amount["change_fen"]),
        )
        for amount in section.amounts
    ]
    yield from _aligned(rows)
    fen = {name: _yuan(section.moves[name]) for name in ("gain_fen", "lose_fen")}
    yield words["moves"].format(**{**section.moves, **fen})
    for group in section.groups:
        if group["by"] in _GROUPS:
            yield from _group(section, group, words, language)
    for reason in section.unanswered["reasons"]:
        yield words["unanswered"].format(**{**reason, "reason": reason["reason"] or reason["code"]})
    yield from _affected(section, words, language)


def _group(
    section: Section, group: Mapping[str, Any], words: Mapping[str, Any], language: str
) -> Iterator[str]:
    rows: list[Sequence[str]] = [(group[language], *words["head"])]
    for row in group["rows"]:
        change = row["amounts"].get(section.own, {"change_fen": 0})["change_fen"]
        counts = (f"{row[name]:,}" for name in ("persons", "gain", "lose"))
        rows.append((row[language], *counts, _yuan(change)))
    yield from _aligned(rows)
    if group["hidden"]:
        yield "  " + words["hidden"].format(hidden=group["hidden"])


def _affected(section: Section, words: Mapping[str, Any], language: str) -> Iterator[str]:
    listed = section.affected[:_AFFECTED]
    if listed:
        yield words["affected"].format(shown=len(listed), all=len(section.affected))
    for one in listed:
        parts = one["parts"] or {}
        cites = [_cite(parts.get(side)) for side in ("before", "after")]
        cites += [_cite(found["after"]) for found in parts.get("parameters", ())]
        yield "  " + words["person"].format(
            person=one["person"],
            age=one["age"],
            county=one["county_name"],
            before=_yuan(one["before_fen"]),
            after=_yuan(one["after_fen"]),
            step=parts.get(language, ""),
            one=_value(parts.get("before")),
            other=_value(parts.get("after")),
            cite="; ".join(dict.fromkeys(cite for cite in cites if cite)),
        )


def _cite(part: Mapping[str, Any] | None) -> str:
    return f"{part['cite']['source']} {part['cite']['article']}" if part else ""


def _value(part: Mapping[str, Any] | None) -> str:
    return str(part["value"]) if part else "—"


def _yuan(fen: int) -> str:
    sign = "-" if fen < 0 else ""
    return f"{sign}{abs(fen) // FEN_IN_YUAN:,}.{abs(fen) % FEN_IN_YUAN:02}"


def _aligned(rows: Iterable[Sequence[str]]) -> Iterator[str]:
    """Columns under each other: the first to the left, figures to the right."""
    told = [list(row) for row in rows]
    widths = [max(map(_width, column)) for column in zip(*told)]
    for first, *rest in told:
        cells = [first + " " * (widths[0] - _width(first))]
        cells += [" " * (width - _width(cell)) + cell for cell, width in zip(rest, widths[1:])]
        yield "  " + "  ".join(cells)


def _width(text: str) -> int:
    """Chinese characters are two wide."""
    return sum(2 if unicodedata.east_asian_width(sign) in "WF" else 1 for sign in text)

"""From sums to a section that people read: labels, groups large enough to be shown, bins."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, TypeVar

from yibao.core.rules.book import Rulebook
from yibao.core.rules.edition import Edition
from yibao.core.rules.types import Type
from yibao.rulebook.national import DivisionUnknown, divisions
from yibao.simulation.affected import first_of
from yibao.simulation.groups import (
    AGE,
    COUNTY,
    IDENTITY,
    NO_IDENTITY,
    NOT_RECORDED,
    SEX,
    TOWN,
    VISIT_GROUPS,
    age_bands,
)
from yibao.simulation.job import SIDES, Job, own_of
from yibao.simulation.outcome import Section
from yibao.simulation.tally import AFTER, BEFORE, EDGES, GAIN, LOSE, SAME, Sums, code_outcome

Key = TypeVar("Key", str, tuple[str, str])
LEAST = 10  # people: what is told of fewer could be told of one
OTHER = "other"
_BY = {
    AGE: ("年龄", "age"),
    SEX: ("性别", "sex"),
    COUNTY: ("旗县市区", "county"),
    TOWN: ("乡镇街道", "town"),
    IDENTITY: ("困难身份", "identity"),
    "hospital_level": ("医院等级", "level of the hospital"),
    "kind": ("就诊类别", "kind of visit"),
}
_OVERLAPPING = frozenset({IDENTITY, *VISIT_GROUPS})
_WORDS = {
    NOT_RECORDED: ("未登记", "not recorded"),
    NO_IDENTITY: ("无", "none"),
    OTHER: ("其他(不足十人的合并)", "others (groups under ten people together)"),
    "": ("无", "none"),
}


def section(job: Job, rule: str, sums: Sums, affected: Iterable[Mapping[str, Any]]) -> Section:
    """What a rule's sums come to."""
    edition, book = job.edition("after", rule), job.book("after")
    moved = {key[0]: number for key, number in sums.under(rule, "moved_fen").items()}
    moves = {key[0]: number for key, number in sums.under(rule, "moves").items()}
    total = {key[0]: number for key, number in sums.under(rule, "total").items()}
    return Section(
        rule=rule,
        zh=edition.label.zh if edition.label.zh != rule else _RULES.get(rule, rule),
        en=edition.label.en or rule,
        own=own_of(edition),
        counted={name: total.get(name, 0) for name in ("persons", "with_visits", "visits")},
        amounts=_amounts(edition, sums, rule),
        moves={
            **{name: moves.get(name, 0) for name in (GAIN, LOSE, SAME)},
            **{f"{name}_fen": moved.get(name, 0) for name in (GAIN, LOSE)},
        },
        pairs=_pairs(job, sums, rule),
        groups=tuple(_groups(book, sums, rule)),
        histogram=tuple(_histogram(sums, rule)),
        affected=tuple(_named(book, one) for one in first_of(affected)),
        unanswered=_unanswered(sums, rule),
    )


_RULES = {"contribution": "缴费", "benefit": "待遇"}


def label_of_outcome(edition: Edition, name: str) -> tuple[str, str]:
    """What people read for an outcome: the label of the step that gives it."""
    node = dict(edition.result)[name]
    info = edition.steps.get(str(node.value)) if node.op == "step" else None
    return (info.label_zh, info.label_en or name) if info else (name, name)


def _amounts(edition: Edition, sums: Sums, rule: str) -> tuple[Mapping[str, Any], ...]:
    found = _sides(sums.under(rule, "amount"))
    told = []
    for name in edition.types:
        if (edition.types[name].kind == "money" and name in found) or name == own_of(edition):
            zh, en = label_of_outcome(edition, name)
            told.append({"name": name, "zh": zh, "en": en, **_change(found.get(name, {}))})
    return tuple(told)


def _sides(found: Mapping[tuple[str, ...], int]) -> dict[str, dict[str, int]]:
    """Amounts before and after, out of names like `fund_pay.before`."""
    told: dict[str, dict[str, int]] = defaultdict(dict)
    for key, number in found.items():
        name, dot, side = key[-1].rpartition(".")
        if dot and side in (BEFORE, AFTER):
            told[name][side] = number
    return told


def _change(sides: Mapping[str, int]) -> dict[str, int]:
    before, after = sides.get(BEFORE, 0), sides.get(AFTER, 0)
    return {"before_fen": before, "after_fen": after, "change_fen": after - before}


def _pairs(job: Job, sums: Sums, rule: str) -> dict[str, Any] | None:
    told = code_outcome([job.edition(side, rule) for side in SIDES])
    if told is None:
        return None
    name, edition, book = told[0], job.edition("after", rule), job.book("after")
    zh, en = label_of_outcome(edition, name)
    rows: dict[tuple[str, str], Counter[str]] = defaultdict(Counter)
    for (before, after, what), number in sums.under(rule, "pair").items():
        rows[before, after][what] += number
    shown, _ = large(rows, of="rows", other=(OTHER, OTHER))
    type_ = edition.types[name]
    return {
        "name": name,
        "zh": zh,
        "en": en,
        "of": "visits" if edition.fold is not None else "persons",
        "rows": [
            {
                "before": _code(book, type_, before),
                "after": _code(book, type_, after),
                "rows": row["rows"],
                "amounts": _named_amounts(row),
            }
            for (before, after), row in sorted(shown.items(), key=lambda item: -item[1]["rows"])
        ],
    }


def _code(book: Rulebook, type_: Type, code: str) -> dict[str, str]:
    if code in _WORDS:
        return {"code": code, "zh": _WORDS[code][0], "en": _WORDS[code][1]}
    zh, en = (book.label(code, of=type_.of, language=language) for language in ("zh", "en"))
    return {"code": code, "zh": zh, "en": en}


def _named_amounts(row: Mapping[str, int]) -> dict[str, dict[str, int]]:
    found = _sides({(name,): number for name, number in row.items()})
    return {name: _change(sides) for name, sides in sorted(found.items())}


def _groups(book: Rulebook, sums: Sums, rule: str) -> Iterable[Mapping[str, Any]]:
    found: dict[str, dict[str, Counter[str]]] = defaultdict(lambda: defaultdict(Counter))
    for (by, key, what), number in sums.under(rule, "group").items():
        found[by][key][what] += number
    for by, (zh, en) in _BY.items():
        if by not in found:
            continue
        shown, hidden = large(found[by], of="persons", other=OTHER, overlapping=by in _OVERLAPPING)
        yield {
            "by": by,
            "zh": zh,
            "en": en,
            "of": "visits" if by in VISIT_GROUPS else "persons",
            "hidden": hidden,
            "rows": [
                {
                    "key": key,
                    **_group_label(book, by, key),
                    **{what: row[what] for what in ("persons", "visits", GAIN, LOSE, SAME)},
                    "amounts": _named_amounts(row),
                }
                for key, row in sorted(shown.items(), key=lambda item: _place(book, by, item[0]))
            ],
        }


def large(
    rows: Mapping[Key, Counter[str]], *, of: str, other: Key, overlapping: bool = False
) -> tuple[dict[Key, Counter[str]], int]:
    """Groups of enough people, and how many are not shown by themselves. Where nobody is in two,
    the small ones go together, with one more if they are still too few: nothing is to be had by
    taking the shown from the whole."""
    shown = {key: row for key, row in rows.items() if row[of] >= LEAST}
    small = [row for key, row in rows.items() if key not in shown]
    hidden = len(small)
    if overlapping or not small:
        return shown, hidden
    pool: Counter[str] = Counter()
    for row in small:
        pool.update(row)
    while pool[of] < LEAST and shown:
        least = min(shown, key=lambda key: (shown[key][of], key))
        pool.update(shown.pop(least))
        hidden += 1
    if pool[of] >= LEAST:
        shown[other] = pool
    return shown, hidden


def _group_label(book: Rulebook, by: str, key: str) -> dict[str, str]:
    if key in _WORDS:
        return {"zh": _WORDS[key][0], "en": _WORDS[key][1]}
    if by in (COUNTY, TOWN):
        name = _area_name(key)
        return {"zh": name, "en": name}
    fact = book.facts.get({IDENTITY: "identities"}.get(by, by))
    if fact is not None and fact.type.of:
        zh, en = (book.label(key, of=fact.type.of, language=language) for language in ("zh", "en"))
        return {"zh": zh, "en": en}
    if by == AGE:
        return _age_label(key)
    if fact is not None and fact.type.kind == "level":
        return {"zh": f"{key} 级", "en": f"level {key}"}
    return {"zh": key, "en": key}


def _age_label(key: str) -> dict[str, str]:
    """A band of ages: “18–44岁”, “80岁及以上”."""
    if key.endswith("+"):
        return {"zh": f"{key.removesuffix('+')}岁及以上", "en": key}
    told = key.replace("-", "–")
    return {"zh": f"{told}岁", "en": told}


def _area_name(code: str) -> str:
    try:
        return divisions().get(code).name
    except DivisionUnknown:
        return code


def _place(book: Rulebook, by: str, key: str) -> tuple[int, str]:
    """Where a group stands: bands and codes in their order, areas by code, leftovers last."""
    if key in (NOT_RECORDED, OTHER, NO_IDENTITY):
        return 1_000_000, key
    order: Sequence[str] = age_bands() if by == AGE else ()
    fact = book.facts.get({IDENTITY: "identities"}.get(by, by))
    if fact is not None and fact.type.of:
        order = tuple(book.enumerations[fact.type.of].codes)
    return (order.index(key) if key in order else 0), key


def _histogram(sums: Sums, rule: str) -> Iterable[Mapping[str, Any]]:
    found = {int(key[0]): number for key, number in sums.under(rule, "bin").items()}
    for place in range(min(found, default=1), max(found, default=0) + 1):
        yield {
            "from_fen": EDGES[place - 1] if place > 0 else None,
            "until_fen": EDGES[place] if place < len(EDGES) else None,
            "persons": found.get(place, 0),
        }


def _named(book: Rulebook, one: Mapping[str, Any]) -> dict[str, Any]:
    county = one["county"]
    return {
        **one,
        "age_zh": _group_label(book, AGE, one["age"])["zh"],
        "county_name": _group_label(book, COUNTY, county)["zh"],
    }


def _unanswered(sums: Sums, rule: str) -> dict[str, Any]:
    """Who could not be answered, and why; they are in none of the other figures."""
    rows: dict[tuple[str, ...], dict[str, int]] = defaultdict(dict)
    for (*why, what), number in sums.under(rule, "unanswered").items():
        rows[tuple(why)][what] = number
    reasons = [
        {
            "side": side,
            "code": code,
            "name": name,
            "reason": reason,
            "persons": row.get("persons", 0),
            "visits": row.get("visits", 0),
        }
        for (side, code, name, reason), row in sorted(rows.items())
    ]
    return {
        "persons": sum(reason["persons"] for reason in reasons),
        "visits": sum(reason["visits"] for reason in reasons),
        "reasons": sorted(reasons, key=lambda reason: -reason["persons"]),
    }

"""A simulation's result in words and drawings: figures, groups, who is most affected, and why."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from yibao.apps.policy.models import Simulation
from yibao.console.policy import charts
from yibao.console.policy.telling import place_of
from yibao.console.policy.words import language
from yibao.core.rules.book import Rulebook
from yibao.web.figures import yuan_change

_WAN = 1_000_000  # fen in ten thousand yuan
_TENTHS = 1000
RULES = ("benefit", "contribution")


@dataclass(frozen=True, slots=True)
class Group:
    """A row of the table of groups."""

    by: str
    label: str
    persons: int
    gain: int
    lose: int
    gain_share: int
    lose_share: int
    mean_fen: int


@dataclass(frozen=True, slots=True)
class Affected:
    """One of the most affected, with the step and the articles at which the answers part."""

    one: Mapping[str, Any]
    age: str
    place: str
    identities: str
    step: str
    before: str
    after: str
    articles: str


@dataclass(frozen=True, slots=True)
class Shown:
    """A section of a result, ready for the page."""

    rule: str
    label: str
    section: Mapping[str, Any]
    main: Mapping[str, Any]
    main_label: str
    change_wan: str
    before_wan: str
    after_wan: str
    percent: str
    gain_share: int
    lose_share: int
    same_share: int
    gain_mean: str
    lose_mean: str
    bars: list[charts.Bar]
    pairs: list[charts.Pair]
    groups: list[Group]
    affected: list[Affected]
    reasons: list[str]
    sentence: str


def sections_of(simulation: Simulation) -> list[str]:
    """Return the rules that a result tells of: those that change come first."""
    result = simulation.result or {}
    there = [rule for rule in RULES if result.get(rule)]
    return sorted(there, key=lambda rule: not _moves(result[rule]))


def shown(book: Rulebook, simulation: Simulation, rule: str) -> Shown:
    """Return one section of a result in words."""
    section = (simulation.result or {})[rule]
    zh = language()
    main = _main(section)
    moves, counted = section["moves"], section["counted"]["persons"]
    return Shown(
        rule=rule,
        label=section[zh],
        section=section,
        main=main,
        main_label=main[zh] or main["name"],
        change_wan=_wan(main["change_fen"], signed=True),
        before_wan=_wan(main["before_fen"]),
        after_wan=_wan(main["after_fen"]),
        percent=_percent(main["change_fen"], main["before_fen"]),
        gain_share=charts.share(moves["gain"], counted),
        lose_share=charts.share(moves["lose"], counted),
        same_share=charts.share(moves["same"], counted),
        gain_mean=_mean(moves["gain_fen"], moves["gain"]),
        lose_mean=_mean(moves["lose_fen"], moves["lose"]),
        bars=charts.histogram(section["histogram"]),
        pairs=charts.pairs(section["groups"], words=zh),
        groups=groups_of(section, places=False),
        affected=[_affected(book, one) for one in section["affected"]],
        reasons=[_reason(one) for one in section["unanswered"]["reasons"]],
        sentence=_("%(gain)s 人负担减少，%(lose)s 人负担增加，%(same)s 人不变。")
        % {name: f"{moves[name]:,}" for name in ("gain", "lose", "same")},
    )


def groups_of(section: Mapping[str, Any], *, places: bool) -> list[Group]:
    """Return the rows of the table of groups; towns only where they are asked for."""
    zh, main = language(), _main(section)["name"]
    found = []
    for group in section["groups"]:
        if group["by"] == "town" and not places:
            continue
        for row in group["rows"]:
            persons = row["persons"]
            change = row["amounts"].get(main, {"change_fen": 0})["change_fen"]
            found.append(
                Group(
                    by=group[zh],
                    label=row[zh] or row["key"],
                    persons=persons,
                    gain=row["gain"],
                    lose=row["lose"],
                    gain_share=charts.share(row["gain"], persons),
                    lose_share=charts.share(row["lose"], persons),
                    mean_fen=_part(change, persons),
                )
            )
    return found


def _moves(section: Mapping[str, Any]) -> bool:
    return bool(section["moves"]["gain"] or section["moves"]["lose"])


def _main(section: Mapping[str, Any]) -> Mapping[str, Any]:
    """The amount that the page is about: what the fund pays; else what the person bears."""
    named = {amount["name"]: amount for amount in section["amounts"]}
    found: Mapping[str, Any] = named.get("fund_pay") or named[section["own"]]
    return found


def _affected(book: Rulebook, one: Mapping[str, Any]) -> Affected:
    zh = language()
    parts = one["parts"] or {}
    sides = [parts.get("before"), parts.get("after")]
    cites = [
        side["cite"]
        for parameter in parts.get("parameters", ())
        for side in (parameter["before"], parameter["after"])
        if side
    ] or [side["cite"] for side in sides if side]
    places = dict.fromkeys(place_of(book, cite["source"], cite["article"]) for cite in cites)
    return Affected(
        one=one,
        age=one.get(f"age_{zh}") or one["age"],
        place=one.get("county_name") or one["county"] or "",
        identities="、".join(_identity(book, code) for code in one["identities"]),
        step=str(parts.get(zh) or parts.get("step") or ""),
        before=str(sides[0]["value"]) if sides[0] else "",
        after=str(sides[1]["value"]) if sides[1] else "",
        articles=" → ".join(places),
    )


def _identity(book: Rulebook, code: Any) -> str:
    if isinstance(code, Mapping):
        return str(code.get(language()) or code.get("code"))
    fact = book.facts.get("identities")
    return book.label(str(code), of=fact.type.of, language=language()) if fact else str(code)


def _reason(one: Mapping[str, Any]) -> str:
    return _("%(persons)s 人：%(reason)s") % {
        "persons": f"{one['persons']:,}",
        "reason": one["reason"],
    }


def _part(fen: int, persons: int) -> int:
    """The part of each, to the fen, half away from zero."""
    if not persons:
        return 0
    found = (2 * abs(fen) + persons) // (2 * persons)
    return -found if fen < 0 else found


def _mean(fen: int, persons: int) -> str:
    return yuan_change(_part(fen, persons)) if persons else ""


def _wan(fen: int, *, signed: bool = False) -> str:
    """Ten thousands of yuan with one decimal; ＋ or − before a change."""
    tenths = (10 * abs(fen) + _WAN // 2) // _WAN
    sign = ("−" if fen < 0 else "＋") if signed and fen else "−" if fen < 0 else ""
    return f"{sign}{tenths // 10:,}.{tenths % 10}"


def _percent(part: int, whole: int) -> str:
    if not whole:
        return ""
    tenths = (_TENTHS * abs(part) + whole // 2) // whole
    sign = "−" if part < 0 else "＋" if part else ""
    return f"{sign}{tenths // 10}.{tenths % 10}%"

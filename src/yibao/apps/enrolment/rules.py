"""Asks the region's rules: what a person owes, and from when a payment insures.

Equal facts are decided once. What the text leaves open is answered with the refusal that names
the setting; nobody guesses.
"""

import json
from collections.abc import Mapping, Sequence
from datetime import date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from yibao.apps.access.rulebooks import book_of
from yibao.core.refusal import Refusal
from yibao.core.rules.edition import Edition
from yibao.core.rules.facts import read_facts, to_plain
from yibao.core.rules.graph import in_order
from yibao.core.rules.scalar import Decision, decide

CHINA = ZoneInfo("Asia/Shanghai")
Facts = Mapping[str, Any]


def edition_of(*, region: str, rule: str, year: int) -> Edition:
    """Return the region's rule bound for the year."""
    return book_of(region).bind(rule, year=year)


def decided(*, edition: Edition, facts: Sequence[Facts]) -> list[Decision | Refusal]:
    """Decide each person's facts by the rule; a refusal stands where the rule cannot say."""
    known: dict[str, Decision | Refusal] = {}
    answers = []
    for one in facts:
        key = json.dumps(one, sort_keys=True, separators=(",", ":"))
        if key not in known:
            known[key] = _decided(edition, one)
        answers.append(known[key])
    return answers


def _decided(edition: Edition, facts: Facts) -> Decision | Refusal:
    try:
        return decide(edition, read_facts(edition, facts))
    except Refusal as refusal:
        return refusal


def owed_fen(*, region: str, year: int, facts: Sequence[Facts]) -> list[int | None]:
    """Return what each person has to pay, in fen, after what departments bear.

    None where the rules cannot say: an open setting, or facts that no rule takes.
    """
    # What a subsidy leaves is the subsidy rule's to say, or the grant's where its text gives no
    # amounts; a region without either has the price alone.
    rules = book_of(region).rules
    rule = next((name for name in ("grant", "subsidy") if name in rules), "contribution")
    answers = decided(edition=edition_of(region=region, rule=rule, year=year), facts=facts)
    return [
        answer.result["personal"] if isinstance(answer, Decision) else None  # type: ignore[misc]
        for answer in answers
    ]


def outcome(decision: Decision, name: str) -> Any:
    """Return an outcome of a decision as the apps hold it, None where the region has none."""
    if name not in decision.result:
        return None
    return to_plain(decision.result[name], decision.edition.types[name])


def counts_the_moment(edition: Edition) -> bool:
    """Tell whether the region insures from the moment of payment, not from a day's beginning."""
    nodes = in_order([node for _, node in edition.result])
    return any(node.op == "fact" and node.value == "paid_at" for node in nodes)


def start_of(day: date) -> datetime:
    """Return the day's first moment in China."""
    return datetime.combine(day, time.min, tzinfo=CHINA)


def end_of(day: date) -> datetime:
    """Return the moment at which the day is over in China."""
    return start_of(day + timedelta(days=1))


def new_entrants_by(*, region: str, year: int) -> date | None:
    """Return the last day for new entrants of a year's campaign, None where the region has none."""
    try:
        found = book_of(region).value_of("new_entrants_by", on=date(year, 1, 1))
    except Refusal:
        return None
    assert isinstance(found, date)
    return found

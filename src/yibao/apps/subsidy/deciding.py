"""Who is supported and by how much: the region's subsidy rule over what the rosters say."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from yibao.apps.access.rulebooks import book_of
from yibao.apps.collection.pricing import Silence, decide_persons, witness_of
from yibao.core.refusal import Refusal
from yibao.core.rules.edition import Edition
from yibao.core.rules.scalar import Decision

GRANT, RULE = "grant", "subsidy"  # a grant has the amounts where the subsidy rule has none
SEVERE_DISABILITY, NEWLY_POOR = "severe_disability", "newly_poor"
IDENTITIES = "identity"
_SEVERE = "severe_levels"


class NoSubsidyRule(Refusal):
    """Raised where the region supports nobody's contribution by rosters."""

    code = "E779"
    message = "本统筹区没有资助参保的规则"
    remedy = "财政补助按缴费类别计算，见应缴清单"
    message_en = "This region has no rule of support by rosters"
    remedy_en = "What finance bears follows from the class of each due"


@dataclass(frozen=True, slots=True)
class Listed:
    """A person on rosters: every category with the row that says so, and the first list's day."""

    rows: Mapping[str, int]
    as_of: date


@dataclass(frozen=True, slots=True)
class Supported:
    """What the rule gives a person, in fen, and why."""

    category: str
    subsidy_fen: int
    personal_fen: int
    witness: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Decided:
    """Supported persons, those whom the rule gives nothing, and those whom the text leaves open."""

    supported: Mapping[int, Supported]
    refused: tuple[int, ...]
    left_open: Mapping[Silence, Sequence[int]]


def decide_support(
    *,
    region: str,
    year: int,
    listed: Mapping[int, Listed],
    facts: Mapping[int, Mapping[str, Any]],
) -> Decided:
    """Decide each listed person; who has several categories gets the one that comes first.

    Only what a department lists counts as a ground; what else the register knows of identities
    does not (方案 四(四)). Raises NoSubsidyRule.
    """
    book = book_of(region)
    if RULE not in book.rules:
        raise NoSubsidyRule()
    edition = book.bind(GRANT if GRANT in book.rules else RULE, year=year)
    severe = min(book.value_of(_SEVERE, on=date(year, 1, 1)))
    known = {
        person_id: _with_rosters(facts.get(person_id, {}), one, edition, severe)
        for person_id, one in listed.items()
    }
    made = decide_persons(edition, known)
    answers = {person_id: _supported(one) for person_id, one in made.by_person.items()}
    return Decided(
        supported={person_id: one for person_id, one in answers.items() if one is not None},
        refused=tuple(person_id for person_id, one in answers.items() if one is None),
        left_open=made.left_open,
    )


def _with_rosters(
    facts: Mapping[str, Any], listed: Listed, edition: Edition, severe: object
) -> dict[str, Any]:
    """Put what the rosters say in the place of what the register knows."""
    own = {name: value for name, value in facts.items() if name != "disability_level"}
    own["identities"] = sorted(set(listed.rows) & set(edition.codes[IDENTITIES]))
    if SEVERE_DISABILITY in listed.rows:
        own["disability_level"] = severe
    if NEWLY_POOR in listed.rows:
        own["event"], own["event_on"] = NEWLY_POOR, listed.as_of
    return own


def _supported(decision: Decision) -> Supported | None:
    category, subsidy = decision.result["category"], decision.result["subsidy"]
    personal = decision.result["personal"]
    if category is None:
        return None
    assert isinstance(subsidy, int) and isinstance(personal, int), "money is fen"
    return Supported(str(category), subsidy, personal, witness_of(decision))

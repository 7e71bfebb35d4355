"""From the whole bill to what the fund pays, line by line, with the article of each. Pure.

The lines are arithmetic of their own over the stored amounts: where they do not add up to what was
settled, the explanation says so instead of looking right.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from yibao.apps.access.rulebooks import article_of
from yibao.apps.claims.benefit import Rule
from yibao.core.money import Fen, Rate
from yibao.core.rules.book import Rulebook

OUTSIDE = "outside_catalogues_paid"
REASONS = "visit_reason"


@dataclass(frozen=True, slots=True)
class Cite:
    """An article: where it stands, and what it says in our own words."""

    source: str
    article: str
    title: str
    summary_zh: str
    summary_en: str
    ours: bool

    @property
    def place(self) -> str:
        """How an article is cited: `待遇 3`."""
        return f"{self.source} {self.article}"


@dataclass(frozen=True, slots=True)
class Line:
    """A line of the way down: `part` names it, `sign` is "", "-" or "=". Amounts in fen."""

    number: int | None
    part: str
    sign: str
    amount_fen: int
    start_fen: int
    cite: Cite | None


@dataclass(frozen=True, slots=True)
class Step:
    """A step of the decision as it was taken."""

    name: str
    label: str
    value: Any
    clause: str | None
    cite: Cite


@dataclass(frozen=True, slots=True)
class Law:
    """An article with the numbers of the lines that rest on it."""

    cite: Cite
    lines: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Ceiling:
    """A ceiling that the visit counted in, in fen."""

    name: str
    limit_fen: int
    used_before_fen: int
    added_fen: int

    @property
    def room_before_fen(self) -> int:
        """What was left before this visit."""
        return max(self.limit_fen - self.used_before_fen, 0)

    @property
    def room_after_fen(self) -> int:
        """What is left after it."""
        return max(self.room_before_fen - self.added_fen, 0)


@dataclass(frozen=True, slots=True)
class Amounts:
    """The amounts of a decision, in fen; `rate` in parts of ten thousand."""

    total_fen: int
    eligible_fen: int
    deductible_fen: int
    rate: int
    fund_pay_fen: int
    reason: str


@dataclass(frozen=True, slots=True)
class Explanation:
    """A decision explained: the lines, what they rest on, and whether they add up."""

    amounts: Amounts
    lines: tuple[Line, ...]
    steps: tuple[Step, ...]
    laws: tuple[Law, ...]
    ceilings: tuple[Ceiling, ...]
    reason_zh: str
    reason_en: str
    presumed: tuple[str, ...]

    @property
    def ceiling(self) -> Ceiling | None:
        """The ceiling with the least room left."""
        return min(self.ceilings, key=lambda one: one.room_after_fen, default=None)

    @property
    def own_fen(self) -> int:
        """What the person bears of the whole bill."""
        return self.amounts.total_fen - self.amounts.fund_pay_fen

    @property
    def own_parts_fen(self) -> tuple[int, ...]:
        """The parts that the person bears, in the order of the lines; empty ones left out."""
        return tuple(line.amount_fen for line in self.lines if line.sign == "-" and line.amount_fen)

    @property
    def adds_up(self) -> bool:
        """Whether the fund's part and the person's parts are the whole bill."""
        return self.amounts.fund_pay_fen + sum(self.own_parts_fen) == self.amounts.total_fen

    @property
    def rate_shown(self) -> str:
        """The ratio for people: `60%`."""
        return str(Rate.of_parts(self.amounts.rate))

    @property
    def own_rate_shown(self) -> str:
        """What is left of the whole: `40%`."""
        return str(Rate.of_parts(Rate("1").parts - self.amounts.rate))

    def step(self, name: str) -> Step | None:
        """Return a step by its name, None where it was not needed."""
        return next((one for one in self.steps if one.name == name), None)


def explain(
    *,
    rule: Rule,
    book: Rulebook,
    region: str,
    on: date,
    amounts: Amounts,
    result: Mapping[str, Any],
    steps: Sequence[Mapping[str, Any]],
) -> Explanation:
    """Explain a decision from what a settlement stores of it."""
    taken = [_step(book, step) for step in steps]
    named = {step.name: step for step in taken}
    cites = _cites(rule, book, region, on, amounts, taken)
    lines = _lines(amounts, _claim_fen(rule, named, amounts), cites)
    label = book.enumerations[REASONS].codes.get(amounts.reason)
    return Explanation(
        amounts=amounts,
        lines=lines,
        steps=tuple(taken),
        laws=_laws(lines),
        ceilings=_ceilings(rule, result),
        reason_zh=label.in_language("zh") if label else amounts.reason,
        reason_en=label.in_language("en") if label else amounts.reason,
        presumed=tuple(result.get("presumed", ())),
    )


def cite_of(book: Rulebook, source: str, article: str) -> Cite:
    """Return an article of the rulebook's sources with its summary."""
    found = book.sources[source]
    summary = found.articles.get(article)
    return Cite(
        source=source,
        article=article,
        title=found.title,
        summary_zh=summary.in_language("zh") if summary else "",
        summary_en=summary.in_language("en") if summary else "",
        ours=found.ours,
    )


def _step(book: Rulebook, step: Mapping[str, Any]) -> Step:
    cite = cite_of(book, step["cite"]["source"], step["cite"]["article"])
    return Step(step["name"], step["label"], step["value"], step["clause"], cite)


def _claim_fen(rule: Rule, named: Mapping[str, Step], amounts: Amounts) -> int:
    """What the ratio gives, before ceilings."""
    step = named.get(rule.claim_step())
    return int(Fen.from_yuan(step.value)) if step else amounts.fund_pay_fen


def _cites(
    rule: Rule,
    book: Rulebook,
    region: str,
    on: date,
    amounts: Amounts,
    taken: Sequence[Step],
) -> dict[str, Cite | None]:
    """The article of each line that takes something away."""
    named = {step.name: step.cite for step in taken}
    outside = article_of(region, OUTSIDE, on=on).split(" ", 1)
    limits = [named[s] for steps in rule.limit_steps().values() for s in steps if s in named]
    lawful = [cite for cite in limits if not cite.ours] or limits
    told = rule.step_of("reason")
    refusal = [step.cite for step in taken if step.value == amounts.reason and step.name != told]
    own = refusal[0] if refusal and not amounts.rate else named.get(rule.step_of("rate"))
    return {
        "outside": cite_of(book, *outside) if len(outside) > 1 else None,
        "deductible": named.get(rule.step_of("deductible")),
        "own": own,
        "ceiling": lawful[-1] if lawful else None,
    }


def _lines(amounts: Amounts, claim_fen: int, cites: Mapping[str, Cite | None]) -> tuple[Line, ...]:
    total, eligible, paid = amounts.total_fen, amounts.eligible_fen, amounts.fund_pay_fen
    deductible = min(amounts.deductible_fen, eligible)
    base = eligible - deductible
    own = "own" if amounts.rate else "refused"
    return (
        Line(1, "total", "", total, 0, None),
        Line(2, "outside", "-", total - eligible, eligible, cites["outside"]),
        Line(None, "eligible", "=", eligible, 0, None),
        Line(_NUMBERS["deductible"], "deductible", "-", deductible, base, cites["deductible"]),
        Line(None, "base", "=", base, 0, None),
        Line(_NUMBERS["own"], own, "-", base - claim_fen, claim_fen, cites["own"]),
        Line(_NUMBERS["ceiling"], "ceiling", "-", claim_fen - paid, paid, cites["ceiling"]),
        Line(None, "fund", "=", paid, 0, None),
    )


_NUMBERS = {"deductible": 3, "own": 4, "ceiling": 5}


def _laws(lines: Iterable[Line]) -> tuple[Law, ...]:
    places: dict[str, tuple[Cite, list[int]]] = {}
    for line in lines:
        if line.cite is not None and line.number is not None and line.cite.summary_zh:
            places.setdefault(line.cite.place, (line.cite, []))[1].append(line.number)
    return tuple(Law(cite, tuple(numbers)) for cite, numbers in places.values())


def _ceilings(rule: Rule, result: Mapping[str, Any]) -> tuple[Ceiling, ...]:
    stored = (result.get(key, ()) for key in ("limits", "used_before", "ceilings"))
    return tuple(
        Ceiling(name, limit, used, added)
        for name, limit, used, added in zip(rule.ceilings, *stored)
        if limit
    )

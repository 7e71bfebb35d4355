"""A rulebook's rules and values with their articles, as they stand in the files."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from yibao.core.rules import dates
from yibao.core.rules.book import Rulebook, UnknownParameter
from yibao.core.rules.facts import to_json
from yibao.core.rules.graph import Cite
from yibao.core.rules.parameters import FOREVER, Dated, Parameter
from yibao.core.rules.rules import Rule


def shown(book: Rulebook, rule: str | None) -> Iterator[str]:
    """Yield one rule, or all values and rules. Raises UnknownRule."""
    if rule is not None:
        book.bind(rule, year=dates.parts(0)[0])  # refuses a rule that is not there
        yield from _rule(book.rules[rule])
        return
    for parameter in book.parameters.values():
        yield from _parameter(parameter)
    for found in book.rules.values():
        yield from _rule(found)


def history(book: Rulebook, name: str | None) -> Iterator[str]:
    """Yield the dated values of one parameter, or of all, in the order of when they were known.

    Raises UnknownParameter.
    """
    if name is not None and name not in book.parameters:
        raise UnknownParameter(name=name)
    named = [name] if name is not None else list(book.parameters)
    rows = [(v.known, at, p) for p in named for at, v in enumerate(book.parameters[p].values)]
    for known, at, found in sorted(rows):
        parameter = book.parameters[found]
        dated = parameter.values[at]
        source = book.sources.get(dated.cite.source)
        title = f"  {source.title} {source.number}".rstrip() if source else ""
        yield f"{_day(known)}  {found}  {_span(dated)}  {value_of(parameter, dated)}{title}"


def cites(book: Rulebook) -> Iterator[Cite]:
    """Yield every citation of a rulebook's values, presumptions, steps and clauses."""
    for parameter in book.parameters.values():
        for dated in parameter.values:
            yield from (dated.cite, *dated.row_cites.values())
    for fact in book.facts.values():
        if fact.absent is not None:
            yield fact.absent.cite
    for rule in book.rules.values():
        for step in rule.steps.values():
            yield from (cite for cite in (step.cite, step.order) if cite and cite.source)
            for clause in step.clauses:
                yield from (clause.cite, *(cite for _, cite in clause.over))


def _rule(rule: Rule) -> Iterator[str]:
    yield f"{rule.name} → {', '.join(name for name, _ in rule.result)}"
    for step in rule.steps.values():
        cite = f"  〔{step.cite}〕" if step.cite.source else ""
        yield f"  {step.name}  {step.label_zh}{cite}"
        if step.decision in ("", step.name) or step is _first_of(rule, step.decision):
            for clause in step.clauses:
                yield f"    · {clause.name}  〔{clause.cite}〕"


def _first_of(rule: Rule, decision: str) -> object:
    return next(step for step in rule.steps.values() if step.decision == decision)


def _parameter(parameter: Parameter) -> Iterator[str]:
    yield f"{parameter.name}  {parameter.label.zh} ({parameter.type})"
    if parameter.open:
        yield f"  open: {parameter.open}"
    for dated in parameter.values:
        yield f"  {_span(dated)}  {value_of(parameter, dated)}"


def _span(dated: Dated) -> str:
    until = "" if dated.until == FOREVER else _day(dated.until)
    return f"{_day(dated.since)}..{until}"


def _day(day: int) -> str:
    return dates.to_date(day).isoformat()


def value_of(parameter: Parameter, dated: Dated) -> str:
    """Return a dated value with its article; of a table, a row a line."""
    if dated.open:
        return f"open: {dated.open}"
    if not parameter.by:
        return f"{_plain(to_json(dated.value, parameter.type))}  〔{dated.cite}〕"
    rows = (
        f"{' '.join(map(str, key))}: {_plain(to_json(value, parameter.type))}"
        f"  〔{dated.row_cites.get(key, dated.cite)}〕"
        for key, value in dated.rows.items()
    )
    return _joined(rows)


def _joined(rows: Iterable[str]) -> str:
    return "\n    ".join(["", *rows])


def _plain(value: object) -> str:
    return ", ".join(map(str, value)) if isinstance(value, list) else str(value)

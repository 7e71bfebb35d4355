"""The open settings of a region: why open, what waits for them, what was decided, what waits."""

from dataclasses import dataclass
from datetime import date

from yibao.apps.access.models import RulebookLayer
from yibao.apps.access.rulebooks import book_of
from yibao.apps.access.scope import Scope, scoped
from yibao.apps.policy.models import Kind, Proposal, State
from yibao.apps.policy.refusals import SettingNotOpen
from yibao.core.rules.book import Rulebook
from yibao.core.rules.dates import to_date
from yibao.core.rules.declarations import Label
from yibao.core.rules.graph import Node, in_order
from yibao.core.rules.parameters import FOREVER, Axis, Dated, Key, Parameter
from yibao.core.rules.rules import Rule
from yibao.core.rules.types import Type


@dataclass(frozen=True, slots=True)
class Blocked:
    """A rule that asks for a setting, and the outcomes that rest on it."""

    rule: str
    label: Label
    outcomes: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Decided:
    """A value that closes a setting, or its rows by key, from a day until a day, with its paper."""

    value: object
    rows: tuple[tuple[Key, object], ...]
    since: date
    until: date | None
    title: str
    number: str
    layer: str
    laid: RulebookLayer | None


@dataclass(frozen=True, slots=True)
class SettingRow:
    """A parameter that the region's text leaves open. `waits` is a value for the second person."""

    name: str
    label: Label
    type: Type
    axes: tuple[Axis, ...]
    reason: str
    open_from: date | None
    open_until: date | None
    blocked: tuple[Blocked, ...]
    decided: tuple[Decided, ...]
    waits: Proposal | None

    @property
    def is_open(self) -> bool:
        """Tell whether nothing has closed it yet."""
        return not self.decided


def open_settings(*, scope: Scope) -> list[SettingRow]:
    """Return every parameter that the region's text leaves open, the open ones first."""
    book = book_of(scope.region)
    with scoped(scope):
        rows = Proposal.objects.filter(
            region=scope.region, kind=Kind.SETTING, state=State.SUBMITTED
        )
        waiting = {row.parameter: row for row in rows}
        laid = {row.name: row for row in RulebookLayer.objects.filter(region=scope.region)}
    found = [
        _row(book, parameter, waiting, laid)
        for parameter in book.parameters.values()
        if parameter.open or any(value.open for value in parameter.values)
    ]
    return sorted(found, key=lambda row: (not row.is_open, row.name))


def setting_row(*, scope: Scope, name: str) -> SettingRow:
    """Return one of them. Raises SettingNotOpen."""
    found = next((row for row in open_settings(scope=scope) if row.name == name), None)
    if found is None:
        raise SettingNotOpen(label=name)
    return found


def blocked_by(book: Rulebook, parameter: str) -> tuple[Blocked, ...]:
    """Return the rules whose outcomes, conditions or ceilings ask for a parameter."""
    found = []
    for rule in book.rules.values():
        outcomes = tuple(name for name, node in rule.result if _asks([node], parameter))
        if outcomes or _asks(_others(rule), parameter):
            found.append(Blocked(rule.name, rule.label, outcomes))
    return tuple(found)


def _others(rule: Rule) -> list[Node]:
    roots = [condition.when for condition in (*rule.requires, *rule.ensures)]
    if rule.fold is not None:
        roots += [*rule.fold.key, *rule.fold.order, *rule.fold.next, *rule.fold.limits]
    return roots


def _asks(roots: list[Node], parameter: str) -> bool:
    return any(
        node.op in ("param", "table") and node.value == parameter for node in in_order(roots)
    )


def _row(
    book: Rulebook,
    parameter: Parameter,
    waiting: dict[str, Proposal],
    laid: dict[str, RulebookLayer],
) -> SettingRow:
    gaps = [value for value in parameter.values if value.open]
    floor = max((value.rank for value in gaps), default=-1)
    closing = [value for value in parameter.values if not value.open and value.rank > floor]
    first = gaps[0] if gaps else None
    return SettingRow(
        name=parameter.name,
        label=parameter.label,
        type=parameter.type,
        axes=parameter.by,
        reason=first.open if first else parameter.open,
        open_from=to_date(first.since) if first else None,
        open_until=_until(first.until) if first else None,
        blocked=blocked_by(book, parameter.name),
        decided=tuple(_decided(book, value, laid) for value in closing),
        waits=waiting.get(parameter.name),
    )


def _decided(book: Rulebook, value: Dated, laid: dict[str, RulebookLayer]) -> Decided:
    source = book.sources[value.cite.source]
    layer = value.place.layer
    return Decided(
        value=value.value,
        rows=tuple(value.rows.items()),
        since=to_date(value.since),
        until=_until(value.until),
        title=source.title,
        number=source.number,
        layer=layer,
        laid=laid.get(layer),
    )


def _until(number: int) -> date | None:
    return None if number >= FOREVER else to_date(number)

"""A list as its page draws it: heads, rows, sums, and the address of everything it leads to."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, cast

from django.http import QueryDict
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from yibao.apps.desk.models import SavedList
from yibao.apps.desk.tables import Ask, Row, Slice
from yibao.console import asof
from yibao.console.listing import COLUMNS, GROUPS, KEPT_STATE, SIZE, SORT, Column, List
from yibao.console.page import ConsoleRequest
from yibao.rulebook import desk as limits
from yibao.web import figures


@dataclass(frozen=True)
class Head:
    """A column's head: words, unit, which way it is sorted, where a click leads."""

    key: str
    label: str
    unit: str
    classes: str
    aria_sort: str
    address: str


@dataclass(frozen=True)
class Cell:
    """A cell: what it shows, its classes, and the amount that is summed."""

    html: str | SafeString
    classes: str
    label: str
    amount: int | None


@dataclass(frozen=True)
class Line:
    """A row: its id, whether it is picked, its cells."""

    id: int
    is_picked: bool
    cells: list[Cell]


@dataclass(frozen=True)
class Group:
    """All rows of one value: its words, how many, what each summed column comes to, in yuan."""

    label: str
    count: str
    amounts: list[tuple[str, str]]


@dataclass
class Listed:
    """A list as its page draws it."""

    request: ConsoleRequest
    list: List
    state: QueryDict
    ask: Ask
    filter: Any
    columns: list[Column]
    slice: Slice
    counted: int
    size: int
    saved: list[SavedList]
    picked: set[int]
    has_every: bool
    sums: tuple[int, dict[str, int]] | None
    path: str
    groups: list[Row] | None = None
    arguments: dict[str, Any] = field(default_factory=dict)

    @property
    def heads(self) -> list[Head]:
        """The heads of the columns."""
        return [self._head(one) for one in self.columns]

    @property
    def lines(self) -> list[Line]:
        """The rows of the page."""
        return [self._line(row) for row in self.slice.rows]

    @property
    def is_capped(self) -> bool:
        """Whether there are more rows than are counted."""
        return self.counted > limits.lists().counted_up_to

    @property
    def total(self) -> str:
        """How many rows there are, in words."""
        if self.is_capped:
            most = figures.count(limits.lists().counted_up_to)
            return _("超过 %(n)s 行") % {"n": most}
        return _("共 %(n)s 行") % {"n": figures.count(self.counted)}

    @property
    def pages(self) -> str:
        """How many pages all rows take, in words, for “select all”."""
        if self.is_capped:
            return self.total
        pages = -(-self.counted // self.size)
        return _("%(n)s 行（%(pages)s 页）") % {"n": figures.count(self.counted), "pages": pages}

    @property
    def sorting_is_off(self) -> bool:
        """Whether the list is too long to be sorted otherwise than by its index."""
        return self.is_capped

    @property
    def first(self) -> str:
        """The address of the first page, where this is another."""
        return self._at() if self.slice.has_before else ""

    @property
    def previous(self) -> str:
        """The address of the page before, or nothing."""
        rows = self.slice.rows
        return self._at(before=rows[0].id) if rows and self.slice.has_before else ""

    @property
    def next(self) -> str:
        """The address of the page after, or nothing."""
        rows = self.slice.rows
        return self._at(after=rows[-1].id) if rows and self.slice.has_after else ""

    @property
    def page_sums(self) -> list[str | None]:
        """What each column sums up to on this page; None where nothing is summed."""
        return [
            figures.yuan(sum(getattr(row, one.key) or 0 for row in self.slice.rows))
            if one.sums
            else None
            for one in self.columns
        ]

    @property
    def has_sums(self) -> bool:
        """Whether a column is summed."""
        return any(one.sums for one in self.columns)

    @property
    def can_pick(self) -> bool:
        """Whether rows can be picked, to be counted and summed."""
        return self.list.picks and bool(self.slice.rows)

    @property
    def picked_words(self) -> str:
        """How many rows are picked and what they sum up to."""
        if self.sums is None:
            return ""
        count, amounts = self.sums
        words = [_("已选 %(n)s 行") % {"n": figures.count(count)}]
        for one in self.columns:
            if one.key in amounts:
                words.append(
                    _("%(label)s合计 %(amount)s 元")
                    % {"label": one.label, "amount": figures.yuan(amounts[one.key])}
                )
        return "，".join(words)

    @property
    def by_group(self) -> list[Group]:
        """All rows by the values of the list's column for that, after what all come to."""
        by = self.list.column(self.list.grouped)
        if by is None or not self.groups:
            return []
        summed = [one for one in self.list.columns if one.sums]

        def group(label: Any, rows: list[Row]) -> Group:
            return Group(
                str(label),
                figures.count(sum(row.rows for row in rows)),
                [
                    (str(one.label), figures.yuan(sum(getattr(row, one.key) for row in rows)))
                    for one in summed
                ],
            )

        scope = self.request.scope
        each = [group(by.text(row, scope), [row]) for row in self.groups]
        return [group(_("合计"), self.groups), *each]

    @property
    def groups_address(self) -> str:
        """Where the groups of a list too long to be counted are shown, or nothing."""
        if not self.list.grouped or self.groups is not None or not self.slice.rows:
            return ""
        return self._address([*self._state_pairs(), (GROUPS, "1")])

    @property
    def bar(self) -> list[Any]:
        """The fields that stand in the query bar."""
        return list(self.filter)[: self.list.first] if self.filter is not None else []

    @property
    def more(self) -> list[Any]:
        """The further fields."""
        return list(self.filter)[self.list.first :] if self.filter is not None else []

    @property
    def has_more_filled(self) -> bool:
        """Whether one of the further fields is in use."""
        return any(self.state.get(one.name) for one in self.more)

    @property
    def is_narrowed(self) -> bool:
        """Whether any condition is set."""
        names = [] if self.filter is None else [one.name for one in self.filter]
        return any(self.state.get(name) for name in names)

    @property
    def hidden(self) -> list[tuple[str, str]]:
        """The whole state, for forms that add something to it."""
        return self._pairs(())

    @property
    def hidden_settings(self) -> list[tuple[str, str]]:
        """Order, columns and size, for the form of conditions."""
        return [pair for pair in self._pairs(()) if pair[0] in (*self._frame(), *KEPT_STATE)]

    @property
    def hidden_for_columns(self) -> list[tuple[str, str]]:
        """All but columns and size, for the form that chooses them."""
        return self._pairs((COLUMNS, SIZE))

    @property
    def choices(self) -> list[tuple[str, str, bool]]:
        """Every column with its words and whether it is shown."""
        shown = {one.key for one in self.columns}
        return [
            (one.key, str(one.label), one.key in shown)
            for one in self.list.offered(self.request.scope)
        ]

    @property
    def sizes(self) -> tuple[int, ...]:
        """How many rows a page may have."""
        return limits.lists().page_sizes

    @property
    def saved_lists(self) -> list[tuple[SavedList, str]]:
        """What the operator kept, each with its address."""
        return [(one, f"{self._saved_address(one)}") for one in self.saved]

    @property
    def query(self) -> str:
        """The state as an address has it, without year and area: what is saved and exported."""
        return self.state.urlencode()

    @property
    def lasting_query(self) -> str:
        """The same without the moment of a figure: what is kept under a name is as of its day."""
        state = self.state.copy()
        state.pop(asof.MOMENT, None)
        return state.urlencode()

    @property
    def moment(self) -> datetime:
        """The moment that the rows are as of."""
        return cast("datetime", self.ask.values["on"])

    @property
    def cleared(self) -> str:
        """The address without any condition, with the order and columns that there are."""
        kept = [pair for pair in self.hidden_settings if pair[0] not in self._frame()]
        return self._address([*kept, ("saved", "0")])

    @property
    def file_address(self) -> str:
        """Where the list is taken away as a file, or nothing where the post may not."""
        if not self.slice.rows:
            return ""
        if not self.list.persons:
            return self._address([*self._state_pairs(), ("csv", "1")])
        if not self.request.scope.allows("export.ask"):
            return ""
        words = QueryDict(mutable=True)
        words.update({**self.request.kept, "query": self.query})
        for name in self.list.arguments:
            words[f"of_{name}"] = self.arguments[name]
        return f"{reverse('desk:ask_export', args=[self.list.code])}?{words.urlencode()}"

    @property
    def here(self) -> str:
        """The address of the list itself."""
        return self._at()

    @property
    def conditions(self) -> str:
        """The conditions in words."""
        request = self.request
        return self.list.in_words(self.state, scope=request.scope, year=request.year)

    @property
    def print_address(self) -> str:
        """Where the list is shown as a sheet."""
        return self._address([*self._state_pairs(), ("print", "1")])

    def _head(self, one: Column) -> Head:
        asked = self.state.get(SORT, "")
        own = self.list.order[:1] == [one.key] or self.list.order[:1] == (one.key,)
        by = asked.removeprefix("-") == one.key or (not asked and own)
        down = asked.startswith("-") if asked else self.list.descending
        link = ""
        if one.sorts and not self.sorting_is_off:
            turned = one.key if (by and down) or not by else f"-{one.key}"
            state = [pair for pair in self._state_pairs() if pair[0] != SORT]
            link = self._address([*state, (SORT, turned)])
        return Head(
            key=one.key,
            label=str(one.label),
            unit=str(one.unit),
            classes=_classes(one, head=True),
            aria_sort=("descending" if down else "ascending") if by and one.sorts else "",
            address=link,
        )

    def _line(self, row: Row) -> Line:
        scope = self.request.scope
        cells = []
        for one in self.columns:
            html = one.html(row, scope)
            leads = [getattr(row, name) for name in one.leads]
            if leads and all(leads):
                to = f"{reverse(one.to, args=leads)}?{self._kept()}"
                html = format_html('<a href="{}">{}</a>', to, html or "—")
            amount = (getattr(row, one.key) or 0) if one.sums else None
            cells.append(Cell(html, _classes(one), str(one.label), amount))
        return Line(row.id, self.has_every or row.id in self.picked, cells)

    def _kept(self) -> str:
        words = QueryDict(mutable=True)
        words.update(self.request.kept)
        if asof.MOMENT in self.state:
            words[asof.MOMENT] = self.state[asof.MOMENT]
        return words.urlencode()

    def _frame(self) -> tuple[str, ...]:
        return tuple(self.request.kept)

    def _state_pairs(self) -> list[tuple[str, str]]:
        return [(name, value) for name, values in self.state.lists() for value in values]

    def _pairs(self, without: tuple[str, ...]) -> list[tuple[str, str]]:
        kept = [(name, str(value)) for name, value in self.request.kept.items()]
        return kept + [pair for pair in self._state_pairs() if pair[0] not in without]

    def _address(self, pairs: list[tuple[str, Any]]) -> str:
        words = QueryDict(mutable=True)
        words.update(self.request.kept)
        for name, value in pairs:
            words.appendlist(name, str(value))
        return f"{self.path}?{words.urlencode()}"

    def _at(self, **where: int) -> str:
        return self._address([*self._state_pairs(), *where.items()])

    def _saved_address(self, one: SavedList) -> str:
        return f"{self.path}?{self._kept()}&{one.query}&saved={one.id}"


def _classes(one: Column, *, head: bool = False) -> str:
    worn = []
    if one.is_figure:
        worn.append("r" if head else "r num")
    elif one.kind in ("number", "phone", "account"):
        worn.append("id")
    elif one.kind in ("day", "moment") and not head:
        worn.append("num nw")
    elif one.one_line and not head:
        worn.append("nw")
    if one.opt:
        worn.append("opt")
    return " ".join(worn)

"""What a list is: its columns, its conditions, its order. One declaration a list.

PAYMENTS = List("payments", _("缴费记录"), route="collection:payments", table=..., columns=(...))
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.http import QueryDict
from django.utils.safestring import SafeString
from django.utils.timezone import localdate

from yibao.apps.access.scope import Scope
from yibao.apps.desk import sources
from yibao.apps.desk.sources import COUNT, DAY, FEN, MOMENT, TEXT
from yibao.apps.desk.tables import Ask, Row, Table, count_of, reading, walk
from yibao.console import asof
from yibao.core.identity.masks import mask_name, mask_number, mask_phone
from yibao.rulebook.national import surnames
from yibao.web import figures, glyphs

MARK, ACT = "mark", "act"
# What the address holds besides conditions; no form may use these names.
SORT, COLUMNS, SIZE = "sort", "cols", "size"
KEPT_STATE = (SORT, COLUMNS, SIZE, asof.MOMENT)
GROUPS = "groups"
PASSING = frozenset({"after", "before", "row", "every", "sum", "csv", "print", "saved", GROUPS})
FRAME = frozenset({"year", "area"})


@dataclass(frozen=True)
class Column:
    """A column: which value, under which words, of which kind; masks follow from the kind.

    `words` says a code in words; `mark` gives (glyph, words). `to` is a route that takes the value
    of the column `of`, or of several; where one of them is nothing there is no link.
    """

    key: str
    label: Any
    kind: str = TEXT
    to: str = ""
    of: str | Sequence[str] = "id"
    words: Callable[[Row, Scope], str] | None = None
    mark: Callable[[Row, Scope], tuple[str, str]] | None = None
    needs: Sequence[str] = ()
    sorts: bool = False
    sums: bool = False
    opt: bool = False
    shown: bool = True
    unit: Any = ""
    # The right without which the column is not there; an act (kind ACT) leads to another page.
    action: str = ""
    # Never broken into two lines: a name of a place that every row has.
    one_line: bool = False

    def text(self, row: Row, scope: Scope) -> Any:
        """Return the value as a file has it before its mask."""
        if self.mark:
            return self.mark(row, scope)[1]
        return self.words(row, scope) if self.words else getattr(row, self.key)

    def html(self, row: Row, scope: Scope) -> str | SafeString:
        """Return the value as a page shows it."""
        if self.mark:
            kind, word = self.mark(row, scope)
            return glyphs.mark(kind, word) if word else ""
        value = self.text(row, scope)
        if value is None or value == "":
            return ""
        return _SHOWN.get(self.kind, str)(value)

    @property
    def leads(self) -> list[str]:
        """The columns whose values its link takes."""
        return [] if not self.to else [self.of] if isinstance(self.of, str) else list(self.of)

    @property
    def is_figure(self) -> bool:
        """Whether it stands at the right."""
        return self.kind in (FEN, COUNT)


def _name(value: str) -> str:
    return mask_name(value, surnames().compound)


_SHOWN: dict[str, Callable[[Any], str]] = {
    sources.NAME: _name,
    sources.NUMBER: mask_number,
    sources.PHONE: mask_phone,
    sources.ACCOUNT: mask_phone,
    FEN: figures.yuan,
    COUNT: figures.count,
    DAY: figures.iso,
    MOMENT: figures.moment,
}
Narrowed = tuple[list[str], dict[str, Any]]


@dataclass(frozen=True)
class List:
    """A list: where it stands, the table behind it, and what can be asked of it."""

    code: str
    title: Any
    route: str
    action: str
    table: Table
    columns: Sequence[Column]
    order: Sequence[str] = ()
    descending: bool = False
    form: Callable[..., Any] | None = None
    narrow: Callable[[dict[str, Any], Scope], Narrowed] | None = None
    # What holds for every page of it, by the post.
    always: Callable[[Scope], Narrowed] | None = None
    empty: tuple[Any, Any] = ("", "")
    # Whether rows name persons: then the list leaves only by the door of exports.
    persons: bool = True
    # Parameters of the table that the address's path holds (a roster's number); those that are
    # no numbers are `coded`.
    arguments: Sequence[str] = ()
    coded: Sequence[str] = ()
    # How many fields of the form stand in the bar; the others under “更多条件”.
    first: int = 3
    whole_scope: bool = False
    picks: bool = True
    # Whether the table can be asked as of an earlier moment, that of a board's figure.
    is_dated: bool = False
    # The column by whose values all rows are counted and summed above the list.
    grouped: str = ""

    def column(self, key: str) -> Column | None:
        """Return a column by its key."""
        return next((one for one in self.columns if one.key == key), None)

    def offered(self, scope: Scope) -> list[Column]:
        """Return the columns that the post may have."""
        return [one for one in self.columns if not one.action or scope.allows(one.action)]

    def chosen(self, state: QueryDict, scope: Scope, *, acts: bool = True) -> list[Column]:
        """Return the columns that the address asks for, those of the declaration without any."""
        asked = set(state.getlist(COLUMNS))
        there = [one for one in self.offered(scope) if acts or one.kind != ACT]
        found = [one for one in there if one.key in asked]
        return found or [one for one in there if one.shown]

    def asked(
        self,
        state: QueryDict,
        *,
        scope: Scope,
        year: int,
        at: datetime,
        arguments: dict[str, Any] | None = None,
    ) -> tuple[Ask, Any]:
        """Return what the address asks of the table, and its form. What is unreadable is left out.

        The table's own parameters: year, on (the moment), day, and the path's.
        """
        at = asof.moment_of(state.dict(), at) if self.is_dated else at
        values = {"year": year, "on": at, "day": localdate(at), **(arguments or {})}
        where: list[str] = []
        if self.always:
            where, more = self.always(scope)
            values |= more
        form = self.form(state, scope=scope, year=year) if self.form else None
        if form is not None and form.is_valid() and self.narrow:
            asked, more = self.narrow(form.cleaned_data, scope)
            where, values = [*where, *asked], values | more
        order, descending = self._order(state)
        return Ask(values, where, order, descending), form

    def _order(self, state: QueryDict) -> tuple[Sequence[str], bool]:
        asked = state.get(SORT, "")
        column = self.column(asked.removeprefix("-"))
        if column is None or not column.sorts:
            return self.order, self.descending
        return [column.key], asked.startswith("-")

    def needed(self, columns: Sequence[Column]) -> list[str]:
        """Return the table's columns that these columns of the list take."""
        found = ["id"]
        for one in columns:
            own = [] if (one.words or one.mark) and one.needs else [one.key]
            found += [*own, *one.needs, *one.leads]
        return found

    def as_source(self) -> sources.Source:
        """Return the list as something that may be exported; `given` is year, query, arguments."""

        def ask_of(scope: Scope, given: Any, at: datetime) -> Ask:
            state = QueryDict(given["query"])
            year, arguments = given["year"], given.get("arguments")
            return self.asked(state, scope=scope, year=year, at=at, arguments=arguments)[0]

        def heads(scope: Scope, given: Any) -> list[sources.Head]:
            chosen = self.chosen(QueryDict(given["query"]), scope, acts=False)
            return [
                sources.Head(
                    f"{one.label}（{one.unit}）" if one.unit else str(one.label),
                    one.kind if one.kind != MARK else TEXT,
                )
                for one in chosen
            ]

        def count(scope: Scope, given: Any, at: datetime) -> int:
            with reading(scope, whole=True) as cursor:
                return count_of(cursor, table=self.table, ask=ask_of(scope, given, at))

        def rows(scope: Scope, given: Any, at: datetime) -> Any:
            chosen = self.chosen(QueryDict(given["query"]), scope, acts=False)
            ask = ask_of(scope, given, at)
            for row in walk(scope=scope, table=self.table, ask=ask, columns=self.needed(chosen)):
                yield [one.text(row, scope) for one in chosen]

        def conditions(scope: Scope, given: Any) -> str:
            return self.in_words(QueryDict(given["query"]), scope=scope, year=given["year"])

        return sources.Source(self.code, self.title, self.action, heads, count, rows, conditions)

    def in_words(self, state: QueryDict, *, scope: Scope, year: int) -> str:
        """Return the conditions in words."""
        form = self.form(state, scope=scope, year=year) if self.form else None
        if form is None or not form.is_valid():
            return ""
        said = []
        for bound in form:
            value = form.cleaned_data.get(bound.name)
            if value in (None, "", False):
                continue
            choices = dict(getattr(bound.field, "choices", ()))
            said.append(f"{bound.label}：{choices.get(value, value)}")
        return "；".join(said)


_LISTS: dict[str, List] = {}


def register(one: List) -> List:
    """Make a list known; one that names persons also to the door of exports."""
    assert one.code not in _LISTS, f"two lists are called {one.code}"
    _LISTS[one.code] = one
    if one.persons:
        sources.register(one.as_source())
    return one


def lists() -> dict[str, List]:
    """Return every list that is declared."""
    return _LISTS

"""The entry grid: many lines typed at once, a plain table of inputs that needs no script.

grid = Grid(COLUMNS, rows=first, data=request.POST or None)
if grid.is_bound and not grid.is_adding: operation(lines=grid.lines())

Names are `g-<row>-<column>`; `grid.js` adds arrows, Enter, pasting a block and its undoing.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.utils.translation import get_language
from django.utils.translation import gettext as _

from yibao.console.kept import restored
from yibao.core.refusal import Refusal

_MOST_ROWS = 300
_MOST_LETTERS = 200
_BLANK_ROWS = 5


@dataclass(frozen=True)
class GridColumn:
    """A column: its key and words, what may be chosen, what the grid does with it.

    `sums`: its amounts are added up under the grid; `unique`: the same text twice is warned of.
    """

    key: str
    label: Any
    width: str = "m"  # s | m | l | xl
    choices: tuple[str, ...] = ()
    # What a choice reads; itself where nothing is given.
    says: Callable[[str], str] = str
    sums: bool = False
    unique: bool = False
    numeric: bool = False
    required: bool = False


@dataclass
class GridCell:
    """One input of the grid, with what is wrong in it."""

    column: GridColumn
    name: str
    value: str
    label: str
    errors: list["GridError"] = field(default_factory=list)

    @property
    def id(self) -> str:
        """The input's id, to which the error summary leads."""
        return f"id_{self.name}"

    @property
    def options(self) -> list[tuple[str, str]]:
        """What may be chosen, and what it reads; what was written stays, though no list has it."""
        choices = self.column.choices
        found = [(one, self.column.says(one)) for one in choices]
        strange = bool(self.value) and self.value not in choices
        return [(self.value, self.value), *found] if strange else found


@dataclass(frozen=True)
class GridError:
    """What is wrong: cause, cure and code, and the cell it stands in ("" for the grid)."""

    cell_id: str
    cause: str
    cure: str
    code: str

    @property
    def error(self) -> "GridError":
        """The error as `web/errors.html` asks for it."""
        return self

    @property
    def id(self) -> str:
        """Where the summary's link leads."""
        return self.cell_id

    @property
    def messages(self) -> list[str]:
        """Cause and cure in one line, divided as the reader's language does."""
        mark = ". " if (get_language() or "zh").startswith("en") else "。"
        return [f"{self.cause}{mark}{self.cure}" if self.cure else self.cause]


@dataclass
class GridRow:
    """A line of the grid: its number, whose it is, its cells, and words beneath it."""

    number: int
    key: str
    cells: list[GridCell]
    note: str = ""

    @property
    def is_empty(self) -> bool:
        """Tell whether nothing is written in it."""
        return not any(cell.value for cell in self.cells)


class Grid:
    """Lines of typed cells, as they are sent, drawn and refused.

    `rows` are the lines that the page begins with, each a mapping with `key` for whose it is and
    `note` for words beneath; `fixed`: no line is added.
    """

    def __init__(
        self,
        columns: Sequence[GridColumn],
        *,
        caption: str,
        rows: Sequence[Mapping[str, str]] = (),
        data: Mapping[str, Any] | None = None,
        fixed: bool = False,
        prefix: str = "g",
    ) -> None:
        self.columns, self.caption, self.fixed, self.prefix = columns, str(caption), fixed, prefix
        self.data = data or None
        self.is_bound = self.data is not None
        sent = self.data if self.data is not None else restored.get()
        if sent is not None and f"{prefix}-rows" in sent:
            notes = {row.get("key", ""): row.get("note", "") for row in rows}
            self.rows = self._sent(sent, notes)
        else:
            blank = [] if fixed else [{}] * max(0, _BLANK_ROWS - len(rows))
            self.rows = [self._row(n, row) for n, row in enumerate([*rows, *blank], 1)]
        self.found: list[GridError] = []
        if self.is_adding:
            self.rows.append(self._row(len(self.rows) + 1, {}))

    @property
    def is_adding(self) -> bool:
        """Tell whether the button asked for one more line, and for nothing else."""
        return self.data is not None and f"{self.prefix}-add" in self.data and not self.fixed

    @property
    def errors(self) -> list[GridError]:
        """What is wrong; a page whose form has errors answers 422."""
        return self.found

    @property
    def sums(self) -> bool:
        """Tell whether a row of sums is drawn."""
        return any(column.sums for column in self.columns)

    def lines(self) -> list[tuple[GridRow, dict[str, str]]]:
        """Return each line that holds something, with its texts by column."""
        return [
            (row, {cell.column.key: cell.value for cell in row.cells})
            for row in self.rows
            if not row.is_empty
        ]

    def blank_row(self) -> GridRow:
        """Return an empty line for the script to copy; its number is a mark."""
        return self._row("__n__", {})  # type: ignore[arg-type]

    def refuse(
        self, row: GridRow | None, key: str, cause: str, *, cure: str = "", code: str = ""
    ) -> None:
        """Say what is wrong in a cell, in a line's first cell, or in the grid as a whole."""
        if row is None:
            self.found.append(GridError("", cause, cure, code))
            return
        cell = next((one for one in row.cells if one.column.key == key), row.cells[0])
        words = _("第 %(n)s 行：%(cause)s") % {"n": row.number, "cause": cause}
        cell.errors.append(GridError(cell.id, cause, cure, code))
        self.found.append(GridError(cell.id, words, cure, code))

    def refused_by(self, refusal: Refusal, *, language: str = "zh") -> None:
        """Say a refusal above the grid."""
        cause, cure = refusal.told(language)
        self.refuse(None, "", cause, cure=cure, code=refusal.code)

    def _row(self, number: int, given: Mapping[str, str]) -> GridRow:
        cells = [
            GridCell(
                column=column,
                name=f"{self.prefix}-{number}-{column.key}",
                value=given.get(column.key, ""),
                label=_("%(column)s，第 %(n)s 行") % {"column": column.label, "n": number},
            )
            for column in self.columns
        ]
        return GridRow(number, given.get("key", ""), cells, given.get("note", ""))

    def _sent(self, sent: Mapping[str, Any], notes: Mapping[str, str]) -> list[GridRow]:
        text = str(sent.get(f"{self.prefix}-rows", ""))
        count = int(text) if text.isascii() and text.isdigit() and len(text) < len("1000") else 0
        rows = []
        for number in range(1, min(count, _MOST_ROWS) + 1):
            names = {one.key: f"{self.prefix}-{number}-{one.key}" for one in self.columns}
            given = {key: _cleaned(sent.get(name, "")) for key, name in names.items()}
            key = _cleaned(sent.get(f"{self.prefix}-{number}-of", ""))
            rows.append(self._row(number, given | {"key": key, "note": notes.get(key, "")}))
        return rows


def _cleaned(value: Any) -> str:
    text = "".join(one for one in str(value) if one.isprintable())
    return text.strip()[:_MOST_LETTERS]

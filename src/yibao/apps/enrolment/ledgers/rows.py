"""One line of a ledger: cells become typed values, and what is wrong with each is written down.

Nothing here asks the database. A line with a fault keeps whatever could be read of it, so that the
set-wise checks can still find its double.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal, InvalidOperation
from typing import Any
from unicodedata import category

from yibao.apps.enrolment.ledgers.faults import fault, refused
from yibao.apps.enrolment.ledgers.forms import COVER_KINDS, INSURED_ELSEWHERE, LedgerForm
from yibao.apps.registry.relations import HEAD, SEX_OF_RELATION, read_relation
from yibao.core.identity import read_document
from yibao.core.money import Fen
from yibao.core.refusal import Refusal
from yibao.rulebook.national import code_of, codes

_PHONE_DIGITS = range(7, 13)
# From twelve digits on, a spreadsheet shows the power of ten.
_POWER_OF_TEN = 11
# What each column of the database holds.
_AT_MOST = {"household_no": 20, "name": 60, "hukou_place": 80, "cover_place": 60, "voucher_no": 60}
_NAME_MARKS = frozenset("·•．.・ ")


@dataclass(slots=True)
class ReadRow:
    """A line as read. `cells` are the words as written, by column key."""

    sheet: str
    row_no: int
    cells: dict[str, str]
    household_no: str = ""
    name: str = ""
    relation: str = ""
    sex: str = ""
    number: str = ""
    born: date | None = None
    claimed_fen: int | None = None
    faults: list[dict[str, Any]] = field(default_factory=list)


def read_row(
    *, form: LedgerForm, sheet: str, row_no: int, values: Mapping[str, Any], family: str
) -> ReadRow:
    """Read the line. `family` is the household of the line before, which an empty cell carries on.

    Faults stand in the order of the columns.
    """
    cells = {key: shown(value) for key, value in values.items()}
    row = ReadRow(sheet=sheet, row_no=row_no, cells=cells, name=cells["name"])
    _required(form, row)
    _too_long(form, row)
    _name(form, row)
    if form.kind == INSURED_ELSEWHERE:
        _number(form, row, values["number"])
        _elsewhere(form, row)
    else:
        _relation(form, row)
        _sex(form, row)
        _number(form, row, values["number"])
        _household(form, row, family)
        _claimed(form, row, values["claimed"])
        _notice(form, row)
    _phone(form, row)
    return row


def shown(value: Any) -> str:
    """Return a cell as a person would read it: 23 for 23.0, 4.30423E+17 for what lost digits."""
    if isinstance(value, str):
        return value
    if value is None:
        return ""
    if isinstance(value, bool):
        return str(value).upper()
    if isinstance(value, datetime | date):
        return value.isoformat()
    if isinstance(value, int):
        return str(value)
    return _number_shown(Decimal(str(value))) if _is_number(value) else str(value)


def _is_number(value: Any) -> bool:
    try:
        return Decimal(str(value)).is_finite()
    except InvalidOperation:
        return False


def _number_shown(number: Decimal) -> str:
    if number.adjusted() >= _POWER_OF_TEN:
        return f"{number:.5E}"
    return format(number.normalize(), "f")


def _required(form: LedgerForm, row: ReadRow) -> None:
    """A starred item must be filled; the reason for not paying only where nothing is paid."""
    for column in form.columns:
        if column.starred and column.key != "unpaid_reason" and not row.cells[column.key]:
            row.faults.append(fault("E201", column=column.title))


def _too_long(form: LedgerForm, row: ReadRow) -> None:
    for column in form.columns:
        most = _AT_MOST.get(column.key)
        if most is not None and len(row.cells[column.key]) > most:
            row.faults.append(
                fault("E209", column=column.title, value=row.cells[column.key], most=most)
            )


def _name(form: LedgerForm, row: ReadRow) -> None:
    row.name = row.name[: _AT_MOST["name"]]
    for at, character in enumerate(row.name, start=1):
        if category(character)[0] != "L" and character not in _NAME_MARKS:
            title = form.column("name").title
            row.faults.append(fault("E202", column=title, value=row.name, position=at))
            return


def _relation(form: LedgerForm, row: ReadRow) -> None:
    written = row.cells["relation"]
    row.relation = read_relation(written) or ""
    if written and not row.relation:
        title = form.column("relation").title
        row.faults.append(fault("E203", column=title, value=written))


def _sex(form: LedgerForm, row: ReadRow) -> None:
    written = row.cells["sex"]
    row.sex = code_of("sex", written) or ""
    if written and not row.sex:
        row.faults.append(fault("E204", column=form.column("sex").title, value=written))
    expected = SEX_OF_RELATION.get(row.relation)
    if row.sex and expected and row.sex != expected:
        row.faults.append(
            fault(
                "E122",
                column=form.column("relation").title,
                value=row.cells["relation"],
                relation=row.cells["relation"],
                sex=expected,
            )
        )


def _number(form: LedgerForm, row: ReadRow, value: Any) -> None:
    """Read the number; born and sex come from it. One stored as a number has lost its digits."""
    title, written = form.column("number").title, row.cells["number"]
    if not written:
        return
    try:
        read = read_document("resident", value)
    except Refusal as refusal:
        row.faults.append(refused(refusal, column=title, value=written))
        return
    row.number, row.born = read.number, read.born
    if not row.sex and not form.has("sex"):
        row.sex = read.sex or ""
    elif row.sex and read.sex and row.sex != read.sex:
        title = form.column("sex").title
        row.faults.append(fault("E121", column=title, value=row.cells["sex"], sex=read.sex))


def _household(form: LedgerForm, row: ReadRow, family: str) -> None:
    """An empty cell carries the family on; a head without a number begins one of his own.

    A family without a number is named by its head's row: “#17”, which no village writes.
    """
    written = row.cells.get("household_no", "")[: _AT_MOST["household_no"]].lstrip("#")
    if written:
        row.household_no = written
    elif row.relation == HEAD:
        row.household_no = f"#{row.row_no}"
    else:
        row.household_no = family
    if not row.household_no:
        title = form.column("relation").title
        row.faults.append(fault("W503", column=title, value=row.cells["relation"]))


def _claimed(form: LedgerForm, row: ReadRow, value: Any) -> None:
    title, written = form.column("claimed").title, row.cells["claimed"]
    if not written:
        return
    try:
        text = written if isinstance(value, str) else format(Decimal(str(value)), "f")
        amount = Fen.from_yuan(text.removesuffix("元"))
    except Refusal as refusal:
        row.faults.append(refused(refusal, column=title, value=written))
        return
    except InvalidOperation:
        row.faults.append(fault("E207", column=title, value=written))
        return
    if amount < 0:
        row.faults.append(fault("E207", column=title, value=written))
        return
    row.claimed_fen = int(amount)


def _notice(form: LedgerForm, row: ReadRow) -> None:
    written = row.cells.get("notice", "")
    if written and code_of("notice_method", written) is None:
        choices = [entry["zh"] for entry in codes("notice_method").values()]
        title = form.column("notice").title
        row.faults.append(fault("E205", column=title, value=written, choices=choices))


def _phone(form: LedgerForm, row: ReadRow) -> None:
    written = row.cells.get("phone", "")
    digits = written.replace("-", "").replace(" ", "")
    if written and not (digits.isascii() and digits.isdigit() and len(digits) in _PHONE_DIGITS):
        row.faults.append(fault("E208", column=form.column("phone").title, value=written))
        digits = ""
    if "phone" in row.cells:
        row.cells["phone_read"] = digits


def _elsewhere(form: LedgerForm, row: ReadRow) -> None:
    written = row.cells["cover_kind"]
    if written and written not in COVER_KINDS:
        title = form.column("cover_kind").title
        choices = list(COVER_KINDS)
        row.faults.append(fault("E206", column=title, value=written, choices=choices))
    if not row.cells["voucher_no"]:
        row.faults.append(fault("E212", column=form.column("voucher_no").title))

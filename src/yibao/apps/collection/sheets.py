"""Payment files of the tax side: which columns they have, and what each cell must be."""

import io
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import xlsxwriter
from django.utils.timezone import get_default_timezone, is_naive, make_aware

from yibao.apps.collection.tables import (
    TableColumn,
    TableRow,
    read_amount,
    read_name,
    read_number,
    read_table,
)
from yibao.rulebook.national import code_of

NAME_COLUMN, NUMBER_COLUMN = "姓名", "身份证号"
COLUMNS = (
    TableColumn("name", NAME_COLUMN),
    TableColumn("number", NUMBER_COLUMN, ("身份证号码", "证件号码", "证件号")),
    TableColumn("amount", "金额", ("缴费金额", "金额元", "实缴金额")),
    TableColumn("paid_at", "缴费时间", ("缴费日期", "支付时间")),
    TableColumn("channel", "渠道", ("缴费渠道",), required=False),
    TableColumn("voucher", "凭证号", ("凭证号码", "税票号码", "流水号")),
    TableColumn("place", "参保地", ("参保地区",)),
    TableColumn("year", "年度", ("参保年度", "缴费年度")),
)
_WIDTHS = {"number": 22, "paid_at": 20, "voucher": 24}
_WIDTH = 12
_YEAR_DIGITS = 4
_VOUCHER_LENGTH = 60
CHANNELS = "payment_channel"


@dataclass(frozen=True, slots=True)
class ReadPayment:
    """A row that can be read: money in fen, the moment in China's time."""

    sheet: str
    row_no: int
    name: str
    number: str
    amount_fen: int
    paid_at: datetime
    channel: str
    voucher_no: str
    insured_place: str
    year: int


@dataclass(frozen=True, slots=True)
class ReadPayments:
    """What a payment file says: rows that can be taken, and the faults of the others."""

    rows: tuple[ReadPayment, ...]
    faults: tuple[Mapping[str, Any], ...]
    rows_total: int


def read_payment_file(content: bytes, channel: str = "") -> ReadPayments:
    """Read a payment file; `channel` stands for rows that name none.

    A row with a fault is not among the rows. A voucher that stands twice in the file is a fault
    of its second row. Raises UnreadableFile.
    """
    taken: list[ReadPayment] = []
    faults: list[Mapping[str, Any]] = []
    first_of: dict[tuple[str, str], tuple[str, int]] = {}
    rows = read_table(content, COLUMNS)
    for row in rows:
        read = _read(row, channel)
        earlier = first_of.setdefault((read.channel, read.voucher_no), row.place)
        if read.voucher_no and earlier != row.place:
            row.repeats("voucher", "E746", earlier)
        if row.faults:
            faults += row.faults
        else:
            taken.append(read)
    return ReadPayments(tuple(taken), tuple(faults), len(rows))


def payment_template() -> bytes:
    """Return an empty payment file as a workbook: the head, number and voucher as text."""
    packed = io.BytesIO()
    with xlsxwriter.Workbook(packed, {"in_memory": True}) as book:
        bold, text = book.add_format({"bold": True}), book.add_format({"num_format": "@"})
        sheet = book.add_worksheet("缴费明细")
        for at, column in enumerate(COLUMNS):
            sheet.set_column(at, at, _WIDTHS.get(column.key, _WIDTH), text)
            sheet.write_string(0, at, column.zh, bold)
        sheet.freeze_panes(1, 0)
    return packed.getvalue()


def _read(row: TableRow, channel: str) -> ReadPayment:
    return ReadPayment(
        sheet=row.sheet,
        row_no=row.row_no,
        name=read_name(row, "name"),
        number=read_number(row, "number"),
        amount_fen=read_amount(row, "amount"),
        paid_at=_moment(row),
        channel=_channel(row, channel),
        voucher_no=_voucher(row),
        insured_place=_place(row),
        year=_year(row),
    )


def _moment(row: TableRow) -> datetime:
    cell = row.cells.get("paid_at")
    try:
        moment = cell if isinstance(cell, datetime) else datetime.fromisoformat(row.text("paid_at"))
    except ValueError:
        row.fault("paid_at", "E743")
        return datetime.min.replace(tzinfo=get_default_timezone())
    return make_aware(moment) if is_naive(moment) else moment


def _channel(row: TableRow, channel: str) -> str:
    word = row.text("channel")
    code = code_of(CHANNELS, word) if word else channel
    if not code:
        row.fault("channel", "E744")
    return code or ""


def _voucher(row: TableRow) -> str:
    voucher = row.text("voucher")
    if not 0 < len(voucher) <= _VOUCHER_LENGTH:
        row.fault("voucher", "E745")
        return ""
    return voucher


def _place(row: TableRow) -> str:
    place = row.text("place")
    if not place:
        row.fault("place", "E747")
    return place


def _year(row: TableRow) -> int:
    word = row.text("year")
    if not (len(word) == _YEAR_DIGITS and word.isascii() and word.isdigit()):
        row.fault("year", "E748")
        return 0
    return int(word)

"""Entries of a sub-ledger inside a hot operation's pipeline: one statement for each table."""

import functools
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Model

from yibao.apps.fund.models import Entry, Leg
from yibao.core.books import entry as core
from yibao.core.books.subledgers import party_of
from yibao.database.writer import Writer, insert_sql


@dataclass(frozen=True, slots=True)
class NewEntry:
    """A balanced entry under an id drawn before, and the row it comes from."""

    entry_id: int
    entry: core.Entry
    source_id: int


def add_entries(
    w: Writer,
    *,
    book_id: int,
    region: str,
    area_no: int,
    entries: Sequence[NewEntry],
    source_kind: str,
    at: datetime,
    by: int,
) -> None:
    """Send entries and their lines to a sub-ledger; it numbers no vouchers.

    Rows of plain values, not lists of columns: for the few lines of a settlement they cost half.
    A closed month is refused by the database when the pipeline is read.
    """
    if not entries:
        return
    place = (region, area_no, book_id)
    w.run(
        _values_sql(Entry, _ENTRY, len(entries)),
        [
            value
            for one in entries
            for value in (
                *place,
                one.entry_id,
                one.entry.kind,
                one.entry.on,
                one.entry.on.replace(day=1),
                one.entry.memo_zh,
                source_kind,
                one.source_id,
                at,
                by,
            )
        ],
    )
    lines = [
        (one, leg, party_of(leg.about) or ("", None)) for one in entries for leg in one.entry.legs
    ]
    w.run(
        _values_sql(Leg, _LEG, len(lines)),
        [
            value
            for one, leg, party in lines
            for value in (
                *place,
                one.entry_id,
                leg.account,
                one.entry.on,
                int(leg.debit_fen),
                int(leg.credit_fen),
                *party,
            )
        ],
    )


_PLACE = ("region", "area_no", "book")
_ENTRY = (
    *_PLACE,
    "id",
    "kind",
    "on",
    "month",
    "memo",
    "source_kind",
    "source_id",
    "posted_at",
    "posted_by",
)
_LEG = (
    *_PLACE,
    "entry",
    "account",
    "on",
    "debit_fen",
    "credit_fen",
    "party_kind",
    "party_id",
)


@functools.cache
def _values_sql(model: type[Model], names: tuple[str, ...], rows: int) -> str:
    """Return the INSERT of so many rows of values."""
    row = f", ({', '.join(['%s'] * len(names))})"
    return insert_sql(model, names, False) + row * (rows - 1)

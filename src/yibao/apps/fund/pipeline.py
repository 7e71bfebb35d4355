"""Entries of a sub-ledger inside a hot operation's pipeline: one statement for each table."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from yibao.apps.fund.models import Entry, Leg
from yibao.core.books import entry as core
from yibao.core.books.subledgers import party_of
from yibao.database.writer import Writer


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

    A closed month is refused by the database when the pipeline is read.
    """
    if not entries:
        return
    count = len(entries)
    w.add_many(
        Entry,
        id=[one.entry_id for one in entries],
        region=[region] * count,
        area_no=[area_no] * count,
        book=[book_id] * count,
        kind=[one.entry.kind for one in entries],
        on=[one.entry.on for one in entries],
        month=[one.entry.on.replace(day=1) for one in entries],
        memo=[one.entry.memo_zh for one in entries],
        source_kind=[source_kind] * count,
        source_id=[one.source_id for one in entries],
        posted_at=[at] * count,
        posted_by=[by] * count,
    )
    lines = [
        (one, leg, party_of(leg.about) or ("", None)) for one in entries for leg in one.entry.legs
    ]
    w.add_many(
        Leg,
        region=[region] * len(lines),
        area_no=[area_no] * len(lines),
        entry=[one.entry_id for one, _, _ in lines],
        book=[book_id] * len(lines),
        account=[leg.account for _, leg, _ in lines],
        on=[one.entry.on for one, _, _ in lines],
        debit_fen=[int(leg.debit_fen) for _, leg, _ in lines],
        credit_fen=[int(leg.credit_fen) for _, leg, _ in lines],
        party_kind=[party[0] for _, _, party in lines],
        party_id=[party[1] for _, _, party in lines],
    )

"""A chain of seals over rows that are only added: made, signed, checked, and where it is broken.

The audit log has one, and the journal (yibao.apps.fund.sealing). How: docs/decisions/0005.
"""

import hashlib
import hmac
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby

from django.conf import settings
from django.db import connection, transaction

from yibao.database import scope as database_scope

# Every official division code lies below; sign-ins of nobody have area 0.
EVERYWHERE = (0, 10**12)
_AT_ONCE = 1000
_LEAF_BYTES = 8
_NAMED = 20


@dataclass(frozen=True)
class Seal:
    """A link of the chain: its number, how many records it closed, the digest over all so far."""

    number: int
    records: int
    head: str


@dataclass(frozen=True)
class State:
    """How far the chain goes: seals, records under them, records after them, the last digest."""

    seals: int
    records: int
    unsealed: int
    head: str


@dataclass(frozen=True)
class _Stored:
    number: int
    xid_from: int
    xid_until: int
    records: int
    head: str
    signature: str
    leaves: bytes


@dataclass(frozen=True)
class Chain:
    """Which tables and functions a chain is made of; all names are our own."""

    name: str
    record: str  # what a row is called in a fault
    table: str
    seals: str
    seal_function: str
    sign_function: str
    words_function: str

    @transaction.atomic
    def seal(self, *, at: datetime) -> Seal | None:
        """Close every record that can no longer change; None where nothing new is closed."""
        with connection.cursor() as cursor:
            cursor.execute(f"select number, records, head from {self.seal_function}(%s)", [at])  # noqa: S608
            row = cursor.fetchone()
            if row is None:
                return None
            made = Seal(*row)
            cursor.execute(
                f"select {self.sign_function}(%s, %s)", [made.number, signature(made.head)]
            )
        return made

    def state(self) -> State:
        """Return how far the chain goes."""
        with database_scope.scoped(*EVERYWHERE), connection.cursor() as cursor:
            cursor.execute(
                f"select coalesce(max(number), 0), coalesce(sum(records), 0),"  # noqa: S608
                f" (select head from {self.seals} order by number desc limit 1),"
                f" (select count(*) from {self.table} r where r.xid >="
                f"  coalesce((select max(xid_until) from {self.seals}), 0)) from {self.seals}"
            )
            seals, records, head, after = cursor.fetchone()
        return State(seals=seals, records=int(records), unsealed=after, head=head or "")

    def heads(self) -> dict[int, str]:
        """Return the digest that each seal holds."""
        with connection.cursor() as cursor:
            cursor.execute(f"select number, head from {self.seals}")  # noqa: S608
            return dict(cursor.fetchall())

    def verify(self, kept: dict[int, str] | None = None) -> list[str]:
        """Compute the chain again from the rows; return a sentence for each fault, none if whole.

        `kept` are heads that were written elsewhere, by their seals' numbers: they tell of seals
        that somebody removed or made anew. Shares nothing with the sealing function but the words
        of a row, which the database writes.
        """
        with database_scope.scoped(*EVERYWHERE):
            seals = self._stored()
            faults = self._against(kept or {}, {one.number: one.head for one in seals})
            if not seals:
                return faults
            ranges = self._ranges(seals)
            before, until, head = 0, 0, ""
            for one in seals:
                if one.number != before + 1 or one.xid_from != until:
                    faults.append(f"seal {one.number} does not follow seal {before}")
                faults += self._faults_of(one, head, ranges.get(one.number, []))
                # From the stored head, so that one fault does not hide where the others are.
                before, until, head = one.number, one.xid_until, one.head
        return faults

    def _against(self, kept: dict[int, str], held: dict[int, str]) -> list[str]:
        faults = []
        for number, head in sorted(kept.items()):
            if number not in held:
                faults.append(f"seal {number} was kept outside the database and is missing in it")
            elif held[number] != head:
                faults.append(f"seal {number} is not the one that was kept outside the database")
        return faults

    def _stored(self) -> list[_Stored]:
        with connection.cursor() as cursor:
            cursor.execute(
                f"select number, xid_from, xid_until, records, head, signature, leaves"  # noqa: S608
                f" from {self.seals} order by number"
            )
            return [_Stored(*row[:-1], leaves=bytes(row[-1])) for row in cursor.fetchall()]

    def _ranges(self, seals: list[_Stored]) -> "_Ranges":
        return _Ranges(self._digests(max(one.xid_until for one in seals)), seals)

    def _digests(self, xid_until: int) -> Iterator[tuple[int, int, bytes]]:
        """Yield (transaction, id, digest) in sealing order, a thousand at a time."""
        with connection.chunked_cursor() as cursor:
            cursor.execute(
                f"select xid, id, sha256(convert_to({self.words_function}(r), 'UTF8'))"  # noqa: S608
                f" from {self.table} r where xid < %s order by xid, id",
                [xid_until],
            )
            while rows := cursor.fetchmany(_AT_ONCE):
                for xid, number, digest in rows:
                    yield xid, number, bytes(digest)

    def _faults_of(self, one: _Stored, head: str, rows: list[tuple[int, bytes]]) -> list[str]:
        faults = []
        link = hashlib.sha256(head.encode() + b"".join(digest for _, digest in rows))
        what = ""
        if len(rows) != one.records:
            what = f"seal {one.number} closed {one.records} records, there are {len(rows)}"
        elif link.hexdigest() != one.head:
            span = f"{one.xid_from} to {one.xid_until}"
            what = f"seal {one.number}: a record of transactions {span} was changed"
        if what:
            faults.append("; ".join([what, *self._located(one, rows)]))
        if not hmac.compare_digest(one.signature, signature(one.head)):
            faults.append(f"seal {one.number} was not signed with this installation's key")
        return faults

    def _located(self, one: _Stored, rows: list[tuple[int, bytes]]) -> list[str]:
        """Say which rows are not as they were sealed, and between which ones rows are gone."""
        size = _LEAF_BYTES
        sealed = [one.leaves[at : at + size] for at in range(0, len(one.leaves), size)]
        if not sealed:  # a seal of before the leaves were kept
            return []
        unknown = Counter(sealed)
        strange = []
        for number, digest in rows:
            leaf = digest[:size]
            if unknown[leaf]:
                unknown[leaf] -= 1
            else:
                strange.append(number)
        there = {digest[:size]: number for number, digest in rows}
        said = [f"{self.record} {number} was changed or added" for number in strange[:_NAMED]]
        before = "the beginning"
        for leaf in sealed:
            if leaf in there:
                before = f"{self.record} {there[leaf]}"
            elif len(said) < _NAMED + _NAMED:
                said.append(f"one after {before} is gone or changed")
        return said


class _Ranges:
    """Hands out the rows of each seal in turn, from one pass over the log."""

    def __init__(self, digests: Iterator[tuple[int, int, bytes]], seals: list[_Stored]) -> None:
        bounds = iter(sorted((one.xid_until, one.number) for one in seals))
        self._bound = next(bounds)
        self._bounds = bounds
        self._groups = groupby(digests, key=lambda row: self._number(row[0]))
        self._next = next(self._groups, None)

    def _number(self, xid: int) -> int:
        while xid >= self._bound[0]:
            self._bound = next(self._bounds)
        return self._bound[1]

    def get(self, number: int, otherwise: list[tuple[int, bytes]]) -> list[tuple[int, bytes]]:
        """Return (id, digest) of the seal's rows, which must be asked for in order."""
        if self._next is None or self._next[0] != number:
            return otherwise
        rows = [(row, digest) for _, row, digest in self._next[1]]
        self._next = next(self._groups, None)
        return rows


def signature(head: str) -> str:
    """Return the HMAC of a head under the installation's key."""
    return hmac.new(str(settings.AUDIT_KEY).encode(), head.encode(), hashlib.sha256).hexdigest()

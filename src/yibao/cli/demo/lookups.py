"""What the demonstration reads back: who got which number of ours, and what is owed.

Reads only, under the scope of whoever asks, so that row security holds here too.
"""

from collections.abc import Iterable
from dataclasses import dataclass

from yibao.apps.access.scope import Scope, scoped
from yibao.apps.collection.models import Due, Payment, PaymentMatch
from yibao.apps.registry.models import IdentityDocument, Person
from yibao.apps.subsidy.models import RosterRow
from yibao.database.sealing import NUMBER, index_of


@dataclass(frozen=True, slots=True)
class Owed:
    """A due: its id and what is open, in fen."""

    due_id: int
    open_fen: int
    subsidised_fen: int


def persons_of(scope: Scope, numbers: Iterable[str]) -> dict[str, int]:
    """Return the person of each number that is registered in the scope."""
    with scoped(scope):
        index = {index_of(number, of=NUMBER): number for number in numbers}
        rows = IdentityDocument.objects.filter(number_index__in=list(index), valid_until=None)
        return {index[one]: pk for one, pk in rows.values_list("number_index", "person_id")}


def household_of(scope: Scope, person_id: int) -> int | None:
    """Return the household that a person belongs to."""
    with scoped(scope):
        return Person.objects.values_list("household_id", flat=True).get(id=person_id)


def dues_of(scope: Scope, year: int, person_ids: Iterable[int]) -> dict[int, Owed]:
    """Return the due of each of these persons."""
    with scoped(scope):
        rows = Due.objects.filter(
            year=year, person_id__in=list(person_ids), cancelled_at=None
        ).values_list("person_id", "id", "owed_fen", "subsidised_fen", "paid_fen")
        return {
            person: Owed(due_id, owed - borne - paid, borne)
            for person, due_id, owed, borne, paid in rows
        }


def payments_of(scope: Scope, vouchers: Iterable[str]) -> dict[str, int]:
    """Return the payment of each voucher number."""
    with scoped(scope):
        rows = Payment.objects.filter(voucher_no__in=list(vouchers))
        return dict(rows.values_list("voucher_no", "id"))


def matched_payments(scope: Scope, year: int, limit: int) -> list[int]:
    """Return the first payments that pay a due, by their ids."""
    with scoped(scope):
        rows = PaymentMatch.objects.filter(payment__year=year).order_by("payment_id")
        return list(rows.values_list("payment_id", flat=True)[:limit])


def open_rows(scope: Scope, roster_id: int) -> list[int]:
    """Return the rows of a roster that wait for an answer."""
    with scoped(scope):
        rows = RosterRow.objects.filter(roster_id=roster_id, state="unmatched").order_by("id")
        return list(rows.values_list("id", flat=True))

"""Dues that are paid: the match, the due, the sub-ledger and the cover, in one transaction.

Paying insures: what the coverage rule does not accept is not settled, and the money stays
unmatched with the rule's reason. Every statement here takes all rows at once.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import connection
from django.utils.timezone import localdate, localtime

from yibao.apps.access.scope import Scope
from yibao.apps.collection.booking import DueMoved, post_dues
from yibao.apps.collection.pricing import json_ready
from yibao.apps.enrolment import operations as enrolment
from yibao.apps.enrolment.queries import facts_for_rules
from yibao.core.books import subledgers

SOURCE_KIND = "due"


@dataclass(frozen=True, slots=True)
class Pair:
    """A payment and the due that it would pay, in full."""

    payment_id: int
    due_id: int
    person_id: int
    area_no: int
    amount_fen: int
    paid_at: datetime


@dataclass(frozen=True, slots=True)
class Payer:
    """A person whose due is settled, and when it was paid."""

    person_id: int
    due_id: int
    area_no: int
    paid_at: datetime


@dataclass(frozen=True, slots=True)
class Answered:
    """Which pairs the coverage rule accepts, and why not the others (its reason, by payment)."""

    accepted: tuple[Pair, ...]
    refused: Mapping[int, str]


def lock_dues(due_ids: Iterable[int]) -> dict[int, int]:
    """Lock the dues and return what is still open of each, in fen; cancelled ones are left out.

    In the order of their ids, so that two who lock the same dues wait and do not deadlock; and not
    as keys: rows that only point at a due are checked at the commit, when other locks are held.
    """
    with connection.cursor() as cursor:
        cursor.execute(
            """
            select id, owed_fen - subsidised_fen - paid_fen from collection_due
             where id = any(%s) and cancelled_at is null order by id for no key update
            """,
            [list(due_ids)],
        )
        return dict(cursor.fetchall())


def cover_payers(
    *, scope: Scope, year: int, payers: Sequence[Payer], at: datetime
) -> dict[int, str]:
    """Cover these persons as of their payments. Returns the reason of each who is refused."""
    if not payers:
        return {}
    persons = [payer.person_id for payer in payers]
    facts = facts_for_rules(scope=scope, person_ids=persons, year=year)
    items = [
        enrolment.CoverItem(
            person_id=payer.person_id,
            year=year,
            facts=json_ready(
                facts[payer.person_id]
                | {"paid_at": localtime(payer.paid_at), "paid_on": localdate(payer.paid_at)}
            ),
            source_kind=SOURCE_KIND,
            source_id=payer.due_id,
            area_no=payer.area_no,
        )
        for payer in payers
    ]
    answers = enrolment.cover(scope=scope, items=items, at=at)
    return {answer.person_id: answer.reason for answer in answers if not answer.accepted}


def cover_pairs(*, scope: Scope, year: int, pairs: Sequence[Pair], at: datetime) -> Answered:
    """Cover the persons of these pairs as of their payments; refused ones are not written."""
    payers = [Payer(pair.person_id, pair.due_id, pair.area_no, pair.paid_at) for pair in pairs]
    reasons = cover_payers(scope=scope, year=year, payers=payers, at=at)
    return Answered(
        accepted=tuple(pair for pair in pairs if pair.person_id not in reasons),
        refused={
            pair.payment_id: reasons[pair.person_id] for pair in pairs if pair.person_id in reasons
        },
    )


def pay_dues(*, scope: Scope, pairs: Sequence[Pair], reason: str, at: datetime) -> None:
    """Write that these payments pay these dues. The dues are locked and open for the amounts."""
    if not pairs:
        return
    with connection.cursor() as cursor:
        cursor.execute(
            """
            insert into collection_paymentmatch
                   (region, area_no, payment_id, due_id, amount_fen, reason, matched_at, matched_by)
            select %s, area_no, payment_id, due_id, amount_fen, %s, %s, %s
              from unnest(%s::bigint[], %s::bigint[], %s::bigint[], %s::bigint[])
                as t (area_no, payment_id, due_id, amount_fen)
            """,
            [
                scope.region,
                reason,
                at,
                scope.operator_id,
                [pair.area_no for pair in pairs],
                [pair.payment_id for pair in pairs],
                [pair.due_id for pair in pairs],
                [pair.amount_fen for pair in pairs],
            ],
        )
        cursor.execute(
            """
            update collection_due d set paid_fen = d.paid_fen + t.amount_fen,
                   settled_at = case when d.owed_fen = d.subsidised_fen + d.paid_fen + t.amount_fen
                                     then t.paid_at end
              from unnest(%s::bigint[], %s::bigint[], %s::timestamptz[])
                as t (due_id, amount_fen, paid_at)
             where d.id = t.due_id
            """,
            [
                [pair.due_id for pair in pairs],
                [pair.amount_fen for pair in pairs],
                [pair.paid_at for pair in pairs],
            ],
        )
    moved = [DueMoved(pair.due_id, pair.person_id, pair.area_no, pair.amount_fen) for pair in pairs]
    post_dues(scope=scope, recipe=subledgers.due_paid, moved=moved, at=at)

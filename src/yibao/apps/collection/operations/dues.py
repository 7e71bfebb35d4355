"""Dues: raised from the rulebook, cancelled where nothing is asked any more."""

import json
from collections.abc import Mapping, Sequence
from datetime import datetime

from django.db import connection
from django.utils.timezone import localdate

from yibao.apps.access import audit
from yibao.apps.access.scope import Scope, scoped
from yibao.apps.collection.booking import DueMoved, post_dues
from yibao.apps.collection.operations.reliefs import bear
from yibao.apps.collection.pricing import Price, price_persons
from yibao.apps.collection.queries.dues import persons_without_due
from yibao.apps.enrolment.queries import facts_for_rules
from yibao.core.books import subledgers
from yibao.core.refusal import Refusal


class PriceLeftOpen(Refusal):
    """Raised by `raise_dues` after raising all others, where the region's text gives no amount."""

    code = "E701"
    message = "{persons} 人的应缴金额无法核定：{reason}（{setting}）；其余 {raised} 人已核定"
    remedy = "请由有权机关确定该设置并附文件，再核定这些人的应缴"
    message_en = (
        "The amount of {persons} person(s) cannot be set: {reason} ({setting}); {raised} raised"
    )
    remedy_en = "Have the authority decide the setting with a document, then raise these dues"
    person_ids: tuple[int, ...] = ()


def raise_dues(
    *, scope: Scope, year: int, at: datetime, person_ids: Sequence[int] | None = None
) -> int:
    """Raise the dues of everybody on the year's list who has none, and return how many.

    The amount is what the region's contribution rule says the person pays; what somebody else
    bears is taken off at once, and who owes nothing more is covered. Persons with proven other
    cover are asked for nothing (方案 四(一)). Raises PriceLeftOpen after the others are raised.
    """
    scope.require("collection.raise_dues")
    with scoped(scope):
        waiting = persons_without_due(scope=scope, year=year, person_ids=person_ids)
        facts = facts_for_rules(scope=scope, person_ids=list(waiting), year=year)
        # Nobody can pay earlier than now: whether the window is over shows in the price.
        for known in facts.values():
            known["paid_on"] = localdate(at)
        priced = price_persons(region=scope.region, year=year, facts=facts)
        raised = _insert_dues(scope, year, waiting, priced.prices, at)
        post_dues(scope=scope, recipe=subledgers.due_raised, moved=raised, at=at)
        bear(scope=scope, year=year, person_ids=[one.person_id for one in raised], at=at)
        audit.record(
            scope=scope,
            action="collection.raise_dues",
            at=at,
            object_kind="year",
            object_id=str(year),
            area_no=scope.area_from,
            detail={
                "raised": len(raised),
                "amount_fen": sum(one.amount_fen for one in raised),
                "left_open": sum(map(len, priced.left_open.values())),
            },
        )
    for silence, persons in priced.left_open.items():
        refusal = PriceLeftOpen(
            persons=len(persons), setting=silence.setting, reason=silence.reason, raised=len(raised)
        )
        refusal.person_ids = tuple(persons)
        raise refusal
    return len(raised)


def _insert_dues(
    scope: Scope, year: int, areas: Mapping[int, int], prices: Mapping[int, Price], at: datetime
) -> list[DueMoved]:
    """Insert the dues in one statement; who got one in the meantime is left out."""
    persons = sorted(prices)
    with connection.cursor() as cursor:
        cursor.execute(
            """
            insert into collection_due (region, area_no, person_id, year, price_class, owed_fen,
                                        subsidised_fen, paid_fen, shares, witness, raised_at)
            select %s, area_no, person_id, %s, price_class, owed_fen, 0, 0, shares, witness, %s
              from unnest(%s::bigint[], %s::bigint[], %s::text[], %s::bigint[], %s::jsonb[],
                          %s::jsonb[])
                as t (area_no, person_id, price_class, owed_fen, shares, witness)
            on conflict (person_id, year) where cancelled_at is null do nothing
            returning id, person_id, area_no, owed_fen
            """,
            [
                scope.region,
                year,
                at,
                [areas[person] for person in persons],
                persons,
                [prices[person].price_class for person in persons],
                [prices[person].owed_fen for person in persons],
                [json.dumps(prices[person].shares) for person in persons],
                [json.dumps(prices[person].witness) for person in persons],
            ],
        )
        return [DueMoved(*row) for row in cursor.fetchall()]


def cancel_dues(
    *, scope: Scope, year: int, person_ids: Sequence[int], reason: str, at: datetime
) -> int:
    """Ask these persons for nothing more. A due with a payment stays: it is not paid back.

    Returns how many dues were cancelled.
    """
    scope.require("collection.raise_dues")
    with scoped(scope):
        with connection.cursor() as cursor:
            cursor.execute(
                """
                with locked as (
                    select id, person_id, area_no, owed_fen - subsidised_fen as open_fen
                      from collection_due
                     where year = %s and person_id = any(%s) and cancelled_at is null
                       and paid_fen = 0 and subsidised_fen = 0
                     order by id for no key update)
                update collection_due d set cancelled_at = %s from locked
                 where d.id = locked.id
                returning d.id, d.person_id, d.area_no, locked.open_fen
                """,
                [year, list(person_ids), at],
            )
            cancelled = [DueMoved(*row) for row in cursor.fetchall()]
        post_dues(scope=scope, recipe=subledgers.due_cancelled, moved=cancelled, at=at)
        audit.record(
            scope=scope,
            action="collection.cancel_dues",
            at=at,
            object_kind="year",
            object_id=str(year),
            area_no=scope.area_from,
            detail={"cancelled": len(cancelled), "reason": reason},
        )
        return len(cancelled)

"""What somebody else bears of a due: recorded, taken off, taken back."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import connection

from yibao.apps.access.scope import Scope, scoped
from yibao.apps.collection.booking import DueMoved, post_dues
from yibao.apps.collection.settling import SOURCE_KIND, Payer, cover_payers
from yibao.apps.enrolment import operations as enrolment
from yibao.core.books import subledgers

LESS_BORNE = "资助减少，个人部分尚未缴清"
_BEAR = """
with locked as (
    select d.id, d.settled_at is null as was_open, d.subsidised_fen as before_fen,
           least(coalesce(r.subsidised_fen, 0), d.owed_fen - d.paid_fen) as after_fen
      from collection_due d
      left join collection_relief r on r.person_id = d.person_id and r.year = d.year
                                   and r.removed_at is null
     where d.year = %s and d.person_id = any(%s) and d.cancelled_at is null
     order by d.id for no key update of d)
update collection_due d
   set subsidised_fen = locked.after_fen,
       settled_at = case when d.owed_fen = locked.after_fen + d.paid_fen
                         then coalesce(d.settled_at, %s) end
  from locked where d.id = locked.id
returning d.id, d.person_id, d.area_no, locked.after_fen, locked.before_fen,
          locked.was_open and d.settled_at is not null,
          not locked.was_open and d.settled_at is null
"""


@dataclass(frozen=True, slots=True)
class NewRelief:
    """That somebody else bears so much of a person's due, in fen; `source_id` says by what."""

    person_id: int
    area_no: int
    category: str
    subsidised_fen: int
    source_id: int


@dataclass(frozen=True, slots=True)
class _Borne:
    """A due before and after its relief was taken off, in fen."""

    due_id: int
    person_id: int
    area_no: int
    after_fen: int
    before_fen: int
    settled_now: bool
    open_again: bool

    @property
    def moved(self) -> DueMoved:
        """How much changed, on either side."""
        amount = abs(self.after_fen - self.before_fen)
        return DueMoved(self.due_id, self.person_id, self.area_no, amount)


def set_reliefs(
    *, scope: Scope, year: int, reliefs: Sequence[NewRelief], source_kind: str, at: datetime
) -> dict[int, int]:
    """Record who bears what, and take it off the dues that are raised already.

    Returns, for every person with a due, how much of it is borne now, in fen: not more than what
    the person has not paid, because nothing is paid back (方案 四(二)). A relief that stands
    already with the same amount and category is left alone.
    """
    with scoped(scope):
        _replace_reliefs(scope, year, reliefs, source_kind, at)
        return bear(scope=scope, year=year, person_ids=[r.person_id for r in reliefs], at=at)


def remove_reliefs(
    *, scope: Scope, year: int, person_ids: Sequence[int], reason: str, at: datetime
) -> int:
    """End the reliefs of these persons: what was borne is open again, their cover ends with it.

    Returns how many reliefs ended.
    """
    with scoped(scope):
        with connection.cursor() as cursor:
            cursor.execute(
                """
                update collection_relief set removed_at = %s
                 where year = %s and person_id = any(%s) and removed_at is null
                """,
                [at, year, list(person_ids)],
            )
            ended = cursor.rowcount
        bear(scope=scope, year=year, person_ids=person_ids, at=at, reason=reason)
        return ended


def uncover(*, scope: Scope, due_ids: Sequence[int], reason: str, at: datetime) -> int:
    """End the cover that these dues had given. Returns how many coverages ended."""
    if not due_ids:
        return 0
    with scoped(scope), connection.cursor() as cursor:
        cursor.execute(
            """
            select id from enrolment_coverage
             where source_kind = %s and source_id = any(%s) and cancelled_at is null
            """,
            [SOURCE_KIND, list(due_ids)],
        )
        found = [row[0] for row in cursor.fetchall()]
        for coverage_id in found:
            enrolment.cancel_coverage(scope=scope, coverage_id=coverage_id, reason=reason, at=at)
        return len(found)


def _replace_reliefs(
    scope: Scope, year: int, reliefs: Sequence[NewRelief], source_kind: str, at: datetime
) -> None:
    columns = [
        [one.person_id for one in reliefs],
        [one.area_no for one in reliefs],
        [one.category for one in reliefs],
        [one.subsidised_fen for one in reliefs],
        [one.source_id for one in reliefs],
    ]
    table = """unnest(%s::bigint[], %s::bigint[], %s::text[], %s::bigint[], %s::bigint[])
               as t (person_id, area_no, category, subsidised_fen, source_id)"""
    with connection.cursor() as cursor:
        cursor.execute(
            f"""
            update collection_relief r set removed_at = %s from {table}
             where r.person_id = t.person_id and r.year = %s and r.removed_at is null
               and (r.category, r.subsidised_fen) <> (t.category, t.subsidised_fen)
            """,  # noqa: S608 - a fixed text
            [at, *columns, year],
        )
        cursor.execute(
            f"""
            insert into collection_relief (region, area_no, person_id, year, category,
                                           subsidised_fen, source_kind, source_id, recorded_at)
            select %s, area_no, person_id, %s, category, subsidised_fen, %s, source_id, %s
              from {table}
            on conflict (person_id, year) where removed_at is null do nothing
            """,  # noqa: S608 - a fixed text
            [scope.region, year, source_kind, at, *columns],
        )


def bear(
    *,
    scope: Scope,
    year: int,
    person_ids: Sequence[int],
    at: datetime,
    reason: str = LESS_BORNE,
) -> dict[int, int]:
    """Bring `subsidised_fen` of these persons' dues to what their reliefs say, and post it.

    A due that becomes fully borne is settled, and its person covered as of now; one that is open
    again ends the cover, for `reason`. Returns how much of each person's due is borne, in fen.
    """
    if not person_ids:
        return {}
    with scoped(scope):
        with connection.cursor() as cursor:
            cursor.execute(_BEAR, [year, list(person_ids), at])
            rows = [_Borne(*row) for row in cursor.fetchall()]
        more = [one.moved for one in rows if one.after_fen > one.before_fen]
        less = [one.moved for one in rows if one.after_fen < one.before_fen]
        post_dues(scope=scope, recipe=subledgers.due_subsidised, moved=more, at=at)
        post_dues(scope=scope, recipe=subledgers.subsidy_withdrawn, moved=less, at=at)
        settled = [
            Payer(one.person_id, one.due_id, one.area_no, at) for one in rows if one.settled_now
        ]
        cover_payers(scope=scope, year=year, payers=settled, at=at)
        uncover(
            scope=scope,
            due_ids=[one.due_id for one in rows if one.open_again],
            reason=reason,
            at=at,
        )
        return {one.person_id: one.after_fen for one in rows}

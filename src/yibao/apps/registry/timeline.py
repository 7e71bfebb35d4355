"""What happened to people, whatever part of the house it lies in: one shape, one order, pages.

Every app lists its kinds of events as branches, a statement a kind; `happened` asks for all of an
app's in one query and goes on by keyset: after the event (moment, kind, id), newest first.
"""

import json
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import connection

from yibao.apps.access.scope import Scope, scoped


@dataclass(frozen=True, order=True, slots=True)
class Place:
    """Where an event stands among the others; a page goes on after one."""

    at: datetime
    kind: str
    id: int


@dataclass(frozen=True, slots=True)
class Happened:
    """An event of a person: its place, and what is said of it (amounts in fen, days as text)."""

    place: Place
    person_id: int
    facts: Mapping[str, Any]


# kind → a statement with the columns at, id, person_id and facts; %(persons)s are the people's ids.
Branches = Mapping[str, str]


def day(column: str) -> str:
    """Return the SQL of the moment with which a day begins."""
    return f"({column}::timestamp at time zone 'Asia/Shanghai')"


def happened(
    *,
    scope: Scope,
    branches: Branches,
    person_ids: Sequence[int],
    kinds: Collection[str],
    before: Place | None,
    limit: int,
) -> list[Happened]:
    """Return the newest events of these kinds before a place. One query; none without a kind."""
    asked = {kind: sql for kind, sql in branches.items() if kind in kinds}
    if not asked or not person_ids:
        return []
    union = " union all ".join(
        f"select '{kind}' collate \"C\" as kind, b.at, b.id, b.person_id, b.facts from ({sql}) b"  # noqa: S608 - fixed texts
        for kind, sql in asked.items()
    )
    values = {
        "persons": list(person_ids),
        "at": before and before.at,
        "kind": before and before.kind,
        "id": before and before.id,
        "limit": limit,
    }
    with scoped(scope), connection.cursor() as cursor:
        cursor.execute(
            f"select kind, at, id, person_id, facts::text from ({union}) t"  # noqa: S608 - fixed texts
            " where %(at)s::timestamptz is null"
            "    or (t.at, t.kind, t.id) < (%(at)s, %(kind)s::text, %(id)s::bigint)"
            " order by at desc, kind desc, id desc limit %(limit)s",
            values,
        )
        return [
            Happened(Place(at, kind, pk), person_id, json.loads(facts))
            for kind, at, pk, person_id, facts in cursor.fetchall()
        ]


def merged(parts: Sequence[Sequence[Happened]], limit: int) -> tuple[list[Happened], Place | None]:
    """Return the newest of several apps' events, and the place after which others follow."""
    found = sorted((one for part in parts for one in part), key=_place, reverse=True)
    more = found[limit - 1].place if len(found) > limit else None
    return found[:limit], more


def _place(one: Happened) -> Place:
    return one.place

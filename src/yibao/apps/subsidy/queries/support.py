"""Reads of rosters, supports, fixed lists and grants."""

import json
from dataclasses import dataclass
from datetime import date, datetime

from django.db import connection
from django.db.models import Count, Q, QuerySet
from django.utils.translation import gettext_lazy as _

from yibao.apps.access.scope import NotThere, Scope, scoped
from yibao.apps.registry.shown import number_of
from yibao.apps.subsidy.models import Grant, Roster, RosterRow, Support, SupportList
from yibao.apps.subsidy.queries.matching import unmatched_rows_count

PAGE = 100


@dataclass(frozen=True, slots=True)
class VillageSupport:
    """How many are supported in a village, by category, and how much is borne, in fen."""

    area_no: int
    area_name: str
    persons: int
    subsidy_fen: int
    by_category: dict[str, int]


@dataclass(frozen=True, slots=True)
class SupportLine:
    """A supported person of a list or a village."""

    person_id: int
    name: str
    number: str
    area_no: int
    area_name: str
    category: str
    department: str
    subsidy_fen: int
    personal_fen: int
    decided_at: datetime


@dataclass(frozen=True, slots=True)
class GrantLine:
    """What a department owes and what arrived, in fen."""

    grant_id: int
    department: str
    category: str
    persons: int
    expected_fen: int
    received_fen: int

    @property
    def missing_fen(self) -> int:
        """What has not arrived; below zero where too much did."""
        return self.expected_fen - self.received_fen


def roster(*, scope: Scope, roster_id: int) -> Roster:
    """Return a roster. Raises NotThere."""
    with scoped(scope):
        found = Roster.objects.select_related("department").filter(id=roster_id).first()
    if found is None:
        raise NotThere(what=_("名单 %(id)s") % {"id": roster_id})
    return found


def row_states(*, scope: Scope, roster_id: int) -> dict[str, int]:
    """Return how many rows of a roster stand in each state."""
    with scoped(scope):
        found = RosterRow.objects.filter(roster_id=roster_id).values_list("state")
        return dict(found.annotate(Count("id")).order_by("state"))


def waiting_rows(*, scope: Scope, year: int, offset: int = 0, limit: int = PAGE) -> list[RosterRow]:
    """Return the rows that wait for an answer, the oldest first."""
    with scoped(scope):
        return list(_waiting(year)[offset : offset + limit])


def unmatched_badge(scope: Scope, year: int) -> int:
    """Return how many rows wait for an answer, for the menu."""
    return unmatched_rows_count(scope, year)


def row(*, scope: Scope, row_id: int) -> RosterRow:
    """Return one row with its roster. Raises NotThere."""
    with scoped(scope):
        found = (
            RosterRow.objects.select_related("roster__department", "person")
            .filter(id=row_id)
            .first()
        )
    if found is None:
        raise NotThere(what=_("名单行 %(id)s") % {"id": row_id})
    return found


def results_by_village(*, scope: Scope, year: int) -> list[VillageSupport]:
    """Return who is supported, by village and category. One query."""
    with scoped(scope), connection.cursor() as cursor:
        cursor.execute(
            """
            select area_no, name, sum(persons)::bigint, sum(fen)::bigint,
                   jsonb_object_agg(category, persons)::text
              from (select s.area_no, coalesce(max(o.name), '') as name, s.category,
                           count(*) as persons, sum(s.subsidy_fen) as fen
                      from subsidy_support s
                      left join access_organisation o
                             on o.division = s.area_no::text and o.kind = 'village'
                     where s.year = %s and s.removed_at is null
                     group by s.area_no, s.category) t
             group by area_no, name order by area_no
            """,
            [year],
        )
        return [VillageSupport(*row, json.loads(text)) for *row, text in cursor.fetchall()]


_LINES = """
select p.id, p.name, i.number, s.area_no, coalesce(v.name, ''), l.category,
       coalesce(o.name, ''), l.subsidy_fen, s.personal_fen, s.decided_at
  from subsidy_supportlistline l join subsidy_support s on s.id = l.support_id
  join registry_person p on p.id = s.person_id
  left join access_organisation o on o.id = s.department_id
  left join access_organisation v on v.division = s.area_no::text and v.kind = 'village'
  left join lateral (select n.number from registry_identitydocument n where n.person_id = p.id
                      order by n.valid_until is not null, n.id desc limit 1) i on true
 where l.list_id = %s order by s.area_no, l.category, p.id offset %s limit %s
"""


def list_lines(
    *, scope: Scope, list_id: int, offset: int = 0, limit: int = PAGE
) -> list[SupportLine]:
    """Return the lines of a fixed list that lie in the scope: a town sees its own."""
    with scoped(scope), connection.cursor() as cursor:
        cursor.execute(_LINES, [list_id, offset, limit])
        return [
            SupportLine(person_id, name, number_of(number), *rest)
            for person_id, name, number, *rest in cursor.fetchall()
        ]


def support_of(*, scope: Scope, person_id: int, year: int) -> Support | None:
    """Return the support that a person has in a year: the mark that clerks and payers see."""
    with scoped(scope):
        return (
            Support.objects.select_related("department", "row__roster")
            .filter(person_id=person_id, year=year, removed_at__isnull=True)
            .first()
        )


def support_list(*, scope: Scope, list_id: int) -> SupportList:
    """Return a fixed list. Raises NotThere, to a town also before the list is sent."""
    with scoped(scope):
        found = _lists_for(scope).filter(id=list_id).first()
    if found is None:
        raise NotThere(what=_("资助名单 %(id)s") % {"id": list_id})
    return found


def grants(*, scope: Scope, year: int) -> list[GrantLine]:
    """Return what was expected of each department and what arrived, most missing first."""
    with scoped(scope):
        found = [
            GrantLine(
                grant_id=one.id,
                department=one.department.name,
                category=one.category,
                persons=one.persons,
                expected_fen=one.expected_fen,
                received_fen=one.received_fen,
            )
            for one in Grant.objects.filter(year=year).select_related("department")
        ]
    return sorted(found, key=lambda one: (-one.missing_fen, one.department, one.category))


def late_rosters(*, scope: Scope, year: int, due_on: date) -> list[Roster]:
    """Return the first lists that departments handed in after the day they were due."""
    with scoped(scope):
        return list(
            Roster.objects.filter(year=year, kind="initial", uploaded_at__date__gt=due_on)
            .exclude(state="dropped")
            .select_related("department")
            .order_by("uploaded_at")
        )


def _lists_for(scope: Scope) -> QuerySet[SupportList]:
    """Return the lists of the scope's own place, and those sent down by places above it."""
    own = Q(area_no__gte=scope.area_from)
    return SupportList.objects.filter(own | Q(sent_at__isnull=False))


def _waiting(year: int) -> QuerySet[RosterRow]:
    return (
        RosterRow.objects.filter(roster__year=year, state="unmatched")
        .exclude(roster__state="dropped")
        .select_related("roster__department")
        .order_by("id")
    )

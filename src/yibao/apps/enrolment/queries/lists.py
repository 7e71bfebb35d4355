"""Who is on a year's list, who is insured elsewhere, who has not paid and why."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from django.db import connection

from yibao.apps.access.scope import Scope, scoped
from yibao.apps.enrolment.models import Enrolment, InsuredYear, OtherCover
from yibao.apps.registry.names import masked
from yibao.apps.registry.shown import masked_phone

PAGE = 100


@dataclass(frozen=True, slots=True)
class EnrolmentLine:
    """That a person is on a year's list."""

    enrolment_id: int
    year: int
    event: str
    event_on: date | None
    notice_method: str
    unpaid_reason: str
    claimed_fen: int | None
    enrolled_at: datetime
    withdrawn_at: datetime | None
    source_kind: str
    source_id: int


@dataclass(frozen=True, slots=True)
class OtherCoverLine:
    """Cover elsewhere as a voucher proves it."""

    year: int
    kind: str
    place: str
    voucher_no: str
    recorded_at: datetime
    cancelled_at: datetime | None


@dataclass(frozen=True, slots=True)
class Unpaid:
    """A registered, living resident without coverage and without proven cover elsewhere."""

    person_id: int
    name_masked: str
    household_no: str
    area_no: int
    phone_masked: str
    enrolled: bool
    notice_method: str
    unpaid_reason: str


def years(*, region: str) -> list[InsuredYear]:
    """Return the region's insured years, the newest first."""
    return list(InsuredYear.objects.filter(region=region).order_by("-year"))


def enrolments_of(*, scope: Scope, person_id: int) -> list[EnrolmentLine]:
    """Return every year's list that the person is or was on, the newest first."""
    scope.require("enrolment.read")
    with scoped(scope):
        found = Enrolment.objects.filter(person_id=person_id).order_by("-year", "-id")
        return [
            EnrolmentLine(
                enrolment_id=one.pk,
                year=one.year,
                event=one.event,
                event_on=one.event_on,
                notice_method=one.notice_method,
                unpaid_reason=one.unpaid_reason,
                claimed_fen=one.claimed_fen,
                enrolled_at=one.enrolled_at,
                withdrawn_at=one.withdrawn_at,
                source_kind=one.source_kind,
                source_id=one.source_id,
            )
            for one in found
        ]


def other_covers_of(*, scope: Scope, person_ids: Sequence[int]) -> dict[int, list[OtherCoverLine]]:
    """Return the cover elsewhere of each person, the newest year first."""
    scope.require("enrolment.read")
    found: dict[int, list[OtherCoverLine]] = {}
    with scoped(scope):
        for one in OtherCover.objects.filter(person_id__in=person_ids).order_by("-year", "-id"):
            line = OtherCoverLine(
                year=one.year,
                kind=one.kind,
                place=one.place,
                voucher_no=one.voucher_no,
                recorded_at=one.recorded_at,
                cancelled_at=one.cancelled_at,
            )
            found.setdefault(one.person_id or 0, []).append(line)
    return found


def unpaid_of(*, scope: Scope, year: int, after_id: int = 0, limit: int = PAGE) -> list[Unpaid]:
    """Return who is still to be reached for a year, by id, the next `limit` after `after_id`.

    A person who claims cover elsewhere without a voucher is among them (方案 四(一)).
    """
    scope.require("enrolment.read")
    with scoped(scope), connection.cursor() as cursor:
        cursor.execute(
            """
            select p.id, p.name, coalesce(h.village_no, ''), p.area_no, p.phone,
                   e.id is not null, coalesce(e.notice_method, ''), coalesce(e.unpaid_reason, '')
              from registry_person p
              left join registry_household h on h.id = p.household_id
              left join enrolment_enrolment e
                on e.person_id = p.id and e.year = %(year)s and e.withdrawn_at is null
             where p.id > %(after)s and p.died_on is null and p.moved_away_on is null
               and not exists (select from enrolment_coverage c
                    where c.person_id = p.id and c.year = %(year)s and c.cancelled_at is null
                      and c.reason <> 'unpaid')
               and not exists (select from enrolment_othercover o
                    where o.person_id = p.id and o.year = %(year)s and o.cancelled_at is null)
             order by p.id limit %(limit)s""",
            {"year": year, "after": after_id, "limit": limit},
        )
        return [
            Unpaid(pk, masked(name), household, area_no, masked_phone(phone), *rest)
            for pk, name, household, area_no, phone, *rest in cursor.fetchall()
        ]

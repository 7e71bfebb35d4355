"""Putting persons on a year's list, one or many, and recording cover elsewhere."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db import connection
from django.utils.translation import gettext_lazy as _

from yibao.apps.access import audit
from yibao.apps.access.scope import NotThere, Scope, scoped
from yibao.apps.enrolment.models import Enrolment, OtherCover
from yibao.apps.enrolment.operations.years import the_open_year
from yibao.core.refusal import Refusal
from yibao.database.bulk import load

# What each column of the database holds.
_ENTRY = {
    "person_id": "bigint",
    "event": "text",
    "event_on": "date",
    "first_time": "boolean",
    "notice_method": "text",
    "unpaid_reason": "text",
    "claimed_fen": "bigint",
    "source_kind": "text",
    "source_id": "bigint",
}
_COVER = {
    "person_id": "bigint",
    "kind": "text",
    "place": "text",
    "hukou_place": "text",
    "voucher_no": "text",
    "source_kind": "text",
    "source_id": "bigint",
}


class AlreadyEnrolled(Refusal):
    """Raised where a person is on the year's list already."""

    code = "E672"
    message = "此人 {year} 年度已经登记参保"
    remedy = "查看其参保页；需要更改的先撤回原登记"
    message_en = "The person is enrolled for {year} already"
    remedy_en = "See the person's page; withdraw the enrolment before another is made"


class VoucherMissing(Refusal):
    """Raised for cover elsewhere without the voucher that proves it (方案 四(一))."""

    code = "E673"
    message = "没有异地参保的凭证号"
    remedy = "补交凭证后登记；没有凭证的仍列入未缴费名单"
    message_en = "There is no voucher of the cover elsewhere"
    remedy_en = "Record it with its voucher; without one the person stays on the unpaid list"
    field = "voucher_no"


class CoverRecordedAlready(Refusal):
    """Raised where cover elsewhere is recorded for the person and year."""

    code = "E674"
    message = "此人 {year} 年度的异地参保已经登记"
    remedy = "查看原登记；有误的先撤销"
    message_en = "Cover elsewhere is recorded for {year} already"
    remedy_en = "See the record; cancel it where it is wrong"


@dataclass(frozen=True, slots=True)
class Entry:
    """A person to be put on a year's list, with what happened to them where it matters."""

    person_id: int
    event: str = ""
    event_on: date | None = None
    first_time: bool = False
    notice_method: str = ""
    unpaid_reason: str = ""
    claimed_fen: int | None = None
    source_kind: str = "counter"
    source_id: int = 0


@dataclass(frozen=True, slots=True)
class NewOtherCover:
    """Cover elsewhere as annex 4 reports it. `kind`: employee or resident."""

    person_id: int
    kind: str
    place: str
    voucher_no: str
    hukou_place: str = ""
    source_kind: str = "counter"
    source_id: int = 0


def enrol(*, scope: Scope, year: int, entries: Sequence[Entry], at: datetime) -> list[int]:
    """Put the persons on the list of an open year; return the enrolments' ids in their order.

    All or none. A newborn, a mid-year entry: say so by `event` and `event_on`. Raises NotAllowed,
    YearNotOpen, NotThere, AlreadyEnrolled.
    """
    scope.require("enrolment.enrol")
    with scoped(scope), connection.cursor() as cursor:
        the_open_year(region=scope.region, year=year)
        ids = write_enrolments(cursor=cursor, year=year, entries=entries, at=at)
        if missing := {entry.person_id for entry in entries} - ids.keys():
            _say_why(year, sorted(missing))
        elif len(ids) < len(entries):
            raise AlreadyEnrolled(year=year)
        audit.record(
            scope=scope,
            action="enrolment.enrol",
            at=at,
            object_kind="enrolment",
            object_id=str(next(iter(ids.values()))) if len(ids) == 1 else "",
            area_no=scope.area_from,
            detail={"year": year, "persons": len(ids)},
        )
    return [ids[entry.person_id] for entry in entries]


def write_enrolments(
    *, cursor: Any, year: int, entries: Sequence[Entry], at: datetime
) -> dict[int, int]:
    """Insert enrolments set-wise in the caller's transaction; return ids by person.

    Persons out of scope and persons on the list already are left out.
    """
    names = [name for name in _ENTRY if name != "person_id"]
    rows = ([getattr(entry, name) for name in _ENTRY] for entry in entries)
    load(cursor, "entry_in", _ENTRY, rows)
    cursor.execute(
        f"""
        insert into enrolment_enrolment
               (region, area_no, person_id, year, enrolled_at, {", ".join(names)})
        select p.region, p.area_no, p.id, %s, %s, {", ".join(f"i.{name}" for name in names)}
          from entry_in i join registry_person p on p.id = i.person_id
            on conflict (person_id, year) where withdrawn_at is null do nothing
        returning person_id, id""",  # noqa: S608 - constants of this module
        [year, at],
    )
    return dict(cursor.fetchall())


def withdraw(*, scope: Scope, enrolment_id: int, reason: str, at: datetime) -> Enrolment:
    """Take a person off a year's list; the row stays. Raises NotAllowed, NotThere."""
    scope.require("enrolment.enrol")
    with scoped(scope):
        found = Enrolment.objects.select_for_update().filter(
            pk=enrolment_id, withdrawn_at=None
        ).first()  # fmt: skip
        if found is None:
            raise NotThere(what=_("参保登记"))
        found.withdrawn_at = at
        found.save(update_fields=["withdrawn_at"])
        audit.record(
            scope=scope,
            action="enrolment.withdraw",
            at=at,
            object_kind="enrolment",
            object_id=str(enrolment_id),
            area_no=found.area_no,
            detail={"reason": reason},
        )
    return found


def record_other_cover(
    *, scope: Scope, year: int, cover: NewOtherCover, at: datetime
) -> OtherCover:
    """Record that a person is insured elsewhere, with the voucher that proves it.

    Raises NotAllowed, YearNotOpen, VoucherMissing, NotThere, CoverRecordedAlready.
    """
    with scoped(scope):
        if record_other_covers(scope=scope, year=year, covers=[cover], at=at) == 0:
            known = OtherCover.objects.filter(person_id=cover.person_id, year=year)
            if known.exists():
                raise CoverRecordedAlready(year=year)
            raise NotThere(what=_("人员"))
        return OtherCover.objects.get(person_id=cover.person_id, year=year, cancelled_at=None)


def record_other_covers(
    *, scope: Scope, year: int, covers: Sequence[NewOtherCover], at: datetime
) -> int:
    """Record many; those recorded already are left out. Returns how many were written.

    Raises NotAllowed, YearNotOpen, VoucherMissing.
    """
    scope.require("enrolment.enrol")
    if not all(cover.voucher_no.strip() for cover in covers):
        raise VoucherMissing()
    with scoped(scope), connection.cursor() as cursor:
        the_open_year(region=scope.region, year=year)
        written = write_other_covers(cursor=cursor, year=year, covers=covers, at=at)
        audit.record(
            scope=scope,
            action="enrolment.other_cover",
            at=at,
            object_kind="other_cover",
            area_no=scope.area_from,
            detail={"year": year, "asked": len(covers), "written": written},
        )
    return written


def write_other_covers(
    *, cursor: Any, year: int, covers: Sequence[NewOtherCover], at: datetime
) -> int:
    """Insert cover elsewhere set-wise in the caller's transaction; return how many were new."""
    load(cursor, "cover_in", _COVER, ([getattr(c, name) for name in _COVER] for c in covers))
    names = [name for name in _COVER if name != "person_id"]
    cursor.execute(
        f"""
        insert into enrolment_othercover
               (region, area_no, person_id, year, recorded_at, {", ".join(names)})
        select p.region, p.area_no, p.id, %s, %s, {", ".join(f"i.{name}" for name in names)}
          from cover_in i join registry_person p on p.id = i.person_id
            on conflict (person_id, year) where cancelled_at is null do nothing""",  # noqa: S608
        [year, at],
    )
    return int(cursor.rowcount)


def _say_why(year: int, person_ids: Sequence[int]) -> None:
    listed = Enrolment.objects.filter(person_id__in=person_ids, year=year, withdrawn_at=None)
    if listed.exists():
        raise AlreadyEnrolled(year=year)
    raise NotThere(what=_("人员"))

"""What happens to a person after registration: standings, documents, departure, death."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from django.db import connection
from django.utils.translation import gettext_lazy as _

from yibao.apps.access import audit
from yibao.apps.access.scope import NotThere, Scope, scoped
from yibao.apps.registry.models import IdentityDocument, Person, PersonIdentity
from yibao.apps.registry.operations.elsewhere import number_exists_elsewhere
from yibao.apps.registry.operations.registration import AlreadyRegistered, RegisteredElsewhere
from yibao.core.identity import mask_number, read_document
from yibao.core.refusal import Refusal
from yibao.database.bulk import load
from yibao.database.errors import refused
from yibao.database.sealing import NUMBER, index_of


class StandingRecordedAlready(Refusal):
    """Raised for a standing whose time overlaps one of the same code."""

    code = "E184"
    message = "此人这段时间的“{standing}”已经登记"
    remedy = "请核对起止日期，先终止原记录再登记"
    message_en = 'The standing "{standing}" is recorded for that time already'
    remedy_en = "Check the dates; end the recorded one first"


class DayBeforeBirth(Refusal):
    """Raised for a death or departure dated before the person was born."""

    code = "E185"
    message = "{day} 早于此人的出生日期 {born}"
    remedy = "请核对日期"
    message_en = "{day} is before the person's birth on {born}"
    remedy_en = "Check the date"


_STANDING = {
    "person_id": "bigint",
    "code": "text",
    "valid_from": "date",
    "valid_until": "date",
    "source": "text",
    "source_kind": "text",
    "source_id": "bigint",
}


@dataclass(frozen=True, slots=True)
class Standing:
    """A person's standing to be recorded, with where it comes from."""

    person_id: int
    code: str
    valid_from: date
    valid_until: date | None = None
    source: str = ""
    source_kind: str = ""
    source_id: int | None = None


def record_identity(
    *,
    scope: Scope,
    person_id: int,
    code: str,
    valid_from: date,
    valid_until: date | None,
    source: str,
    at: datetime,
) -> PersonIdentity:
    """Record that a department certifies the standing from a day (until another, not included).

    Raises NotAllowed, NotThere, StandingRecordedAlready.
    """
    scope.require("registry.change")
    with scoped(scope):
        person = _person(person_id)
        with refused({"one_identity_of_a_code_at_a_time": StandingRecordedAlready(standing=code)}):
            identity = PersonIdentity.objects.create(
                region=person.region,
                area_no=person.area_no,
                person=person,
                code=code,
                valid_from=valid_from,
                valid_until=valid_until,
                source=source,
                recorded_at=at,
            )
        _tell(scope, person, "registry.identity", at, {"code": code, "from": str(valid_from)})
    return identity


def record_identities(*, scope: Scope, standings: Sequence[Standing], at: datetime) -> int:
    """Record many standings set-wise; those whose time is recorded already are left out.

    Returns how many were written. A person outside the scope is left out too.
    """
    scope.require("registry.change")
    with scoped(scope), connection.cursor() as cursor:
        load(
            cursor,
            "standing_in",
            _STANDING,
            ([getattr(standing, name) for name in _STANDING] for standing in standings),
        )
        cursor.execute(
            """
            insert into registry_personidentity
                   (region, area_no, person_id, code, valid_from, valid_until,
                    source, source_kind, source_id, recorded_at)
            select distinct on (s.person_id, s.code)
                   p.region, p.area_no, s.person_id, s.code, s.valid_from, s.valid_until,
                   s.source, s.source_kind, s.source_id, %s
              from standing_in s join registry_person p on p.id = s.person_id
             where not exists (
                   select from registry_personidentity i
                    where i.person_id = s.person_id and i.code = s.code
                      and daterange(i.valid_from, i.valid_until)
                       && daterange(s.valid_from, s.valid_until))
             order by s.person_id, s.code, s.valid_from""",
            [at],
        )
        written = int(cursor.rowcount)
        audit.record(
            scope=scope,
            action="registry.identities",
            at=at,
            object_kind="person_identity",
            area_no=scope.area_from,
            detail={"asked": len(standings), "written": written},
        )
    return written


def record_document(
    *,
    scope: Scope,
    person_id: int,
    kind: str,
    number: str,
    valid_from: date,
    source: str,
    at: datetime,
) -> IdentityDocument:
    """Record a document from a day on; an earlier one of the same kind ends on that day.

    Raises NotAllowed, NotThere, AlreadyRegistered, RegisteredElsewhere, or what is wrong with the
    number.
    """
    scope.require("registry.change")
    read = read_document(kind, number)
    with scoped(scope):
        person = _person(person_id)
        taken = {"number": mask_number(read.number)}
        others = IdentityDocument.objects.filter(
            number_index=index_of(read.number, of=NUMBER), valid_until=None
        )
        if others.exists():
            raise AlreadyRegistered(**taken)
        if number_exists_elsewhere(scope=scope, number=read.number, at=at):
            raise RegisteredElsewhere(**taken)
        person.documents.filter(kind=read.kind, valid_until=None).update(valid_until=valid_from)
        document = IdentityDocument.objects.create(
            region=person.region,
            area_no=person.area_no,
            person=person,
            kind=read.kind,
            number=read.number,
            valid_from=valid_from,
            source=source,
            recorded_at=at,
        )
        _tell(scope, person, "registry.document", at, {"kind": read.kind, **taken})
    return document


def record_death(
    *, scope: Scope, person_id: int, died_on: date, source: str, at: datetime
) -> Person:
    """Record the day of death. Raises NotAllowed, NotThere, DayBeforeBirth."""
    return _dated(scope, person_id, "died_on", died_on, source, at)


def record_departure(
    *, scope: Scope, person_id: int, moved_away_on: date, source: str, at: datetime
) -> Person:
    """Record the day on which the person's hukou left. Raises as `record_death`."""
    return _dated(scope, person_id, "moved_away_on", moved_away_on, source, at)


def _dated(
    scope: Scope, person_id: int, field: str, day: date, source: str, at: datetime
) -> Person:
    scope.require("registry.change")
    with scoped(scope):
        person = _person(person_id)
        if day < person.born:
            raise DayBeforeBirth(day=day, born=person.born)
        before = getattr(person, field)
        setattr(person, field, day)
        person.save(update_fields=[field])
        detail = {"day": str(day), "before": str(before or ""), "source": source}
        _tell(scope, person, f"registry.{field}", at, detail)
    return person


def _person(person_id: int) -> Person:
    person = Person.objects.select_for_update().filter(pk=person_id).first()
    if person is None:
        raise NotThere(what=_("人员"))
    return person


def _tell(scope: Scope, person: Person, action: str, at: datetime, detail: dict[str, str]) -> None:
    audit.record(
        scope=scope,
        action=action,
        at=at,
        object_kind="person",
        object_id=str(person.pk),
        area_no=person.area_no,
        detail=detail,
    )

"""The places and offices of a pooling region."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from yibao.apps.access import audit, rulebooks
from yibao.apps.access.models import Operator, Organisation, OrganisationKind, PoolingRegion, Role
from yibao.apps.access.operations.accounts import Certificate, NotTheFirst, open_account
from yibao.apps.access.operations.grants import grant_post
from yibao.apps.access.scope import NotThere, Scope
from yibao.core.refusal import Refusal
from yibao.rulebook.national import Division, divisions
from yibao.rulebook.regions import Region, signing_in
from yibao.rulebook.regions import region as region_of

# The three administrators that every office begins with, three different persons.
ADMINISTRATORS = (Role.SYSTEM_ADMIN, Role.SECURITY_ADMIN, Role.AUDITOR)
_NOBODYS_NAMES = frozenset({"admin", "administrator", "root", "system", "sysadmin", "test"})
PLACES = ("city", "county", "township", "village")


class ProfileUnknown(Refusal):
    """The data know no such profile of passwords."""

    code = "E943"
    message = "没有密码规则“{profile}”"
    remedy = "可选：{known}"
    message_en = 'There is no password profile "{profile}"'
    remedy_en = "There are: {known}"


class AdministratorsMissing(Refusal):
    """An office begins with a system, a security and an audit administrator."""

    code = "E917"
    message = "须同时任命{missing}：系统、安全、审计三名管理员由不同的人担任"
    remedy = "请给出每一名管理员的工号和姓名"
    message_en = "An office begins with three administrators; missing: {missing}"
    remedy_en = "Name each of them with a staff number and a name"


class NobodysAccount(Refusal):
    """An account is a named person's: no "admin", no "root"."""

    code = "E918"
    message = "工号“{staff_no}”不是某个人的工号"
    remedy = "一人一号：请用本人的工号和姓名，不设公用或默认账号"
    message_en = "Staff number {staff_no} names nobody"
    remedy_en = "One person, one number: there are no shared or default accounts"


@dataclass(frozen=True)
class Administrator:
    """One of an office's first administrators, a named person."""

    role: str
    staff_no: str
    name: str
    identity_number: str = ""
    certificate: Certificate | None = None


@transaction.atomic
def open_first_office(
    *, code: str, administrators: Sequence[Administrator], at: datetime
) -> list[tuple[Operator, str]]:
    """Open a region with its administrators; return each with the password to hand over once.

    A system, a security and an audit administrator at least, in the region's whole area for the
    longest time of a post. Posts are approved by a second security administrator: name two, or
    nothing can be granted until a second is appointed. Raises NotTheFirst where the region has
    staff, AdministratorsMissing, NobodysAccount, PostsExclude for one person in two of the three,
    and what open_account raises.
    """
    asked = {one.role for one in administrators}
    if missing := [str(role.label) for role in ADMINISTRATORS if role not in asked]:
        raise AdministratorsMissing(missing="、".join(missing))
    assert asked <= set(ADMINISTRATORS), "further posts are granted by the administrators"
    if Operator.objects.filter(organisation__region_id=code).exists():
        raise NotTheFirst
    for one in administrators:
        if one.staff_no.strip().lower() in _NOBODYS_NAMES or not one.name.strip():
            raise NobodysAccount(staff_no=one.staff_no)
    open_region(code=code, at=at)
    system = Scope.system(code)
    place = Organisation.objects.get(region_id=code, division=region_of(code).division)
    made = []
    for one in administrators:
        operator, password = open_account(
            scope=system,
            staff_no=one.staff_no,
            name=one.name,
            organisation_id=place.id,
            certificate=one.certificate,
            identity_number=one.identity_number,
            at=at,
        )
        grant_post(
            scope=system,
            operator_id=operator.id,
            organisation_id=place.id,
            role=one.role,
            valid_from=at.date(),
            valid_until=None,
            at=at,
        )
        made.append((operator, password))
    return made


@transaction.atomic
def open_region(*, code: str, at: datetime) -> PoolingRegion:
    """Make a region with one organisation a division and its agency; again, it adds what is new.

    Raises RegionUnknown. Places that are there keep their row, so that posts stay where they are.
    """
    wanted = region_of(code)
    region, _ = PoolingRegion.objects.update_or_create(
        code=code,
        defaults={
            "name": wanted.name,
            "bureau_name": wanted.bureau,
            "area_from": wanted.area_from,
            "area_until": wanted.area_until,
        },
    )
    known = dict(
        Organisation.objects.filter(region=region)
        .exclude(division="")
        .values_list("division", "id")
    )
    made = _make_places(region, wanted, known)
    rulebooks.note(code, region.rulebook_mark)
    agency, is_new = Organisation.objects.get_or_create(
        region=region,
        kind=OrganisationKind.AGENCY,
        name=wanted.agency,
        defaults={
            "parent_id": known[wanted.division],
            "area_from": wanted.area_from,
            "area_until": wanted.area_until,
        },
    )
    if made or is_new:
        audit.record(
            scope=Scope.system(code),
            action="access.open_region",
            at=at,
            object_kind="region",
            object_id=code,
            detail={"places": made, "agency": agency.name},
        )
    return region


def _make_places(region: PoolingRegion, wanted: Region, known: dict[str, int]) -> int:
    """Insert the divisions that are missing, level by level; add them to `known`."""
    made, level = 0, [divisions().get(wanted.division)]
    while level:
        new = [one for one in level if one.code not in known]
        rows = Organisation.objects.bulk_create(_place(region, one, known) for one in new)
        known.update((row.division, row.id) for row in rows)
        made += len(rows)
        level = [child for one in level for child in _below(one.code)]
    return made


def _below(code: str) -> Iterable[Division]:
    return (child for child in divisions().children(code) if child.level in PLACES)


def _place(region: PoolingRegion, division: Division, known: dict[str, int]) -> Organisation:
    area_from, area_until = divisions().area_range(division.code)
    return Organisation(
        region=region,
        kind=division.level,
        name=division.name,
        division=division.code,
        parent_id=known.get(division.parent),
        area_from=area_from,
        area_until=area_until,
        valid_from=division.valid_from,
        valid_until=division.valid_until,
    )


@transaction.atomic
def add_organisation(
    *, scope: Scope, kind: str, name: str, parent_id: int, at: datetime
) -> Organisation:
    """Add an office to a place: a department, school, bank, tax or finance office, an agency.

    It works in its place's area. Adding one again returns the one that is there. Raises NotThere
    for a place outside the scope.
    """
    scope.require("access.organisations")
    assert kind not in PLACES, "places come from the table of divisions"
    parent = Organisation.objects.filter(id=parent_id, region_id=scope.region).first()
    if parent is None or not scope.holds(parent.area_from):
        raise NotThere(what=_("该机构"))
    found, is_new = Organisation.objects.get_or_create(
        region=parent.region,
        kind=kind,
        name=name,
        parent=parent,
        defaults={"area_from": parent.area_from, "area_until": parent.area_until},
    )
    if is_new:
        audit.record(
            scope=scope,
            action="access.add_organisation",
            at=at,
            object_kind="organisation",
            object_id=found.id,
            area_no=found.area_from,
            detail={"kind": kind, "name": name},
        )
    return found


@transaction.atomic
def serve_day(*, code: str, on: date | None, at: datetime) -> PoolingRegion:
    """Let a region's work be done on this day; None gives it the database's day again."""
    region = PoolingRegion.objects.select_for_update().get(code=code)
    region.served_on = on
    region.save(update_fields=["served_on"])
    audit.record(
        scope=Scope.system(code),
        action="access.serve_day",
        at=at,
        object_kind="region",
        object_id=code,
        detail={"on": on.isoformat() if on else ""},
    )
    return region


@transaction.atomic
def keep_passwords(*, code: str, profile: str, at: datetime) -> PoolingRegion:
    """Let a region's staff keep this profile of passwords from their next choice on.

    Raises ProfileUnknown.
    """
    if profile not in signing_in().profiles:
        raise ProfileUnknown(profile=profile, known="、".join(signing_in().profiles))
    region = PoolingRegion.objects.select_for_update().get(code=code)
    region.password_profile = profile
    region.save(update_fields=["password_profile"])
    audit.record(
        scope=Scope.system(code),
        action="access.keep_passwords",
        at=at,
        object_kind="region",
        object_id=code,
        detail={"profile": profile},
    )
    return region

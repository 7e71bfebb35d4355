"""The places and offices of a pooling region."""

from collections.abc import Iterable
from datetime import date, datetime

from django.db import transaction

from yibao.apps.access import audit, rulebooks
from yibao.apps.access.models import Organisation, OrganisationKind, PoolingRegion
from yibao.apps.access.scope import NotThere, Scope
from yibao.rulebook.national import Division, divisions
from yibao.rulebook.regions import Region
from yibao.rulebook.regions import region as region_of

PLACES = ("city", "county", "township", "village")


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
    scope.require("access.open_account")
    assert kind not in PLACES, "places come from the table of divisions"
    parent = Organisation.objects.filter(id=parent_id, region_id=scope.region).first()
    if parent is None or not scope.holds(parent.area_from):
        raise NotThere(what="该机构")
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

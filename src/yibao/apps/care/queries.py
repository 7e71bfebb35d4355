"""Reads of institutions and of when they are designated."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from django.db.models import Q, QuerySet

from yibao.apps.access.scope import Scope
from yibao.apps.care.models import Designation, Institution
from yibao.core.refusal import Refusal


class InstitutionUnknown(Refusal):
    """Raised by `institution_page` and operations for an institution that is not recorded."""

    code = "E621"
    message = "没有编号 {institution_id} 的医疗机构"
    remedy = "请从机构名录中选择"
    message_en = "There is no institution {institution_id}"
    remedy_en = "Choose one from the list of institutions"


@dataclass(frozen=True, slots=True)
class InstitutionRow:
    """An institution and whether it is designated on a day."""

    institution_id: int
    code: str
    name: str
    kind: str
    level: int
    area_no: int
    in_region: bool
    designated: bool
    designated_from: date | None
    designated_until: date | None


def designated_on(*, institution_id: int, region: str, day: date) -> bool:
    """Tell whether an institution is designated in a region on a day."""
    return _designations(region, day).filter(institution_id=institution_id).exists()


def institutions(*, scope: Scope, on: date, limit: int) -> list[InstitutionRow]:
    """Return the institutions in the scope's area by code, with the designation of the day."""
    found = Institution.objects.filter(
        region=scope.region, area_no__gte=scope.area_from, area_no__lt=scope.area_until
    ).order_by("code")
    return _rows(list(found[:limit]), scope.region, on)


def institution_page(
    *, scope: Scope, institution_id: int, on: date
) -> tuple[InstitutionRow, list[Designation]]:
    """Return an institution and all its designations. Raises InstitutionUnknown."""
    found = Institution.objects.filter(id=institution_id, region=scope.region).first()
    if found is None:
        raise InstitutionUnknown(institution_id=institution_id)
    all_of = Designation.objects.filter(institution=found, region=scope.region)
    return _rows([found], scope.region, on)[0], list(all_of.order_by("-designated_from"))


def institution_choices(*, region: str, most: int) -> list[tuple[int, str]]:
    """Return the region's institutions by name, for a choice; at most so many."""
    rows = Institution.objects.filter(region=region).order_by("name", "id")
    return list(rows.values_list("id", "name")[:most])


def institution_names(institution_ids: Iterable[int]) -> dict[int, str]:
    """Return the names of institutions: public, so without a scope."""
    found = Institution.objects.filter(id__in=set(institution_ids))
    return dict(found.values_list("id", "name"))


def _designations(region: str, day: date) -> QuerySet[Designation]:
    return Designation.objects.filter(
        Q(designated_until__isnull=True) | Q(designated_until__gt=day),
        region=region,
        designated_from__lte=day,
    )


def _rows(found: list[Institution], region: str, on: date) -> list[InstitutionRow]:
    current = {
        one.institution_id: one for one in _designations(region, on).filter(institution__in=found)
    }
    rows = []
    for one in found:
        designation = current.get(one.id)
        rows.append(
            InstitutionRow(
                institution_id=one.id,
                code=one.code,
                name=one.name,
                kind=one.kind,
                level=one.level,
                area_no=one.area_no,
                in_region=one.in_region,
                designated=designation is not None,
                designated_from=designation.designated_from if designation else None,
                designated_until=designation.designated_until if designation else None,
            )
        )
    return rows

"""Writes of institutions and designations."""

from datetime import date, datetime

from django.db import IntegrityError, transaction
from django.utils.translation import gettext_lazy as _

from yibao.apps.access import audit
from yibao.apps.access.scope import Scope, scoped
from yibao.apps.care.models import Designation, Institution
from yibao.apps.care.queries import InstitutionUnknown
from yibao.core.refusal import Refusal

LEVELS = (1, 2, 3)
KINDS = {
    "hospital": _("医院"),
    "township_hospital": _("乡镇卫生院"),
    "community": _("社区卫生服务机构"),
    "pharmacy": _("药店"),
}


class InstitutionCodeTaken(Refusal):
    """Raised by `register_institution` for a code that another institution has."""

    code = "E622"
    message = "机构编码 {taken} 已登记给{name}"
    remedy = "请核对编码；如机构更名，请修改原登记"
    message_en = "The code {taken} belongs to {name}"
    remedy_en = "Check the code; if the institution was renamed, change its record"


class LevelUnknown(Refusal):
    """Raised by `register_institution` for a level that the benefit rules do not know."""

    code = "E623"
    message = "医院等级 {level} 不在一至三级之内"
    remedy = "请选择一级、二级或三级；乡镇卫生院、社区卫生服务机构为一级"
    message_en = "There is no hospital level {level}"
    remedy_en = "Choose 1, 2 or 3; township hospitals and community units are level 1"


class DesignationOverlaps(Refusal):
    """Raised by `designate` for a time that an earlier designation covers."""

    code = "E624"
    message = "{name}在 {designated_from} 起的期间已经定点"
    remedy = "请先结束原定点期，再登记新的定点期"
    message_en = "{name} is already designated in the time from {designated_from}"
    remedy_en = "End the earlier designation first"


class DesignationEndsFirst(Refusal):
    """Raised by `designate` for a time that ends before it begins."""

    code = "E625"
    message = "定点期的截止日期 {designated_until} 不晚于起始日期 {designated_from}"
    remedy = "截止日期填写定点期结束后的第一天"
    message_en = "The designation ends on {designated_until}, not after {designated_from}"
    remedy_en = "Enter the first day after the designation"


def register_institution(
    *,
    scope: Scope,
    code: str,
    name: str,
    kind: str,
    level: int,
    area_no: int,
    at: datetime,
    in_region: bool = True,
) -> Institution:
    """Record an institution. Raises LevelUnknown, InstitutionCodeTaken."""
    scope.require("care.manage")
    assert kind in KINDS, f"{kind} is no kind of institution"
    if level not in LEVELS:
        raise LevelUnknown(level=level)
    with scoped(scope):
        owner = Institution.objects.filter(code=code).values_list("name", flat=True).first()
        if owner is not None:
            raise InstitutionCodeTaken(taken=code, name=owner)
        made = Institution.objects.create(
            code=code,
            name=name,
            kind=kind,
            level=level,
            region=scope.region,
            area_no=area_no,
            in_region=in_region,
        )
        _recorded(scope, made, at, {"code": code, "level": level})
        return made


def designate(
    *,
    scope: Scope,
    institution_id: int,
    designated_from: date,
    designated_until: date | None,
    document: str,
    at: datetime,
) -> Designation:
    """Record that an institution is designated from a day until a day (half-open).

    Raises InstitutionUnknown, DesignationEndsFirst, DesignationOverlaps.
    """
    scope.require("care.manage")
    if designated_until is not None and designated_until <= designated_from:
        raise DesignationEndsFirst(
            designated_from=designated_from, designated_until=designated_until
        )
    with scoped(scope):
        institution = Institution.objects.filter(id=institution_id, region=scope.region).first()
        if institution is None:
            raise InstitutionUnknown(institution_id=institution_id)
        try:
            with transaction.atomic():
                made = Designation.objects.create(
                    institution=institution,
                    region=scope.region,
                    designated_from=designated_from,
                    designated_until=designated_until,
                    document=document,
                )
        except IntegrityError as error:
            raise DesignationOverlaps(
                name=institution.name, designated_from=designated_from
            ) from error
        detail = {"from": str(designated_from), "until": str(designated_until or "")}
        _recorded(scope, institution, at, detail)
        return made


def _recorded(
    scope: Scope, institution: Institution, at: datetime, detail: dict[str, object]
) -> None:
    audit.record(
        scope=scope,
        action="care.manage",
        at=at,
        object_kind="institution",
        object_id=str(institution.id),
        area_no=institution.area_no,
        detail=detail,
    )

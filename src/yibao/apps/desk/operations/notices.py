"""What the office tells its staff."""

from datetime import datetime

from django.utils.translation import gettext_lazy as _

from yibao.apps.access import audit
from yibao.apps.access.audit import without_numbers
from yibao.apps.access.scope import NotThere, Scope, scoped
from yibao.apps.desk.models import Notice, NoticeRead
from yibao.core.refusal import Refusal


class NoticeEndsFirst(Refusal):
    """Raised by `write_notice` for a time that ends before it begins."""

    code = "E862"
    message = "截止时间 {until} 不晚于起始时间 {since}"
    remedy = "请填写晚于起始时间的截止时间"
    message_en = "The notice ends at {until}, not after its beginning at {since}"
    remedy_en = "Enter an end after the beginning"
    field = "shown_until"


class NumberInNotice(Refusal):
    """Raised by `write_notice` for a text that holds a person's number."""

    code = "E863"
    message = "通知中有证件号码或手机号码"
    remedy = "通知人人可见，请删去个人号码"
    message_en = "The notice holds an identity or mobile telephone number"
    remedy_en = "Everybody sees a notice: take personal numbers out"
    field = "text"


def write_notice(
    *,
    scope: Scope,
    title: str,
    text: str,
    shown_from: datetime,
    shown_until: datetime,
    roles: list[str],
    is_public: bool,
    is_urgent: bool,
    at: datetime,
) -> Notice:
    """Tell the scope's posts of these roles (none: all) something for a time.

    `is_public`: before signing in too. Raises NotAllowed, NoticeEndsFirst, NumberInNotice.
    """
    scope.require("desk.notice")
    if shown_until <= shown_from:
        raise NoticeEndsFirst(since=f"{shown_from:%Y-%m-%d %H:%M}", until=f"{shown_until:%F %H:%M}")
    if without_numbers([title, text]) != [title, text]:
        raise NumberInNotice
    with scoped(scope):
        made = Notice.objects.create(
            region=scope.region,
            area_from=scope.area_from,
            area_until=scope.area_until,
            title=title,
            text=text,
            shown_from=shown_from,
            shown_until=shown_until,
            roles=roles,
            is_public=is_public,
            is_urgent=is_urgent,
            written_by_id=scope.operator_id,
            written_at=at,
        )
        _recorded(scope, made, at, "write")
        return made


def withdraw_notice(*, scope: Scope, notice_id: int, at: datetime) -> Notice:
    """Show a notice no more. Raises NotAllowed, NotThere."""
    scope.require("desk.notice")
    with scoped(scope):
        rows = Notice.objects.select_for_update().filter(id=notice_id, region=scope.region)
        found = rows.filter(withdrawn_at__isnull=True).first()
        if found is None:
            raise NotThere(what=_("通知 %(id)s") % {"id": notice_id})
        found.withdrawn_at = at
        found.save(update_fields=["withdrawn_at"])
        _recorded(scope, found, at, "withdraw")
        return found


def mark_read(*, scope: Scope, notice_ids: list[int], at: datetime) -> int:
    """Note that the operator has read these notices; return how many were new."""
    with scoped(scope):
        there = Notice.objects.filter(id__in=notice_ids, region=scope.region)
        rows = [
            NoticeRead(notice_id=number, operator_id=scope.operator_id, read_at=at)
            for number in there.exclude(reads__operator_id=scope.operator_id).values_list(
                "id", flat=True
            )
        ]
        NoticeRead.objects.bulk_create(rows, ignore_conflicts=True)
        return len(rows)


def _recorded(scope: Scope, made: Notice, at: datetime, step: str) -> None:
    audit.record(
        scope=scope,
        action="desk.notice",
        at=at,
        object_kind="notice",
        object_id=made.id,
        detail={"step": step, "title": made.title, "public": made.is_public},
    )

"""Notices: those that a post sees, those before signing in, all for who writes them."""

from dataclasses import dataclass
from datetime import datetime

from django.db.models import Exists, OuterRef, Q, QuerySet

from yibao.apps.access.models import PoolingRegion
from yibao.apps.access.scope import Scope
from yibao.apps.desk.models import Notice, NoticeRead


@dataclass(frozen=True, slots=True)
class NoticeRow:
    """A notice and whether the operator has read it."""

    notice: Notice
    is_read: bool


def notices_for(*, scope: Scope, at: datetime) -> list[NoticeRow]:
    """Return what a post is told now, unread and urgent first. One statement."""
    read = NoticeRead.objects.filter(notice=OuterRef("pk"), operator_id=scope.operator_id)
    rows = (
        _shown(at)
        .filter(
            Q(roles=[]) | Q(roles__contains=[scope.role]),
            region=scope.region,
            area_from__lte=scope.area_from,
            area_until__gte=scope.area_until,
        )
        .annotate(is_read=Exists(read))
        .select_related("written_by")
        .order_by("is_read", "-is_urgent", "-shown_from", "-id")
    )
    return [NoticeRow(row, row.is_read) for row in rows]  # type: ignore[attr-defined]


def unread_count(scope: Scope, at: datetime) -> int:
    """Return how many notices the post has not read. One statement."""
    return sum(not row.is_read for row in notices_for(scope=scope, at=at))


def public_notices(*, now: datetime) -> list[Notice]:
    """Return what everybody is told before signing in, the newest first. Two statements.

    A region with a served day of its own shows what it tells on that day.
    """
    own = dict(PoolingRegion.objects.values_list("code", "served_on"))
    rows = Notice.objects.filter(is_public=True, withdrawn_at__isnull=True)
    found = []
    for row in rows.order_by("-is_urgent", "-shown_from", "-id"):
        day = own.get(row.region)
        at = now if day is None else datetime.combine(day, now.timetz())
        if row.shown_from <= at < row.shown_until:
            found.append(row)
    return found


def written_notices(*, scope: Scope, limit: int) -> list[Notice]:
    """Return the notices of the scope for who writes them, the newest first. One statement."""
    rows = Notice.objects.filter(region=scope.region, area_from__gte=scope.area_from)
    rows = rows.filter(area_until__lte=scope.area_until).select_related("written_by")
    return list(rows.order_by("-id")[:limit])


def _shown(at: datetime) -> QuerySet[Notice]:
    return Notice.objects.filter(shown_from__lte=at, shown_until__gt=at, withdrawn_at__isnull=True)

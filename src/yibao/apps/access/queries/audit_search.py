"""Looks for records of the audit log: by who, post, act, thing, outcome and days, newest first."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from typing import Any

from django.db.models import Q, QuerySet

from yibao.apps.access.models import AuditRecord, Operator, Post
from yibao.apps.access.queries.days import CHINA
from yibao.apps.access.scope import Scope, scoped

_AT_ONCE = 1000


@dataclass(frozen=True)
class Search:
    """What is asked; an empty word asks nothing. `last` is the last day, inclusive."""

    who: str = ""
    role: str = ""
    action: str = ""
    object_kind: str = ""
    object_id: str = ""
    outcome: str = ""
    first: date | None = None
    last: date | None = None

    @property
    def is_narrow(self) -> bool:
        """Whether anything is asked at all."""
        return self != Search()

    def bounds(self) -> tuple[datetime | None, datetime | None]:
        """Return the half-open range of moments."""
        begin = datetime.combine(self.first, time(), CHINA) if self.first else None
        end = datetime.combine(self.last, time(), CHINA) + timedelta(days=1) if self.last else None
        return begin, end


@dataclass(frozen=True)
class Found:
    """A page of records; `roles` are the posts' roles by the posts' numbers."""

    rows: list[AuditRecord]
    has_more: bool
    roles: dict[int, str] = field(default_factory=dict)


def search_audit(scope: Scope, search: Search, *, before_id: int = 0, limit: int) -> Found:
    """Return the newest records that fit, those before `before_id`. Raises NotAllowed."""
    scope.require("audit.read")
    with scoped(scope):
        rows = _asked(search)
        if before_id:
            rows = rows.filter(id__lt=before_id)
        found = list(rows[: limit + 1])
        posts = {row.post_id for row in found if row.post_id}
        roles = dict(Post.objects.filter(id__in=posts).values_list("id", "role"))
    return Found(rows=found[:limit], has_more=len(found) > limit, roles=roles)


def every_record(scope: Scope, search: Search, *, most: int) -> Iterator[AuditRecord]:
    """Yield up to `most` records that fit, the newest first: for a file. Raises NotAllowed."""
    scope.require("audit.read")
    with scoped(scope):
        yield from _asked(search)[:most].iterator(chunk_size=_AT_ONCE)


def operator_called(scope: Scope, who: str) -> int | None:
    """Return the operator of the region with this staff number or name, if it is one."""
    found = _called(who).filter(organisation__region_id=scope.region)
    ids = list(found.values_list("id", flat=True)[:2])
    return ids[0] if len(ids) == 1 else None


def _called(who: str) -> QuerySet[Operator]:
    return Operator.objects.filter(Q(staff_no=who) | Q(name=who))


def _asked(search: Search) -> QuerySet[AuditRecord]:
    begin, end = search.bounds()
    given: dict[str, Any] = {
        "action": search.action,
        "object_kind": search.object_kind,
        "object_id": search.object_id,
        "outcome": search.outcome,
        "at__gte": begin,
        "at__lt": end,
    }
    rows = AuditRecord.objects.order_by("-id").filter(
        **{name: value for name, value in given.items() if value}
    )
    if search.who:
        rows = rows.filter(operator_id__in=list(_called(search.who).values_list("id", flat=True)))
    if search.role:
        rows = rows.filter(post_id__in=Post.objects.filter(role=search.role).values("id"))
    return rows

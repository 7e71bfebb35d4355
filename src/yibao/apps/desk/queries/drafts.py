"""Reads of drafts and of recent choices; always of one operator."""

import json
from dataclasses import dataclass
from datetime import datetime

from yibao.apps.desk.models import Draft, RecentPick
from yibao.rulebook.drafts import drafts as limits


@dataclass(frozen=True, slots=True)
class DraftLine:
    """A draft as a page offers it; what was typed stays sealed."""

    draft_id: int
    page: str
    action: str
    address: str
    kept_at: datetime


def drafts_of(
    *, operator_id: int, post_id: int, at: datetime, page: str = "", year: int | None = None
) -> list[DraftLine]:
    """Return the operator's drafts in a post that still count, of one page where it is named."""
    found = Draft.objects.filter(
        operator_id=operator_id, post_id=post_id, kept_at__gte=at - limits().kept_for
    )
    if page:
        found = found.filter(page=page)
    if year is not None:
        found = found.filter(year=year)
    listed = found.order_by("-kept_at").values_list("id", "page", "action", "address", "kept_at")
    return [DraftLine(*row) for row in listed]


def draft_fields(
    *, operator_id: int, post_id: int, draft_id: int, page: str, at: datetime
) -> tuple[str, dict[str, list[str]]] | None:
    """Return where a form of this page is sent and what was typed into it; None: no such draft."""
    found = Draft.objects.filter(
        operator_id=operator_id,
        post_id=post_id,
        id=draft_id,
        page=page,
        kept_at__gte=at - limits().kept_for,
    ).first()
    if found is None:
        return None
    fields: dict[str, list[str]] = json.loads(found.fields)
    return found.action, fields


def recent_picks(*, operator_id: int, kind: str, limit: int) -> list[int]:
    """Return the ids that the operator picked last, the newest first."""
    picks = RecentPick.objects.filter(operator_id=operator_id, kind=kind).order_by("-picked_at")
    return list(picks.values_list("object_id", flat=True)[:limit])

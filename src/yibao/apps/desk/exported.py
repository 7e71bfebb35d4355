"""What exports say of themselves, and what an operator took lately without a second person."""

from datetime import datetime

from django.db import connection
from django.db.models import Sum

from yibao.apps.access import queries
from yibao.apps.access.audit import EVERYWHERE
from yibao.apps.access.scope import Scope
from yibao.apps.desk.models import Export, ExportState
from yibao.core.identity import mask_within
from yibao.database import scope as database_scope
from yibao.rulebook import desk as limits

# With the operator's number: held by a request for an export until its transaction ends.
_ASKING = 5_789_008


def needs_a_second_person(*, scope: Scope, rows: int, at: datetime) -> bool:
    """Tell whether so many rows more are beyond what the operator may take alone.

    Until the transaction ends nobody else asks as this operator: of two requests at the same
    moment the second one counts the first.
    """
    with connection.cursor() as cursor:
        cursor.execute("select pg_advisory_xact_lock(%s, %s)", [_ASKING, scope.operator_id])
    before = rows_asked_alone(scope=scope, at=at)
    return before + rows > limits.exports().rows_without_approval


def rows_asked_alone(*, scope: Scope, at: datetime) -> int:
    """Return how many rows the operator asked for lately without a second person, in any post."""
    since = at - limits.exports().counted_together
    with database_scope.scoped(*EVERYWHERE):
        mine = Export.objects.filter(operator_id=scope.operator_id, asked_at__gt=since)
        alone = mine.filter(needs_approval=False).exclude(state=ExportState.FAILED)
        return int(alone.aggregate(rows=Sum("rows", default=0))["rows"])


def watermark(found: Export) -> str:
    """Return what every page of the file says: number, who, when, where, what for."""
    moment = f"{found.asked_at.astimezone(queries.CHINA):%Y-%m-%d %H:%M}"
    return (
        f"导出编号 {found.id}　{found.operator_name}　{moment}　{found.area_name}　"
        f"用途：{mask_within(found.purpose_words)}　仅限此用途，不得转发"
    )

"""Reads of sessions: one's own, and those of the scope for the security administrator."""

from datetime import datetime

from django.db.models import F, QuerySet

from yibao.apps.access.models import AuditRecord, Operator, OperatorSession, RecoveryCode
from yibao.apps.access.scope import Scope
from yibao.database import scope as database_scope
from yibao.rulebook.regions import signing_in

SIGNING_IN = ("access.enter_password", "access.sign_in", "access.confirm_again")
_NEWEST = 30


def open_sessions(scope: Scope, *, now: datetime) -> QuerySet[OperatorSession]:
    """Return the sessions that are open now in the scope's offices, the latest used first."""
    scope.require("access.end_session")
    return _open(now).filter(
        operator__organisation__region_id=scope.region,
        operator__organisation__area_from__gte=scope.area_from,
        operator__organisation__area_from__lt=scope.area_until,
    )


def recovery_codes_left(operator_id: int) -> int:
    """Return how many recovery codes the operator has not used."""
    return RecoveryCode.objects.filter(operator_id=operator_id, used_at__isnull=True).count()


def sessions_of(operator_id: int, *, now: datetime) -> list[OperatorSession]:
    """Return an operator's own sessions that are open now."""
    return list(_open(now).filter(operator_id=operator_id))


def sign_ins_of(operator_id: int) -> list[AuditRecord]:
    """Return an operator's newest tries to sign in, failed ones too."""
    area = Operator.objects.values_list("organisation__area_from", flat=True).get(id=operator_id)
    # They lie at the office's place, which the post in use may not see.
    with database_scope.scoped(area, area + 1):
        rows = AuditRecord.objects.filter(
            object_kind="operator", object_id=str(operator_id), action__in=SIGNING_IN
        )
        return list(rows.order_by("-id")[:_NEWEST])


def _open(now: datetime) -> QuerySet[OperatorSession]:
    limits = signing_in()
    return (
        OperatorSession.objects.select_related("operator__organisation", "post__organisation")
        .filter(
            ended_at__isnull=True,
            seen_at__gt=now - limits.idle_for,
            started_at__gt=now - limits.longest,
            operator__is_active=True,
            generation=F("operator__session_generation"),
        )
        .order_by("-seen_at", "-id")
    )

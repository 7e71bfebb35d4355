"""The independent verifier, run from within: the outcome is kept in the audit log.

`yibao.verify` computes; this only starts it on the served database and records what it found:
each check, how many rows it looked at and how many faults it named. The faults' own sentences
name rows of every region and stay with whoever runs the server (`yibao verify`).
"""

from dataclasses import dataclass
from datetime import datetime

from django.db import connections

from yibao import verify
from yibao.apps.access import audit
from yibao.apps.access.models import AuditRecord
from yibao.apps.access.scope import Scope, scoped
from yibao.apps.access.spoken import language
from yibao.database.conninfo import connection_words

ACTION = "fund.verify"


@dataclass(frozen=True, slots=True)
class CheckOutcome:
    """One check: its name for clerks, how many rows it looked at, how many faults it found."""

    name: str
    zh: str
    rows: int
    faults: int

    @property
    def label(self) -> str:
        """What it asks, in words; a check's name is its English sentence."""
        return self.name.replace("_", " ") if language() == "en" else self.zh


@dataclass(frozen=True, slots=True)
class Verification:
    """What a run found, when, and who started it."""

    at: datetime
    by: str
    checks: tuple[CheckOutcome, ...]

    @property
    def faulty(self) -> int:
        """How many checks found faults."""
        return sum(one.faults > 0 for one in self.checks)


def run(*, scope: Scope, at: datetime) -> Verification:
    """Run every check on the served database, in a snapshot of its own, and record the outcome.

    Nothing but the record is written. Raises NotAllowed.
    """
    scope.require(ACTION)
    report = verify.verify(connection_words(connections["default"].settings_dict))
    checks = tuple(
        CheckOutcome(one.name, one.zh, one.rows, len(one.faults)) for one in report.checks
    )
    with scoped(scope):
        audit.record(
            scope=scope,
            action=ACTION,
            at=at,
            object_kind="verification",
            object_id=scope.region,
            detail={"checks": [[one.name, one.zh, one.rows, one.faults] for one in checks]},
        )
    return Verification(at, scope.operator_name, checks)


def last(*, scope: Scope) -> Verification | None:
    """Return the newest recorded run of the scope's region, None where there is none."""
    with scoped(scope):
        found = AuditRecord.objects.filter(
            object_kind="verification",
            object_id=scope.region,
            action=ACTION,
            outcome=audit.DONE,
        )
        row = found.order_by("-id").first()
    if row is None:
        return None
    checks = tuple(CheckOutcome(*one) for one in row.detail["checks"])
    return Verification(row.at, row.operator_name, checks)

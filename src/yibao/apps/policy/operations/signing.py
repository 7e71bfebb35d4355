"""Signatures under the outcomes of a rule: somebody read them, and a second person too."""

from datetime import datetime

from django.utils.timezone import localtime

from yibao.apps.access import audit
from yibao.apps.access.rulebooks import book_of
from yibao.apps.access.scope import Scope, scoped
from yibao.apps.access.spoken import language
from yibao.apps.policy.models import CellSignature
from yibao.apps.policy.refusals import SenseChanged, SignedAlready
from yibao.apps.policy.standing import require_whole_region
from yibao.rulebook.regions import region as region_of


def sign_cells(
    *,
    scope: Scope,
    rule: str,
    year: int,
    sense_hash: str,
    cell: str,
    note: str,
    at: datetime,
) -> CellSignature:
    """Sign a row of a rule's outcomes (`cell`), or the whole table (""), as read and right.

    `sense_hash` is of the table that was read. Raises WholeRegionOnly, UnknownRule, SenseChanged,
    SignedAlready.
    """
    scope.require("policy.review_cells")
    require_whole_region(scope)
    edition = book_of(scope.region).bind(rule, year=year)
    if edition.sense_hash != sense_hash:
        raise SenseChanged(rule=edition.label.in_language(language()))
    with scoped(scope):
        own = CellSignature.objects.filter(
            region=scope.region,
            rule=rule,
            year=year,
            sense_hash=sense_hash,
            cell=cell,
            signed_by=scope.operator_id,
        ).first()
        if own is not None:
            signed = localtime(own.signed_at).strftime("%Y-%m-%d %H:%M")
            raise SignedAlready(signed_at=signed)
        made = CellSignature.objects.create(
            region=scope.region,
            area_no=region_of(scope.region).area_from,
            rule=rule,
            year=year,
            sense_hash=sense_hash,
            cell=cell,
            note=note,
            signed_by=scope.operator_id,
            signed_at=at,
        )
        audit.record(
            scope=scope,
            action="policy.review_cells",
            at=at,
            object_kind="rule",
            object_id=rule,
            detail={"year": year, "sense": sense_hash, "cell": cell},
        )
        return made

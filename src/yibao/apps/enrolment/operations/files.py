"""Files that leave: the empty ledger of a village, and the refused lines of an import."""

from datetime import datetime

from django.utils.translation import gettext_lazy as _

from yibao.apps.access import audit
from yibao.apps.access.scope import NotThere, Scope, scoped
from yibao.apps.enrolment.ledgers.templates import error_lines
from yibao.apps.enrolment.ledgers.templates import template as empty_ledger
from yibao.apps.enrolment.models import LedgerImport, LedgerRow
from yibao.apps.registry.queries import area_names
from yibao.rulebook.regions import region

_TOWNSHIP = 1_000


def template(*, scope: Scope, kind: str, year: int, area_no: int) -> bytes:
    """Return the empty ledger of a village (xlsx). Raises NotAllowed, OutsideScope."""
    scope.require("enrolment.import")
    scope.narrowed(area_no, area_no + 1)
    township_no = area_no - area_no % _TOWNSHIP
    # A template for more than one village leaves its name to be filled in.
    names = area_names([area_no, township_no]) if area_no != township_no else {}
    return empty_ledger(
        kind,
        year=year,
        region=region(scope.region).name,
        township=names.get(township_no, ""),
        village=names.get(area_no, ""),
    )


def error_file(
    *, scope: Scope, import_id: int, at: datetime | None = None, language: str = "zh"
) -> bytes:
    """Return the refused lines as they were written, with reason, remedy and code (xlsx).

    Reason and remedy are in the language; the form is the Chinese one in any. Whole numbers leave
    the house in it, so taking it is logged where the hour is given. Raises NotAllowed, NotThere.
    """
    scope.require("enrolment.import")
    with scoped(scope):
        ledger = LedgerImport.objects.filter(pk=import_id).first()
        if ledger is None:
            raise NotThere(what=_("导入批次"))
        rows = LedgerRow.objects.filter(ledger=ledger).exclude(fault_code="")
        lines = [(row.row_no, row.words(), row.faults) for row in rows.order_by("sheet", "row_no")]
        if at is not None:
            audit.record(
                scope=scope,
                action="enrolment.error_file",
                at=at,
                object_kind="ledger_import",
                object_id=str(import_id),
                area_no=ledger.area_no,
                detail={"rows": len(lines)},
            )
    return error_lines(
        ledger.kind,
        lines,
        year=ledger.year,
        region=region(scope.region).name,
        unit=f"填报单位：{ledger.note}",
        language=language,
    )

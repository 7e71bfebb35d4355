"""The faulty lines of a ledger as they were typed, to be mended: whole numbers, so it is logged."""

from dataclasses import dataclass
from datetime import datetime

from django.utils.translation import gettext_lazy as _

from yibao.apps.access import audit
from yibao.apps.access.scope import NotThere, Scope, scoped
from yibao.apps.enrolment.ledgers.faults import sentence
from yibao.apps.enrolment.ledgers.reading import form_of
from yibao.apps.enrolment.models import LedgerImport, LedgerRow
from yibao.apps.enrolment.queries.imports import ImportLine, ReasonCount, line_of, reasons_of

# Filled in on paper only.
_PAPER = frozenset({"no", "signature"})


@dataclass(frozen=True, slots=True)
class FaultyColumn:
    """A column that is mended: its key, its words, what may be chosen."""

    key: str
    title: str
    choices: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class FaultyLine:
    """A line with faults, its cells as typed."""

    row_id: int
    row_no: int
    cells: dict[str, str]
    faults: tuple[str, ...]  # a sentence each


@dataclass(frozen=True, slots=True)
class FaultyLines:
    """The faulty lines of one reason or of all: a page of them, and how many there are."""

    line: ImportLine
    columns: tuple[FaultyColumn, ...]
    reasons: tuple[ReasonCount, ...]
    total: int
    lines: tuple[FaultyLine, ...]


def faulty_lines(
    *,
    scope: Scope,
    import_id: int,
    code: str = "",
    offset: int = 0,
    limit: int = 0,
    at: datetime | None = None,
    language: str = "zh",
) -> FaultyLines:
    """Return the lines to be mended; where the hour is given, that they were shown is logged.

    Faults are told in the language, "zh" or "en". Raises NotAllowed, NotThere.
    """
    scope.require("enrolment.import")
    with scoped(scope):
        ledger = LedgerImport.objects.filter(pk=import_id).first()
        if ledger is None:
            raise NotThere(what=_("导入批次"))
        rows = LedgerRow.objects.filter(ledger=ledger, written_at=None).exclude(fault_code="")
        reasons = reasons_of(rows, language)
        if code:
            rows = rows.filter(fault_code=code)
        listed = list(rows.order_by("sheet", "row_no")[offset : offset + limit]) if limit else []
        if listed and at is not None:
            audit.record(
                scope=scope,
                action="enrolment.mend_rows",
                at=at,
                object_kind="ledger_import",
                object_id=str(import_id),
                area_no=ledger.area_no,
                detail={"shown": len(listed)},
            )
        return FaultyLines(
            line=line_of(ledger),
            columns=tuple(
                FaultyColumn(one.key, one.title, one.choices)
                for one in form_of(ledger.kind).columns
                if one.key not in _PAPER
            ),
            reasons=reasons,
            total=sum(one.rows for one in reasons if not code or one.code == code),
            lines=tuple(
                FaultyLine(
                    row.pk,
                    row.row_no,
                    row.words(),
                    tuple(sentence(one, language) for one in row.faults),
                )
                for row in listed
            ),
        )


def imports_to_mend(*, scope: Scope, year: int, limit: int) -> list[int]:
    """Return the ids of the year's ledgers that have wrong lines, the newest first. One statement.

    Those that are written, dropped or undone are mended no more.
    """
    scope.require("enrolment.import")
    with scoped(scope):
        found = LedgerImport.objects.filter(year=year, state="checked", rows_bad__gt=0)
        return list(found.order_by("-id").values_list("id", flat=True)[:limit])

"""The list of imports, and one import as the page shows it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Count, Sum
from django.utils.translation import gettext_lazy as _

from yibao.apps.access.models import Operator
from yibao.apps.access.scope import NotThere, Scope, scoped
from yibao.apps.enrolment.ledgers.faults import is_error, told
from yibao.apps.enrolment.ledgers.faults import label as fault_label
from yibao.apps.enrolment.ledgers.forms import forms
from yibao.apps.enrolment.ledgers.kinds import KINDS
from yibao.apps.enrolment.models import LedgerImport, LedgerRow
from yibao.apps.registry.names import masked
from yibao.apps.registry.queries import area_names
from yibao.core.identity import mask_number, mask_phone

PAGE = 50
# The key under which a line keeps what stands in a column.
_KEYS = {column.title: column.key for form in forms().values() for column in form.columns}
LOST = "E103"


@dataclass(frozen=True, slots=True)
class ImportLine:
    """An import as the list shows it."""

    import_id: int
    kind: str
    kind_name: str
    annex: int
    year: int
    area_no: int
    area_name: str
    file_name: str
    uploaded_at: datetime
    uploaded_by: str
    state: str
    rows_total: int
    rows_good: int
    rows_bad: int
    rows_to_decide: int
    claimed_fen: int
    undoes_id: int | None


@dataclass(frozen=True, slots=True)
class ReasonCount:
    """A reason in the menu: how many lines have it as their first."""

    code: str
    label: str
    rows: int
    decides: bool


@dataclass(frozen=True, slots=True)
class RowLine:
    """A line with a fault, its personal data masked."""

    row_id: int
    sheet: str
    row_no: int
    household_no: str
    name_masked: str
    number_masked: str
    column: str
    value: str
    reason: str
    remedy: str
    code: str
    more: int  # further faults of the same line


@dataclass(frozen=True, slots=True)
class ImportPage:
    """An import, its five counts, the reasons, and a page of faulty lines.

    rows_total = rows_good + rows_to_decide + rows_bad, always; rows_written counts within good.
    """

    line: ImportLine
    file_sha256: str
    file_bytes: int
    confirmed_at: datetime | None
    confirmed_by: str
    finished_at: datetime | None
    note: str
    undone_by_id: int | None
    rows_written: int
    rows_paying: int
    rows_free: int
    amounts: tuple[tuple[int, int], ...]  # (claimed_fen, lines), the largest first
    reasons: tuple[ReasonCount, ...]
    rows: tuple[RowLine, ...]
    rows_listed: int


def imports(
    *, scope: Scope, year: int | None = None, after_id: int | None = None, limit: int = PAGE
) -> list[ImportLine]:
    """Return the scope's imports, the newest first, those older than `after_id`. Three queries."""
    scope.require("enrolment.read")
    with scoped(scope):
        found = LedgerImport.objects.order_by("-id")
        if year is not None:
            found = found.filter(year=year)
        if after_id is not None:
            found = found.filter(pk__lt=after_id)
        listed = list(found[:limit])
        return _lines(listed)


def import_page(
    *,
    scope: Scope,
    import_id: int,
    code: str = "",
    offset: int = 0,
    limit: int = PAGE,
    language: str = "zh",
) -> ImportPage:
    """Return an import with the faulty lines of one code or of all. Raises NotThere.

    Faults are told in the language, "zh" or "en". A fixed number of queries, whatever the ledger
    holds.
    """
    scope.require("enrolment.read")
    with scoped(scope):
        ledger = LedgerImport.objects.filter(pk=import_id).first()
        if ledger is None:
            raise NotThere(what=_("导入批次"))
        rows = LedgerRow.objects.filter(ledger=ledger)
        reasons = reasons_of(rows, language)
        faulty = rows.filter(fault_code=code) if code else rows.exclude(fault_code="")
        listed = sum(one.rows for one in reasons if not code or one.code == code)
        amounts = _amounts(rows)
        written = rows.exclude(written_at=None).aggregate(n=Count("id"))["n"]
        undone = LedgerImport.objects.filter(undoes=ledger).values_list("id", flat=True).first()
        (line,) = _lines([ledger])
        return ImportPage(
            line=line,
            file_sha256=ledger.file_sha256,
            file_bytes=ledger.file_bytes,
            confirmed_at=ledger.confirmed_at,
            confirmed_by=_operators([ledger.confirmed_by or 0]).get(ledger.confirmed_by or 0, ""),
            finished_at=ledger.finished_at,
            note=ledger.note,
            undone_by_id=undone,
            rows_written=written,
            rows_paying=sum(lines for fen, lines in amounts if fen),
            rows_free=sum(lines for fen, lines in amounts if not fen),
            amounts=tuple(one for one in amounts if one[0]),
            reasons=reasons,
            rows=tuple(
                _row(one, language)
                for one in faulty.order_by("sheet", "row_no")[offset : offset + limit]
            ),
            rows_listed=listed,
        )


def imports_of_rows(*, scope: Scope, row_ids: Sequence[int]) -> dict[int, tuple[int, int]]:
    """Return (import, row in its sheet) of lines, so that what a line became leads back to it."""
    scope.require("enrolment.read")
    with scoped(scope):
        found = LedgerRow.objects.filter(pk__in=row_ids).values_list("pk", "ledger_id", "row_no")
        return {pk: (ledger, row) for pk, ledger, row in found}


def line_of(ledger: LedgerImport) -> ImportLine:
    """Return an import as the list shows it, inside the caller's scope."""
    (line,) = _lines([ledger])
    return line


def _lines(listed: Sequence[LedgerImport]) -> list[ImportLine]:
    places = area_names({one.area_no for one in listed})
    people = _operators([one.uploaded_by for one in listed])
    return [
        ImportLine(
            import_id=one.pk,
            kind=one.kind,
            kind_name=forms()[one.kind].name,
            annex=forms()[one.kind].annex,
            year=one.year,
            area_no=one.area_no,
            area_name=places.get(one.area_no, ""),
            file_name=one.file_name,
            uploaded_at=one.uploaded_at,
            uploaded_by=people.get(one.uploaded_by, ""),
            state=one.state,
            rows_total=one.rows_total,
            rows_good=one.rows_good,
            rows_bad=one.rows_bad,
            rows_to_decide=one.rows_total - one.rows_good - one.rows_bad,
            claimed_fen=one.claimed_fen,
            undoes_id=one.undoes_id,
        )
        for one in listed
    ]


def _operators(ids: Sequence[int]) -> dict[int, str]:
    return dict(Operator.objects.filter(pk__in=set(ids)).values_list("pk", "name"))


def reasons_of(rows: Any, language: str) -> tuple[ReasonCount, ...]:
    """Return the reasons of the lines, errors first, the most frequent first."""
    counts = rows.exclude(fault_code="").values_list("fault_code").annotate(n=Count("id"))
    ordered = sorted(counts, key=lambda one: (not is_error(one[0]), -one[1], one[0]))
    return tuple(
        ReasonCount(
            code=code, label=fault_label(code, language), rows=n, decides=KINDS[code].decides
        )
        for code, n in ordered
    )


def _amounts(rows: Any) -> list[tuple[int, int]]:
    counts = (
        rows.filter(fault_code="", claimed_fen__isnull=False)
        .values_list("claimed_fen")
        .annotate(n=Count("id"), total=Sum("claimed_fen"))
        .order_by("-claimed_fen")
    )
    return [(fen, n) for fen, n, _ in counts]


def _row(row: LedgerRow, language: str) -> RowLine:
    shown = next((one for one in row.faults if one["code"] == row.fault_code), row.faults[0])
    words, says = row.words(), told(shown, language)
    return RowLine(
        row_id=row.pk,
        sheet=row.sheet,
        row_no=row.row_no,
        household_no=row.household_no,
        name_masked=masked(row.name),
        number_masked="" if row.fault_code == LOST else mask_number(words["number"]),
        column=shown["column"],
        value=_masked_value(words, shown),
        reason=says.reason,
        remedy=says.remedy,
        code=row.fault_code,
        more=len(row.faults) - 1,
    )


def _masked_value(words: dict[str, str], shown: dict[str, Any]) -> str:
    """What was written, masked like the column that it stands in."""
    value = shown["value"] or words.get(_KEYS.get(shown["column"], ""), "")
    if "身份证" in shown["column"]:
        # What a spreadsheet made of a number (4.30423E+17) tells nothing and explains much.
        return value if shown["code"] == LOST else mask_number(value)
    if shown["column"] == "姓名":
        return masked(value)
    return mask_phone(value) if "电话" in shown["column"] else value

"""Insured years, coverage periods, cover elsewhere, and the yearly ledgers of the villages."""

import pgtrigger
from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import DateTimeRangeField, RangeOperators
from django.db import models
from django.db.models import Q

from yibao.apps.registry.cells import PHONE_READ, SealedCells
from yibao.core.flow import Flow
from yibao.database.models import ScopedModel
from yibao.database.sealing import PHONE, IndexField


class InsuredYear(models.Model):
    """A year that a region has opened for enrolment."""

    region = models.CharField(max_length=20)
    year = models.PositiveSmallIntegerField()
    opened_on = models.DateField()
    closed_on = models.DateField(null=True)
    rulebook_hash = models.CharField(max_length=64)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["region", "year"], name="a_year_opens_once"),
        ]


class Enrolment(ScopedModel):
    """That a person is on the list of a year, with what the village reported.

    Being listed insures nobody: a matched payment or deposited cash does (design section 6).
    """

    person = models.ForeignKey("registry.Person", on_delete=models.PROTECT)
    year = models.PositiveSmallIntegerField()
    event = models.CharField(max_length=30, blank=True)
    event_on = models.DateField(null=True)
    first_time = models.BooleanField(default=False)
    notice_method = models.CharField(max_length=20, blank=True)
    unpaid_reason = models.CharField(max_length=40, blank=True)
    claimed_fen = models.BigIntegerField(null=True)  # 个人缴费 as the village wrote it
    enrolled_at = models.DateTimeField()
    withdrawn_at = models.DateTimeField(null=True)
    source_kind = models.CharField(max_length=40)
    source_id = models.BigIntegerField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["person", "year"],
                name="one_enrolment_a_person_and_year",
                condition=Q(withdrawn_at__isnull=True),
            ),
        ]
        indexes = [
            models.Index(fields=["year", "area_no"], name="enrolments_of_an_area"),
            models.Index(
                fields=["year", "unpaid_reason", "area_no", "person"],
                name="enrolments_by_reason",
                condition=Q(withdrawn_at__isnull=True) & ~Q(unpaid_reason=""),
            ),
            # Laid beside the dues, by index alone, it leaves whose due was not raised.
            models.Index(
                fields=["year", "person"],
                include=["area_no"],
                name="enrolments_in_order",
                condition=Q(withdrawn_at__isnull=True),
            ),
        ]


class Coverage(ScopedModel):
    """A time in which a person is insured, from a moment to a moment. No two overlap."""

    person = models.ForeignKey("registry.Person", on_delete=models.PROTECT)
    year = models.PositiveSmallIntegerField()
    period = DateTimeRangeField()
    reason = models.CharField(max_length=30)
    # Insured years in an unbroken row up to and with this one (待遇 4, 6).
    consecutive_years = models.PositiveSmallIntegerField(default=1)
    suspended_from = models.DateField(null=True)
    suspended_until = models.DateField(null=True)
    witness = models.JSONField(default=dict)
    source_kind = models.CharField(max_length=40)
    source_id = models.BigIntegerField()
    recorded_at = models.DateTimeField()
    cancelled_at = models.DateTimeField(null=True)
    cancelled_because = models.CharField(max_length=200, blank=True)

    class Meta:
        constraints = [
            ExclusionConstraint(
                name="one_coverage_at_a_time",
                expressions=[
                    ("person", RangeOperators.EQUAL),
                    ("period", RangeOperators.OVERLAPS),
                ],
                condition=Q(cancelled_at__isnull=True),
            ),
        ]
        indexes = [
            models.Index(fields=["person", "year"], name="coverages_of_a_person"),
            # How a coverage stands is told by the index alone.
            models.Index(
                fields=["year", "area_no", "id"],
                include=["person", "period", "cancelled_at", "suspended_from", "suspended_until"],
                name="coverages_listed",
            ),
            # Whether a person is insured is asked of every row of long lists: answered by the
            # index alone.
            models.Index(
                fields=["person", "year"],
                include=["area_no", "recorded_at"],
                name="coverages_in_force",
                condition=Q(cancelled_at__isnull=True) & ~Q(reason="unpaid"),
            ),
            models.Index(fields=["recorded_at", "year"], name="coverages_by_day"),
            models.Index(
                fields=["year", "area_no", "id"],
                name="coverages_cancelled",
                condition=Q(cancelled_at__isnull=False),
            ),
            models.Index(
                fields=["year", "area_no", "id"],
                name="coverages_suspended",
                condition=Q(suspended_from__isnull=False),
            ),
        ]


class OtherCover(ScopedModel):
    """That a person is insured elsewhere for a year, proved by a voucher (annex 4)."""

    person = models.ForeignKey("registry.Person", null=True, on_delete=models.PROTECT)
    year = models.PositiveSmallIntegerField()
    kind = models.CharField(max_length=20)  # employee | resident
    place = models.CharField(max_length=60)
    hukou_place = models.CharField(max_length=80, blank=True)
    voucher_no = models.CharField(max_length=60)
    source_kind = models.CharField(max_length=40)
    source_id = models.BigIntegerField()
    recorded_at = models.DateTimeField()
    cancelled_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["person", "year"],
                name="one_other_cover_a_person_and_year",
                condition=Q(cancelled_at__isnull=True),
            ),
        ]


LEDGER_IMPORT = Flow(
    {
        ("uploaded", "check"): "checked",
        ("checked", "check"): "checked",
        ("checked", "confirm"): "writing",
        ("writing", "resume"): "writing",
        ("writing", "finish"): "done",
        ("done", "undo"): "undone",
        ("checked", "drop"): "dropped",
        ("uploaded", "drop"): "dropped",
    }
)


class LedgerImport(ScopedModel):
    """A village's ledger as it was uploaded, with its life from upload to written or undone."""

    kind = models.CharField(max_length=20)  # payment_ledger | new_entrants | insured_elsewhere
    year = models.PositiveSmallIntegerField()
    file_name = models.CharField(max_length=200)
    file_sha256 = models.CharField(max_length=64)
    file_bytes = models.IntegerField()
    uploaded_at = models.DateTimeField()
    uploaded_by = models.BigIntegerField()
    state = models.CharField(max_length=20, default="uploaded")
    rows_total = models.IntegerField(default=0)
    rows_good = models.IntegerField(default=0)
    rows_bad = models.IntegerField(default=0)
    claimed_fen = models.BigIntegerField(default=0)
    confirmed_at = models.DateTimeField(null=True)
    confirmed_by = models.BigIntegerField(null=True)
    finished_at = models.DateTimeField(null=True)
    undoes = models.OneToOneField(
        "self", null=True, on_delete=models.PROTECT, related_name="undone_by"
    )
    note = models.CharField(max_length=200, blank=True)

    class Meta:
        indexes = [models.Index(fields=["area_no", "-id"], name="ledger_imports_of_an_area")]
        triggers = [
            pgtrigger.FSM(
                name="ledger_import_flow", field="state", transitions=LEDGER_IMPORT.pairs()
            ),
        ]


class LedgerRow(SealedCells, ScopedModel):
    """A line of an uploaded ledger: its cells as text, its faults, and what it became.

    The identity number and the telephone lie among the sealed cells.
    """

    ledger = models.ForeignKey(LedgerImport, on_delete=models.PROTECT, related_name="rows")
    sheet = models.CharField(max_length=60)
    row_no = models.IntegerField()  # the row in the sheet, as Excel counts
    phone_index = IndexField(of=PHONE, source="secret_cells", part=PHONE_READ)
    household_no = models.CharField(max_length=20, blank=True)
    name = models.CharField(max_length=60, blank=True)
    relation = models.CharField(max_length=20, blank=True)
    sex = models.CharField(max_length=6, blank=True)
    born = models.DateField(null=True)
    claimed_fen = models.BigIntegerField(null=True)
    # The first fault is kept in columns for counting; all of them in `faults`.
    fault_code = models.CharField(max_length=10, blank=True)
    fault_column = models.CharField(max_length=20, blank=True)
    faults = models.JSONField(default=list)  # [{code, column, value, facts}]
    person = models.ForeignKey("registry.Person", null=True, on_delete=models.PROTECT)
    written_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["ledger", "sheet", "row_no"], name="a_row_is_read_once"
            ),
        ]
        indexes = [
            models.Index(fields=["ledger", "fault_code"], name="ledger_rows_by_fault"),
        ]

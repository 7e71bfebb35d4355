"""Departments' rosters, the match by priority, who is supported, and the grants that pay it."""

import pgtrigger
from django.db import models
from django.db.models import Q

from yibao.apps.registry.cells import SealedCells
from yibao.core.flow import Flow
from yibao.database.models import ScopedModel

ROSTER = Flow(
    {
        ("uploaded", "check"): "checked",
        ("checked", "confirm"): "confirmed",
        ("uploaded", "drop"): "dropped",
        ("checked", "drop"): "dropped",
    }
)


class Roster(ScopedModel):
    """A department's list: its first one, a monthly addition, or the deceased among the listed."""

    year = models.PositiveSmallIntegerField()
    department = models.ForeignKey("access.Organisation", on_delete=models.PROTECT)
    category = models.CharField(max_length=30, blank=True)  # blank: a column of the file says
    kind = models.CharField(max_length=20)  # initial | addition | deceased
    as_of = models.DateField()
    file_name = models.CharField(max_length=200)
    file_sha256 = models.CharField(max_length=64)
    paper_sealed = models.BooleanField(default=False)  # the sealed paper list was handed over
    uploaded_at = models.DateTimeField()
    uploaded_by = models.BigIntegerField()
    state = models.CharField(max_length=20, default="uploaded")
    rows_total = models.IntegerField(default=0)
    rows_good = models.IntegerField(default=0)
    confirmed_at = models.DateTimeField(null=True)
    confirmed_by = models.BigIntegerField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["region", "year", "department", "file_sha256"],
                name="a_roster_file_is_taken_once",
                condition=~Q(state="dropped"),
            ),
            models.CheckConstraint(
                name="who_uploads_does_not_confirm",
                condition=Q(confirmed_by__isnull=True) | ~Q(confirmed_by=models.F("uploaded_by")),
            ),
        ]
        triggers = [
            pgtrigger.FSM(name="roster_flow", field="state", transitions=ROSTER.pairs()),
        ]


class RosterRow(SealedCells, ScopedModel):
    """A line of a roster, its number among the sealed cells.

    Unmatched lines stay on a list until somebody answers for them.
    """

    roster = models.ForeignKey(Roster, on_delete=models.PROTECT, related_name="rows")
    sheet = models.CharField(max_length=60)
    row_no = models.IntegerField()
    name = models.CharField(max_length=60, blank=True)
    category = models.CharField(max_length=30, blank=True)
    person = models.ForeignKey("registry.Person", null=True, on_delete=models.PROTECT)
    state = models.CharField(max_length=20)  # matched | unmatched | faulty | rejected
    faults = models.JSONField(default=list)  # [{sheet, row, column, value, code, facts}]
    answered_at = models.DateTimeField(null=True)
    answered_by = models.BigIntegerField(null=True)
    answer = models.CharField(max_length=200, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["roster", "sheet", "row_no"], name="a_roster_row_is_read_once"
            ),
        ]
        indexes = [models.Index(fields=["roster", "state"], name="roster_rows_by_state")]


class Support(ScopedModel):
    """That a person is supported in a year, in the one category that comes first."""

    person = models.ForeignKey("registry.Person", on_delete=models.PROTECT)
    year = models.PositiveSmallIntegerField()
    category = models.CharField(max_length=30)
    department = models.ForeignKey("access.Organisation", null=True, on_delete=models.PROTECT)
    subsidy_fen = models.BigIntegerField()
    personal_fen = models.BigIntegerField()
    row = models.ForeignKey(RosterRow, null=True, on_delete=models.PROTECT)
    witness = models.JSONField(default=dict)
    decided_at = models.DateTimeField()
    removed_at = models.DateTimeField(null=True)
    removed_because = models.CharField(max_length=100, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["person", "year"],
                name="one_category_a_person_and_year",
                condition=Q(removed_at__isnull=True),
            ),
        ]


class MatchRun(ScopedModel):
    """That somebody ran the match of a year: the list that follows is fixed by another person."""

    year = models.PositiveSmallIntegerField()
    matched_at = models.DateTimeField()
    matched_by = models.BigIntegerField()


class SupportList(ScopedModel):
    """A frozen list of who is supported: after a match, an addition, or the final one."""

    year = models.PositiveSmallIntegerField()
    kind = models.CharField(max_length=20)  # initial | addition | final
    fixed_at = models.DateTimeField()
    fixed_by = models.BigIntegerField()
    persons = models.IntegerField()
    subsidy_fen = models.BigIntegerField()
    sent_at = models.DateTimeField(null=True)


class SupportListLine(ScopedModel):
    """One supported person of a frozen list, as it stood when the list was fixed."""

    list = models.ForeignKey(SupportList, on_delete=models.PROTECT, related_name="lines")
    support = models.ForeignKey(Support, on_delete=models.PROTECT)
    category = models.CharField(max_length=30)
    subsidy_fen = models.BigIntegerField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["list", "support"], name="a_list_names_a_person_once"),
        ]
        triggers = [
            pgtrigger.Protect(
                name="list_lines_are_only_added",
                operation=pgtrigger.Update | pgtrigger.Delete,
            ),
        ]


class Grant(ScopedModel):
    """What a department owes the fund for a year's supported persons, and what arrived."""

    year = models.PositiveSmallIntegerField()
    department = models.ForeignKey("access.Organisation", on_delete=models.PROTECT)
    category = models.CharField(max_length=30)
    persons = models.IntegerField()
    expected_fen = models.BigIntegerField()
    received_fen = models.BigIntegerField(default=0)
    claimed_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["year", "department", "category", "area_no"],
                name="one_grant_a_category_and_department",
            ),
        ]


class GrantReceipt(ScopedModel):
    """Money of a grant that arrived in the fiscal account, with who recorded it."""

    grant = models.ForeignKey(Grant, on_delete=models.PROTECT, related_name="receipts")
    amount_fen = models.BigIntegerField()
    received_on = models.DateField()
    voucher_no = models.CharField(max_length=60)
    recorded_by = models.BigIntegerField()
    recorded_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["region", "voucher_no"], name="a_grant_arrives_once"),
        ]
        triggers = [
            pgtrigger.Protect(
                name="grant_receipts_are_only_added",
                operation=pgtrigger.Update | pgtrigger.Delete,
            ),
        ]

"""Visits, their settlement and reversal, and the year's accumulators of a person."""

import pgtrigger
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q

from yibao.database.models import ScopedModel

ONLY_ADDED = pgtrigger.Update | pgtrigger.Delete


class EachAtMost(models.Func):
    """That each ceiling's used amount is at most its limit, by a function of the database."""

    function = "each_at_most"
    output_field = models.BooleanField()
    conditional = True

    def __init__(self) -> None:
        super().__init__("used_fen", "limit_fen")


class Visit(ScopedModel):
    """A stay or an outpatient visit as the institution reported it."""

    person = models.ForeignKey("registry.Person", on_delete=models.PROTECT)
    institution = models.ForeignKey("care.Institution", on_delete=models.PROTECT)
    number = models.CharField(max_length=40)  # the institution's own number
    year = models.PositiveSmallIntegerField()  # of discharge (待遇 5)
    facts = models.JSONField()  # the visit's facts in the rulebook's names
    admitted_on = models.DateField(null=True)
    discharged_on = models.DateField()
    total_fen = models.BigIntegerField()
    eligible_fen = models.BigIntegerField()
    recorded_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="what_is_eligible_is_part_of_the_bill",
                condition=Q(eligible_fen__gte=0, total_fen__gte=models.F("eligible_fen")),
            ),
        ]
        indexes = [
            models.Index(fields=["person", "year"], name="visits_of_a_person"),
            models.Index(fields=["institution", "number"], name="visits_by_number"),
        ]
        triggers = [pgtrigger.Protect(name="visits_are_only_added", operation=ONLY_ADDED)]


class Settlement(ScopedModel):
    """What the fund pays for a visit, with the witness that lets it be recomputed.

    A correction (reversal, or the difference after a replay) is a settlement of its own that
    names the one it corrects; nothing is edited.
    """

    visit = models.ForeignKey(Visit, on_delete=models.PROTECT, related_name="settlements")
    person = models.ForeignKey("registry.Person", on_delete=models.PROTECT)
    institution = models.ForeignKey("care.Institution", on_delete=models.PROTECT)
    settlement_no = models.CharField(max_length=24, unique=True)
    year = models.PositiveSmallIntegerField()
    kind = models.CharField(max_length=12)  # settled | reversed | adjusted
    corrects = models.ForeignKey("self", null=True, on_delete=models.PROTECT)
    total_fen = models.BigIntegerField()
    eligible_fen = models.BigIntegerField()
    deductible_fen = models.BigIntegerField()
    rate = models.IntegerField()  # parts of 10,000
    fund_pay_fen = models.BigIntegerField()
    self_pay_fen = models.BigIntegerField()
    reason = models.CharField(max_length=30)
    result = models.JSONField()
    steps = models.JSONField()
    witness = models.JSONField()  # both hashes, year, known day, clauses
    rulebook_hash = models.CharField(max_length=64)
    settled_at = models.DateTimeField()
    settled_by = models.BigIntegerField()
    because = models.CharField(max_length=200, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["visit"], name="a_visit_is_settled_once", condition=Q(kind="settled")
            ),
            models.UniqueConstraint(
                fields=["corrects"],
                name="a_settlement_is_reversed_once",
                condition=Q(kind="reversed"),
            ),
        ]
        indexes = [models.Index(fields=["person", "year"], name="settlements_of_a_person")]
        triggers = [pgtrigger.Protect(name="settlements_are_only_added", operation=ONLY_ADDED)]


class PersonYear(ScopedModel):
    """The fold's state of a person and insured year; the row that a settlement locks.

    `state` holds the rule's integers in declared order, `used_fen` and `limit_fen` its ceilings.
    """

    person = models.ForeignKey("registry.Person", on_delete=models.PROTECT)
    year = models.PositiveSmallIntegerField()
    state = ArrayField(models.BigIntegerField(), default=list)
    used_fen = ArrayField(models.BigIntegerField(), default=list)
    limit_fen = ArrayField(models.BigIntegerField(), default=list)
    last_order = models.JSONField(default=list)
    sense_hash = models.CharField(max_length=64, blank=True)
    fund_paid_fen = models.BigIntegerField(default=0)
    settlements = models.IntegerField(default=0)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["person", "year"], name="one_row_a_person_and_year"),
            # Even without the row lock a payment over a ceiling is refused.
            models.CheckConstraint(name="no_ceiling_is_passed", condition=EachAtMost()),
        ]


class Reply(ScopedModel):
    """The answer to a request under its key: the same request gets it again, byte for byte."""

    client = models.CharField(max_length=40)  # institution code, or the console
    key = models.CharField(max_length=64)
    request_hash = models.CharField(max_length=64)
    body = models.BinaryField(null=True)
    settlement = models.ForeignKey(Settlement, null=True, on_delete=models.PROTECT)
    at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["client", "key"], name="a_key_is_used_once"),
        ]
        triggers = [
            pgtrigger.Protect(
                name="an_answer_is_given_once",
                operation=pgtrigger.Update,
                condition=pgtrigger.Q(old__body__isnull=False),
            ),
            pgtrigger.Protect(name="answers_are_kept", operation=pgtrigger.Delete),
        ]

"""Dues, payments by channel, cash in agents' custody, receipts, and refused refunds."""

from typing import ClassVar

import pgtrigger
from django.db import models
from django.db.models import F, Q

from yibao.database.models import ScopedModel
from yibao.database.sealing import NUMBER, IndexField, SealedField

ONLY_ADDED = pgtrigger.Update | pgtrigger.Delete
# A payment is never changed; only the number and name on it can be erased with a person.
BUT_WHOSE = pgtrigger.AnyChange(exclude=["number", "number_index", "name"])
NOT_ERASED = pgtrigger.Condition(
    "octet_length(NEW.number) > 0 OR octet_length(NEW.number_index) > 0"
    " OR (NEW.name <> '' AND NEW.name IS DISTINCT FROM OLD.name)"
)


class Due(ScopedModel):
    """What is owed for a person and a year. Its movements are legs of the dues sub-ledger.

    `owed_fen` is the whole sum asked of the person's side; `subsidised_fen` what departments
    bear of it; `paid_fen` what the person has paid. Sums are checked by `yibao verify`.
    """

    person = models.ForeignKey("registry.Person", on_delete=models.PROTECT)
    year = models.PositiveSmallIntegerField()
    price_class = models.CharField(max_length=30)
    owed_fen = models.BigIntegerField()
    subsidised_fen = models.BigIntegerField(default=0)
    paid_fen = models.BigIntegerField(default=0)
    shares = models.JSONField(default=dict)  # fiscal shares in fen by payer, where ruled
    witness = models.JSONField(default=dict)
    raised_at = models.DateTimeField()
    settled_at = models.DateTimeField(null=True)
    cancelled_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["person", "year"],
                name="one_due_a_person_and_year",
                condition=Q(cancelled_at__isnull=True),
            ),
            models.CheckConstraint(
                name="a_due_is_not_paid_twice",
                condition=Q(paid_fen__gte=0)
                & Q(subsidised_fen__gte=0)
                & Q(owed_fen__gte=F("paid_fen") + F("subsidised_fen")),
            ),
        ]
        indexes = [
            models.Index(fields=["year", "area_no"], name="dues_of_an_area"),
            # What is owed and since when it is paid is asked of every row of long lists: answered
            # by the index alone.
            models.Index(
                fields=["person", "year"],
                include=["area_no", "settled_at", "owed_fen", "subsidised_fen", "paid_fen"],
                name="dues_that_stand",
                condition=Q(cancelled_at__isnull=True),
            ),
            models.Index(
                fields=["year", "area_no", "id"],
                name="dues_open",
                condition=Q(cancelled_at__isnull=True, settled_at__isnull=True),
            ),
            models.Index(
                fields=["settled_at", "year", "area_no", "person"],
                name="dues_by_day",
                condition=Q(cancelled_at__isnull=True, settled_at__isnull=False),
            ),
            models.Index(
                fields=["year", "area_no", "person"],
                name="dues_supported",
                condition=Q(cancelled_at__isnull=True, paid_fen=0, subsidised_fen__gt=0),
            ),
        ]


class Relief(ScopedModel):
    """That somebody else bears a part of what a person owes for a year.

    Written by the app that decides support, kept here so that a due raised later knows of it:
    collection may not import what comes after it.
    """

    person = models.ForeignKey("registry.Person", on_delete=models.PROTECT)
    year = models.PositiveSmallIntegerField()
    category = models.CharField(max_length=30)
    subsidised_fen = models.BigIntegerField()
    source_kind = models.CharField(max_length=40)
    source_id = models.BigIntegerField()
    recorded_at = models.DateTimeField()
    removed_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["person", "year"],
                name="one_relief_a_person_and_year",
                condition=Q(removed_at__isnull=True),
            ),
            models.CheckConstraint(
                name="a_relief_is_not_negative", condition=Q(subsidised_fen__gte=0)
            ),
        ]


class PaymentFile(ScopedModel):
    """A file of payments from the tax side or a bank, one channel and day or many."""

    file_name = models.CharField(max_length=200)
    file_sha256 = models.CharField(max_length=64)
    channel = models.CharField(max_length=20, blank=True)
    received_at = models.DateTimeField()
    received_by = models.BigIntegerField()
    rows_total = models.IntegerField()
    rows_taken = models.IntegerField(default=0)
    rows_known = models.IntegerField(default=0)  # vouchers that an earlier file brought
    amount_fen = models.BigIntegerField()  # of the rows taken
    faults = models.JSONField(default=list)  # [{sheet, row, column, value, code, facts}]

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["region", "file_sha256"], name="a_payment_file_is_taken_once"
            ),
        ]


class Payment(ScopedModel):
    """Money that arrived, as the channel reported it. Never changed afterwards (方案 四(二))."""

    # What becomes of the other columns when the person who paid is erased.
    erased_with_person: ClassVar[dict[str, str]] = {"name": ""}

    file = models.ForeignKey(PaymentFile, null=True, on_delete=models.PROTECT)
    row_no = models.IntegerField(null=True)
    channel = models.CharField(max_length=20)
    year = models.PositiveSmallIntegerField()
    number = SealedField()  # identity number paid for
    number_index = IndexField(of=NUMBER, source="number")
    name = models.CharField(max_length=60)
    amount_fen = models.BigIntegerField()
    paid_at = models.DateTimeField()
    voucher_kind = models.CharField(max_length=20)
    voucher_no = models.CharField(max_length=60)
    insured_place = models.CharField(max_length=40, blank=True)  # 参保地 as the channel wrote it
    recorded_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["region", "channel", "voucher_no"], name="a_voucher_pays_once"
            ),
            models.CheckConstraint(name="a_payment_is_positive", condition=Q(amount_fen__gt=0)),
        ]
        indexes = [
            models.Index(fields=["year", "number_index"], name="payments_by_number"),
            models.Index(fields=["year", "paid_at", "id"], name="payments_listed"),
            # Not by the year first: the planner would take them for the order of the list.
            models.Index(fields=["channel", "year", "paid_at", "id"], name="payments_by_channel"),
            models.Index(fields=["name", "year"], name="payments_by_name"),
            models.Index(fields=["voucher_no"], name="payments_by_voucher"),
            # Laid beside the matches, by the two indexes alone, it leaves what pays nothing.
            models.Index(
                fields=["year", "id"], include=["area_no", "amount_fen"], name="payments_in_order"
            ),
        ]
        triggers = [
            pgtrigger.Protect(
                name="payments_are_not_changed",
                operation=pgtrigger.Update,
                condition=BUT_WHOSE,
            ),
            pgtrigger.Protect(
                name="who_paid_is_only_erased",
                operation=pgtrigger.Update,
                condition=NOT_ERASED,
            ),
            pgtrigger.Protect(name="payments_are_only_added", operation=pgtrigger.Delete),
        ]


class PaymentMatch(ScopedModel):
    """That a payment pays a due. A wrong one is undone by a match that reverses it."""

    payment = models.ForeignKey(Payment, on_delete=models.PROTECT, related_name="matches")
    due = models.ForeignKey(Due, on_delete=models.PROTECT, related_name="matches")
    amount_fen = models.BigIntegerField()  # negative when it reverses
    reverses = models.OneToOneField("self", null=True, on_delete=models.PROTECT)
    reason = models.CharField(max_length=200, blank=True)
    matched_at = models.DateTimeField()
    matched_by = models.BigIntegerField()

    class Meta:
        indexes = [
            models.Index(fields=["payment"], include=["area_no"], name="matches_in_order"),
        ]
        triggers = [pgtrigger.Protect(name="matches_are_only_added", operation=ONLY_ADDED)]


class UnmatchedPayment(ScopedModel):
    """A payment that pays no due yet, and why. The money is kept as a temporary receipt."""

    payment = models.OneToOneField(Payment, on_delete=models.PROTECT, related_name="unmatched")
    reason = models.CharField(max_length=30)  # a code of matching.REASONS, the newest finding
    due = models.ForeignKey(Due, null=True, on_delete=models.PROTECT, related_name="+")
    found_at = models.DateTimeField()
    closed_at = models.DateTimeField(null=True)
    closed_by = models.BigIntegerField(null=True)

    class Meta:
        indexes = [
            models.Index(
                fields=["area_no", "reason"],
                name="payments_without_a_due",
                condition=Q(closed_at__isnull=True),
            ),
        ]


class VoucherStep(ScopedModel):
    """A hand-over of a tax voucher's accounting copy to the next office (参保缴费 15)."""

    payment = models.ForeignKey(Payment, on_delete=models.PROTECT, related_name="steps")
    step = models.CharField(max_length=30)  # tax_office | collection_section | finance_section
    handed_at = models.DateTimeField()
    handed_by = models.BigIntegerField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["payment", "step"], name="a_voucher_reaches_an_office_once"
            ),
        ]
        triggers = [pgtrigger.Protect(name="voucher_steps_are_only_added", operation=ONLY_ADDED)]


class CashCollection(ScopedModel):
    """Cash that an agent took for a person, for a recorded special reason (方案 四(二))."""

    due = models.ForeignKey(Due, on_delete=models.PROTECT, related_name="cash")
    collector = models.ForeignKey("access.Operator", on_delete=models.PROTECT, related_name="+")
    keyed_by = models.ForeignKey("access.Operator", on_delete=models.PROTECT, related_name="+")
    amount_fen = models.BigIntegerField()
    collected_at = models.DateTimeField()
    deposit_by = models.DateField()  # the last day allowed
    special_reason = models.CharField(max_length=200, blank=True)
    receipt_no = models.CharField(max_length=30)
    # What the collector confirmed before keying: {identity, special_payer, employee, place}.
    confirmed = models.JSONField(default=dict)

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="who_collects_keys_in", condition=Q(collector=F("keyed_by"))
            ),
            models.UniqueConstraint(fields=["region", "receipt_no"], name="a_receipt_is_used_once"),
        ]
        indexes = [models.Index(fields=["collector", "deposit_by"], name="cash_of_a_collector")]
        triggers = [pgtrigger.Protect(name="cash_is_only_added", operation=ONLY_ADDED)]


class CashDeposit(ScopedModel):
    """Cash that an agent paid in through an online channel."""

    collector = models.ForeignKey("access.Operator", on_delete=models.PROTECT)
    channel = models.CharField(max_length=20)
    voucher_no = models.CharField(max_length=60)
    amount_fen = models.BigIntegerField()
    deposited_at = models.DateTimeField()
    late_reason = models.CharField(max_length=200, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["region", "channel", "voucher_no"], name="a_deposit_voucher_is_used_once"
            ),
        ]
        triggers = [pgtrigger.Protect(name="deposits_are_only_added", operation=ONLY_ADDED)]


class CashDepositLine(ScopedModel):
    """Which collected cash a deposit paid in; each collection once."""

    deposit = models.ForeignKey(CashDeposit, on_delete=models.PROTECT, related_name="lines")
    collection = models.OneToOneField(
        CashCollection, on_delete=models.PROTECT, related_name="deposited"
    )
    payment = models.OneToOneField(Payment, on_delete=models.PROTECT, related_name="cash_line")

    class Meta:
        indexes = [
            models.Index(fields=["collection"], include=["area_no"], name="cash_paid_in"),
            models.Index(fields=["deposit"], include=["area_no"], name="lines_of_a_deposit"),
        ]
        triggers = [pgtrigger.Protect(name="deposit_lines_are_only_added", operation=ONLY_ADDED)]


class ReceiptRange(ScopedModel):
    """A range of receipt numbers given to a collector; the next one is handed out in order."""

    holder = models.ForeignKey("access.Operator", on_delete=models.PROTECT)
    prefix = models.CharField(max_length=12)
    first = models.IntegerField()
    last = models.IntegerField()
    next = models.IntegerField()
    issued_at = models.DateTimeField()
    issued_by = models.BigIntegerField()

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="receipt_numbers_stay_in_their_range",
                condition=Q(next__gte=F("first")) & Q(next__lte=F("last") + 1),
            ),
            models.UniqueConstraint(
                fields=["region", "prefix", "first"], name="a_receipt_range_is_given_once"
            ),
        ]


class Receipt(ScopedModel):
    """A receipt given to a payer: number, for what, how much. Spoilt ones are kept as such."""

    range = models.ForeignKey(ReceiptRange, null=True, on_delete=models.PROTECT)
    number = models.CharField(max_length=30)
    kind = models.CharField(max_length=20)  # voucher kind of the region
    payment = models.ForeignKey(Payment, null=True, on_delete=models.PROTECT)
    collection = models.ForeignKey(CashCollection, null=True, on_delete=models.PROTECT)
    amount_fen = models.BigIntegerField()
    issued_at = models.DateTimeField()
    issued_by = models.BigIntegerField()
    spoilt_because = models.CharField(max_length=100, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["region", "kind", "number"], name="a_receipt_number_is_given_once"
            ),
        ]
        triggers = [pgtrigger.Protect(name="receipts_are_only_added", operation=ONLY_ADDED)]


class RefundRequest(ScopedModel):
    """A wish for money back after payment, and the answer with the article that it rests on."""

    payment = models.ForeignKey(Payment, on_delete=models.PROTECT, related_name="requests")
    kind = models.CharField(max_length=10, default="refund")  # refund | change
    asked_at = models.DateTimeField()
    asked_by = models.BigIntegerField()
    reason = models.CharField(max_length=200)
    decision = models.CharField(max_length=20)  # refused
    answer = models.CharField(max_length=300)
    cite = models.CharField(max_length=60)
    responsible = models.CharField(max_length=60, blank=True)

    class Meta:
        triggers = [pgtrigger.Protect(name="refund_requests_are_kept", operation=ONLY_ADDED)]


class CashDeclaration(ScopedModel):
    """An agent's declaration of cash taken, and the assessment that answers it (参保缴费 13)."""

    collector = models.ForeignKey("access.Operator", on_delete=models.PROTECT, related_name="+")
    declared_at = models.DateTimeField()
    amount_fen = models.BigIntegerField()
    assessment_no = models.CharField(max_length=30, blank=True)
    assessed_at = models.DateTimeField(null=True)
    assessed_by = models.BigIntegerField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="who_declares_does_not_assess",
                condition=Q(assessed_by__isnull=True) | ~Q(assessed_by=F("collector")),
            ),
            models.UniqueConstraint(
                fields=["region", "assessment_no"],
                name="an_assessment_number_is_given_once",
                condition=~Q(assessment_no=""),
            ),
        ]


class CashDeclarationLine(ScopedModel):
    """Which collected cash a declaration names; each collection once."""

    declaration = models.ForeignKey(CashDeclaration, on_delete=models.PROTECT, related_name="lines")
    collection = models.OneToOneField(
        CashCollection, on_delete=models.PROTECT, related_name="declared"
    )

    class Meta:
        triggers = [
            pgtrigger.Protect(name="declaration_lines_are_only_added", operation=ONLY_ADDED)
        ]

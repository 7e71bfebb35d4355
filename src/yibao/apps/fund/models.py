"""The books: main books on a cash basis, and sub-ledgers with the same discipline.

A book belongs to one fund and one accounting unit. A sub-ledger (dues, institutions, custody)
is a book of its own kind whose legs name a party. Entries and legs are only ever added.
"""

import pgtrigger
from django.db import models
from django.utils.translation import gettext_lazy as _

from yibao.database.models import ScopedModel


class BookKind(models.TextChoices):
    MAIN = "main", _("总账")
    DUES = "dues", _("应缴明细账")
    INSTITUTIONS = "institutions", _("定点机构往来账")
    CUSTODY = "custody", _("代收现金明细账")


class Book(models.Model):
    """One book of a fund and an accounting unit (an agency of a level keeps its own)."""

    region = models.CharField(max_length=20)
    fund = models.CharField(max_length=20, default="resident")
    unit = models.ForeignKey("access.Organisation", on_delete=models.PROTECT)
    kind = models.CharField(max_length=20, choices=BookKind.choices)
    name = models.CharField(max_length=80)
    area_no = models.BigIntegerField()
    opened_on = models.DateField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["fund", "unit", "kind"], name="one_book_of_a_kind"),
        ]


class BookMonth(models.Model):
    """A month of a book: its next voucher number, and whether it is closed."""

    book = models.ForeignKey(Book, on_delete=models.PROTECT, related_name="months")
    month = models.DateField()  # the first day
    last_voucher = models.PositiveIntegerField(default=0)
    closed_at = models.DateTimeField(null=True)
    closed_by = models.BigIntegerField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["book", "month"], name="one_row_a_book_and_month"),
        ]


class Entry(ScopedModel):
    """A balanced entry of a book. `voucher_no` counts without gaps in a month of a main book."""

    book = models.ForeignKey(Book, on_delete=models.PROTECT, related_name="entries")
    voucher_no = models.PositiveIntegerField(null=True)
    kind = models.CharField(max_length=40)
    on = models.DateField()
    month = models.DateField()  # the first day of the month that `on` lies in
    memo = models.CharField(max_length=120)
    source_kind = models.CharField(max_length=40)
    source_id = models.BigIntegerField()
    reverses = models.OneToOneField("self", null=True, on_delete=models.PROTECT)
    posted_at = models.DateTimeField()
    posted_by = models.BigIntegerField()
    # The transaction's number, set by a trigger whatever the writer says: seals go by it.
    xid = models.BigIntegerField(default=0, db_default=0)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["book", "month", "voucher_no"],
                name="one_voucher_number_a_month_and_book",
                condition=models.Q(voucher_no__isnull=False),
            ),
            models.CheckConstraint(
                name="an_entry_lies_in_its_month",
                condition=models.Q(month__day=1)
                & models.Q(on__year=models.F("month__year"))
                & models.Q(on__month=models.F("month__month")),
            ),
        ]
        indexes = [
            models.Index(fields=["book", "on", "id"], name="day_book"),
            models.Index(fields=["source_kind", "source_id"], name="entries_of_a_source"),
            models.Index(fields=["xid", "id"], name="entries_in_sealing_order"),
        ]
        triggers = [
            pgtrigger.Protect(
                name="entries_are_only_added", operation=pgtrigger.Update | pgtrigger.Delete
            ),
            # The share lock meets the closing's own lock: whoever comes second waits.
            pgtrigger.Trigger(
                name="a_closed_month_is_closed",
                level=pgtrigger.Statement,
                when=pgtrigger.After,
                operation=pgtrigger.Insert,
                referencing=pgtrigger.Referencing(new="new_entries"),
                declare=[("place", "record"), ("closed", "timestamptz")],
                func="""
                    for place in select distinct book_id, month from new_entries order by 1, 2 loop
                        insert into fund_bookmonth (book_id, month, last_voucher)
                        select place.book_id, place.month, 0
                         where not exists (select from fund_bookmonth m
                                where m.book_id = place.book_id and m.month = place.month)
                        on conflict do nothing;
                        select closed_at into closed from fund_bookmonth m
                         where m.book_id = place.book_id and m.month = place.month
                           for key share;
                        if closed is not null then
                            raise exception 'book % is closed for %', place.book_id, place.month
                                using errcode = 'YB003', constraint = 'a_closed_month_is_closed';
                        end if;
                    end loop;
                    return null;
                """,
            ),
        ]


class Leg(ScopedModel):
    """One side of an entry, in fen. A sub-ledger's leg names the party it concerns."""

    entry = models.ForeignKey(Entry, on_delete=models.PROTECT, related_name="legs")
    book = models.ForeignKey(Book, on_delete=models.PROTECT)
    account = models.CharField(max_length=20)
    on = models.DateField()
    debit_fen = models.BigIntegerField(default=0)
    credit_fen = models.BigIntegerField(default=0)
    party_kind = models.CharField(max_length=20, blank=True)  # person | institution | operator
    party_id = models.BigIntegerField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="leg_is_debit_or_credit",
                condition=models.Q(debit_fen__gt=0, credit_fen=0)
                | models.Q(debit_fen=0, credit_fen__gt=0),
            ),
        ]
        indexes = [
            models.Index(fields=["book", "account", "on"], name="legs_of_an_account"),
            models.Index(
                fields=["book", "party_kind", "party_id"],
                include=["area_no", "account", "debit_fen", "credit_fen"],
                name="legs_of_a_party",
                condition=models.Q(party_id__isnull=False),
            ),
        ]
        triggers = [
            pgtrigger.Protect(
                name="legs_are_only_added", operation=pgtrigger.Update | pgtrigger.Delete
            ),
            pgtrigger.Trigger(
                name="entries_sum_to_zero",
                level=pgtrigger.Statement,
                when=pgtrigger.After,
                operation=pgtrigger.Insert,
                referencing=pgtrigger.Referencing(new="new_legs"),
                declare=[("odd", "bigint")],
                func="""
                    select entry_id into odd from new_legs
                     group by entry_id having sum(debit_fen) <> sum(credit_fen) limit 1;
                    if odd is not null then
                        raise exception 'entry % does not balance', odd using errcode = 'YB001';
                    end if;
                    return null;
                """,
            ),
        ]


class JournalSeal(models.Model):
    """A link of the journal's chain: the digest over all entries, with their legs, of a range.

    As `access.AuditSeal` is for the audit log (docs/decisions/0005-audit-chain.md).
    """

    number = models.BigIntegerField(unique=True)
    xid_from = models.BigIntegerField()
    xid_until = models.BigIntegerField()
    records = models.BigIntegerField()
    head = models.CharField(max_length=64)
    signature = models.CharField(max_length=64, blank=True)
    sealed_at = models.DateTimeField()
    leaves = models.BinaryField(default=b"", db_default=b"")

"""Persons, their identity documents, households, and dated identities (低保 …)."""

from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import RangeOperators
from django.db import models
from django.db.models import F, Func, Q, Value
from django.db.models.functions import Coalesce

from yibao.database.models import ScopedModel
from yibao.database.sealing import NUMBER, PHONE, PHONE_TAIL, IndexField, SealedField


class Household(ScopedModel):
    """A family as the hukou book has it; the unit of enrolment where the region says so."""

    household_no = models.CharField(max_length=24, unique=True)
    village_no = models.CharField(max_length=20, blank=True)  # 家庭编号 in the village's ledger
    head = models.ForeignKey("Person", null=True, on_delete=models.PROTECT, related_name="+")
    address = models.CharField(max_length=120, blank=True)
    created_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["area_no", "village_no"],
                name="one_household_a_village_number",
                condition=~Q(village_no=""),
            ),
        ]
        indexes = [
            models.Index(fields=["area_no", "village_no", "id"], name="households_listed"),
            models.Index(fields=["village_no", "area_no", "id"], name="households_by_village_no"),
        ]


class Person(ScopedModel):
    """A person under a number of our own. What the law calls an identity number is a document.

    Absent facts mean "nothing recorded" (design 3.1).
    """

    person_no = models.CharField(max_length=16, unique=True)
    name = models.CharField(max_length=60)
    given_name = models.GeneratedField(
        expression=Func("name", Value(2), function="substr"),
        output_field=models.CharField(max_length=60),
        db_persist=True,
    )
    initials = models.CharField(max_length=30)
    sex = models.CharField(max_length=6)  # male | female
    born = models.DateField()
    died_on = models.DateField(null=True)
    household = models.ForeignKey(
        Household, null=True, on_delete=models.PROTECT, related_name="members"
    )
    relation = models.CharField(max_length=20, blank=True)  # code of 户主关系
    phone = SealedField()
    phone_index = IndexField(of=PHONE, source="phone")
    phone_tail_index = IndexField(of=PHONE_TAIL, source="phone")
    ethnic_group = models.CharField(max_length=4, blank=True)
    residence = models.CharField(max_length=10, blank=True)  # urban | rural
    hukou = models.CharField(max_length=12, blank=True)  # local | other | unregistered
    hukou_kind = models.CharField(max_length=10, blank=True)
    origin = models.CharField(max_length=10, blank=True)
    residence_permit = models.BooleanField(default=False)
    resident_since = models.DateField(null=True)
    student = models.CharField(max_length=20, blank=True)
    school_owner = models.CharField(max_length=10, blank=True)
    employed = models.BooleanField(default=False)
    disability_level = models.PositiveSmallIntegerField(null=True)
    low_income_family = models.BooleanField(default=False)
    migrant_child = models.BooleanField(default=False)
    moved_away_on = models.DateField(null=True)
    registered_at = models.DateTimeField()
    source_kind = models.CharField(max_length=40, blank=True)
    source_id = models.BigIntegerField(null=True)

    class Meta:
        indexes = [
            models.Index(fields=["initials", "id"], name="persons_by_initials"),
            models.Index(fields=["name", "id"], name="persons_by_name"),
            models.Index(fields=["given_name", "id"], name="persons_by_given_name"),
            # What conditions of lists lead by: whole in the index, with what the scope is told by.
            models.Index(fields=["name", "area_no", "id"], name="persons_named"),
            models.Index(fields=["born", "area_no", "id"], name="persons_born"),
            models.Index(fields=["area_no", "initials"], name="persons_of_an_area"),
            # The order of lists: by village and household, those without one first.
            models.Index(
                F("area_no"), Coalesce("household_id", Value(0)), F("id"), name="persons_listed"
            ),
            models.Index(
                fields=["phone_index", "id"],
                name="persons_by_phone",
                condition=~Q(phone_index=b""),
            ),
            models.Index(
                fields=["phone_tail_index", "id"],
                name="persons_by_phone_tail",
                condition=~Q(phone_tail_index=b""),
            ),
        ]


class IdentityDocument(ScopedModel):
    """A document that names a person for a time. A number names one person at a time anywhere."""

    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="documents")
    kind = models.CharField(max_length=20)
    number = SealedField()
    number_index = IndexField(of=NUMBER, source="number")
    valid_from = models.DateField(null=True)
    valid_until = models.DateField(null=True)
    source = models.CharField(max_length=60, blank=True)
    recorded_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["kind", "number_index"],
                name="a_number_names_one_person",
                condition=Q(valid_until__isnull=True),
            ),
        ]
        indexes = [models.Index(fields=["number_index", "id"], name="documents_by_number")]


class PersonIdentity(ScopedModel):
    """A standing that a department certifies for a time: 低保, 特困, orphan … with its source."""

    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="identities")
    code = models.CharField(max_length=30)
    valid_from = models.DateField()
    valid_until = models.DateField(null=True)
    source = models.CharField(max_length=80)
    source_kind = models.CharField(max_length=40, blank=True)
    source_id = models.BigIntegerField(null=True)
    recorded_at = models.DateTimeField()

    class Meta:
        constraints = [
            ExclusionConstraint(
                name="one_identity_of_a_code_at_a_time",
                expressions=[
                    ("person", RangeOperators.EQUAL),
                    ("code", RangeOperators.EQUAL),
                    (
                        Func("valid_from", "valid_until", function="daterange"),
                        RangeOperators.OVERLAPS,
                    ),
                ],
            ),
        ]


class Erasure(ScopedModel):
    """A wish that a person's identifiers be destroyed; another person approves or refuses it.

    The ledger stays under the person's own number, which says nothing outside (PIPL 47).
    """

    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="erasures")
    reason = models.CharField(max_length=200)
    asked_at = models.DateTimeField()
    asked_by = models.BigIntegerField()
    decided_at = models.DateTimeField(null=True)
    decided_by = models.BigIntegerField(null=True)
    approved = models.BooleanField(default=False)
    answer = models.CharField(max_length=200, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["person"],
                name="one_open_erasure_a_person",
                condition=Q(decided_at__isnull=True),
            ),
            models.CheckConstraint(
                name="who_asks_for_an_erasure_does_not_decide",
                condition=Q(decided_by__isnull=True) | ~Q(decided_by=models.F("asked_by")),
            ),
        ]
        indexes = [models.Index(fields=["area_no", "-id"], name="erasures_of_an_area")]

"""Institutions and when they are designated."""

from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import RangeOperators
from django.db import models
from django.db.models import Func


class Institution(models.Model):
    """A hospital, clinic or pharmacy. Public data, so no row scope."""

    code = models.CharField(max_length=20, unique=True)
    name = models.CharField(max_length=80)
    kind = models.CharField(max_length=20)  # hospital | township_hospital | community | pharmacy
    level = models.PositiveSmallIntegerField()  # 1–3
    region = models.CharField(max_length=20)
    area_no = models.BigIntegerField()
    in_region = models.BooleanField(default=True)


class Designation(models.Model):
    """That an institution is designated in a region, from a day until a day (half-open)."""

    institution = models.ForeignKey(
        Institution, on_delete=models.PROTECT, related_name="designations"
    )
    region = models.CharField(max_length=20)
    designated_from = models.DateField()
    designated_until = models.DateField(null=True)
    document = models.CharField(max_length=80, blank=True)

    class Meta:
        constraints = [
            ExclusionConstraint(
                name="one_designation_at_a_time",
                expressions=[
                    ("institution", RangeOperators.EQUAL),
                    ("region", RangeOperators.EQUAL),
                    (
                        Func("designated_from", "designated_until", function="daterange"),
                        RangeOperators.OVERLAPS,
                    ),
                ],
            ),
        ]

"""The columns that every row of a person or of money carries."""

from django.db import models


class ScopedModel(models.Model):
    """A row that belongs to a place: row security compares `area_no` with the scope.

    `area_no` is the official twelve-digit division code as a number (village 430423105225);
    a subtree is a half-open range. `region` is the rulebook's region code.
    """

    region = models.CharField(max_length=20)
    area_no = models.BigIntegerField()

    class Meta:
        abstract = True

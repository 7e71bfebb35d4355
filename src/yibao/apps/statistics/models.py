"""Counts that are kept: everything else in statistics is counted from the other apps' rows."""

from django.db import models

from yibao.database.models import ScopedModel


class Tally(ScopedModel):
    """How many residents of a village stood so at a moment, since a day, for a reason.

    A county's figures are summed from these, so that a million people are not counted anew for
    everybody who looks. The rows of a year and moment belong together, and go together.
    """

    year = models.PositiveSmallIntegerField()
    taken_at = models.DateTimeField()
    kind = models.CharField(max_length=10)
    since_on = models.DateField(null=True)
    reason = models.CharField(max_length=40)
    people = models.IntegerField()

    class Meta:
        indexes = [models.Index(fields=["year", "taken_at", "area_no"], name="tallies_of_a_moment")]

"""What a clerk typed and has not sent, what was sent once already, and whom one picked lately.

Rows are their operator's own and are only ever asked for by operator and post; what was typed is
sealed, since it holds names and numbers of the insured.
"""

from django.db import models

from yibao.database.sealing import SealedField

_PATH = 300
_ADDRESS = 600
_KEY = 64
_KIND = 20


class Draft(models.Model):
    """The fields of one form of one page as they stood when they were kept last."""

    operator_id = models.BigIntegerField()
    post_id = models.BigIntegerField()
    page = models.CharField(max_length=_PATH)  # the path that shows the form, with its object
    year = models.PositiveSmallIntegerField()
    action = models.CharField(max_length=_PATH)  # the path that the form is sent to
    address = models.CharField(max_length=_ADDRESS)  # the page with its query: the way back
    fields = SealedField()  # JSON: name → values
    kept_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["operator_id", "post_id", "page", "year", "action"],
                name="one_draft_a_form_and_post",
            ),
        ]
        indexes = [models.Index(fields=["kept_at"], name="drafts_by_age")]


class SentForm(models.Model):
    """That a form was sent, and what came of it: the same form again gets the same answer."""

    operator_id = models.BigIntegerField()
    key = models.CharField(max_length=_KEY)
    # Where the first sending led to, or what an operation answered; null while it still works.
    answer = models.JSONField(null=True)
    sent_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["operator_id", "key"], name="a_form_is_sent_once"),
        ]
        indexes = [models.Index(fields=["operator_id", "sent_at"], name="sent_forms_by_age")]


class RecentPick(models.Model):
    """What an operator chose in a picker lately, by its number only; it is looked up in scope."""

    operator_id = models.BigIntegerField()
    kind = models.CharField(max_length=_KIND)
    object_id = models.BigIntegerField()
    picked_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["operator_id", "kind", "object_id"], name="one_recent_pick_a_thing"
            ),
        ]
        indexes = [
            models.Index(fields=["operator_id", "kind", "-picked_at"], name="recent_picks_in_order")
        ]

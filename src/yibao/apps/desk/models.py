"""Preferences, saved lists, notices, jobs and exports of the people at the desks."""

import pgtrigger
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from yibao.core.flow import Flow
from yibao.database.models import ScopedModel
from yibao.database.sealing import SealedField

JOB = Flow(
    {
        ("waiting", "start"): "running",
        ("running", "finish"): "done",
        ("running", "fail"): "failed",
        ("running", "hold"): "paused",
        ("waiting", "hold"): "paused",
        # A worker died: what it did in whole steps stands, the job goes on with another.
        ("running", "give back"): "waiting",
        ("paused", "go on"): "waiting",
        ("failed", "go on"): "waiting",
        ("waiting", "cancel"): "cancelled",
        ("running", "cancel"): "cancelled",
        ("paused", "cancel"): "cancelled",
    }
)
EXPORT = Flow(
    {
        ("waiting", "approve"): "approved",
        ("waiting", "reject"): "rejected",
        ("waiting", "withdraw"): "withdrawn",
        ("approved", "make"): "ready",
        ("approved", "fail"): "failed",
        ("failed", "retry"): "approved",
        ("ready", "shred"): "shredded",
    }
)


class Theme(models.TextChoices):
    LIGHT = "light", _("浅色")
    DARK = "dark", _("深色")
    CONTRAST = "contrast", _("高对比")


class Density(models.TextChoices):
    STANDARD = "standard", _("标准")
    COMPACT = "compact", _("紧凑")
    ROOMY = "roomy", _("宽松")


class Language(models.TextChoices):
    CHINESE = "zh-hans", _("中文")
    ENGLISH = "en", "English"


class Preference(models.Model):
    """How one operator likes pages to look. Says nothing of anybody insured, so no row scope."""

    operator = models.OneToOneField(
        "access.Operator", primary_key=True, on_delete=models.CASCADE, related_name="preference"
    )
    theme = models.CharField(max_length=10, choices=Theme.choices, default=Theme.LIGHT)
    density = models.CharField(max_length=10, choices=Density.choices, default=Density.STANDARD)
    language = models.CharField(max_length=10, choices=Language.choices, default=Language.CHINESE)
    page_size = models.PositiveSmallIntegerField(default=50)


class SavedList(models.Model):
    """A list as an operator left it: its conditions, order and columns under a name.

    The conditions hold no identity or telephone number (`save_list` refuses them), so no row
    scope: an operator keeps them from post to post.
    """

    operator = models.ForeignKey(
        "access.Operator", on_delete=models.CASCADE, related_name="saved_lists"
    )
    of = models.CharField(max_length=40)  # the list's code
    name = models.CharField(max_length=40)
    query = models.CharField(max_length=1000, blank=True)
    columns = models.JSONField(default=list)
    is_default = models.BooleanField(default=False)
    saved_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["operator", "of", "name"], name="a_saved_list_has_its_own_name"
            ),
            models.UniqueConstraint(
                fields=["operator", "of"],
                condition=Q(is_default=True),
                name="one_saved_list_opens_first",
            ),
        ]


class Notice(models.Model):
    """What the office tells its staff, for a time, some roles and an area; no person is named.

    `is_public`: shown before signing in too. No row scope: the sign-in page has none.
    """

    region = models.CharField(max_length=20)
    area_from = models.BigIntegerField()
    area_until = models.BigIntegerField()
    roles = models.JSONField(default=list)  # empty: all
    title = models.CharField(max_length=60)
    text = models.TextField(max_length=2000, blank=True)
    is_urgent = models.BooleanField(default=False)
    is_public = models.BooleanField(default=False)
    shown_from = models.DateTimeField()
    shown_until = models.DateTimeField()
    written_by = models.ForeignKey(
        "access.Operator", on_delete=models.PROTECT, related_name="notices"
    )
    written_at = models.DateTimeField()
    withdrawn_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="a_notice_ends_after_it_begins",
                condition=Q(shown_until__gt=F("shown_from")),
            ),
        ]
        indexes = [models.Index(fields=["region", "-shown_until"], name="notices_that_are_shown")]


class NoticeRead(models.Model):
    """That an operator has read a notice."""

    notice = models.ForeignKey(Notice, on_delete=models.CASCADE, related_name="reads")
    operator = models.ForeignKey("access.Operator", on_delete=models.CASCADE, related_name="+")
    read_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["notice", "operator"], name="a_notice_is_read_once"),
        ]


class JobState(models.TextChoices):
    WAITING = "waiting", _("等待")
    RUNNING = "running", _("进行中")
    PAUSED = "paused", _("已暂停")
    DONE = "done", _("完成")
    FAILED = "failed", _("失败")
    CANCELLED = "cancelled", _("已取消")


class Job(ScopedModel):
    """Work that outlasts a request: asked for by a person in a post, done by `yibao work`.

    It runs with the rights that the post has then. `area_no` to `area_until` is where it works;
    `heartbeat_at` is by the database's clock, every other time by the served day's.
    """

    kind = models.CharField(max_length=40)
    title = models.CharField(max_length=120)
    object_id = models.BigIntegerField(null=True)  # what it is about; by its kind
    given = models.JSONField(default=dict)
    area_until = models.BigIntegerField()
    area_name = models.CharField(max_length=60)
    operator_id = models.BigIntegerField()
    operator_name = models.CharField(max_length=40)
    post_id = models.BigIntegerField()
    state = models.CharField(max_length=10, choices=JobState.choices, default=JobState.WAITING)
    wanted = models.CharField(max_length=10, blank=True)  # hold | cancel, heard at the next report
    done = models.BigIntegerField(default=0)
    total = models.BigIntegerField(default=0)
    attempts = models.PositiveSmallIntegerField(default=0)
    worker = models.CharField(max_length=60, blank=True)
    asked_at = models.DateTimeField()
    started_at = models.DateTimeField(null=True)
    heartbeat_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)
    outcome = models.CharField(max_length=200, blank=True)
    error_code = models.CharField(max_length=10, blank=True)
    error = models.CharField(max_length=300, blank=True)
    error_en = models.CharField(max_length=300, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["kind", "object_id"],
                condition=Q(state__in=["waiting", "running", "paused"]),
                name="one_job_works_on_a_thing",
            ),
            models.CheckConstraint(
                name="a_failed_job_says_why", condition=~Q(state="failed") | ~Q(error="")
            ),
            models.CheckConstraint(
                name="a_job_does_not_pass_its_total", condition=Q(done__gte=0, total__gte=0)
            ),
        ]
        indexes = [
            models.Index(
                fields=["id"], condition=Q(state__in=["waiting", "running"]), name="jobs_to_do"
            ),
            models.Index(fields=["operator_id", "-id"], name="jobs_of_an_operator"),
        ]
        triggers = [
            pgtrigger.FSM(name="job_flow", field="state", transitions=JOB.pairs()),
        ]


class ExportState(models.TextChoices):
    WAITING = "waiting", _("待审批")
    APPROVED = "approved", _("制作中")
    READY = "ready", _("可下载")
    REJECTED = "rejected", _("已退回")
    WITHDRAWN = "withdrawn", _("已撤回")
    FAILED = "failed", _("失败")
    SHREDDED = "shredded", _("已销毁")


class Export(ScopedModel):
    """A list of persons that leaves the house: what for, how many rows, who said yes, who took it.

    The row is the ledger and stays; the file is sealed under a key of its own, and shredding
    forgets the key before it removes the file.
    """

    of = models.CharField(max_length=40)  # the source's code
    title = models.CharField(max_length=120)
    given = models.JSONField(default=dict)  # what the source is asked: year, conditions, columns
    conditions = models.CharField(max_length=300, blank=True)  # the same in words
    area_until = models.BigIntegerField()
    area_name = models.CharField(max_length=60)
    purpose = models.CharField(max_length=20)
    purpose_words = models.CharField(max_length=200)
    whole = models.JSONField(default=list)  # which kinds of value leave unmasked
    kind = models.CharField(max_length=4)  # xlsx | csv
    rows = models.BigIntegerField()  # counted when it was asked for
    rows_written = models.BigIntegerField(null=True)
    operator_id = models.BigIntegerField()
    operator_name = models.CharField(max_length=40)
    post_id = models.BigIntegerField()
    asked_at = models.DateTimeField()
    state = models.CharField(max_length=10, choices=ExportState.choices)
    needs_approval = models.BooleanField()
    decided_by = models.BigIntegerField(null=True)
    decided_name = models.CharField(max_length=40, blank=True)
    decided_at = models.DateTimeField(null=True)
    because = models.CharField(max_length=200, blank=True)
    error = models.CharField(max_length=300, blank=True)
    file_key = SealedField(null=True, default=None)
    file_bytes = models.BigIntegerField(null=True)
    file_digest = models.CharField(max_length=64, blank=True)
    ready_at = models.DateTimeField(null=True)
    expires_at = models.DateTimeField(null=True)
    taken_at = models.DateTimeField(null=True)
    taken_from = models.CharField(max_length=45, blank=True)
    shredded_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="who_asks_for_an_export_does_not_approve_it",
                condition=Q(decided_by__isnull=True)
                | Q(state="withdrawn")
                | ~Q(decided_by=F("operator_id")),
            ),
            models.CheckConstraint(
                name="a_large_export_has_its_approval",
                condition=Q(needs_approval=False)
                | Q(state__in=["waiting", "rejected", "withdrawn"])
                | Q(decided_by__isnull=False),
            ),
            models.CheckConstraint(
                name="a_shredded_export_has_no_key",
                condition=~Q(state="shredded") | Q(file_key__isnull=True),
            ),
        ]
        indexes = [
            models.Index(fields=["operator_id", "-id"], name="exports_of_an_operator"),
            models.Index(fields=["id"], condition=Q(state="waiting"), name="exports_to_approve"),
            models.Index(
                fields=["expires_at"], condition=Q(state="ready"), name="exports_to_shred"
            ),
        ]
        triggers = [
            pgtrigger.FSM(name="export_flow", field="state", transitions=EXPORT.pairs()),
            pgtrigger.Protect(name="exports_are_kept", operation=pgtrigger.Delete),
        ]


# Their own module; Django looks for models here.
from yibao.apps.desk.drafts import Draft, RecentPick, SentForm  # noqa: E402, F401

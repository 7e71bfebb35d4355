"""Organisations, operators and their posts, certificates, and the audit log."""

import pgtrigger
from django.contrib.postgres.indexes import BrinIndex
from django.db import models
from django.utils.translation import gettext_lazy as _

from yibao.apps.access.kinds import GrantState, OrganisationKind, Role
from yibao.core.flow import Flow
from yibao.database.sealing import NUMBER, IndexField, SealedField

GRANT = Flow(
    {
        ("waiting", "approve"): "approved",
        ("waiting", "return"): "returned",
        ("waiting", "withdraw"): "withdrawn",
        ("returned", "send"): "waiting",
        ("returned", "withdraw"): "withdrawn",
    }
)


class PoolingRegion(models.Model):
    """A pooling region that this database serves; its rules are the rulebook of the same code."""

    code = models.CharField(max_length=20, primary_key=True)
    name = models.CharField(max_length=60)
    bureau_name = models.CharField(max_length=60)
    area_from = models.BigIntegerField()
    area_until = models.BigIntegerField()
    # The day that this region's work is served on; null means the database's own clock.
    served_on = models.DateField(null=True)
    # The mark of the newest `RulebookLayer`: read with the clock, it tells every process which
    # rulebook the office decides by now. Empty: the region's own, and the settings file.
    rulebook_mark = models.CharField(max_length=64, blank=True, default="", db_default="")
    # Which of the password profiles of `rulebook.regions.signing_in` the office keeps.
    password_profile = models.CharField(max_length=10, default="mlps3", db_default="mlps3")


class RulebookLayer(models.Model):
    """What an office laid over its region's rulebook: a decided setting or an activated proposal.

    Immutable and in the order of activation. What is in force is the same for all and published,
    so no row scope. `mark` chains the layers: the digest of the mark before and of this text.
    """

    region = models.ForeignKey(PoolingRegion, on_delete=models.PROTECT)
    number = models.PositiveIntegerField()
    name = models.CharField(max_length=40)
    # Authority and paper, written at activation; then the rules, letter for letter as proposed.
    head = models.TextField()
    body = models.TextField(blank=True)
    mark = models.CharField(max_length=64)
    # The text hash of the rulebook with this layer on top: a stored decision names it.
    text_hash = models.CharField(max_length=64)
    title = models.CharField(max_length=80)
    document = models.CharField(max_length=80)
    document_on = models.DateField()
    activated_on = models.DateField()
    activated_at = models.DateTimeField()
    activated_by = models.BigIntegerField()
    proposed_by = models.BigIntegerField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["region", "number"], name="layers_are_numbered_without_a_twin"
            ),
            models.UniqueConstraint(fields=["region", "name"], name="a_layer_is_laid_once"),
            models.CheckConstraint(
                name="who_proposed_a_layer_does_not_activate_it",
                condition=~models.Q(activated_by=models.F("proposed_by")),
            ),
        ]


class Organisation(models.Model):
    """A place of the real divisions, or an office in one. Public data, so no row scope."""

    region = models.ForeignKey(PoolingRegion, on_delete=models.PROTECT)
    kind = models.CharField(max_length=20, choices=OrganisationKind.choices)
    name = models.CharField(max_length=60)
    division = models.CharField(max_length=12, blank=True)
    parent = models.ForeignKey("self", null=True, on_delete=models.PROTECT, related_name="children")
    area_from = models.BigIntegerField()
    area_until = models.BigIntegerField()
    valid_from = models.DateField(null=True)
    valid_until = models.DateField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["division"],
                condition=~models.Q(division="")
                & models.Q(kind__in=["city", "county", "township", "village"]),
                name="one_organisation_a_division",
            ),
        ]
        indexes = [models.Index(fields=["parent", "kind"], name="organisations_below")]


class StaffPerson(models.Model):
    """A human being on the staff, whatever accounts he holds: second persons and posts that
    exclude each other are told apart by this, not by the account.

    Where the identity number was given, one number is one person. The database adds a person for
    an account that names none.
    """

    number = SealedField()
    number_index = IndexField(of=NUMBER, source="number")

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["number_index"],
                condition=~models.Q(number_index=b""),
                name="one_member_of_staff_an_identity_number",
            ),
        ]


class Operator(models.Model):
    """A member of staff who may sign in. No account exists that nobody made (no default)."""

    staff_no = models.CharField(max_length=20, unique=True)
    person = models.ForeignKey(StaffPerson, on_delete=models.PROTECT, related_name="accounts")
    name = models.CharField(max_length=40)
    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT)
    password_hash = models.CharField(max_length=200)
    password_is_one_time = models.BooleanField(default=True)
    # When the operator chose it; null for one that somebody handed over.
    password_changed_at = models.DateTimeField(null=True)
    is_active = models.BooleanField(default=True)
    last_signed_in_at = models.DateTimeField(null=True)
    # Raised to end every session of this operator at the next request.
    session_generation = models.PositiveIntegerField(default=0)
    created_at = models.DateTimeField()


class SignInFailures(models.Model):
    """Failed attempts in a row under one staff number, whether anybody has it or not.

    Kept apart from the operator, so that a lock tells nobody which numbers exist.
    """

    staff_no = models.CharField(max_length=20, primary_key=True)
    failures = models.PositiveSmallIntegerField(default=0)
    locked_until = models.DateTimeField(null=True)


class Post(models.Model):
    """A role in an organisation, held by one operator for a time; its area is the scope."""

    operator = models.ForeignKey(Operator, on_delete=models.PROTECT, related_name="posts")
    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT)
    role = models.CharField(max_length=20, choices=Role.choices)
    valid_from = models.DateField()
    valid_until = models.DateField(null=True)
    # Who approved it; null: the system, when an office is installed.
    granted_by = models.ForeignKey(Operator, null=True, on_delete=models.PROTECT, related_name="+")
    request = models.OneToOneField(
        "GrantRequest", null=True, on_delete=models.PROTECT, related_name="post"
    )
    ended_by = models.ForeignKey(Operator, null=True, on_delete=models.PROTECT, related_name="+")
    ended_at = models.DateTimeField(null=True)
    ended_because = models.CharField(max_length=200, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["operator", "organisation", "role", "valid_from"],
                name="one_grant_of_a_post_from_a_day",
            ),
        ]


class TrainingCertificate(models.Model):
    """A passed training record, without which some regions open no account (网络 7)."""

    operator = models.ForeignKey(Operator, on_delete=models.PROTECT, related_name="certificates")
    number = models.CharField(max_length=40)
    issuer = models.CharField(max_length=60)
    passed_on = models.DateField()
    # The first day that it is worth nothing; null: the paper names none.
    valid_until = models.DateField(null=True)


class AuditRecord(models.Model):
    """One act, done or refused. Rows are only ever added; `AuditSeal` chains them.

    `xid` is the transaction's number, set by a trigger whatever the writer says.
    """

    xid = models.BigIntegerField()
    at = models.DateTimeField()
    operator_id = models.BigIntegerField(null=True)
    operator_name = models.CharField(max_length=40, blank=True)
    post_id = models.BigIntegerField(null=True)
    region = models.CharField(max_length=20, blank=True)
    area_no = models.BigIntegerField(default=0)
    action = models.CharField(max_length=60)
    object_kind = models.CharField(max_length=40, blank=True)
    object_id = models.CharField(max_length=40, blank=True)
    outcome = models.CharField(max_length=10)  # done | refused
    detail = models.JSONField(default=dict)
    address = models.CharField(max_length=45, blank=True)

    class Meta:
        indexes = [
            models.Index(fields=["xid", "id"], name="audit_in_sealing_order"),
            models.Index(fields=["object_kind", "object_id", "-id"], name="audit_of_an_object"),
            models.Index(fields=["operator_id", "-id"], name="audit_of_an_operator"),
            # In the order of writing nearly as in that of time: a range of days is a few pages.
            BrinIndex(fields=["at"], name="audit_of_days"),
        ]


class AuditSeal(models.Model):
    """A link of the chain: the digest over all records of a closed range of transactions."""

    number = models.BigIntegerField(unique=True)
    xid_from = models.BigIntegerField()
    xid_until = models.BigIntegerField()
    records = models.BigIntegerField()
    head = models.CharField(max_length=64)
    # HMAC of the head under a key that the database does not know: a chain that somebody with
    # every right in the database wrote anew is found out.
    signature = models.CharField(max_length=64, blank=True)
    sealed_at = models.DateTimeField()
    # The first eight bytes of each record's digest, in order: they tell which record was changed.
    leaves = models.BinaryField(default=b"", db_default=b"")


class SealClock(models.Model):
    """The one row that says up to which moment every act is sealed, by the database's clock.

    `mark_xid` and `mark_at` are an earlier round's newest transaction and its moment: when the
    oldest running transaction has passed it, everything begun before `mark_at` is sealed.
    """

    id = models.PositiveSmallIntegerField(primary_key=True)
    sealed_until = models.DateTimeField()
    mark_xid = models.BigIntegerField()
    mark_at = models.DateTimeField()


class Authenticator(models.Model):
    """The second factor of an operator: for a code generator, the secret that both sides know."""

    operator = models.OneToOneField(
        Operator, on_delete=models.PROTECT, related_name="authenticator"
    )
    kind = models.CharField(max_length=20)  # which of access.factors.FACTORS reads it
    secret = SealedField()
    created_at = models.DateTimeField()
    # Null until a first code showed that the operator's device has the secret.
    confirmed_at = models.DateTimeField(null=True)
    # The last step that was accepted: it and all before are used up (RFC 6238, 5.2).
    last_step = models.BigIntegerField(default=0)


class RecoveryCode(models.Model):
    """One of the codes for a lost device: kept as a digest, accepted once."""

    operator = models.ForeignKey(Operator, on_delete=models.PROTECT, related_name="recovery_codes")
    digest = models.CharField(max_length=64, unique=True)
    made_at = models.DateTimeField()
    used_at = models.DateTimeField(null=True)


class SessionEnd(models.TextChoices):
    """Why a session is over."""

    SIGNED_OUT = "signed_out", _("本人退出")
    EVERYWHERE = "everywhere", _("本人退出全部登录")
    TAKEN = "taken", _("同一岗位在别处登录")
    FORCED = "forced", _("安全管理员结束")
    IDLE = "idle", _("超时无操作")
    TOO_LONG = "too_long", _("超过最长时间")
    LOCKED = "locked", _("动态码连续错误")


class OperatorSession(models.Model):
    """One signing in with both factors, until its end; a post has one open session at most."""

    operator = models.ForeignKey(Operator, on_delete=models.PROTECT, related_name="sessions")
    post = models.ForeignKey(Post, null=True, on_delete=models.PROTECT, related_name="sessions")
    # The operator's generation when it began: a later one ends it.
    generation = models.PositiveIntegerField()
    address = models.CharField(max_length=45, blank=True)
    started_at = models.DateTimeField()
    seen_at = models.DateTimeField()
    # When a code was last asked for and right.
    confirmed_at = models.DateTimeField()
    # Since when nothing opens but the page that asks for the password.
    locked_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)
    ended_why = models.CharField(max_length=20, choices=SessionEnd.choices, blank=True)
    ended_by = models.ForeignKey(Operator, null=True, on_delete=models.PROTECT, related_name="+")
    ended_reason = models.CharField(max_length=200, blank=True)
    # The session that took the post.
    successor = models.ForeignKey("self", null=True, on_delete=models.PROTECT, related_name="+")

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["post"],
                condition=models.Q(ended_at__isnull=True),
                name="one_open_session_a_post",
            ),
        ]
        indexes = [models.Index(fields=["operator", "-id"], name="sessions_of_an_operator")]


class ChosenPassword(models.Model):
    """A password that the operator chose; the last few are not taken again."""

    operator = models.ForeignKey(
        Operator, on_delete=models.PROTECT, related_name="chosen_passwords"
    )
    password_hash = models.CharField(max_length=200)
    chosen_at = models.DateTimeField()


class AddressTries(models.Model):
    """Failed tries that came from one address since a moment: guessing is slowed down."""

    address = models.CharField(max_length=45, primary_key=True)
    since = models.DateTimeField()
    tries = models.PositiveIntegerField(default=0)


class GrantRequest(models.Model):
    """A post that one security administrator asks for and another one approves.

    Never approved by whoever drafted it, nor by whom it concerns: by person, held by a trigger.
    """

    operator = models.ForeignKey(Operator, on_delete=models.PROTECT, related_name="requests")
    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT)
    role = models.CharField(max_length=20, choices=Role.choices)
    valid_from = models.DateField()
    valid_until = models.DateField()
    reason = models.CharField(max_length=200)
    state = models.CharField(max_length=10, choices=GrantState.choices, default=GrantState.WAITING)
    drafted_by = models.ForeignKey(Operator, on_delete=models.PROTECT, related_name="+")
    drafted_at = models.DateTimeField()
    decided_by = models.ForeignKey(Operator, null=True, on_delete=models.PROTECT, related_name="+")
    decided_at = models.DateTimeField(null=True)
    because = models.CharField(max_length=200, blank=True)  # of a return or withdrawal

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="a_request_ends_after_it_begins",
                condition=models.Q(valid_until__gt=models.F("valid_from")),
            ),
            models.UniqueConstraint(
                fields=["operator", "organisation", "role"],
                condition=models.Q(state="waiting"),
                name="one_request_of_a_post_waits",
            ),
        ]
        indexes = [models.Index(fields=["state", "-id"], name="requests_by_state")]
        triggers = [
            pgtrigger.FSM(name="grant_request_flow", field="state", transitions=GRANT.pairs()),
            pgtrigger.Protect(name="grant_requests_are_kept", operation=pgtrigger.Delete),
        ]


class PostReview(models.Model):
    """The yearly look at a post: it stays or ends, decided by somebody else than its holder."""

    post = models.ForeignKey(Post, on_delete=models.PROTECT, related_name="reviews")
    year = models.PositiveSmallIntegerField()
    keeps = models.BooleanField()
    because = models.CharField(max_length=200, blank=True)
    decided_by = models.ForeignKey(Operator, on_delete=models.PROTECT, related_name="+")
    decided_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["post", "year"], name="a_post_is_reviewed_once_a_year"),
        ]

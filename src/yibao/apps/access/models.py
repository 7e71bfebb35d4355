"""Organisations, operators and their posts, certificates, and the audit log."""

from django.db import models


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


class OrganisationKind(models.TextChoices):
    CITY = "city", "市（盟）"
    COUNTY = "county", "县（旗）"
    TOWNSHIP = "township", "乡镇（街道）"
    VILLAGE = "village", "村（社区）"
    AGENCY = "agency", "医保经办机构"
    DEPARTMENT = "department", "部门"
    SCHOOL = "school", "学校"
    BANK = "bank", "银行"
    TAX = "tax", "税务"
    FINANCE = "finance", "财政"
    HOSPITAL = "hospital", "定点医疗机构"


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


class Operator(models.Model):
    """A member of staff who may sign in. No account exists that nobody made (no default)."""

    staff_no = models.CharField(max_length=20, unique=True)
    name = models.CharField(max_length=40)
    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT)
    password_hash = models.CharField(max_length=200)
    password_is_one_time = models.BooleanField(default=True)
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


class Role(models.TextChoices):
    VILLAGE_AGENT = "village_agent", "村级代办"
    TOWNSHIP_CLERK = "township_clerk", "乡镇经办"
    COUNTY_CLERK = "county_clerk", "县级经办"
    COUNTY_REVIEWER = "county_reviewer", "县级复核"
    MEDICAL_CLERK = "medical_clerk", "医疗审核"
    FUND_ACCOUNTANT = "fund_accountant", "基金会计"
    POLICY_OFFICER = "policy_officer", "政策研究"
    AUDITOR = "auditor", "稽核审计"
    SECURITY_ADMIN = "security_admin", "安全管理员"
    SYSTEM = "system", "系统任务"


class Post(models.Model):
    """A role in an organisation, held by one operator for a time; its area is the scope."""

    operator = models.ForeignKey(Operator, on_delete=models.PROTECT, related_name="posts")
    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT)
    role = models.CharField(max_length=20, choices=Role.choices)
    valid_from = models.DateField()
    valid_until = models.DateField(null=True)
    granted_by = models.ForeignKey(Operator, null=True, on_delete=models.PROTECT, related_name="+")

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

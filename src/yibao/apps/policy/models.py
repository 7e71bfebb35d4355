"""Proposals and their versions, simulations, signatures under a rule's outcomes."""

import pgtrigger
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from yibao.core.flow import Flow
from yibao.database.models import ScopedModel

PROPOSAL = Flow(
    {
        ("draft", "submit"): "submitted",
        ("submitted", "activate"): "activated",
        ("submitted", "reject"): "rejected",
        ("submitted", "withdraw"): "withdrawn",
        ("draft", "withdraw"): "withdrawn",
    }
)
SIMULATION = Flow(
    {
        ("waiting", "start"): "running",
        ("running", "finish"): "done",
        ("running", "fail"): "failed",
        ("failed", "start"): "running",
    }
)


class Kind(models.TextChoices):
    CHANGE = "change", _("提案")
    SETTING = "setting", _("待定参数")


class State(models.TextChoices):
    DRAFT = "draft", _("草稿")
    SUBMITTED = "submitted", _("待审定")
    ACTIVATED = "activated", _("已生效")
    REJECTED = "rejected", _("已退回")
    WITHDRAWN = "withdrawn", _("已撤回")


class Proposal(ScopedModel):
    """A wanted change of the rulebook, or a value for an open setting. Never active by itself."""

    number = models.PositiveIntegerField()
    kind = models.CharField(max_length=10, choices=Kind.choices)
    title = models.CharField(max_length=80)
    parameter = models.CharField(max_length=60, blank=True)  # of a setting
    state = models.CharField(max_length=10, choices=State.choices, default="draft")
    version = models.PositiveIntegerField(default=0)
    proposed_by = models.BigIntegerField()
    proposed_at = models.DateTimeField()
    submitted_at = models.DateTimeField(null=True)
    decided_by = models.BigIntegerField(null=True)
    decided_at = models.DateTimeField(null=True)
    because = models.CharField(max_length=200, blank=True)  # of a rejection or withdrawal
    layer = models.OneToOneField(
        "access.RulebookLayer", null=True, on_delete=models.PROTECT, related_name="proposal"
    )

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["region", "number"], name="proposals_are_numbered_without_a_twin"
            ),
            models.CheckConstraint(
                name="who_proposes_does_not_decide",
                condition=Q(decided_by__isnull=True)
                | Q(state="withdrawn")
                | ~Q(decided_by=F("proposed_by")),
            ),
            models.CheckConstraint(
                name="what_is_activated_has_its_layer",
                condition=Q(state="activated", layer__isnull=False)
                | (~Q(state="activated") & Q(layer__isnull=True)),
            ),
            models.UniqueConstraint(
                fields=["region", "parameter"],
                name="one_value_of_a_setting_waits_at_a_time",
                condition=Q(kind="setting", state="submitted"),
            ),
        ]
        indexes = [models.Index(fields=["region", "kind", "-number"], name="proposals_newest")]
        triggers = [
            pgtrigger.FSM(name="proposal_flow", field="state", transitions=PROPOSAL.pairs()),
            pgtrigger.Protect(name="proposals_are_kept", operation=pgtrigger.Delete),
        ]


class ProposalVersion(ScopedModel):
    """What a draft said when it was saved, and the paper it rests on. Only ever added."""

    proposal = models.ForeignKey(Proposal, on_delete=models.PROTECT, related_name="versions")
    number = models.PositiveIntegerField()
    text = models.TextField(blank=True)
    sha256 = models.CharField(max_length=64)
    paper_title = models.CharField(max_length=80, blank=True)
    paper_number = models.CharField(max_length=80, blank=True)
    paper_on = models.DateField(null=True)
    saved_by = models.BigIntegerField()
    saved_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["proposal", "number"], name="versions_are_numbered_without_a_twin"
            ),
        ]
        triggers = [
            pgtrigger.Trigger(
                name="only_drafts_get_versions",
                when=pgtrigger.Before,
                operation=pgtrigger.Insert,
                func="""
                    if (select state from policy_proposal where id = new.proposal_id) <> 'draft'
                    then
                        raise exception 'proposal % is no draft any more', new.proposal_id
                            using errcode = '23514', constraint = 'only_drafts_get_versions';
                    end if;
                    return new;
                """,
            ),
        ]


class Simulation(ScopedModel):
    """A what-if: a version of a proposal, a year, a population; its result with both hashes."""

    proposal = models.ForeignKey(Proposal, on_delete=models.PROTECT, related_name="simulations")
    version = models.PositiveIntegerField()
    year = models.PositiveSmallIntegerField()
    population = models.CharField(max_length=80)  # registered, or the name of a snapshot
    state = models.CharField(max_length=10, default="waiting")
    done = models.BigIntegerField(default=0)  # persons computed so far
    total = models.BigIntegerField(default=0)
    base_hash = models.CharField(max_length=64)
    proposal_hash = models.CharField(max_length=64)
    result = models.JSONField(null=True)
    fault = models.TextField(blank=True)
    asked_by = models.BigIntegerField()
    asked_at = models.DateTimeField()
    finished_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="a_finished_simulation_has_its_result",
                condition=~Q(state="done") | Q(result__isnull=False),
            ),
        ]
        indexes = [models.Index(fields=["proposal", "-id"], name="simulations_newest")]
        triggers = [
            pgtrigger.FSM(name="simulation_flow", field="state", transitions=SIMULATION.pairs()),
        ]


class CellSignature(ScopedModel):
    """That somebody read a row of a rule's outcomes, or all of them, and found it right.

    Two different persons sign. `sense_hash` is the edition's: another sense, and nobody signed.
    """

    rule = models.CharField(max_length=60)
    year = models.PositiveSmallIntegerField()
    sense_hash = models.CharField(max_length=64)
    cell = models.CharField(max_length=64, blank=True)  # digest of a row; blank: the whole table
    note = models.CharField(max_length=200, blank=True)
    signed_by = models.BigIntegerField()
    signed_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["region", "rule", "year", "sense_hash", "cell", "signed_by"],
                name="nobody_signs_twice",
            ),
        ]


class KeptProof(models.Model):
    """What was proved of a rule in one sense: proving takes seconds, so nothing is proved twice.

    `key` is the digest of the rule's senses in every year in which one of its values changes.
    Says nothing of persons or offices, so no row scope.
    """

    key = models.CharField(max_length=64, primary_key=True)
    rule = models.CharField(max_length=60)
    faults = models.JSONField()  # [[file, line, column, what, cure, article], …]
    notes = models.JSONField()
    proved_at = models.DateTimeField()

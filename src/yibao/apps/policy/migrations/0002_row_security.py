"""Proposals are walled by area like every row of an office's; what was signed stays as it was."""

from django.db import migrations

from yibao.database.policies import append_only, scope_policy

SCOPED = (
    "policy_proposal",
    "policy_proposalversion",
    "policy_simulation",
    "policy_cellsignature",
)
ADDED_ONLY = ("policy_proposalversion", "policy_cellsignature", "policy_keptproof")


class Migration(migrations.Migration):
    dependencies = [("policy", "0001_initial")]

    operations = [
        *map(scope_policy, SCOPED),
        *map(append_only, ADDED_ONLY),
    ]

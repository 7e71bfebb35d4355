"""Rows of persons and of money are walled by area; what was written once stays as it was."""

from django.db import migrations

from yibao.database.policies import append_only, scope_policy

SCOPED = (
    "collection_due",
    "collection_paymentfile",
    "collection_payment",
    "collection_paymentmatch",
    "collection_cashcollection",
    "collection_cashdeposit",
    "collection_cashdepositline",
    "collection_receiptrange",
    "collection_receipt",
    "collection_refundrequest",
    "collection_relief",
    "collection_unmatchedpayment",
    "collection_voucherstep",
    "collection_cashdeclaration",
    "collection_cashdeclarationline",
)
ADDED_ONLY = (
    "collection_payment",
    "collection_paymentmatch",
    "collection_cashcollection",
    "collection_cashdeposit",
    "collection_cashdepositline",
    "collection_receipt",
    "collection_refundrequest",
    "collection_voucherstep",
    "collection_cashdeclarationline",
)


class Migration(migrations.Migration):
    dependencies = [("collection", "0001_initial")]

    operations = [
        *map(scope_policy, SCOPED),
        *map(append_only, ADDED_ONLY),
    ]

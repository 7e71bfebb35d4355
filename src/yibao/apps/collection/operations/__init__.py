"""Writes of collection, one use case a module."""

from yibao.apps.collection.operations.cash import Confirmed, collect_cash
from yibao.apps.collection.operations.declarations import assess_declaration, declare_cash
from yibao.apps.collection.operations.deposits import deposit_cash
from yibao.apps.collection.operations.dues import PriceLeftOpen, cancel_dues, raise_dues
from yibao.apps.collection.operations.files import take_payment_file
from yibao.apps.collection.operations.households import HouseholdCash, collect_from_household
from yibao.apps.collection.operations.matching import (
    PaymentMatching,
    claim_unmatched,
    match_payments,
)
from yibao.apps.collection.operations.receipts import (
    give_receipt_range,
    hand_over_voucher,
    issue_invoice,
    spoil_receipt,
)
from yibao.apps.collection.operations.reliefs import (
    NewRelief,
    remove_reliefs,
    set_reliefs,
    uncover,
)
from yibao.apps.collection.operations.requests import change_payment, request_refund
from yibao.apps.collection.sheets import payment_template, read_payment_file

__all__ = [
    "Confirmed",
    "HouseholdCash",
    "NewRelief",
    "PaymentMatching",
    "PriceLeftOpen",
    "assess_declaration",
    "cancel_dues",
    "change_payment",
    "claim_unmatched",
    "collect_cash",
    "collect_from_household",
    "declare_cash",
    "deposit_cash",
    "give_receipt_range",
    "hand_over_voucher",
    "issue_invoice",
    "match_payments",
    "payment_template",
    "raise_dues",
    "read_payment_file",
    "remove_reliefs",
    "request_refund",
    "set_reliefs",
    "spoil_receipt",
    "take_payment_file",
    "uncover",
]

"""The villages' ledgers of the yearly plan as Excel files: made, read, given back with errors."""

from yibao.apps.enrolment.ledgers.forms import (
    INSURED_ELSEWHERE,
    NEW_ENTRANTS,
    PAYMENT_LEDGER,
    LedgerForm,
    forms,
)
from yibao.apps.enrolment.ledgers.reading import ReadLedger, form_of, read_ledger
from yibao.apps.enrolment.ledgers.rows import ReadRow
from yibao.apps.enrolment.ledgers.templates import filled, template
from yibao.apps.enrolment.ledgers.workbook import UnreadableFile

__all__ = [
    "INSURED_ELSEWHERE",
    "NEW_ENTRANTS",
    "PAYMENT_LEDGER",
    "LedgerForm",
    "ReadLedger",
    "ReadRow",
    "UnreadableFile",
    "filled",
    "form_of",
    "forms",
    "read_ledger",
    "template",
]

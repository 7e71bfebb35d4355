"""Who a person is on paper: documents read, made for synthetic data, and masked."""

from yibao.core.identity.credit import read_credit_code
from yibao.core.identity.documents import KINDS, Document, read_document
from yibao.core.identity.masks import (
    mask_account,
    mask_card,
    mask_name,
    mask_number,
    mask_phone,
    mask_within,
)
from yibao.core.identity.reading import NumberLostDigits, plain_text
from yibao.core.identity.resident import (
    ResidentNumber,
    Sex,
    make_resident_number,
    read_resident_number,
)

__all__ = [
    "KINDS",
    "Document",
    "NumberLostDigits",
    "ResidentNumber",
    "Sex",
    "make_resident_number",
    "mask_account",
    "mask_card",
    "mask_name",
    "mask_number",
    "mask_phone",
    "mask_within",
    "plain_text",
    "read_credit_code",
    "read_document",
    "read_resident_number",
]

"""Sealed columns of the register as they are read: whole for who has the purpose, else masked."""

from yibao.apps.registry.writing import NUMBER_FIELD, PHONE_FIELD
from yibao.core.identity import mask_number, mask_phone
from yibao.database.sealing import unseal


def number_of(sealed: bytes | None) -> str:
    """Return the whole number of a document's column; "" for none."""
    return unseal(sealed or b"", of=NUMBER_FIELD)


def phone_of(sealed: bytes | None) -> str:
    """Return the whole telephone of a person's column; "" for none."""
    return unseal(sealed or b"", of=PHONE_FIELD)


def masked_number(sealed: bytes | None) -> str:
    """Return the number as lists show it."""
    return mask_number(number_of(sealed))


def masked_phone(sealed: bytes | None) -> str:
    """Return the telephone as lists show it."""
    return mask_phone(phone_of(sealed))

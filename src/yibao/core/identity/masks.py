"""How personal data looks where the whole value has no business: one function, one appearance.

What is hidden is replaced by `*` and cannot be told from the rest. A value too short to hide
half of it is hidden altogether.
"""

from __future__ import annotations

import re
from collections.abc import Collection

STAR = "*"
_SHORT_NAME = 3
_COMPOUND = 2
_LONG_NUMBER = 15
_MIDDLE_NUMBER = 8
_PHONE = 11
_CARD = 12
# What a text is searched for: a checksum or a key that a program made, whose digits are nobody's
# (evidence with a star in it proves nothing); an identity number, old or new or one digit short,
# or an account; a mobile telephone.
_IN_TEXT = re.compile(
    r"(?<![0-9A-Za-z])(?P<made>[0-9a-f]{64}|[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})(?![0-9A-Za-z])"
    r"|(?<!\d)(?P<number>\d{14,18}[\dXx])(?!\d)"
    r"|(?<!\d)(?P<phone>1\d{10})(?!\d)"
)


def mask_name(name: str, compound_surnames: Collection[str] = ()) -> str:
    """李*, 王*梅, 欧阳*华, 乌**格: first and last kept, a compound surname kept whole."""
    name = name.strip()
    if name[:_COMPOUND] in compound_surnames and len(name) > _COMPOUND:
        return _covered(name, _COMPOUND, int(len(name) > _SHORT_NAME))
    return _covered(name, int(len(name) > 1), int(len(name) >= _SHORT_NAME))


def mask_number(number: str) -> str:
    """430423********1026; the length is kept. A shorter document keeps two at each end."""
    number = number.strip()
    if len(number) >= _LONG_NUMBER:
        return _covered(number, 6, 4)
    return _covered(number, 2, 2) if len(number) >= _MIDDLE_NUMBER else _covered(number, 0, 0)


def mask_phone(phone: str) -> str:
    """138****5521; a shorter number keeps its last two digits."""
    phone = phone.strip()
    if len(phone) >= _PHONE:
        return _covered(phone, 3, 4)
    return _covered(phone, 0, 2) if len(phone) >= _MIDDLE_NUMBER - 1 else _covered(phone, 0, 0)


def mask_within(text: str) -> str:
    """Mask whole identity numbers, accounts and mobile telephones wherever a text has them.

    A SHA-256 and a UUID stay as they are.
    """
    return text if len(text) < _PHONE else _IN_TEXT.sub(_shown, text)


def _shown(found: re.Match[str]) -> str:
    match found.lastgroup:
        case "number":
            return mask_number(found.group())
        case "phone":
            return mask_phone(found.group())
        case _:
            return found.group()


def mask_card(card: str) -> str:
    """4304****7731, whatever the length; a card number shorter than twelve keeps its last two."""
    card = "".join(card.split())
    return f"{card[:4]}{STAR * 4}{card[-4:]}" if len(card) >= _CARD else _covered_short(card)


def mask_account(account: str) -> str:
    """6217 **** **** 0331, whatever the length; a shorter account keeps its last two."""
    account = "".join(account.split())
    if len(account) >= _CARD:
        return f"{account[:4]} {STAR * 4} {STAR * 4} {account[-4:]}"
    return _covered_short(account)


def _covered_short(text: str) -> str:
    return _covered(text, 0, 2 if len(text) >= _MIDDLE_NUMBER else 0)


def _covered(text: str, head: int, tail: int) -> str:
    hidden = len(text) - head - tail
    return text[:head] + STAR * hidden + text[len(text) - tail :]

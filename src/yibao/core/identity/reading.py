"""What a cell or a field holds, made into plain text before any number is read."""

from __future__ import annotations

import re
from unicodedata import category

from yibao.core.refusal import Refusal

# Full-width forms sit at a fixed distance from their ASCII twins.
_FULL_WIDTH = {code: code - 0xFEE0 for code in range(0xFF01, 0xFF5F)}
_QUOTES = "'‘’`"
# 4.30423E+17, or a whole number with a decimal point: a spreadsheet took the digits for a number.
_NUMBER_LIKE = re.compile(r"\d+(\.\d+)?E\+?\d+|\d+\.\d*", re.ASCII)


class NumberLostDigits(Refusal):
    """Raised for an identity number that arrives as a number: its last digits are gone."""

    code = "E103"
    message = "号码存成了数字，后几位已丢失"
    remedy = "把该列设为文本后重新填写"
    message_en = "The number was stored as a number and has lost its last digits"
    remedy_en = "Format the column as text and enter the number again"


def plain_text(cell: object) -> str:
    """Return the text without spaces, in half-width capitals; an empty cell gives "".

    Raises NumberLostDigits for a number, and for text that was a number once (4.30423E+17).
    """
    if cell is None:
        return ""
    if not isinstance(cell, str):
        raise NumberLostDigits()
    wide = cell.translate(_FULL_WIDTH)
    text = "".join(one for one in wide if not one.isspace() and category(one) != "Cf")
    text = text.lstrip(_QUOTES).upper()
    if _NUMBER_LIKE.fullmatch(text):
        raise NumberLostDigits()
    return text

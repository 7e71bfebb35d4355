"""Unified social credit codes of organisations: 18 characters after GB 32100."""

from __future__ import annotations

from stdnum.cn import uscc

from yibao.core.identity.reading import plain_text
from yibao.core.identity.resident import check_length
from yibao.core.refusal import Refusal

CREDIT_LENGTH = 18
# Letters that look like digits are left out of the standard.
CREDIT_ALPHABET = "0123456789ABCDEFGHJKLMNPQRTUWXY"
_AREA = range(2, 8)


class CreditCodeWrongCharacter(Refusal):
    """Raised for a character that no credit code has at that place."""

    code = "E118"
    message = "统一社会信用代码第 {position} 位“{character}”不对"
    remedy = "代码不用 I、O、S、V、Z，第 3 至 8 位是数字，请对照证照改正"
    message_en = 'Character {position} of the credit code, "{character}", cannot stand there'
    remedy_en = "I, O, S, V and Z are not used, characters 3 to 8 are digits; check the certificate"
    position: int


class CreditCodeWrongCheck(Refusal):
    """Raised where the last character of a credit code does not agree with the others."""

    code = "E119"
    message = "统一社会信用代码校验码不符，按前面各位末位应为 {expected}"
    remedy = "对照证照逐位核对后改正"
    message_en = "The check character does not agree: after the others it would be {expected}"
    remedy_en = "Compare the code with the certificate, character by character"
    expected: str


def read_credit_code(text: object) -> str:
    """Return the code in capitals without spaces.

    Raises NumberLostDigits, WrongLength, CreditCodeWrongCharacter or CreditCodeWrongCheck.
    """
    code = plain_text(text)
    check_length(code, CREDIT_LENGTH)
    for at, character in enumerate(code):
        fits = "0123456789" if at in _AREA else CREDIT_ALPHABET
        if character not in fits:
            raise CreditCodeWrongCharacter(position=at + 1, character=character)
    expected = str(uscc.calc_check_digit(code[:-1]))
    if code[-1] != expected:
        raise CreditCodeWrongCheck(expected=expected)
    return code

"""Resident identity numbers: 18 characters after GB 11643, and the 15 digits before them.

The same form carries the residence permits of people from Hong Kong, Macao and Taiwan (81, 82,
83), which common libraries refuse. Whether a birth date lies in the future is the caller's to
ask: nothing here knows the day.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Literal

from stdnum.iso7064 import mod_11_2

from yibao.core.identity.reading import plain_text
from yibao.core.refusal import Refusal

Sex = Literal["male", "female"]

LENGTH = 18
OLD_LENGTH = 15
AREA_LENGTH = 6
BORN_UNTIL = 14
PERMIT_PROVINCES = frozenset({"81", "82", "83"})
_EAST_AND_CENTRE = (*range(11, 16), *range(21, 24), *range(31, 38), *range(41, 47))
_WEST_AND_TAIWAN = (*range(50, 55), *range(61, 66), 71)
PROVINCES = PERMIT_PROVINCES | {str(code) for code in (*_EAST_AND_CENTRE, *_WEST_AND_TAIWAN)}


class WrongLength(Refusal):
    """Raised for a number with too few or too many characters."""

    code = "E101"
    message = "证件号码{difference}，应为 {expected} 位"
    remedy = "对照证件原件或户口本改正"
    message_en = "The number is {difference_en}, it should have {expected} characters"
    remedy_en = "Compare it with the document or the household booklet"
    length: int


class WrongCheckCharacter(Refusal):
    """Raised where the last character does not agree with the others."""

    code = "E102"
    message = "校验码不符，按前面各位末位应为 {expected}"
    remedy = "逐位核对号码后改正"
    message_en = "The check character does not agree: after the others it would be {expected}"
    remedy_en = "Compare the number digit by digit and correct it"
    expected: str


class WrongCharacter(Refusal):
    """Raised for a character that no such number has at that place."""

    code = "E104"
    message = "证件号码第 {position} 位“{character}”不对"
    remedy = "只能是数字，末位可以是 X，请核对后改正"
    message_en = 'Character {position} of the number, "{character}", cannot stand there'
    remedy_en = "Only digits are possible, and X at the end; check and correct it"
    position: int


class BirthDateImpossible(Refusal):
    """Raised where the eight digits of the birth date are no day of any calendar."""

    code = "E105"
    message = "证件号码里的出生日期“{born}”不存在"
    remedy = "核对第 7 至 14 位后改正"
    message_en = 'The birth date in the number, "{born}", does not exist'
    remedy_en = "Check characters 7 to 14 and correct them"


class ProvinceUnknown(Refusal):
    """Raised where the first two digits are no province."""

    code = "E106"
    message = "证件号码开头的“{province}”不是省级地区代码"
    remedy = "核对前六位后改正"
    message_en = 'The number begins with "{province}", which is no province'
    remedy_en = "Check the first six digits and correct them"


@dataclass(frozen=True, slots=True)
class ResidentNumber:
    """A number read in full: always 18 characters, an old one upgraded."""

    number: str
    area: str
    born: date
    sex: Sex
    was_old: bool = False

    @property
    def is_permit(self) -> bool:
        """Whether it belongs to a residence permit for Hong Kong, Macao or Taiwan residents."""
        return self.area[:2] in PERMIT_PROVINCES


def read_resident_number(text: object) -> ResidentNumber:
    """Read a resident number as written by people: spaces, full-width digits and x are fine.

    The faults are looked for in the order that helps most: NumberLostDigits, WrongLength,
    WrongCharacter, ProvinceUnknown, BirthDateImpossible, WrongCheckCharacter.
    """
    number = plain_text(text)
    was_old = len(number) == OLD_LENGTH
    if was_old:
        _check_digits(number)
        number = upgraded(number)
    _check_form(number)
    if number[:2] not in PROVINCES:
        raise ProvinceUnknown(province=number[:2])
    born = read_born(number[AREA_LENGTH:BORN_UNTIL])
    check_last(number)
    return ResidentNumber(
        number=number,
        area=number[:AREA_LENGTH],
        born=born,
        sex=sex_of(number),
        was_old=was_old,
    )


def upgraded(old: str) -> str:
    """Return the 18 characters of a 15-digit number: the century is always the twentieth."""
    body = old[:AREA_LENGTH] + "19" + old[AREA_LENGTH:]
    return body + check_character(body)


def check_character(body: str) -> str:
    """Return the last character for the 17 digits before it (ISO 7064, MOD 11-2)."""
    return str(mod_11_2.calc_check_digit(body))


def check_last(number: str) -> None:
    """Raise WrongCheckCharacter where the last character does not fit the others."""
    expected = check_character(number[:-1])
    if number[-1] != expected:
        raise WrongCheckCharacter(expected=expected)


def read_born(digits: str) -> date:
    """Return the day that eight digits name. Raises BirthDateImpossible."""
    try:
        return date(int(digits[:4]), int(digits[4:6]), int(digits[6:]))
    except ValueError:
        raise BirthDateImpossible(born=digits) from None


def sex_of(number: str) -> Sex:
    """Return the sex that the digit before the last one tells: odd is male."""
    return "male" if int(number[-2]) % 2 else "female"


def make_resident_number(area: str, born: date, sex: Sex, sequence: int) -> str:
    """Return a synthetic number with the right check character.

    `sequence` counts people of the same sex, area and birthday: 0 to 499.
    """
    assert len(area) == AREA_LENGTH and area.isdecimal(), "an area has six digits"
    assert 0 <= sequence < 500, "a day, an area and a sex have 500 numbers"
    body = f"{area}{born:%Y%m%d}{2 * sequence + (sex == 'male'):03d}"
    return body + check_character(body)


def _check_form(number: str) -> None:
    check_length(number, LENGTH)
    _check_digits(number[:-1])
    if not _is_digit(number[-1]) and number[-1] != "X":
        raise WrongCharacter(position=LENGTH, character=number[-1])


def check_length(number: str, expected: int) -> None:
    """Raise WrongLength, which says how many characters are missing or too many."""
    length = len(number)
    if length < expected:
        by = expected - length
        raise WrongLength(
            length=length,
            expected=expected,
            difference=f"少 {by} 位",
            difference_en=f"{by} short",
        )
    if length > expected:
        by = length - expected
        raise WrongLength(
            length=length,
            expected=expected,
            difference=f"多 {by} 位",
            difference_en=f"{by} too long",
        )


def _check_digits(digits: str) -> None:
    for position, character in enumerate(digits, start=1):
        if not _is_digit(character):
            raise WrongCharacter(position=position, character=character)


def _is_digit(character: str) -> bool:
    return character.isascii() and character.isdigit()

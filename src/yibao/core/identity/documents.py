"""Every kind of document that a person may show, read into one form."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date

from yibao.core.identity.reading import plain_text
from yibao.core.identity.resident import (
    AREA_LENGTH,
    LENGTH,
    ResidentNumber,
    Sex,
    check_last,
    read_born,
    read_resident_number,
    sex_of,
)
from yibao.core.refusal import Refusal

RESIDENT = "resident"
RESIDENCE_PERMIT = "residence_permit"
PASSPORT = "passport"
TRAVEL_PERMIT = "travel_permit"
FOREIGN_PERMANENT = "foreign_permanent"
HUKOU_BOOK = "hukou_book"
NONE = "none"

# A passport anywhere: up to twelve letters and digits, one digit at least.
_PASSPORT = re.compile(r"(?=.*\d)[A-Z0-9]{5,12}", re.ASCII)
# Home-return permits (H, M and 8 or 10 digits) and those of Taiwan residents (8 digits).
_TRAVEL_PERMIT = re.compile(r"[HM](\d{8}|\d{10})|\d{8}", re.ASCII)
# Country, four digits of the issuing place, the birth date without its century, two more.
_OLD_FOREIGN = re.compile(r"[A-Z]{3}\d{4}(?P<born>\d{6})\d{2}", re.ASCII)
# A nine, province of issue, country in digits, birth date, sequence, check character.
_NEW_FOREIGN = re.compile(r"9\d{16}[0-9X]", re.ASCII)
_HUKOU_BOOK = re.compile(r"[A-Z0-9\u4e00-\u9fff\-]{4,30}")


class DocumentKindUnknown(Refusal):
    """Raised by `read_document` for a kind that is not in the list."""

    code = "E110"
    message = "没有“{kind}”这种证件类型"
    remedy = "请从证件类型表中选择"
    message_en = 'There is no kind of document "{kind}"'
    remedy_en = "Choose one from the list of kinds of documents"


class DocumentNumberMissing(Refusal):
    """Raised where a kind of document was chosen and no number given."""

    code = "E111"
    message = "选了证件类型，没有填写号码"
    remedy = "请填写号码；确实没有证件时证件类型选“无”"
    message_en = "A kind of document was chosen and no number given"
    remedy_en = "Enter the number, or choose the kind 'none' if there is no document"


class DocumentNumberUnexpected(Refusal):
    """Raised where "no document" was chosen and a number given all the same."""

    code = "E112"
    message = "证件类型选了“无”，却填写了号码"
    remedy = "请选择号码所属的证件类型，或删去号码"
    message_en = "The kind 'none' was chosen and a number given"
    remedy_en = "Choose the kind of document that the number belongs to, or remove it"


class PassportMalformed(Refusal):
    """Raised for a number that no passport has."""

    code = "E113"
    message = "护照号码格式不对"
    remedy = "护照号码为 5 至 12 位字母和数字，中国护照一个或两个字母开头共 9 位，请核对"
    message_en = "No passport has a number of this form"
    remedy_en = "A passport number has 5 to 12 letters and digits, a Chinese one nine; check it"


class TravelPermitMalformed(Refusal):
    """Raised for a number that no travel permit to the mainland has."""

    code = "E114"
    message = "通行证号码格式不对"
    remedy = "港澳居民为 H 或 M 加 8 位或 10 位数字，台湾居民为 8 位数字，请核对"
    message_en = "No mainland travel permit has a number of this form"
    remedy_en = "H or M and 8 or 10 digits for Hong Kong and Macao, 8 digits for Taiwan; check it"


class ForeignPermanentMalformed(Refusal):
    """Raised for a number that no foreigner's permanent residence card has."""

    code = "E115"
    message = "外国人永久居留身份证号码格式不对"
    remedy = "新版为 9 开头的 18 位，旧版为 3 个字母加 12 位数字，请核对"
    message_en = "No permanent residence card of a foreigner has a number of this form"
    remedy_en = "The new card has 18 characters beginning with 9, the old 3 letters and 12 digits"


class HukouBookMalformed(Refusal):
    """Raised for a household booklet's number that cannot be one."""

    code = "E116"
    message = "户口簿编号格式不对"
    remedy = "户口簿编号为 4 至 30 位汉字、字母或数字，请核对"
    message_en = "No household booklet has a number of this form"
    remedy_en = "It has 4 to 30 characters, letters or digits; check it"


class NotAResidencePermit(Refusal):
    """Raised where a mainland resident's number was entered as a residence permit."""

    code = "E117"
    message = "港澳台居民居住证号码应以 81、82 或 83 开头"
    remedy = "内地居民请选“居民身份证”，否则核对号码"
    message_en = "A residence permit's number begins with 81, 82 or 83"
    remedy_en = "Choose the resident identity card for a mainland resident, or check the number"


@dataclass(frozen=True, slots=True)
class Document:
    """A document as read: what the number itself tells of birth, sex and area, else None."""

    kind: str
    number: str
    born: date | None = None
    sex: Sex | None = None
    area: str | None = None


def read_document(kind: str, text: object) -> Document:
    """Read the number of a document of this kind. Raises the refusal of what is wrong with it.

    A resident number that begins with 81, 82 or 83 is a residence permit, and one that begins
    with 9 a foreigner's card, whichever of the resident kinds was chosen: clerks' lists often
    have one column for all of them, so `kind` of the answer is the true one.
    """
    if kind not in KINDS:
        raise DocumentKindUnknown(kind=kind)
    number = plain_text(text)
    if kind == NONE:
        if number:
            raise DocumentNumberUnexpected()
        return Document(NONE, "")
    if not number:
        raise DocumentNumberMissing()
    return _READERS[kind](number)


def _resident(number: str) -> Document:
    if len(number) == LENGTH and number.startswith("9"):
        return _foreign_permanent(number)
    return _from_resident(read_resident_number(number))


def _residence_permit(number: str) -> Document:
    read = read_resident_number(number)
    if not read.is_permit:
        raise NotAResidencePermit()
    return _from_resident(read)


def _from_resident(read: ResidentNumber) -> Document:
    kind = RESIDENCE_PERMIT if read.is_permit else RESIDENT
    return Document(kind, read.number, read.born, read.sex, read.area)


def _passport(number: str) -> Document:
    if not _PASSPORT.fullmatch(number):
        raise PassportMalformed()
    return Document(PASSPORT, number)


def _travel_permit(number: str) -> Document:
    if not _TRAVEL_PERMIT.fullmatch(number):
        raise TravelPermitMalformed()
    return Document(TRAVEL_PERMIT, number)


def _foreign_permanent(number: str) -> Document:
    old = _OLD_FOREIGN.fullmatch(number)
    if old:
        # The century is not in the number: the day must exist, but is not told. 2000 has every day.
        read_born("20" + old["born"])
        return Document(FOREIGN_PERMANENT, number)
    if not _NEW_FOREIGN.fullmatch(number):
        raise ForeignPermanentMalformed()
    born = read_born(number[AREA_LENGTH : AREA_LENGTH + 8])
    check_last(number)
    return Document(FOREIGN_PERMANENT, number, born, sex_of(number))


def _hukou_book(number: str) -> Document:
    if not _HUKOU_BOOK.fullmatch(number):
        raise HukouBookMalformed()
    return Document(HUKOU_BOOK, number)


_READERS: dict[str, Callable[[str], Document]] = {
    RESIDENT: _resident,
    RESIDENCE_PERMIT: _residence_permit,
    PASSPORT: _passport,
    TRAVEL_PERMIT: _travel_permit,
    FOREIGN_PERMANENT: _foreign_permanent,
    HUKOU_BOOK: _hukou_book,
}
KINDS = (*_READERS, NONE)

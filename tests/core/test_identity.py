"""Documents read, and every fault named with its cure."""

from datetime import date

import pytest
from stdnum.cn import ric

from yibao.core.identity import (
    KINDS,
    NumberLostDigits,
    make_resident_number,
    mask_account,
    mask_card,
    mask_name,
    mask_number,
    mask_phone,
    mask_within,
    plain_text,
    read_credit_code,
    read_document,
    read_resident_number,
)
from yibao.core.identity.credit import CreditCodeWrongCharacter, CreditCodeWrongCheck
from yibao.core.identity.documents import (
    Document,
    DocumentKindUnknown,
    DocumentNumberMissing,
    DocumentNumberUnexpected,
    ForeignPermanentMalformed,
    HukouBookMalformed,
    NotAResidencePermit,
    PassportMalformed,
    TravelPermitMalformed,
)
from yibao.core.identity.resident import (
    BirthDateImpossible,
    ProvinceUnknown,
    WrongCharacter,
    WrongCheckCharacter,
    WrongLength,
    check_character,
)

BORN = date(1990, 2, 28)
MAN = make_resident_number("430423", BORN, "male", 3)


def test_a_made_number_is_one_that_others_accept_too():
    assert MAN == "430423199002280075"
    assert ric.is_valid(MAN)


def test_a_number_tells_birth_sex_and_area():
    read = read_resident_number(MAN)
    assert (read.born, read.sex, read.area, read.was_old) == (BORN, "male", "430423", False)
    woman = read_resident_number(make_resident_number("360111", BORN, "female", 499))
    assert (woman.sex, woman.number[-4:-1]) == ("female", "998")


@pytest.mark.parametrize(
    "written",
    [
        " 430423 19900228 0075 ",
        "４３０４２３１９９００２２８００７５",
        "'430423199002280075",
        "\ufeff430423199002280075\u200b",
    ],
)
def test_spaces_full_width_digits_and_invisible_marks_do_not_matter(written):
    assert read_resident_number(written).number == MAN


def test_a_small_or_full_width_x_is_an_x():
    body = "11010519491231002"
    assert check_character(body) == "X"
    assert read_resident_number(body + "x").number == body + "X"
    assert read_resident_number(body + "ｘ").number == body + "X"


def test_an_old_number_is_upgraded_and_says_so():
    read = read_resident_number("430423900228007")
    assert (read.number, read.was_old) == (MAN, True)


@pytest.mark.parametrize(
    ("written", "refusal", "words"),
    [
        (MAN[:-1], WrongLength, "少 1 位，应为 18 位"),
        (MAN[:16], WrongLength, "少 2 位"),
        (MAN + "0", WrongLength, "多 1 位"),
        ("", WrongLength, "少 18 位"),
        (MAN[:-1] + "6", WrongCheckCharacter, "末位应为 5"),
        (MAN[:-1] + "Y", WrongCharacter, "第 18 位“Y”"),
        ("O" + MAN[1:], WrongCharacter, "第 1 位“O”"),
        (MAN[:10] + "X" + MAN[11:], WrongCharacter, "第 11 位“X”"),
        ("43042390022800X", WrongCharacter, "第 15 位“X”"),
        ("٤30423199002280075", WrongCharacter, "第 1 位"),
        ("990423199002280075", ProvinceUnknown, "“99”"),
        ("430423199002300075", BirthDateImpossible, "“19900230”"),
        ("430423901328007", BirthDateImpossible, "“19901328”"),
        ("430423000002280075", BirthDateImpossible, "“00000228”"),
    ],
)
def test_each_fault_is_named(written, refusal, words):
    with pytest.raises(refusal) as caught:
        read_resident_number(written)
    assert words in str(caught.value)


@pytest.mark.parametrize(
    "cell", [430423199002280075, 4.30423199002280e17, "4.30423E+17", "430423199002280000.0", True]
)
def test_a_number_that_arrived_as_a_number_has_lost_its_digits(cell):
    with pytest.raises(NumberLostDigits) as caught:
        read_document("resident", cell)
    assert caught.value.code == "E103"
    assert "设为文本" in caught.value.remedy


def test_an_empty_cell_is_an_empty_text():
    assert plain_text(None) == ""


PERMIT = make_resident_number("830000", BORN, "female", 0)


@pytest.mark.parametrize("kind", ["resident", "residence_permit"])
def test_permits_of_hong_kong_macao_and_taiwan_residents_are_read_under_either_kind(kind):
    assert not ric.is_valid(PERMIT)
    assert read_document(kind, PERMIT) == Document(
        "residence_permit", PERMIT, BORN, "female", "830000"
    )


def test_a_mainland_number_is_no_residence_permit():
    with pytest.raises(NotAResidencePermit):
        read_document("residence_permit", MAN)
    assert read_document("resident", MAN).kind == "resident"


NEW_CARD_BODY = "91115619900228002"
NEW_CARD = NEW_CARD_BODY + check_character(NEW_CARD_BODY)


@pytest.mark.parametrize(
    ("kind", "written", "number"),
    [
        ("passport", "e12345678", "E12345678"),
        ("passport", "EA1234567", "EA1234567"),
        ("passport", "123456789", "123456789"),
        ("travel_permit", "H12345678", "H12345678"),
        ("travel_permit", "m1234567800", "M1234567800"),
        ("travel_permit", "12345678", "12345678"),
        ("foreign_permanent", "FRA110079082611", "FRA110079082611"),
        ("foreign_permanent", NEW_CARD, NEW_CARD),
        ("resident", NEW_CARD, NEW_CARD),
        ("hukou_book", "衡山-00123", "衡山-00123"),
        ("none", None, ""),
        ("none", "  ", ""),
    ],
)
def test_other_documents_are_read_in_their_own_form(kind, written, number):
    assert read_document(kind, written).number == number


def test_a_new_foreign_card_tells_birth_and_sex_and_an_old_one_neither():
    new = read_document("resident", NEW_CARD)
    assert (new.kind, new.born, new.sex, new.area) == ("foreign_permanent", BORN, "female", None)
    old = read_document("foreign_permanent", "FRA110079082611")
    assert (old.born, old.sex) == (None, None)


@pytest.mark.parametrize(
    ("kind", "written", "refusal"),
    [
        ("passport", "ABCDEF", PassportMalformed),
        ("passport", "E123", PassportMalformed),
        ("passport", MAN, PassportMalformed),
        ("travel_permit", "H123456789", TravelPermitMalformed),
        ("travel_permit", "K12345678", TravelPermitMalformed),
        ("foreign_permanent", "FR1110079082611", ForeignPermanentMalformed),
        ("foreign_permanent", MAN, ForeignPermanentMalformed),
        ("foreign_permanent", "FRA110079023011", BirthDateImpossible),
        ("foreign_permanent", "911156199002300021", BirthDateImpossible),
        (
            "foreign_permanent",
            NEW_CARD_BODY + ("1" if NEW_CARD[-1] != "1" else "2"),
            WrongCheckCharacter,
        ),
        ("hukou_book", "1", HukouBookMalformed),
        ("none", MAN, DocumentNumberUnexpected),
        ("resident", "", DocumentNumberMissing),
        ("licence", MAN, DocumentKindUnknown),
    ],
)
def test_a_document_of_another_form_is_refused(kind, written, refusal):
    with pytest.raises(refusal):
        read_document(kind, written)


def test_seven_kinds_of_documents_are_known():
    assert set(KINDS) == {
        "resident", "residence_permit", "passport", "travel_permit", "foreign_permanent",
        "hukou_book", "none",
    }  # fmt: skip


def test_credit_codes_are_read_with_their_checksum():
    assert read_credit_code(" 91110000600037341l ") == "91110000600037341L"


@pytest.mark.parametrize(
    ("written", "refusal", "words"),
    [
        ("91110000600037341", WrongLength, "少 1 位"),
        ("9111000060003734IL", CreditCodeWrongCharacter, "第 17 位“I”"),
        ("91A10000600037341L", CreditCodeWrongCharacter, "第 3 位“A”"),
        ("91110000600037342L", CreditCodeWrongCheck, "末位应为"),
    ],
)
def test_a_wrong_credit_code_is_refused_with_the_place(written, refusal, words):
    with pytest.raises(refusal) as caught:
        read_credit_code(written)
    assert words in str(caught.value)


def test_a_synthetic_number_is_made_from_possible_parts_only():
    for area, sequence in [("4304", 0), ("43042X", 0), ("430423", 500), ("430423", -1)]:
        with pytest.raises(AssertionError):
            make_resident_number(area, BORN, "male", sequence)


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("李梅", "李*"),
        ("王红梅", "王*梅"),
        ("欧阳建华", "欧阳*华"),
        ("欧阳华", "欧阳*"),
        ("欧阳", "欧*"),
        ("乌日娜格", "乌**格"),
        ("艾买提·吐尔逊", "艾*****逊"),
        ("李", "*"),
        ("", ""),
    ],
)
def test_names_are_masked_with_compound_surnames_kept(name, shown):
    assert mask_name(name, {"欧阳"}) == shown


def test_without_a_list_of_compound_surnames_first_and_last_are_kept():
    assert mask_name("欧阳建华") == "欧**华"


@pytest.mark.parametrize(
    ("mask", "whole", "shown"),
    [
        (mask_number, "430423199003151026", "430423********1026"),
        (mask_number, "43042319900315102", "430423*******5102"),
        (mask_number, "E12345678", "E1*****78"),
        (mask_number, "1234567", "*******"),
        (mask_phone, "13812345521", "138****5521"),
        (mask_phone, "5812345", "*****45"),
        (mask_phone, "110", "***"),
        (mask_card, "430412347731", "4304****7731"),
        (mask_card, "4304 1234 5678 7731", "4304****7731"),
        (mask_card, "A12345678", "*******78"),
        (mask_account, "6217001234560000331", "6217 **** **** 0331"),
        (mask_account, "1234567", "*******"),
    ],
)
def test_numbers_are_masked_in_one_appearance(mask, whole, shown):
    assert mask(whole) == shown


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("电话13812345521，号430423199003151026。", "电话138****5521，号430423********1026。"),
        ("<13812345521@example>", "<138****5521@example>"),
        ("名单a13812345521b", "名单a138****5521b"),
        (
            f"快照{'3c225d5e' * 5}13812345521{'e' * 13}",
            f"快照{'3c225d5e' * 5}13812345521{'e' * 13}",
        ),
        (f"{'3c225d5e' * 5}13812345521{'e' * 14}", f"{'3c225d5e' * 5}138****5521{'e' * 14}"),
        ("19900315-1026-4304-a234-13812345521f", "19900315-1026-4304-a234-13812345521f"),
        ("19900315-1026-4304-a234-13812345521", "19900315-1026-4304-a234-138****5521"),
    ],
)
def test_numbers_in_a_text_are_masked_and_checksums_and_keys_are_kept(text, shown):
    assert mask_within(text) == shown

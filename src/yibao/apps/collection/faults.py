"""Faults of a payment file's rows: kept as code and facts, told in the reader's language.

Codes E101 to E131 are what `yibao.core` says of a cell: their sentences are its own. In English
too the titles of columns are given as the file has them. `apps.subsidy` adds those of rosters.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from yibao.apps.enrolment.ledgers import faults as ledgers
from yibao.core.identity.documents import DocumentNumberMissing
from yibao.core.identity.reading import NumberLostDigits
from yibao.core.identity.resident import (
    BirthDateImpossible,
    ProvinceUnknown,
    WrongCharacter,
    WrongCheckCharacter,
    WrongLength,
)
from yibao.core.money import AmountBelowFen, AmountUnreadable
from yibao.core.refusal import Refusal


@dataclass(frozen=True, slots=True)
class TableFault:
    """A kind of fault: its cause and cure, each in Chinese and in English."""

    reason: tuple[str, str]
    remedy: tuple[str, str]


def _core(refusal: type[Refusal]) -> TableFault:
    """Return the kind of what the core refuses: the sentences are the refusal's."""
    return TableFault(
        (refusal.message, refusal.message_en),
        (refusal.remedy, refusal.remedy_en),
    )


# What any table of persons may have wrong.
OF_PERSONS: Mapping[str, TableFault] = {
    **{
        one.code: _core(one)
        for one in (
            WrongLength,
            WrongCheckCharacter,
            NumberLostDigits,
            WrongCharacter,
            BirthDateImpossible,
            ProvinceUnknown,
            DocumentNumberMissing,
        )
    },
    "E741": TableFault(
        ("没有填写姓名", "The name was left empty"),
        ("请填写与证件一致的姓名", "Enter the name as the document has it"),
    ),
}
KINDS: Mapping[str, TableFault] = {
    **OF_PERSONS,
    **{one.code: _core(one) for one in (AmountUnreadable, AmountBelowFen)},
    "E742": TableFault(
        ("金额应大于零", "The amount has to be above zero"),
        (
            "请核对缴费金额；退回的款项不在此表中",
            "Check the amount that was paid; money paid back does not belong in this file",
        ),
    ),
    "E743": TableFault(
        ("缴费时间不是日期", "The time of payment is no date"),
        ("请写成 2020-11-05 10:30:00", "Write it as 2020-11-05 10:30:00"),
    ),
    "E744": TableFault(
        ("没有“{value}”这种缴费渠道", 'There is no channel of payment "{value}"'),
        ("请从模板说明的渠道中选择", "Choose one of the channels that the template names"),
    ),
    "E745": TableFault(
        ("没有凭证号，或凭证号过长", "The voucher number is missing or too long"),
        (
            "请填写缴费凭证号或税票号码",
            "Enter the number of the payment voucher or of the tax receipt",
        ),
    ),
    "E746": TableFault(
        ("与{sheet}第 {row} 行的凭证号相同", "The same voucher number as in row {row}{sheet}"),
        ("请核对是否重复导出", "Check whether the row was exported twice"),
    ),
    "E747": TableFault(
        ("没有填写参保地", "The place of insurance was left empty"),
        ("请填写缴费时选择的参保地", "Enter the place of insurance that was chosen when paying"),
    ),
    "E748": TableFault(
        ("年度不是四位数", "The year is not of four digits"),
        ("请填写参保年度，如 2021", "Enter the insured year, such as 2021"),
    ),
    "E749": TableFault(
        (
            "这个凭证号已入账，但号码或金额不同",
            "This voucher number is booked already, with another number or amount",
        ),
        (
            "请与税务核对凭证，改正后重新导出",
            "Check the voucher with the tax office; export the file again once it is corrected",
        ),
    ),
}


def told(found: Mapping[str, Any], language: str = "zh") -> ledgers.Told:
    """Return cause and cure in Chinese or, for "en", in English; kept sentences as they are."""
    return ledgers.told(found, language, kinds=KINDS)

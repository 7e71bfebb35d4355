"""Faults of a roster's rows: kept as code and facts, told in the reader's language."""

from collections.abc import Mapping
from typing import Any

from yibao.apps.collection.faults import OF_PERSONS, TableFault
from yibao.apps.enrolment.ledgers import faults as ledgers

KINDS: Mapping[str, TableFault] = {
    **OF_PERSONS,
    "E120": TableFault(
        ("姓名与登记不一致", "The name differs from the register"),
        (
            "核对是否本人，确认后指定登记的人员，或退回部门",
            "Check whether it is the same person; then name the registered person, or send the row"
            " back to the department",
        ),
    ),
    "E771": TableFault(
        (
            "与{sheet}第 {row} 行是同一人同一类别",
            "The same person in the same category as in row {row}{sheet}",
        ),
        ("请保留一行", "Keep one of the rows"),
    ),
    "E772": TableFault(
        ("没有填写类别", "The category was left empty"),
        (
            "请填写资助类别，或上传时为整个文件选定类别",
            "Enter the category of support, or choose one for the whole file when uploading",
        ),
    ),
    "E773": TableFault(
        ("没有“{value}”这种资助类别", 'There is no category of support "{value}"'),
        ("请从模板说明的类别中选择", "Choose one of the categories that the template names"),
    ),
    "E774": TableFault(
        ("死亡日期不是日期", "The date of death is no date"),
        ("请写成 2020-11-05", "Write it as 2020-11-05"),
    ),
}


def told(found: Mapping[str, Any], language: str = "zh") -> ledgers.Told:
    """Return cause and cure in Chinese or, for "en", in English; kept sentences as they are."""
    return ledgers.told(found, language, kinds=KINDS)

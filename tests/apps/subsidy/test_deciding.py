"""Where a region's text gives no amounts, its grant rule says what finance bears."""

from datetime import date
from pathlib import Path
from typing import Any

import pytest

from yibao.apps.enrolment.rules import owed_fen
from yibao.apps.subsidy.deciding import Listed, decide_support

pytestmark = pytest.mark.django_db
SHARE = """
overlay: office
over: nanchang
authority: 南昌市医疗保障局
sources: {doc: {title: 示例通知, published: 2015-10-01}}
settings: {individual_share: {is: 120, from: 2016, cite: doc 1}}
"""
ORPHAN = {"year": 2016, "born": "2008-01-01", "identities": ["orphan"]}
OTHER = {"year": 2016, "born": "1980-01-01"}


def test_finance_bears_the_share_once_the_office_has_set_it(settings: Any, tmp_path: Path) -> None:
    (tmp_path / "nanchang.yaml").write_text(SHARE, encoding="utf-8")
    settings.RULEBOOK_SETTINGS = tmp_path
    listed = {1: Listed(rows={"orphan": 7}, as_of=date(2015, 11, 1))}
    decided = decide_support(region="nanchang", year=2016, listed=listed, facts={1: ORPHAN})
    supported = decided.supported[1]
    assert (supported.category, supported.subsidy_fen, supported.personal_fen) == (
        "orphan",
        12000,
        0,
    )
    assert owed_fen(region="nanchang", year=2016, facts=[ORPHAN, OTHER]) == [0, 12000]


def test_without_the_share_nobody_can_say_what_is_owed(settings: Any, tmp_path: Path) -> None:
    settings.RULEBOOK_SETTINGS = tmp_path
    assert owed_fen(region="nanchang", year=2016, facts=[OTHER]) == [None]

"""The loader: layers, one read a process, settings by their text."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from yibao.core.rules.faults import RulebookFaults
from yibao.core.rules.types import Period
from yibao.rulebook.loader import REGIONS, UnknownRegion, layers, rulebook

SETTINGS = """overlay: mine
over: hengshan
authority: 衡山县医疗保障局
sources: {文: {title: 关于财政补助标准的通知, published: 2020-11-01}}
settings:
  fiscal_share: {is: SHARE, from: 2021, cite: 文 1}
"""


def _settings(folder: Path, share: int) -> Path:
    path = folder / "mine.yaml"
    path.write_text(SETTINGS.replace("SHARE", str(share)), encoding="utf-8")
    return path


def test_regions_are_the_folders_that_hold_sources() -> None:
    assert {"hengshan", "xingan"} <= set(REGIONS)
    assert "national" not in REGIONS


def test_a_rulebook_is_read_once_a_process() -> None:
    assert rulebook("xingan") is rulebook("xingan")
    assert rulebook("xingan").text_hash != rulebook("hengshan").text_hash


def test_the_national_layer_lies_below_the_region_and_sources_come_first() -> None:
    names = [layer.name for layer in layers("xingan")]
    assert names[:4] == [
        "national/sources.yaml",
        "national/enumerations.yaml",
        "national/facts.yaml",
        "xingan/sources.yaml",
    ]


def test_an_unknown_region_names_those_that_there_are() -> None:
    with pytest.raises(UnknownRegion) as refused:
        rulebook("nowhere")
    assert refused.value.sentence("en") == (
        f"There is no rulebook of “nowhere”. There are: {', '.join(REGIONS)}"
    )


def test_a_changed_settings_file_is_another_rulebook(tmp_path: Path) -> None:
    first = rulebook("hengshan", settings=_settings(tmp_path, 580))
    same = rulebook("hengshan", settings=_settings(tmp_path, 580))
    other = rulebook("hengshan", settings=_settings(tmp_path, 610))
    assert first is same
    assert first.text_hash != other.text_hash
    assert first.value_of("fiscal_share", on=date(2021, 1, 1)) == 58000
    assert other.value_of("fiscal_share", on=date(2021, 1, 1)) == 61000


def test_a_settings_file_cannot_change_what_the_text_says(tmp_path: Path) -> None:
    path = tmp_path / "mine.yaml"
    text = SETTINGS.replace("fiscal_share", "individual_share").replace("SHARE", "1")
    path.write_text(text, encoding="utf-8")
    with pytest.raises(RulebookFaults) as refused:
        rulebook("hengshan", settings=path)
    assert "parameter “individual_share” is not open" in str(refused.value)


def test_apps_read_values_with_their_units() -> None:
    hinggan, hengshan = rulebook("xingan"), rulebook("hengshan")
    assert hinggan.value_of("card_list_time", on=date(2009, 1, 1)) == Period(2, "working_days")
    assert hinggan.value_of("deductible_base", on=date(2009, 1, 1)) == {
        1: 20000,
        2: 30000,
        3: 40000,
    }
    assert hengshan.value_of("window_closes", on=date(2021, 1, 1)) == date(2020, 12, 31)
    assert hengshan.label("year_over", of="cover_reason").startswith("本年度已无可享受的月份")

"""Names as they are searched and sorted."""

import pytest

from yibao.core.pinyin import full, initials

READINGS = {"仇": "qiu", "单": "shan", "单于": "chan yu", "尉迟": "yu chi"}


@pytest.mark.parametrize(
    ("name", "letters", "syllables"),
    [
        ("王小明", "WXM", "wang xiao ming"),
        ("仇和", "QH", "qiu he"),
        ("单雄信", "SXX", "shan xiong xin"),
        ("单于飞", "CYF", "chan yu fei"),
        ("尉迟恭", "YCG", "yu chi gong"),
        ("吕布", "LB", "lv bu"),
        ("艾买提·吐尔逊", "AMTTEX", "ai mai ti tu er xun"),
        (" 王 明 ", "WM", "wang ming"),
        ("", "", ""),
    ],
)
def test_names_give_initials_and_syllables(name, letters, syllables):
    assert (initials(name, READINGS), full(name, READINGS)) == (letters, syllables)


def test_without_overrides_a_surname_reads_as_the_common_word():
    assert full("仇和") == "chou he"


@pytest.mark.parametrize("rare", ["\ue000", "𠮷"])
def test_a_character_that_nobody_can_read_becomes_a_mark_and_never_a_question(rare):
    assert initials(f"李{rare}") == "L#"
    assert full(f"李{rare}") == "li #"


def test_letters_stay_letters():
    assert initials("Ann-B") == "ANNB"

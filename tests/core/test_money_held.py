"""Money at its edges: nothing at all, a fen, a hundred million yuan, and what a refusal says."""

from decimal import Decimal

import pytest

from yibao.core.money import AmountBelowFen, AmountUnreadable, Fen, Rate, RateUnreadable


@pytest.mark.parametrize(
    ("fen", "yuan", "shown"),
    [
        (0, "0.00", "0.00"),
        (1, "0.01", "0.01"),
        (-1, "-0.01", "−0.01"),
        (99, "0.99", "0.99"),
        (100_000_000_000, "1000000000.00", "1,000,000,000.00"),
    ],
)
def test_nothing_and_a_single_fen_are_written_without_a_false_sign(fen, yuan, shown):
    assert (Fen(fen).yuan(), Fen(fen).shown()) == (yuan, shown)


@pytest.mark.parametrize(("fen", "share"), [(0, 0), (1, 1), (-1, -1), (2, 1), (-3, -2)])
def test_half_of_almost_nothing_rounds_away_from_nothing(fen, share):
    assert Fen(fen).times(Rate("50%")) == share


@pytest.mark.parametrize(("fen", "shares"), [(0, [0, 0]), (1, [1, 0]), (-1, [-1, 0])])
def test_a_single_fen_is_shared_out_with_its_own_sign(fen, shares):
    assert Fen(fen).allocate([1, 1]) == shares


@pytest.mark.parametrize(
    ("yuan", "words"),
    [
        ("10000", "壹万元整"),
        ("11000", "壹万壹仟元整"),
        ("10001", "壹万零壹元整"),
        ("1010", "壹仟零壹拾元整"),
        ("1001", "壹仟零壹元整"),
        ("1100", "壹仟壹佰元整"),
        ("110", "壹佰壹拾元整"),
        ("101", "壹佰零壹元整"),
        ("11", "壹拾壹元整"),
        ("100000000", "壹亿元整"),
        ("1.01", "壹元零壹分"),
        ("1.10", "壹元壹角整"),
        ("-0.05", "负伍分"),
    ],
)
def test_a_nought_is_written_where_a_place_is_skipped_and_only_there(yuan, words):
    assert Fen.from_yuan(yuan).in_words() == words


@pytest.mark.parametrize(
    ("parts", "shown"), [(1, "0.01%"), (10, "0.1%"), (1000, "10%"), (9999, "99.99%"), (0, "0%")]
)
def test_a_rate_is_shown_without_needless_noughts(parts, shown):
    assert str(Rate.of_parts(parts)) == shown


def test_an_exact_decimal_is_read_whatever_its_exponent():
    assert Fen.from_yuan(Decimal("12E+2")) == 120_000
    assert Rate(Decimal("5E-1")) == Rate("50%")


@pytest.mark.parametrize(
    ("asked", "refusal", "zh", "en"),
    [
        (
            lambda: Fen.from_yuan("¥1,23"),
            AmountUnreadable,
            "“1,23”不是金额。请填写以元为单位的数字，如 1234.50",
            '"1,23" is not an amount. Enter yuan in figures, such as 1234.50',
        ),
        (
            lambda: Fen.from_yuan("3.001"),
            AmountBelowFen,
            "金额“3.001”不足一分的部分无法记账。请填写到分，最多两位小数",
            'The amount "3.001" has a part smaller than one fen. Give at most two decimals',
        ),
        (
            lambda: Rate("seven"),
            RateUnreadable,
            "“seven”不是比例。请填写如 0.70 或 70%，精确到万分之一",
            '"seven" is not a rate. Write it as 0.70 or 70%, exact to one part in ten thousand',
        ),
        (
            lambda: Rate("70.001%"),
            RateUnreadable,
            "“70.001%”不是比例。请填写如 0.70 或 70%，精确到万分之一",
            '"70.001%" is not a rate. Write it as 0.70 or 70%, exact to one part in ten thousand',
        ),
    ],
)
def test_a_refusal_shows_the_text_and_the_way_to_write_it_in_both_languages(asked, refusal, zh, en):
    with pytest.raises(refusal) as caught:
        asked()
    assert (caught.value.sentence("zh"), caught.value.sentence("en")) == (zh, en)


@pytest.mark.parametrize(
    ("sin", "words"),
    [
        (lambda: Fen(1) * Fen(2), "money times money is not money"),
        (lambda: Fen(1) / 2, "money is not divided with /: use split, allocate or times"),
        (lambda: Fen("1"), "money is whole fen, not str"),
        (lambda: Fen(True), "money is whole fen, not bool"),
        (lambda: Fen.from_yuan(12), "exact text or Decimal is needed, not int"),
        (lambda: Rate(0), "exact text or Decimal is needed, not int"),
    ],
)
def test_our_own_mistakes_with_money_are_told_in_words(sin, words):
    with pytest.raises(TypeError) as caught:
        sin()
    assert str(caught.value) == words


def test_sharing_out_by_no_weight_is_told_in_words():
    with pytest.raises(AssertionError, match=r"^no weight to share by"):
        Fen(5).allocate([0])

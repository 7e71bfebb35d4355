"""Money is whole fen: what it reads, shows, and refuses."""

import pickle
from decimal import Decimal

import pytest

from yibao.core.money import AmountBelowFen, AmountUnreadable, Fen, Rate, RateUnreadable


@pytest.mark.parametrize(
    ("text", "fen"),
    [
        ("1234.50", 123450),
        ("1,234.50", 123450),
        ("1234.5", 123450),
        ("1234", 123400),
        ("-20", -2000),
        ("−20.00", -2000),
        ("１，２３４．５０", 123450),
        ("¥ 3.00", 300),
        ("￥3", 300),
        ("280.5000", 28050),
        ("0", 0),
        ("12,345,678.90", 1234567890),
        (Decimal("1E+3"), 100000),
        (Decimal("130.00"), 13000),
    ],
)
def test_yuan_is_read_as_people_write_it(text, fen):
    assert Fen.from_yuan(text) == fen


@pytest.mark.parametrize(
    "text",
    ["", "abc", "1,23", "12,34.00", "1.2.3", ".5", "5.", "1e3", "--1", Decimal("NaN"), "9" * 16],
)
def test_what_is_not_an_amount_is_refused_with_its_text(text):
    with pytest.raises(AmountUnreadable) as caught:
        Fen.from_yuan(text)
    assert "1234.50" in caught.value.remedy


def test_less_than_a_fen_is_refused():
    with pytest.raises(AmountBelowFen, match=r"0\.005"):
        Fen.from_yuan("0.005")


@pytest.mark.parametrize("value", [1.5, 12])
def test_yuan_is_never_read_from_a_float_or_a_bare_number(value):
    with pytest.raises(TypeError):
        Fen.from_yuan(value)


def test_amounts_are_shown_for_people_and_written_plainly_for_files():
    amount = Fen(-123450)
    assert amount.shown() == "\u22121,234.50"
    assert amount.yuan() == "-1234.50"
    assert (Fen(5).shown(), Fen(5).yuan()) == ("0.05", "0.05")
    assert (str(amount), repr(amount), f"{amount}") == ("-123450", "Fen(-123450)", "-123450")


def test_arithmetic_with_fen_and_int_stays_fen():
    three = Fen(3)
    results = [
        three + 1, 1 + three, three - 1, 1 - three, three * 2, 2 * three,
        three // 2, three % 2, -three, +three, abs(-three), sum([three, three]),
    ]  # fmt: skip
    assert results == [4, 4, 2, -2, 6, 6, 1, 1, -3, 3, 3, 6]
    assert all(type(result) is Fen for result in results)
    assert repr(Fen.total([])) == "Fen(0)" and Fen.total([three, 4]) == 7


@pytest.mark.parametrize(
    "sin",
    [
        lambda: Fen(1) + 0.5,
        lambda: Fen(1) - 0.5,
        lambda: Fen(1) * 0.5,
        lambda: Fen(1) * Decimal("0.5"),
        lambda: Fen(1) * Fen(2),
        lambda: Fen(1) / 2,
        lambda: 2 / Fen(1),
        lambda: Fen(1.0),
        lambda: Fen("1"),
        lambda: Fen(True),
        lambda: Fen.total([1.0]),
        lambda: Fen(10).allocate([0.5, 0.5]),
    ],
)
def test_floats_division_and_money_times_money_are_refused(sin):
    with pytest.raises(TypeError):
        sin()


@pytest.mark.parametrize(
    ("text", "parts", "shown"),
    [
        ("0.70", 7000, "70%"),
        ("70%", 7000, "70%"),
        ("70％", 7000, "70%"),
        ("65.5%", 6550, "65.5%"),
        ("0.6555", 6555, "65.55%"),
        ("1", 10000, "100%"),
        ("0", 0, "0%"),
        (Decimal("0.2500"), 2500, "25%"),
    ],
)
def test_a_rate_is_exact_parts_of_ten_thousand(text, parts, shown):
    assert Rate(text).parts == parts
    assert str(Rate(text)) == shown
    assert Rate.of_parts(parts) == Rate(text)
    assert pickle.loads(pickle.dumps(Rate(text))) == Rate(text)


@pytest.mark.parametrize("text", ["", "x", "-0.1", "0.70001", "70.001%", "0,7"])
def test_what_is_no_exact_rate_is_refused(text):
    with pytest.raises(RateUnreadable):
        Rate(text)


def test_a_rate_is_never_read_from_a_float():
    with pytest.raises(TypeError):
        Rate(0.7)


@pytest.mark.parametrize(
    ("fen", "rate", "share"),
    [
        (1, "50%", 1),
        (3, "50%", 2),
        (-1, "50%", -1),
        (10_001, "70%", 7001),
        (149, "1%", 1),
        (150, "1%", 2),
    ],
)
def test_half_a_fen_is_rounded_up_and_a_debt_like_what_it_reverses(fen, rate, share):
    assert Fen(fen).times(Rate(rate)) == share


def test_a_split_gives_both_parts_of_the_whole():
    assert Fen(10_001).split(Rate("0.70")) == (Fen(7001), Fen(3000))


def test_an_allocation_gives_left_over_fen_to_the_largest_remainders_first_of_equals():
    assert Fen(100).allocate([1, 1, 1]) == [34, 33, 33]
    assert Fen(-100).allocate([1, 1, 1]) == [-34, -33, -33]
    assert Fen(10).allocate([6, 3, 1]) == [6, 3, 1]
    assert Fen(7).allocate([0, 5, 9]) == [0, 3, 4]
    assert Fen(5).allocate([0, 1]) == [0, 5]


@pytest.mark.parametrize("weights", [[], [0, 0], [2, -1]])
def test_an_allocation_without_a_weight_is_our_mistake(weights):
    with pytest.raises(AssertionError):
        Fen(5).allocate(weights)


@pytest.mark.parametrize(
    ("yuan", "words"),
    [
        ("1230.50", "壹仟贰佰叁拾元伍角整"),
        ("0", "零元整"),
        ("0.05", "伍分"),
        ("0.50", "伍角整"),
        ("16409.02", "壹万陆仟肆佰零玖元零贰分"),
        ("1680.32", "壹仟陆佰捌拾元叁角贰分"),
        ("107000.53", "壹拾万柒仟元伍角叁分"),
        ("10", "壹拾元整"),
        ("100000001", "壹亿零壹元整"),
        ("120300000405.06", "壹仟贰佰零叁亿零肆佰零伍元零陆分"),
        ("-3", "负叁元整"),
    ],
)
def test_receipts_carry_the_amount_in_capital_figures(yuan, words):
    assert Fen.from_yuan(yuan).in_words() == words


def test_money_survives_the_way_between_processes():
    copy = pickle.loads(pickle.dumps(Fen(5)))
    assert (copy, type(copy)) == (5, Fen)

"""What is true of money, days, numbers, masks and entries, whatever the values."""

from datetime import date, timedelta

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from yibao.core.books.entry import Entry, EntryUnbalanced, Leg, credit, debit, reversal
from yibao.core.calendar import Period, WorkingCalendar, add_months
from yibao.core.identity import (
    make_resident_number,
    mask_account,
    mask_card,
    mask_name,
    mask_number,
    mask_phone,
    read_credit_code,
    read_resident_number,
)
from yibao.core.identity.credit import CREDIT_ALPHABET
from yibao.core.identity.resident import PROVINCES
from yibao.core.money import Fen, Rate
from yibao.core.refusal import Refusal

amounts = st.integers(-(10**15), 10**15).map(Fen)
positive = st.integers(1, 10**13).map(Fen)
rates = st.integers(0, 10_000).map(Rate.of_parts)
days = st.dates(date(1900, 1, 1), date(2099, 12, 31))
twentieth = st.dates(date(1900, 1, 1), date(1999, 12, 31))
sexes = st.sampled_from(["male", "female"])


@given(amounts, rates)
def test_a_split_loses_nothing_and_stays_within_half_a_fen(amount, rate):
    share, rest = amount.split(rate)
    assert share + rest == amount
    assert abs(2 * (10_000 * int(share) - int(amount) * rate.parts)) <= 10_000
    assert (-amount).times(rate) == -share


@given(amounts, st.lists(st.integers(0, 10**6), min_size=1).filter(sum))
def test_an_allocation_loses_nothing_and_is_off_by_less_than_a_fen(amount, weights):
    shares = amount.allocate(weights)
    assert sum(shares) == amount
    for share, weight in zip(shares, weights, strict=True):
        assert abs(int(share) * sum(weights) - int(amount) * weight) < sum(weights)


@given(st.integers(0, 10**9).map(Fen), st.integers(1, 1000), st.integers(1, 20))
def test_equal_weights_favour_the_earlier(amount, weight, count):
    shares = amount.allocate([weight] * count)
    assert shares == sorted(shares, reverse=True)


@given(amounts)
def test_what_is_written_is_read_back(amount):
    assert Fen.from_yuan(amount.yuan()) == amount
    assert Fen.from_yuan(amount.shown()) == amount


@given(st.integers(0, 10**12), st.integers(0, 10**12))
def test_two_amounts_never_have_the_same_words(one, other):
    assume(one != other)
    assert Fen(one).in_words() != Fen(other).in_words()


@st.composite
def periods(draw):
    start = draw(days)
    return Period(start, start + timedelta(days=draw(st.integers(1, 800))))


@given(periods(), days)
def test_a_day_is_in_a_period_or_on_one_side_of_it(period, day):
    assert [day < period.start, period.contains(day), day >= period.until].count(True) == 1


@given(periods(), periods())
def test_overlap_is_symmetric_and_the_same_as_a_common_part(one, other):
    common = one.intersect(other)
    assert one.overlaps(other) == other.overlaps(one) == (common is not None)
    if common:
        assert one.covers(common) and other.covers(common)
        assert common.days <= min(one.days, other.days)


@given(periods(), st.integers(1, 799))
def test_cutting_a_period_gives_two_that_touch_and_lose_no_day(period, after):
    assume(after < period.days)
    cut = period.start + timedelta(days=after)
    left, right = Period(period.start, cut), Period(cut, period.until)
    assert left.days + right.days == period.days
    assert not left.overlaps(right)


@given(days, st.integers(-600, 600))
def test_months_move_by_months_and_never_past_the_day(day, months):
    moved = add_months(day, months)
    assert (moved.year - day.year) * 12 + moved.month - day.month == months
    assert moved.day <= day.day


FIRST, LAST = date(2021, 1, 1), date(2022, 12, 31)
inside = st.dates(FIRST, LAST)


@given(
    st.sets(inside, max_size=40),
    st.sets(inside, max_size=40),
    st.dates(FIRST, date(2021, 12, 31)),
    st.integers(1, 60),
)
def test_the_nth_working_day_has_n_working_days_up_to_it(off, on, day, n):
    calendar = WorkingCalendar(holidays=off - on, workdays=on, first=FIRST, last=LAST)
    due = calendar.add_working_days(day, n)
    after = day + timedelta(days=1)
    assert calendar.is_working_day(due)
    assert calendar.working_days_between(after, due + timedelta(days=1)) == n
    assert calendar.shifted(day) >= day


numbers = st.builds(
    make_resident_number,
    st.builds(lambda province, rest: f"{province}{rest:04d}", st.sampled_from(sorted(PROVINCES)), st.integers(0, 9999)),
    days,
    sexes,
    st.integers(0, 499),
)  # fmt: skip


@given(st.sampled_from(["430423", "152221", "810000"]), days, sexes, st.integers(0, 499))
def test_every_made_number_reads_back(area, born, sex, sequence):
    read = read_resident_number(make_resident_number(area, born, sex, sequence))
    assert (read.area, read.born, read.sex) == (area, born, sex)


@given(numbers, st.integers(0, 17), st.sampled_from("0123456789X"))
def test_no_number_with_one_changed_character_is_read(number, at, other):
    assume(number[at] != other)
    with pytest.raises(Refusal):
        read_resident_number(number[:at] + other + number[at + 1 :])


@given(numbers, st.integers(1, 17))
def test_two_exchanged_neighbours_are_found(number, at):
    swapped = number[: at - 1] + number[at] + number[at - 1] + number[at + 1 :]
    assume(swapped != number)
    with pytest.raises(Refusal):
        read_resident_number(swapped)


@given(st.sampled_from(["430423", "360111"]), twentieth, sexes, st.integers(0, 499))
def test_an_old_number_becomes_the_new_one_of_the_same_person(area, born, sex, sequence):
    new = make_resident_number(area, born, sex, sequence)
    old = new[:6] + new[8:17]
    assert read_resident_number(old).number == new


@given(
    st.text(alphabet=CREDIT_ALPHABET, min_size=9, max_size=9),
    st.integers(0, 17),
    st.sampled_from(CREDIT_ALPHABET),
)
def test_no_credit_code_with_one_changed_character_is_read(body, at, other):
    from stdnum.cn import uscc

    first = "91430423" + body
    code = first + uscc.calc_check_digit(first)
    assert read_credit_code(code) == code
    assume(code[at] != other)
    with pytest.raises(Refusal):
        read_credit_code(code[:at] + other + code[at + 1 :])


figures = st.text(alphabet="0123456789", min_size=0, max_size=24)


@given(figures)
def test_a_mask_of_a_number_hides_every_figure_of_the_middle(text):
    masked = mask_number(text)
    assert len(masked) == len(text)
    assert masked.count("*") * 5 >= len(text)
    assert all(shown in (kept, "*") for shown, kept in zip(masked, text, strict=True))


same_length = st.integers(0, 16).flatmap(
    lambda n: st.tuples(*[st.text(alphabet="0123456789", min_size=n, max_size=n)] * 2)
)


@given(same_length)
def test_masks_never_show_what_they_hide(hidden):
    """Two values that differ only in the hidden part look the same."""
    for mask, head, tail in (
        (mask_number, "123456", "7890"),
        (mask_phone, "123", "7890"),
        (mask_card, "1234", "7890"),
        (mask_account, "1234", "7890"),
    ):
        one, other = (mask(f"{head}00000{middle}{tail}") for middle in hidden)
        assert one == other


@given(st.text(alphabet="王李欧阳小明红梅", min_size=2, max_size=8))
def test_a_mask_of_a_name_hides_one_character_at_least(name):
    masked = mask_name(name, {"欧阳"})
    assert len(masked) == len(name) and "*" in masked
    assert all(shown in (kept, "*") for shown, kept in zip(masked, name, strict=True))


def test_a_masked_value_is_never_the_whole_one():
    for mask in (mask_number, mask_phone, mask_card, mask_account):
        for length in range(1, 25):
            assert "*" in mask("7" * length)


ON = date(2021, 3, 5)


@given(st.lists(st.tuples(st.booleans(), positive), min_size=1, max_size=12))
def test_an_entry_balances_or_cannot_exist(sides):
    legs = [(debit if is_debit else credit)("1", amount) for is_debit, amount in sides]
    missing = sum(int(leg.debit_fen) - int(leg.credit_fen) for leg in legs)
    if missing:
        if len(legs) > 1:
            with pytest.raises(EntryUnbalanced):
                Entry("manual", ON, "凭证", tuple(legs))
        legs.append(credit("2", Fen(missing)) if missing > 0 else debit("2", Fen(-missing)))
    entry = Entry("manual", ON, "凭证", tuple(legs))
    undone = reversal(entry, on=ON, reason="测试")
    for book in (entry, undone):
        assert sum(leg.debit_fen for leg in book.legs) == sum(leg.credit_fen for leg in book.legs)
    for leg, mirrored in zip(entry.legs, undone.legs, strict=True):
        assert (leg.debit_fen, leg.credit_fen) == (mirrored.credit_fen, mirrored.debit_fen)


@given(st.integers(-(10**6), 10**6), st.integers(-(10**6), 10**6))
def test_a_leg_has_exactly_one_side_or_is_refused(left, right):
    fits = (left > 0 and right == 0) or (left == 0 and right > 0)
    try:
        Leg("1", Fen(left), Fen(right))
    except Refusal:
        assert not fits
    else:
        assert fits

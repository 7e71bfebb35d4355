"""Figures look alike everywhere, and are right to the last fen and tenth."""

from datetime import UTC, date, datetime

import pytest
from django.template import Context, Template

from yibao.web import figures


@pytest.mark.parametrize(
    ("fen", "shown"),
    [
        (123456789, "1,234,567.89"),
        (-28000, "−280.00"),
        (0, "0.00"),
        (5, "0.05"),
        (-1, "−0.01"),
        (None, ""),
    ],
)
def test_money_is_shown_with_separators_two_decimals_and_the_true_minus(fen, shown):
    assert figures.yuan(fen) == shown


def test_a_change_always_carries_its_sign_and_no_change_none():
    assert [figures.yuan_change(fen) for fen in (2000, -2000, 0)] == ["＋20.00", "−20.00", "0.00"]


@pytest.mark.parametrize(
    ("part", "whole", "shown"),
    [
        (23336, 24653, "94.6"),
        (9499, 10000, "94.9"),
        (1, 8, "12.5"),
        (1, 16, "6.2"),
        (0, 3, "0.0"),
        (3, 3, "100.0"),
        (1, 0, ""),
    ],
)
def test_a_share_is_rounded_down_so_that_no_target_is_shown_as_reached(part, whole, shown):
    assert figures.percent(part, whole) == shown


@pytest.mark.parametrize(
    ("tenths", "shade"),
    [(965, "p3"), (958, "p2"), (950, "p1"), (949, "m1"), (910, "m1"), (909, "m2"), (799, "m3")],
)
def test_heat_turns_at_the_target(tenths, shade):
    assert figures.heat_class(tenths, 95) == shade


def test_a_bar_begins_at_its_start_and_never_leaves_its_frame():
    assert figures.bar_width(800, start=80, width=72) == "0.0"
    assert figures.bar_width(950, start=80, width=72) == "54.0"
    assert figures.bar_width(1200, start=80, width=72) == "72.0"
    assert figures.bar_width(100, start=80, width=72) == "0.0"


def test_moments_are_shown_in_the_time_of_china():
    at = datetime(2020, 12, 17, 17, 30, tzinfo=UTC)
    assert figures.moment(at) == "2020-12-18 01:30"
    assert figures.iso(at) == "2020-12-18"
    assert figures.cn_day(date(2020, 12, 18)) == "2020 年 12 月 18 日"
    assert [figures.moment(None), figures.iso(None), figures.cn_day(None)] == ["", "", ""]


def drawn(text, **given):
    return Template("{% load i18n yb %}" + text).render(Context(given))


def test_a_mark_is_a_glyph_and_a_word():
    shown = drawn('{% mark "done" word %}', word="<已缴>")
    assert 'class="mk k-ok"' in shown
    assert "<svg" in shown and "&lt;已缴&gt;" in shown


def test_blocks_draw_what_they_hold_and_escape_what_comes_from_people():
    shown = drawn("{% panel title=name %}<p>{{ name }}</p>{% endpanel %}", name="<b>")
    assert "<h2" in shown and "<p>&lt;b&gt;</p>" in shown
    assert "&lt;p&gt;" not in drawn('{% note "warn" "x" %} <p>y</p> {% endnote %}')
    assert "<dd" in drawn('{% figures %} {% figure "a" 1 %} {% endfigures %}')


def test_two_panels_of_a_page_have_headings_of_their_own():
    shown = drawn('{% panel "a" %}{% endpanel %}{% panel "b" %}{% endpanel %}')
    assert 'id="panel-1"' in shown and 'id="panel-2"' in shown


def test_names_and_numbers_are_masked_by_one_function_each():
    shown = drawn(
        "{{ name|masked_name }} {{ number|masked_number }} {{ phone|masked_phone }}",
        name="欧阳华",
        number="430423197001011026",
        phone="13812345521",
    )
    assert shown == "欧阳* 430423********1026 138****5521"

"""Counts that are kept say what counting anew would have said at their moment, and for how long."""

from dataclasses import replace
from datetime import timedelta

import pytest

from tests.apps.access.offices import AT
from tests.apps.collection.town import YEAR, settle_in
from tests.apps.registry.people import CHAQUAN, SHICANG
from tests.apps.statistics.test_progress import elsewhere, pay, support
from yibao.apps.access.scope import scoped
from yibao.apps.collection import operations as collection
from yibao.apps.enrolment.models import Enrolment
from yibao.apps.statistics import operations, queries
from yibao.apps.statistics.models import Tally
from yibao.apps.statistics.queries import tallies

LATER = AT + timedelta(minutes=6)


@pytest.fixture
def town(county):
    """Twenty people of 查泉村 and five of 石仓村: paid, supported, insured elsewhere, unpaid."""
    here = settle_in(county, 20)
    settle_in(county, 5, first=101, area_no=SHICANG)
    collection.raise_dues(scope=county, year=YEAR, at=AT)
    pay(county, 1, 2, 3)
    pay(county, 101, paid_at="2020-10-12 08:00:00")
    support(county, here[10])
    elsewhere(county, here[12])
    with scoped(county):
        Enrolment.objects.filter(person_id__in=here[14:17]).update(unpaid_reason="refused")
    return here


@pytest.fixture
def kept_serve_everybody(monkeypatch):
    """Let kept counts serve a place of any size."""
    limits = replace(tallies.tallies(), counted_live_up_to=0)
    monkeypatch.setattr(tallies, "tallies", lambda: limits)


def figures(scope, on):
    board = queries.progress(scope=scope, year=YEAR, on=on)
    series = queries.series(scope=scope, year=YEAR, on=on)
    assert queries.counted_on(scope=scope, year=YEAR, on=on) == board.on
    return board.on, board.rows, series, queries.unpaid_reasons(scope=scope, year=YEAR, on=on)


@pytest.mark.parametrize("area", [None, (CHAQUAN, CHAQUAN + 1), (SHICANG, SHICANG + 1)])
def test_kept_counts_say_what_counting_anew_says(county, town, kept_serve_everybody, area):
    scope = county.narrowed(*area, "村") if area else county
    anew = figures(scope, AT)
    operations.keep_tallies(scope=county, year=YEAR, at=AT)
    assert figures(scope, AT) == anew
    assert anew[1][0].registered


def late(scope, on):
    board = queries.progress(scope=scope, year=YEAR, on=on)
    return board.is_late, queries.unpaid_reasons(scope=scope, year=YEAR, on=on).is_late


def test_kept_counts_name_their_moment_and_say_when_the_counting_stands_still(
    county, town, kept_serve_everybody
):
    operations.keep_tallies(scope=county, year=YEAR, at=AT)
    pay(county, 4)
    for minutes, is_late in ((6, False), (15, False), (16, True), (60 * 24 * 3, True)):
        on = AT + timedelta(minutes=minutes)
        moment, rows, _series, reasons = figures(county, on)
        assert (moment, rows[0].own, reasons.on) == (AT, 4, AT)
        assert late(county, on) == (is_late, is_late)


def test_where_none_are_kept_each_resident_is_looked_at_and_nothing_is_late(
    county, town, kept_serve_everybody
):
    assert figures(county, LATER)[0] == LATER
    assert late(county, LATER) == (False, False)


def test_the_last_hour_s_counts_stay_so_that_a_figure_s_moment_is_told_again(
    county, town, kept_serve_everybody
):
    kept = operations.keep_tallies(scope=county, year=YEAR, at=AT)
    first = figures(county, AT)
    pay(county, 4)
    operations.keep_tallies(scope=county, year=YEAR, at=LATER)
    assert figures(county, LATER)[1][0].own == 5
    assert figures(county, AT) == first
    operations.keep_tallies(scope=county, year=YEAR, at=AT + timedelta(minutes=61))
    with scoped(county):
        moments = set(Tally.objects.values_list("taken_at", flat=True))
        assert moments == {LATER, AT + timedelta(minutes=61)}
        assert Tally.objects.filter(taken_at=LATER).count() == kept


def test_counts_of_later_than_now_are_forgotten_where_a_served_day_begins_anew(county, town):
    operations.keep_tallies(scope=county, year=YEAR, at=LATER)
    operations.keep_tallies(scope=county, year=YEAR, at=AT)
    with scoped(county):
        assert set(Tally.objects.values_list("taken_at", flat=True)) == {AT}


def test_a_year_that_is_over_is_counted_every_hour(county, town, kept_serve_everybody):
    over = AT.replace(year=YEAR + 1)

    def due(minutes, year=YEAR):
        at = over + timedelta(minutes=minutes)
        return operations.is_tally_due(scope=county, year=year, at=at)

    assert due(0)
    operations.keep_tallies(scope=county, year=YEAR, at=over)
    assert [due(minutes) for minutes in (-5, 5, 59, 60)] == [True, False, False, True]
    assert due(5, year=YEAR + 1)
    assert late(county, over + timedelta(minutes=70)) == (False, False)
    assert late(county, over + timedelta(minutes=71)) == (True, True)


def test_counting_again_replaces_what_was_kept(county, town, kept_serve_everybody):
    first = operations.keep_tallies(scope=county, year=YEAR, at=AT)
    pay(county, 4)
    assert operations.keep_tallies(scope=county, year=YEAR, at=LATER) == first
    moment, rows, _, _ = figures(county, LATER)
    assert (moment, rows[0].own) == (LATER, 5)


def test_a_small_place_is_counted_as_it_is_asked_for(county, town):
    operations.keep_tallies(scope=county, year=YEAR, at=AT)
    pay(county, 4)
    moment, rows, _, _ = figures(county, LATER)
    assert (moment, rows[0].own) == (LATER, 5)


def test_an_earlier_moment_is_counted_from_the_rows(county, town, kept_serve_everybody):
    operations.keep_tallies(scope=county, year=YEAR, at=LATER)
    assert figures(county, AT)[0] == AT


def test_each_question_takes_a_statement_more_than_its_source(
    county, town, django_assert_num_queries
):
    with django_assert_num_queries(6):  # scope and savepoint, what is kept, and the question
        queries.series(scope=county, year=YEAR, on=AT)

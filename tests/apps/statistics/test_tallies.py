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
    return board.on, board.rows, series, queries.unpaid_reasons(scope=scope, year=YEAR, on=on)


@pytest.mark.parametrize("area", [None, (CHAQUAN, CHAQUAN + 1), (SHICANG, SHICANG + 1)])
def test_kept_counts_say_what_counting_anew_says(county, town, kept_serve_everybody, area):
    scope = county.narrowed(*area, "村") if area else county
    anew = figures(scope, AT)
    operations.keep_tallies(scope=county, year=YEAR, at=AT)
    assert figures(scope, AT) == anew
    assert anew[1][0].registered


def test_kept_counts_serve_a_quarter_of_an_hour_and_name_their_moment(
    county, town, kept_serve_everybody
):
    operations.keep_tallies(scope=county, year=YEAR, at=AT)
    pay(county, 4)
    moment, rows, _, _ = figures(county, LATER)
    assert (moment, rows[0].own) == (AT, 4)
    moment, rows, _, _ = figures(county, AT + timedelta(minutes=16))
    assert (moment, rows[0].own) == (AT + timedelta(minutes=16), 5)


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

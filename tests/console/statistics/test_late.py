"""Where the counting stands still, pages show what was kept, with its moment and what to do."""

import re
from dataclasses import replace
from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils.timezone import localtime

from tests.apps.access.offices import AT
from tests.apps.collection.town import YEAR
from tests.console.season import late_season
from tests.console.signed_in import sign_in_as
from yibao.apps.access import queries
from yibao.apps.access.models import PoolingRegion
from yibao.apps.access.queries import days
from yibao.apps.access.scope import scoped
from yibao.apps.enrolment.models import Coverage, Enrolment
from yibao.apps.statistics import operations
from yibao.apps.statistics.models import Tally
from yibao.apps.statistics.queries import tallies
from yibao.database.figures import everywhere, figures

pytestmark = pytest.mark.django_db
STANDS_STILL = "人数停止更新"
PAGES = ("/", "/statistics/", "/statistics/unpaid/")


@pytest.fixture
def season(monkeypatch):
    """20 people of 查泉村, 15 of them paid, 6 of 石仓村; kept counts serve a place of any size."""
    limits = replace(tallies.tallies(), counted_live_up_to=0)
    monkeypatch.setattr(tallies, "tallies", lambda: limits)
    made = late_season()
    # A served day ends at midnight; this one stands at half past nine.
    monkeypatch.setattr(days, "_on", lambda now, day: AT)
    return made


def kept(season, *, minutes):
    """Keep the counts of so many minutes ago; then somebody more tells a reason."""
    at = AT - timedelta(minutes=minutes)
    operations.keep_tallies(scope=season, year=YEAR, at=at)
    with scoped(season):
        unpaid = Enrolment.objects.exclude(
            person_id__in=Coverage.objects.values_list("person_id", flat=True)
        )
        assert unpaid.update(unpaid_reason="away") == 5
    return f"{localtime(at):%Y-%m-%d %H:%M}"


def said(client, address) -> str:
    answer = client.get(address)
    assert answer.status_code == 200, answer.content.decode()
    text = answer.content.decode().partition("<main")[2]
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", text))


def clerk(role="county_clerk", division="430423"):
    client, _ = sign_in_as(role=role, division=division)
    return client


@pytest.mark.parametrize("address", PAGES)
def test_a_page_says_that_the_counting_stands_still_and_whom_to_tell(season, address):
    client = clerk()
    moment = kept(season, minutes=20)
    text = said(client, address)
    assert STANDS_STILL in text
    assert f"人数和参保率是 {moment} 的" in text
    assert "请告知系统管理员启动后台任务（yibao work）" in text


@pytest.mark.parametrize("address", PAGES)
def test_counts_of_a_few_minutes_ago_are_no_reason_to_warn(season, address):
    client = clerk()
    kept(season, minutes=4)
    assert STANDS_STILL not in said(client, address)


@pytest.mark.parametrize("address", PAGES)
def test_where_nothing_is_kept_residents_are_counted_and_nobody_is_warned(season, address):
    assert STANDS_STILL not in said(clerk(), address)


@pytest.mark.parametrize("address", PAGES)
def test_a_page_whose_counts_are_late_looks_at_no_resident_s_standing(season, address):
    client = clerk()
    kept(season, minutes=20)
    client.get(address)
    with CaptureQueriesContext(connection) as asked:
        client.get(address)
    assert not [one["sql"] for one in asked if "standing as" in one["sql"]]
    assert [one for one in asked if "statistics_tally" in one["sql"]]


def test_the_reasons_beside_the_list_bear_their_own_moment(season):
    client = clerk()
    moment = kept(season, minutes=4)
    text = said(client, "/statistics/unpaid/")
    assert f"按村里填写的 数据截至 {moment}" in text
    assert "村里未填写 5" in text


def test_the_files_of_the_board_bear_the_moment_of_their_figures_in_their_names(season):
    client = clerk()
    moment = kept(season, minutes=20)
    for name in ("progress", "days"):
        answer = client.get(f"/statistics/{name}.csv")
        stamp = re.sub(r"[-:]", "", moment).replace(" ", "-")
        assert answer.headers["Content-Disposition"].endswith(f"-{stamp}.csv")


@pytest.mark.parametrize(("year", "is_told"), [(9999, True), (2021, False)])
def test_health_tells_of_years_that_go_on_how_long_ago_they_were_counted(season, year, is_told):
    PoolingRegion.objects.filter(code=season.region).update(served_on=None)
    with scoped(season):
        for minutes in (90, 20):
            Tally.objects.create(
                region=season.region,
                area_no=season.area_from,
                year=year,
                taken_at=queries.clock().now - timedelta(minutes=minutes),
                kind="own",
                reason="",
                people=1,
            )
    with everywhere(connection) as cursor:
        ago = figures(cursor).counted_ago
    # The newer of both; where the test itself takes minutes, it is still that.
    assert (ago is not None) == is_told
    assert ago is None or timedelta(minutes=10) < ago < timedelta(minutes=80)

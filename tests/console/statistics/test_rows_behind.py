"""Every figure of the board leads to the rows that it counts, as of the same moment."""

import re
from datetime import timedelta

import pytest
from django.urls import reverse

from tests.apps.access.offices import AT
from tests.apps.collection.town import Line, settle_in, take
from tests.console.season import late_season
from tests.console.signed_in import sign_in_as
from yibao.apps.collection import operations

pytestmark = pytest.mark.django_db
ROWS = re.compile(r'<a class="yb-rows" href="([^"]+)">([^<]+)</a>')


@pytest.fixture
def season():
    return late_season()


@pytest.fixture
def clerk(season):
    browser, _ = sign_in_as(role="county_clerk", division="430423")
    return browser


def page(browser, address, **query) -> str:
    answer = browser.get(address, query)
    assert answer.status_code == 200, answer.content.decode()
    return answer.content.decode().partition("<main")[2]


def rows_of(text: str) -> int:
    return int(re.search(r"共 ([\d,]+) 行", text).group(1).replace(",", ""))


def behind(browser, text: str) -> list[tuple[str, str, int]]:
    """Each figure that leads on: its words, its address, how many rows are there."""
    found = []
    for address, said in ROWS.findall(text):
        to = address.replace("&amp;", "&")
        found.append((said, to, rows_of(page(browser, to))))
    return found


@pytest.mark.parametrize("area", ["", "430423105", "430423105214"])
def test_the_rows_behind_a_count_are_as_many_as_it_says(clerk, area):
    counts = [
        (said, rows, to)
        for said, to, rows in behind(clerk, page(clerk, "/statistics/", area=area))
        if re.fullmatch(r"[\d,]+", said)
    ]
    assert len(counts) >= 3
    for said, rows, to in counts:
        assert int(said.replace(",", "")) == rows, to


def test_a_rate_leads_to_those_whom_it_counts(clerk):
    text = page(clerk, "/statistics/", area="430423105")
    rates = [(said, rows) for said, _to, rows in behind(clerk, text) if "." in said]
    assert {("80.7", 21), ("75.0", 15), ("100.0", 6)} <= set(rates)


def test_the_places_below_add_up_to_the_place(clerk):
    text = page(clerk, "/statistics/", area="430423105")
    own = {to: rows for _said, to, rows in behind(clerk, text) if "kind=own" in to}
    villages = [rows for to, rows in own.items() if re.search(r"area=430423105\d{3}", to)]
    (whole,) = (rows for to, rows in own.items() if re.search(r"area=430423105&", to))
    assert sum(villages) == whole == 21


def test_the_rows_stay_as_of_the_figures_moment_when_more_is_paid(clerk, season):
    text = page(clerk, "/statistics/", area="430423105")
    (to,) = {
        address.replace("&amp;", "&")
        for address, said in ROWS.findall(text)
        if said == "21" and "kind=covered" in address
    }
    before = (AT - timedelta(days=10)).isoformat()
    settle_in(season, 1, first=66, at=AT - timedelta(days=9))
    operations.raise_dues(scope=season, year=2021, at=AT - timedelta(days=9))
    take(season, Line(66, paid_at="2020-12-10 10:00:00"), at=AT - timedelta(days=8))
    operations.match_payments(scope=season, year=2021, at=AT - timedelta(days=8))
    assert rows_of(page(clerk, to)) == 22
    earlier = re.sub(r"asof=[^&]+", "asof=" + before.replace("+", "%2B").replace(":", "%3A"), to)
    text = page(clerk, earlier)
    assert rows_of(text) == 21
    assert f"数据截至 {before[:10]}" in text


def test_down_from_the_board_to_a_person_the_moment_is_kept(clerk):
    text = page(clerk, "/statistics/", area="430423105214")
    to = re.search(r'href="(/statistics/people/[^"]+kind=own[^"]*)"', page(clerk, "/statistics/"))
    assert to is not None
    moment = re.search(r"asof=([^&\"]+)", to.group(1)).group(1)
    listed = page(clerk, to.group(1).replace("&amp;", "&"))
    assert reverse("registry:person", args=[1]).rpartition("1")[0] in listed
    assert f"asof={moment}" in listed  # the way back up and to the households
    assert "未缴" in text


def test_a_post_that_may_not_see_people_reads_the_same_figures_as_text(season):
    accountant, _ = sign_in_as(role="fund_accountant", division="430423", name="邓会计")
    text = page(accountant, "/statistics/")
    assert "应参保" in text
    assert not ROWS.findall(text)


def test_a_moment_that_cannot_be_is_now(clerk):
    for asked in ("tomorrow", "2999-01-01T00:00:00+08:00", "2020-12-01"):
        assert "数据截至 2020-12-18" in page(clerk, "/statistics/", asof=asked)

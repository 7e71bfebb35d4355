"""Rosters and fixed lists as lists: conditions, order, pages, and who sees which."""

import re

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from tests.apps.access.offices import AT
from tests.apps.collection.town import open_town, settle_in
from tests.apps.registry.people import CHAQUAN
from tests.apps.subsidy.rosters import (
    YEAR,
    confirmed,
    fix,
    match,
    office,
    roster_file,
    second_person,
    upload,
)
from tests.console.signed_in import sign_in_as
from yibao.apps.desk.models import SavedList
from yibao.apps.subsidy import operations

pytestmark = pytest.mark.django_db

ROSTERS, LISTS = "/subsidy/", "/subsidy/lists/"


@pytest.fixture
def county():
    scope = open_town()
    settle_in(scope, 6)
    return scope


@pytest.fixture
def clerk(county):
    return sign_in_as(role="county_clerk", division="430423")[0]


def said(client, address, **query) -> str:
    answer = client.get(address, {"year": YEAR, **query})
    assert answer.status_code == 200, answer.content.decode()
    return answer.content.decode()


def ids(html: str) -> list[int]:
    return [int(n) for n in re.findall(r'name="row" value="(\d+)"', html)]


def row_of(html: str, number: int) -> str:
    return re.search(rf'<tr[^>]*><td[^>]*><input[^>]*value="{number}".*?</tr>', html, re.S)[0]


def link(html: str, rel: str) -> str:
    return re.search(rf'<a rel="{rel}" href="([^"]+)"', html)[1].replace("&amp;", "&")


def test_a_roster_says_its_department_rows_and_state(county, clerk):
    assert "还没有部门名单" in said(clerk, ROSTERS)
    civil = upload(county, (1, "低保"), (2, "富裕"), department=office(county))
    done = confirmed(county, (3, "低保"), department=office(county, "衡山县残联"))
    html = said(clerk, ROSTERS)
    assert ids(html) == [done.id, civil.id]
    one = row_of(html, civil.id)
    assert f"/subsidy/rosters/{civil.id}/" in one
    cells = dict(re.findall(r'data-label="([^"]+)"[^>]*>(.*?)</td>', one, re.S))
    assert "衡山县民政局" in one
    assert (cells["种类"], cells["数据截止日"]) == ("首次名单", "2020-09-30")
    assert (cells["行数"], cells["对应到人"]) == ("2", "1")
    assert "待确认" in cells["状态"]
    assert "已确认" in row_of(html, done.id)


def test_rosters_are_narrowed_by_department_kind_and_state(county, clerk):
    department = office(county)
    one = upload(county, (1, "低保"), department=department)
    other = confirmed(county, (2, "低保"), department=office(county, "衡山县残联"))
    more = upload(county, (3, "低保"), department=department, kind="addition")
    assert ids(said(clerk, ROSTERS, department_id=department)) == [more.id, one.id]
    assert ids(said(clerk, ROSTERS, kind="addition")) == [more.id]
    assert ids(said(clerk, ROSTERS, state="confirmed")) == [other.id]
    assert ids(said(clerk, ROSTERS, state="open", kind="initial")) == [one.id]
    assert len(ids(said(clerk, ROSTERS, department_id="x"))) == 3
    assert ids(said(clerk, ROSTERS, sort="uploaded_at")) == [one.id, other.id, more.id]
    assert ids(said(clerk, ROSTERS, year=2020)) == []


def test_rosters_come_page_by_page_each_once_in_the_same_statements(county, clerk):
    department = office(county)
    upload(county, (1, "低保"), department=department)

    def counted() -> int:
        with CaptureQueriesContext(connection) as seen:
            said(clerk, ROSTERS, size=20)
        return len(seen)

    few = counted()
    for n in range(21):
        upload(county, (2, "低保"), department=department, content=own(n))
    assert counted() == few
    html = said(clerk, ROSTERS, size=20)
    later = clerk.get(link(html, "next")).content.decode()
    found = [*ids(html), *ids(later)]
    assert (len(ids(html)), len(ids(later))) == (20, 2)
    assert found == sorted(set(found), reverse=True)


def own(n: int) -> bytes:
    return roster_file((1, "低保"), (f"李{n}", "", "低保"))


def test_a_town_sees_the_rosters_of_its_county_whatever_village_it_looks_at(county):
    made = upload(county, (1, "低保"))
    town = sign_in_as(role="township_clerk", division="430423105", name="乡经办")[0]
    assert ids(said(town, ROSTERS)) == [made.id]
    assert ids(said(town, ROSTERS, area=CHAQUAN)) == [made.id]
    elsewhere = sign_in_as(role="county_clerk", division="1522", name="别地")[0]
    assert ids(said(elsewhere, ROSTERS)) == []


def test_what_waits_and_the_ways_on_stand_above_the_rosters(county, clerk):
    upload(county, (99, "低保"))
    html = said(clerk, ROSTERS)
    assert "1 行等待答复" in html
    assert "上传名单 <kbd>Alt A</kbd>" in html and "比对结果 <kbd>Alt B</kbd>" in html
    auditor = sign_in_as(role="auditor", division="430423", name="审计")[0]
    assert "上传名单" not in said(auditor, ROSTERS)


@pytest.fixture
def two_lists(county):
    """A first list that was sent, and a final one that was not."""
    confirmed(county, (1, "低保"), (2, "边缘人口"), second=second_person())
    match(county)
    first = fix(county, kind="initial")
    operations.send_list(scope=county, list_id=first.id, at=AT)
    return first, fix(county, kind="final")


def test_fixed_lists_say_persons_money_and_whether_they_were_sent(clerk, two_lists):
    first, last = two_lists
    html = said(clerk, LISTS)
    assert ids(html) == [last.id, first.id]
    one = row_of(html, first.id)
    assert f"首次名单 {first.id}" in one and f"/subsidy/lists/{first.id}/" in one
    assert "420.00" in one and "2020-12-18" in one
    assert "未下发" in row_of(html, last.id)
    assert "<tfoot>" not in html
    assert ids(said(clerk, LISTS, sent="no")) == [last.id]
    assert ids(said(clerk, LISTS, which="initial")) == [first.id]


def test_a_town_sees_a_list_when_it_is_sent(two_lists):
    town = sign_in_as(role="township_clerk", division="430423105", name="乡经办")[0]
    assert ids(said(town, LISTS)) == [two_lists[0].id]


def test_the_form_that_fixes_stands_beside_the_list_and_keeps_its_errors(two_lists):
    reviewer = sign_in_as(role="county_reviewer", division="430423", name="刘复核")[0]
    html = said(reviewer, LISTS)
    assert "锁定现在的资助对象" in html
    assert len(re.findall(r'id="id_kind"', html)) == 1
    wrong = reviewer.post(f"{LISTS}?year={YEAR}", {"kind": "nothing"})
    assert wrong.status_code == 422
    assert len(ids(wrong.content.decode())) == 2
    clerk = sign_in_as(role="township_clerk", division="430423105", name="乡经办")[0]
    assert "由复核岗位锁定" in said(clerk, LISTS)


@pytest.mark.parametrize(
    ("address", "of", "query"),
    [(ROSTERS, "rosters", "state=open"), (LISTS, "support_lists", "sent=yes")],
)
def test_both_are_kept_under_a_name_printed_and_taken_as_a_file(
    county, clerk, two_lists, address, of, query
):
    given = {"query": query, "name": "我的", "next": address}
    assert clerk.post(f"/desk/lists/{of}/save/", given).status_code == 302
    assert SavedList.objects.get().of == of
    answer = clerk.get(address, {"year": YEAR, "csv": 1})
    assert answer["Content-Type"].startswith("text/csv")
    assert "首次名单" in answer.content.decode("utf-8-sig")
    assert "主菜单" not in said(clerk, address, print=1)

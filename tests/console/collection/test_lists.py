"""Lists of payments and their files: sums by channel, files page by page, nothing twice."""

import re

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from tests.apps.access.offices import AT
from tests.apps.collection.town import Line, payment_file, payments, take
from tests.apps.desk.both_ways import agree
from tests.apps.registry.people import SHICANG
from tests.console.season import late_season
from tests.console.signed_in import sign_in_as
from yibao.apps.collection import operations
from yibao.apps.desk.models import SavedList
from yibao.console.listing import lists
from yibao.rulebook import desk as limits

pytestmark = pytest.mark.django_db

YEAR = {"year": 2021}
FILES, PAYMENTS = "/collection/files/", "/collection/"


@pytest.fixture
def season():
    """22 payments of 280.00 by the mini program came in one file, all in order but one."""
    return late_season()


@pytest.fixture
def county(season):
    return sign_in_as(role="county_clerk", division="430423")[0]


def said(client, address, **query) -> str:
    answer = client.get(address, {**YEAR, **query})
    assert answer.status_code == 200, answer.content.decode()
    return answer.content.decode()


def ids(html: str) -> list[int]:
    return [int(n) for n in re.findall(r'name="row" value="(\d+)"', html)]


def link(html: str, rel: str) -> str:
    found = re.search(rf'<a rel="{rel}" href="([^"]+)"', html)
    return found[1].replace("&amp;", "&") if found else ""


def by_channel(html: str) -> dict[str, tuple[str, str]]:
    """Return amount and number of payments of each figure above the list."""
    bar = re.search(r'aria-label="按渠道合计">(.*?)</section>', html, re.S)
    if not bar:
        return {}
    figure = r"<dt>(.*?)</dt><dd[^>]*>(.*?)<small>元</small></dd><dd[^>]*>(.*?)</dd>"
    return {name: (amount, note) for name, amount, note in re.findall(figure, bar[1], re.S)}


def file_number(season, n: int, *lines: Line):
    return take(season, *(lines or (Line(n=100 + n, voucher=f"X{n}"),)), name=f"缴费{n:04d}.xlsx")


def test_the_sums_by_channel_are_those_of_the_list(season, county):
    take(season, Line(n=60, channel="POS机", amount="300.00", paid_at="2020-12-01 09:00:00"))
    html = said(county, PAYMENTS)
    assert by_channel(html) == {
        "合计": ("6,460.00", "23 笔"),
        "微信小程序": ("6,160.00", "22 笔"),
        "村级 POS 机": ("300.00", "1 笔"),
    }
    assert "共 23 行" in html
    assert "已选 23 行，金额合计 6,460.00 元" in said(county, PAYMENTS, every=1, sum=1)


def test_the_sums_are_of_the_payments_that_the_conditions_leave(season, county):
    take(season, Line(n=60, channel="POS机", amount="300.00", paid_at="2020-12-01 09:00:00"))
    day = {"paid_from": "2020-12-01", "paid_last": "2020-12-01"}
    assert by_channel(said(county, PAYMENTS, **day)) == {
        "合计": ("300.00", "1 笔"),
        "村级 POS 机": ("300.00", "1 笔"),
    }
    waiting = by_channel(said(county, PAYMENTS, state="unmatched"))
    assert waiting["合计"] == ("280.00", "1 笔")
    village = by_channel(said(county, PAYMENTS, area=SHICANG))
    assert village["合计"] == ("1,680.00", "6 笔")
    assert by_channel(said(county, PAYMENTS, state="new", paid_from="2021-01-01")) == {}


def test_a_long_list_is_summed_by_channel_only_when_it_is_asked_for(county, monkeypatch):
    short = limits.lists().__class__(
        page_sizes=(20,), page_size=20, counted_up_to=10, summed_up_to=10, rows_of_a_print=20
    )
    monkeypatch.setattr(limits, "lists", lambda: short)
    html = said(county, PAYMENTS)
    assert by_channel(html) == {}
    assert "超过 10 行，合计时要读完全部行" in html
    to = re.search(r'href="([^"]*groups=1[^"]*)"', html)[1].replace("&amp;", "&")
    asked = county.get(to).content.decode()
    assert by_channel(asked)["合计"] == ("6,160.00", "22 笔")
    assert "groups=" not in link(asked, "next")


def test_payments_and_files_take_the_same_statements_whatever_they_hold(season, county):
    def counted() -> list[int]:
        found = []
        for address in (PAYMENTS, FILES):
            with CaptureQueriesContext(connection) as seen:
                said(county, address)
            found.append(len(seen))
        return found

    few = counted()
    for n in range(12):
        file_number(season, n)
    assert counted() == few


def test_files_come_newest_first_page_by_page_each_once(season, county):
    for n in range(24):
        file_number(season, n)
    html = said(county, FILES, size=20)
    assert "共 25 行" in html
    later = county.get(link(html, "next")).content.decode()
    found = [*ids(html), *ids(later)]
    assert (len(ids(html)), len(ids(later))) == (20, 5)
    assert found == sorted(set(found), reverse=True)
    assert ids(county.get(link(later, "prev")).content.decode()) == ids(html)


def test_a_file_says_what_became_of_its_rows_as_its_own_page_does(season, county):
    bad = Line(n=41, amount="两百", name="")  # two faults in one row
    made = file_number(season, 1, Line(n=40), bad)
    html = said(county, FILES)
    cells = dict(re.findall(r'data-label="([^"]+)"[^>]*>(.*?)</td>', row_of(html, made.id), re.S))
    rows = [cells[name] for name in ("行数", "入库", "此前已入", "有误")]
    assert rows == ["2", "1", "0", "1"]
    assert (cells["金额"], cells["导入人"]) == ("280.00", "系统任务")
    assert "有错误行" in cells["状态"]
    assert f"/collection/files/{made.id}/" in row_of(html, made.id)
    assert "全部可读" in row_of(html, next(n for n in ids(html) if n != made.id))
    assert '<dd class="bad">1<small>行' in said(county, f"/collection/files/{made.id}/")


def row_of(html: str, number: int) -> str:
    return re.search(rf'<tr[^>]*><td[^>]*><input[^>]*value="{number}".*?</tr>', html, re.S)[0]


def test_files_are_narrowed_by_fault_and_day_and_summed_by_the_server(season, county):
    made = file_number(season, 1, Line(n=40), Line(n=41, amount="两百"))
    assert ids(said(county, FILES, faulty="on")) == [made.id]
    assert len(ids(said(county, FILES, received_last="2020-12-17"))) == 1
    assert "已选 1 行，金额合计 280.00 元" in said(county, FILES, row=made.id, sum=1)
    amounts = ids(said(county, FILES, sort="amount_fen"))
    assert amounts[0] == made.id


def test_files_stay_those_of_the_post_whatever_part_of_its_area_is_looked_at(county):
    assert len(ids(said(county, FILES, area=SHICANG))) == len(ids(said(county, FILES))) == 1


def test_files_are_saved_as_a_list_and_leave_as_csv_without_naming_anybody(season, county):
    given = {"query": "faulty=on", "name": "有错", "next": FILES}
    assert county.post("/desk/lists/payment_files/save/", given).status_code == 302
    assert SavedList.objects.get().of == "payment_files"
    answer = county.get(FILES, {**YEAR, "csv": 1})
    assert answer["Content-Type"].startswith("text/csv")
    assert "缴费1105.xlsx" in answer.content.decode("utf-8-sig")
    assert not lists()["payment_files"].persons


def test_who_may_not_import_has_no_button_for_it(county):
    assert "导入缴费文件" in said(county, FILES)
    auditor = sign_in_as(role="auditor", division="430423", name="审计")[0]
    html = said(auditor, FILES)
    assert "导入缴费文件" not in html and "下载模板" not in html
    elsewhere = sign_in_as(role="county_clerk", division="1522", name="别地")[0]
    assert ids(said(elsewhere, FILES)) == []


def test_a_file_known_already_stays_one_row(season, county):
    content = payment_file(Line(n=40))
    operations.take_payment_file(
        scope=season, file_name="一.xlsx", content=content, at=payments(season)[0].recorded_at
    )
    assert len(ids(said(county, FILES))) == 2
    assert reverse("collection:files") == FILES


def test_a_condition_leads_by_its_index_to_the_payments_that_its_words_mean(season, monkeypatch):
    take(season, Line(n=60, channel="POS机", paid_at="2020-12-01 09:00:00", name="李海燕"))
    queries = [
        *("", "text=王", "text=李", "text=无", "channel=pos", "voucher_no=X1"),
        *(f"state={state}" for state in ("matched", "unmatched", "new")),
        *("text=王&state=new", "text=李&state=new", "channel=pos&state=matched"),
        "paid_from=2020-12-01",
    ]
    asked = lists()["payments"]
    found = [agree(monkeypatch, asked, one, scope=season, year=2021, at=AT) for one in queries]
    assert len({len(ids) for ids in found}) > 2
    agree(monkeypatch, lists()["unmatched"], "text=王", scope=season, year=2021, at=AT)

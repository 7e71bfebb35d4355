"""Lists: what the address says is shown, page by page, in the same number of statements."""

import re
from dataclasses import replace
from urllib.parse import parse_qs, urlsplit

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from tests.apps.access.offices import hire
from tests.apps.registry.people import CHAQUAN, SHICANG
from tests.console.season import late_season
from tests.console.signed_in import sign_in_as
from yibao.apps.access.scope import scoped
from yibao.apps.desk.models import SavedList
from yibao.apps.registry.models import Person
from yibao.rulebook import desk as limits

pytestmark = pytest.mark.django_db
PEOPLE = "/statistics/people/"


@pytest.fixture
def season():
    """20 people of 查泉村, 15 of them paid; 6 of 石仓村, all paid."""
    return late_season()


@pytest.fixture
def clerk(season):
    return sign_in_as(role="township_clerk", division="430423105")[0]


def page(client, address=PEOPLE, **query) -> str:
    answer = client.get(address, query)
    assert answer.status_code == 200, answer.content.decode()
    return answer.content.decode()


def ids(html: str) -> list[int]:
    return [int(n) for n in re.findall(r'name="row" value="(\d+)"', html)]


def link(html: str, rel: str) -> str:
    found = re.search(rf'<a rel="{rel}" href="([^"]+)"', html)
    return found[1].replace("&amp;", "&") if found else ""


def test_all_rows_come_once_page_by_page_forward_and_back(clerk):
    html, forward = page(clerk, size=20), []
    assert "共 26 行" in html
    forward.append(ids(html))
    while to := link(html, "next"):
        html = clerk.get(to).content.decode()
        forward.append(ids(html))
    assert [len(one) for one in forward] == [20, 6]
    assert len({n for one in forward for n in one}) == 26
    back = ids(clerk.get(link(html, "prev")).content.decode())
    assert back == forward[0]


def test_the_millionth_page_has_no_number_only_the_row_before_it(clerk):
    to = parse_qs(urlsplit(link(page(clerk, size=20), "next")).query)
    assert set(to) == {"year", "area", "size", "after"}


def test_a_page_goes_on_after_a_row_that_is_gone_by_beginning_anew(clerk):
    assert ids(page(clerk, size=20, after=10**15)) == ids(page(clerk, size=20))


@pytest.mark.parametrize(
    ("query", "statements"),
    [({}, 0), ({"after": True}, 1), ({"sum": 1, "every": 1}, 1)],
    ids=["first", "after", "sum"],
)
def test_the_statements_of_a_page_are_fixed(clerk, season, query, statements):
    """Whatever the list holds: twenty rows or two hundred."""
    first = ids(page(clerk, size=20))
    asked = {**query, **({"after": first[0]} if "after" in query else {})}

    def counted(**more) -> int:
        with CaptureQueriesContext(
            connection,
        ) as seen:
            page(clerk, **asked, **more)
        return len(seen)

    with CaptureQueriesContext(connection) as plain:
        page(clerk, size=20)
    assert counted(size=20) == counted(size=200) == len(plain) + statements
    # An index leads to whom a surname fits: those are asked for first, however many they are.
    assert counted(who="王") == counted(size=200, who="李") == len(plain) + statements + 1


def test_a_list_too_long_to_be_counted_is_summed_on_request(clerk, monkeypatch):
    short = replace(limits.lists(), counted_up_to=10, summed_up_to=20)
    monkeypatch.setattr(limits, "lists", lambda: short)
    html = page(clerk, sum=1, every=1)
    assert "超过 10 行" in html
    assert "已选 20 行" in html


def test_rows_are_sorted_by_a_declared_column_and_say_so(clerk, season):
    html = page(clerk, sort="-born")
    assert '<th scope="col" class="opt" aria-sort="descending">' in html
    with scoped(season):
        born = dict(Person.objects.values_list("id", "born"))
    found = [born[n] for n in ids(html)]
    assert found == sorted(found, reverse=True)
    assert "sort=born" in html


@pytest.mark.parametrize("wrong", ["name", "phone", "born;drop", "-", "born desc"])
def test_a_column_that_is_not_declared_for_it_sorts_nothing(clerk, wrong):
    assert ids(page(clerk, sort=wrong)) == ids(page(clerk))


@pytest.mark.parametrize(
    "query",
    [
        {"after": "x"},
        {"after": "9" * 40},
        {"before": "-1"},
        {"size": "7"},
        {"size": "x"},
        {"cols": "nothing"},
        {"row": "x", "sum": "1"},
        {"kind": "nonsense"},
        {"born_from": "x"},
        {"saved": "x"},
    ],
    ids=str,
)
def test_nothing_that_an_address_can_say_breaks_a_list(clerk, query):
    page(clerk, **query)


def test_the_columns_of_the_address_are_shown_in_the_declared_order(clerk):
    html = page(clerk, cols=["phone", "name"])
    heads = re.findall(r'<th scope="col"[^>]*>(?:<a[^>]*>)?([^<]+)', html.partition("<table")[2])
    assert [head.strip() for head in heads] == ["姓名", "电话"]
    assert re.search(r"\d{3}\*{4}\d{4}|<td[^>]*data-label=\"电话\"></td>", html)


def test_no_column_shows_a_person_whole(clerk, season):
    with scoped(season):
        names = set(Person.objects.values_list("name", flat=True))
    keys = re.findall(r'name="cols" value="(\w+)"', page(clerk))
    html = page(clerk, cols=keys, size=200)
    assert not [name for name in names if name in html]
    assert not re.search(r"\d{17}[\dX]|1\d{10}", html.partition("<table")[2])


def test_picked_rows_are_counted_and_summed_by_the_server(clerk):
    unpaid = page(clerk, "/statistics/unpaid/")
    two = ids(unpaid)[:2]
    html = page(clerk, "/statistics/unpaid/", row=two, sum=1)
    assert "已选 2 行，应缴未缴合计 560.00 元" in html
    assert html.count('<tr class="sel">') == 2
    html = page(clerk, "/statistics/unpaid/", every=1, sum=1)
    assert "已选 5 行，应缴未缴合计 1,400.00 元" in html


def test_select_all_says_how_many_rows_on_how_many_pages(clerk):
    assert "全部 26 行（2 页）" in page(clerk, size=20)


def test_rows_of_another_town_are_neither_shown_nor_summed(clerk, season):
    other = sign_in_as(role="township_clerk", division="430423104", staff=None, name="周明")[0]
    mine = ids(page(clerk))
    assert ids(page(other)) == []
    assert "已选 0 行" in page(other, row=mine[:3], sum=1)


def test_people_are_found_by_name_by_number_and_by_how_they_stand(clerk, season):
    with scoped(season):
        someone = Person.objects.filter(area_no=SHICANG).first()
        number = someone.documents.first().number
    assert ids(page(clerk, who=number)) == [someone.id]
    assert someone.id in ids(page(clerk, who=someone.name[:1]))
    assert len(ids(page(clerk, kind="unpaid"))) == 5
    assert len(ids(page(clerk, kind="own", area=SHICANG))) == 6


def test_an_empty_list_says_why_and_leads_back(clerk):
    html = page(clerk, who="不存在的人")
    assert "没有符合条件的行" in html
    assert "清空条件" in html
    assert "导入台账后按户列在这里" in page(clerk, "/statistics/households/", area="430423105")


def test_a_list_is_saved_with_conditions_order_and_columns_and_opens_first(clerk):
    query = "kind=unpaid&sort=born&cols=name&cols=born"
    given = {"query": query, "name": "未参保", "is_default": "1", "next": PEOPLE}
    assert clerk.post("/desk/lists/people/save/", given).status_code == 302
    opened = clerk.get(PEOPLE)
    assert opened.status_code == 302
    assert query.replace("&", "&") in opened.url
    html = clerk.get(opened.url).content.decode()
    assert len(ids(html)) == 5
    assert "未参保" in html
    cleared = clerk.get(PEOPLE, {"saved": "0"})
    assert len(ids(cleared.content.decode())) == 26
    one = SavedList.objects.get()
    assert (one.columns, one.is_default) == (["name", "born"], True)
    clerk.post(f"/desk/lists/saved/{one.id}/", {"do": "first", "next": PEOPLE})
    assert clerk.get(PEOPLE).status_code == 200
    clerk.post(f"/desk/lists/saved/{one.id}/", {"do": "forget", "next": PEOPLE})
    assert not SavedList.objects.exists()


def test_a_saved_list_leads_nowhere_else(clerk):
    given = {"query": "kind=own", "name": "a", "next": "https://evil.example/"}
    assert clerk.post("/desk/lists/people/save/", given).url.startswith("/")
    assert clerk.post("/desk/lists/nothing/save/", given).status_code == 404


def test_the_sheet_has_the_rows_without_the_frame(clerk):
    html = page(clerk, print=1, kind="unpaid")
    assert "主菜单" not in html
    assert "参保状态：未参保" in html
    assert html.count('<th scope="row">') == 6  # the sum's too


def test_a_post_without_the_right_sees_no_button_for_it(season):
    agent = hire(role="village_agent", division=str(CHAQUAN))
    client = sign_in_as(role="village_agent", division=str(CHAQUAN), staff=agent)[0]
    html = page(client)
    assert "desk/exports/ask" not in html
    assert "打印版" in html


def test_the_village_roster_is_that_of_the_village(clerk):
    assert len(ids(page(clerk, area=SHICANG))) == 6

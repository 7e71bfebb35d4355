"""Accounts, requests and the ledger of posts: one list's pages, kept in the address."""

import re
from datetime import timedelta

import pytest
from django.db import connection
from django.db.models import F
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from tests.apps.access.offices import AT, ON, hire
from tests.console.signed_in import sign_in_as
from yibao.apps.access import operations, queries
from yibao.apps.access.models import Operator, OperatorSession, Organisation
from yibao.apps.access.queries.words import scope_in_words
from yibao.console.access.listed import OPERATORS_LIST, POSTS_LIST, REQUESTS_LIST
from yibao.rulebook.regions import signing_in

pytestmark = pytest.mark.django_db
LISTS = ("access:operators", "access:grants", "access:posts")


@pytest.fixture
def admin():
    staff = hire(role="security_admin", division="430423", name="罗一")
    return sign_in_as(role="", division="", staff=staff)[0], staff.scope


def text_of(answer):
    assert answer.status_code == 200
    return answer.content.decode()


def ask(scope, name, *, division="430423105", role="village_agent"):
    """A clerk of the township, for whom a post is asked."""
    clerk = hire(role="township_clerk", division="430423105", name=name)
    return operations.request_post(
        scope=scope,
        operator_id=clerk.operator.id,
        organisation_id=queries.organisation_by_division(division).id,
        role=role,
        valid_from=ON,
        valid_until=ON + timedelta(days=90),
        reason="轮岗",
        at=AT,
    )


def first_cells(html):
    """The first cell of each row of the list: what leads to the row's page."""
    return re.findall(r'<th scope="row"><a href="[^"]+">([^<]+)</a>', html)


def test_requests_wait_where_no_state_is_asked_and_are_all_found_by_it(admin):
    client, scope = admin
    ask(scope, "曾建华")
    gone = ask(scope, "谭小红")
    operations.withdraw_request(scope=scope, request_id=gone.id, because="", at=AT)
    at = reverse("access:grants")
    assert first_cells(text_of(client.get(at))) == ["曾建华"]
    assert first_cells(text_of(client.get(at, {"state": "withdrawn"}))) == ["谭小红"]
    assert first_cells(text_of(client.get(at, {"state": "all"}))) == ["谭小红", "曾建华"]
    assert first_cells(text_of(client.get(at, {"state": "all", "q": "谭"}))) == ["谭小红"]


def test_the_ledger_shows_who_holds_and_who_held(admin):
    client, scope = admin
    clerk = hire(role="township_clerk", division="430423105", name="曾建华")
    operations.end_post(scope=scope, post_id=clerk.post.id, reason="调岗", at=AT)
    at = reverse("access:posts")
    assert "曾建华" not in first_cells(text_of(client.get(at)))
    past = text_of(client.get(at, {"which": "past"}))
    assert first_cells(past) == ["曾建华"] and "罗一：调岗" in past and "已结束" in past
    assert set(first_cells(text_of(client.get(at, {"which": "all"})))) >= {"罗一", "曾建华"}
    named = text_of(client.get(at, {"which": "all", "role": "township_clerk"}))
    assert first_cells(named) == ["曾建华"]


@pytest.mark.parametrize("kind", ["county", "township", "village"])
def test_a_scope_in_a_list_is_said_as_on_the_page_of_the_post(admin, kind):
    client, scope = admin
    place = queries.places_and_offices(scope).filter(kind=kind).first()
    staff = hire(role="village_agent", division=place.division, name="谭代办")
    said = scope_in_words(Organisation.objects.get(id=staff.post.organisation_id))
    assert said in text_of(client.get(reverse("access:posts"), {"q": "谭代办"}))


@pytest.mark.parametrize("route", LISTS)
def test_a_list_asks_as_often_for_many_as_for_few(admin, route):
    client, scope = admin
    ask(scope, "曾建华")
    few = _statements(client, route)
    for n in range(4):
        ask(scope, f"谭{n}")
    assert _statements(client, route) == few


def _statements(client, route):
    with CaptureQueriesContext(connection) as found:
        text_of(client.get(reverse(route)))
    return len(found)


@pytest.mark.parametrize("route", LISTS)
def test_a_list_holds_the_chosen_area_only(admin, route):
    client, scope = admin
    ask(scope, "曾建华")
    near = {"area": "430423105", "which": "all", "state": ""}
    assert "曾建华" in text_of(client.get(reverse(route), near))
    other = Organisation.objects.filter(
        region_id="hengshan", kind="township", division__gt="430423105"
    ).first()
    assert "曾建华" not in text_of(client.get(reverse(route), {**near, "area": other.division}))


def test_who_watches_asks_for_the_ledger_as_an_export_and_who_grants_does_not(admin):
    client, _ = admin
    at = reverse("access:posts")
    door = reverse("desk:ask_export", args=["posts"])
    assert door not in text_of(client.get(at))
    auditor, _ = sign_in_as(role="auditor", division="430423")
    assert door in text_of(auditor.get(at))
    assert auditor.get(at, {"csv": "1"}).headers["Content-Type"].startswith("text/html")


@pytest.mark.parametrize(
    "asked", [{"q": "%" * 300}, {"role": "x"}, {"state": "x"}, {"which": "x"}, {"sort": "posts"}]
)
@pytest.mark.parametrize("route", LISTS)
def test_what_cannot_be_read_is_left_out(admin, route, asked):
    assert admin[0].get(reverse(route), asked).status_code == 200


def test_the_system_administrator_sees_the_organisations_of_the_area(admin):
    client, scope = sign_in_as(role="system_admin", division="430423", name="唐敏")
    at = reverse("access:organisations")
    found = text_of(client.get(at, {"kind": "township"}))
    rows = re.findall(r'<th scope="row">([^<]+)</th><td data-label="种类">([^<]+)</td>', found)
    places = queries.places_and_offices(scope)
    towns = places.filter(kind="township").values_list("name", flat=True)
    assert sorted(name for name, _ in rows) == sorted(towns)
    assert {kind for _, kind in rows} == {"乡镇（街道）"}
    assert "衡阳市" not in text_of(client.get(at, {"q": "衡阳"}))
    every = client.get(at, {"csv": "1"}).content.decode("utf-8-sig").splitlines()
    assert len(every) == 1 + places.count()
    assert every[1].split(",")[:2] == ["衡山县", "县（旗）"]
    assert admin[0].get(at).status_code == 403


@pytest.mark.parametrize("order", ["", "name", "-name", "division"])
def test_every_organisation_comes_once_in_each_order(order):
    client, scope = sign_in_as(role="system_admin", division="430423", name="唐敏")
    html = text_of(client.get(reverse("access:organisations"), {"sort": order, "size": 20}))
    codes = []
    while True:
        codes += re.findall(r'data-label="区划代码">(\d+)<', html)
        further = re.search(r'<a rel="next" href="([^"]+)"', html)
        if not further:
            break
        html = text_of(client.get(further[1].replace("&amp;", "&")))
    places = queries.places_and_offices(scope).exclude(division="")
    assert sorted(codes) == sorted(places.values_list("division", flat=True))
    assert order != "division" or codes == sorted(codes)


@pytest.mark.parametrize(
    "one", [OPERATORS_LIST, POSTS_LIST, REQUESTS_LIST], ids=lambda one: one.code
)
def test_an_export_writes_what_the_list_shows(admin, one):
    _, scope = admin
    ask(scope, "曾建华")
    source = one.as_source()
    given = {"query": "", "year": ON.year}
    rows = list(source.rows(scope, given, AT))
    assert len(rows) == source.count(scope, given, AT) >= 1
    assert {len(row) for row in rows} == {len(source.heads(scope, given))}
    assert any("曾建华" in row for row in rows)


SESSIONS = "console:active_sessions"


def test_open_sessions_are_found_by_who_and_post_and_ones_own_is_not_ended_there(admin):
    client, _scope = admin
    clerk = hire(role="township_clerk", division="430423105", name="曾建华")
    sign_in_as(role="", division="", staff=clerk)
    page = text_of(client.get(reverse(SESSIONS)))
    assert first_cells(page) == ["曾建华", "罗一"]
    assert re.findall(r"/active-sessions/(\d+)/end/", page) == [
        str(OperatorSession.objects.get(operator=clerk.operator).id)
    ]
    assert page.count("本次") == 1
    assert first_cells(text_of(client.get(reverse(SESSIONS), {"q": "罗"}))) == ["罗一"]
    assert first_cells(text_of(client.get(reverse(SESSIONS), {"role": "township_clerk"}))) == [
        "曾建华"
    ]
    elsewhere = {"area": "430423104"}
    assert first_cells(text_of(client.get(reverse(SESSIONS), elsewhere))) == []


def test_a_session_that_is_over_is_no_open_one(admin):
    client, _scope = admin
    limits = signing_in()
    for name in ("过久", "闲置", "停用", "退出"):
        sign_in_as(
            role="", division="", staff=hire(role="township_clerk", division="430423105", name=name)
        )
    one = {name: OperatorSession.objects.filter(operator__name=name) for name in ("过久", "闲置")}
    one["过久"].update(started_at=F("started_at") - limits.longest)
    one["闲置"].update(seen_at=F("seen_at") - limits.idle_for)
    Operator.objects.filter(name="停用").update(is_active=False)
    Operator.objects.filter(name="退出").update(session_generation=F("session_generation") + 1)
    assert first_cells(text_of(client.get(reverse(SESSIONS)))) == ["罗一"]


def test_the_page_of_sessions_asks_as_often_for_many_as_for_one(admin):
    client, _scope = admin
    client.get(reverse(SESSIONS))
    with CaptureQueriesContext(connection) as few:
        client.get(reverse(SESSIONS))
    for n in range(4):
        staff = hire(role="township_clerk", division="430423105", name=f"经办{n}")
        sign_in_as(role="", division="", staff=staff)
    with CaptureQueriesContext(connection) as many:
        client.get(reverse(SESSIONS))
    assert len(many) == len(few)

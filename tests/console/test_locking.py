"""The lock of the screen: the session goes on and shows nothing until its operator is back."""

import re
from datetime import timedelta
from urllib.parse import quote

import pytest
from django.conf import settings
from django.db.models import F
from django.test import Client
from django.urls import reverse
from django.utils.html import escape

from tests.apps.access.offices import Staff, hire
from tests.console.everything import arguments_of
from tests.console.signed_in import enter
from tests.console.test_frame import faults_of
from yibao.apps.access import operations, queries
from yibao.apps.access.models import AuditRecord, OperatorSession, SignInFailures
from yibao.apps.desk.models import Draft
from yibao.console.routes import ANYONE, persons_posts, routes
from yibao.database.scope import scoped

pytestmark = pytest.mark.django_db
LOCKED = "/locked/"


@pytest.fixture
def staff() -> Staff:
    return hire(role="county_clerk", division="430423", name="曾建华")


@pytest.fixture
def client(staff) -> Client:
    client = Client()
    assert enter(client, staff).status_code == 302
    return client


@pytest.fixture
def locked(client) -> Client:
    answer = client.post("/lock/", {"back": "/registry/?q=王建华&year=2021"})
    assert (answer.status_code, answer.headers["Location"]) == (302, LOCKED)
    return client


def given(staff: Staff, **other: str) -> dict[str, str]:
    staff.half_a_minute_later()
    return {"password": staff.one_time_password, "code": staff.code()} | other


def records(action: str) -> list[tuple[str, str]]:
    with scoped(0, 10**12):
        rows = AuditRecord.objects.filter(action=action).order_by("id")
        return [(row.outcome, row.detail["staff_no"]) for row in rows]


def is_locked(client: Client, address: str = "/") -> bool:
    answer = client.get(address)
    return (answer.status_code, answer.headers.get("Location")) == (302, LOCKED)


def test_one_button_of_the_bureau_bar_locks_at_once_and_needs_no_script(client, staff):
    page = client.get("/my-sessions/").content.decode()
    form = page.partition('action="/lock/')[2].partition("</form>")[0]
    assert 'name="back" value="/my-sessions/"' in form and "<kbd>Alt L</kbd>" in form
    answer = client.post("/lock/", {"back": "/my-sessions/"})
    assert answer.headers["Location"] == LOCKED
    assert answer.headers["Cache-Control"] == "no-store"
    assert answer.headers["Clear-Site-Data"] == '"cache"'
    assert OperatorSession.objects.get(ended_at=None).locked_at is not None
    assert records("access.lock") == [("done", staff.operator.staff_no)]


def test_the_page_of_the_lock_shows_the_operators_name_and_no_more(locked, staff):
    answer = locked.get(LOCKED)
    page = answer.content.decode()
    assert (answer.status_code, faults_of(page)) == (200, [])
    assert staff.operator.name in page and answer.headers["Cache-Control"] == "no-store"
    # What a token of chance is made of says nothing.
    page = re.sub(r'name="(csrfmiddlewaretoken|yb_mark)" value="[^"]*"', "", page)
    for word in (staff.operator.staff_no, "衡山", "county", "王建华", "registry", "2021"):
        assert word not in page, word


def test_every_address_leads_to_the_lock_in_every_tab(locked):
    tab = Client()
    tab.cookies[settings.SESSION_COOKIE_NAME] = locked.cookies[settings.SESSION_COOKIE_NAME].value
    asked = 0
    for route in routes().values():
        if route.right == ANYONE or route.name == "console:locked":
            continue
        address = reverse(route.name, args=[1] * len(arguments_of(route.name)))
        for method in route.methods:
            answer = getattr(tab, method.lower())(address)
            assert answer.headers.get("Location") == LOCKED, (method, address)
            asked += 1
    assert asked > 200
    assert OperatorSession.objects.get(ended_at=None).locked_at is not None


@pytest.mark.parametrize("role", persons_posts())
def test_whoever_locks_in_whichever_post_is_locked(role):
    staff, client = hire(role=role, division="430423"), Client()
    enter(client, staff)
    client.post("/lock/")
    assert is_locked(client, "/my-sessions/")
    assert client.post(LOCKED, given(staff)).headers["Location"] == "/my-sessions/"
    assert client.get("/my-sessions/").status_code == 200


def test_password_and_code_unlock_and_lead_back_to_where_one_was(locked, staff):
    answer = locked.post(LOCKED, given(staff))
    assert answer.headers["Location"] == f"/registry/?q={quote('王建华')}&year=2021"
    assert locked.get("/my-sessions/").status_code == 200
    assert records("access.unlock") == [("done", staff.operator.staff_no)]
    # Not locked, the page leads on; no code is worth anything twice.
    assert locked.get(LOCKED).headers["Location"] == "/"


def test_a_page_that_another_tab_asks_for_is_gone_on_with(locked, staff):
    assert is_locked(locked, "/my-sessions/?year=2021")
    # A script's own request leads nowhere afterwards.
    locked.get("/desk/jobs/", headers={"Sec-Fetch-Dest": "empty"})
    assert locked.post(LOCKED, given(staff)).headers["Location"] == "/my-sessions/?year=2021"


def test_where_one_goes_back_to_is_nowhere_in_the_open(locked):
    kept = locked.session["session.wanted"]
    assert "registry" not in kept and "王" not in kept


def test_a_foreign_page_is_nobodys_way_back(client, staff):
    client.post("/lock/", {"back": "https://example.org/"})
    assert client.post(LOCKED, given(staff)).headers["Location"] == "/"


@pytest.mark.parametrize("wrong", [{"password": "wrong"}, {"code": "wrong"}, {"code": ""}])
def test_one_of_both_wrong_unlocks_nothing(locked, staff, wrong):
    if wrong == {"code": "wrong"}:
        wrong = {"code": staff.wrong_code()}
    answer = locked.post(LOCKED, given(staff, **wrong))
    assert answer.status_code == 422 and is_locked(locked)
    assert faults_of(answer.content.decode()) == []
    if wrong != {"code": ""}:
        assert "工号、密码或动态码不正确" in answer.content.decode()
        assert records("access.unlock") == [("refused", staff.operator.staff_no)]


def test_wrong_tries_count_with_those_of_signing_in_and_end_the_session(locked, staff):
    for _ in range(4):
        assert locked.post(LOCKED, given(staff, password="x")).status_code == 422
    assert SignInFailures.objects.get(staff_no=staff.operator.staff_no).failures == 4
    locked.post(LOCKED, given(staff, password="x"))
    assert OperatorSession.objects.get().ended_why == "locked"
    assert locked.get(LOCKED).headers["Location"].startswith("/sign-in/")
    answer = Client().post(
        "/sign-in/",
        {"staff_no": staff.operator.staff_no, "password": staff.one_time_password},
    )
    assert "已锁定" in answer.content.decode()
    assert records("access.unlock") == [("refused", staff.operator.staff_no)] * 5


def test_a_locked_number_is_not_unlocked_by_what_is_right(locked, staff):
    stranger = {"staff_no": staff.operator.staff_no, "password": "x"}
    for _ in range(5):
        Client().post("/sign-in/", stranger)
    answer = locked.post(LOCKED, given(staff))
    assert answer.status_code == 422 and "已锁定" in answer.content.decode()
    assert is_locked(locked)


def test_guesses_from_an_address_are_paused_here_too(locked, staff):
    for n in range(20):
        Client().post("/sign-in/", {"staff_no": f"9{n:05}", "password": "x"})
    assert locked.post(LOCKED, given(staff)).status_code == 429


def test_a_profile_that_asks_for_the_password_alone_shows_no_code(locked, staff):
    operations.keep_passwords(code="hengshan", profile="asvs", at=queries.clock().now)
    assert "id_code" not in locked.get(LOCKED).content.decode()
    answer = locked.post(LOCKED, {"password": staff.one_time_password})
    assert answer.headers["Location"].startswith("/registry/")


def test_idle_and_longest_time_go_on(locked):
    OperatorSession.objects.update(seen_at=F("seen_at") - timedelta(minutes=14))
    assert is_locked(locked) and locked.get(LOCKED).status_code == 200
    # Neither the lock's page nor a page that led to it counts as use.
    OperatorSession.objects.update(seen_at=F("seen_at") - timedelta(minutes=1))
    assert locked.get(LOCKED).headers["Location"].startswith("/sign-in/")
    assert OperatorSession.objects.get().ended_why == "idle"


def test_the_longest_time_ends_a_locked_session(locked):
    OperatorSession.objects.update(started_at=F("started_at") - timedelta(hours=8))
    assert locked.get("/").headers["Location"] == "/sign-in/"
    assert OperatorSession.objects.get().ended_why == "too_long"


def test_what_is_typed_in_another_tab_is_kept_and_not_done(client, staff):
    page = client.get("/care/institutions/new/").content.decode()
    mark = page.partition('name="yb_mark" value="')[2].partition('"')[0]
    assert mark
    client.post("/lock/")
    answer = client.post("/care/institutions/new/", {"yb_mark": mark, "name": "衡山县第二医院"})
    assert answer.headers["Location"] == LOCKED
    assert Draft.objects.count() == 1
    answer = client.post("/drafts/", {"yb_mark": mark, "name": "衡山县第三医院"})
    assert answer.status_code == 200 and "第三医院" not in answer.content.decode()


def test_who_is_not_signed_in_has_no_lock():
    assert Client().get(LOCKED).headers["Location"] == "/sign-in/"
    assert Client().post("/lock/").headers["Location"].startswith("/sign-in/")


def test_signing_out_of_a_locked_screen_ends_it(locked):
    assert locked.post("/sign-out/").status_code == 302
    assert OperatorSession.objects.get().ended_why == "signed_out"
    assert locked.get(LOCKED).headers["Location"] == "/sign-in/"


def test_who_takes_the_post_elsewhere_ends_the_locked_session_and_it_is_told(locked, staff):
    staff.half_a_minute_later()
    enter(Client(), staff)
    answer = locked.get(LOCKED)
    assert answer.status_code == 409
    assert escape(staff.operator.name) in answer.content.decode()

"""Signing in through the pages: three steps, the first time, and how a session ends."""

import re
from datetime import timedelta

import pytest
from django.conf import settings
from django.db.models import F
from django.test import Client

from tests.apps.access.offices import Staff, hire, wrong_code
from tests.console.signed_in import enter, sign_in_as
from tests.console.test_frame import faults_of
from yibao.apps.access import audit, operations, queries
from yibao.apps.access.factors import code_at
from yibao.apps.access.models import AuditRecord, Authenticator, Operator, OperatorSession
from yibao.apps.access.scope import Scope
from yibao.database.scope import scoped

pytestmark = pytest.mark.django_db

CHOSEN = "Xinqiao-2021"


@pytest.fixture
def staff() -> Staff:
    return hire(role="township_clerk", division="430423105")


def account(staff: Staff) -> dict[str, str]:
    return {"staff_no": staff.operator.staff_no, "password": staff.one_time_password}


def last_record():
    with scoped(0, 10**12):
        return AuditRecord.objects.order_by("id").last()


def aged(**ages: timedelta) -> None:
    """Make every session older than it is."""
    OperatorSession.objects.update(**{key: F(key) - age for key, age in ages.items()})


def test_who_is_not_signed_in_is_sent_to_sign_in_and_comes_back(staff):
    client = Client()
    answer = client.get("/areas/?year=2021")
    assert answer.headers["Location"] == "/sign-in/?next=%2Fareas%2F%3Fyear%3D2021"
    answer = enter(client, staff, next="/areas/?year=2021")
    assert answer.headers["Location"] == "/areas/?year=2021"


@pytest.mark.parametrize(
    "foreign",
    ["https://example.org/", "//example.org/", "javascript:x", "/\\example.org", "/\t/x.y"],
)
def test_nobody_is_sent_to_a_foreign_page_after_signing_in(staff, foreign):
    assert enter(Client(), staff, next=foreign).headers["Location"] == "/"


def test_a_right_password_opens_nothing_before_the_code(staff):
    client = Client()
    client.post("/sign-in/", account(staff))
    assert client.get("/").headers["Location"] == "/sign-in/"
    for address in ("/posts/", "/password/", "/my-sessions/"):
        assert client.get(address).headers["Location"].startswith("/sign-in/"), address
    assert not OperatorSession.objects.exists()


def test_the_code_page_is_for_whom_gave_a_password_and_only_for_some_minutes(staff):
    assert Client().get("/sign-in/code/").headers["Location"] == "/sign-in/"
    client = Client()
    client.post("/sign-in/", account(staff))
    assert "第 2 步，共 3 步" in client.get("/sign-in/code/").content.decode()
    session = client.session
    session["pending"] = session["pending"] | {"since": "2020-01-01T00:00:00+08:00"}
    session.save()
    assert client.get("/sign-in/code/").headers["Location"] == "/sign-in/"


def said(answer) -> str:
    return (
        re.sub(r'value="[^"]*"|<code>.*?</code>', "", answer.content.decode())
        .partition('class="errsum"')[2]
        .partition("</ul>")[0]
    )


def test_unknown_number_wrong_password_and_wrong_code_are_answered_with_the_same_words(staff):
    answers = [
        Client().post("/sign-in/", {"staff_no": "999999", "password": "x"}),
        Client().post("/sign-in/", account(staff) | {"password": "x"}),
    ]
    client = Client()
    client.post("/sign-in/", account(staff))
    answers.append(client.post("/sign-in/code/", {"code": staff.wrong_code()}))
    assert {answer.status_code for answer in answers} == {422}
    assert len({said(answer) for answer in answers}) == 1
    assert "工号、密码或动态码不正确" in said(answers[0])


def test_a_code_is_accepted_once(staff):
    now = queries.clock().now
    first, second = Client(), Client()
    for client in (first, second):
        client.post("/sign-in/", account(staff))
    staff.half_a_minute_later()
    code = staff.code(now)
    assert first.post("/sign-in/code/", {"code": code}).status_code == 302
    assert second.post("/sign-in/code/", {"code": code}).status_code == 422
    assert second.get("/").headers["Location"] == "/sign-in/"


def test_wrong_codes_lock_the_number_as_wrong_passwords_do(staff):
    client = Client()
    client.post("/sign-in/", account(staff))
    for _ in range(5):
        client.post("/sign-in/code/", {"code": staff.wrong_code()})
    staff.half_a_minute_later()
    answer = client.post("/sign-in/code/", {"code": staff.code()})
    assert "已锁定" in answer.content.decode()
    # Giving the right password again forgives nothing.
    assert "已锁定" in Client().post("/sign-in/", account(staff)).content.decode()


def test_a_right_password_between_wrong_codes_takes_no_failure_back(staff):
    for _ in range(5):
        client = Client()
        client.post("/sign-in/", account(staff))
        client.post("/sign-in/code/", {"code": staff.wrong_code()})
    assert "已锁定" in Client().post("/sign-in/", account(staff)).content.decode()


def test_the_key_of_a_session_changes_at_both_steps(staff):
    client = Client()
    client.get("/sign-in/")
    session = client.session
    session["set_before"] = True
    session.save()
    fixed = session.session_key
    client.cookies[settings.SESSION_COOKIE_NAME] = fixed
    client.post("/sign-in/", account(staff))
    pending = client.session.session_key
    assert pending != fixed and "set_before" not in client.session
    staff.half_a_minute_later()
    client.post("/sign-in/code/", {"code": staff.code()})
    assert client.session.session_key not in (fixed, pending)
    for old in (fixed, pending):
        thief = Client()
        thief.cookies[settings.SESSION_COOKIE_NAME] = old
        assert thief.get("/").headers["Location"] == "/sign-in/"


def test_a_session_ends_after_a_quarter_of_an_hour_without_a_request(staff):
    client, _ = sign_in_as(role="", division="", staff=staff)
    aged(seen_at=timedelta(minutes=14))
    assert client.get("/").status_code == 200
    aged(seen_at=timedelta(minutes=15))
    assert client.get("/").headers["Location"] == "/sign-in/"
    assert "operator_id" not in client.session
    assert OperatorSession.objects.get().ended_why == "idle"


def test_a_session_ends_after_eight_hours_whatever_is_done(staff):
    client, _ = sign_in_as(role="", division="", staff=staff)
    aged(started_at=timedelta(hours=8))
    assert client.get("/").headers["Location"] == "/sign-in/"
    assert OperatorSession.objects.get().ended_why == "too_long"


def test_a_closed_account_is_out_at_its_very_next_click(staff):
    client, _ = sign_in_as(role="", division="", staff=staff)
    assert client.get("/").status_code == 200
    operations.close_account(
        scope=Scope.system("hengshan"),
        operator_id=staff.operator.id,
        reason="离岗",
        at=staff.operator.created_at,
    )
    assert client.get("/").headers["Location"] == "/sign-in/"


def test_signing_out_ends_the_session_and_has_the_browser_forget(staff):
    client, _ = sign_in_as(role="", division="", staff=staff)
    copied = Client()
    copied.cookies[settings.SESSION_COOKIE_NAME] = client.cookies[
        settings.SESSION_COOKIE_NAME
    ].value
    assert client.get("/sign-out/").status_code == 405
    answer = client.post("/sign-out/")
    assert answer.headers["Clear-Site-Data"] == '"cookies", "storage"'
    assert answer.headers["Cache-Control"] == "no-store"
    assert client.get("/").headers["Location"] == "/sign-in/"
    assert copied.get("/").headers["Location"] == "/sign-in/"


def test_a_post_has_one_session_and_the_earlier_one_learns_who_took_it_and_when(staff):
    first, _ = sign_in_as(role="", division="", staff=staff)
    before = queries.clock().now
    second, _ = sign_in_as(role="", division="", staff=staff)
    answer = first.get("/areas/?year=2021")
    text = answer.content.decode()
    assert answer.status_code == 409 and faults_of(text) == []
    days = before, queries.clock().now
    assert any(f"{staff.operator.name} 于 {day:%Y-%m-%d}" in text for day in days)
    assert "127.0.0.1" in text and "next=%2Fareas%2F" in text
    assert second.get("/").status_code == 200
    assert first.get("/").headers["Location"] == "/sign-in/"


def new_clerk(staff: Staff) -> None:
    """Put the account back to how it was opened: handed-over password, no device."""
    Authenticator.objects.all().delete()
    Operator.objects.update(password_is_one_time=True)


def test_the_first_time_sets_an_own_password_a_device_and_shows_recovery_codes_once(staff):
    new_clerk(staff)
    client = Client()
    assert client.post("/sign-in/", account(staff)).headers["Location"] == "/password/"
    for early in ("/sign-in/factor/", "/sign-in/code/"):
        assert client.get(early).headers["Location"] == "/password/"

    weak = {"old": staff.one_time_password, "new": "short", "again": "short"}
    assert client.post("/password/", weak).status_code == 422
    row = last_record()
    assert (row.action, row.outcome) == ("access.change_password", audit.REFUSED)
    own = {"old": staff.one_time_password, "new": CHOSEN, "again": CHOSEN}
    assert client.post("/password/", own).headers["Location"] == "/sign-in/factor/"

    text = client.get("/sign-in/factor/").content.decode()
    assert faults_of(text) == []
    key = re.search(r'class="otp mt2">([^<]+)<', text)[1]
    assert re.fullmatch(r"([A-Z2-7]{4} ){7}[A-Z2-7]{4}", key)
    square = client.get("/sign-in/factor/square.svg")
    assert square.headers["Content-Type"] == "image/svg+xml" and b"<svg" in square.content
    assert square.headers["Cache-Control"] == "no-store"

    assert (
        client.post("/sign-in/factor/", {"code": wrong_code(key.replace(" ", ""))}).status_code
        == 422
    )
    code = code_at(key.replace(" ", ""), queries.clock().now)
    answer = client.post("/sign-in/factor/", {"code": code})
    codes = re.findall(r'<li class="id">([a-z0-9-]{19})</li>', answer.content.decode())
    assert len(set(codes)) == 10
    assert client.get("/sign-in/factor/square.svg").status_code == 404
    assert client.get("/sign-in/factor/").headers["Location"] == "/sign-in/"
    assert client.post("/posts/", {"post": staff.post.id}).headers["Location"] == "/"
    assert client.get("/").status_code == 200

    # A recovery code stands for the device, once.
    for expected in (302, 422):
        other = Client()
        other.post("/sign-in/", account(staff) | {"password": CHOSEN})
        assert other.post("/sign-in/code/", {"code": codes[0]}).status_code == expected


def test_the_key_stays_the_same_until_it_is_confirmed(staff):
    new_clerk(staff)
    Operator.objects.update(password_is_one_time=False)
    client = Client()
    assert client.post("/sign-in/", account(staff)).headers["Location"] == "/sign-in/factor/"
    pages = [client.get("/sign-in/factor/").content.decode() for _ in range(2)]
    assert len({re.search(r'class="otp mt2">([^<]+)<', page)[1] for page in pages}) == 1


def test_a_password_that_had_its_days_leads_to_its_change(staff):
    now = queries.clock().now
    Operator.objects.update(password_changed_at=now - timedelta(days=89))
    assert enter(Client(), staff).headers["Location"] == "/"
    Operator.objects.update(password_changed_at=now - timedelta(days=90))
    client = Client()
    assert enter(client, staff).headers["Location"] == "/password/"
    assert client.get("/").headers["Location"] == "/posts/"
    assert "已使用满 90 天" in client.get("/password/").content.decode()
    own = {"old": staff.one_time_password, "new": CHOSEN, "again": CHOSEN}
    assert client.post("/password/", own).headers["Location"] == "/"
    assert client.get("/").status_code == 200


def test_who_holds_several_posts_chooses_and_the_choice_is_recorded(staff):
    other = operations.grant_post(
        scope=Scope.system("hengshan"),
        operator_id=staff.operator.id,
        organisation_id=staff.scope.organisation_id,
        role="village_agent",
        valid_from=staff.post.valid_from,
        valid_until=None,
        at=staff.operator.created_at,
    )
    client = Client()
    assert enter(client, staff).headers["Location"] == "/posts/"
    assert client.get("/").headers["Location"] == "/posts/"
    assert "第 3 步，共 3 步" in client.get("/posts/").content.decode()
    assert client.post("/posts/", {"post": other.id}).headers["Location"] == "/village/"
    assert "村级代办" in client.get("/", follow=True).content.decode()
    with scoped(0, 10**12):
        chosen = AuditRecord.objects.filter(action="access.choose_post").last()
    assert chosen.object_id == str(other.id)


def test_twenty_failures_from_an_address_pause_it_for_hit_and_miss_alike(staff):
    for number in range(20):
        answer = Client().post("/sign-in/", {"staff_no": f"9{number:05}", "password": "x"})
        assert answer.status_code == 422
    miss = Client().post("/sign-in/", {"staff_no": "999999", "password": "x"})
    hit = Client().post("/sign-in/", account(staff))
    assert miss.status_code == hit.status_code == 429
    assert said(miss) == said(hit) != ""
    elsewhere = Client(REMOTE_ADDR="10.9.8.7").post("/sign-in/", account(staff))
    assert elsewhere.status_code == 302


def test_everybody_sees_the_own_sessions_and_sign_ins_and_ends_them_all(staff):
    Client(REMOTE_ADDR="10.9.8.7").post("/sign-in/", account(staff) | {"password": "x"})
    client, _ = sign_in_as(role="", division="", staff=staff)
    text = client.get("/my-sessions/").content.decode()
    assert faults_of(text) == []
    assert "10.9.8.7" in text and text.count("未通过") == 1
    assert "还有 10 个恢复码未用" in text
    answer = client.post("/my-sessions/end/")
    assert answer.headers["Clear-Site-Data"]
    assert client.get("/").headers["Location"] == "/sign-in/"
    assert OperatorSession.objects.get().ended_why == "everywhere"


def test_the_administrator_ends_a_session_and_it_learns_who_and_why(staff):
    admin, _ = sign_in_as(role="security_admin", division="430423", name="周明")
    client, _ = sign_in_as(role="", division="", staff=staff)
    text = admin.get("/active-sessions/").content.decode()
    assert faults_of(text) == [] and staff.operator.staff_no in text
    one = OperatorSession.objects.get(operator=staff.operator)
    assert client.get(f"/active-sessions/{one.id}/end/").status_code == 403
    assert admin.post(f"/active-sessions/{one.id}/end/", {"reason": ""}).status_code == 422
    answer = admin.post(f"/active-sessions/{one.id}/end/", {"reason": "疑似被他人使用"})
    assert answer.status_code == 302
    told = client.get("/")
    assert told.status_code == 409
    assert "周明" in told.content.decode() and "疑似被他人使用" in told.content.decode()
    assert admin.get(f"/active-sessions/{one.id}/end/").status_code == 404


def test_sessions_of_another_county_are_nobodys_business_here(staff):
    other, _ = sign_in_as(role="security_admin", division="152221")
    sign_in_as(role="", division="", staff=staff)
    one = OperatorSession.objects.get(operator=staff.operator)
    assert staff.operator.staff_no not in other.get("/active-sessions/").content.decode()
    assert other.post(f"/active-sessions/{one.id}/end/", {"reason": "x"}).status_code == 404
    assert OperatorSession.objects.get(id=one.id).ended_at is None


def test_a_lost_device_is_reset_by_the_administrator_with_a_reason_and_a_new_password(staff):
    admin, scope = sign_in_as(role="security_admin", division="430423")
    client, _ = sign_in_as(role="", division="", staff=staff)
    address = f"/access/operators/{staff.operator.id}/factor/"
    assert admin.post(address, {"reason": ""}).status_code == 422
    text = admin.post(address, {"reason": "手机遗失，当面核对上岗证"}).content.decode()
    password = re.search(r'class="otp">([^<]+)<', text)[1]
    assert client.get("/").headers["Location"] == "/sign-in/"
    assert Client().post("/sign-in/", account(staff)).status_code == 422
    again = account(staff) | {"password": password}
    assert Client().post("/sign-in/", again).headers["Location"] == "/password/"
    with scoped(0, 10**12):
        row = AuditRecord.objects.get(action="access.reset_factor", outcome="done")
    assert row.detail["reason"].startswith("手机遗失") and row.operator_id == scope.operator_id
    assert admin.get(f"/access/operators/{scope.operator_id}/factor/").status_code == 302


def test_a_dangerous_act_asks_for_a_code_and_keeps_what_was_typed(staff):
    admin, _ = sign_in_as(role="security_admin", division="430423")
    holder = Operator.objects.exclude(id=staff.operator.id).get()
    address = f"/access/operators/{staff.operator.id}/factor/"
    aged(confirmed_at=timedelta(minutes=11))
    typed = {"reason": "手机遗失，当面核对上岗证"}
    asked = admin.post(address, typed)
    assert asked.status_code == 403 and faults_of(asked.content.decode()) == []
    assert 'name="reason" value="手机遗失，当面核对上岗证"' in asked.content.decode()
    secret = Authenticator.objects.get(operator=holder).secret
    wrong = admin.post(address, typed | {"step_up_code": wrong_code(secret)})
    assert wrong.status_code == 403 and "不正确" in wrong.content.decode()
    assert Authenticator.objects.filter(operator=staff.operator).exists()
    Authenticator.objects.update(last_step=0)
    code = code_at(secret, queries.clock().now)
    done = admin.post(address, typed | {"step_up_code": code})
    assert done.status_code == 200 and 'class="otp"' in done.content.decode()
    # For some minutes nothing more is asked.
    assert admin.post("/my-sessions/codes/").status_code == 200


def test_wrong_codes_at_a_dangerous_act_lock_the_number_and_end_the_session(staff):
    client, _ = sign_in_as(role="", division="", staff=staff)
    aged(confirmed_at=timedelta(minutes=11))
    for _ in range(5):
        assert (
            client.post("/my-sessions/codes/", {"step_up_code": staff.wrong_code()}).status_code
            == 403
        )
    assert client.get("/").headers["Location"] == "/sign-in/"
    assert OperatorSession.objects.get().ended_why == "locked"
    assert "已锁定" in Client().post("/sign-in/", account(staff)).content.decode()

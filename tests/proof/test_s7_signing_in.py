"""S7: what signing in and sessions promise, each case in each post, at the very next request."""

import contextlib
import dataclasses
from datetime import timedelta

import pytest
from django.conf import settings
from django.db.models import F
from django.test import Client

from tests.apps.access.offices import Staff, hire
from tests.console.signed_in import enter
from yibao.apps.access import operations, queries
from yibao.apps.access.models import AddressTries, Authenticator, Operator, OperatorSession, Post
from yibao.apps.access.operations import factors, sessions, tries
from yibao.apps.access.scope import Scope
from yibao.console import session
from yibao.console.routes import persons_posts
from yibao.rulebook.regions import signing_in

COUNTY = "430423"


def signed_in(staff: Staff) -> Client:
    client = Client()
    assert enter(client, staff).status_code == 302
    return client


def is_out(client: Client) -> bool:
    """Tell whether the very next request is turned away: sent to sign in, or told why."""
    answer = client.get("/my-sessions/")
    return answer.status_code == 409 or "/sign-in/" in answer.headers.get("Location", "")


def password(staff: Staff, **other: str):
    given = {"staff_no": staff.operator.staff_no, "password": staff.one_time_password}
    return Client().post("/sign-in/", given | other)


def at_the_code(staff: Staff) -> Client:
    client = Client()
    given = {"staff_no": staff.operator.staff_no, "password": staff.one_time_password}
    assert client.post("/sign-in/", given).status_code == 302
    staff.half_a_minute_later()
    return client


def aged(**ages: timedelta) -> None:
    OperatorSession.objects.update(**{key: F(key) - age for key, age in ages.items()})


def five_wrong_passwords_lock(staff: Staff) -> bool:
    for _ in range(5):
        password(staff, password="wrong")
    return "已锁定" in password(staff).content.decode()


def five_wrong_codes_lock(staff: Staff) -> bool:
    client = at_the_code(staff)
    for _ in range(5):
        client.post("/sign-in/code/", {"code": staff.wrong_code()})
    return client.post("/sign-in/code/", {"code": staff.code()}).status_code == 422


def a_lock_lasts_thirty_minutes(staff: Staff) -> bool:
    now = queries.clock().now
    given = {"staff_no": staff.operator.staff_no, "address": "", "password": "wrong"}
    for _ in range(5):
        with contextlib.suppress(operations.signing.SignInRefused, tries.AccountLocked):
            operations.enter_password(at=now, **given)
    given["password"] = staff.one_time_password
    try:
        operations.enter_password(at=now + timedelta(minutes=29), **given)
    except tries.AccountLocked:
        return operations.enter_password(at=now + timedelta(minutes=30), **given) == staff.operator
    return False


def a_code_is_taken_once(staff: Staff) -> bool:
    first, second = at_the_code(staff), at_the_code(staff)
    code = staff.code()
    taken = first.post("/sign-in/code/", {"code": code}).status_code
    return (taken, second.post("/sign-in/code/", {"code": code}).status_code) == (302, 422)


def a_password_alone_opens_nothing(staff: Staff) -> bool:
    return is_out(at_the_code(staff))


def idle_for_a_quarter_of_an_hour(staff: Staff) -> bool:
    client = signed_in(staff)
    aged(seen_at=timedelta(minutes=14))
    before = is_out(client)
    aged(seen_at=timedelta(minutes=15))
    return not before and is_out(client)


def open_for_eight_hours(staff: Staff) -> bool:
    client = signed_in(staff)
    aged(started_at=timedelta(hours=7, minutes=59))
    before = is_out(client)
    aged(started_at=timedelta(minutes=1))
    return not before and is_out(client)


def a_key_set_before_is_worth_nothing(staff: Staff) -> bool:
    client = at_the_code(staff)
    thief = Client()
    thief.cookies[settings.SESSION_COOKIE_NAME] = client.session.session_key
    client.post("/sign-in/code/", {"code": staff.code()})
    return is_out(thief) and not is_out(client)


def one_session_a_post(staff: Staff) -> bool:
    first, second = signed_in(staff), signed_in(staff)
    answer = first.get("/my-sessions/")
    told = staff.operator.name in answer.content.decode() and answer.status_code == 409
    return told and not is_out(second)


def a_closed_account_is_out(staff: Staff) -> bool:
    client = signed_in(staff)
    Operator.objects.filter(id=staff.operator.id).update(is_active=False)
    return is_out(client)


def an_ended_post_is_out(staff: Staff) -> bool:
    client = signed_in(staff)
    Post.objects.filter(id=staff.post.id).update(valid_until=staff.post.valid_from)
    return client.get("/my-sessions/").headers.get("Location") == "/posts/"


def a_new_password_ends_the_other_sessions(staff: Staff) -> bool:
    client = signed_in(staff)
    operations.change_password(
        operator_id=staff.operator.id,
        old=staff.one_time_password,
        new="Xinqiao-2021",
        at=queries.clock().now,
    )
    return is_out(client)


def forced_out_with_a_reason(staff: Staff) -> bool:
    client = signed_in(staff)
    operations.force_out(
        scope=Scope.system("hengshan"),
        session_id=OperatorSession.objects.get(operator=staff.operator, ended_at=None).id,
        reason="疑似被他人使用",
        at=queries.clock().now,
        now=queries.clock().now,
    )
    return "疑似被他人使用" in client.get("/my-sessions/").content.decode()


def signed_out_is_out_with_a_copied_key_too(staff: Staff) -> bool:
    client, copied = signed_in(staff), Client()
    copied.cookies[settings.SESSION_COOKIE_NAME] = client.session.session_key
    answer = client.post("/sign-out/")
    return is_out(client) and is_out(copied) and "Clear-Site-Data" in answer.headers


CASES = (
    five_wrong_passwords_lock,
    five_wrong_codes_lock,
    a_lock_lasts_thirty_minutes,
    a_code_is_taken_once,
    a_password_alone_opens_nothing,
    idle_for_a_quarter_of_an_hour,
    open_for_eight_hours,
    a_key_set_before_is_worth_nothing,
    one_session_a_post,
    a_closed_account_is_out,
    an_ended_post_is_out,
    a_new_password_ends_the_other_sessions,
    forced_out_with_a_reason,
    signed_out_is_out_with_a_copied_key_too,
)


def patched(owner, name, replaced):
    @contextlib.contextmanager
    def switched_on():
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(owner, name, replaced(getattr(owner, name)))
            yield

    return switched_on


def _without_lock(count):
    def counted(*, tries, at):
        count(tries=tries, at=at)
        tries.failures, tries.locked_until = 0, None
        tries.save()
        return False

    return counted


def _used_codes_forgotten(accept):
    def accepted(*, operator_id, answer, at):
        Authenticator.objects.filter(operator_id=operator_id).update(last_step=0)
        return accept(operator_id=operator_id, answer=answer, at=at)

    return accepted


def _limits(**wrong):
    return lambda _: lambda: dataclasses.replace(signing_in(), **wrong)


def _same_key(_):
    def begun(request, operator, *, address, now):
        one = operations.begin_session(operator_id=operator.id, address=address, at=now)
        request.session["operator_id"], request.session["session_id"] = operator.id, one.id

    return begun


def _generation_not_asked(opened):
    def looked_up(*, session_id, now, **used):
        found = OperatorSession.objects.get(id=session_id)
        OperatorSession.objects.filter(id=session_id).update(
            generation=found.operator.session_generation
        )
        return opened(session_id=session_id, now=now, **used)

    return looked_up


def _earlier_sessions_stay(ended):
    return lambda one: sessions.SessionEnded()


FAULTS = {
    "lock_off": patched(tries, "count_failure", _without_lock),
    "replay_accepted": patched(factors, "accept", _used_codes_forgotten),
    "idle_off": patched(sessions, "signing_in", _limits(idle_for=timedelta(days=1))),
    "longest_off": patched(sessions, "signing_in", _limits(longest=timedelta(days=1))),
    "key_kept": patched(session, "begin", _same_key),
    "generation_not_asked": patched(sessions, "open_session", _generation_not_asked),
    "who_took_the_post_untold": patched(sessions, "_why_ended", _earlier_sessions_stay),
}


@pytest.mark.proof(
    "S7",
    "signing in: lock, two factors, replay, idle and longest time, one session a post, fixation,"
    " closed accounts and posts, at the very next request",
    unit="cases",
    landing=len(CASES) * 9,
    small=len(CASES),
)
@pytest.mark.django_db
def test_every_case_holds_in_every_post(proof):
    roles = persons_posts()
    for role, case in [(role, case) for role in roles for case in CASES][: proof.size]:
        # An address of its own for each case: the throttle of S11 is another item.
        AddressTries.objects.all().delete()
        staff = hire(role=role, division=COUNTY)
        assert case(staff), f"{case.__name__.replace('_', ' ')}: not so for {role}"
        proof.count(1)

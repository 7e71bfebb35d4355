"""Signing in: failures are counted in the database, and a session lasts as long as its rights."""

import dataclasses
from datetime import timedelta

import pytest
from django.db import IntegrityError, connection, transaction

from tests.apps.access.offices import AT, ON, hire
from yibao.apps.access import operations, queries
from yibao.apps.access.models import (
    AuditRecord,
    Authenticator,
    Operator,
    OperatorSession,
    Post,
    RecoveryCode,
)
from yibao.apps.access.operations import factors, sessions, signing, tries
from yibao.apps.access.passwords import (
    PasswordGuessable,
    PasswordNotNew,
    PasswordTooWeak,
    is_expired,
)
from yibao.apps.access.scope import Scope
from yibao.database.scope import scoped
from yibao.database.sealing import unseal

pytestmark = pytest.mark.django_db

MINUTES = timedelta(minutes=1)


@pytest.fixture
def staff():
    return hire(role="township_clerk", division="430423105")


def password(staff_no, password, at=AT, address="10.1.2.3"):
    return operations.enter_password(staff_no=staff_no, password=password, address=address, at=at)


def sign_in(staff, at=AT):
    """Show both factors."""
    found = password(staff.operator.staff_no, staff.one_time_password, at=at)
    staff.half_a_minute_later()
    code = staff.code(at)
    return operations.enter_code(operator_id=found.id, code=code, address="10.1.2.3", at=at)


def fail(staff_no, times, at=AT):
    for _ in range(times):
        with pytest.raises(signing.SignInRefused):
            password(staff_no, "wrong", at=at)


def test_five_failures_lock_the_number_for_thirty_minutes_even_for_the_right_password(staff):
    number = staff.operator.staff_no
    fail(number, 5)
    with pytest.raises(tries.AccountLocked):
        password(number, staff.one_time_password, at=AT + 29 * MINUTES)
    assert sign_in(staff, at=AT + 30 * MINUTES) == staff.operator


def test_four_failures_lock_nothing_and_a_success_forgets_them(staff):
    for _ in range(2):
        fail(staff.operator.staff_no, 4)
        assert sign_in(staff) == staff.operator


def test_after_a_lock_has_passed_five_new_failures_are_needed(staff):
    number = staff.operator.staff_no
    fail(number, 5)
    fail(number, 4, at=AT + 31 * MINUTES)
    assert sign_in(staff, at=AT + 31 * MINUTES) == staff.operator


def test_an_unknown_number_a_wrong_password_and_a_closed_account_say_the_same_words(staff):
    closed = hire(role="township_clerk", division="430423105")
    operations.close_account(
        scope=Scope.system("hengshan"), operator_id=closed.operator.id, reason="离岗", at=AT
    )
    said = set()
    for number, given in (
        ("999999", "x"),
        (staff.operator.staff_no, "x"),
        (closed.operator.staff_no, closed.one_time_password),
    ):
        with pytest.raises(signing.SignInRefused) as refused:
            password(number, given)
        said.add(refused.value.sentence())
    assert len(said) == 1


def test_an_unknown_number_is_locked_like_a_known_one(staff):
    fail("999999", 5)
    with pytest.raises(tries.AccountLocked) as unknown:
        password("999999", "x")
    fail(staff.operator.staff_no, 5)
    with pytest.raises(tries.AccountLocked) as known:
        password(staff.operator.staff_no, "x")
    assert unknown.value.sentence() == known.value.sentence()


def test_every_attempt_is_recorded_with_its_outcome_and_address(staff):
    fail("999999", 1)
    fail(staff.operator.staff_no, 1)
    sign_in(staff)
    with scoped(0, 10**12):
        found = AuditRecord.objects.filter(
            action__in=("access.enter_password", "access.sign_in")
        ).order_by("id")
        rows = list(found.values_list("action", "outcome", "detail__staff_no", "area_no"))
        assert set(found.values_list("address", flat=True)) == {"10.1.2.3"}
    number = staff.operator.staff_no
    assert rows == [
        ("access.enter_password", "refused", "999999", 0),
        ("access.enter_password", "refused", number, 430423105000),
        ("access.enter_password", "done", number, 430423105000),
        ("access.sign_in", "done", number, 430423105000),
    ]


def session_of(staff):
    """Sign in and take the post; return how a request looks the session up."""
    operator = sign_in(staff)
    one = operations.begin_session(operator_id=operator.id, address="10.1.2.3", at=AT)
    operations.take_post(session_id=one.id, post_id=staff.post.id, at=AT, now=AT)
    return {"session_id": one.id, "now": AT}


def test_a_session_has_the_scope_of_its_post(staff):
    scope = operations.present(**session_of(staff), on=ON).scope
    assert (scope.area_from, scope.area_until) == (430423105000, 430423106000)
    assert scope.allows("enrolment.import")
    assert not scope.allows("access.grant_post")


def test_a_closed_account_is_out_at_its_very_next_request(staff):
    session = session_of(staff)
    operations.close_account(
        scope=Scope.system("hengshan"), operator_id=staff.operator.id, reason="离岗", at=AT
    )
    with pytest.raises(sessions.SessionEnded):
        operations.present(**session, on=ON)


def test_taking_the_post_anew_or_changing_the_password_ends_the_session_before(staff):
    first = session_of(staff)
    second = session_of(staff)
    with pytest.raises(sessions.PostTaken):
        operations.present(**first, on=ON)
    operations.change_password(
        operator_id=staff.operator.id, old=staff.one_time_password, new="Xinqiao-2021", at=AT
    )
    with pytest.raises(sessions.SessionEnded):
        operations.present(**second, on=ON)


def test_a_post_opens_on_its_first_day_and_is_over_on_its_last(staff):
    session = session_of(staff)
    end = staff.post.valid_until
    operations.present(**session, on=end - timedelta(days=1))
    for day in (end, ON - timedelta(days=1)):
        with pytest.raises(sessions.PostEnded):
            operations.present(**session, on=day)


def test_nobody_takes_a_post_of_somebody_else(staff):
    other = hire(role="county_clerk", division="430423")
    session = session_of(staff)
    with pytest.raises(sessions.PostEnded):
        operations.take_post(session_id=session["session_id"], post_id=other.post.id, at=AT, now=AT)


def test_two_sessions_never_stand_in_one_post_whatever_writes_them(staff):
    session_of(staff)
    with pytest.raises(IntegrityError), transaction.atomic():
        OperatorSession.objects.create(
            operator=staff.operator,
            post=staff.post,
            generation=0,
            started_at=AT,
            seen_at=AT,
            confirmed_at=AT,
        )


def test_a_one_time_password_opens_nothing_but_its_change(staff):
    session = session_of(staff)
    Operator.objects.update(password_is_one_time=True)
    with pytest.raises(sessions.PasswordMustChange):
        operations.present(**session, on=ON)
    for choose in (
        lambda: operations.choose_post(operator_id=staff.operator.id, post_id=staff.post.id, at=AT),
        lambda: operations.take_post(
            session_id=session["session_id"], post_id=staff.post.id, at=AT, now=AT
        ),
    ):
        with pytest.raises(sessions.PasswordMustChange):
            choose()
    changed = operations.change_password(
        operator_id=staff.operator.id, old=staff.one_time_password, new="Xinqiao-2021", at=AT
    )
    operations.keep_session(session_id=session["session_id"], operator=changed)
    operations.present(**session, on=ON)


def test_without_a_second_factor_no_post_is_given(staff):
    session = session_of(staff)
    Authenticator.objects.all().delete()
    with pytest.raises(factors.FactorMissing):
        operations.choose_post(operator_id=staff.operator.id, post_id=staff.post.id, at=AT)
    with pytest.raises(factors.FactorMissing):
        operations.take_post(session_id=session["session_id"], post_id=staff.post.id, at=AT, now=AT)


def test_the_secret_lies_sealed_in_the_database(staff):
    with connection.cursor() as cursor:
        cursor.execute("select secret from access_authenticator")
        stored = bytes(cursor.fetchone()[0])
    assert staff.secret.encode() not in stored
    assert unseal(stored, of="access.authenticator.secret") == staff.secret
    codes = operations.renew_recovery_codes(operator_id=staff.operator.id, at=AT)
    digests = set(RecoveryCode.objects.values_list("digest", flat=True))
    assert len(digests) == len(codes) == 10 and not digests & set(codes)


@pytest.mark.parametrize(("drift", "right"), [(-2, False), (-1, True), (1, True), (2, False)])
def test_a_device_may_be_one_step_slow_or_fast(staff, drift, right):
    staff.half_a_minute_later()
    code = staff.code(AT + drift * timedelta(seconds=30))
    given = {"operator_id": staff.operator.id, "code": code, "address": "", "at": AT}
    if right:
        operations.enter_code(**given)
        with pytest.raises(signing.SignInRefused):
            operations.enter_code(**given)
    else:
        with pytest.raises(signing.SignInRefused):
            operations.enter_code(**given)


def test_after_a_later_code_an_earlier_one_is_used_up_too(staff):
    staff.half_a_minute_later()
    given = {"operator_id": staff.operator.id, "address": "", "at": AT}
    operations.enter_code(code=staff.code(AT), **given)
    with pytest.raises(signing.SignInRefused):
        operations.enter_code(code=staff.code(AT - timedelta(seconds=30)), **given)


@pytest.mark.parametrize(
    "weak", ["Short-1", "alllowercaseletters", "lower1234567", "Aa1-430000-xx"]
)
def test_a_weak_password_is_refused(staff, weak):
    Operator.objects.update(staff_no="430000")
    with pytest.raises(PasswordTooWeak):
        operations.change_password(
            operator_id=staff.operator.id, old=staff.one_time_password, new=weak, at=AT
        )


def test_the_old_password_is_needed_and_not_taken_again(staff):
    given = {"operator_id": staff.operator.id, "at": AT}
    with pytest.raises(signing.SignInRefused):
        operations.change_password(old="wrong", new="Xinqiao-2021", **given)
    operations.change_password(old=staff.one_time_password, new="Xinqiao-2021", **given)
    with pytest.raises(PasswordNotNew):
        operations.change_password(old="Xinqiao-2021", new="Xinqiao-2021", **given)


def chosen(staff, *passwords):
    old = staff.one_time_password
    for new in passwords:
        operations.change_password(operator_id=staff.operator.id, old=old, new=new, at=AT)
        old = new
    return old


def test_the_last_five_passwords_are_not_taken_again_and_the_sixth_is(staff):
    many = [f"Qingshan-Lv{n}shui" for n in "acegik"]
    last = chosen(staff, *many[:5])
    for again in many[:5]:
        with pytest.raises(PasswordNotNew):
            operations.change_password(operator_id=staff.operator.id, old=last, new=again, at=AT)
    chosen(dataclasses.replace(staff, one_time_password=last), many[5], many[0])


def test_the_other_profile_asks_for_length_and_neither_kinds_nor_days(staff):
    operations.keep_passwords(code="hengshan", profile="asvs", at=AT)
    staff.operator.refresh_from_db()
    given = {"operator_id": staff.operator.id, "old": staff.one_time_password, "at": AT}
    with pytest.raises(PasswordTooWeak):
        operations.change_password(new="Lv-shui2021", **given)
    changed = operations.change_password(new="qingshanlvshui", **given)
    assert not is_expired(changed, now=AT + timedelta(days=4000))
    operations.keep_passwords(code="hengshan", profile="mlps3", at=AT)
    changed = Operator.objects.get(id=changed.id)
    assert not is_expired(changed, now=AT + timedelta(days=89))
    assert is_expired(changed, now=AT + timedelta(days=90))


@pytest.mark.parametrize(
    "guessed",
    [
        "Password-2021",
        "P@ssw0rd2020!",
        "Qwertyuiop-12",
        "Asdf-1234-Qwer",
        "Zengjianhua-88",
        "Aa123456789!",
        "Admin@19900101",
        "Aaaaaaaa-1111",
        "1qaz2wsx-3EDC",
        "Abcabcabc-123",
    ],
)
def test_what_everybody_tries_first_is_refused_in_both_profiles(staff, guessed):
    for profile in ("mlps3", "asvs"):
        operations.keep_passwords(code="hengshan", profile=profile, at=AT)
        with pytest.raises(PasswordGuessable):
            operations.change_password(
                operator_id=staff.operator.id, old=staff.one_time_password, new=guessed, at=AT
            )


@pytest.mark.parametrize("good", ["Xinqiao-2021", "qiu-Tian_07yu", "Kd4m-x7pr9hbt"])
def test_what_nobody_guesses_is_taken(staff, good):
    chosen(staff, good)
    assert password(staff.operator.staff_no, good) == staff.operator


def test_wrong_old_passwords_count_as_failures_of_signing_in(staff):
    for _ in range(5):
        with pytest.raises(signing.SignInRefused):
            operations.change_password(
                operator_id=staff.operator.id, old="wrong", new="Xinqiao-2021", at=AT
            )
    with pytest.raises(tries.AccountLocked):
        password(staff.operator.staff_no, staff.one_time_password)


def test_posts_of_a_day_are_those_in_force(staff):
    assert [post.id for post in queries.posts_of(staff.operator.id, ON)] == [staff.post.id]
    Post.objects.update(valid_until=ON)
    assert queries.posts_of(staff.operator.id, ON) == []

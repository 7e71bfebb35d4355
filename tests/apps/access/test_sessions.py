"""Signing in: failures are counted in the database, and a session lasts as long as its rights."""

from datetime import timedelta

import pytest

from tests.apps.access.offices import AT, ON, hire
from yibao.apps.access import operations, queries
from yibao.apps.access.models import AuditRecord, Operator, Post
from yibao.apps.access.operations import sessions
from yibao.apps.access.passwords import PasswordNotNew, PasswordTooWeak
from yibao.apps.access.scope import Scope
from yibao.database.scope import scoped

pytestmark = pytest.mark.django_db

MINUTES = timedelta(minutes=1)


@pytest.fixture
def staff():
    return hire(role="township_clerk", division="430423105")


def sign_in(staff_no, password, at=AT):
    return operations.sign_in(staff_no=staff_no, password=password, address="10.1.2.3", at=at)


def fail(staff_no, times, at=AT):
    for _ in range(times):
        with pytest.raises(sessions.SignInRefused):
            sign_in(staff_no, "wrong", at=at)


def test_five_failures_lock_the_number_for_thirty_minutes_even_for_the_right_password(staff):
    number = staff.operator.staff_no
    fail(number, 5)
    with pytest.raises(sessions.AccountLocked):
        sign_in(number, staff.one_time_password, at=AT + 29 * MINUTES)
    assert sign_in(number, staff.one_time_password, at=AT + 30 * MINUTES) == staff.operator


def test_four_failures_lock_nothing_and_a_success_forgets_them(staff):
    number = staff.operator.staff_no
    for _ in range(2):
        fail(number, 4)
        sign_in(number, staff.one_time_password)


def test_after_a_lock_has_passed_five_new_failures_are_needed(staff):
    number = staff.operator.staff_no
    fail(number, 5)
    fail(number, 4, at=AT + 31 * MINUTES)
    sign_in(number, staff.one_time_password, at=AT + 31 * MINUTES)


def test_an_unknown_number_a_wrong_password_and_a_closed_account_say_the_same_words(staff):
    closed = hire(role="township_clerk", division="430423105")
    operations.close_account(
        scope=Scope.system("hengshan"), operator_id=closed.operator.id, reason="离岗", at=AT
    )
    said = set()
    for number, password in (
        ("999999", "x"),
        (staff.operator.staff_no, "x"),
        (closed.operator.staff_no, closed.one_time_password),
    ):
        with pytest.raises(sessions.SignInRefused) as refused:
            sign_in(number, password)
        said.add(refused.value.sentence())
    assert len(said) == 1


def test_an_unknown_number_is_locked_like_a_known_one(staff):
    fail("999999", 5)
    with pytest.raises(sessions.AccountLocked) as unknown:
        sign_in("999999", "x")
    fail(staff.operator.staff_no, 5)
    with pytest.raises(sessions.AccountLocked) as known:
        sign_in(staff.operator.staff_no, "x")
    assert unknown.value.sentence() == known.value.sentence()


def test_every_attempt_is_recorded_with_its_outcome_and_address(staff):
    fail("999999", 1)
    fail(staff.operator.staff_no, 1)
    sign_in(staff.operator.staff_no, staff.one_time_password)
    with scoped(0, 10**12):
        found = AuditRecord.objects.filter(action="access.sign_in").order_by("id")
        rows = list(found.values_list("outcome", "detail__staff_no", "area_no", "address"))
    number = staff.operator.staff_no
    assert rows == [
        ("refused", "999999", 0, "10.1.2.3"),
        ("refused", number, 430423105000, "10.1.2.3"),
        ("done", number, 430423105000, "10.1.2.3"),
    ]


def session_of(staff):
    operator = sign_in(staff.operator.staff_no, staff.one_time_password)
    return {
        "operator_id": operator.id,
        "post_id": staff.post.id,
        "generation": operator.session_generation,
    }


def test_a_session_has_the_scope_of_its_post(staff):
    scope = operations.scope_of(**session_of(staff), on=ON)
    assert (scope.area_from, scope.area_until) == (430423105000, 430423106000)
    assert scope.allows("enrolment.import")
    assert not scope.allows("access.grant_post")


def test_a_closed_account_is_out_at_its_very_next_request(staff):
    session = session_of(staff)
    operations.close_account(
        scope=Scope.system("hengshan"), operator_id=staff.operator.id, reason="离岗", at=AT
    )
    with pytest.raises(sessions.SessionEnded):
        operations.scope_of(**session, on=ON)


def test_signing_in_anew_or_changing_the_password_ends_the_session_before(staff):
    first = session_of(staff)
    second = session_of(staff)
    with pytest.raises(sessions.SessionEnded):
        operations.scope_of(**first, on=ON)
    operations.change_password(
        operator_id=staff.operator.id, old=staff.one_time_password, new="Xinqiao-2021", at=AT
    )
    with pytest.raises(sessions.SessionEnded):
        operations.scope_of(**second, on=ON)


def test_a_post_opens_on_its_first_day_and_is_over_on_its_last(staff):
    session = session_of(staff)
    end = staff.post.valid_until
    operations.scope_of(**session, on=end - timedelta(days=1))
    for day in (end, ON - timedelta(days=1)):
        with pytest.raises(sessions.PostEnded):
            operations.scope_of(**session, on=day)


def test_nobody_works_in_a_post_of_somebody_else(staff):
    other = hire(role="county_clerk", division="430423")
    session = session_of(staff) | {"post_id": other.post.id}
    with pytest.raises(sessions.PostEnded):
        operations.scope_of(**session, on=ON)


def test_a_one_time_password_opens_nothing_but_its_change(staff):
    Operator.objects.update(password_is_one_time=True)
    session = session_of(staff)
    with pytest.raises(sessions.PasswordMustChange):
        operations.scope_of(**session, on=ON)
    with pytest.raises(sessions.PasswordMustChange):
        operations.choose_post(operator_id=staff.operator.id, post_id=staff.post.id, at=AT)
    changed = operations.change_password(
        operator_id=staff.operator.id, old=staff.one_time_password, new="Xinqiao-2021", at=AT
    )
    operations.scope_of(**session | {"generation": changed.session_generation}, on=ON)


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
    with pytest.raises(sessions.SignInRefused):
        operations.change_password(old="wrong", new="Xinqiao-2021", **given)
    operations.change_password(old=staff.one_time_password, new="Xinqiao-2021", **given)
    with pytest.raises(PasswordNotNew):
        operations.change_password(old="Xinqiao-2021", new="Xinqiao-2021", **given)


def test_posts_of_a_day_are_those_in_force(staff):
    assert [post.id for post in queries.posts_of(staff.operator.id, ON)] == [staff.post.id]
    Post.objects.update(valid_until=ON)
    assert queries.posts_of(staff.operator.id, ON) == []

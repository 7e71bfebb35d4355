"""Handing an account over anew, and letting a region serve a day of its own."""

from datetime import date, datetime, timedelta, timezone

import pytest

from tests.apps.access.offices import AT, hire
from yibao.apps.access import operations, queries
from yibao.apps.access.models import AuditRecord, Operator, PoolingRegion, SignInFailures
from yibao.apps.access.operations import accounts, sessions
from yibao.apps.access.scope import NotAllowed, scoped

pytestmark = pytest.mark.django_db


def test_a_renewed_password_opens_once_ends_sessions_and_lifts_a_lock():
    admin = hire(role="security_admin", division="430423")
    clerk = hire(role="township_clerk", division="430423105")
    SignInFailures.objects.create(
        staff_no=clerk.operator.staff_no, failures=5, locked_until=AT + timedelta(minutes=30)
    )
    before = Operator.objects.get(id=clerk.operator.id).session_generation

    password = operations.renew_password(scope=admin.scope, operator_id=clerk.operator.id, at=AT)

    signed_in = operations.enter_password(
        staff_no=clerk.operator.staff_no, password=password, address="", at=AT
    )
    assert signed_in.password_is_one_time and signed_in.session_generation > before
    with pytest.raises(sessions.PasswordMustChange):
        operations.choose_post(operator_id=clerk.operator.id, post_id=clerk.post.id, at=AT)
    with scoped(admin.scope):
        record = AuditRecord.objects.get(action="access.renew_password")
    assert record.operator_id == admin.operator.id
    assert password not in str(record.detail)


def test_nobody_renews_the_own_password_or_without_the_right():
    admin = hire(role="security_admin", division="430423")
    clerk = hire(role="township_clerk", division="430423105")
    with pytest.raises(accounts.NotToOneself):
        operations.renew_password(scope=admin.scope, operator_id=admin.operator.id, at=AT)
    with pytest.raises(NotAllowed):
        operations.renew_password(scope=clerk.scope, operator_id=admin.operator.id, at=AT)


def test_a_region_serves_a_day_of_its_own_until_it_is_taken_back():
    hire(role="security_admin", division="430423")
    real = datetime(2031, 5, 6, 10, tzinfo=timezone(timedelta(hours=8)))
    day = date(2020, 12, 18)
    operations.serve_day(code="hengshan", on=day, at=AT)
    assert queries.served_day(region="hengshan", now=real) == day
    operations.serve_day(code="hengshan", on=None, at=AT)
    assert PoolingRegion.objects.get(code="hengshan").served_on is None
    assert queries.served_day(region="hengshan", now=real) == real.date()

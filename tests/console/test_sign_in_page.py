"""What everybody is told before signing in, in the same number of statements."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from tests.apps.access.offices import AT, hire
from yibao.apps.access.models import Role
from yibao.apps.desk import operations

pytestmark = pytest.mark.django_db
# The regions, the clock, each region's day and the notices.
STATEMENTS = 4


@pytest.fixture
def writer():
    return hire(role=Role.SYSTEM_ADMIN, division="430423", name="唐敏").scope


def write(scope, title, **more):
    given = {
        "text": "20:00 起停机",
        "shown_from": AT - timedelta(days=1),
        "shown_until": AT + timedelta(days=2),
        "roles": [],
        "is_public": True,
        "is_urgent": False,
        "at": AT,
    }
    return operations.write_notice(scope=scope, title=title, **{**given, **more})


def shown():
    with CaptureQueriesContext(connection) as found:
        text = Client().get("/sign-in/").content.decode()
    return text, len(found)


def test_public_notices_stand_on_the_sign_in_page_and_no_others(writer):
    write(writer, "周六停机", is_urgent=True)
    write(writer, "只给会计", is_public=False)
    write(writer, "以前的", shown_until=AT.replace(hour=0, minute=0))
    gone = write(writer, "撤下的")
    operations.withdraw_notice(scope=writer, notice_id=gone.id, at=AT)
    text, _ = shown()
    assert "周六停机" in text and "20:00 起停机" in text
    for other in ("只给会计", "以前的", "撤下的"):
        assert other not in text


def test_the_page_asks_as_often_whatever_is_told(writer):
    none, statements = shown()
    assert "通知公告" not in none and statements == STATEMENTS
    for n in range(5):
        write(writer, f"公告{n}")
    assert shown()[1] == STATEMENTS

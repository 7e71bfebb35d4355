"""What a clerk is told when the server cannot go on, in the language of the page."""

import pytest
from django.db import connection
from django.test import Client

from tests.apps.access.offices import hire
from tests.console.signed_in import sign_in_as
from tests.console.test_frame import faults_of
from tests.database.full_disk import SAY_FULL
from yibao.apps.access.scope import OutsideScope

pytestmark = pytest.mark.django_db

_PAGE = "/registry/persons/1/"


def full(execute, sql, params, many, context):
    """The server's own words for a disk on which nothing more can be written."""
    if sql.lstrip().lower().startswith(("insert", "update")):
        return execute(SAY_FULL, None, False, context)
    return execute(sql, params, many, context)


def quiet(client):
    client.raise_request_exception = False
    return client


def test_on_a_full_disk_a_page_says_so_though_not_even_the_refusal_can_be_recorded():
    client, _ = sign_in_as(role="county_clerk", division="430423")
    with connection.execute_wrapper(full):
        answer = quiet(client).get(_PAGE)
    assert answer.status_code == 503
    assert "数据库磁盘已满" in answer.content.decode()
    assert "请管理员释放空间" in answer.content.decode()
    assert faults_of(answer.content.decode()) == []


def test_on_a_full_disk_nobody_signs_in_and_the_page_says_why():
    staff = hire(role="county_clerk", division="430423", name="曾建华")
    with connection.execute_wrapper(full):
        asked = {"staff_no": staff.operator.staff_no, "password": staff.one_time_password}
        answer = quiet(Client()).post("/sign-in/", asked)
    assert answer.status_code == 503
    assert "数据库磁盘已满" in answer.content.decode()


def test_a_refusal_is_said_in_the_language_of_the_page():
    client, _ = sign_in_as(role="village_agent", division="430423105214")
    elsewhere = {"area": "430423104"}
    refused = client.get("/", elsewhere)
    assert refused.status_code == 403
    assert OutsideScope.remedy in refused.content.decode()
    client.post("/preferences/", {"language": "en"})
    assert OutsideScope.remedy_en in client.get("/", elsewhere).content.decode()

"""The state of the system, the addresses for machines that watch, the request's line and number."""

import json
import logging
import re

import pytest
import structlog
from django.db import DatabaseError, connection
from django.test import Client
from django.urls import reverse

from tests.apps.access.offices import AT, open_office
from tests.console.signed_in import sign_in_as
from yibao.apps.access import audit
from yibao.apps.access.models import Role
from yibao.config import logs
from yibao.core.identity.masks import mask_number

CITY = "430423"
pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def places():
    """A region with its divisions."""
    open_office()


@pytest.fixture
def lines(monkeypatch):
    """The log of the test as it would be written: one JSON line an event."""
    written = []

    class Kept(logging.Handler):
        def emit(self, record):
            written.append(self.format(record))

    handler = Kept()
    logs.set_up(form="json", debug=False)
    ours = [one for one in logging.getLogger().handlers if getattr(one, "is_yibao", False)]
    handler.setFormatter(ours[0].formatter)
    logging.getLogger().addHandler(handler)
    yield written
    logging.getLogger().removeHandler(handler)


def test_the_system_administrator_sees_what_is_well_and_what_to_do(places):
    audit.seal(at=AT)
    client, _ = sign_in_as(role=Role.SYSTEM_ADMIN, division=CITY)
    said = client.get(reverse("system:health"))
    assert said.status_code == 200
    text = said.content.decode()
    for words in ("PostgreSQL", "审计封存", "备份", "恢复演练", "磁盘空间", "等锁", "任务"):
        assert words in text
    assert "yibao db drill" in text, "what to do stands beside what is not well"


def test_nobody_else_sees_it(places):
    client, _ = sign_in_as(role=Role.COUNTY_CLERK, division=CITY)
    assert client.get(reverse("system:health")).status_code == 403


def test_it_takes_a_fixed_number_of_statements(places, django_assert_max_num_queries):
    client, _ = sign_in_as(role=Role.SYSTEM_ADMIN, division=CITY)
    client.get(reverse("system:health"))
    with django_assert_max_num_queries(30):
        client.get(reverse("system:health"))


def test_machines_ask_without_a_session_and_learn_nothing_else(django_assert_num_queries):
    client = Client()
    with django_assert_num_queries(0):
        assert client.get("/health/live").json() == {"live": True}
    with django_assert_num_queries(1):
        assert client.get("/health/ready").json() == {"ready": True}
    assert not client.cookies


def test_without_a_database_it_lives_and_is_not_ready(monkeypatch):
    def away(*_, **__):
        raise DatabaseError("gone")

    monkeypatch.setattr(connection, "cursor", away)
    client = Client()
    assert client.get("/health/live").status_code == 200
    found = client.get("/health/ready")
    assert (found.status_code, found.json()) == (503, {"ready": False})


def test_figures_are_read_here_or_with_the_token(settings):
    client = Client()
    client.get("/health/live")
    text = client.get("/metrics").content.decode()
    for name in (
        "yibao_requests_total",
        "yibao_request_seconds_bucket",
        "yibao_connections ",
        "yibao_waiting",
        "yibao_database_up 1",
    ):
        assert name in text
    assert client.get("/metrics", REMOTE_ADDR="10.0.0.7").status_code == 403
    assert client.get("/metrics", headers={"X-Forwarded-For": "10.0.0.7"}).status_code == 403
    settings.METRICS_TOKEN = "given by the office"
    assert client.get("/metrics").status_code == 403
    told = {"Authorization": "Bearer given by the office"}
    assert client.get("/metrics", headers=told, REMOTE_ADDR="10.0.0.7").status_code == 200


def test_machines_that_watch_leave_no_line(lines):
    for path in ("/health/live", "/health/ready", "/metrics"):
        Client().get(path)
    assert lines == []


def test_a_late_seal_is_a_figure():
    audit.seal(at=AT)
    text = Client().get("/metrics").content.decode()
    assert re.search(r"yibao_seal_lag_seconds \d", text)


def test_a_request_is_one_line_with_route_and_post_and_no_name(places, lines):
    client, scope = sign_in_as(role=Role.COUNTY_CLERK, division=CITY)
    lines.clear()
    answer = client.get(reverse("console:home"))
    own = [json.loads(line) for line in lines if '"request"' in line]
    assert len(own) == 1
    assert own[0] | {"ms": 0, "statements": 0, "timestamp": ""} == {
        "event": "request",
        "level": "info",
        "logger": "yibao.request",
        "method": "GET",
        "ms": 0,
        "operator": scope.operator_id,
        "post": scope.post_id,
        "request": answer.headers["X-Request-Id"],
        "route": "console:home",
        "statements": 0,
        "status": 200,
        "timestamp": "",
    }
    assert own[0]["statements"] > 3
    assert scope.operator_name not in "".join(lines)


def test_an_error_page_names_the_request_whose_line_says_what_broke(places, lines, monkeypatch):
    client, _ = sign_in_as(role=Role.COUNTY_CLERK, division=CITY)
    client.raise_request_exception = False
    number = "430423197001011026"

    def breaks(*_, **__):
        raise ValueError(f"no such person {number}")

    monkeypatch.setattr("yibao.console.home.page", breaks)
    answer = client.get(reverse("console:home"))
    assert answer.status_code == 500
    assert answer.headers["X-Request-Id"] in answer.content.decode()
    broke = [json.loads(line) for line in lines if '"broke"' in line]
    assert len(broke) == 1
    assert broke[0]["request"] == answer.headers["X-Request-Id"]
    assert "ValueError" in broke[0]["exception"]
    assert number not in "".join(lines)
    assert mask_number(number) in broke[0]["exception"]


def test_whatever_is_logged_by_whomever_is_masked(lines):
    number, phone, account = "430423197001011026", "13812345521", "6228480402564890"
    structlog.get_logger("yibao.x").info(
        f"seen {number}", row={"phone": phone, "cells": [number, int(number[:17])]}, name="刘桂英"
    )
    logging.getLogger("other").warning("paid to %s by %s", account, phone)
    logging.getLogger("other").warning("extra", extra={"number": number, "password": "x1"})
    try:
        raise KeyError(number)
    except KeyError:
        logging.getLogger("other").exception("broke")
    text = "\n".join(lines)
    assert len(lines) == 4
    for whole in (number, number[:17], phone, account, "刘桂英", "x1"):
        assert whole not in text
    assert "刘*英" in text
    assert "138****5521" in text


def test_no_number_of_a_whole_flow_is_in_the_log(places, lines):
    """Signing in, looking for somebody, a wrong address, a form that is not taken, a refusal."""
    number, phone = "430423197001011026", "13812345521"
    guest = Client()
    guest.post(reverse("console:sign_in"), {"staff_no": number, "password": phone})
    client, _ = sign_in_as(role=Role.COUNTY_CLERK, division=CITY)
    client.get(reverse("console:search"), {"q": number})
    client.get(reverse("console:search"), {"q": phone})
    client.get(f"/registry/persons/{number}/")
    client.get(f"/nowhere/{number}/{phone}")
    client.get(reverse("access:audit"), {"who": number})
    client.post(reverse("enrolment:imports"), {"number": number, "phone": phone})
    told = [json.loads(line) for line in lines]
    assert len([one for one in told if one["event"] == "request"]) >= 8
    text = "\n".join(lines)
    for whole in (number, number[:17], phone):
        assert whole not in text
    assert not re.search(r"(?<!\d)\d{15,18}[\dXx]?(?!\d)", text)
    assert not re.search(r"(?<!\d)1[3-9]\d{9}(?!\d)", text)


def test_without_masking_the_hunt_would_find_them(lines, monkeypatch):
    """The hunt has teeth: a processor that masks nothing lets the number through."""
    monkeypatch.setattr(logs, "mask_within", lambda text: text)
    structlog.get_logger("yibao.x").info("seen", number="430423197001011026")
    assert "430423197001011026" in lines[0]


def test_what_a_database_quotes_of_a_row_is_in_no_log(lines):
    """A name is no pattern: the words of the server that hold one are left out altogether."""
    try:
        with connection.cursor() as cursor:
            cursor.execute(
                "insert into access_poolingregion (code, name) values ('x', %s)", ["欧阳建华"]
            )
    except DatabaseError as error:
        assert "欧阳建华" in str(error)
        structlog.get_logger("yibao.x").error("broke", exc_info=error)
        logging.getLogger("yibao.y").exception("broke too")
    assert len(lines) == 2
    for line in map(json.loads, lines):
        assert "欧阳建华" not in str(line)
        assert "SQLSTATE 23502 access_poolingregion" in line["exception"]
        assert "test_system.py" in line["exception"]


def test_a_statement_that_is_wrong_is_named_in_the_log(lines):
    try:
        with connection.cursor() as cursor:
            cursor.execute("select nobody from access_poolingregion")
    except DatabaseError as error:
        structlog.get_logger("yibao.x").error("broke", exc_info=error)
    assert 'column "nobody" does not exist' in json.loads(lines[0])["exception"].replace("\\", "")


def test_no_warning_of_the_framework_brings_the_address(lines, places):
    """A forged form and a strange host are logged with the request's number, not what it asked."""
    client = Client(enforce_csrf_checks=True)
    client.post("/search/?q=欧阳建华", {"a": "b"})
    client.get("/search/?q=欧阳建华", headers={"host": "elsewhere.example"})
    text = "\n".join(lines)
    told = [json.loads(line) for line in lines]
    assert "django.security.csrf" in {one["logger"] for one in told}
    assert "DisallowedHost" in text
    for name in ("欧阳建华", "%E6%AC%A7", "/search"):
        assert name not in text
    numbers = [one["request"] for one in told]
    assert len(set(numbers)) == 2, numbers

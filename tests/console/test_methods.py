"""A route answers the methods that the policy declares for it, and no other."""

import pytest
from django.test import Client
from django.urls import NoReverseMatch, reverse

from tests.console.signed_in import sign_in_as
from tests.console.test_frame import faults_of
from yibao.console.routes import routes

METHODS = ("GET", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE")

pytestmark = pytest.mark.django_db


def plain_addresses():
    """Return each route whose address names no object, with the address."""
    for name, route in routes().items():
        try:
            yield route, reverse(name)
        except NoReverseMatch:
            continue


@pytest.mark.parametrize("signed_in", [False, True], ids=["before signing in", "in a post"])
def test_a_method_that_is_not_declared_gets_a_page_and_no_view(signed_in):
    client = Client()
    if signed_in:
        client, _ = sign_in_as(role="county_clerk", division="430423")
    asked = 0
    for route, address in plain_addresses():
        for method in METHODS:
            if route.allows(method):
                continue
            answer = client.generic(method, address)
            assert answer.status_code == 405, (method, address)
            assert answer.headers["Allow"] == ", ".join(route.methods)
            assert answer.headers["Cache-Control"] == "no-store"
            assert faults_of(answer.content.decode()) == [], (method, address)
            asked += 1
    assert asked > 300
    assert client.get("/").status_code == (200 if signed_in else 302)

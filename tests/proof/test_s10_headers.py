"""S10: headers, cookies, and the token of a form, on every route that there is."""

import contextlib
import re

import pytest
from django.conf import settings as product
from django.http import HttpResponse
from django.middleware.csrf import CsrfViewMiddleware
from django.middleware.security import SecurityMiddleware
from django.test import Client
from django.urls import reverse

from tests.apps.access.offices import hire
from yibao.console import routes
from yibao.web.headers import POLICY, StrictHeaders

HTTPS = {
    "SECURE_HSTS_SECONDS": 31536000,
    "SESSION_COOKIE_SECURE": True,
    "CSRF_COOKIE_SECURE": True,
}
SAID = {
    "Content-Security-Policy": POLICY,
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Strict-Transport-Security": "max-age=31536000; includeSubDomains",
}


def patched(owner, name, replaced):
    @contextlib.contextmanager
    def switched_on():
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(owner, name, replaced(getattr(owner, name)))
            yield

    return switched_on


def _plain_cookies(kept):
    def set_cookie(self, key, value="", **given):
        kept(self, key, value, **given | {"secure": False, "httponly": False})

    return set_cookie


FAULTS = {
    "header_middleware_off": patched(
        StrictHeaders, "__call__", lambda _: lambda self, request: self._get_response(request)
    ),
    "security_middleware_off": patched(
        SecurityMiddleware, "process_response", lambda _: lambda self, request, response: response
    ),
    "csrf_off": patched(CsrfViewMiddleware, "process_view", lambda _: lambda *given: None),
    "cookies_plain": patched(HttpResponse, "set_cookie", _plain_cookies),
}


def address_of(name: str, pattern) -> str:
    """Return an address of the route; whether there is such a thing does not matter here."""
    given = {
        key: 1 if type(kind).__name__ == "IntConverter" else "x"
        for key, kind in pattern.pattern.converters.items()
    }
    return reverse(name, kwargs=given)


def missing(answer) -> list[str]:
    """Return what a page's answer lacks."""
    found = [name for name, value in SAID.items() if answer.headers.get(name) != value]
    if answer.headers.get("Cache-Control") != "no-store":
        found.append("Cache-Control")
    return found + [f"cookie {name}" for name, one in answer.cookies.items() if is_open(name, one)]


def is_open(name: str, cookie) -> bool:
    if cookie["max-age"] == 0 or not cookie.value:
        return False
    assert name in (product.SESSION_COOKIE_NAME, product.CSRF_COOKIE_NAME), f"a cookie {name}"
    return not (cookie["secure"] and cookie["httponly"] and cookie["samesite"] == "Lax")


@pytest.mark.proof(
    "S10",
    "headers, cookies and the form's token on every route, signed in or not",
    unit="routes",
    landing=1,
)
@pytest.mark.django_db
def test_every_route_keeps_them(proof, settings):
    for name, value in HTTPS.items():
        setattr(settings, name, value)
    standing = routes.there()
    proof.all_of(len(standing))
    staff = hire(role="county_clerk", division="430423")
    inside = Client(enforce_csrf_checks=True, raise_request_exception=False)
    _sign_in_by_https(inside, staff)
    outside = Client(enforce_csrf_checks=True, raise_request_exception=False)
    for name, pattern in sorted(standing.items()):
        address = address_of(name, pattern)
        for client in (outside, inside):
            answer = client.get(address, secure=True)
            assert missing(answer) == [], f"{name} lacks {missing(answer)}"
            _refuses_without_token(name, client.post(address, {"a": "1"}, secure=True))
        if name == "console:sign_out":
            continue
        proof.count(1)
    proof.count(1)


def _refuses_without_token(name: str, answer) -> None:
    route = routes.route_of(name)
    takes = route is not None and "POST" in route.methods
    expected = (403,) if takes else (403, 405)
    assert answer.status_code in expected, f"{name} took a form without token"
    if takes:
        assert "过期" in answer.content.decode(), f"{name}: not refused for its token"
    assert missing(answer) == [], f"POST {name} lacks {missing(answer)}"


def _sign_in_by_https(client: Client, staff) -> None:
    """Sign in with the pages' own tokens, and look at the cookies of both steps."""

    def post(address: str, given: dict[str, str]):
        shown = client.get(address, secure=True)
        token = re.search(r'csrfmiddlewaretoken" value="([^"]+)"', shown.content.decode())[1]
        origin = {"HTTP_REFERER": "https://testserver" + address}
        answer = client.post(address, given | {"csrfmiddlewaretoken": token}, secure=True, **origin)
        assert missing(answer) == [], f"{address} lacks {missing(answer)}"
        return answer

    given = {"staff_no": staff.operator.staff_no, "password": staff.one_time_password}
    assert post("/sign-in/", given).status_code == 302
    staff.half_a_minute_later()
    assert post("/sign-in/code/", {"code": staff.code()}).status_code == 302


@pytest.mark.django_db
def test_a_static_file_has_the_strict_headers_too():
    answer = Client().get("/static/web/yibao.css")
    assert answer.status_code in (200, 404)
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.headers["Cross-Origin-Opener-Policy"] == "same-origin"

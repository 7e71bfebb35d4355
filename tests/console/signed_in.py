"""Signs an operator in through the product's own pages."""

from django.http import HttpResponse
from django.test import Client
from django.urls import reverse

from tests.apps.access.offices import Staff, hire
from yibao.apps.access.scope import Scope


def enter(client: Client, staff: Staff, **more: str) -> HttpResponse:
    """Give number and password, then the code; return where that leads."""
    given = {"staff_no": staff.operator.staff_no, "password": staff.one_time_password}
    answer = client.post(reverse("console:sign_in"), given | more)
    assert "/sign-in/code/" in answer.headers.get("Location", ""), answer.content.decode()
    staff.half_a_minute_later()
    return client.post(answer.headers["Location"], {"code": staff.code()})


def sign_in_as(
    *, role: str, division: str, staff: Staff | None = None, name: str = "曾建华"
) -> tuple[Client, Scope]:
    """Return a browser that is signed in, in the post of this role at this place."""
    staff = staff or hire(role=role, division=division, name=name)
    client = Client(raise_request_exception=True)
    answer = enter(client, staff)
    assert answer.status_code == 302, answer.content.decode()
    return client, staff.scope

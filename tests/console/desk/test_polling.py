"""A page that looks by itself how far a job is keeps nobody signed in."""

from datetime import timedelta

import pytest

from tests.apps.desk import desks
from tests.console.season import late_season
from tests.console.signed_in import sign_in_as
from yibao.apps.access.models import OperatorSession, Role
from yibao.rulebook.regions import signing_in

pytestmark = pytest.mark.django_db
POLLED = {"HX-Request": "true"}


@pytest.fixture
def job():
    """A browser in a county's post, and the address of a job of its own."""
    desks.declare()
    late_season()
    client, _ = sign_in_as(role=Role.COUNTY_CLERK, division="430423")
    given = {"purpose": "check", "purpose_words": "第二次排查核对", "kind": "csv"}
    asked = client.post("/desk/exports/ask/unpaid/", given)
    assert asked.status_code == 302
    page = client.get("/desk/jobs/").content.decode()
    number = page.partition("/desk/jobs/")[2].partition("/")[0]
    while not number.isdigit():
        page = page.partition("/desk/jobs/")[2]
        number = page.partition("/")[0]
    return client, f"/desk/jobs/{number}/"


def unused_for(time: timedelta) -> None:
    """Let the open session have been used last so long ago."""
    one = OperatorSession.objects.get(ended_at=None)
    OperatorSession.objects.filter(id=one.id).update(seen_at=one.seen_at - time)


def test_looking_how_far_it_is_is_no_use_of_the_session(job):
    client, page = job
    unused_for(signing_in().idle_for - timedelta(minutes=1))
    before = OperatorSession.objects.get(ended_at=None).seen_at
    assert client.get(f"{page}progress/", headers=POLLED).status_code == 200
    assert OperatorSession.objects.get(ended_at=None).seen_at == before
    assert client.get(page).status_code == 200
    assert OperatorSession.objects.get(ended_at=None).seen_at > before


def test_when_the_session_is_over_the_page_is_opened_again_and_says_so(job):
    client, page = job
    unused_for(signing_in().idle_for)
    answer = client.get(f"{page}progress/", headers=POLLED)
    assert (answer.status_code, answer.headers["HX-Refresh"]) == (204, "true")
    assert client.get(page).headers["Location"].startswith("/sign-in/?next=")

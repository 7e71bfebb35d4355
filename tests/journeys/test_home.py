"""The first page as a clerk sees it, at both widths."""

import pytest

from tests.apps.access.offices import hire
from tests.console.season import late_season
from tests.journeys.signing import enter

pytestmark = [pytest.mark.journey, pytest.mark.django_db(transaction=True)]


@pytest.mark.parametrize("width", ["desktop", "phone"])
def test_a_township_clerk_sees_what_waits(width, open_page, picture, complaints):
    late_season()
    staff = hire(role="township_clerk", division="430423105")
    page = open_page(width)
    page.goto("/")
    enter(page, staff)
    assert page.get_by_text("超 2 天").is_visible()
    picture(page, f"home-season-{width}")
    page.goto("/search/?q=WJH")
    assert page.get_by_role("row").count() == 21
    picture(page, f"search-found-{width}")
    # Nothing is wider than the window.
    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
    assert complaints == []

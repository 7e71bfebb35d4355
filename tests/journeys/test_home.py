"""The first page as a clerk sees it, at both widths."""

import pytest

from tests.apps.access.offices import hire
from tests.console.season import late_season

pytestmark = [pytest.mark.journey, pytest.mark.django_db(transaction=True)]


@pytest.mark.parametrize("width", ["desktop", "phone"])
def test_a_township_clerk_sees_what_waits(width, open_page, picture, complaints):
    late_season()
    staff = hire(role="township_clerk", division="430423105")
    page = open_page(width)
    page.goto("/")
    page.get_by_label("工号").fill(staff.operator.staff_no)
    page.get_by_label("密码").fill(staff.one_time_password)
    page.get_by_role("button", name="下一步").click()
    assert page.get_by_text("超 2 天").is_visible()
    picture(page, f"home-season-{width}")
    page.goto("/search/?q=WJH")
    assert page.get_by_role("row").count() == 21
    picture(page, f"search-found-{width}")
    # Nothing is wider than the window.
    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
    assert complaints == []

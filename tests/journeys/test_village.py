"""An agent on a phone 360 px wide: households, cash at the door, the receipts, handing in."""

import pytest
from django.urls import reverse

from tests.apps.access.offices import AT, hire
from tests.apps.collection.town import open_town
from tests.apps.registry.people import CHAQUAN
from tests.console.village.test_pages import families
from tests.journeys.signing import enter
from yibao.apps.collection import operations

pytestmark = [pytest.mark.journey, pytest.mark.django_db(transaction=True)]
NARROW = {"width": 360, "height": 740}


def fits(page) -> bool:
    return page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")


def small_targets(page) -> list[str]:
    """The links and buttons of the village's own part that are lower than 48 px."""
    return page.evaluate(
        """() => Array.from(document.querySelectorAll(
               'main .btn, .yb-village-nav a, .yb-village-list a, main input:not([type=hidden]), main select'))
             .filter(one => one.getClientRects().length)
             .filter(one => (one.type === 'checkbox' ? one.closest('label') || one.closest('.field') : one)
               .getBoundingClientRect().height < 47.5)
             .map(one => one.outerHTML.slice(0, 80))"""
    )


@pytest.mark.parametrize("scripts", [True, False])
def test_an_agent_collects_at_the_door_and_hands_in(scripts, open_page, picture, complaints):
    county = open_town()
    for home in range(1, 5):
        families(county, home)
    operations.raise_dues(scope=county, year=2021, at=AT)
    staff = hire(role="village_agent", division=str(CHAQUAN), name="罗村会")
    operations.give_receipt_range(
        scope=county, holder_id=staff.operator.id, prefix="衡山", first=1, last=50, at=AT
    )
    page = open_page("phone", scripts=scripts)
    page.set_viewport_size(NARROW)
    page.goto("/")
    enter(page, staff)
    assert page.get_by_role("heading", name="参保进度").is_visible()
    assert fits(page) and small_targets(page) == []
    picture(page, f"village-mine-{scripts}")
    page.get_by_role("link", name="看各户，先看没缴的").click()
    assert fits(page) and small_targets(page) == []
    picture(page, f"village-households-{scripts}")
    page.locator(".yb-village-list a").first.click()
    picture(page, f"village-household-{scripts}")
    assert fits(page)
    page.get_by_role("link", name="收现金").click()
    page.get_by_label("特殊情况").fill("老人无手机")
    page.get_by_label("已核对身份证或户口簿，身份信息无误").check()
    page.get_by_label("参保地选").check()
    assert fits(page) and small_targets(page) == []
    picture(page, f"village-collect-{scripts}")
    page.get_by_role("button", name="下一步：核对金额").click()
    assert page.get_by_text("还没有参保").is_visible()
    picture(page, f"village-collect-sum-{scripts}")
    page.get_by_role("button", name="已收").click()
    assert page.get_by_role("heading", name="张收据").is_visible()
    assert fits(page)
    picture(page, f"village-receipts-{scripts}")
    page.goto(reverse("village:hand_in"))
    page.get_by_label("缴库凭证号").fill("POS-0001")
    assert fits(page) and small_targets(page) == []
    picture(page, f"village-hand-in-{scripts}")
    page.get_by_role("button", name="登记交款").click()
    assert page.get_by_role("heading", name="我的记录", level=1).is_visible()
    assert page.get_by_text("POS-0001").first.is_visible()
    picture(page, f"village-records-{scripts}")
    assert fits(page)
    assert complaints == []

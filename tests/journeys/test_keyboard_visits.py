"""A stay is settled, explained, printed and taken back, and a post approved, by the keyboard."""

from datetime import date, timedelta

import pytest

from tests.apps.access.offices import AT as DAY
from tests.apps.access.offices import ON, hire, open_office
from tests.apps.claims.insured import AT, insure
from tests.apps.claims.insured import open_office as open_agency
from tests.journeys.hands import Hands
from yibao.apps.access import operations as access
from yibao.apps.access.models import Post
from yibao.apps.access.scope import scoped
from yibao.apps.claims.models import Settlement
from yibao.apps.enrolment import operations as enrolment

pytestmark = [pytest.mark.journey, pytest.mark.django_db(transaction=True)]

BANNER = "152221"
STAY = {
    "入院日期": "2009-06-01",
    "出院": "2009-06-12",
    "医疗费总额": "9000.00",
    "合理费用": "8000.00",
}


@pytest.fixture
def agency():
    """Hinggan in December 2009 with its books, three hospitals and one insured herdsman."""
    open_office("xingan", at=AT)
    agency = open_agency()
    enrolment.open_year(scope=agency.scope, year=2009, on=date(2009, 1, 1), at=AT)
    insure(agency.scope)
    return agency


@pytest.mark.parametrize("scripts", [True, False])
def test_a_visit_is_settled_printed_explained_and_taken_back(
    scripts, agency, open_page, complaints
):
    clerk = hire(role="county_clerk", division=BANNER, name="吴玉梅", at=AT)
    reviewer = hire(role="county_reviewer", division=BANNER, name="陈珍燕", at=AT)
    hands = Hands(open_page, scripts=scripts).sign_in(clerk)
    if scripts:
        hands.menu("jgjs").press("Alt+a").at("姓名、证件号")
        hands.type("WLJ")
        hands.page.wait_for_selector("[role=option]")
        hands.press("ArrowDown", "Enter")
    else:
        hands.tab("机构结算", most=40).press("Enter")
        hands.skip().tab("新就诊结算").press("Enter").at("姓名、证件号")
        hands.type("WLJ").press("Enter").tab("乌", most=4).press("Enter")
    hands.reads("就诊与费用")
    if scripts:
        hands.at("医疗机构").type("第2医院")
        hands.page.wait_for_selector("[role=option]")
        hands.press("ArrowDown", "Enter", "Enter")
    else:
        hands.skip().tab("医疗机构", most=4).type("第2").tab("结算清单号", most=4)
    hands.at("结算清单号").type("QQ-2009-0601")
    if scripts:
        hands.press("Enter")
    else:
        hands.tab("就诊类别", most=3)
    hands.at("就诊类别").choose("住院")
    for field, typed in STAY.items():
        if scripts:
            hands.press("Enter")
            if field not in hands.words():
                hands.press("Enter")
        else:
            hands.tab(field, most=4)
        hands.at(field).type(typed)
    hands.press("Alt+t" if scripts else "Enter")
    if not scripts:
        # What the picker found is chosen once, by its radio button.
        hands.skip().tab("第2医院", most=6).press("Space")
        hands.tab("重新试算" if "尚未写入" in hands.page.content() else "试算", most=20)
        hands.press("Enter")
    hands.reads("尚未写入").reads("4,620.00")
    if scripts:
        hands.press("Control+Enter")
    else:
        hands.skip().tab("结算 4,620.00 元", most=40).press("Enter")
    hands.reads("与存档一致")
    if scripts:
        hands.press("Control+p")
        hands.page.emulate_media(media="print")
        assert hands.page.pdf(prefer_css_page_size=True).startswith(b"%PDF")
        hands.page.emulate_media(media="screen")
    hands.done("结算一次就诊并打印", 80 if scripts else 170)

    if scripts:
        explained = Hands(open_page).sign_in(clerk)
        explained.menu("jgjs").press("ArrowDown", "Enter").reads("与存档一致")
        explained.press("Alt+s").reads("逐步判断").reads("起付")
        explained.done("说明一次结算", 12)

    back = Hands(open_page, scripts=scripts).sign_in(reviewer).long_ago()
    if scripts:
        back.menu("jgjs").press("ArrowDown", "Enter").reads("与存档一致").press("Alt+r")
    else:
        back.tab("机构结算", most=40).press("Enter")
        number = hands.page.locator("h1").inner_text().split()[1]
        back.skip().tab(number, most=40).press("Enter")
        back.skip().tab("冲正", most=6).press("Enter")
    if not scripts:
        back.skip().tab("冲正原因", most=6)
    back.at("冲正原因").type("清单录错")
    if scripts:
        back.press("Control+Enter")
    else:
        back.tab("冲正 4,620.00 元", most=4).press("Enter")
    back.step_up(reviewer).reads("已冲正")
    back.done("由另一人冲正", 24 if scripts else 66)
    with scoped(agency.scope):
        assert Settlement.objects.count() == 2
    assert complaints == []


def test_a_post_is_approved_by_the_second_administrator(open_page, complaints):
    first = hire(role="security_admin", division="430423", name="罗安全")
    second = hire(role="security_admin", division="430423", name="谭安全")
    clerk = hire(role="township_clerk", division="430423105", name="曾建华")
    made = access.request_post(
        scope=first.scope,
        operator_id=clerk.operator.id,
        organisation_id=first.post.organisation_id,
        role="county_clerk",
        valid_from=ON,
        valid_until=ON + timedelta(days=180),
        reason="接替调离人员",
        at=DAY,
    )
    hands = Hands(open_page).sign_in(second).long_ago()
    hands.menu("gwsq").rows("曾建华", most=2).press("Enter").reads("您是第二人")
    hands.press("Control+Enter").step_up(second).reads("已批准")
    hands.done("批准岗位授权", 18)
    assert Post.objects.get(request=made).granted_by_id == second.operator.id
    assert complaints == []

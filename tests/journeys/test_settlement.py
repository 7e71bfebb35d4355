"""A banner's clerk tries a stay, reads why, settles and prints it; another takes it back."""

import re
from datetime import date

import pytest

from tests.apps.access.offices import hire, open_office
from tests.apps.claims.insured import AT, insure
from tests.apps.claims.insured import open_office as open_agency
from tests.journeys import arriving
from tests.journeys.signing import sign_in
from yibao.apps.enrolment import operations as enrolment

pytestmark = [pytest.mark.journey, pytest.mark.django_db(transaction=True)]

BANNER = "152221"
A4 = (595, 842)
# A stay of 8,000.00 in the lists at the second level, the second year in a row: less 300.00
# (待遇 3), of the rest 60 percent (待遇 4).
WORKED = "4,620.00"


@pytest.fixture
def agency():
    """Hinggan in December 2009 with its books, three hospitals and one insured herdsman of 64."""
    open_office("xingan", at=AT)
    agency = open_agency()
    enrolment.open_year(scope=agency.scope, year=2009, on=date(2009, 1, 1), at=AT)
    insure(agency.scope)
    return agency


def pages_of(pdf: bytes) -> list[tuple[int, int]]:
    """The size of each page in points."""
    count = len(re.findall(rb"/Type\s*/Page\b", pdf))
    boxes = re.findall(rb"/MediaBox\s*\[\s*0 0 ([\d.]+) ([\d.]+)", pdf)
    assert len(boxes) == count
    return [(round(float(across)), round(float(down))) for across, down in boxes]


@pytest.mark.parametrize(("width", "scripts"), [("desktop", True), ("phone", False)])
def test_a_stay_is_tried_explained_settled_printed_and_taken_back(
    width, scripts, agency, open_page, picture, complaints
):
    clerk = hire(role="county_clerk", division=BANNER, name="吴玉梅", at=AT)
    reviewer = hire(role="county_reviewer", division=BANNER, name="陈珍燕", at=AT)
    page = open_page(width, scripts=scripts)

    def keep(name):
        picture(page, f"stay-{name}-{width}")

    sign_in(page, clerk)
    page.goto("/claims/")
    keep("1-none-yet")
    page.get_by_role("link", name="新就诊结算").first.click()
    page.get_by_label("姓名、证件号、拼音首字母或电话").first.fill("WLJ")
    page.locator("main").get_by_role("button", name="查找").click()
    keep("2-found")
    page.locator("tbody").get_by_role("link").click()

    fill = {
        "结算清单号": "QQ-2009-0601",
        "入院日期": "2009-06-01",
        "出院（就诊）日期": "2009-06-12",
        "医疗费总额（元）": "9000.00",
        "其中目录内合理费用（元）": "8000.00",
    }
    for label, value in fill.items():
        page.get_by_label(label).fill(value)
    page.get_by_label("医疗机构").first.fill("第2医院")
    if scripts:
        page.get_by_role("option", name="第2医院").wait_for()
        page.keyboard.press("ArrowDown")
        page.keyboard.press("Enter")
    else:
        page.locator("main").get_by_role("button", name="查找").click()
        page.get_by_role("radio", name="第2医院").check()
    page.get_by_label("就诊类别").select_option("inpatient")
    keep("3-filled-in")
    page.get_by_role("button", name=re.compile("^试算")).click()
    said = page.locator("main").inner_text()
    assert "尚未写入" in said
    assert "第" in said and "条" in said
    pay = page.get_by_role("button", name=re.compile("^结算 "))
    amount = re.search(r"[\d,]+\.\d\d", pay.inner_text()).group()
    assert amount == WORKED
    assert f"结算后基金支付 {amount} 元" in page.locator(".decide").inner_text()
    keep("4-tried")
    beside = arriving.watch(page.context.new_page())
    beside.goto("/claims/")
    assert "没有结算记录" in beside.locator("main").inner_text()
    beside.close()

    pay.click()
    assert page.get_by_role("heading", level=1).inner_text().startswith("结算 ")
    assert amount in page.locator("main").inner_text()
    assert "与总费用相符" in page.locator("main").inner_text()
    assert "与存档一致" in page.locator("main").inner_text()
    # Who settles takes nothing back.
    assert not page.get_by_role("link", name=re.compile("^冲正")).count()
    keep("5-settled")
    sheet = page.url
    if width == "desktop":
        page.emulate_media(media="print")
        keep("6-on-paper")
        paper = page.pdf(prefer_css_page_size=True)
        assert pages_of(paper) == [A4]
        page.emulate_media(media="screen")

    other = open_page(width, scripts=scripts)
    sign_in(other, reviewer)
    other.goto(sheet)
    other.get_by_role("link", name=re.compile("^冲正")).click()
    picture(other, f"stay-7-reverse-{width}")
    other.get_by_label("冲正原因").fill("清单录错，医院重开")
    other.get_by_role("button", name=re.compile("^冲正 ")).click()
    assert "已冲正" in other.get_by_role("status").inner_text()
    assert f"−{amount}" in other.locator("main").inner_text()
    picture(other, f"stay-8-reversed-{width}")
    other.goto(sheet)
    assert "已冲正" in other.get_by_role("heading", level=1).inner_text()
    assert complaints == []

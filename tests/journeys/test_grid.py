"""The entry grid by keyboard: a block pasted from a spreadsheet, undone, corrected, saved."""

from datetime import date

import pytest
from django.urls import reverse

from tests.apps.access.offices import AT, hire, open_office
from tests.apps.enrolment.ledger_files import line, upload
from tests.apps.registry.people import number
from tests.journeys.signing import sign_in
from yibao.apps.enrolment import operations

pytestmark = [pytest.mark.journey, pytest.mark.django_db(transaction=True)]

PASTE = """text => {
  const data = new DataTransfer();
  data.setData("text", text);
  document.activeElement.dispatchEvent(
    new ClipboardEvent("paste", {clipboardData: data, bubbles: true, cancelable: true}));
}"""


@pytest.fixture
def clerk(open_page):
    scope = open_office()
    operations.open_year(scope=scope, year=2021, on=date(2020, 9, 20), at=AT)
    staff = hire(role="township_clerk", division="430423105")
    page = open_page("desktop")
    sign_in(page, staff)
    return page, staff


def value(page, name):
    return page.locator(f"[name={name}]").input_value()


def test_a_family_is_pasted_undone_pasted_again_and_registered(clerk, picture, complaints):
    page, _ = clerk
    page.goto(reverse("enrolment:household"))
    page.get_by_label("村（社区）").select_option(label="查泉村委会")
    page.get_by_label("家庭编号").fill("0099")
    page.locator("[name=g-1-relation]").focus()
    sons = [("子", f"查大{word}", number(72 + n), "") for n, word in enumerate("一二三四五六")]
    rows = [("户主", "查小明", number(71), ""), *sons]
    block = "\n".join("\t".join(row) for row in rows)
    page.evaluate(PASTE, block)
    assert value(page, "g-7-name") == "查大六"  # lines were added
    page.keyboard.press("Control+z")
    assert page.locator("[name=g-7-name]").count() == 0 and value(page, "g-1-name") == ""
    page.evaluate(PASTE, "\n".join([block, block.splitlines()[0]]))
    assert page.get_by_text("与第 1 行相同").is_visible()
    page.locator("[name=g-8-name]").focus()
    page.keyboard.press("ArrowUp")
    assert page.evaluate("document.activeElement.name") == "g-7-name"
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.name") == "g-8-name"
    for cell in ("relation", "name", "number"):
        box = page.locator(f"[name=g-8-{cell}]")
        box.select_option("") if cell == "relation" else box.fill("")
    picture(page, "grid-household")
    page.keyboard.press("Control+s")
    page.wait_for_selector("text=可以接着登记下一户")
    assert complaints == []


def test_an_error_row_of_an_import_is_mended_by_the_keyboard(clerk, picture, complaints):
    page, staff = clerk
    ledger = upload(staff.scope, line(1), line(2), line(3, sex="M"), line(4, claimed=1), at=AT)
    page.goto(reverse("enrolment:import", args=[ledger.pk]))
    picture(page, "import-with-errors")
    page.keyboard.press("Alt+m")
    page.wait_for_url("**/mend/**")
    page.locator("[name=g-1-sex]").select_option("男")
    page.locator("[name=g-2-claimed]").select_text()
    page.keyboard.type("280")
    assert page.locator("output[data-sum=claimed]").inner_text() == "560.00"
    picture(page, "grid-mend")
    page.keyboard.press("Control+s")
    page.wait_for_selector("text=没有错误行了")
    picture(page, "import-mended")
    assert page.get_by_role("button", name="确认入库 4 行").is_visible()
    assert complaints == []

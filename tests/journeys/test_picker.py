"""The entity picker: by initials and the arrow keys; and without scripts by radio buttons."""

import pytest
from django.urls import reverse

from tests.apps.access.offices import hire
from tests.apps.access.offices import open_office as open_region
from tests.apps.claims import insured
from tests.journeys.signing import sign_in
from yibao.apps.access.models import AuditRecord
from yibao.apps.access.scope import scoped

pytestmark = [pytest.mark.journey, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def office():
    open_region("xingan", at=insured.AT)
    return insured.open_office()


def clerk(open_page, office, *, scripts=True):
    staff = hire(role="county_clerk", division="152221", at=insured.AT)
    page = open_page("desktop", scripts=scripts)
    sign_in(page, staff)
    return page, staff


def test_an_institution_is_picked_by_the_keyboard(open_page, office, picture, complaints):
    page, _ = clerk(open_page, office)
    person = insured.insure(office.scope)
    page.goto(reverse("claims:visit", args=[person]))
    box = page.get_by_role("combobox", name="医疗机构")
    box.focus()
    page.keyboard.type("医院")
    page.wait_for_selector("[role=option]")
    assert box.get_attribute("aria-expanded") == "true"
    page.keyboard.press("ArrowDown")
    first = page.locator("[role=option][aria-selected=true]")
    assert box.get_attribute("aria-activedescendant") == first.get_attribute("id")
    picture(page, "picker-institution")
    page.keyboard.press("Enter")
    assert page.locator("input[name=institution]").input_value().isdigit()
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.name") == "number"
    assert complaints == []


def test_a_person_is_picked_masked_and_the_search_is_logged(open_page, office, complaints):
    page, staff = clerk(open_page, office)
    insured.insure(office.scope)
    with scoped(office.scope):
        from yibao.apps.registry.models import Person

        name = Person.objects.first().name
    page.goto(reverse("claims:who"))
    page.get_by_role("combobox").focus()
    page.keyboard.type(name)
    page.wait_for_selector("[role=option]")
    assert name not in page.locator("[role=listbox]").inner_text()
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    page.wait_for_url("**/claims/new/*/**")
    with scoped(office.scope):
        records = AuditRecord.objects.filter(
            action="registry.search", operator_id=staff.operator.id
        )
        assert records.last().detail["by"] == "picker"
    assert complaints == []


def test_without_scripts_a_button_lists_what_is_found(open_page, office, picture, complaints):
    page, _ = clerk(open_page, office, scripts=False)
    person = insured.insure(office.scope)
    page.goto(reverse("claims:visit", args=[person]))
    page.get_by_label("医疗机构").fill("医院")
    page.get_by_label("结算清单号").fill("F-1")
    page.get_by_role("button", name="查找", exact=True).last.click()
    page.get_by_role("radio").first.check()
    assert page.get_by_label("结算清单号").input_value() == "F-1"
    picture(page, "picker-plain")
    page.get_by_role("button", name="试算").click()
    assert page.locator("input[name=institution]").input_value().isdigit()
    assert complaints == []

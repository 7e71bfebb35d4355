"""A post on its way: asked for by one administrator, checked and approved by another."""

from datetime import timedelta

import pytest

from tests.apps.access.offices import ON, hire
from tests.journeys.signing import sign_in
from yibao.apps.access.models import GrantRequest, Post

pytestmark = pytest.mark.django_db(transaction=True, databases=["default", "owner"])


def test_a_post_is_asked_for_by_one_and_approved_by_another(open_page, picture, complaints):
    first = hire(role="security_admin", division="430423", name="罗安全")
    second = hire(role="security_admin", division="430423", name="谭安全")
    clerk = hire(role="township_clerk", division="430423105", name="曾建华")
    page = open_page("desktop")
    sign_in(page, first)
    page.goto(f"/access/operators/{clerk.operator.id}/")
    picture(page, "access-operator")
    page.get_by_role("link", name="申请岗位").click()
    page.get_by_label("岗位", exact=True).select_option("county_clerk")
    page.locator("#id_organisation").select_option(str(first.post.organisation_id))
    page.get_by_label("终止日期").fill((ON + timedelta(days=180)).isoformat())
    page.get_by_label("申请原因").fill("接替调离人员，办理全县缴费匹配")
    page.get_by_role("button", name="核对后果").click()
    assert page.get_by_text("与现任岗位不互斥").is_visible()
    picture(page, "access-request")
    page.get_by_role("button", name="提交申请").click()
    picture(page, "access-own-request")
    made = GrantRequest.objects.get()

    other = open_page("desktop")
    sign_in(other, second)
    picture(other, "access-home")
    other.goto("/access/grants/")
    picture(other, "access-grants")
    other.get_by_role("link", name="曾建华").click()
    picture(other, "access-approve")
    other.get_by_role("button", name="批准").click()
    assert Post.objects.get(request=made).granted_by_id == second.operator.id
    for name in ("operators", "posts", "review", "matrix", "matrix/exclusive"):
        other.goto(f"/access/{name}/")
        picture(other, f"access-{name.replace('/', '-')}")
    assert complaints == []


def test_an_approval_fits_a_phone(open_page, picture, complaints):
    second = hire(role="security_admin", division="430423", name="谭安全")
    page = open_page("phone")
    sign_in(page, second)
    for name in ("operators", "grants", "posts", "review", "matrix"):
        page.goto(f"/access/{name}/")
        picture(page, f"access-{name}-phone")
        wide = "document.documentElement.scrollWidth > document.documentElement.clientWidth"
        assert not page.evaluate(wide), name
    assert complaints == []

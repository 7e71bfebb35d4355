"""A clerk signs in for the first time, and finds the way around, at both widths."""

import pytest

from tests.apps.access.offices import AT, hire
from tests.journeys.signing import enter
from yibao.apps.access import queries
from yibao.apps.access.factors import code_at
from yibao.apps.access.models import Authenticator, Operator, OperatorSession

pytestmark = [pytest.mark.journey, pytest.mark.django_db(transaction=True)]


@pytest.mark.parametrize("width", ["desktop", "phone"])
def test_a_new_clerk_signs_in_and_sets_an_own_password(width, open_page, picture, complaints):
    staff = hire(role="township_clerk", division="430423105")
    Operator.objects.update(password_is_one_time=True)
    Authenticator.objects.all().delete()
    page = open_page(width)

    page.goto("/")
    picture(page, f"sign-in-{width}")
    page.get_by_label("工号").fill(staff.operator.staff_no)
    page.get_by_label("密码").fill("wrong")
    page.get_by_role("button", name="下一步").click()
    assert "工号、密码或动态码不正确" in page.get_by_role("alert").inner_text()
    picture(page, f"sign-in-error-{width}")

    page.get_by_label("密码").fill(staff.one_time_password)
    page.get_by_role("button", name="下一步").click()
    assert page.get_by_role("heading", level=1).inner_text() == "设置您自己的密码"
    picture(page, f"password-{width}")
    page.get_by_label("原密码").fill(staff.one_time_password)
    page.get_by_label("新密码", exact=True).fill("Xinqiao-2021")
    page.get_by_label("再输入一次新密码").fill("Xinqiao-2021")
    page.get_by_role("button", name="保存新密码").click()

    assert page.get_by_role("heading", level=1).inner_text() == "绑定动态码设备"
    page.wait_for_load_state("load")
    square = page.get_by_role("img", name="动态码密钥的方码")
    assert square.evaluate("one => one.complete && one.naturalWidth > 0")
    picture(page, f"factor-{width}")
    key = page.locator(".otp").inner_text()
    page.get_by_label("动态码").fill(code_at(key.replace(" ", ""), queries.clock().now))
    page.get_by_role("button", name="确认绑定").click()
    assert page.get_by_role("listitem").count() == 10
    picture(page, f"recovery-codes-{width}")
    page.get_by_role("link", name="已保存，继续").click()
    page.get_by_role("button", name="新桥镇").click()

    assert page.get_by_role("heading", level=1).inner_text() == "今天要办的事"
    picture(page, f"home-{width}")
    if width == "phone":
        page.get_by_role("link", name="菜单", exact=True).click()
        picture(page, "menu-phone")
        page.get_by_role("navigation", name="主菜单").get_by_role("link", name="查人").click()
    else:
        page.keyboard.press("F2")
        page.keyboard.type("ZJH")
        page.keyboard.press("Enter")
        page.wait_for_url("**/search/**")
    assert page.get_by_role("heading", level=1).inner_text() == "查人"
    picture(page, f"search-{width}")
    page.goto("/access/audit/")
    picture(page, f"refused-{width}")
    page.goto("/areas/")
    picture(page, f"areas-{width}")
    page.get_by_role("button", name="退出").click()
    assert page.get_by_role("heading", name="登录").is_visible()
    assert complaints == []


@pytest.mark.parametrize("width", ["desktop", "phone"])
def test_the_security_administrator_opens_an_account_without_scripts(width, open_page, picture):
    staff = hire(role="security_admin", division="430423", name="周明")
    page = open_page(width, scripts=False)

    page.goto("/access/operators/")
    enter(page, staff)
    picture(page, f"operators-{width}")
    page.goto("/areas/")
    picture(page, f"areas-county-{width}")
    page.goto("/access/operators/")
    page.get_by_role("link", name="开立账号").click()
    page.get_by_role("button", name="开立账号").click()
    picture(page, f"open-account-error-{width}")
    page.get_by_label("工号").fill("430999")
    page.get_by_label("姓名").fill("李敏")
    page.get_by_label("所在机构").select_option(label="　　新桥镇")
    page.get_by_role("button", name="开立账号").click()
    assert "只显示这一次" in page.content()
    picture(page, f"operator-{width}")


@pytest.mark.parametrize("width", ["desktop", "phone"])
def test_sessions_are_seen_ended_and_told_of_without_scripts(width, open_page, picture, complaints):
    clerk = hire(role="township_clerk", division="430423105")
    admin = hire(role="security_admin", division="430423", name="周明")
    page, other = open_page(width, scripts=False), open_page(width, scripts=False)
    page.goto("/my-sessions/")
    page.get_by_label("工号").fill(clerk.operator.staff_no)
    page.get_by_label("密码").fill(clerk.one_time_password)
    page.get_by_role("button", name="下一步").click()
    picture(page, f"code-{width}")
    clerk.half_a_minute_later()
    page.get_by_label("动态码").fill(clerk.code())
    page.get_by_role("button", name="下一步").click()
    assert page.get_by_role("heading", level=1).inner_text() == "我的登录"
    picture(page, f"my-sessions-{width}")
    OperatorSession.objects.update(confirmed_at=AT)
    page.get_by_role("button", name="重新生成恢复码").click()
    assert page.get_by_role("heading", level=1).inner_text() == "再次验证动态码"
    picture(page, f"step-up-{width}")
    clerk.half_a_minute_later()
    page.get_by_label("动态码").fill(clerk.code())
    page.get_by_role("button", name="验证并继续").click()
    assert page.get_by_role("heading", level=1).inner_text() == "保存您的恢复码"

    other.goto("/active-sessions/")
    enter(other, admin)
    picture(other, f"active-sessions-{width}")
    row = other.get_by_role("row", name=clerk.operator.staff_no)
    row.get_by_role("link", name="结束").click()
    picture(other, f"end-session-{width}")
    other.get_by_role("textbox", name="原因").fill("疑似被他人使用")
    other.get_by_role("button", name="结束登录").click()
    page.goto("/")
    assert "疑似被他人使用" in page.locator("main").inner_text()
    picture(page, f"ended-{width}")
    assert complaints == []

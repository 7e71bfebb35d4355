"""Signing in as people do."""

from typing import Any

from tests.apps.access.offices import Staff

# What stands at the head of the first page of a post; of any other, the queue.
FIRST = {"fund_accountant": "收款对账", "auditor": "审计日志", "system_admin": "系统状态"}


def sign_in(page: Any, staff: Staff) -> None:
    """Open the first page and sign in there."""
    page.goto("/")
    enter(page, staff)
    first = FIRST.get(staff.post.role, "今天要办的事")
    assert page.get_by_role("heading", level=1).inner_text().startswith(first)


def enter(page: Any, staff: Staff) -> None:
    """Fill in number and password, and then the code, wherever the page leads afterwards."""
    page.get_by_label("工号").fill(staff.operator.staff_no)
    page.get_by_label("密码").fill(staff.one_time_password)
    page.get_by_role("button", name="下一步").click()
    staff.half_a_minute_later()
    page.get_by_label("动态码").fill(staff.code())
    page.get_by_role("button", name="下一步").click()

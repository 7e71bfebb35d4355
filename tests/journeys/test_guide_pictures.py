"""The pictures of the guide are taken by this walk, of every page at two widths, never by hand.

With YIBAO_GUIDE_PICTURES=1 the walk writes docs/guide/zh/pictures/<route>-<width>.jpg anew. Without
it nothing is drawn: each page of the policy must have its pictures and each picture its page, so
that a new page is not forgotten, an old picture does not stay, and the guide shows what exists.
"""

import os
import re
from pathlib import Path
from typing import Any

import pytest

from tests.apps.access.offices import hire
from tests.console import everything
from yibao.apps.access import queries
from yibao.apps.access.factors import code_at
from yibao.apps.access.models import Authenticator, Operator

PICTURES = Path(__file__).resolve().parents[2] / "docs" / "guide" / "zh" / "pictures"
WIDTHS = {1440: 900, 390: 844}
BYTES_OF_ALL = 20_000_000
_SETTLED = """async () => {
    document.activeElement?.blur();
    const images = [...document.images];
    images.forEach(one => { one.loading = "eager"; });
    await Promise.all(images.map(one => one.decode().catch(() => null)));
    return document.documentElement.scrollHeight;
}"""
# A chart is drawn when it comes into view, which it does when the window grows; the page with it.
_DRAWN = """() => [...document.querySelectorAll("[data-yb-chart]")].every(
    box => box.querySelector("canvas"))"""
# Steps of signing in: they belong to no post and are walked as a new colleague does.
SIGNING_IN = [
    f"console:{name}" for name in ("sign_in", "password", "factor", "code", "posts", "locked")
]
# Routes that draw no page of their own when they are opened: why, and which.
DRAW_NOTHING = {
    "a file": (
        "console:help_picture registry:looked_file enrolment:template enrolment:errors "
        "subsidy:template collection:template fund:balance_file fund:days_file fund:reconcile_file "
        "statistics:progress_csv statistics:days_csv policy:groups_file"
    ),
    "a part of another page": "console:pick desk:progress",
    "the page that its form lies on": (
        "access:approve_grant access:return_grant access:withdraw_grant access:review_post "
        "access:renew_password access:close_account subsidy:confirm fund:run_verification "
        "policy:prove policy:sign policy:check policy:activate policy:run"
    ),
}
INDEX = PICTURES.parent / "pictures.md"
# The sections of the index, by the part of the policy that they show.
SECTIONS = {
    "console": "登录、待办与各页共有",
    "access": "账号、岗位与审计",
    "registry": "人员与家庭",
    "enrolment": "台账与参保",
    "subsidy": "资助",
    "collection": "缴费与现金",
    "care": "医疗机构",
    "claims": "待遇结算",
    "fund": "账簿",
    "statistics": "看板与名单",
    "policy": "政策",
    "desk": "任务、导出与通知",
    "system": "系统",
    "village": "村级代办的手机",
}
# Whose page is shown where several may open it: who works there, before who only looks.
WHO_WORKS = [
    "county_clerk",
    "fund_accountant",
    "policy_officer",
    "county_reviewer",
    "security_admin",
    "system_admin",
]
# Sections whose pages have something to show in the region of settlements and proposals.
SETTLED_THERE = ("claims", "care", "policy")
titles: dict[str, str] = {}


def file_name(route: str, width: int) -> str:
    """Return the name of a route's picture: `fund-book-1440.jpg`."""
    return f"{route.replace(':', '-')}-{width}.jpg"


def take(page: Any, route: str) -> None:
    """Write the pictures of the page that is open, at both widths."""
    PICTURES.mkdir(parents=True, exist_ok=True)
    titles[route] = " ".join(page.locator("h1").first.inner_text().split())
    for width, height in WIDTHS.items():
        page.set_viewport_size({"width": width, "height": height})
        # As tall as the page: what keeps to the window's edge then lies at the page's end.
        tall = page.evaluate(_SETTLED)
        page.set_viewport_size({"width": width, "height": max(height, tall)})
        page.wait_for_function(_DRAWN)
        grown = page.evaluate(_SETTLED)
        page.set_viewport_size({"width": width, "height": max(height, grown)})
        place = PICTURES / file_name(route, width)
        page.screenshot(path=str(place), type="jpeg", quality=60)
    page.set_viewport_size({"width": 1440, "height": 900})


def drawn_routes() -> list[str]:
    """Return the routes that draw a page, in the order of the policy."""
    left = " ".join(DRAW_NOTHING.values()).split()
    walked = [name for name, _route in everything.seen_routes() if name not in left]
    return [*SIGNING_IN, *walked]


def index_of(named: dict[str, str]) -> str:
    """Return the page that leads to the pictures: a table a section, a row a page."""
    lines = ["# 全部页面的图", "", "每一页各有电脑和手机两种宽度，由测试程序打开页面拍下。", ""]
    for section, label in SECTIONS.items():
        lines += [f"## {label}", "", "| 页面 | 电脑 | 手机 |", "| --- | --- | --- |"]
        for route in drawn_routes():
            if route.startswith(f"{section}:"):
                name = named[route]
                wide, narrow = (
                    f"[{width}](pictures/{file_name(route, width)})" for width in WIDTHS
                )
                lines.append(f"| {name} | {wide} | {narrow} |")
        lines.append("")
    return "\n".join(lines)


def test_each_page_has_its_pictures_and_each_picture_its_page():
    expected = {file_name(route, width) for route in drawn_routes() for width in WIDTHS}
    assert {place.name for place in PICTURES.iterdir()} == expected


def test_the_index_leads_to_each_picture_once():
    linked = re.findall(r"\(pictures/([^)]+)\)", INDEX.read_text(encoding="utf-8"))
    assert sorted(linked) == sorted(place.name for place in PICTURES.iterdir())


def test_the_pictures_together_stay_small():
    assert sum(place.stat().st_size for place in PICTURES.iterdir()) < BYTES_OF_ALL


if os.environ.get("YIBAO_GUIDE_PICTURES"):

    @pytest.mark.journey
    @pytest.mark.django_db(transaction=True)
    def test_pictures_of_the_pages_of_all_posts(walk):
        walk.first = WHO_WORKS
        seen: set[str] = set()
        for name, page in walk.pages():
            section = name.partition(":")[0]
            is_at_home = (walk.shown.region == "xingan") == (section in SETTLED_THERE)
            if name not in seen and (is_at_home or name not in titles):
                seen.add(name)
                take(page, name)
        assert walk.missing == []

    @pytest.mark.journey
    @pytest.mark.django_db(transaction=True)
    def test_pictures_of_signing_in(open_page):
        staff = hire(role="township_clerk", division="430423105")
        Operator.objects.update(password_is_one_time=True)
        Authenticator.objects.all().delete()
        page = open_page("desktop")
        page.goto("/")
        take(page, "console:sign_in")
        page.get_by_label("工号").fill(staff.operator.staff_no)
        page.get_by_label("密码").fill(staff.one_time_password)
        page.get_by_role("button", name="下一步").click()
        take(page, "console:password")
        page.get_by_label("原密码").fill(staff.one_time_password)
        page.get_by_label("新密码", exact=True).fill("Xinqiao-2021")
        page.get_by_label("再输入一次新密码").fill("Xinqiao-2021")
        page.get_by_role("button", name="保存新密码").click()
        take(page, "console:factor")
        key = page.locator(".otp").inner_text()
        code = code_at(key.replace(" ", ""), queries.clock().now)
        page.get_by_label("动态码").fill(code)
        page.get_by_role("button", name="确认绑定").click()
        page.get_by_role("link", name="已保存，继续").click()
        take(page, "console:posts")
        again = open_page("desktop")
        again.goto("/")
        again.get_by_label("工号").fill(staff.operator.staff_no)
        again.get_by_label("密码").fill("Xinqiao-2021")
        again.get_by_role("button", name="下一步").click()
        take(again, "console:code")
        page.get_by_role("button", name="新桥镇").click()
        page.locator('form[action*="/lock/"] button').click()
        page.get_by_role("heading", name="屏幕已锁定").wait_for()
        take(page, "console:locked")

    def test_the_index_is_written_from_what_was_taken():
        INDEX.write_text(index_of(titles), encoding="utf-8")

"""Every form of every page is filled in and sent by a browser without scripts.

The forms are found on the pages themselves, in both regions of `everything`, with what lies on
desks half done; each button of each form is pressed once, and what it did is taken back. An answer
is a page of ours: the act is done and said, or refused with what to do, and what was typed is kept.

`make test` takes the forms of a few pages, always the same ones; with YIBAO_AXE=all, and at the
landing figures of `make proof`, those of all pages as every post sees them.
"""

import contextlib
import os
import zlib
from collections import Counter
from collections.abc import Iterator
from typing import Any

import pytest

from tests.apps.access.offices import AT, hire, wrong_code
from tests.journeys import arriving
from tests.journeys.sending import DONE, REFUSED, Answer, Case, Sender, cases
from tests.journeys.shared_server import serving
from tests.journeys.unfinished import leave_unfinished
from tests.proof.probed import OWN, PLACES, World, undone, world
from yibao.apps.access import queries
from yibao.apps.access.factors import code_at
from yibao.apps.access.models import Authenticator, Operator, OperatorSession
from yibao.console.routes import routes

pytestmark = [pytest.mark.journey, pytest.mark.django_db]

# Of so many pages the forms of one are sent in `make test`.
ONE_OF = 14
_ONE_GUARDED = "registry:erasure"
_PATIENCE_MS = 120_000  # an activation proves the whole rulebook
# These take what a script sends; without scripts the form itself does the same.
SCRIPTS_ONLY = {
    "console:draft": "what is typed is kept every few seconds",
    "policy:check": "the text is checked while it is typed",
}
# Sent in the test of signing in: whoever is signed in does not see them.
BEFORE_A_POST = ("sign_in", "code", "factor", "password", "posts", "locked")
# After these the page itself shows what was done.
SILENT = {
    "console:lock",
    "console:preferences",
    "console:sign_out",
    "console:sign_out_everywhere",
    "console:draft_drop",
    "policy:prove",
    "policy:edit",
}
# What the regions' objects do not let anybody do; the refusal is what is looked at.
REFUSED_THERE = {
    ("hengshan", "collection:claim"): "the payment is of another place",
    ("hengshan", "claims:visit"): "the region has no rule of benefits",
    ("hengshan", "fund:reverse"): "the entry follows a business, which is put right itself",
    ("xingan", "care:designate"): "it is designated already",
    ("xingan", "subsidy:match"): "the region has no rule of support",
    ("xingan", "subsidy:grants"): "there is no fixed list",
    ("xingan", "collection:upload"): "the file names a channel of another region",
    ("xingan", "enrolment:upload"): "the file is of a village of another region",
    ("xingan", "subsidy:lists"): "nobody has matched",
    ("hengshan", "access:evidence"): "nobody did anything with that person",
    ("xingan", "access:evidence"): "nobody did anything with that person",
}


def is_whole() -> bool:
    """Tell whether all pages are asked for."""
    return os.environ.get("YIBAO_AXE") == "all" or os.environ.get("YIBAO_PROOF") == "landing"


class Browsers:
    """A browser without scripts for each post, on the server of the test's transaction."""

    def __init__(self, chromium: Any, address: str, made: World) -> None:
        self._chromium, self._address, self._world = chromium, address, made
        self._open: dict[tuple[str, str], tuple[Any, Any, Sender]] = {}

    def of(self, case: Case) -> Sender:
        """Return the sender of the case's post, with the session that it began with."""
        key = case.shown.region, case.role
        if key not in self._open:
            context = self._chromium.new_context(
                base_url=self._address,
                java_script_enabled=False,
                locale="zh-CN",
                reduced_motion="reduce",
                accept_downloads=True,
            )
            context.set_default_timeout(_PATIENCE_MS)
            page = arriving.watch(context.new_page())
            self._open[key] = context, page, Sender(page)
        context, _page, sender = self._open[key]
        client = self._world.client(case.shown, case.role, OWN)
        context.clear_cookies()
        context.add_cookies(
            [
                {"name": one.key, "value": one.value, "url": self._address}
                for one in client.cookies.values()
            ]
        )
        return sender

    def page(self, case: Case) -> Any:
        """Return the page that the post has before it."""
        return self._open[case.shown.region, case.role][1]

    def close(self) -> None:
        """Close them all."""
        for context, _page, _sender in self._open.values():
            context.close()


@contextlib.contextmanager
def _browsers(chromium: Any, made: World) -> Iterator[Browsers]:
    with serving() as address:
        opened = Browsers(chromium, address, made)
        try:
            yield opened
        finally:
            opened.close()


def _is_drawn(page: str) -> bool:
    """Tell whether the forms of a page are sent in the ordinary suite."""
    return zlib.crc32(page.encode()) % ONE_OF == 0


def _wrong(case: Case, answer: Answer) -> str:
    """Return what is wrong with an answer, "" for nothing."""
    is_refused_there = (case.shown.region, case.to) in REFUSED_THERE
    if answer.wrong:
        return f"{case.name}: {answer.wrong}"
    if answer.outcome == REFUSED and not is_refused_there:
        return f"{case.name}: refused: {answer.said}"
    if answer.is_silent and case.form.method == "post" and case.to not in SILENT:
        return f"{case.name}: done, and nothing says so"
    return ""


def test_every_form_is_sent_without_scripts(chromium):
    made = leave_unfinished(world())
    found = cases(made, is_whole=is_whole(), only=None if is_whole() else _is_drawn)
    sent: Counter[tuple[str, str]] = Counter()
    refused, wrong = set(), []
    with _browsers(chromium, made) as browsers:
        for case in found:
            with undone():
                answer = browsers.of(case).send(case)
            sent[case.shown.region, answer.outcome] += 1
            wrong += [said] if (said := _wrong(case, answer)) else []
            if answer.outcome == REFUSED:
                refused.add((case.shown.region, case.to))
    for region in (shown.region for shown in made.shown):
        of_region = [case for case in found if case.shown.region == region]
        forms = {(case.page, case.address, case.form.place) for case in of_region}
        print(
            f"{region}: {len(forms)} forms with {len(of_region)} buttons,"
            f" {sent[region, DONE]} done, {sent[region, REFUSED]} refused"
        )
    assert wrong == [], "\n".join(wrong)
    if is_whole():
        assert _left_out(found) == set(), "no page shows a form for these: see unfinished.py"
        assert set(REFUSED_THERE) <= refused, "these are done now: take them off REFUSED_THERE"


def _left_out(found: list[Case]) -> set[str]:
    """Return the routes that take forms, for which no page showed one."""
    posted = {name for name, route in routes().items() if "POST" in route.methods}
    seen = {case.to for case in found if case.form.method == "post"}
    return posted - seen - SCRIPTS_ONLY.keys() - {f"console:{one}" for one in BEFORE_A_POST}


def test_an_act_that_asks_for_the_code_again_goes_on_without_scripts(chromium):
    made = leave_unfinished(world())
    guarded = {name for name, route in routes().items() if route.step_up}
    if not is_whole():
        guarded = {_ONE_GUARDED}
    only = None if is_whole() else _ONE_GUARDED.__eq__
    seen = cases(made, is_whole=False, only=only)
    found = {case.to: case for case in seen if case.to in guarded}
    assert guarded == found.keys()
    with _browsers(chromium, made) as browsers:
        for case in found.values():
            with undone():
                staff = made.staff[case.role, PLACES[case.shown.region][OWN]]
                OperatorSession.objects.filter(operator=staff.operator).update(confirmed_at=AT)
                sender = browsers.of(case)
                sender.send(case)
                heading = browsers.page(case).locator("h1").inner_text()
                assert heading == "再次验证动态码", case.name
                staff.half_a_minute_later()
                answer = sender.confirm(case, staff.code())
            assert (answer.outcome, answer.wrong) == (DONE, ""), f"{case.name}: {answer}"


def test_one_signs_in_locks_and_unlocks_without_scripts(chromium):
    staff = hire(role="township_clerk", division="430423105")
    Operator.objects.update(password_is_one_time=True)
    Authenticator.objects.all().delete()
    password = "Xinqiao-2021"
    with serving() as address:
        context = chromium.new_context(base_url=address, java_script_enabled=False, locale="zh-CN")
        page = arriving.watch(context.new_page())

        def sign_in(with_password: str) -> None:
            page.get_by_label("工号").fill(staff.operator.staff_no)
            page.get_by_label("密码").fill(with_password)
            page.get_by_role("button", name="下一步").click()

        page.goto("/")
        sign_in("wrong")
        assert "工号、密码或动态码不正确" in page.get_by_role("alert").inner_text()
        assert page.get_by_label("工号").input_value() == staff.operator.staff_no
        sign_in(staff.one_time_password)
        page.get_by_label("原密码").fill(staff.one_time_password)
        page.get_by_label("新密码", exact=True).fill(password)
        page.get_by_label("再输入一次新密码").fill(password)
        page.get_by_role("button", name="保存新密码").click()
        key = page.locator(".otp").inner_text().replace(" ", "")
        page.get_by_label("动态码").fill(code_at(key, queries.clock().now))
        page.get_by_role("button", name="确认绑定").click()
        page.get_by_role("link", name="已保存，继续").click()
        page.get_by_role("button", name="新桥镇").click()
        assert page.locator("h1").inner_text() == "今天要办的事"
        page.get_by_role("button", name="退出").click()

        sign_in(password)
        page.get_by_label("动态码").fill(wrong_code(key))
        page.get_by_role("button", name="下一步").click()
        assert page.get_by_role("alert").inner_text().strip()
        staff.half_a_minute_later()
        page.get_by_label("动态码").fill(code_at(key, queries.clock().now))
        page.get_by_role("button", name="下一步").click()
        assert page.locator("h1").inner_text() == "今天要办的事"
        page.locator('form[action*="/lock/"] button').click()
        assert page.locator("h1").first.inner_text() == "屏幕已锁定"
        page.get_by_label("密码").fill(password)
        if page.get_by_label("动态码").count():
            staff.half_a_minute_later()
            page.get_by_label("动态码").fill(code_at(key, queries.clock().now))
        page.get_by_role("button", name="解锁").click()
        assert page.locator("h1").inner_text() == "今天要办的事"
        context.close()

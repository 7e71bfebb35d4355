"""What is reviewed one by one: the one before and after, the next by itself, the list at the end."""

import re
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from tests.apps.access.offices import AT, hire
from tests.apps.collection.town import Line, dues, open_town, settle_in, take
from tests.apps.desk import desks
from tests.apps.enrolment.ledger_files import line, upload
from tests.apps.policy.bureau import LOWERED
from tests.apps.registry.people import CHAQUAN, number
from tests.apps.subsidy import rosters
from tests.console.enrolment.test_mending import sent_by
from tests.console.policy.lab import Lab, open_lab
from tests.console.season import late_season
from tests.console.signed_in import sign_in_as
from yibao.apps.access import operations as access
from yibao.apps.access.queries import organisation_by_division
from yibao.apps.access.scope import scoped
from yibao.apps.collection import operations as collection
from yibao.apps.desk import operations as desk
from yibao.apps.policy.models import Proposal
from yibao.apps.registry import operations as registry
from yibao.apps.registry.models import Person
from yibao.console import queues
from yibao.rulebook import desk as limits

pytestmark = pytest.mark.django_db


@dataclass(frozen=True)
class Waiting:
    """A queue with two in it: who decides, how one more comes, how one is decided."""

    queue: queues.Queue
    browser: Client
    more: Callable[[], Any]
    decide: Callable[[int], Any]

    @property
    def ids(self) -> list[int]:
        """Those that wait, in the order of the list that people see."""
        listed = self.browser.get(reverse(self.queue.listed)).content.decode()
        place = reverse(self.queue.one, args=[0]).replace("0/", r"(\d+)/")
        return [int(one) for one in dict.fromkeys(re.findall(f'href="{place}\\?', listed))]


def claims() -> Waiting:
    county = open_town()
    settle_in(county, 6)
    collection.raise_dues(scope=county, year=2021, at=AT)
    unknown = iter(range(99, 90, -1))

    def more():
        take(county, Line(n=next(unknown)))
        collection.match_payments(scope=county, year=2021, at=AT)

    more(), more()
    browser, _ = sign_in_as(role="county_clerk", division="430423")

    def decide(one):
        owed = next(due for due in dues(county) if not due.settled_at)
        page = f"{reverse('collection:claim', args=[one])}?find=王建华"
        return browser.post(page, {"due_id": owed.id, "reason": "号码写错"}, follow=True)

    return Waiting(queues.CLAIMS, browser, more, decide)


def roster_rows() -> Waiting:
    county = open_town()
    settle_in(county, 6)
    department = rosters.office(county)
    second = rosters.second_person()
    rosters.confirmed(county, (98, "低保"), (99, "低保"), second=second, department=department)
    browser, _ = sign_in_as(role="county_clerk", division="430423")

    unknown = iter(range(97, 90, -1))

    def more():
        rosters.confirmed(
            county, (next(unknown), "低保"), second=second, department=department, kind="addition"
        )

    def decide(one):
        with scoped(county):
            person = Person.objects.order_by("id").first()
        page = f"{reverse('subsidy:row', args=[one])}?find=王建华"
        given = {"answer": "match", "person_id": person.id, "note": "号码末位写错"}
        return browser.post(page, given, follow=True)

    return Waiting(queues.ROSTER_ROWS, browser, more, decide)


def exports() -> Waiting:
    desks.declare()
    late_season()
    asking = hire(role="county_clerk", division="430423", name="罗经办").scope

    def more():
        desk.ask_export(
            scope=asking,
            of="unpaid",
            title="未缴名单",
            given={"query": "", "year": 2021, "arguments": {}},
            purpose="check",
            purpose_words="第二次排查核对",
            whole=[],
            kind="csv",
            at=AT,
        )

    more(), more()
    browser, _ = sign_in_as(role="county_reviewer", division="430423", name="刘芳")

    def decide(one):
        return browser.post(reverse("desk:export", args=[one]), {"do": "approve"}, follow=True)

    return Waiting(queues.EXPORTS, browser, more, decide)


def grants() -> Waiting:
    first = hire(role="security_admin", division="430423", name="罗一").scope

    def more():
        clerk = hire(role="township_clerk", division="430423105", name="曾建华")
        access.request_post(
            scope=first,
            operator_id=clerk.operator.id,
            organisation_id=organisation_by_division("430423104").id,
            role="township_clerk",
            valid_from=AT.date(),
            valid_until=AT.date() + timedelta(days=60),
            reason="轮岗",
            at=AT,
        )

    more(), more()
    browser, _ = sign_in_as(role="security_admin", division="430423", name="罗二")

    def decide(one):
        return browser.post(reverse("access:approve_grant", args=[one]), {"go": "1"}, follow=True)

    return Waiting(queues.GRANTS, browser, more, decide)


def erasures() -> Waiting:
    county = late_season()
    clerk = hire(role="county_clerk", division="430423", name="罗经办").scope
    with scoped(county):
        people = list(Person.objects.order_by("-id").values_list("id", flat=True)[:4])

    def more():
        registry.ask_erasure(scope=clerk, person_id=people.pop(), reason="申请", at=AT)

    more(), more()
    browser, _ = sign_in_as(role="county_reviewer", division="430423", name="刘芳")

    def decide(one):
        given = {"decision": "refuse", "answer": "还有未结算的就诊"}
        return browser.post(reverse("registry:erasure", args=[one]), given, follow=True)

    return Waiting(queues.ERASURES, browser, more, decide)


def submitted(lab: Lab) -> Proposal:
    """A proposal that waits; its text cites itself by its number."""
    draft = lab.bureau.draft()
    text = LOWERED.replace("proposal_1", f"proposal_{draft.number}")
    return lab.bureau.submit(lab.bureau.save(draft, text))


def proposals() -> Waiting:
    lab = open_lab()

    def more():
        submitted(lab)

    def decide(one):
        page = reverse("policy:reject", args=[one])
        return lab.reviewer.post(page, {"because": "测算不足"}, follow=True)

    more(), more()
    return Waiting(queues.PROPOSALS, lab.reviewer, more, decide)


QUEUES = [claims, roster_rows, exports, grants, erasures, proposals]


@pytest.fixture(params=QUEUES, ids=lambda made: made.__name__)
def waiting(request, monkeypatch):
    small = replace(limits.exports(), rows_without_approval=3)
    monkeypatch.setattr(limits, "exports", lambda: small)
    return request.param()


def page_of(waiting: Waiting, one: int) -> str:
    return reverse(waiting.queue.one, args=[one])


def main_of(answer: Any) -> str:
    return answer.content.decode().partition("<main")[2]


def cursors(main: str) -> int:
    """The forms in which the cursor may stand: one that decides, else the only entry."""
    forms = re.findall(r"<form[^>]*>", main)
    decides = [one for one in forms if "data-decides" in one]
    entries = [one for one in forms if 'method="post"' in one and "form" in classes(one)]
    return len(decides or entries)


def classes(tag: str) -> list[str]:
    found = re.search(r'class="([^"]*)"', tag)
    return found[1].split() if found else []


def test_each_leads_to_the_one_before_and_after(waiting):
    first, last = (page_of(waiting, one) for one in waiting.ids)
    shown = [main_of(waiting.browser.get(one)) for one in (first, last)]
    assert "Alt N" in shown[0] and "Alt P" not in shown[0] and last in shown[0]
    assert "Alt P" in shown[1] and "Alt N" not in shown[1] and first in shown[1]
    assert [cursors(one) for one in shown] == [1, 1]


def test_the_next_comes_by_itself_and_after_the_last_the_list(waiting):
    first, last = waiting.ids
    answer = waiting.decide(first)
    assert answer.request["PATH_INFO"] == page_of(waiting, last), main_of(answer)
    said = re.search(r'class="yb-messages".*?</div></div>', main_of(answer), re.DOTALL)
    assert said and "这是下一件，还有 1 件" in said[0]
    assert "Alt N" not in main_of(answer) and cursors(main_of(answer)) == 1
    answer = waiting.decide(last)
    assert answer.request["PATH_INFO"] == reverse(waiting.queue.listed), main_of(answer)
    said = re.search(r'class="yb-messages".*?</div></div>', main_of(answer), re.DOTALL)
    assert said and "k-ok" in said[0] and "这是下一件" not in said[0]


def test_one_takes_as_many_statements_however_many_wait(waiting):
    page = page_of(waiting, waiting.ids[0])
    counts = []
    for _ in range(2):
        waiting.browser.get(page)
        with CaptureQueriesContext(connection) as statements:
            assert waiting.browser.get(page).status_code == 200
        counts.append(len(statements))
        waiting.more()
    assert counts[0] == counts[1]


def test_who_may_not_decide_sees_no_queue():
    lab = open_lab()
    one = [submitted(lab), submitted(lab)][0]
    page = reverse("policy:proposal", args=[one.id])
    assert "Alt P" in main_of(lab.reviewer.get(page))
    shown = main_of(lab.officer.get(page))
    assert "Alt P" not in shown and "Alt N" not in shown


def test_a_value_that_waits_stands_in_the_queue_of_proposals():
    lab = open_lab()
    value = lab.bureau.enter()
    proposal = submitted(lab)
    rejected = reverse("policy:reject", args=[proposal.id])
    answer = lab.reviewer.post(rejected, {"because": "测算不足"}, follow=True)
    assert answer.request["PATH_INFO"] == reverse("policy:setting", args=["newborn_time"])
    assert "这是下一件" in main_of(answer) and cursors(main_of(answer)) == 1
    given = {"version": 1, "document": "32号", "document_on": "2009-12-18"}
    answer = lab.reviewer.post(reverse("policy:activate", args=[value.id]), given, follow=True)
    assert answer.request["PATH_INFO"] == reverse("policy:proposals")
    assert "已生效" in main_of(answer)


def test_ledgers_with_wrong_lines_are_mended_one_after_the_other():
    county = late_season()
    browser, scope = sign_in_as(role="township_clerk", division="430423105")
    older = upload(scope, line(61, sex="M"), line(62, claimed=1), at=AT)
    newer = upload(scope, line(71), line(72, sex="M"), area_no=CHAQUAN, at=AT)
    upload(scope, line(81), area_no=CHAQUAN, at=AT)
    pages = [reverse("enrolment:mend", args=[one.id]) for one in (newer, older)]
    shown = [main_of(browser.get(one)) for one in pages]
    assert "Alt N" in shown[0] and "Alt P" not in shown[0] and pages[1] in shown[0]
    assert "Alt P" in shown[1] and "Alt N" not in shown[1] and pages[0] in shown[1]
    # Lines that stay wrong come again, under the reason that was chosen.
    given = sent_by(shown[1])
    assert {given["g-1-number"], given["g-2-number"]} > {number(61)} or len(given) > 2
    answer = browser.post(pages[1], given | {"g-1-sex": "男"}, follow=True)
    assert answer.request["PATH_INFO"] == pages[1]
    assert "还有 1 行有错误" in main_of(answer) and "data-entry" in main_of(answer)
    answer = browser.post(pages[1], sent_by(main_of(answer)) | {"g-1-claimed": "280"}, follow=True)
    assert answer.request["PATH_INFO"] == reverse("enrolment:import", args=[older.id])
    assert "没有错误行了" in main_of(answer)
    assert "Alt N" not in main_of(browser.get(pages[0]))
    assert county

"""What happened to a person and to a household: complete, with its documents, by pages."""

import re

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from tests.apps.access.offices import AT, hire, open_office
from tests.apps.claims import insured
from tests.apps.collection.town import dues
from tests.apps.policy.bureau import LEAGUE
from tests.apps.registry.people import number, person
from tests.console.everything import hengshan
from tests.console.season import late_season
from tests.console.signed_in import sign_in_as
from yibao.apps.access.scope import Scope, scoped
from yibao.apps.claims import operations as claims
from yibao.apps.claims.models import Settlement
from yibao.apps.collection.models import CashCollection
from yibao.apps.registry.models import IdentityDocument, Person
from yibao.apps.registry.operations import register_many
from yibao.console.registry import timeline as told
from yibao.console.registry.kinds import GROUPS, KINDS

pytestmark = pytest.mark.django_db
ITEM = re.compile(r"<li class=\"[^\"]*\"><div class=\"r1\">.*?</li>", re.DOTALL)
LINK = re.compile(r'<a class="meta" href="([^"]+)">([^<]+)</a>')


def section(browser, page, **query) -> str:
    answer = browser.get(page, query)
    assert answer.status_code == 200, answer.content.decode()
    return answer.content.decode().partition('id="tl"')[2].partition("</section>")[0]


def items(browser, page, **query) -> list[str]:
    return ITEM.findall(section(browser, page, **query))


def words(item: str) -> str:
    return " ".join(re.sub(r"<[^>]+>", " ", item).split())


def papers(item: str) -> list[str]:
    return [address.replace("&amp;", "&") for address, _said in LINK.findall(item)]


def page_of(person_id: int) -> str:
    return reverse("registry:person", args=[person_id])


def person_with(scope: Scope, n: int) -> int:
    from yibao.database.sealing import NUMBER, index_of

    with scoped(scope):
        return IdentityDocument.objects.get(number_index=index_of(number(n), of=NUMBER)).person_id


@pytest.fixture
def season():
    return late_season()


@pytest.fixture
def clerk(season):
    browser, _ = sign_in_as(role="county_clerk", division="430423")
    return browser


def test_every_kind_that_a_part_knows_is_told_and_the_reverse():
    known = [kind for part in told._PARTS for kind in part.BRANCHES]
    assert len(known) == len(set(known))
    assert set(known) == set(KINDS)
    assert {kind.group for kind in KINDS.values()} == set(GROUPS)


def test_a_payer_has_due_payment_and_coverage_newest_first(clerk, season):
    page = page_of(person_with(season, 1))
    said = [words(item) for item in items(clerk, page)]
    days = [one[:10] for one in said]
    assert days == sorted(days, reverse=True)
    text = "\n".join(said)
    for part in (
        "缴费 2021 年度",
        "缴费 280.00 元",
        "核定应缴 2021 年度",
        "参保 2021 年度",
        "人员登记",
    ):
        assert part in text, part


def test_cash_leads_to_its_receipt(clerk, season):
    with scoped(season):
        cash = CashCollection.objects.select_related("due").first()
    (item,) = (one for one in items(clerk, page_of(cash.due.person_id)) if "现金代收" in one)
    receipt = reverse("collection:receipt", args=[cash.receipt_no])
    assert [to.partition("?")[0] for to in papers(item)] == [receipt]


@pytest.mark.parametrize(
    ("role", "division"),
    [
        ("county_clerk", "430423"),
        ("county_reviewer", "430423"),
        ("auditor", "430423"),
        ("medical_clerk", "430423"),
        ("township_clerk", "430423105"),
    ],
)
def test_every_document_that_is_a_link_opens(role, division):
    hengshan()
    scope = Scope.system("hengshan")
    browser, _ = sign_in_as(role=role, division=division, name="查链接")
    opened: set[str] = set()
    shown = 0
    for n in (1, 16, 18, 20):
        for item in items(browser, page_of(person_with(scope, n))):
            shown += 1
            for to in papers(item):
                if to not in opened:
                    assert browser.get(to).status_code == 200, (words(item), to)
                    opened.add(to)
    assert shown >= 4
    if role == "county_clerk":
        names = {to.split("/")[1] for to in opened}
        assert {"collection", "enrolment", "subsidy", "registry"} & names


def test_a_supported_person_has_roster_support_and_list(season):
    hengshan_scope = Scope.system("hengshan")
    from tests.apps.subsidy import rosters
    from yibao.apps.subsidy import operations as subsidy

    department = rosters.office(season)
    rosters.confirmed(season, (20, "低保"), department=department)
    rosters.match(season)
    listed = rosters.fix(season, kind="final")
    subsidy.claim_grants(scope=season, year=2021, at=AT)
    browser, _ = sign_in_as(role="county_clerk", division="430423")
    found = items(browser, page_of(person_with(hengshan_scope, 20)))
    text = "\n".join(words(item) for item in found)
    for part in ("列入部门名单", "确定为 2021 年度资助对象", "列入 2021 年度资助名单"):
        assert part in text, part
    assert "困难身份" in text
    assert "申请资助资金 2021 年度" in text
    links = "\n".join(to for item in found for to in papers(item))
    assert reverse("subsidy:list", args=[listed.id]) in links


def test_a_settled_visit_and_its_reversal_lead_to_their_settlements(db):
    open_office("xingan", at=insured.AT)
    office = insured.open_office()
    one = insured.insure(office.scope)
    claims.settle(
        scope=office.scope,
        client="H",
        key="k1",
        person_id=one,
        institution_id=office.hospitals[2],
        number="F1",
        facts=insured.stay(),
        at=insured.AT,
    )
    staff = hire(role="county_clerk", division=LEAGUE, at=insured.AT)
    browser, _ = sign_in_as(role="county_clerk", division=LEAGUE, staff=staff)
    with scoped(office.scope):
        settled = Settlement.objects.get()
    benefit = items(browser, page_of(one), of="benefit")
    assert len(benefit) == 2
    to = reverse("claims:settlement", args=[settled.id])
    assert all(papers(item)[0].partition("?")[0] == to for item in benefit)
    assert "医疗费用结算" in words(benefit[0])


def test_a_group_shows_its_kinds_alone_and_says_which_is_chosen(clerk, season):
    page = page_of(person_with(season, 1))
    every = items(clerk, page)
    parts = {group: items(clerk, page, of=group) for group in GROUPS}
    assert sorted(item for part in parts.values() for item in part) == sorted(every)
    assert any("缴费 280.00 元" in words(item) for item in parts["money"])
    text = section(clerk, page, of="money")
    assert re.search(r'aria-current="true" class="b6">缴费与资助<', text)
    assert items(clerk, page, of="nothing") == every


def test_pages_follow_by_keyset_without_a_gap_or_a_double(clerk, season, monkeypatch):
    page = page_of(person_with(season, 1))
    every = items(clerk, page)
    assert len(every) >= 5
    monkeypatch.setattr(told, "EVENTS", 2)
    walked, to = [], page
    while to:
        text = section(clerk, to)
        walked += ITEM.findall(text)
        more = re.search(r'rel="next" href="([^"]+)"', text)
        to = more.group(1).replace("&amp;", "&") if more else ""
    assert walked == every
    assert items(clerk, page, before="nonsense~due~x") == every[:2]


def test_a_long_history_takes_as_many_queries_as_a_short_one(clerk, season):
    (short,) = register_many(scope=season, persons=[person(90)], at=AT)
    counts = []
    for one in (short, person_with(season, 1), person_with(season, 16)):
        with CaptureQueriesContext(connection) as statements:
            clerk.get(page_of(one))
        counts.append(len(statements))
    assert len(set(counts)) == 1, counts


def test_a_households_page_tells_of_every_member_by_name(clerk, season):
    people = [
        person(n, name=name, household_no="0005", relation=relation)
        for n, name, relation in ((95, "王大山", "head"), (96, "陈小妹", "spouse"))
    ]
    ids = register_many(scope=season, persons=people, at=AT)
    with scoped(season):
        home = Person.objects.get(pk=ids[0]).household_id
    text = "\n".join(
        words(item) for item in items(clerk, reverse("registry:household", args=[home]))
    )
    assert "王*山" in text and "陈*妹" in text
    assert "王大山" not in text


def test_what_a_post_may_not_know_of_is_not_there_and_what_it_may_not_open_is_text(season):
    due = dues(season)[0]
    medical, _ = sign_in_as(role="medical_clerk", division="430423", name="谭丽娟")
    text = section(medical, page_of(due.person_id))
    assert "缴费" not in text and "参保 2021" not in text
    assert "人员登记" in text
    clerk, _ = sign_in_as(role="county_clerk", division="430423", name="曾建华")
    assert "操作日志" not in section(clerk, page_of(due.person_id))
    auditor, _ = sign_in_as(role="auditor", division="430423", name="刘审计")
    found = items(auditor, page_of(due.person_id), of="change")
    logs = [to for item in found for to in papers(item) if to.startswith("/access/audit")]
    assert logs and all(f"number={due.person_id}" in to for to in logs)

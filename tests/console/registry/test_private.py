"""Whole numbers for a purpose, who looked, and the erasure of identifiers, at the console."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from tests.apps.access.offices import AT
from tests.apps.collection.town import open_town
from tests.apps.registry.people import number, person
from tests.console.signed_in import sign_in_as
from yibao.apps.access.models import AuditRecord, Organisation
from yibao.apps.access.scope import scoped
from yibao.apps.registry import operations

PHONE = "13873401234"
pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def county():
    return open_town()


@pytest.fixture
def whom(county):
    people = [person(1, name="欧阳雪梅", phone=PHONE, household_no="1"), person(2)]
    return operations.register_many(scope=county, persons=people, at=AT)[0]


def signed_in(role, division="430423", name="曾建华"):
    return sign_in_as(role=role, division=division, name=name)[0]


def reveal(client, whom, **given):
    usual = {"what": ["number", "phone"], "purpose": "verify", "reason": "核对缴费凭证"}
    return client.post(reverse("registry:reveal", args=[whom]), usual | given)


def records(county, **of):
    with scoped(county):
        return list(AuditRecord.objects.filter(**of).order_by("id"))


def test_a_number_is_shown_once_for_a_purpose_and_written_down(county, whom):
    client = signed_in("county_clerk")
    page = client.get(reverse("registry:person", args=[whom]))
    assert reverse("registry:reveal", args=[whom]) in page.content.decode()
    for text in (number(1), PHONE, "欧阳雪梅"):
        assert text not in page.content.decode()
    form = client.get(reverse("registry:reveal", args=[whom]))
    assert number(1) not in form.content.decode()
    assert records(county, action="registry.reveal") == []

    shown = reveal(client, whom)
    words = shown.content.decode()
    assert shown.status_code == 200
    assert number(1) in words
    assert PHONE in words
    assert "欧阳雪梅" not in words
    assert "no-store" in shown.headers["Cache-Control"]
    (told,) = records(county, action="registry.reveal")
    assert (told.object_kind, told.object_id, told.outcome) == ("person", str(whom), "done")
    assert told.detail == {
        "purpose": "verify",
        "reason": "核对缴费凭证",
        "what": ["number", "phone"],
    }
    assert number(1) not in client.get(reverse("registry:reveal", args=[whom])).content.decode()


@pytest.mark.parametrize(
    "lack", [{"reason": ""}, {"purpose": ""}, {"what": []}, {"purpose": "curiosity"}]
)
def test_without_a_purpose_nothing_is_shown(county, whom, lack):
    answer = reveal(signed_in("county_clerk"), whom, **lack)
    assert answer.status_code == 422
    assert number(1) not in answer.content.decode()
    assert [one.outcome for one in records(county, action="registry.reveal")] == ["refused"]


@pytest.mark.parametrize("role", ["village_agent", "policy_officer", "auditor"])
def test_a_post_without_the_right_sees_no_number_and_no_way_to_one(county, whom, role):
    client = signed_in(role, "430423105214" if role == "village_agent" else "430423")
    page = client.get(reverse("registry:person", args=[whom])).content.decode()
    assert "查看完整号码" not in page
    answer = reveal(client, whom)
    assert answer.status_code == 403
    assert number(1) not in answer.content.decode()


def test_a_person_of_another_town_is_not_there(county, whom):
    with scoped(county):
        town = Organisation.objects.exclude(division="430423105000").filter(kind="township").first()
    client = signed_in("township_clerk", town.division)
    assert reveal(client, whom).status_code == 404


def test_who_looked_is_shown_with_post_and_purpose(county, whom):
    clerk = signed_in("county_clerk", name="罗经办")
    clerk.get(reverse("registry:person", args=[whom]))
    reveal(clerk, whom)
    auditor = signed_in("auditor", name="刘稽核")
    page = auditor.get(reverse("registry:looked", args=[whom])).content.decode()
    assert "罗经办" in page
    assert "县级经办" in page
    assert "与证件原件核对" in page
    assert "核对缴费凭证" in page
    assert number(1) not in page
    # What is written down of an act itself is no look.
    assert "registry.register" not in page
    person_page = auditor.get(reverse("registry:person", args=[whom])).content.decode()
    assert "一年内查询" in person_page
    told = records(county, object_kind="looks")
    assert [one.object_id for one in told] == [str(whom)]


def test_the_list_of_looks_leaves_as_a_file_and_takes_as_many_queries_for_more(county, whom):
    clerk, auditor = signed_in("county_clerk", name="罗经办"), signed_in("auditor", name="刘稽核")
    counts = []
    for times in (1, 9):
        for _ in range(times):
            clerk.get(reverse("registry:person", args=[whom]))
        with CaptureQueriesContext(connection) as statements:
            auditor.get(reverse("registry:looked", args=[whom]))
        counts.append(len(statements))
    assert counts[0] == counts[1]
    file = auditor.get(reverse("registry:looked_file", args=[whom]))
    lines = file.content.decode("utf-8-sig").splitlines()
    assert lines[0] == "时间,谁,岗位,做了什么,用途,理由,来自"
    assert len([one for one in lines if "罗经办" in one]) == 10
    for route in ("looked", "looked_file"):
        answer = clerk.get(reverse(f"registry:{route}", args=[whom]))
        assert answer.status_code == 403


def test_identifiers_are_erased_by_two_posts_at_the_console(county, whom):
    clerk = signed_in("county_clerk", name="罗经办")
    page = reverse("registry:ask_erasure", args=[whom])
    assert clerk.post(page, {"reason": ""}).status_code == 422
    assert clerk.post(page, {"reason": "继承人书面申请"}).status_code == 302
    reviewer = signed_in("county_reviewer", name="刘复核")
    listed = reviewer.get(reverse("registry:erasures")).content.decode()
    assert "继承人书面申请" in listed
    (wish,) = records(county, action="registry.ask_erasure", outcome="done")
    decide = reverse("registry:erasure", args=[wish.detail["erasure"]])
    assert clerk.post(decide, {"decision": "approve"}).status_code == 403
    assert reviewer.post(decide, {"decision": "refuse", "answer": ""}).status_code == 422
    assert reviewer.post(decide, {"decision": "approve", "answer": ""}).status_code == 302
    assert reviewer.post(decide, {"decision": "approve"}).status_code == 422
    shown = reviewer.get(reverse("registry:person", args=[whom]))
    assert shown.status_code == 200
    assert "无匹配" not in shown.content.decode()
    found = reviewer.get(reverse("console:search"), {"q": number(1)}).content.decode()
    assert reverse("registry:person", args=[whom]) not in found

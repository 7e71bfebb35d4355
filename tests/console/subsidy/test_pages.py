"""Pages of rosters, the match, fixed lists and grants."""

import re

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from tests.apps.access.offices import hire
from tests.apps.collection.town import open_town, settle_in
from tests.apps.subsidy.rosters import YEAR, confirmed, fix, match, office, roster_file, upload
from tests.console.signed_in import sign_in_as
from yibao.apps.access.scope import scoped
from yibao.apps.registry.models import Person
from yibao.apps.subsidy.models import Grant, Roster, RosterRow, Support
from yibao.core.identity import mask_name

pytestmark = pytest.mark.django_db

Q = {"year": YEAR}


@pytest.fixture
def county():
    scope = open_town()
    settle_in(scope, 6)
    return scope


@pytest.fixture
def clerk(county):
    client, _scope = sign_in_as(role="county_clerk", division="430423")
    return client


def words(answer):
    return answer.content.decode()


@pytest.mark.parametrize("name", ["rosters", "upload", "waiting", "match", "lists", "grants"])
def test_each_page_opens_before_there_is_anything(clerk, name):
    assert clerk.get(reverse(f"subsidy:{name}"), Q).status_code == 200


def test_a_roster_is_uploaded_and_its_faults_are_named(county, clerk):
    department = office(county)
    sent = SimpleUploadedFile("民政.xlsx", roster_file((1, "低保"), (2, "富裕")))
    given = {
        "department": department,
        "kind": "initial",
        "category": "",
        "as_of": "2020-09-30",
        "file": sent,
    }
    answer = clerk.post(reverse("subsidy:upload") + "?year=2021", given, follow=True)
    page = words(answer)
    assert "衡山县民政局的名单" in page, page
    assert "没有“富裕”这种资助类别" in page
    assert "须由另一人确认" in page


def test_who_uploaded_is_refused_and_another_confirms(county, clerk):
    mine = hire(role="county_clerk", division="430423", name="周上传")
    roster = upload(mine.scope, (1, "低保"), department=office(county), paper_sealed=False)
    client, _scope = sign_in_as(role="county_clerk", division="430423", staff=mine)
    address = reverse("subsidy:confirm", args=[roster.id])
    assert client.post(address, {"paper_sealed": "on"}).status_code == 409
    # A link that is only opened confirms nothing, whatever was handed in with the roster.
    with scoped(county):
        Roster.objects.update(paper_sealed=True)
    assert clerk.get(address).status_code == 302
    with scoped(county):
        assert Roster.objects.get().state == "checked"
    answer = clerk.post(address, {"paper_sealed": "on"}, follow=True)
    assert "已确认" in words(answer)
    with scoped(county):
        assert Roster.objects.get().state == "confirmed"


def test_an_unmatched_row_is_answered_with_a_registered_person(county, clerk):
    confirmed(county, ("李建华", "", "低保"), (99, "低保"))
    with scoped(county):
        row = RosterRow.objects.get(state="unmatched")
    page = words(clerk.get(reverse("subsidy:waiting"), Q))
    assert "登记中没有这个号码" in page
    address = reverse("subsidy:row", args=[row.id])
    page = words(clerk.get(address, {"find": "王建华"}))
    assert "王*华" in page
    with scoped(county):
        person = Person.objects.order_by("id").first()
    answer = clerk.post(
        f"{address}?find=王建华",
        {"answer": "match", "person_id": person.id, "note": "号码末位写错"},
        follow=True,
    )
    assert "已答复" in words(answer), words(answer)
    match(county)
    with scoped(county):
        assert Support.objects.get().person_id == person.id


def test_a_row_finds_who_is_meant_and_prints_the_name_of_nobody(county, clerk):
    with scoped(county):
        name = Person.objects.order_by("id").first().name
    confirmed(county, (name, "", "低保"), ("贺不详", "", "低保"))
    with scoped(county):
        known, stranger = RosterRow.objects.order_by("row_no")
    page = clerk.get(reverse("subsidy:row", args=[known.id])).content.decode()
    assert re.search(r'<input class="form-control" id="find" name="find" value="">', page)
    assert 'name="person_id"' in page and mask_name(name) in page and name not in page
    page = clerk.get(reverse("subsidy:row", args=[stranger.id])).content.decode()
    assert "登记中没有找到" in page and "贺*详" in page and "贺不详" not in page
    page = clerk.get(reverse("subsidy:row", args=[stranger.id]), {"find": "查二"}).content.decode()
    assert 'name="find" value="查二"' in page


def test_the_match_shows_its_result_by_village_and_category(county, clerk):
    confirmed(county, (1, "低保"), (2, "边缘人口"))
    answer = clerk.post(reverse("subsidy:match") + "?year=2021", follow=True)
    page = words(answer)
    assert "资助 2 人：新增 2" in page
    assert "低保对象" in page and "边缘人口" in page and "420.00" in page


def test_the_reviewer_fixes_and_sends_a_list_that_the_town_then_sees(county):
    confirmed(county, (1, "低保"), (2, "边缘人口"))
    match(county)
    reviewer, _scope = sign_in_as(role="county_reviewer", division="430423", name="刘复核")
    answer = reviewer.post(reverse("subsidy:lists") + "?year=2021", {"kind": "final"}, follow=True)
    assert "名单已锁定" in words(answer), words(answer)
    address = answer.request["PATH_INFO"]
    town, _scope = sign_in_as(role="township_clerk", division="430423105", name="乡经办")
    assert town.get(address).status_code == 404
    assert "已下发" in words(reviewer.post(address, follow=True))
    page = words(town.get(address))
    assert page.count("王*华") == 2
    elsewhere, _scope = sign_in_as(role="township_clerk", division="430423100", name="别乡")
    page = words(elsewhere.get(address))
    assert "此区划内没有资助对象" in page and "王*华" not in page


def test_a_list_that_nobody_matched_is_not_fixed_and_the_page_says_why(county):
    reviewer, _scope = sign_in_as(role="county_reviewer", division="430423", name="刘复核")
    answer = reviewer.post(reverse("subsidy:lists") + "?year=2021", {"kind": "final"})
    assert answer.status_code in (409, 422)
    assert "须由两个人先后办理" in words(answer)


def test_money_of_a_grant_is_recorded_by_the_accountant(county):
    confirmed(county, (1, "低保"))
    match(county)
    fix(county, kind="final")
    client, _scope = sign_in_as(role="fund_accountant", division="430423", name="钱会计")
    page = words(client.post(reverse("subsidy:grants") + "?year=2021", follow=True))
    assert "280.00" in page
    with scoped(county):
        grant = Grant.objects.get()
    address = reverse("subsidy:grant", args=[grant.id]) + "?year=2021"
    given = {"amount_fen": "二百八", "received_on": "2020-12-18", "voucher_no": "CZ-1"}
    assert client.post(address, given).status_code == 422
    answer = client.post(address, {**given, "amount_fen": "280"}, follow=True)
    assert "到齐" in words(answer), words(answer)

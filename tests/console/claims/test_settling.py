"""A county clerk tries, explains and settles a stay; another takes it back."""

import re
from html import unescape

import pytest
from django.urls import reverse

from tests.apps.access.offices import AT as COUNTED
from tests.apps.access.offices import hire
from tests.apps.access.offices import open_office as open_region
from tests.apps.claims.insured import AT, insure, open_office, stay
from tests.apps.registry.people import person as somebody
from tests.console.season import late_season
from tests.console.signed_in import sign_in_as
from yibao.apps.access.scope import scoped
from yibao.apps.care import operations as care
from yibao.apps.claims import operations
from yibao.apps.claims.models import Settlement
from yibao.apps.registry.operations import register_many

pytestmark = pytest.mark.django_db

BANNER = "152221"


@pytest.fixture
def office(at_work):
    return open_office()


@pytest.fixture
def at_work():
    """The region's real places, served on the day of the settlements."""
    open_region("xingan", at=AT)


def clerk(role="county_clerk", name="白玉兰", division=BANNER):
    staff = hire(role=role, division=division, name=name, at=AT)
    return sign_in_as(role=role, division=division, staff=staff)


def words_of(answer):
    return unescape(re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", answer.content.decode())))


def keyed(client, office, person, **changed):
    """What a clerk keys in, with the key of the page."""
    page = client.get(reverse("claims:visit", args=[person]))
    assert page.status_code == 200
    return {
        "institution": office.hospitals[3],
        "number": "F2009-118",
        "kind": "inpatient",
        "admitted_on": "2009-03-01",
        "discharged_on": "2009-03-10",
        "total_fen": "18,642.50",
        "eligible_cost": "15000",
        "key": hidden(page, "key"),
        "do": "trial",
        **changed,
    }


def hidden(page, name):
    found = re.search(rf'name="{name}" value="([^"]*)"', page.content.decode())
    return found[1] if found else ""


def settling(tried):
    """What the page of a trial sends along when its visit is to be settled."""
    return {"do": "settle", "tried": hidden(tried, "tried"), "seen": hidden(tried, "seen")}


def rows(scope):
    with scoped(scope):
        return list(Settlement.objects.order_by("id"))


def test_a_clerk_finds_the_person_tries_the_stay_and_settles_it(office):
    person = insure(office.scope)
    client, scope = clerk()
    found = client.get(reverse("claims:who"), {"q": "乌力吉1"})
    assert reverse("claims:visit", args=[person]) in found.content.decode()
    asked = keyed(client, office, person)
    tried = client.post(reverse("claims:visit", args=[person]), asked)
    said = words_of(tried)
    assert tried.status_code == 200
    assert "8,030.00" in said
    assert "待遇 3" in said
    assert "与总费用相符" in said
    assert "结算后基金支付 8,030.00 元" in said
    assert rows(scope) == []
    asked |= settling(tried)
    answer = client.post(reverse("claims:visit", args=[person]), asked)
    assert answer.status_code == 302
    (row,) = rows(scope)
    assert row.fund_pay_fen == 803000
    assert row.settled_by == scope.operator_id
    shown = words_of(client.get(answer.url))
    assert f"已结算 {row.settlement_no}" in shown
    assert "个人负担 10,612.50 ＝ 3,642.50 ＋ 400.00 ＋ 6,570.00" in shown
    assert "与存档一致" in shown
    again = client.post(reverse("claims:visit", args=[person]), asked)
    assert again.url.split("?")[0] == answer.url.split("?")[0]
    assert len(rows(scope)) == 1


def test_what_was_changed_after_the_trial_is_tried_again_and_not_settled(office):
    person = insure(office.scope)
    client, scope = clerk()
    asked = keyed(client, office, person)
    tried = client.post(reverse("claims:visit", args=[person]), asked)
    changed = asked | settling(tried) | {"eligible_cost": "9000"}
    answer = client.post(reverse("claims:visit", args=[person]), changed)
    assert answer.status_code == 200
    assert "结算后基金支付 4,730.00 元" in words_of(answer)
    assert rows(scope) == []


def test_a_stay_on_the_days_of_a_settled_one_is_pointed_out_before_it_is_settled(office):
    person = insure(office.scope)
    client, _ = clerk()
    address = reverse("claims:visit", args=[person])
    asked = keyed(client, office, person)
    tried = client.post(address, asked)
    assert "日期重叠" not in words_of(tried)
    first = client.post(address, asked | settling(tried))
    (row,) = rows(office.scope)

    def told(**changed):
        return words_of(client.post(address, keyed(client, office, person, **changed)))

    again = {"number": "F2009-119", "institution": office.hospitals[2]}
    assert "日期重叠 同一人同一夜不会住两家医院" in told(**again)
    assert f"{row.settlement_no} " in told(**again)
    assert "2009-03-01 至 2009-03-10，基金已付 8,030.00 元" in told(**again)
    assert "日期重叠" in told(**again, admitted_on="2009-03-09", discharged_on="2009-03-20")
    # The day of a transfer belongs to both hospitals; a visit of a day is no stay.
    assert "日期重叠" not in told(**again, admitted_on="2009-03-10", discharged_on="2009-03-20")
    assert "日期重叠" not in told(**again, admitted_on="2009-03-05", discharged_on="2009-03-05")
    taken_back, _ = clerk(role="county_reviewer", name="复核")
    page = taken_back.get(f"{first.url.split('?')[0]}reverse/")
    taken_back.post(
        f"{first.url.split('?')[0]}reverse/", {"key": hidden(page, "key"), "because": "重复"}
    )
    assert len(rows(office.scope)) == 2
    assert "日期重叠" not in told(**again)


def test_a_visit_that_another_tab_came_before_is_tried_again_and_not_settled_unseen(office):
    person = insure(office.scope)
    client, _ = clerk()
    address = reverse("claims:visit", args=[person])
    here = keyed(client, office, person)
    there = keyed(client, office, person, number="F2009-119", institution=office.hospitals[2])
    tried_here, tried_there = client.post(address, here), client.post(address, there)
    assert "日期重叠" not in words_of(tried_there)
    assert client.post(address, here | settling(tried_here)).status_code == 302
    late = client.post(address, there | settling(tried_there))
    assert late.status_code == 422
    said = words_of(late)
    assert "试算之后，本人本年的结算已有变动" in said
    assert "日期重叠" in said
    assert len(rows(office.scope)) == 1
    # What the page shows now has been seen: the clerk decides.
    assert client.post(address, there | settling(late)).status_code == 302
    assert len(rows(office.scope)) == 2


def test_a_visit_whose_trial_nobody_has_seen_is_tried_first(office):
    person = insure(office.scope)
    client, _ = clerk()
    address = reverse("claims:visit", args=[person])
    asked = keyed(client, office, person)
    unseen = settling(client.post(address, asked)) | {"seen": ""}
    answer = client.post(address, asked | unseen)
    assert answer.status_code == 200
    assert "结算后基金支付 8,030.00 元" in words_of(answer)
    assert rows(office.scope) == []


def test_a_fault_in_the_form_and_a_refusal_stand_at_their_field(office):
    person = insure(office.scope)
    client, _ = clerk()
    address = reverse("claims:visit", args=[person])
    for changed, words in (
        ({"total_fen": "很多"}, "“很多”不是金额"),
        ({"number": ""}, "请填写结算清单号"),
        ({"eligible_cost": "20000"}, "超过医疗费总额"),
        ({"discharged_on": "2009-12-31"}, "晚于结算日"),
    ):
        answer = client.post(address, keyed(client, office, person, **changed))
        assert answer.status_code == 422
        assert words in words_of(answer)


def test_a_late_visit_names_what_it_changes_before_it_is_settled(office):
    person = insure(office.scope)
    settle(office, person, stay(since="2009-06-01", until="2009-06-05"))
    client, _ = clerk()
    answer = client.post(reverse("claims:visit", args=[person]), keyed(client, office, person))
    assert "清单 F1：基金支付变动 ＋55.00 元" in words_of(answer)


def settle(office, person, facts, operator_id=7):
    scope = office.scope.__class__(**{**office.scope.__dict__, "operator_id": operator_id})
    return operations.settle(
        scope=scope,
        client="H",
        key=f"k{person}",
        person_id=person,
        institution_id=office.hospitals[3],
        number="F1",
        facts=facts,
        at=AT,
    )


def test_a_reviewer_reverses_with_a_reason_and_sees_the_consequence_first(office):
    settler = hire(role="medical_clerk", division="152221", name="吴玉梅", at=AT)
    reply = settle(office, insure(office.scope), stay(), operator_id=settler.operator.id)
    client, scope = clerk(role="county_reviewer", name="陈刚")
    address = reverse("claims:reverse", args=[reply.settlement_id])
    page = client.get(address)
    assert "基金支付 2,530.00 元全部收回" in words_of(page)
    empty = client.post(address, {"because": "", "key": hidden(page, "key")})
    assert empty.status_code == 422
    done = client.post(address, {"because": "重复结算", "key": hidden(page, "key")})
    assert done.status_code == 302, words_of(done)
    assert [row.kind for row in rows(scope)] == ["settled", "reversed"]
    shown = words_of(client.get(done.url))
    assert "重复结算" in shown
    original = client.get(reverse("claims:settlement", args=[reply.settlement_id]))
    assert "已冲正" in words_of(original)
    assert address not in original.content.decode()


def test_a_clerk_has_no_way_to_reverse(office):
    reply = settle(office, insure(office.scope), stay())
    client, _ = clerk()
    page = client.get(reverse("claims:settlement", args=[reply.settlement_id]))
    address = reverse("claims:reverse", args=[reply.settlement_id])
    assert address not in page.content.decode()
    assert client.get(address).status_code == 403


def test_the_list_shows_the_year_and_its_sum(office):
    settle(office, insure(office.scope), stay())
    client, _ = clerk()
    said = words_of(client.get(reverse("claims:settlements"), {"year": "2009"}))
    assert "乌**1" in said
    assert "本页 1 行合计" in said and "2,530.00" in said
    none = words_of(client.get(reverse("claims:settlements"), {"year": "2008"}))
    assert "没有结算记录" in none
    found = words_of(client.get(reverse("claims:settlements"), {"year": "2009", "who": "没有此人"}))
    assert "没有符合条件的行" in found


def test_a_settlement_of_another_banner_is_not_there(office):
    reply = settle(office, insure(office.scope), stay())
    client, _ = clerk(division="152223")
    answer = client.get(reverse("claims:settlement", args=[reply.settlement_id]))
    assert answer.status_code == 404


@pytest.mark.parametrize(
    ("language", "said", "remedy"),
    [
        ("zh-hans", "本统筹区没有在 2020-12-18 生效的住院待遇规则，2020 年度", "医保主管部门公布"),
        (
            "en",
            "no rules for inpatient benefits in force on 2020-12-18",
            "authority publishes them",
        ),
    ],
)
def test_a_region_without_rules_of_benefits_says_so_and_who_publishes_them(language, said, remedy):
    county = late_season()
    [person] = register_many(scope=county, persons=[somebody(90)], at=COUNTED)
    hospital = care.register_institution(
        scope=county,
        code="H430423001",
        name="衡山县人民医院",
        kind="hospital",
        level=2,
        area_no=county.area_from,
        at=COUNTED,
    )
    client, _scope = sign_in_as(role="county_clerk", division="430423")
    client.post(reverse("console:preferences"), {"language": language, "next": "/"})
    asked = {
        "institution": hospital.id,
        "number": "F2020-1",
        "kind": "inpatient",
        "admitted_on": "2020-12-01",
        "discharged_on": "2020-12-10",
        "total_fen": "1000",
        "eligible_cost": "900",
        "do": "trial",
    }
    asked["key"] = hidden(client.get(reverse("claims:visit", args=[person])), "key")
    answer = words_of(client.post(reverse("claims:visit", args=[person]), asked))
    assert said in answer and remedy in answer
    assert "benefit”" not in answer  # the rulebook's own name of the rule

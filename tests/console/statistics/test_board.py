"""The board shows each place against the target, down to the household, and names nobody whole."""

import re
from datetime import timedelta

import pytest

from tests.apps.access.offices import AT, hire, open_office
from tests.apps.claims.insured import AT as HINGGAN_AT
from tests.apps.claims.insured import insure
from tests.apps.claims.insured import open_office as open_hinggan
from tests.apps.collection.town import settle_in
from tests.apps.desk import desks
from tests.apps.registry.people import CHAQUAN, SHICANG
from tests.console.season import late_season
from tests.console.signed_in import sign_in_as
from yibao.apps.access.models import AuditRecord
from yibao.apps.access.scope import Scope, scoped
from yibao.apps.enrolment import operations as enrolment
from yibao.apps.enrolment.models import Enrolment
from yibao.apps.registry.models import Household, Person

pytestmark = pytest.mark.django_db


@pytest.fixture
def season():
    """20 people of 查泉村, 15 of them paid; 6 of 石仓村, all paid."""
    return late_season()


def said(answer) -> str:
    assert answer.status_code == 200, answer.content.decode()
    text = answer.content.decode().partition("<main")[2]
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", text))


def clerk(role="township_clerk", division="430423105"):
    client, _ = sign_in_as(role=role, division=division)
    return client


def test_the_key_figures_say_what_they_are_compared_with(season):
    text = said(clerk().get("/statistics/"))
    assert "数据截至 2020-12-18" in text
    assert "应参保 26 人" in text
    assert "已参保 21 人 近 7 日 ＋0" in text
    # 95 % of 26 are 24.7: 25 are needed.
    assert "参保率 80.7 % 距 95% 还差 4 人" in text
    assert "达标村（社区） 1 / 2 上次排查 1" in text
    assert "离截止 13 天 按近 7 日速度赶不上" in text


def test_villages_stand_worst_first_with_the_checks_and_the_total_of_all_people(season):
    page = clerk().get("/statistics/").content.decode()
    text = said(clerk().get("/statistics/"))
    assert re.search(r"查泉村委会 20 15 0 0 0\.0 75\.0 75\.0 75\.0 4 石仓村委会 6 6 0 0", text)
    assert re.search(r"合计 26 21 0 0 0\.0 80\.7 80\.7 80\.7 4 ", text)
    assert re.search(r'class="heat m3"><a [^>]+>75\.0<', page)
    assert re.search(r'class="heat p3"><a [^>]+>100\.0<', page)


def test_a_county_clerk_sees_towns_with_the_target_line_and_why_the_sum_differs(season):
    page = clerk(role="county_clerk", division="430423").get("/statistics/")
    text = said(page)
    assert "衡山县各地" in text
    assert "不等于各行之和：达标的多出部分可抵" in text
    assert 'aria-label="80.7%，目标 95%"' in page.content.decode()
    assert "方案 一" in text


def test_a_township_clerk_sees_no_other_township(season):
    client = clerk()
    assert "衡山县" not in said(client.get("/statistics/"))
    assert client.get("/statistics/", {"area": "430423"}).status_code == 403
    assert client.get("/statistics/unpaid/", {"area": "430423"}).status_code == 403


def test_a_town_without_residents_says_so(season):
    client = clerk(role="county_clerk", division="430423")
    assert "这里还没有登记的居民" in said(client.get("/statistics/", {"area": "430423104"}))


def test_a_village_shows_its_households_and_a_household_its_members(season):
    settle_in(season, 2, first=61, household_no="0007", relation="head")
    with scoped(season):
        home = Household.objects.get()
    client = clerk()
    village = client.get("/statistics/", {"area": str(CHAQUAN)})
    assert re.search(r"王\*华 \S* ?2 0 0 0 2", said(village))
    assert "未编户的人员 20 15 0 0 5" in said(village)
    assert f"/statistics/households/{home.pk}/" in village.content.decode()
    members = said(client.get(f"/statistics/households/{home.pk}/"))
    assert "成员 2 人" in members
    assert members.count("未缴 ") == 2 + 1


def test_a_household_of_another_town_is_not_there(season):
    settle_in(season, 1, first=71, household_no="0008", relation="head")
    with scoped(season):
        home = Household.objects.order_by("-id").first()
    client = clerk(division="430423104")
    assert client.get(f"/statistics/households/{home.pk}/").status_code == 404


def test_the_unpaid_are_masked_and_stand_with_the_villages_reason(season):
    with scoped(season):
        someone = Person.objects.filter(area_no=CHAQUAN).order_by("-id").first()
        Enrolment.objects.filter(person=someone).update(unpaid_reason="away", notice_method="visit")
    client = clerk()
    page = client.get("/statistics/unpaid/").content.decode()
    text = said(client.get("/statistics/unpaid/"))
    assert "全部未缴 5" in text
    assert "外出未联系上 1" in text and "村里未填写 4" in text
    assert someone.name not in page
    assert re.search(r"\d{6}\*{8}\w{4}", text)
    away = said(client.get("/statistics/unpaid/", {"reason": "away"}))
    assert "共 1 行" in away and "上门告知" in away
    assert "共 4 行" in said(client.get("/statistics/unpaid/", {"reason": "none"}))


def test_the_list_is_that_of_the_chosen_place(season):
    client = clerk()
    paid_up = {"area": str(SHICANG)}
    assert "没有未缴人员" in said(client.get("/statistics/unpaid/", paid_up))
    asked = client.get(f"/desk/exports/ask/unpaid/?area={SHICANG}")
    assert asked.status_code == 409
    assert "没有可导出的行" in asked.content.decode()


def test_the_printed_list_stands_without_the_frame(season):
    page = clerk().get("/statistics/unpaid/", {"print": "1"}).content.decode()
    assert "新桥镇 2021 年度城乡居民医保未缴人员名单" in page
    assert "主菜单" not in page
    assert page.count('<th scope="row">') == 5 + 1  # and the sum


def ask(client, **given):
    """Ask for the list of the unpaid by the page."""
    words = {"purpose": "notify", "purpose_words": "查泉村上门告知", "kind": "csv"}
    return client.post("/desk/exports/ask/unpaid/", {**words, **given})


def taken(client, answer) -> str:
    """Have the file made and take it."""
    desks.run_all()
    number = answer.url.split("/")[3]
    file = client.post(f"/desk/exports/{number}/take/")
    assert file.status_code == 200, file.content.decode()
    return b"".join(file.streaming_content).decode("utf-8-sig")


def test_a_list_leaves_the_house_only_with_a_purpose_which_is_recorded(season):
    client = clerk()
    refused = ask(client, purpose_words="用")
    assert refused.status_code == 422
    assert "没有写清楚" in refused.content.decode()
    lines = taken(client, ask(client)).splitlines()
    assert len(lines) == 2 + 5
    assert "查泉村上门告知" in lines[0]
    assert "王*华" in lines[2] and "王建华" not in lines[2]
    with scoped(Scope.system("hengshan")):
        kept = AuditRecord.objects.filter(action="export.ask", outcome="done").order_by("id")
        asked, made, took = kept
    assert asked.detail["said"] == "查泉村上门告知"
    assert (asked.detail["rows"], asked.detail["whole"]) == (5, [])
    assert (made.detail["step"], took.detail["step"]) == ("made", "take")


def test_whole_names_leave_only_when_asked_and_numbers_never(season):
    client = clerk()
    text = taken(client, ask(client, whole=["name", "phone"]))
    assert "王建华" in text
    assert not re.search(r"\d{17}[\dX]", text)


def test_a_village_agent_reads_the_list_and_takes_none_away(season):
    staff = hire(role="village_agent", division=str(SHICANG), at=AT)
    client, _ = sign_in_as(role="village_agent", division=str(SHICANG), staff=staff)
    assert client.get("/statistics/unpaid/").status_code == 200
    assert ask(client).status_code == 403


def test_an_accountant_sees_figures_and_no_people(season):
    client = clerk(role="fund_accountant", division="430423")
    text = said(client.get("/statistics/"))
    assert "村里未填写 5" in text
    assert "/statistics/unpaid/" not in client.get("/statistics/").content.decode()
    assert client.get("/statistics/unpaid/").status_code == 403


def test_a_medical_clerk_has_no_business_with_the_unpaid(season):
    client = clerk(role="medical_clerk", division="430423")
    assert "未缴名单" not in client.get("/").content.decode()
    assert client.get("/statistics/unpaid/").status_code == 403


def test_the_files_hold_the_figures_of_the_page(season):
    client = clerk()
    text = client.get("/statistics/progress.csv").content.decode("utf-8-sig")
    assert "430423105,新桥镇,26,21,0,0,0,21,21,21,80.7,4" in text
    days = client.get("/statistics/days.csv").content.decode("utf-8-sig").splitlines()
    assert days == ["日期,当日末已参保", "2020-11-05,21"]


def test_the_board_asks_as_often_with_many_people_as_with_few(
    season, django_assert_max_num_queries
):
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    client = clerk()
    client.get("/statistics/")
    with CaptureQueriesContext(connection) as few:
        client.get("/statistics/")
    settle_in(season, 30, first=300, area_no=SHICANG)
    with django_assert_max_num_queries(len(few)):
        client.get("/statistics/")


def test_a_region_without_a_target_shows_rates_without_a_line(db):
    open_office("xingan", at=HINGGAN_AT)
    insure(open_hinggan().scope)
    client = clerk(role="county_clerk", division="152221")
    answer = client.get("/statistics/", {"year": "2009"})
    text = said(answer)
    assert "参保率 100.0 % 本年度没有规定目标" in text
    assert "还差" not in text and "达标" not in text
    assert 'class="bar"' not in answer.content.decode()


def test_who_is_insured_elsewhere_is_found_by_that(season):
    with scoped(season):
        someone = Person.objects.filter(area_no=CHAQUAN).order_by("-id").first()
    proof = enrolment.NewOtherCover(someone.pk, "employee", "衡阳市", "HY-1")
    enrolment.record_other_cover(scope=season, year=2021, cover=proof, at=AT - timedelta(days=1))
    listed = {"kind": "elsewhere"}
    assert "共 1 行" in said(clerk().get("/statistics/people/", listed))

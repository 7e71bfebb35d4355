"""The documents that a region's rules rest on: on record, and shown with the rules."""

import re

import pytest

from tests.apps.access.offices import AT, hire, open_office
from tests.console.signed_in import sign_in_as
from yibao.rulebook.loader import rulebook
from yibao.rulebook.regions import regions

pytestmark = pytest.mark.django_db


def read(region: str, address: str) -> str:
    """Return the words of a page as the region's reviewer reads it."""
    open_office(region, at=AT)
    staff = hire(role="county_reviewer", division=regions()[region].division, region=region)
    client, _ = sign_in_as(role="", division="", staff=staff)
    answer = client.get(address)
    assert answer.status_code == 200
    return re.sub(r"<[^>]+>|\s+", " ", answer.content.decode())


def test_each_record_is_of_a_document_that_the_rulebook_cites():
    for code, region in regions().items():
        assert set(region.documents) <= set(rulebook(code).sources), code


@pytest.mark.requirement("NC-00-1")
def test_nanchang_names_its_scheme_and_its_basis_on_every_rule():
    for name in rulebook("nanchang").rules:
        text = read("nanchang", f"/policy/rules/{name}/?year=2016")
        assert "城乡居民基本医疗保险" in text and "洪府厅发〔2015〕37号" in text, name


@pytest.mark.requirement("SJ-01")
def test_shijiazhuang_links_its_rules_to_the_plan_of_the_city():
    text = read("shijiazhuang", "/policy/?year=2008")
    assert re.search("制定依据 +石家庄市城镇居民基本医疗保险实施方案", text)


@pytest.mark.requirement("SJ-00-1")
def test_of_shijiazhuangs_supplement_only_the_title_is_known_and_nothing_is_computed():
    text = read("shijiazhuang", "/policy/?year=2008")
    for words in ("石政办发〔2007〕83号", "2007-10-29", "试行", "城镇居民大额补充医疗保险暂行办法"):
        assert words in text
    book = rulebook("shijiazhuang")
    open_now = {one.name for one in book.open_settings()}
    assert {"supplementary_premium", "supplementary_cap"} <= open_now
    assert not [name for name in book.rules if "supplement" in name]


@pytest.mark.requirement("HS-00")
def test_hengshan_rests_on_the_towns_plan_for_2021():
    text = read("hengshan", "/policy/?year=2021")
    for words in (
        "新桥镇2021年度城乡居民基本医疗保险参保缴费工作方案",
        "新政发〔2020〕34号",
        "2020-10-13",
        "2021 参保年度",
        "衡山县新桥镇人民政府",
        "各村（社区）、镇直各二级机构",
    ):
        assert words in text


@pytest.mark.requirement("HX-01-01", "HX-01-23")
def test_hinggans_seven_regulations_have_their_parents_their_start_and_who_interprets_them():
    text = read("xingan", "/policy/?year=2009")
    listed = text[text.index("依据的文件") :]
    parts = re.split("興安盟城鎮居民基本醫療保險(?=參保|基金|經辦|醫療|待遇|信息)", listed)[1:]
    assert len(parts) == 7
    for part in parts:
        assert "興署辦發〔2008〕24號" in part and "2008-07-13" in part
        assert "興署辦發〔2008〕23號" in part
        assert "兴安盟劳动和社会保障行政部门" in part
    # In force from issue: a rule of the first regulation is known from that day on.
    book = rulebook("xingan")
    assert book.sources["参保"].published.isoformat() == "2008-07-13"

"""Institutions: found, opened with what the fund owes them, registered, designated."""

from datetime import date

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from tests.apps.access.offices import open_office
from tests.apps.books import moment
from tests.console.fund.money import open_money, owed, words
from tests.console.signed_in import sign_in_as
from yibao.apps.access.scope import Scope
from yibao.apps.care import operations
from yibao.apps.care.models import Designation, Institution

pytestmark = pytest.mark.django_db

AT = moment("2020-01-05 09:00")


def register(code, name, *, level=2, kind="hospital", area_no=430423000000, region="hengshan"):
    return operations.register_institution(
        scope=Scope.system(region),
        code=code,
        name=name,
        kind=kind,
        level=level,
        area_no=area_no,
        at=AT,
    )


def designate(made, from_, until=None):
    return operations.designate(
        scope=Scope.system(made.region),
        institution_id=made.id,
        designated_from=from_,
        designated_until=until,
        document="协议 2020-1",
        at=AT,
    )


@pytest.fixture
def three():
    open_office("hengshan")
    county = register("H430423001", "衡山县人民医院")
    town = register(
        "H430423105", "新桥镇卫生院", level=1, kind="township_hospital", area_no=430423105000
    )
    over = register("H430423009", "康复医院", level=3)
    designate(county, date(2020, 1, 1))
    designate(town, date(2020, 1, 1), date(2021, 1, 1))
    designate(over, date(2019, 1, 1), date(2020, 12, 18))
    return county, town, over


@pytest.fixture
def clerk(three):
    return sign_in_as(role="county_clerk", division="430423")[0]


def names(answer):
    said = words(answer)
    return [name for name in ("衡山县人民医院", "新桥镇卫生院", "康复医院") if name in said]


@pytest.mark.parametrize(
    ("asked", "found"),
    [
        ({}, ["衡山县人民医院", "新桥镇卫生院", "康复医院"]),
        ({"q": "医院"}, ["衡山县人民医院", "康复医院"]),
        ({"q": "H430423105"}, ["新桥镇卫生院"]),
        ({"level": "1"}, ["新桥镇卫生院"]),
        ({"kind": "hospital"}, ["衡山县人民医院", "康复医院"]),
        ({"designated": "1"}, ["衡山县人民医院", "新桥镇卫生院"]),
        ({"designated": "0"}, ["康复医院"]),
        ({"area": "430423105"}, ["新桥镇卫生院"]),
        ({"q": "没有这家"}, []),
        (
            {"level": "9", "kind": "x", "designated": "y"},
            ["衡山县人民医院", "新桥镇卫生院", "康复医院"],
        ),
    ],
)
def test_the_list_is_narrowed_by_name_code_level_kind_day_and_area(clerk, asked, found):
    assert names(clerk.get("/care/institutions/", asked)) == found


def test_a_designation_that_ended_today_counts_no_more(clerk, three):
    said = words(clerk.get(f"/care/institutions/{three[2].id}/"))
    assert "康复医院 非定点" in said
    assert "2019-01-01 2020-12-18 协议 2020-1 已结束" in said


def test_the_page_says_what_the_fund_owes(clerk, three):
    money = open_money()
    money.post("institutions", owed(120050, three[0].id), source="settlement")
    said = words(clerk.get(f"/care/institutions/{three[0].id}/"))
    assert "垫付待遇 1,200.50 冲正、拨付 0.00 基金应付 1,200.50" in said
    assert "查看往来明细" not in said
    auditor, _ = sign_in_as(role="auditor", division="430423")
    page = auditor.get(f"/care/institutions/{three[0].id}/").content.decode()
    assert f"/fund/books/parties/{three[0].id}/institution/" in page


def test_without_books_the_page_says_so(clerk, three):
    assert "还没有建账" in words(clerk.get(f"/care/institutions/{three[0].id}/"))


def test_an_institution_is_registered_and_then_designated(clerk):
    page = clerk.get("/care/institutions/new/").content.decode()
    area = page[: page.index("新桥镇</option>")].rsplit('value="', 1)[1].split('"')[0]
    given = {"code": "H430423777", "name": "新桥社区中心", "kind": "community", "level": "1"}
    done = clerk.post("/care/institutions/new/", {**given, "area": area}, follow=True)
    assert "已登记新桥社区中心" in words(done)
    made = Institution.objects.get(code="H430423777")
    assert (made.level, made.area_no, made.in_region) == (1, 430423105000, True)
    address = f"/care/institutions/{made.id}/designate/"
    term = {"designated_from": "2021-01-01", "designated_until": "", "document": "协议 2021-7"}
    assert "已登记定点期" in words(clerk.post(address, term, follow=True))
    assert Designation.objects.get(institution=made).designated_until is None
    overlapping = clerk.post(address, {**term, "designated_from": "2022-01-01"})
    assert overlapping.status_code == 422
    assert "E624" in overlapping.content.decode()
    backwards = clerk.post(
        address, {**term, "designated_from": "2020-01-02", "designated_until": "2020-01-01"}
    )
    assert backwards.status_code == 422
    assert "E625" in backwards.content.decode()
    again = clerk.post("/care/institutions/new/", {**given, "area": area})
    assert again.status_code == 422
    assert "E622" in again.content.decode()


@pytest.mark.parametrize(
    "wrong",
    [
        {"code": ""},
        {"code": "H 1;"},
        {"code": "H" * 21},
        {"name": "院" * 81},
        {"kind": "castle"},
        {"level": "4"},
        {"level": "x"},
        {"area": "0"},
        {"area": "x"},
    ],
)
def test_what_cannot_be_registered_stays_in_the_form(clerk, wrong):
    given = {"code": "H1", "name": "某院", "kind": "hospital", "level": "1", "area": ""}
    assert clerk.post("/care/institutions/new/", {**given, **wrong}).status_code == 422
    assert Institution.objects.count() == 3


def test_who_only_reads_changes_nothing(three):
    auditor, _ = sign_in_as(role="auditor", division="430423")
    assert auditor.get("/care/institutions/").status_code == 200
    for address in ("/care/institutions/new/", f"/care/institutions/{three[0].id}/designate/"):
        assert auditor.get(address).status_code == 403
        assert auditor.post(address, {}).status_code == 403
    clerk, _ = sign_in_as(role="township_clerk", division="430423105")
    assert clerk.get("/care/institutions/").status_code == 403


def test_an_institution_of_another_region_is_not_there(clerk):
    foreign = register("H152201001", "兴安盟人民医院", area_no=152201000000, region="xingan")
    for rest in ("", "designate/"):
        assert clerk.get(f"/care/institutions/{foreign.id}/{rest}").status_code == 404
    assert "兴安盟人民医院" not in words(clerk.get("/care/institutions/"))
    term = {"designated_from": "2021-01-01", "document": "x"}
    answer = clerk.post(f"/care/institutions/{foreign.id}/designate/", term)
    assert answer.status_code in (404, 422)
    assert not Designation.objects.filter(institution=foreign).exists()


@pytest.mark.parametrize(
    "asked", [{"after": "\x00"}, {"q": "%" * 300}, {"level": "²"}, {"q": "\x00"}, {"page": "x"}]
)
def test_bad_input_gets_a_page_and_no_fault(clerk, asked):
    assert clerk.get("/care/institutions/", asked).status_code in (200, 400)


def test_the_list_asks_as_often_for_many_as_for_few_and_goes_on(clerk):
    def statements():
        with CaptureQueriesContext(connection) as found:
            answer = clerk.get("/care/institutions/")
        return len(found), answer.content.decode()

    few, _ = statements()
    for n in range(60):
        register(f"K{n:03d}", f"第{n}诊所", level=1, kind="community")
    many, said = statements()
    assert many == few
    assert "after=" in said
    assert "第59诊所" not in words(clerk.get("/care/institutions/"))
    last = Institution.objects.get(code="K046")
    assert "第59诊所" in words(clerk.get("/care/institutions/", {"after": last.id}))


def test_the_list_leaves_as_a_file_as_it_stands(clerk, three):
    said = clerk.get("/care/institutions/", {"csv": "1", "level": "1"}).content.decode("utf-8-sig")
    assert [line.split(",")[:5] for line in said.splitlines()] == [
        ["名称", "编码", "种类", "等级", "所在地"],
        ["新桥镇卫生院", "H430423105", "乡镇卫生院", "一级", "新桥镇"],
    ]

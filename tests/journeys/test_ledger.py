"""A township's clerk imports a ledger with errors, corrects it, imports again; a person's page."""

import io
from datetime import date

import pytest
import python_calamine
from django.urls import reverse

from tests.apps.access.offices import AT, by_a_person, hire, open_office
from tests.apps.enrolment.ledger_files import away, entrant, file_of, line, upload
from tests.apps.enrolment.spoilt import workbook
from tests.apps.registry.people import CHAQUAN, number, person
from tests.journeys.signing import enter
from yibao.apps.access.scope import Scope, scoped
from yibao.apps.enrolment import operations, queries
from yibao.apps.enrolment.ledgers import INSURED_ELSEWHERE, NEW_ENTRANTS
from yibao.apps.enrolment.models import Enrolment
from yibao.apps.registry.models import Person
from yibao.apps.registry.operations import register_many

pytestmark = [pytest.mark.journey, pytest.mark.django_db(transaction=True)]

NAMES = ["王建华", "李小梅", "欧阳华", "周平", "罗香", "谢连", "旷宝", "陈妍", "刘芳", "赵伟"]


def family(n: int) -> list[dict[str, object]]:
    """The n-th household of the village: a head, a wife, a child."""
    household = f"{n:04}"
    wife, child = 100 + n, 200 + n
    return [
        line(n, household_no=household, name=NAMES[n % 10]),
        line(
            wife,
            household_no=household,
            name=NAMES[(n + 3) % 10],
            relation="配偶",
            sex="女",
            number=number(wife, sex="female"),
        ),
        line(
            child,
            household_no=household,
            name=NAMES[(n + 7) % 10],
            relation="子",
            born=date(2012, 3, 4),
        ),
    ]


def village() -> list[dict[str, object]]:
    """Twelve households, seven of the lines spoilt as villages spoil them."""
    lines = [one for n in range(1, 13) for one in family(n)]
    lines[1]["number"] = str(lines[1]["number"])[:-1]
    lines[5]["number"] = 430423201203040033
    lines[8]["sex"] = "女"
    lines[12]["claimed"] = 250
    lines[17]["claimed"] = 0
    lines[20]["notice"] = "微信"
    lines[25] = dict(lines[0]) | {"household_no": lines[25]["household_no"], "relation": "子"}
    return lines


def prepared() -> Scope:
    """Hengshan with 2021 open; one person of the village is supported."""
    scope = open_office()
    operations.open_year(scope=scope, year=2021, on=date(2020, 9, 20), at=AT)
    supported = person(
        6, name=NAMES[6], household_no="0006", relation="head", identities=("minimum_living",)
    )
    register_many(scope=scope, persons=[supported], at=AT)
    return scope


def signed_in(open_page, width: str, role: str = "township_clerk", division: str = "430423105"):
    staff = hire(role=role, division=division)
    page = open_page(width)
    page.goto("/")
    enter(page, staff)
    return page


def corrected(content: bytes) -> bytes:
    """What a clerk makes of the error file: the reasons read, the cells put right."""
    book = python_calamine.CalamineWorkbook.from_filelike(io.BytesIO(content))
    rows = book.get_sheet_by_index(0).to_python(skip_empty_area=False)
    head = [str(cell) for cell in rows[2]]
    good = {
        str(one["household_no"]) + str(one["name"]): one for n in range(1, 13) for one in family(n)
    }
    made = []
    for row in rows[3:]:
        right = good.get(f"{row[1]}{row[2]}")
        if right is None:
            continue
        free = row[head.index("错误代码")] == "E305"
        cells = [right.get(key, "") for key in _KEYS]
        cells[7] = 0 if free else 280
        made.append(cells)
    return workbook({"台账": [rows[0], rows[1], head[:10], *made]})


_KEYS = (
    "no", "household_no", "name", "relation", "sex", "number", "notice", "claimed",
    "unpaid_reason", "signature",
)  # fmt: skip


def fits(page) -> bool:
    return page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")


@pytest.mark.parametrize("width", ["desktop", "phone"])
def test_a_township_clerk_imports_a_ledger_corrects_it_and_imports_again(
    width, open_page, picture, complaints, tmp_path
):
    scope = prepared()
    page = signed_in(open_page, width)
    page.goto(reverse("enrolment:imports"))
    picture(page, f"imports-empty-{width}")
    page.get_by_role("link", name="上传台账").click()
    page.get_by_label("填报单位（村）").select_option(label="查泉村委会")
    place = tmp_path / "查泉村台账.xlsx"
    place.write_bytes(file_of(*village()))
    page.get_by_label("文件", exact=True).set_input_files(place)
    picture(page, f"import-upload-{width}")
    page.get_by_role("button", name="上传并试运行").click()
    assert page.get_by_text("号码存成了数字，后几位已丢失").is_visible()
    assert page.get_by_text("全额资助对象，个人不缴费").is_visible()
    picture(page, f"import-dry-run-{width}")
    assert fits(page)
    with scoped(scope):
        assert not Enrolment.objects.exists()

    with page.expect_download() as download:
        page.get_by_role("link", name="行错误表").click()
    content = download.value.path().read_bytes()
    page.get_by_role("button", name="确认入库").click()
    assert page.get_by_text("登记不等于缴费").is_visible()
    picture(page, f"import-result-{width}")

    page.goto(reverse("enrolment:upload"))
    page.get_by_label("填报单位（村）").select_option(label="查泉村委会")
    place.write_bytes(corrected(content))
    page.get_by_label("文件", exact=True).set_input_files(place)
    page.get_by_role("button", name="上传并试运行").click()
    page.get_by_role("button", name="确认入库").click()
    assert page.get_by_text("登记不等于缴费").is_visible()
    with scoped(scope):
        assert Enrolment.objects.count() == 35
    page.goto(reverse("enrolment:imports"))
    picture(page, f"imports-{width}")
    assert fits(page)
    assert complaints == []


@pytest.mark.parametrize("width", ["desktop", "phone"])
def test_a_person_and_the_household_are_looked_at(width, open_page, picture, complaints):
    scope = prepared()
    ledger = upload(scope, *family(1), *family(2), at=AT)
    operations.confirm_ledger(scope=scope, import_id=ledger.pk, at=AT)
    elsewhere = upload(
        scope, away(300, name="陈生", cover_kind="职工医保"), kind=INSURED_ELSEWHERE, at=AT
    )
    operations.confirm_ledger(scope=scope, import_id=elsewhere.pk, at=AT)
    with scoped(scope):
        people = list(Person.objects.exclude(household=None).order_by("id"))
        ids = [one.pk for one in people if one.household.village_no == "0001"]
    facts = queries.facts_for_rules(scope=scope, person_ids=ids, year=2021)
    items = [
        operations.CoverItem(pk, 2021, facts[pk] | {"paid_on": "2020-12-01"}, "payment", 1, CHAQUAN)
        for pk in ids[:2]
    ]
    operations.cover(scope=scope, items=items, at=AT)
    page = signed_in(open_page, width, role="county_clerk", division="430423")
    page.goto(reverse("registry:person", args=[ids[0]]))
    assert page.get_by_role("heading", level=1).is_visible()
    assert fits(page)
    picture(page, f"person-{width}")
    page.get_by_role("link", name="家庭页").first.click()
    assert page.get_by_text("3 人，参保 2 人").is_visible()
    assert fits(page)
    picture(page, f"household-{width}")
    assert complaints == []


@pytest.mark.parametrize("width", ["desktop", "phone"])
def test_a_reviewer_takes_a_ledger_back_without_scripts(width, open_page, picture, complaints):
    scope = by_a_person(prepared())
    waiting = upload(scope, entrant(21), entrant(22, relation="子"), kind=NEW_ENTRANTS, at=AT)
    assert waiting.rows_good == 2
    ledger = upload(scope, *family(1), at=AT)
    operations.confirm_ledger(scope=scope, import_id=ledger.pk, at=AT)
    staff = hire(role="county_reviewer", division="430423", name="谭丽娟")
    page = open_page(width, scripts=False)
    page.goto("/")
    enter(page, staff)
    page.goto(reverse("enrolment:import", args=[ledger.pk]))
    page.get_by_role("link", name="撤销这一批次").click()
    picture(page, f"import-undo-{width}")
    page.get_by_label("撤销原因").fill("传错了村")
    page.get_by_role("button", name="撤销 3 行").click()
    assert page.get_by_text("这是一次撤销").is_visible()
    picture(page, f"import-undone-{width}")
    assert complaints == []

"""Chinese and English: every marked word has its English, and every word of a page is marked."""

import ast
import io
import re
import runpy
from datetime import date
from pathlib import Path

import pytest
import python_calamine
from django.urls import reverse

import yibao
from tests.apps.access.offices import AT, open_office
from tests.apps.collection.town import Line, open_town, settle_in, take
from tests.apps.enrolment.ledger_files import line, upload
from tests.apps.registry.people import CHAQUAN, number
from tests.apps.subsidy import rosters
from tests.console.signed_in import sign_in_as
from yibao.apps.access.models import Organisation
from yibao.apps.access.scope import scoped
from yibao.apps.enrolment import operations as enrolment
from yibao.apps.enrolment.ledgers import PAYMENT_LEDGER, form_of
from yibao.apps.subsidy.models import RosterRow

ROOT = Path(yibao.__file__).parent
CATALOGUE = runpy.run_path(str(ROOT.parents[1] / "scripts" / "catalogue.py"))
_CHINESE = re.compile(r"[㐀-鿿]")
_MARKERS = {"_", "_l", "_lazy", "gettext", "gettext_lazy", "gettext_noop"}
# Chinese whatever the page's language: names of files and of their columns, words of the official
# forms that villages, departments and the tax office exchange, and what is kept in a row as it
# was decided.
_FORMS = (
    "apps/enrolment/ledgers/",
    "apps/collection/sheets.py",
    "apps/collection/tables.py",
    "apps/collection/policy.py",
    "apps/subsidy/sheets.py",
    "apps/desk/sheets.py",
    "apps/access/evidence.py",
    "console/policy/words.py",  # rules without a label: both languages side by side
    "console/look.py",  # made-up rows of the page of components
)


def test_every_word_that_is_marked_has_its_english_and_none_is_stale():
    assert CATALOGUE["faults"]() == []


def unmarked(text: str) -> list[str]:
    """Return the literals with Chinese that a choice or a menu shows and no translation reaches."""
    tree = ast.parse(text)
    marked: set[int] = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and getattr(node.func, "id", "") in _MARKERS:
            marked |= {id(one) for one in ast.walk(node)}
    found = []
    for node in ast.walk(tree):
        # Labels: values of a mapping, of a choice, of an argument that a page shows.
        values: list[ast.expr] = []
        if isinstance(node, ast.ClassDef) and any("Choices" in ast.dump(b) for b in node.bases):
            values = [one for one in ast.walk(node) if isinstance(one, ast.Constant)]
        elif isinstance(node, ast.keyword) and node.arg in ("label", "title", "hint", "unit"):
            values = [node.value]
        elif isinstance(node, ast.Call) and getattr(node.func, "id", "") in ("Entry", "Column"):
            values = list(node.args)
        for one in values:
            says = isinstance(one, ast.Constant) and isinstance(one.value, str)
            if says and _CHINESE.search(one.value) and id(one) not in marked:
                found.append(one.value)
    return found


def unsaid(text: str) -> list[str]:
    """Return the Chinese facts of a refusal that no translation reaches and no English beside."""
    found = []
    for node in ast.walk(ast.parse(text)):
        if not isinstance(node, ast.Raise) or not isinstance(node.exc, ast.Call):
            continue
        given = {one.arg: one.value for one in node.exc.keywords}
        for name, value in given.items():
            marked: set[int] = set()
            for one in ast.walk(value):
                if isinstance(one, ast.Call) and getattr(one.func, "id", "") in _MARKERS:
                    marked |= {id(inner) for inner in ast.walk(one)}
            found += [
                one.value
                for one in ast.walk(value)
                if isinstance(one, ast.Constant)
                and isinstance(one.value, str)
                and _CHINESE.search(one.value)
                and id(one) not in marked
                and f"{name}_en" not in given
            ]
    return found


def only_chinese(text: str) -> list[str]:
    """Return what takes the Chinese of a label whoever reads: `.zh`, `["zh"]`, language "zh"."""
    found = []
    for node in ast.walk(ast.parse(text)):
        if (isinstance(node, ast.Attribute) and node.attr == "zh") or (
            isinstance(node, ast.Subscript) and ast.unparse(node.slice) == "'zh'"
        ):
            found.append(ast.unparse(node))
        elif isinstance(node, ast.Call) and ast.unparse(node.func).endswith("in_language"):
            found += [ast.unparse(node) for one in node.args if ast.unparse(one) == "'zh'"]
        elif isinstance(node, ast.Call) and getattr(node.func, "id", "") == "code_label":
            found.append(ast.unparse(node))
    return found


MODULES = sorted(
    path
    for part in ("apps", "console", "web")
    for path in (ROOT / part).rglob("*.py")
    if "migrations" not in path.parts
    and not str(path.relative_to(ROOT)).startswith(_FORMS)
    and _CHINESE.search(path.read_text(encoding="utf-8"))
)


@pytest.mark.parametrize("path", MODULES, ids=lambda path: str(path.relative_to(ROOT)))
def test_every_label_is_marked_for_translation(path):
    assert unmarked(path.read_text(encoding="utf-8")) == []


@pytest.mark.parametrize("path", MODULES, ids=lambda path: str(path.relative_to(ROOT)))
def test_what_a_refusal_says_is_marked_for_translation(path):
    assert unsaid(path.read_text(encoding="utf-8")) == []


def test_no_page_takes_a_label_in_chinese_whoever_reads_it():
    pages = [*(ROOT / "console").rglob("*.py"), *(ROOT / "console").rglob("*.html")]
    taken = {
        str(path.relative_to(ROOT)): only_chinese(text)
        if path.suffix == ".py"
        else re.findall(r"[\w.]+\.zh\b", text)
        for path in pages
        if "console/look" not in str(path)
        for text in [path.read_text(encoding="utf-8")]
    }
    assert {path: found for path, found in taken.items() if found} == {}


def test_the_search_for_chinese_whoever_reads_finds_it():
    for taken in ("row.zh", "one['zh']", "label.in_language('zh')", "code_label('sex', code)"):
        assert only_chinese(f"said = {taken}") == [taken]
    assert only_chinese("label.in_language(language())") == []


def test_the_search_for_unsaid_facts_finds_them():
    assert unsaid('raise NotThere(what=f"部门 {number}")') == ["部门 "]
    assert unsaid('raise NotThere(what=_("部门 %(id)s") % {"id": 1})') == []
    assert unsaid('raise ListNotReady(why="还有", why_en="left")') == []


def test_the_search_for_unmarked_labels_finds_them():
    assert unmarked('field = CharField(label="姓名")') == ["姓名"]
    assert unmarked('class A(TextChoices):\n    B = "b", "乙"') == ["乙"]
    assert unmarked('field = CharField(label=_("姓名"))') == []


@pytest.mark.django_db
def test_a_clerk_changes_the_language_and_every_page_follows():
    client, _ = sign_in_as(role="county_clerk", division="430423")
    home = reverse("console:home")
    assert "今天要办的事" in client.get(home).content.decode()
    client.post(reverse("console:preferences"), {"language": "en", "next": home})
    page = client.get(home).content.decode()
    assert "What there is to do today" in page and '<html lang="en"' in page
    assert "Board and reports" in page and "看板与报表" not in page
    client.post(reverse("console:preferences"), {"language": "zh-hans", "next": home})
    assert "今天要办的事" in client.get(home).content.decode()


# What a village wrote in its ledger, places, and the name of the clerk who took it in.
_TYPED = (
    "王建华",
    "邻居",
    "广播",
    "王*华",
    "衡山县",
    "新桥镇",
    "查泉村委会",
    "查泉村台账.xlsx",
    "曾建华",
)


@pytest.fixture
def spoilt(db):
    """A ledger with nine kinds of faults, opened by a clerk who reads English."""
    enrolment.open_year(scope=open_office(), year=2021, on=date(2020, 9, 20), at=AT)
    client, scope = sign_in_as(role="township_clerk", division="430423105")
    ledger = upload(
        scope,
        line(2, number=number(2)[:-1]),
        line(3, sex="女"),
        line(4, relation="邻居"),
        line(5, claimed=100),
        line(6, claimed=0),
        line(7),
        line(7, household_no="0099"),
        line(9, name=""),
        line(10, notice="广播"),
        line(11, relation="子"),
        at=AT,
    )
    client.post(reverse("console:preferences"), {"language": "en", "next": "/"})
    return client, ledger


def chinese_in(text: str, data: tuple[str, ...]) -> list[str]:
    """Return the runs of Chinese that are left once the data are taken out, the longest first."""
    for one in sorted(data, key=len, reverse=True):
        text = text.replace(one, "")
    return re.findall(r"[㐀-鿿]+", text)


def words_of(page: str) -> str:
    """Return the running text of a page's content, without tags, choices and typed cells."""
    main = page[page.index("<main") : page.index("</main>")]
    main = re.sub(r"<(select|template)\b.*?</\1>", " ", main, flags=re.DOTALL)
    return re.sub(r"<[^>]+>", " ", main)


def form_words() -> tuple[str, ...]:
    form = form_of(PAYMENT_LEDGER)
    heads = {word for one in form.columns for word in (one.title, *one.choices)}
    return (form.name, *heads, *_TYPED)


def test_the_faults_of_a_ledger_are_told_in_english(spoilt):
    client, ledger = spoilt
    for route in ("enrolment:import", "enrolment:mend"):
        page = words_of(client.get(reverse(route, args=[ledger.pk])).content.decode())
        assert "The same person as in row 9" in page, route
        assert chinese_in(page, form_words()) == [], route


def test_the_error_file_of_an_english_reader_explains_in_english(spoilt):
    client, ledger = spoilt
    answer = client.get(reverse("enrolment:errors", args=[ledger.pk]))
    book = python_calamine.CalamineWorkbook.from_filelike(io.BytesIO(answer.getvalue()))
    rows = book.get_sheet_by_index(0).to_python(skip_empty_area=False)
    at = rows[2].index("错误原因")
    told = [cell for row in rows[3:12] for cell in row[at : at + 2]]
    assert all(told) and len(told) == 18
    assert chinese_in(" ".join(told), form_words()) == []


# What the tax side and a department wrote in their files, their columns' titles, and names.
_HANDED_IN = (
    "王建华",
    "王**",
    "王*华",
    "缴费1105.xlsx",
    "缴费1106.xlsx",
    "缴费明细",
    "衡山县民政局",
    "名单.xlsx",
    "现金",
    "富裕",
    "昨天",
    "两百八",
    "曾建华",
    "李建华",
    "李*华",
    "衡山县",
    "新桥镇",
    "查泉村委会",
    "查泉村",
    *("姓名", "身份证号", "金额", "缴费时间", "渠道", "凭证号", "参保地", "年度", "类别"),
)


@pytest.fixture
def town(db):
    """Hengshan with three people on its list, and a clerk who reads English."""
    county = open_town()
    settle_in(county, 3)
    client, _scope = sign_in_as(role="county_clerk", division="430423")
    client.post(reverse("console:preferences"), {"language": "en", "next": "/"})
    return county, client


def test_the_faults_of_a_payment_file_are_told_in_english(town):
    county, client = town
    take(county, Line(n=1))
    took = take(
        county,
        Line(n=1, amount="140"),
        Line(n=2, voucher="A"),
        Line(n=3, voucher="A"),
        Line(number="43042319800506001", name=""),
        Line(number=number(2)[:-1] + "1"),
        Line(number=430423198005060012, amount="两百八"),
        Line(number="", amount="280.001"),
        Line(amount="-280", paid_at="昨天", channel="现金", voucher=" ", place="", year="21"),
        name="缴费1106.xlsx",
    )
    assert len({one["code"] for one in took.faults}) == 15
    page = words_of(client.get(reverse("collection:file", args=[took.id])).content.decode())
    assert "The same voucher number as in row 3" in page
    assert "There is no channel of payment" in page
    assert chinese_in(page, _HANDED_IN) == []


def test_the_faults_of_a_roster_are_told_in_english(town):
    county, client = town
    roster = rosters.upload(
        county,
        (1, "低保"),
        (1, "低保对象"),
        ("李建华", number(2), "孤儿"),
        ("", number(3), "富裕"),
        ("王建华", "4304231980", ""),
        (99, "低保"),
    )
    with scoped(county):
        differs = RosterRow.objects.get(name="李建华").pk
    pages = {
        reverse("subsidy:roster", args=[roster.id]): "The same person in the same category",
        reverse("subsidy:waiting") + "?year=2021": "The name differs from the register",
        reverse("subsidy:row", args=[differs]): "Check whether it is the same person",
    }
    for address, told in pages.items():
        page = words_of(client.get(address).content.decode())
        assert told in page, address
        assert chinese_in(page, _HANDED_IN) == [], address


def test_what_is_wrong_in_a_grid_is_divided_as_english_is(town):
    client, _scope = sign_in_as(role="township_clerk", division="430423105")
    client.post(reverse("console:preferences"), {"language": "en", "next": "/"})
    village = Organisation.objects.get(division=str(CHAQUAN)).pk
    cells = {"g-rows": "1", "g-1-relation": "子", "g-1-name": "王建华", "g-1-number": "4304"}
    given = {"area": village, "household_no": "0101", **cells}
    answer = client.post(reverse("enrolment:household"), given).content.decode()
    summary = re.search(r'<div class="errsum".*?</div>', answer, re.DOTALL)[0]
    assert "This household has no head. Change the relation" in summary
    assert "。" not in summary and chinese_in(summary, ()) == []


def test_the_search_for_chinese_leaves_out_the_data_only():
    assert chinese_in("Row 4: 王建华 已参保", _TYPED) == ["已参保"]

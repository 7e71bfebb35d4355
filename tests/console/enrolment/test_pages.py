"""A ledger's way through the console, as a township's clerk walks it."""

import io
from datetime import date

import pytest
import python_calamine
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from tests.apps.access.offices import AT, open_office
from tests.apps.enrolment.ledger_files import entrant, file_of, line, upload
from tests.apps.registry.people import CHAQUAN, number, person
from tests.console.signed_in import sign_in_as
from yibao.apps.access.models import Organisation
from yibao.apps.access.scope import scoped
from yibao.apps.enrolment import operations
from yibao.apps.enrolment.ledgers import NEW_ENTRANTS, read_ledger
from yibao.apps.enrolment.models import Enrolment, LedgerImport
from yibao.apps.registry.operations import register_many

pytestmark = pytest.mark.django_db


@pytest.fixture
def county():
    """Hengshan with 2021 open, served on 18 December 2020."""
    scope = open_office()
    operations.open_year(scope=scope, year=2021, on=date(2020, 9, 20), at=AT)
    return scope


@pytest.fixture
def clerk(county):
    """A browser of the township's clerk, and the clerk's scope."""
    return sign_in_as(role="township_clerk", division="430423105")


@pytest.fixture
def spoilt(clerk):
    """A ledger with two good lines, two wrong ones, checked."""
    _, scope = clerk
    return upload(scope, line(1), line(2), line(3, sex="M"), line(4, claimed=1), at=AT)


def words_of(answer) -> str:
    return answer.content.decode()


def test_the_clerk_uploads_a_ledger_and_sees_what_is_wrong(clerk):
    browser, scope = clerk
    page = browser.get(reverse("enrolment:upload"))
    assert "附件2　城乡居民医保参保缴费台账" in words_of(page)
    given = {
        "kind": "payment_ledger",
        "area": Organisation.objects.get(division=str(CHAQUAN)).pk,
        "file": SimpleUploadedFile("查泉村.xlsx", file_of(line(1), line(2, sex="M"))),
    }
    answer = browser.post(reverse("enrolment:upload"), given, follow=True)
    words = words_of(answer)
    assert answer.status_code == 200
    assert "试运行完成，请核对" in words
    assert "性别只能是男或女" in words and "从下拉选项中选择" in words and "E204" in words
    assert "确认入库 1 行" in words
    assert number(2) not in words and "王*华" in words
    with scoped(scope):
        assert not Enrolment.objects.exists()


def test_a_file_that_is_no_ledger_is_an_error_of_the_form(clerk):
    browser, _ = clerk
    given = {
        "kind": "payment_ledger",
        "area": Organisation.objects.get(division=str(CHAQUAN)).pk,
        "file": SimpleUploadedFile("台账.xlsx", b"PK not at all"),
    }
    answer = browser.post(reverse("enrolment:upload"), given)
    assert answer.status_code == 422
    assert "文件不完整或已损坏" in words_of(answer) and "E805" in words_of(answer)


def test_nothing_chosen_is_said_at_each_field(clerk):
    browser, _ = clerk
    answer = browser.post(reverse("enrolment:upload"), {})
    assert answer.status_code == 422
    for words in ("请选择台账种类", "请选择填报单位（村）", "请选择文件"):
        assert words in words_of(answer)


def test_the_five_counts_of_the_page_add_up(clerk, spoilt):
    browser, _ = clerk
    words = words_of(browser.get(reverse("enrolment:import", args=[spoilt.pk])))
    for shown in ("文件行数", "<dd>4</dd>", "<dd>2<small>", "<dd>0<small>", "560.00", "280.00 × 2"):
        assert shown in words, shown
    assert "下载 2 行错误表" in words and "确认入库 2 行" in words


def test_a_reason_of_the_menu_shows_its_lines_only(clerk, spoilt):
    browser, _ = clerk
    page = browser.get(reverse("enrolment:import", args=[spoilt.pk]), {"code": "E302"})
    assert "个人应缴 280.00 元，填写了 1.00 元" in words_of(page)
    assert "性别只能是男或女" not in words_of(page)


def test_confirming_writes_the_good_lines_and_shows_the_result(clerk, spoilt):
    browser, scope = clerk
    answer = browser.post(reverse("enrolment:confirm", args=[spoilt.pk]), follow=True)
    assert "已入库 2 行" in words_of(answer) and "曾建华" in words_of(answer)
    with scoped(scope):
        assert Enrolment.objects.count() == 2
    assert "确认入库 2 行" not in words_of(answer)


def test_what_waits_for_a_word_is_released_by_one_button(clerk):
    browser, scope = clerk
    register_many(scope=scope, persons=[person(1, phone="13900005521")], at=AT)
    ledger = upload(scope, entrant(1), kind=NEW_ENTRANTS, at=AT)
    page = words_of(browser.get(reverse("enrolment:import", args=[ledger.pk])))
    assert "核实无误，放行 1 行" in page and "手机号与上年不同" in page
    answer = browser.post(reverse("enrolment:decide", args=[ledger.pk]), follow=True)
    assert "确认入库 1 行" in words_of(answer)


def test_a_ledger_is_checked_again_and_given_up(clerk, spoilt):
    browser, scope = clerk
    answer = browser.post(reverse("enrolment:check", args=[spoilt.pk]), follow=True)
    assert "已重新核对" in words_of(answer)
    answer = browser.post(reverse("enrolment:drop", args=[spoilt.pk]), follow=True)
    assert "没有写入任何数据" in words_of(answer)
    with scoped(scope):
        assert LedgerImport.objects.get().state == "dropped"


def test_the_template_and_the_error_file_are_ledgers(clerk, spoilt):
    browser, _ = clerk
    answer = browser.get(reverse("enrolment:template", args=["payment_ledger", CHAQUAN]))
    assert read_ledger(answer.content, "payment_ledger").header["unit"] == "新桥镇 查泉村委会"
    township = browser.get(reverse("enrolment:template", args=["payment_ledger", 430423105000]))
    assert "乡镇" in read_ledger(township.content, "payment_ledger").header["unit"]
    answer = browser.get(reverse("enrolment:errors", args=[spoilt.pk]))
    book = python_calamine.CalamineWorkbook.from_filelike(io.BytesIO(answer.content))
    assert book.get_sheet_by_index(0).to_python()[2][-4] == "错误原因"
    assert browser.get(reverse("enrolment:template", args=["roster", CHAQUAN])).status_code == 409


def test_undoing_is_the_reviewers_and_asks_for_a_reason(clerk, spoilt, county):
    browser, scope = clerk
    browser.post(reverse("enrolment:confirm", args=[spoilt.pk]))
    assert browser.get(reverse("enrolment:undo", args=[spoilt.pk])).status_code == 403
    reviewer, _ = sign_in_as(role="county_reviewer", division="430423", name="谭丽娟")
    page = reviewer.get(reverse("enrolment:import", args=[spoilt.pk]))
    assert "撤销这一批次" in words_of(page)
    address = reverse("enrolment:undo", args=[spoilt.pk])
    assert "撤销 2 行" in words_of(reviewer.get(address))
    assert "请填写撤销原因" in words_of(reviewer.post(address, {"reason": ""}))
    answer = reviewer.post(address, {"reason": "传错了村"}, follow=True)
    assert "已撤销 2 行" in words_of(answer) and "这是一次撤销" in words_of(answer)
    page = words_of(browser.get(reverse("enrolment:import", args=[spoilt.pk])))
    assert "看撤销记录" in page
    with scoped(scope):
        assert not Enrolment.objects.filter(withdrawn_at=None).exists()


def test_where_nothing_is_to_be_undone_the_page_says_so_and_has_no_button(clerk, spoilt, county):
    browser, _ = clerk
    reviewer, _ = sign_in_as(role="county_reviewer", division="430423", name="谭丽娟")
    address = reverse("enrolment:undo", args=[spoilt.pk])

    def shown(address):
        words = words_of(reviewer.get(address))
        main = words[words.index("<main") : words.index("</main>")]
        assert "没有可以撤销的行" in main
        assert "<form" not in main and "btn-danger" not in main and " 0 行" not in main
        return main

    assert "这一批次没有写入任何数据。" in shown(address)
    browser.post(reverse("enrolment:confirm", args=[spoilt.pk]))
    reviewer.post(address, {"reason": "传错了村"})
    assert "登记已整批撤回" in shown(address)
    with scoped(county):
        correction = LedgerImport.objects.latest("id")
    assert "本身就是撤销" in shown(reverse("enrolment:undo", args=[correction.pk]))


def test_the_list_takes_as_many_queries_for_many_ledgers_as_for_one(clerk):
    browser, scope = clerk
    counts = []
    for first, size in ((1, 1), (10, 6)):
        for n in range(first, first + size):
            upload(scope, line(n), at=AT)
        with CaptureQueriesContext(connection) as statements:
            assert "查泉村委会" in words_of(browser.get(reverse("enrolment:imports")))
        counts.append(len(statements))
    assert counts[0] == counts[1]


def test_another_townships_ledger_is_not_there(county, spoilt):
    other, _ = sign_in_as(role="township_clerk", division="430423100")
    assert other.get(reverse("enrolment:import", args=[spoilt.pk])).status_code == 404
    assert other.post(reverse("enrolment:confirm", args=[spoilt.pk])).status_code == 404

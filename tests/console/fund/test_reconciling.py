"""The reconciliation: receipts beside the books, and each difference opens its document."""

import csv
import io
import re

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from tests.apps.access.offices import open_office
from tests.apps.books import moment
from tests.apps.collection.town import (
    FULL,
    YEAR,
    Line,
    agent,
    collect,
    dues,
    open_town,
    settle_in,
    take,
)
from tests.console.fund.money import words
from tests.console.signed_in import sign_in_as
from yibao.apps.access.scope import scoped
from yibao.apps.collection import operations
from yibao.apps.fund import operations as fund
from yibao.apps.fund.models import Entry

pytestmark = pytest.mark.django_db
PAGE = "/fund/reconcile/"
NOVEMBER = moment("2020-11-06 10:00")


@pytest.fixture
def town():
    scope = open_town()
    settle_in(scope, 3)
    operations.raise_dues(scope=scope, year=YEAR, at=NOVEMBER)
    return scope


@pytest.fixture
def accountant(town):
    return sign_in_as(role="fund_accountant", division="430423", name="钱会计")[0]


def match(scope):
    return operations.match_payments(scope=scope, year=YEAR, at=NOVEMBER)


def test_a_file_that_was_matched_agrees_with_the_books_and_what_nobody_owes_is_kept_apart(
    town, accountant
):
    take(town, Line(1), Line(9), at=NOVEMBER)
    match(town)
    said = words(accountant.get(PAGE))
    assert "账单相符" in said
    assert "缴费1105.xlsx" in said
    assert "按文件中的列 1 2 560.00 280.00 280.00 相符" in said
    assert "待查缴费 1 笔 280.00 总账暂收款余额 280.00 差额 0.00" in said


def test_a_file_that_was_not_matched_yet_is_a_difference_and_opens_itself(town, accountant):
    taken = take(town, Line(1), at=NOVEMBER)
    answer = accountant.get(PAGE)
    said = words(answer)
    assert "有差额" in said and "账单相符 " not in said
    assert "＋280.00 未入账" in said
    assert f"/collection/files/{taken.id}/" in answer.content.decode()


def test_a_reversed_voucher_brings_its_difference_back(town, accountant):
    take(town, Line(1), at=NOVEMBER)
    match(town)
    with scoped(town):
        voucher = Entry.objects.get(kind="premium_received")
    fund.reverse_entry(scope=town, entry_id=voucher.id, reason="记错账簿", at=NOVEMBER)
    assert "＋280.00" in words(accountant.get(PAGE))


def test_cash_in_hand_stands_beside_the_custody_book_by_collector(town, accountant):
    one = agent(town, name="王代办")
    first, second, _third = dues(town)
    collect(one, first, at=NOVEMBER)
    held = collect(one, second, at=NOVEMBER)
    operations.deposit_cash(
        scope=one.scope,
        collection_ids=[held.id],
        channel="pos",
        voucher_no="POS1",
        late_reason="",
        at=NOVEMBER,
    )
    said = words(accountant.get(PAGE))
    assert "王代办 查泉村委会 560.00 280.00 280.00 280.00 280.00 相符" in said
    assert "现金缴存单 村级 POS 机 1 1 280.00 280.00 相符" in said
    assert "账单相符" in said


def test_only_differences_are_shown_on_request(town, accountant):
    take(town, Line(1), at=NOVEMBER)
    match(town)
    take(town, Line(2), name="缴费1106.xlsx", at=NOVEMBER)
    said = words(accountant.get(PAGE, {"show": "differing"}))
    assert "缴费1106.xlsx" in said and "缴费1105.xlsx" not in said


def test_a_month_holds_the_documents_of_its_days(town, accountant):
    take(town, Line(1), at=NOVEMBER)
    assert "缴费1105.xlsx" in words(accountant.get(PAGE, {"month": "2020-11"}))
    assert "本期没有收到款项" in words(accountant.get(PAGE, {"month": "2020-10"}))
    assert accountant.get(PAGE, {"month": "2020-13"}).status_code == 404


def test_the_file_holds_each_document_with_its_difference(town, accountant):
    take(town, Line(1), at=NOVEMBER)
    answer = accountant.get("/fund/reconcile.csv")
    head, row = csv.reader(io.StringIO(answer.content.decode("utf-8-sig")))
    assert dict(zip(head, row))["差额"] == f"{FULL // 100}.00"
    assert accountant.get("/fund/reconcile.xlsx").status_code == 200
    assert accountant.get("/fund/reconcile.pdf").status_code == 404


def test_the_page_asks_as_often_for_many_documents_as_for_one(town, accountant):
    take(town, Line(1), at=NOVEMBER)
    accountant.get(PAGE)
    with CaptureQueriesContext(connection) as few:
        accountant.get(PAGE)
    for n in (2, 3):
        take(town, Line(n), name=f"缴费{n}.xlsx", at=NOVEMBER)
    with CaptureQueriesContext(connection) as many:
        accountant.get(PAGE)
    assert len(many) == len(few)


def test_before_the_books_are_opened_the_page_says_what_to_do():
    open_office()
    client = sign_in_as(role="fund_accountant", division="430423", name="钱会计")[0]
    answer = client.get(PAGE)
    assert answer.status_code == 200
    assert "还没有建账" in words(answer)
    assert re.search(r"/fund/books/new/", answer.content.decode())


def test_who_does_not_read_the_books_is_refused(town):
    client = sign_in_as(role="county_clerk", division="430423", name="周经办")[0]
    assert client.get(PAGE).status_code == 403


def test_a_file_says_what_became_of_its_payments(town):
    client = sign_in_as(role="county_clerk", division="430423", name="周经办")[0]
    taken = take(town, Line(1), Line(9), at=NOVEMBER)
    address = f"/collection/files/{taken.id}/"
    assert "2 行等待匹配入账" in words(client.get(address))
    assert "去匹配" in words(client.get(address))
    match(town)
    said = words(client.get(address))
    assert "1 行已对应应缴，1 行待查" in said
    assert "去匹配" not in said

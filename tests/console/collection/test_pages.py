"""Pages of payments and cash: each shows what the tables hold, each act says its consequence."""

from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from tests.apps.access.offices import AT
from tests.apps.collection.town import Line, agent, dues, payment_file, payments, settle_in, take
from tests.apps.registry.people import CHAQUAN, number
from tests.console.season import late_season
from tests.console.signed_in import sign_in_as
from yibao.apps.access.models import AuditRecord, PoolingRegion
from yibao.apps.access.scope import scoped
from yibao.apps.collection import operations
from yibao.apps.collection.models import CashCollection, PaymentMatch
from yibao.console.routes import routes

pytestmark = pytest.mark.django_db

YEAR = {"year": 2021}


@pytest.fixture
def season():
    return late_season()


@pytest.fixture
def county(season):
    client, _scope = sign_in_as(role="county_clerk", division="430423")
    return client


def words(answer):
    return answer.content.decode()


@pytest.mark.parametrize("name", ["payments", "run", "files", "upload", "unmatched", "cash"])
def test_each_page_of_the_county_opens(county, name):
    answer = county.get(reverse(f"collection:{name}"), YEAR)
    assert answer.status_code == 200, words(answer)


def test_the_list_shows_channel_voucher_and_sum_without_whole_numbers(county):
    page = words(county.get(reverse("collection:payments"), YEAR))
    assert "微信小程序" in page
    assert "手机缴费记录" in page
    assert "6,160.00" in page  # 22 payments of 280.00
    assert number(1) not in page


def test_the_list_is_narrowed_by_number_and_state(county):
    page = words(county.get(reverse("collection:payments"), {**YEAR, "text": number(1)}))
    assert "1 笔" in page
    page = words(county.get(reverse("collection:payments"), {**YEAR, "state": "unmatched"}))
    assert "参保地不是本统筹区" in page


def test_a_file_is_uploaded_and_its_faults_are_named(county):
    content = payment_file(Line(n=40), Line(n=41, amount="两百"))
    sent = SimpleUploadedFile("缴费1218.xlsx", content)
    answer = county.post(reverse("collection:upload"), {"file": sent, "channel": ""}, follow=True)
    page = words(answer)
    assert "缴费1218.xlsx" in page
    assert "E130" in page and "金额" in page


def test_the_same_file_again_is_an_error_of_the_form(county):
    content = payment_file(Line(n=40))
    for status in (302, 422):
        sent = SimpleUploadedFile("缴费.xlsx", content)
        answer = county.post(reverse("collection:upload"), {"file": sent, "channel": ""})
        assert answer.status_code == status
    assert "已经导入过" in words(answer)


def test_a_file_that_is_no_workbook_gets_a_sentence(county):
    sent = SimpleUploadedFile("缴费.xlsx", b"no workbook")
    answer = county.post(reverse("collection:upload"), {"file": sent, "channel": ""})
    assert answer.status_code == 422
    assert "不是 Excel 工作簿" in words(answer)


def test_the_template_is_a_workbook(county):
    answer = county.get(reverse("collection:template"), YEAR)
    assert operations.read_payment_file(answer.content).rows_total == 0


def test_dues_are_raised_and_payments_matched_from_the_page(season, county):
    settle_in(season, 2, first=60)
    answer = county.post(reverse("collection:run") + "?year=2021", {"act": "raise"}, follow=True)
    assert "已核定应缴 2 人" in words(answer)
    take(season, Line(n=60))
    answer = county.post(reverse("collection:run") + "?year=2021", {"act": "match"}, follow=True)
    assert "匹配 1 笔，280.00 元" in words(answer)


def test_money_with_a_wrong_number_is_claimed_by_hand(season, county):
    take(season, Line(n=99))
    operations.match_payments(scope=season, year=2021, at=AT)
    payment = payments(season)[-1]
    address = reverse("collection:claim", args=[payment.id])
    owed = next(due for due in dues(season) if due.settled_at is None and due.id > 20)
    assert "王*华" in words(county.get(address, {"find": "王建华"}))
    open_due = next(
        due
        for due in dues(season)
        if due.settled_at is None and not CashCollection_held(season, due)
    )
    answer = county.post(
        f"{address}?find=王建华", {"due_id": open_due.id, "reason": "号码写错"}, follow=True
    )
    assert "已认领入账" in words(answer), words(answer)
    with scoped(season):
        assert PaymentMatch.objects.filter(payment=payment).exists()
    assert owed.id


def CashCollection_held(season, due):
    with scoped(season):
        return CashCollection.objects.filter(due=due).exists()


@pytest.mark.requirement("HS-42-7")
def test_a_refund_is_refused_on_a_page_with_the_article(season, county):
    payment = payments(season)[0]
    assert county.get(reverse("collection:payment", args=[payment.id])).status_code == 200
    address = reverse("collection:request", args=[payment.id])
    answer = county.post(address, {"kind": "refund", "reason": "重复缴费"}, follow=True)
    page = words(answer)
    assert "不予退费" in page
    assert "方案 四(二)" in page
    assert "重复缴费" in page


def test_an_invoice_too_early_is_told_the_day(season, county):
    take(season, Line(n=20, paid_at="2020-12-18 08:00:00"))
    operations.match_payments(scope=season, year=2021, at=AT)
    payment = payments(season)[-1]
    address = reverse("collection:invoice", args=[payment.id])
    answer = county.post(address, {"number": "N1"})
    assert answer.status_code == 422
    assert "2020-12-19" in words(answer)


@pytest.fixture
def village(season):
    client, scope = sign_in_as(role="village_agent", division=str(CHAQUAN), name="周会计")
    operations.give_receipt_range(
        scope=season, holder_id=scope.operator_id, prefix="CQ", first=1, last=50, at=AT
    )
    return client


def cash_due(season):
    return next(
        due
        for due in dues(season)
        if due.settled_at is None and not CashCollection_held(season, due)
    )


GIVEN = {
    "special_reason": "老人无手机",
    "identity": "on",
    "special_payer": "no",
    "employee": "no",
    "place": "on",
}


def test_an_agent_takes_cash_after_four_confirmations_and_pays_it_in(season, village):
    found = village.get(reverse("collection:find"), {"year": 2021, "find": "王建华"})
    assert "代收" in words(found)
    due = cash_due(season)
    address = reverse("collection:collect", args=[due.id])
    page = words(village.get(address))
    assert "登记后您持有 280.00 元" in page
    assert "参保地选“衡山”" in page
    answer = village.post(address, GIVEN, follow=True)
    assert "收据 CQ01" in words(answer), words(answer)
    with scoped(season):
        cash = CashCollection.objects.latest("id")
    assert "当日缴库的不填" in words(village.get(reverse("collection:cash"), {"year": 2021}))
    answer = village.post(
        reverse("collection:cash") + "?year=2021",
        {"collections": [cash.id], "channel": "pos", "voucher_no": "P9", "late_reason": ""},
        follow=True,
    )
    assert "已缴库 280.00 元" in words(answer), words(answer)


def test_the_counter_too_asks_for_the_reason_of_cash_of_an_earlier_day(season, village):
    village.post(reverse("collection:collect", args=[cash_due(season).id]), GIVEN)
    today = PoolingRegion.objects.get(code="hengshan").served_on
    PoolingRegion.objects.filter(code="hengshan").update(served_on=today + timedelta(days=1))
    page = words(village.get(reverse("collection:cash"), {"year": 2021}))
    assert "有不是今天收的，须写原因" in page


@pytest.mark.parametrize("missing", ["special_reason", "identity", "place", "employee"])
def test_cash_is_not_taken_without_each_confirmation(season, village, missing):
    due = cash_due(season)
    given = {key: value for key, value in GIVEN.items() if key != missing}
    answer = village.post(reverse("collection:collect", args=[due.id]), given)
    assert answer.status_code == 422
    assert not CashCollection_held(season, due)


def test_overdue_cash_is_listed_by_collector(county):
    page = words(county.get(reverse("collection:cash"), YEAR))
    assert "罗村会" in page
    assert "2 笔 560.00 元" in page


def test_receipts_are_handed_out_by_the_township(season):
    holder = agent(season, first=300, last=310, name="钱会计")
    client, _scope = sign_in_as(role="township_clerk", division="430423105", name="乡经办")
    given = {"holder": holder.operator_id, "prefix": "XQ", "first": 1, "last": 9}
    answer = client.post(reverse("collection:ranges"), given, follow=True)
    assert "已发放收据号段" in words(answer)
    again = client.post(reverse("collection:ranges"), given)
    assert again.status_code == 422


def test_a_receipt_number_that_no_book_has_is_refused_at_its_field(season):
    client, scope = sign_in_as(role="township_clerk", division="430423105")
    given = {"holder": scope.operator_id, "prefix": "衡山", "first": "1", "last": "3510465615"}
    answer = client.post(reverse("collection:ranges"), given)
    assert answer.status_code == 422
    assert "999999999" in answer.content.decode()


def test_a_receipt_bears_its_payers_whole_name_and_who_opened_it_is_written_down(season):
    client, scope = sign_in_as(role="county_clerk", division="430423", name="县经办")
    with scoped(season):
        cash = CashCollection.objects.select_related("due__person").order_by("id").first()
        payer = cash.due.person.name
    page = words(client.get(reverse("collection:receipt", args=[cash.receipt_no])))
    assert f"<dd>{payer}</dd>" in page
    assert dict(routes()["collection:receipt"].shows) == {"name": "whole"}
    village = reverse("village:receipts") + f"?no={cash.receipt_no}"
    assert payer in words(client.get(village))
    with scoped(season):
        kept = AuditRecord.objects.filter(object_kind="receipt", operator_id=scope.operator_id)
        first, _second = kept.order_by("id")
    assert (first.object_id, first.action) == (cash.receipt_no, "collection.read")


def test_a_clerk_of_another_township_sees_none_of_it(season):
    client, _scope = sign_in_as(role="township_clerk", division="430423100", name="开云经办")
    page = words(client.get(reverse("collection:payments"), YEAR))
    assert "没有符合条件的缴费" in page
    payment = payments(season)[0]
    assert client.get(reverse("collection:payment", args=[payment.id])).status_code == 404


@pytest.mark.parametrize("name", ["upload", "find"])
def test_a_post_without_the_right_is_told_so(season, name):
    client, _scope = sign_in_as(role="auditor", division="430423", name="审计")
    assert client.get(reverse(f"collection:{name}")).status_code == 403

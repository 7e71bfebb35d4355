"""After paying nothing is changed or paid back; an invoice comes a day later; copies are handed on."""

from datetime import date

import pytest
from django.db import DatabaseError, transaction

from tests.apps.access.offices import open_office
from tests.apps.books import moment, open_books
from tests.apps.collection.town import AT, YEAR, Line, agent, collect, dues, payments, take
from yibao.apps.access.scope import scoped
from yibao.apps.collection import operations
from yibao.apps.collection.models import Payment, RefundRequest
from yibao.apps.collection.operations.matching import ReasonMissing
from yibao.apps.collection.operations.receipts import (
    InvoiceGivenBefore,
    InvoiceTooEarly,
    StepOutOfTurn,
)
from yibao.core.rules.scalar import Silent


@pytest.fixture
def paid(county, three):
    operations.raise_dues(scope=county, year=YEAR, at=AT)
    take(county, Line(n=1, paid_at="2020-12-17 10:00:00"))
    operations.match_payments(scope=county, year=YEAR, at=AT)
    return payments(county)[0]


@pytest.mark.requirement("HS-42-7")
@pytest.mark.parametrize("reason", ["多缴一笔", "缴错人", "应在耒阳参保"])
def test_a_wish_for_the_money_back_is_kept_and_refused_with_the_article(county, paid, reason):
    answer = operations.request_refund(scope=county, payment_id=paid.id, reason=reason, at=AT)
    assert (answer.decision, answer.cite) == ("refused", "方案 四(二)")
    assert "不予退费" in answer.answer
    with scoped(county):
        assert RefundRequest.objects.get().reason == reason
        assert Payment.objects.get(id=paid.id).amount_fen == paid.amount_fen


@pytest.mark.requirement("HS-42-6")
def test_a_paid_entry_cannot_be_changed_and_the_responsible_person_is_kept(county, three):
    operations.raise_dues(scope=county, year=YEAR, at=AT)
    zeng = agent(county)
    cash = collect(zeng, dues(county)[0])
    operations.deposit_cash(
        scope=zeng.scope,
        collection_ids=[cash.id],
        channel="pos",
        voucher_no="POS-1",
        late_reason="",
        at=AT,
    )
    [payment] = payments(county)
    answer = operations.change_payment(
        scope=county, payment_id=payment.id, reason="录成了邻居", at=AT
    )
    assert (answer.kind, answer.decision, answer.responsible) == ("change", "refused", "曾建华")
    for change in ("update", "delete"):
        with scoped(county), pytest.raises(DatabaseError), transaction.atomic():
            found = Payment.objects.filter(id=payment.id)
            found.update(name="张三") if change == "update" else found._raw_delete("default")


def test_a_request_needs_a_reason(county, paid):
    with pytest.raises(ReasonMissing):
        operations.request_refund(scope=county, payment_id=paid.id, reason="", at=AT)


@pytest.mark.requirement("HS-43-3")
def test_an_invoice_is_given_from_a_day_after_the_payment_and_once(county, paid):
    early = moment("2020-12-17 23:00")
    with pytest.raises(InvoiceTooEarly, match="衡山县税务局办税服务厅"):
        operations.issue_invoice(scope=county, payment_id=paid.id, number="N1", at=early)
    made = operations.issue_invoice(
        scope=county, payment_id=paid.id, number="N1", at=moment("2020-12-18 08:00")
    )
    assert (made.kind, made.amount_fen) == ("paper_invoice", paid.amount_fen)
    with pytest.raises(InvoiceGivenBefore):
        operations.issue_invoice(scope=county, payment_id=paid.id, number="N2", at=AT)


def hinggan_payment():
    scope = open_office("xingan", at=moment("2009-04-20 09:00"))
    open_books("xingan", on=date(2008, 1, 1))
    with scoped(scope):
        return scope, Payment.objects.create(
            region="xingan",
            area_no=scope.area_from,
            channel="local_tax",
            year=2009,
            number="",
            name="白音",
            amount_fen=130_00,
            paid_at=moment("2009-04-20 09:00"),
            voucher_kind="tax_voucher",
            voucher_no="T1",
            recorded_at=moment("2009-04-20 09:00"),
        )


@pytest.mark.requirement("HX-01-15")
def test_the_accounting_copy_goes_from_tax_to_collection_to_finance_section(db):
    scope, payment = hinggan_payment()
    at = moment("2009-04-21 09:00")
    steps = ["tax_office", "collection_section", "finance_section"]
    with pytest.raises(StepOutOfTurn):
        operations.hand_over_voucher(
            scope=scope, payment_id=payment.id, step="finance_section", at=at
        )
    for step in steps:
        operations.hand_over_voucher(scope=scope, payment_id=payment.id, step=step, at=at)
    with scoped(scope):
        assert list(payment.steps.order_by("id").values_list("step", flat=True)) == steps
    with pytest.raises(StepOutOfTurn, match="已全部交接"):
        operations.hand_over_voucher(
            scope=scope, payment_id=payment.id, step="finance_section", at=at
        )


def test_where_the_text_says_nothing_about_refunds_nothing_is_answered(db):
    scope, payment = hinggan_payment()
    with pytest.raises(Silent, match="refund_after_payment"):
        operations.request_refund(
            scope=scope, payment_id=payment.id, reason="多缴", at=moment("2009-05-01 09:00")
        )

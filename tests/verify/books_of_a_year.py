"""A small year with a row of everything that the verifier looks at."""

from datetime import UTC, date, datetime

from django.db import connection

from tests.apps.access.offices import by_a_person
from tests.apps.books import moment, open_books
from tests.apps.claims.insured import AT, TOWN, insure, open_office, stay
from yibao.apps.access import audit
from yibao.apps.access.models import Operator, Organisation
from yibao.apps.access.scope import scoped
from yibao.apps.claims import operations as claims
from yibao.apps.collection import models as collection
from yibao.apps.fund import operations as fund
from yibao.apps.fund.charts import chart_of
from yibao.apps.fund.sealing import JOURNAL
from yibao.apps.subsidy.models import Grant, GrantReceipt
from yibao.core.books import recipes, subledgers
from yibao.core.money import Fen

PLACE = {"region": "xingan", "area_no": TOWN}


def make_year():
    """Dues raised, borne, paid and half collected in cash; two stays, one reversed."""
    office = open_office()
    person = insure(office.scope)
    settle(office, person, "F1", stay("90000.00"), level=1)
    second = settle(office, person, "F2", stay(until="2009-05-01", since="2009-04-20"))
    claims.reverse(
        scope=by_a_person(office.scope, at=AT),
        client="H",
        key="r",
        settlement_id=second.settlement_id,
        because="重复",
        at=AT,
    )
    settle(office, insure(office.scope, no=2), "F3", stay("3000.00"))
    with scoped(office.scope):
        collect(office, person)
    assert audit.seal(at=AT) is not None
    assert JOURNAL.seal(at=AT) is not None
    return office, person


def settle(office, person, number, facts, level=3):
    return claims.settle(
        scope=office.scope,
        client="H",
        key=number,
        person_id=person,
        institution_id=office.hospitals[level],
        number=number,
        facts=facts,
        at=AT,
    )


def collect(office, person):
    _, books = open_books("xingan")
    agency = Organisation.objects.get(kind="agency", region="xingan")
    agent = Operator.objects.create(
        staff_no="A1", name="代办员", organisation=agency, password_hash="!", created_at=AT
    )
    due = collection.Due.objects.create(
        **PLACE,
        person_id=person,
        year=2010,
        price_class="adult",
        owed_fen=13000,
        subsidised_fen=6000,
        paid_fen=3000,
        raised_at=AT,
    )
    payment = pay(due, "V1", 3000)
    held, deposited = (cash(due, agent, number, 2000) for number in ("XA000001", "XA000002"))
    deposit = collection.CashDeposit.objects.create(
        **PLACE, collector=agent, channel="bank", voucher_no="D1", amount_fen=2000, deposited_at=AT
    )
    collection.CashDepositLine.objects.create(
        **PLACE, deposit=deposit, collection=deposited, payment=unmatched("V2", 2000)
    )
    given = collection.ReceiptRange.objects.create(
        **PLACE,
        holder=agent,
        prefix="XA",
        first=1,
        last=50,
        next=3,
        issued_at=AT,
        issued_by=1,
    )
    collection.Receipt.objects.create(
        **PLACE,
        range=given,
        number="XA000001",
        kind="cash",
        collection=held,
        amount_fen=2000,
        issued_at=AT,
        issued_by=1,
    )
    grant = Grant.objects.create(
        **PLACE,
        year=2010,
        department=agency,
        category="orphan",
        persons=1,
        expected_fen=6000,
        received_fen=6000,
        claimed_at=AT,
    )
    GrantReceipt.objects.create(
        **PLACE,
        grant=grant,
        amount_fen=6000,
        received_on=date(2009, 12, 1),
        voucher_no="G1",
        recorded_by=1,
        recorded_at=AT,
    )
    book_entries(office, books, person, agent.id, payment.id)


def book_entries(office, books, person, agent, payment_id):
    dues, custody, main = chart_of("dues"), chart_of("custody"), recipes.Book.of(chart_of("main"))
    day = date(2009, 12, 10)
    who = {"person_id": person}
    by_book = {
        "dues": [
            subledgers.due_raised(dues, on=day, amount_fen=Fen(13000), **who),
            subledgers.due_subsidised(dues, on=day, amount_fen=Fen(6000), **who),
            subledgers.due_paid(dues, on=day, amount_fen=Fen(3000), **who),
        ],
        "custody": [
            subledgers.cash_taken(custody, on=day, amount_fen=Fen(4000), operator_id=agent),
            subledgers.cash_deposited(custody, on=day, amount_fen=Fen(2000), operator_id=agent),
        ],
        "main": [
            recipes.premium_received(main, on=day, amount_fen=Fen(3000), into="treasury"),
            recipes.premium_received(
                main, on=date(2009, 10, 5), amount_fen=Fen(100), into="treasury"
            ),
            recipes.premium_received(main, on=day, amount_fen=Fen(500), into="treasury"),
        ],
    }
    for kind, entries in by_book.items():
        fund.post_many(
            scope=office.scope,
            book_id=books[kind].id,
            entries=[fund.BookedEntry(one, "payment", payment_id, TOWN) for one in entries],
            at=AT,
        )
    fund.close_month(scope=office.scope, book_id=books["main"].id, month=date(2009, 10, 1), at=AT)
    with connection.cursor() as cursor:
        cursor.execute("select max(id) from fund_entry where book_id = %s", [books["main"].id])
        (last,) = cursor.fetchone()
    fund.reverse_entry(
        scope=office.scope, entry_id=last, reason="误记", at=moment("2009-12-21 09:00")
    )


def unmatched(voucher, fen):
    return collection.Payment.objects.create(
        **PLACE,
        channel="bank",
        year=2010,
        number="152221194501010011",
        name="乌力吉1",
        amount_fen=fen,
        paid_at=datetime(2009, 12, 10, 2, tzinfo=UTC),
        voucher_kind="tax",
        voucher_no=voucher,
        recorded_at=AT,
    )


def pay(due, voucher, fen):
    payment = unmatched(voucher, fen)
    collection.PaymentMatch.objects.create(
        **PLACE, payment=payment, due=due, amount_fen=fen, matched_at=AT, matched_by=1
    )
    return payment


def cash(due, agent, receipt_no, fen):
    return collection.CashCollection.objects.create(
        **PLACE,
        due=due,
        collector=agent,
        keyed_by=agent,
        amount_fen=fen,
        collected_at=AT,
        deposit_by=date(2009, 12, 23),
        special_reason="行动不便",
        receipt_no=receipt_no,
    )

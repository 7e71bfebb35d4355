"""Whatever happens in whatever order: dues, payments, sub-ledgers and the main book agree."""

import itertools

import pytest
from django.db import transaction
from django.db.models import Sum
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.apps.collection.town import AT, FULL, YEAR, Line, agent, collect, dues, take
from tests.apps.registry.people import CHAQUAN, number
from yibao.apps.access.scope import scoped
from yibao.apps.collection import operations
from yibao.apps.collection.models import (
    CashCollection,
    Due,
    Payment,
    PaymentMatch,
    UnmatchedPayment,
)
from yibao.apps.enrolment.models import Coverage
from yibao.apps.fund.charts import chart_of
from yibao.apps.fund.models import Leg
from yibao.core.refusal import Refusal

PERSONS = st.integers(0, 2)
AMOUNTS = st.sampled_from([FULL, 140_00, 1])
STEPS = st.one_of(
    st.tuples(st.just("file"), PERSONS, AMOUNTS),
    st.tuples(st.just("stranger"), PERSONS, AMOUNTS),
    st.tuples(st.just("match"), PERSONS, AMOUNTS),
    st.tuples(st.just("bear"), PERSONS, AMOUNTS),
    st.tuples(st.just("unbear"), PERSONS, AMOUNTS),
    st.tuples(st.just("cash"), PERSONS, AMOUNTS),
    st.tuples(st.just("deposit"), PERSONS, AMOUNTS),
    st.tuples(st.just("claim"), PERSONS, AMOUNTS),
    st.tuples(st.just("cancel"), PERSONS, AMOUNTS),
    st.tuples(st.just("raise"), PERSONS, AMOUNTS),
)
_count = itertools.count()


class Town:
    """The town with every act that a step may ask for; refusals are part of the game."""

    def __init__(self, county, persons, zeng):
        self.county, self.persons, self.zeng = county, persons, zeng

    def step(self, kind, n, fen):
        try:
            with transaction.atomic():
                getattr(self, f"do_{kind}")(n, fen)
        except Refusal:
            pass

    def due(self, n):
        with scoped(self.county):
            return Due.objects.filter(person_id=self.persons[n]).order_by("-id").first()

    def do_file(self, n, fen):
        line = Line(n=n + 1, amount=f"{fen // 100}.{fen % 100:02d}", voucher=f"L{next(_count)}")
        take(self.county, line)

    def do_stranger(self, n, fen):
        amount = f"{fen // 100}.{fen % 100:02d}"
        take(self.county, Line(number=number(77), amount=amount, voucher=f"L{next(_count)}"))

    def do_match(self, n, fen):
        operations.match_payments(scope=self.county, year=YEAR, at=AT)

    def do_bear(self, n, fen):
        relief = operations.NewRelief(self.persons[n], CHAQUAN, "marginal", fen, 1)
        operations.set_reliefs(
            scope=self.county, year=YEAR, reliefs=[relief], source_kind="support", at=AT
        )

    def do_unbear(self, n, fen):
        operations.remove_reliefs(
            scope=self.county, year=YEAR, person_ids=[self.persons[n]], reason="x", at=AT
        )

    def do_cash(self, n, fen):
        due = self.due(n)
        special = operations.Confirmed(
            identity=True, special_payer=due.subsidised_fen > 0, employee=False, place=True
        )
        collect(self.zeng, due, amount_fen=fen, confirmed=special)

    def do_deposit(self, n, fen):
        with scoped(self.county):
            held = CashCollection.objects.filter(deposited=None).values_list("id", flat=True)
            ids = list(held[: n + 1])
        operations.deposit_cash(
            scope=self.zeng.scope,
            collection_ids=ids,
            channel="pos",
            voucher_no=f"P{next(_count)}",
            late_reason="",
            at=AT,
        )

    def do_claim(self, n, fen):
        with scoped(self.county):
            waiting = UnmatchedPayment.objects.filter(closed_at=None).order_by("id").first()
        if waiting:
            operations.claim_unmatched(
                scope=self.county,
                payment_id=waiting.payment_id,
                due_id=self.due(n).id,
                reason="核对",
                at=AT,
            )

    def do_cancel(self, n, fen):
        operations.cancel_dues(
            scope=self.county, year=YEAR, person_ids=[self.persons[n]], reason="x", at=AT
        )

    def do_raise(self, n, fen):
        operations.raise_dues(scope=self.county, year=YEAR, at=AT)


def total(rows, field):
    return rows.aggregate(sum=Sum(field))["sum"] or 0


def balance(kind, role):
    code = chart_of(kind).role(role).code
    legs = Leg.objects.filter(book__kind=kind, account=code)
    return total(legs, "debit_fen") - total(legs, "credit_fen")


def check(county):
    with scoped(county):
        live = Due.objects.filter(cancelled_at=None)
        owed, borne, paid = (total(live, f) for f in ("owed_fen", "subsidised_fen", "paid_fen"))
        assert balance("dues", "open_dues") == owed - borne - paid
        assert balance("dues", "subsidised_dues") == borne
        assert balance("dues", "paid_dues") == paid == total(PaymentMatch.objects, "amount_fen")
        waiting = Payment.objects.filter(unmatched__isnull=False, unmatched__closed_at=None)
        assert balance("main", "temporary_receipts") == -total(waiting, "amount_fen")
        assert balance("main", "premium_income") == -paid
        held = CashCollection.objects.filter(deposited=None)
        assert balance("custody", "cash_held") == total(held, "amount_fen")
        assert not PaymentMatch.objects.values("payment").distinct().count() < (
            PaymentMatch.objects.count()
        ), "a payment pays twice"
        for due in live:
            settled = due.owed_fen == due.subsidised_fen + due.paid_fen
            assert (due.settled_at is not None) == settled
            covered = Coverage.objects.filter(person_id=due.person_id, cancelled_at=None)
            assert covered.count() == int(settled)


@pytest.mark.django_db
@settings(
    max_examples=25,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(steps=st.lists(STEPS, min_size=1, max_size=12))
def test_sums_agree_after_any_sequence(county, three, steps):
    with transaction.atomic():
        operations.raise_dues(scope=county, year=YEAR, at=AT)
        town = Town(county, three, agent(county, staff_no=f"A{next(_count)}"))
        for step in steps:
            town.step(*step)
        check(county)
        transaction.set_rollback(True)


@pytest.mark.django_db
@settings(
    max_examples=10,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(
    lines=st.lists(
        st.tuples(PERSONS, AMOUNTS, st.integers(1, 28)), min_size=1, max_size=6, unique=True
    ),
    order=st.randoms(use_true_random=False),
)
def test_matching_does_not_depend_on_the_order_of_files(county, three, lines, order):
    def outcome(sequence):
        with transaction.atomic():
            operations.raise_dues(scope=county, year=YEAR, at=AT)
            for person, fen, day in sequence:
                take(
                    county,
                    Line(
                        n=person + 1,
                        amount=f"{fen // 100}.00" if fen > 1 else "0.01",
                        paid_at=f"2020-11-{day:02d} 10:00:00",
                        voucher=f"V{person}-{fen}-{day}",
                    ),
                )
            operations.match_payments(scope=county, year=YEAR, at=AT)
            with scoped(county):
                won = set(PaymentMatch.objects.values_list("payment__voucher_no", flat=True))
            assert len(dues(county)) == 3
            transaction.set_rollback(True)
            return won

    shuffled = list(lines)
    order.shuffle(shuffled)
    assert outcome(lines) == outcome(shuffled)

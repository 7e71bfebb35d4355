"""Two do the same at the same moment: one wins, the other is told, no money is counted twice."""

import threading

import pytest
from django.db import connections

from tests.apps.collection.town import (
    AT,
    FULL,
    YEAR,
    Line,
    agent,
    collect,
    dues,
    open_town,
    payment_file,
    payments,
    settle_in,
    take,
)
from yibao.apps.access.scope import scoped
from yibao.apps.collection import operations
from yibao.apps.collection.models import CashCollection, PaymentMatch
from yibao.apps.collection.operations.cash import CashAlreadyHeld
from yibao.apps.collection.operations.deposits import DepositedBefore, DepositVoucherUsed
from yibao.apps.collection.operations.files import FileTakenBefore
from yibao.apps.fund.models import Leg

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def owing():
    county = open_town()
    settle_in(county, 3)
    operations.raise_dues(scope=county, year=YEAR, at=AT)
    return county


def at_once(*acts):
    """Start all acts together; return what each answered or was refused with."""
    gate, answers = threading.Barrier(len(acts)), [None] * len(acts)

    def run(at, act):
        try:
            gate.wait()
            answers[at] = act()
        except Exception as refusal:
            answers[at] = refusal
        finally:
            connections.close_all()

    threads = [threading.Thread(target=run, args=(at, act)) for at, act in enumerate(acts)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return answers


def kinds(answers):
    return sorted(type(one).__name__ for one in answers)


def test_the_same_file_taken_twice_at_once_is_taken_once(owing):
    content = payment_file(Line(n=1), Line(n=2))

    def taking():
        return operations.take_payment_file(scope=owing, file_name="a.xlsx", content=content, at=AT)

    answers = at_once(taking, taking)
    assert kinds(answers) == [FileTakenBefore.__name__, "PaymentFile"]
    assert len(payments(owing)) == 2


def test_a_voucher_in_two_files_at_once_is_one_payment(owing):
    def taking(*lines):
        return lambda: take(owing, *lines)

    both = Line(n=1)
    answers = at_once(taking(both, Line(n=2)), taking(both, Line(n=3)))
    assert sorted(one.rows_taken for one in answers) == [1, 2]
    assert sorted(one.rows_known for one in answers) == [0, 1]
    assert len(payments(owing)) == 3


def test_two_agents_take_cash_for_the_same_due_and_one_wins(owing):
    first, second = agent(owing), agent(owing, first=100, last=120, name="李梅")
    due = dues(owing)[0]
    answers = at_once(lambda: collect(first, due), lambda: collect(second, due))
    assert kinds(answers) == ["CashAlreadyHeld", "CashCollection"]
    assert any(isinstance(one, CashAlreadyHeld) for one in answers)
    with scoped(owing):
        assert CashCollection.objects.count() == 1


def test_the_same_cash_paid_in_twice_at_once_pays_once(owing):
    zeng = agent(owing)
    cash = collect(zeng, dues(owing)[0])

    def paying(voucher):
        return lambda: operations.deposit_cash(
            scope=zeng.scope,
            collection_ids=[cash.id],
            channel="pos",
            voucher_no=voucher,
            late_reason="",
            at=AT,
        )

    answers = at_once(paying("P1"), paying("P2"))
    assert kinds(answers) == ["CashDeposit", DepositedBefore.__name__]
    assert dues(owing)[0].paid_fen == FULL
    assert DepositVoucherUsed.code
    with scoped(owing):
        held = Leg.objects.filter(account="C101")
        assert sum(one.debit_fen - one.credit_fen for one in held) == 0


def test_two_matches_at_once_settle_each_payment_once(owing):
    take(owing, *(Line(n=n) for n in (1, 2, 3)))

    def matching():
        return operations.match_payments(scope=owing, year=YEAR, at=AT)

    answers = at_once(matching, matching)
    assert sorted(one.matched for one in answers) == [0, 3]
    with scoped(owing):
        assert PaymentMatch.objects.count() == 3


def test_dues_raised_twice_at_once_are_raised_once():
    county = open_town()
    settle_in(county, 5)

    def raising():
        return operations.raise_dues(scope=county, year=YEAR, at=AT)

    answers = at_once(raising, raising)
    assert sum(answers) == 5
    assert len(dues(county)) == 5


def test_a_payment_and_cash_for_the_same_due_never_both_settle_it(owing):
    zeng = agent(owing)
    cash = collect(zeng, dues(owing)[0])
    take(owing, Line(n=1))
    answers = at_once(
        lambda: operations.match_payments(scope=owing, year=YEAR, at=AT),
        lambda: operations.deposit_cash(
            scope=zeng.scope,
            collection_ids=[cash.id],
            channel="pos",
            voucher_no="P1",
            late_reason="",
            at=AT,
        ),
    )
    due = dues(owing)[0]
    assert due.paid_fen == FULL, answers
    with scoped(owing):
        assert PaymentMatch.objects.filter(due=due).count() == 1

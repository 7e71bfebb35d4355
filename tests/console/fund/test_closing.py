"""Months close in their order, by whom may; the independent verification is run and kept."""

from datetime import date

import pytest

from tests.console.fund.money import NOVEMBER, open_money, premium, words
from tests.console.signed_in import sign_in_as
from yibao.apps.access.scope import scoped
from yibao.apps.fund import verification
from yibao.apps.fund.models import BookMonth
from yibao.apps.fund.operations import PeriodClosed
from yibao.verify.report import Check, Report


@pytest.fixture
def money(db):
    made = open_money()
    made.post("main", premium(28000, NOVEMBER))
    made.post("main", premium(14000))
    return made


@pytest.fixture
def accountant(money):
    return sign_in_as(role="fund_accountant", division="430423", name="钱会计")[0]


def test_the_oldest_open_month_is_closed_with_its_consequence_said(money, accountant):
    address = money.address(rest="months/")
    said = words(accountant.get(address))
    assert "2020 年 11 月：1 张凭证，280.00 元" in said
    assert "结账后该月不再记账，不能撤销" in said
    done = accountant.post(address, {"month": "2020-11-01"}, follow=True)
    assert "2020 年 11 月已结账" in words(done)
    assert "钱会计" in words(done)
    with pytest.raises(PeriodClosed):
        money.post("main", premium(100, NOVEMBER))
    with scoped(money.scope):
        closed = BookMonth.objects.exclude(closed_at=None).values_list("month", flat=True)
        assert list(closed) == [date(2020, 11, 1)]
    assert "已结账" in words(accountant.get(money.address(), {"month": "2020-11"}))


def test_a_month_that_is_not_over_or_not_the_oldest_is_refused_with_the_reason(money, accountant):
    address = money.address(rest="months/")
    later = accountant.post(address, {"month": "2020-12-01"})
    assert later.status_code == 422
    assert "E606" in later.content.decode()
    money.post("main", premium(100, date(2020, 10, 9)))
    early = accountant.post(address, {"month": "2020-11-01"})
    assert early.status_code == 422
    assert "E605" in early.content.decode()
    accountant.post(address, {"month": "2020-10-01"})
    accountant.post(address, {"month": "2020-11-01"})
    said = words(accountant.get(address))
    assert "该月尚未结束，2021-01-01 起可以结账。" in said


@pytest.mark.parametrize("month", ["", "2020-13-01", "x", "0000-00-00"])
def test_a_month_that_is_none_is_an_error_of_the_form(money, accountant, month):
    assert accountant.post(money.address(rest="months/"), {"month": month}).status_code == 422


def test_an_auditor_looks_and_closes_nothing(money):
    auditor, _ = sign_in_as(role="auditor", division="430423")
    address = money.address(rest="months/")
    assert "结账由基金会计岗位办理。" in words(auditor.get(address))
    assert auditor.post(address, {"month": "2020-11-01"}).status_code == 403
    with scoped(money.scope):
        assert not BookMonth.objects.exclude(closed_at=None).exists()


def test_without_a_run_the_page_says_so(money, accountant):
    assert "还没有校验过" in words(accountant.get("/fund/verify/"))
    assert accountant.get("/fund/verify/run/").status_code == 302
    assert verification.last(scope=money.scope) is None


def test_who_may_not_run_it_is_refused(money):
    clerk, _ = sign_in_as(role="county_clerk", division="430423")
    assert clerk.post("/fund/verify/run/").status_code == 403


def test_a_fault_is_counted_and_named_by_its_check(money, accountant, monkeypatch):
    report = Report(
        (Check("a", "每张凭证借贷相等", 9), Check("b", "凭证号每月连续", 4, ("x", "y")))
    )
    monkeypatch.setattr(verification.verify, "verify", lambda words: report)
    said = words(accountant.post("/fund/verify/run/", follow=True))
    assert "校验完成，1 项有不符" in said
    assert "每张凭证借贷相等 9 行" in said
    assert "凭证号每月连续 2 处不符" in said
    assert "2 项中 1 项" in words(accountant.get(money.address()))


@pytest.mark.django_db(transaction=True)
def test_the_verifier_counts_what_is_served_and_the_outcome_is_kept():
    made = open_money()
    made.post("main", premium(28000, NOVEMBER))
    accountant, _ = sign_in_as(role="fund_accountant", division="430423", name="钱会计")
    said = words(accountant.post("/fund/verify/run/", follow=True))
    assert "项全部通过" in said
    assert "每张凭证借贷相等 1 行" in said
    assert "每条分录只在一方 2 行" in said
    kept = verification.last(scope=made.scope)
    assert (kept.by, kept.faulty) == ("钱会计", 0)

"""Which chart of accounts each kind of book is kept by."""

import functools

from yibao.apps.access.spoken import language
from yibao.apps.fund.models import BookKind
from yibao.core.books.chart import Account, Chart
from yibao.rulebook import national
from yibao.rulebook.subledgers import subledger_chart


@functools.cache
def chart_of(kind: str) -> Chart:
    """Return the chart of a book of this kind."""
    return national.chart() if kind == BookKind.MAIN else subledger_chart(kind)


def account_name(account: Account) -> str:
    """Return what an account is called."""
    return account.en if language() == "en" else account.zh

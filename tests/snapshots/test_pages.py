"""The settlement sheet and the trial balance, as they come out of the printer."""

import re
from datetime import date

import pytest

from tests.apps.access.offices import hire, open_office
from tests.apps.claims.insured import AT, insure, stay
from tests.apps.claims.insured import open_office as open_agency
from tests.console.season import late_season
from tests.console.signed_in import sign_in_as
from tests.snapshots.paper import on_paper
from yibao.apps.claims import operations as claims
from yibao.apps.enrolment import operations as enrolment
from yibao.apps.fund.models import Book

pytestmark = pytest.mark.django_db


def read(client, address, **query):
    answer = client.get(address, query)
    assert answer.status_code == 200, answer.content.decode()
    return on_paper(answer.content.decode())


def test_the_settlement_sheet(snapshot):
    open_office("xingan", at=AT)
    agency = open_agency()
    enrolment.open_year(scope=agency.scope, year=2009, on=date(2009, 1, 1), at=AT)
    settled = claims.settle(
        scope=agency.scope,
        client="test",
        key="sheet",
        person_id=insure(agency.scope),
        institution_id=agency.hospitals[3],
        number="QQ-2009-0301",
        facts=stay("12000.00", "15000.00"),
        at=AT,
    )
    staff = hire(role="county_clerk", division="152221", name="吴玉梅", at=AT)
    client, _ = sign_in_as(role="county_clerk", division="152221", staff=staff)
    snapshot("settlement-sheet", read(client, f"/claims/{settled.settlement_id}/", year=2009))


def test_the_trial_balance(snapshot):
    late_season()
    client, _ = sign_in_as(role="fund_accountant", division="430423")
    book = Book.objects.filter(region="hengshan").order_by("id").first()
    text = read(client, f"/fund/books/{book.pk}/", month="2020-11")
    snapshot("trial-balance", text)


def test_a_page_on_paper_leaves_out_what_is_not_printed():
    html = (
        '<main><h1>表</h1><p class="noprint">按 <b>Ctrl P</b></p><table><tr><th>编码</th><td>1</td>'
        '</tr></table><svg><path d="M0 0"/><text>图</text></svg><div class="acts"><a>导出</a></div></main>'
    )
    assert on_paper(html) == "表\n编码 | 1"
    assert not re.search("导出|图|Ctrl", on_paper(html))

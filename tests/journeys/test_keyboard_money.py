"""Ledgers, rosters, cash and lists of the unpaid, by the keyboard alone."""

import dataclasses

import pytest

from tests.apps.access.offices import AT, by_a_person, hire
from tests.apps.collection.town import Agent, collect, dues, open_town, settle_in
from tests.apps.desk import desks
from tests.apps.enrolment.ledger_files import file_of, line
from tests.apps.registry.people import CHAQUAN
from tests.apps.subsidy import rosters
from tests.console.season import late_season
from tests.journeys.hands import Hands
from yibao.apps.access.scope import scoped
from yibao.apps.collection import operations
from yibao.apps.collection.models import CashDepositLine
from yibao.apps.subsidy.models import Roster
from yibao.rulebook import desk as limits

pytestmark = [pytest.mark.journey, pytest.mark.django_db(transaction=True)]


def test_a_ledger_is_imported_and_an_error_row_mended(open_page, complaints, tmp_path):
    open_town()
    clerk = hire(role="township_clerk", division="430423105")
    place = tmp_path / "查泉村台账.xlsx"
    place.write_bytes(file_of(line(1), line(2), line(3, claimed=1)))
    hands = Hands(open_page).sign_in(clerk)
    hands.menu("tzdr").press("Alt+a").reads("台账文件")
    hands.at("台账种类").press("Enter").at("填报单位").choose("查泉村委会", most=40)
    hands.press("Enter").at("文件")
    hands.choose_file(place)
    hands.press("Control+Enter").reads("错误和待决定的行")
    hands.press("Alt+m").reads("改正查泉村委会的 1 行")
    hands.tab("缴费", most=12).replace("280").press("Control+s")
    hands.reads("确认入库 3 行").press("Control+Enter")
    hands.done("导入台账并改正一行", 36)
    desks.work()
    assert complaints == []


def test_a_ledger_is_imported_and_an_error_row_mended_without_scripts(
    open_page, complaints, tmp_path
):
    open_town()
    clerk = hire(role="township_clerk", division="430423105")
    place = tmp_path / "查泉村台账.xlsx"
    place.write_bytes(file_of(line(1), line(2), line(3, claimed=1)))
    hands = Hands(open_page, scripts=False).sign_in(clerk)
    hands.tab("台账导入", most=24).press("Enter").reads("台账导入")
    hands.skip().tab("上传台账", most=6).press("Enter").reads("台账文件")
    hands.skip().tab("填报单位", most=8).choose("查泉村委会", most=40).tab("文件", most=3)
    hands.choose_file(place)
    hands.tab("上传", most=4).press("Enter").reads("错误和待决定的行")
    hands.skip().tab("就地改正", most=12).press("Enter").reads("改正查泉村委会的 1 行")
    hands.skip().tab("缴费", most=24).replace("280").press("Enter")
    hands.reads("确认入库 3 行")
    hands.skip().tab("确认入库 3 行", most=12).press("Enter")
    hands.reads("已入库 3 行")
    hands.done("导入台账并改正一行", 80)
    assert complaints == []


def test_a_roster_is_confirmed_and_matched(open_page, complaints):
    county = late_season()
    rosters.upload(by_a_person(county), (1, "低保"), (2, "低保"))
    clerk = hire(role="county_clerk", division="430423", name="刘复核")
    hands = Hands(open_page).sign_in(clerk)
    hands.menu("zzmd").rows("民政局").press("Enter").reads("确认后")
    hands.press("Control+Enter").reads("已确认")
    hands.menu("zzmd").press("Alt+b").reads("资助对象").press("Control+Enter").reads("低保")
    hands.done("确认并比对一份名单", 20)
    with scoped(county):
        assert Roster.objects.get().state == "confirmed"
    assert complaints == []


@pytest.mark.parametrize("scripts", [True, False])
def test_cash_is_handed_in(scripts, open_page, complaints):
    county = open_town()
    settle_in(county, 3)
    operations.raise_dues(scope=county, year=2021, at=AT)
    staff = hire(role="village_agent", division=str(CHAQUAN), name="罗村会")
    operations.give_receipt_range(
        scope=county, holder_id=staff.operator.id, prefix="HS", first=1, last=50, at=AT
    )
    for due in dues(county)[:2]:
        collect(Agent(staff.scope, staff.operator.id), due)
    hands = Hands(open_page, scripts=scripts)
    hands.sign_in(staff, heading="参保进度")
    hands.skip().tab("去交款", most=10).press("Enter").reads("我手上的现金")
    if not scripts:
        hands.skip()
    hands.tab("缴库凭证号", most=12)
    hands.type("POS-0001")
    hands.press("Control+Enter" if scripts else "Enter").reads("POS-0001")
    hands.done("登记一次交款", 26 if scripts else 36)
    with scoped(county):
        assert CashDepositLine.objects.count() == 2
    assert complaints == []


def test_the_unpaid_of_a_village_leave_by_the_door_of_exports(open_page, complaints, monkeypatch):
    late_season()
    clerk = hire(role="county_clerk", division="430423")
    second = hire(role="county_reviewer", division="430423", name="刘复核")
    few = dataclasses.replace(limits.exports(), rows_without_approval=3)
    monkeypatch.setattr(limits, "exports", lambda: few)
    hands = Hands(open_page).sign_in(clerk)
    hands.menu("zjkb").rows("新桥镇").press("Enter").rows("查泉村委会").press("Enter")
    hands.skip().tab("未缴名单", most=14).press("Enter").reads("查泉村委会未缴名单")
    hands.press("Alt+e").at("用途").press("Control+Enter")
    # The summary of what is wrong has the focus, and leads to the field.
    hands.at("请选择用途").tab("请选择用途", most=1).press("Enter").at("用途")
    hands.choose("告知", most=8).press("Enter").at("用途说明").type("查泉村第三次排查")
    hands.press("Control+Enter").reads("待另一人审批")
    hands.done("查一个村的未缴名单并申请导出", 40)

    other = Hands(open_page).sign_in(second)
    other.menu("dctz").press("ArrowDown", "Enter").reads("批准后")
    other.press("Control+Enter").reads("已批准")
    other.done("批准一次导出", 12)
    desks.work()

    hands.long_ago().press("Alt+u").reads("只能下载一次")
    with hands.page.expect_download() as download:
        hands.press("Control+Enter").step_up(clerk)
    assert download.value.path().stat().st_size > 100
    assert complaints == []

"""The books' pages: trial balance, day book, account, entry, files; the figures are the queries'."""

import csv
import io
import re
from datetime import date

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from python_calamine import CalamineWorkbook

from tests.apps.access.offices import open_office
from tests.console.fund.money import NOVEMBER, due, open_money, premium, unknown, words
from tests.console.signed_in import sign_in_as
from yibao.apps.access.models import AuditRecord
from yibao.apps.access.scope import scoped
from yibao.apps.fund import journals, queries
from yibao.apps.fund.charts import chart_of
from yibao.apps.fund.journals import Wanted
from yibao.core.books import recipes
from yibao.core.money import Fen

pytestmark = pytest.mark.django_db


@pytest.fixture
def money():
    made = open_money()
    made.post("main", premium(28000, NOVEMBER))
    made.post("main", premium(14000))
    made.post("main", unknown(5050, date(2020, 12, 10)))
    return made


@pytest.fixture
def accountant(money):
    return sign_in_as(role="fund_accountant", division="430423", name="钱会计")[0]


def row_of(said, account):
    """Return the six amounts of an account's row in the trial balance."""
    row = re.search(rf"<td class=\"num t2\">{account}</td>.*?</tr>", said, re.S).group()
    return [cell.strip() for cell in re.findall(r"<td class=\"r num[^>]*>(.*?)</td>", row)]


def test_the_list_shows_each_book_and_that_it_balances(money, accountant):
    said = words(accountant.get("/fund/books/"))
    assert "衡山县医疗保障事务中心居民医保基金总账 总账 3 470.50 470.50 相等 2020-12-10" in said
    assert said.count("未记账") == 3


def test_the_trial_balance_shows_opening_movement_and_closing_blank_where_nothing_is(
    money, accountant
):
    said = accountant.get(money.address(), {"month": "2020-12"}).content.decode()
    assert row_of(said, "1005") == ["280.00", "", "190.50", "", "470.50", ""]
    assert row_of(said, "2001") == ["", "", "", "50.50", "", "50.50"]
    assert row_of(said, "1001") == [""] * 6
    assert re.findall(r"<td class=\"r num[^>]*>([^<]*)</td>", said[said.index("<tfoot>") :])[
        :6
    ] == [
        "280.00",
        "280.00",
        "190.50",
        "190.50",
        "470.50",
        "470.50",
    ]
    assert "借贷相等，差额 0.00" in said
    assert "本期收支差 140.00" in words(accountant.get(money.address(), {"month": "2020-12"}))


def test_the_newest_month_is_shown_and_a_year_can_be_asked_for(money, accountant):
    assert "2020-12-01 至 2020-12-31" in words(accountant.get(money.address()))
    year = accountant.get(money.address(), {"month": "2020"}).content.decode()
    assert row_of(year, "1005") == ["", "", "470.50", "", "470.50", ""]


def test_only_accounts_that_moved_and_the_totals_stay_those_of_all(money, accountant):
    money.post("main", premium(100, date(2021, 1, 5)))
    asked = {"month": "2021-01", "moved": "1"}
    said = accountant.get(money.address(), asked).content.decode()
    assert re.findall(r"<td class=\"num t2\">(\d+)</td>", said) == ["1005", "4001"]
    assert "471.50" in said[said.index("<tfoot>") :]


def test_the_files_hold_every_account_and_the_same_totals(money, accountant):
    answer = accountant.get(money.address(rest="balance.csv"), {"month": "2020-12"})
    rows = list(csv.reader(io.StringIO(answer.content.decode("utf-8-sig"))))
    assert rows[0][0] == "编码"
    assert len(rows) == 1 + 23 + 1
    assert rows[-1] == ["合计", "", "", "280.00", "280.00", "190.50", "190.50", "470.50", "470.50"]
    answer = accountant.get(money.address(rest="balance.xlsx"), {"month": "2020-12"})
    sheet = CalamineWorkbook.from_filelike(io.BytesIO(answer.content)).get_sheet_by_index(0)
    assert sheet.to_python()[-1][3:] == [280.0, 280.0, 190.5, 190.5, 470.5, 470.5]
    assert accountant.get(money.address(rest="balance.pdf")).status_code == 404


def test_a_memo_in_a_csv_is_no_formula(money, accountant):
    money.post("main", named("=1+1"))
    said = accountant.get(money.address(rest="days.csv")).content.decode("utf-8-sig")
    assert "'=1+1" in said


def named(memo):
    book = recipes.Book.of(chart_of("main"))
    return recipes.premium_received(
        book, on=date(2020, 12, 5), amount_fen=Fen(1), into="treasury", memo_zh=memo
    )


def test_the_day_book_is_newest_first_with_what_it_comes_to(money, accountant):
    said = words(accountant.get(money.address(rest="days/"), {"month": "2020"}))
    assert "总账 2020 年全年 3 笔，470.50 元" in said
    assert re.search(
        r"记 0002 2020-12-10 收到待查款项（国库） 国库存款 暂收款 50\.50 "
        r"记 0001 2020-12-04 收到居民个人缴费（国库） 国库存款 社会保险费收入 140\.00 "
        r"记 0001 2020-11-09 收到居民个人缴费（国库） 国库存款 社会保险费收入 280\.00 "
        r"本页 3 行合计 470\.50",
        said,
    )
    newest = words(accountant.get(money.address(rest="days/")))
    assert "总账 2020 年 12 月 2 笔，190.50 元" in newest


def test_the_day_book_adds_up_row_by_row_what_is_wanted_where_that_is_asked_for(money, accountant):
    for _n in range(19):
        money.post("main", premium(100, date(2020, 12, 11)))
    asked = {"month": "2020", "cols": ["voucher_no", "amount_fen", "running_fen"], "size": 20}
    cells = r'data-label="累计">([\d,.]+)<'
    first = accountant.get(money.address(rest="days/"), asked).content.decode()
    assert re.findall(cells, first)[:2] == ["489.50", "488.50"]
    later = accountant.get(link(first, "next")).content.decode()
    assert re.findall(cells, later) == ["420.00", "280.00"]
    only = accountant.get(money.address(rest="days/"), {**asked, "account": "2001"})
    assert re.findall(cells, only.content.decode()) == ["50.50"]


def test_the_sum_of_the_day_book_is_that_of_all_its_rows_picked(money, accountant):
    asked = {"month": "2020-12", "kind": "premium_received"}
    said = words(accountant.get(money.address(rest="days/"), {**asked, "sum": 1, "every": 1}))
    assert "1 笔，140.00 元" in said
    assert "已选 1 行，金额合计 140.00 元" in said


def test_the_day_book_marks_what_was_reversed_and_what_reverses(money, accountant):
    entry_id = money.post("main", premium(300))
    accountant.post(f"/fund/books/entries/{entry_id}/reverse/", {"reason": "重复入账"})
    said = accountant.get(money.address(rest="days/"), {"month": "2020-12"}).content.decode()
    marks = re.findall(r'data-label="冲销">(.*?)</td>', said, re.S)
    assert ["已被冲销" in one for one in marks].count(True) == 1
    assert [one != "" and "已被冲销" not in one for one in marks].count(True) == 1


def test_the_day_book_is_kept_under_a_name_taken_as_a_file_and_printed(money, accountant):
    address = money.address(rest="days/")
    given = {"query": "month=2020&kind=premium_received", "name": "缴费", "next": address}
    assert accountant.post("/desk/lists/fund_entries/save/", given).status_code == 302
    answer = accountant.get(address, {"month": "2020", "csv": 1})
    rows = list(csv.reader(io.StringIO(answer.content.decode("utf-8-sig"))))
    assert [row[0] for row in rows[-3:]] == ["记 0002", "记 0001", "记 0001"]
    sheet = words(accountant.get(address, {"month": "2020-11", "print": 1}))
    assert "居民医保基金总账日记账 2020 年 11 月" in sheet
    assert "月份：2020 年 11 月" in sheet


def link(said, rel):
    return re.search(rf'<a rel="{rel}" href="([^"]+)"', said)[1].replace("&amp;", "&")


@pytest.mark.parametrize(
    ("asked", "entries"),
    [
        ({"account": "2001"}, 1),
        ({"kind": "premium_received"}, 1),
        ({"source": "payment_file"}, 2),
        ({"source": "grant_receipt"}, 0),
        ({"account": "nonsense"}, 0),
    ],
)
def test_the_day_book_is_narrowed_by_account_kind_and_source(money, accountant, asked, entries):
    answer = accountant.get(money.address(rest="days/"), {"month": "2020-12", **asked})
    assert answer.status_code == 200
    assert len(re.findall(r"/fund/books/entries/\d+/", answer.content.decode())) == entries


def test_pages_of_the_day_book_meet_without_gap_and_the_running_amount_goes_on(money):
    for n in range(11):
        money.post("main", premium(100 + n, date(2020, 12, 1 + n % 4)))
    wanted = Wanted(date(2020, 1, 1), date(2021, 1, 1))
    asked = {"scope": money.scope, "book_id": money.books["main"].id, "wanted": wanted}
    whole = journals.day_book_page(**asked, limit=100)
    assert (whole.entries, whole.after_id) == (14, 0)
    assert whole.rows[0].running_fen == whole.amount_fen
    assert whole.rows[-1].running_fen == whole.rows[-1].entry.amount_fen
    rows, after = [], 0
    while True:
        found = journals.day_book_page(**asked, after_id=after, limit=4)
        rows += found.rows
        after = found.after_id
        if not after:
            break
    assert rows == list(whole.rows)


def test_the_way_to_earlier_entries_leads_there(money, accountant):
    for n in range(60):
        money.post("main", premium(100 + n))
    asked = {"month": "2020-12", "size": 50}
    said = accountant.get(money.address(rest="days/"), asked).content.decode()
    later = accountant.get(link(said, "next")).content.decode()
    both = [set(re.findall(r"/fund/books/entries/(\d+)/", one)) for one in (said, later)]
    assert [len(one) for one in both] == [50, 12]
    assert not both[0] & both[1]
    back = accountant.get(link(later, "prev")).content.decode()
    assert set(re.findall(r"/fund/books/entries/(\d+)/", back)) == both[0]


def test_an_account_shows_its_balance_after_each_line(money, accountant):
    said = words(accountant.get(money.address(rest="accounts/1005/"), {"month": "2020-12"}))
    assert "期初余额 280.00 元 本期借方 190.50 元 本期贷方 0.00 元 期末余额 470.50 元" in said
    assert "收到待查款项（国库） 50.50 470.50" in said
    assert "收到居民个人缴费（国库） 140.00 420.00" in said
    # What is owed stands on the credit side and is shown as it stands.
    owed = words(accountant.get(money.address(rest="accounts/2001/"), {"month": "2020-12"}))
    assert "余额为贷方" in owed
    assert "期末余额 50.50 元" in owed
    assert accountant.get(money.address(rest="accounts/9999/")).status_code == 404


def rows_of(answer):
    return len(set(re.findall(r"/fund/books/entries/(\d+)/", answer.content.decode())))


def test_the_lines_of_an_account_are_narrowed_and_the_balance_stays_that_after_each(
    money, accountant
):
    address, month = money.address(rest="accounts/1005/"), {"month": "2020"}
    assert rows_of(accountant.get(address, {**month, "text": "待查"})) == 1
    assert "50.50 470.50" in words(accountant.get(address, {**month, "text": "待查"}))
    assert rows_of(accountant.get(address, {**month, "side": "credit"})) == 0
    assert rows_of(accountant.get(address, {**month, "text": "0001"})) == 2
    assert rows_of(accountant.get(address, month)) == 3


def test_the_pages_of_an_account_meet_and_the_balance_goes_on(money, accountant):
    for n in range(45):
        money.post("main", premium(100 + n, date(2020, 12, 1 + n % 9)))
    asked = {"month": "2020", "size": 20}
    page = accountant.get(money.address(rest="accounts/1005/"), asked).content.decode()
    pages = [page]
    while 'rel="next"' in page:
        page = accountant.get(link(page, "next")).content.decode()
        pages.append(page)
    entries = [one for page in pages for one in re.findall(r"books/entries/(\d+)/", page)]
    assert len(entries) == len(set(entries)) == 48
    said = [re.findall(r'class="r num opt" data-label="余额"[^>]*>([^<]+)<', one) for one in pages]
    after = [int(one.replace(",", "").replace(".", "")) for page in said for one in page]
    assert len(after) == 48 and after[-1] == 28000
    assert after == sorted(after, reverse=True) and after[0] == 47050 + sum(range(100, 145))


def test_an_account_of_the_main_book_is_taken_as_a_file_and_printed(money, accountant):
    address = money.address(rest="accounts/1005/")
    answer = accountant.get(address, {"month": "2020-12", "csv": 1})
    rows = list(csv.reader(io.StringIO(answer.content.decode("utf-8-sig"))))
    assert len(rows) == 3 and rows[0][-1] == "余额（元）"
    assert [row[-1] for row in rows[1:]] == ["470.50", "420.00"]
    sheet = words(accountant.get(address, {"month": "2020-11", "print": 1}))
    assert "1005 国库存款" in sheet and "280.00" in sheet


def test_lines_of_an_account_meet_without_gap(money):
    for n in range(9):
        money.post("main", premium(100 + n, date(2020, 12, 1 + n % 3)))
    asked = {
        "scope": money.scope,
        "book_id": money.books["main"].id,
        "account": "1005",
        "from_": date(2020, 12, 1),
        "until": date(2021, 1, 1),
    }
    whole = journals.lines_of_account(**asked, limit=100)
    assert whole.rows[0].balance_fen == whole.closing_fen
    first = whole.rows[-1]
    assert first.balance_fen == whole.opening_fen + first.debit_fen - first.credit_fen
    rows, after = [], 0
    while True:
        found = journals.lines_of_account(**asked, after_id=after, limit=4)
        rows += found.rows
        after = found.after_id
        if not after:
            break
    assert rows == list(whole.rows)


def test_pages_ask_the_database_as_often_with_many_entries_as_with_few(money, accountant):
    addresses = [money.address(rest=rest) for rest in ("", "days/", "accounts/1005/", "months/")]
    addresses.append("/fund/books/")

    def statements():
        counts = []
        for address in addresses:
            with CaptureQueriesContext(connection) as found:
                assert accountant.get(address).status_code == 200
            counts.append(len(found))
        return counts

    few = statements()
    for n in range(40):
        money.post("main", premium(100 + n))
    assert statements() == few


def test_an_entry_shows_its_lines_who_when_and_where_it_comes_from(money, accountant):
    entry_id = money.post("main", premium(300), source="grant_receipt", source_id=7)
    said = words(accountant.get(f"/fund/books/entries/{entry_id}/"))
    assert "1005 国库存款 3.00" in said
    assert "4001 社会保险费收入 3.00" in said
    assert "合计 3.00 3.00" in said
    assert "记账人 系统任务 录入时间 2020-12-18 09:00 来源 资助到账 7 区划 新桥镇" in said


def test_an_entry_is_reversed_once_with_its_reason(money, accountant):
    entry_id = money.post("main", premium(300))
    address = f"/fund/books/entries/{entry_id}/reverse/"
    assert "2020-12-18 记一张借贷相反的凭证，3.00 元" in words(accountant.get(address))
    assert "请填写冲销原因" in words(accountant.post(address, {"reason": " "}))
    done = accountant.post(address, {"reason": "重复入账"}, follow=True)
    assert "已记入冲销凭证" in words(done)
    assert "冲销凭证" in words(done)
    assert "打开冲销它的凭证" in words(accountant.get(f"/fund/books/entries/{entry_id}/"))
    again = accountant.post(address, {"reason": "再来一次"})
    assert again.status_code == 422
    assert "E604" in again.content.decode()
    balance = queries.trial_balance(
        scope=money.scope,
        book_id=money.books["main"].id,
        from_=date(2020, 12, 1),
        until=date(2021, 1, 1),
    )
    assert sum(row.debit_fen for row in balance) == 14000 + 5050 + 300 + 300
    assert queries.difference_fen(balance) == 0


def test_a_sub_ledger_follows_the_business_and_is_not_reversed_by_hand(money, accountant):
    entry_id = money.post("dues", due(28000, 1), source="due")
    assert "冲销凭证" not in words(accountant.get(f"/fund/books/entries/{entry_id}/"))
    refused = accountant.post(f"/fund/books/entries/{entry_id}/reverse/", {"reason": "错账"})
    assert refused.status_code == 422
    assert "E609" in refused.content.decode()
    with scoped(money.scope):
        kept = AuditRecord.objects.filter(action="fund.post", outcome="refused")
        assert kept.get().detail["code"] == "E609"


def test_who_has_not_the_right_is_refused(money):
    clerk, _ = sign_in_as(role="township_clerk", division="430423105")
    assert clerk.get("/fund/books/").status_code == 403
    assert clerk.get(money.address()).status_code == 403
    auditor, _ = sign_in_as(role="auditor", division="430423")
    entry_id = money.post("main", premium(300))
    assert auditor.get(f"/fund/books/entries/{entry_id}/").status_code == 200
    refused = auditor.post(f"/fund/books/entries/{entry_id}/reverse/", {"reason": "x"})
    assert refused.status_code == 403
    assert auditor.get("/fund/books/new/").status_code == 403


def test_another_regions_books_are_not_there(money):
    entry_id = money.post("main", premium(300))
    foreign, _ = sign_in_as(role="fund_accountant", division="1522")
    for address in (
        money.address(),
        money.address(rest="days/"),
        money.address(rest="days.csv"),
        money.address(rest="balance.xlsx"),
        money.address(rest="accounts/1005/"),
        money.address(rest="months/"),
        money.address("dues", "parties/"),
        f"/fund/books/entries/{entry_id}/",
        f"/fund/books/entries/{entry_id}/reverse/",
    ):
        assert foreign.get(address).status_code == 404, address
    month = {"month": "2020-11-01"}
    assert foreign.post(money.address(rest="months/"), month).status_code == 404


def test_a_post_with_a_part_of_the_region_is_told_that_it_sees_a_part(money):
    money.post("main", premium(700), area_no=430423100000)
    auditor, _ = sign_in_as(role="auditor", division="430423105")
    said = words(auditor.get(money.address(), {"month": "2020-12"}))
    assert "只是账簿的一部分" in said
    assert "197.50" not in said
    county, _ = sign_in_as(role="auditor", division="430423")
    assert "只是账簿的一部分" not in words(county.get(money.address()))


@pytest.mark.parametrize(
    "asked",
    [
        {"month": "2020-13"},
        {"month": "0000"},
        {"month": "9999"},
        {"month": "9999-12"},
        {"month": "²020"},
        {"month": "2020-12-01"},
        {"month": "'; drop"},
        {"after": "-1"},
        {"after": "9" * 30},
        {"after": "999999999"},
        {"account": "\x00" * 3},
        {"kind": "x" * 5000},
        {"source": "；"},
        {"moved": "x"},
        {"year": "1900"},
    ],
)
def test_bad_input_gets_a_page_and_no_fault(money, accountant, asked):
    for rest in ("", "days/", "accounts/1005/", "months/", "balance.csv", "days.xlsx"):
        answer = accountant.get(money.address(rest=rest), asked)
        assert answer.status_code in (200, 400, 404), (rest, asked, answer.status_code)
    assert accountant.get(money.address("dues", "parties/"), asked).status_code in (200, 400)


def test_books_are_opened_from_the_console():
    open_office("hengshan")
    accountant, _ = sign_in_as(role="fund_accountant", division="430423")
    assert "还没有账簿" in words(accountant.get("/fund/books/"))
    page = accountant.get("/fund/books/new/").content.decode()
    unit = re.search(r'<option value="(\d+)">[^<]*医疗保障事务中心', page).group(1)
    done = accountant.post("/fund/books/new/", {"unit": unit}, follow=True)
    assert "账簿已建立" in words(done)
    assert words(accountant.get("/fund/books/")).count("未记账") == 4
    assert accountant.post("/fund/books/new/", {"unit": "99999999"}).status_code == 422


def test_a_page_of_the_day_book_is_walked_by_its_index_and_not_sorted(money, accountant):
    for _n in range(25):
        money.post("main", premium(100))
    address = money.address(rest="days/")
    first = accountant.get(address, {"month": "2020", "size": 20}).content.decode()
    with CaptureQueriesContext(connection) as found:
        accountant.get(link(first, "next"))
    asked = [one["sql"] for one in found if "order by t.posted_on desc" in one["sql"]]
    assert len(asked) == 1
    with scoped(money.scope), connection.cursor() as cursor:
        # What a small table costs depends on when it was last analysed: so a sort is chosen here
        # only where no index gives the order.
        for other in ("seqscan", "bitmapscan", "sort", "incremental_sort"):
            cursor.execute(f"set local enable_{other} = off")
        cursor.execute(f"explain {asked[0]}")
        plan = "\n".join(row[0] for row in cursor.fetchall())
    assert "Index Scan Backward using day_book on fund_entry e" in plan, plan
    assert not re.search(r"^\s*(->)?\s*Sort", plan.partition("SubPlan")[0], re.M), plan

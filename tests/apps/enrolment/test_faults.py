"""Every wrong line is named with sheet, row, column, reason and remedy, in exactly these words."""

import re
from datetime import date, datetime
from zoneinfo import ZoneInfo

import pytest

from tests.apps.access.offices import AT
from tests.apps.enrolment.ledger_files import LINES, away, entrant, line, upload
from tests.apps.enrolment.spoilt import with_column
from tests.apps.registry.people import CHAQUAN, ELSEWHERE, SHICANG, number, person
from yibao.apps.access.scope import scoped
from yibao.apps.enrolment import operations
from yibao.apps.enrolment.ledgers import INSURED_ELSEWHERE, NEW_ENTRANTS, PAYMENT_LEDGER
from yibao.apps.enrolment.ledgers.faults import Told, is_error, sentence, told
from yibao.apps.enrolment.ledgers.kinds import KINDS
from yibao.apps.enrolment.models import Enrolment, LedgerRow
from yibao.apps.registry import operations as registry
from yibao.apps.registry.models import Person

EARLY = datetime(2020, 11, 2, 9, tzinfo=ZoneInfo("Asia/Shanghai"))
LATE = datetime(2020, 12, 21, 9, tzinfo=ZoneInfo("Asia/Shanghai"))
FUTURE = number(1, born=date(2020, 12, 30))


def known(scope, sequence=1, **facts):
    """Register somebody whom the ledger's line will name."""
    return registry.register_many(scope=scope, persons=[person(sequence, **facts)], at=AT)[0]


def nothing(scope):
    """The register is empty."""


def enrolled(scope):
    operations.enrol(scope=scope, year=2021, entries=[operations.Entry(known(scope))], at=AT)


def insured(kind, place):
    def prepare(scope):
        cover = operations.NewOtherCover(known(scope), kind, place, "P-1")
        operations.record_other_cover(scope=scope, year=2021, cover=cover, at=AT)

    return prepare


def dead(scope):
    registry.record_death(
        scope=scope, person_id=known(scope), died_on=date(2020, 8, 1), source="派出所", at=AT
    )


def gone(scope):
    registry.record_departure(
        scope=scope, person_id=known(scope), moved_away_on=date(2020, 7, 1), source="派出所", at=AT
    )


def headed(scope):
    known(scope, 9, household_no="0001", relation="head")


PAY, NEW, AWAY = PAYMENT_LEDGER, NEW_ENTRANTS, INSURED_ELSEWHERE
FAULTS = [
    # code, ledger, what the register holds, cells, column, value, reason, remedy
    (
        "E101",
        PAY,
        nothing,
        {"number": number(1)[:-1]},
        "身份证号",
        number(1)[:-1],
        "证件号码少 1 位，应为 18 位",
        "对照证件原件或户口本改正",
    ),
    (
        "E102",
        PAY,
        nothing,
        {"number": number(1)[:-1] + "1"},
        "身份证号",
        number(1)[:-1] + "1",
        "校验码不符，按前面各位末位应为 0",
        "逐位核对号码后改正",
    ),
    (
        "E103",
        PAY,
        nothing,
        {"number": 430423198005060030},
        "身份证号",
        "4.30423E+17",
        "号码存成了数字，后几位已丢失",
        "把该列设为文本后重新填写",
    ),
    (
        "E104",
        PAY,
        nothing,
        {"number": "43O423198005060030"},
        "身份证号",
        "43O423198005060030",
        "证件号码第 3 位“O”不对",
        "只能是数字，末位可以是 X，请核对后改正",
    ),
    (
        "E105",
        PAY,
        nothing,
        {"number": "430423198013060030"},
        "身份证号",
        "430423198013060030",
        "证件号码里的出生日期“19801306”不存在",
        "核对第 7 至 14 位后改正",
    ),
    (
        "E106",
        PAY,
        nothing,
        {"number": "160423198005060030"},
        "身份证号",
        "160423198005060030",
        "证件号码开头的“16”不是省级地区代码",
        "核对前六位后改正",
    ),
    (
        "E115",
        PAY,
        nothing,
        {"number": "9X0423198005060030"},
        "身份证号",
        "9X0423198005060030",
        "外国人永久居留身份证号码格式不对",
        "新版为 9 开头的 18 位，旧版为 3 个字母加 12 位数字，请核对",
    ),
    (
        "E107",
        PAY,
        nothing,
        {"number": FUTURE},
        "身份证号",
        "",
        "证件号码里的出生日期 2020-12-30 还没有到",
        "核对第 7 至 14 位后改正",
    ),
    (
        "E120",
        PAY,
        lambda scope: known(scope, name="旷小宝"),
        {"name": "旷小保"},
        "姓名",
        "",
        "登记的姓名是“旷*宝”",
        "核对证件，再走信息变更",
    ),
    (
        "E121",
        PAY,
        nothing,
        {"sex": "女"},
        "性别",
        "女",
        "证件号码表明性别为男",
        "对照证件改正性别或号码",
    ),
    (
        "E122",
        PAY,
        headed,
        {"relation": "女儿"},
        "户主关系",
        "女儿",
        "户主关系“女儿”应为女",
        "核对户口簿后改正关系或性别",
    ),
    (
        "E130",
        PAY,
        nothing,
        {"claimed": "二百八"},
        "个人缴费",
        "二百八",
        "“二百八”不是金额",
        "请填写以元为单位的数字，如 1234.50",
    ),
    (
        "E131",
        PAY,
        nothing,
        {"claimed": "280.005"},
        "个人缴费",
        "280.005",
        "金额“280.005”不足一分的部分无法记账",
        "请填写到分，最多两位小数",
    ),
    (
        "E201",
        PAY,
        nothing,
        {"name": ""},
        "姓名",
        "",
        "“姓名”是必填项，没有填写",
        "按户口簿或实际情况补填",
    ),
    (
        "E201",
        PAY,
        nothing,
        {"signature": ""},
        "参保人签字",
        "",
        "“参保人签字”是必填项，没有填写",
        "按户口簿或实际情况补填",
    ),
    (
        "E201",
        NEW,
        nothing,
        {"agent": ""},
        "经办人",
        "",
        "“经办人”是必填项，没有填写",
        "按户口簿或实际情况补填",
    ),
    (
        "E202",
        PAY,
        nothing,
        {"name": "王1华"},
        "姓名",
        "王1华",
        "姓名第 2 个字不能识别",
        "换用规范汉字或间隔号“·”重新填写",
    ),
    (
        "E203",
        PAY,
        nothing,
        {"relation": "邻居"},
        "户主关系",
        "邻居",
        "没有“邻居”这种户主关系",
        "从下拉选项中选择，如户主、配偶、子、女",
    ),
    ("E204", PAY, nothing, {"sex": "M"}, "性别", "M", "性别只能是男或女", "从下拉选项中选择"),
    (
        "E205",
        PAY,
        nothing,
        {"notice": "微信告知"},
        "告知、督促方式",
        "微信告知",
        "告知、督促方式只能是电话告知或上门告知",
        "从下拉选项中选择，或留空",
    ),
    (
        "E206",
        AWAY,
        nothing,
        {"cover_kind": "新农合"},
        "参保类型（职工医保/城乡居民医保）",
        "新农合",
        "参保类型只能是职工医保或城乡居民医保",
        "从下拉选项中选择",
    ),
    (
        "E207",
        PAY,
        nothing,
        {"claimed": -280},
        "个人缴费",
        "-280",
        "金额不能小于零",
        "填写应缴金额，不缴费的填 0",
    ),
    (
        "E208",
        NEW,
        nothing,
        {"phone": "138"},
        "联系电话",
        "138",
        "联系电话应为 7 至 12 位数字",
        "核对后改正，没有的留空",
    ),
    (
        "E209",
        AWAY,
        nothing,
        {"cover_place": "远" * 61},
        "参保地（凭证复印）",
        "远" * 61,
        "“参保地（凭证复印）”最多 60 个字",
        "缩短后重新填写",
    ),
    (
        "E211",
        AWAY,
        nothing,
        {"cover_place": "衡山县"},
        "参保地（凭证复印）",
        "",
        "参保地“衡山县”就在本统筹区",
        "在本地参保的登记到参保缴费台账",
    ),
    (
        "E212",
        AWAY,
        nothing,
        {"voucher_no": ""},
        "凭证号",
        "",
        "没有填写参保凭证号",
        "补填缴费凭证号并附复印件；没有凭证的列入未缴费名单",
    ),
    (
        "E302",
        PAY,
        nothing,
        {"claimed": 250},
        "个人缴费",
        "",
        "个人应缴 280.00 元，填写了 250.00 元",
        "改为 280.00；不缴费的填 0 并写明原因",
    ),
    (
        "E302",
        PAY,
        lambda scope: known(scope, identities=("marginal",)),
        {},
        "个人缴费",
        "",
        "个人应缴 140.00 元，填写了 280.00 元",
        "改为 140.00；不缴费的填 0 并写明原因",
    ),
    (
        "E305",
        PAY,
        lambda scope: known(scope, identities=("minimum_living",)),
        {},
        "个人缴费",
        "",
        "全额资助对象，个人不缴费",
        "金额改为 0.00",
    ),
    (
        "E306",
        PAY,
        nothing,
        {"claimed": 0},
        "未缴费原因",
        "",
        "个人缴费为 0，应缴 280.00 元，没有写未缴费原因",
        "补填未缴费原因，或改为 280.00",
    ),
    (
        "E307",
        PAY,
        nothing,
        {"unpaid_reason": "外出"},
        "未缴费原因",
        "",
        "已填写个人缴费 280.00 元，又写了未缴费原因",
        "删去原因，或把金额改为 0",
    ),
    (
        "E401",
        PAY,
        insured("employee", "衡阳市本级"),
        {},
        "身份证号",
        "",
        "已参加职工医保（衡阳市本级）",
        "改登异地参保表，附缴费凭证",
    ),
    (
        "E403",
        PAY,
        insured("resident", "耒阳市"),
        {},
        "身份证号",
        "",
        "已在外地参加居民医保（耒阳市）",
        "改登异地参保表，附缴费凭证",
    ),
    (
        "E404",
        PAY,
        None,
        {},
        "身份证号",
        "",
        "此人已在其他地区登记",
        "请上级经办机构核实，办理关系转移后再填报",
    ),
    ("E405", PAY, enrolled, {}, "身份证号", "", "此人 2021 年度已经登记参保", "删去此行"),
    ("E405", AWAY, enrolled, {}, "身份证号码", "", "此人 2021 年度已经登记参保", "删去此行"),
    (
        "E406",
        PAY,
        dead,
        {},
        "姓名",
        "",
        "登记的死亡日期为 2020-08-01",
        "删去此行；登记有误的走信息变更",
    ),
    (
        "E407",
        PAY,
        gone,
        {},
        "姓名",
        "",
        "户口已于 2020-07-01 迁出",
        "删去此行；又迁回的先办理迁入登记",
    ),
    (
        "E408",
        PAY,
        lambda scope: known(scope, area_no=SHICANG),
        {},
        "姓名",
        "",
        "此人登记在石仓村委会",
        "由该村填报，或先办理迁移登记",
    ),
    (
        "E409",
        AWAY,
        insured("employee", "衡阳市本级"),
        {},
        "身份证号码",
        "",
        "此人 2021 年度的异地参保已经登记",
        "删去此行",
    ),
    (
        "E501",
        PAY,
        nothing,
        {"relation": "子"},
        "户主关系",
        "",
        "家庭 0001 没有户主",
        "补填户主一行，或改正户主关系",
    ),
    (
        "E502",
        PAY,
        headed,
        {},
        "户主关系",
        "",
        "家庭 0001 有两个户主，另一个在登记的家庭中",
        "按户口簿保留一个户主",
    ),
    (
        "W502",
        NEW,
        lambda scope: known(scope, phone="13900005521"),
        {},
        "联系电话",
        "",
        "登记的联系电话是 139****5521",
        "核实后确认改用新号码，或退回村里",
    ),
    (
        "W503",
        NEW,
        nothing,
        {"relation": "子"},
        "户主关系",
        "子",
        "本行之前没有户主，不知属于哪一户",
        "核实后确认入库，再到家庭页归户",
    ),
]
# Faults that take two lines, another hour or another table: each has a test of its own below.
APART = {"E210", "E402", "E502", "W501"}


@pytest.mark.parametrize(
    ("code", "kind", "prepare", "cells", "column", "value", "reason", "remedy"),
    FAULTS,
    ids=[f"{one[0]}-{at}" for at, one in enumerate(FAULTS)],
)
def test_a_wrong_line_is_named_with_cause_and_cure(
    county, township, code, kind, prepare, cells, column, value, reason, remedy
):
    if prepare is None:
        known(county, area_no=ELSEWHERE)
    else:
        prepare(township)
    ledger = upload(township, LINES[kind](1, **cells), kind=kind, at=AT)
    with scoped(township):
        row = LedgerRow.objects.get(ledger=ledger)
    assert row.fault_code == code, row.faults
    found = next(one for one in row.faults if one["code"] == code)
    assert (row.sheet, row.row_no, found["column"]) == ("台账", 4, column)
    assert row.fault_column == column[:20]
    sealed = "身份证" in column or "电话" in column
    assert found["value"] == ("" if sealed else value)
    assert not sealed or value in (*row.words().values(), "")
    assert told(found) == Told(reason, remedy)
    counted = (ledger.rows_total, ledger.rows_good, ledger.rows_bad)
    assert counted == (1, 0, 1 if is_error(code) else 0)


def test_the_english_of_a_fault_names_the_same_facts_in_no_chinese_word():
    for code, kind in KINDS.items():
        for chinese, english in (kind.label, kind.reason, kind.remedy):
            assert not re.search("[㐀-鿿]", english), (code, english)
            facts, told_en = (set(re.findall(r"{(\w+)}", text)) for text in (chinese, english))
            assert {one.removesuffix("_en") for one in told_en} == facts, code


def test_a_fault_is_told_in_the_language_that_is_asked_for(township):
    ledger = upload(township, line(1, sex="女"), line(1, household_no="0009"), at=AT)
    with scoped(township):
        rows = LedgerRow.objects.filter(ledger=ledger).order_by("row_no")
        (sex,), (twice,) = (row.faults for row in rows)
    assert told(sex, "en").reason == "By the number the sex is male"
    assert told(twice, "en") == Told("The same person as in row 4", "Keep one of the rows")
    assert sentence(twice, "en").endswith(
        "The same person as in row 4. Keep one of the rows (E402)"
    )
    assert "工作表“台账”第 4 行" in told({**twice, "facts": {"row": 4, "sheet": "台账"}}).reason


def test_a_fault_kept_as_sentences_is_told_in_them():
    before = {"code": "E405", "column": "姓名", "value": "", "reason": "原因", "remedy": "改法"}
    assert told(before, "en") == told(before) == Told("原因", "改法")


def test_a_fault_of_the_number_keeps_no_whole_number(township):
    ledger = upload(township, line(1, number=number(1)[:-1] + "1"), at=AT)
    with scoped(township):
        (kept,) = LedgerRow.objects.get(ledger=ledger).faults
    assert kept["facts"] == {"expected": "0"}


def test_every_code_of_the_table_has_its_test():
    assert {one[0] for one in FAULTS} | APART == KINDS.keys()


def faults_of(scope, ledger):
    with scoped(scope):
        rows = LedgerRow.objects.filter(ledger=ledger).order_by("row_no")
        return [
            (row.row_no, row.fault_code, [told(one).reason for one in row.faults]) for row in rows
        ]


def test_the_second_line_of_the_same_person_names_the_first(township):
    ledger = upload(township, line(1), line(2), line(1, household_no="0009"), at=AT)
    assert faults_of(township, ledger) == [
        (4, "", []),
        (5, "", []),
        (6, "E402", ["与第 4 行是同一人"]),
    ]


def test_an_old_number_is_the_same_person_as_its_new_form(township):
    old = number(1)[:6] + number(1)[8:17]
    ledger = upload(township, line(1), line(1, number=old, household_no="0009"), at=AT)
    assert faults_of(township, ledger)[1][1] == "E402"


def test_two_heads_of_a_household_name_each_other(township):
    ledger = upload(township, line(1), line(2, household_no="0001"), at=AT)
    assert faults_of(township, ledger)[1] == (
        5,
        "E502",
        ["家庭 0001 有两个户主，另一个在第 4 行"],
    )


@pytest.mark.requirement("HS-A1-12")
def test_new_entrants_after_the_twentieth_of_december_wait_for_a_clerks_word(township):
    known(township, 2, household_no="0002", relation="head")
    in_time = upload(township, entrant(1), kind=NEW_ENTRANTS, at=AT)
    assert (in_time.rows_good, in_time.rows_bad) == (1, 0)
    late = upload(township, line(1), line(2), at=LATE)
    assert (late.rows_total, late.rows_good, late.rows_bad) == (2, 1, 0)
    assert faults_of(township, late)[0] == (4, "W501", ["新增参保应在 2020-12-20 前处理完成"])
    decided = operations.decide_warnings(scope=township, import_id=late.pk, code="W501", at=LATE)
    assert decided.rows_good == 2
    again = operations.check_ledger(scope=township, import_id=late.pk, at=LATE)
    assert again.rows_good == 2


def test_the_place_of_insurance_must_be_ours(township):
    content = with_column([line(1), line(2), line(3)], "参保地", ["衡山", "耒阳", ""])
    ledger = upload(township, at=AT, content=content)
    assert faults_of(township, ledger) == [
        (4, "", []),
        (5, "E210", ["参保地须选“衡山”"]),
        (6, "", []),
    ]


def test_a_line_with_several_faults_tells_all_and_counts_once(township):
    ledger = upload(township, line(1, name="", sex="M", claimed=250), at=AT)
    ((_, code, reasons),) = faults_of(township, ledger)
    assert code == "E201"
    assert reasons == [
        "“姓名”是必填项，没有填写",
        "性别只能是男或女",
        "个人应缴 280.00 元，填写了 250.00 元",
    ]
    assert ledger.rows_bad == 1


def test_an_error_stands_for_the_line_before_a_question(township):
    ledger = upload(township, line(1, claimed=250), at=LATE)
    assert faults_of(township, ledger)[0][1] == "E302"


def test_a_supported_person_who_writes_nothing_is_right(township):
    known(township, 1, identities=("extreme_poverty",))
    ledger = upload(township, line(1, claimed=0), at=AT)
    assert ledger.rows_good == 1


def test_not_to_pay_is_no_error_where_the_reason_stands(township):
    ledger = upload(township, line(1, claimed=0, unpaid_reason="外出务工"), at=AT)
    assert (ledger.rows_good, ledger.claimed_fen) == (1, 0)


def test_annex_four_takes_a_person_with_a_voucher(township):
    ledger = upload(township, away(1), kind=INSURED_ELSEWHERE, at=AT)
    assert ledger.rows_good == 1


def test_the_dry_run_writes_nothing(township):
    ledger = upload(township, line(1), line(2, claimed=250), at=AT)
    assert (ledger.state, ledger.rows_total, ledger.rows_good) == ("checked", 2, 1)
    with scoped(township):
        assert not Person.objects.exists()
        assert not Enrolment.objects.exists()


def test_a_line_is_good_again_once_the_register_was_put_right(township):
    known(township, 1, name="旷小宝")
    ledger = upload(township, line(1, name="旷小保"), at=AT)
    assert ledger.rows_bad == 1
    with scoped(township):
        Person.objects.update(name="旷小保")
    assert operations.check_ledger(scope=township, import_id=ledger.pk, at=AT).rows_good == 1


def test_what_the_file_shows_stays_however_often_it_is_checked(township):
    ledger = upload(township, line(1, sex="M"), at=AT)
    for _ in range(2):
        ledger = operations.check_ledger(scope=township, import_id=ledger.pk, at=AT)
    assert faults_of(township, ledger) == [(4, "E204", ["性别只能是男或女"])]


def test_amounts_in_a_file_may_be_numbers_or_words(township):
    ledger = upload(
        township, line(1, claimed="280元"), line(2, claimed="280.00"), line(3, claimed=280.0), at=AT
    )
    assert (ledger.rows_good, ledger.claimed_fen) == (3, 84_000)


def test_area_is_the_villages(township):
    ledger = upload(township, line(1), at=AT)
    assert (ledger.area_no, ledger.region) == (CHAQUAN, "hengshan")

"""A small rulebook, read whole: every source, code, fact, parameter, rule, step and place."""

from __future__ import annotations

from datetime import date

import pytest

from yibao.core.rules import dates
from yibao.core.rules.book import LayerText, OpenSetting, Rulebook, UnknownParameter, read_rulebook
from yibao.core.rules.declarations import Absence, Enumeration, Fact, Label, Source
from yibao.core.rules.faults import Place
from yibao.core.rules.graph import Cite, Clause, Node, StepInfo
from yibao.core.rules.parameters import FOREVER, Axis, Dated, Parameter
from yibao.core.rules.rules import StateVariable
from yibao.core.rules.types import Period, Rounding, Type

LAW, OURS = Cite("law", "5"), Cite("reading", "45", ours=True)

TEXT = """
sources:
  law: {title: 示例办法, number: 〔2008〕1号, published: 2008-07-13, articles: {"5": {zh: 缴费, en: dues}}}
  reading: {title: 本项目的解读, published: 2000-01-01, ours: true}
enumerations:
  payer: {personal: 个人, central: {zh: 中央, en: central}}
facts:
  year: {type: year, range: 2000..2050}
  low: {type: flag, absent: false, cite: reading 45, zh: 低保, en: minimum living}
  paid_by: {type: code, of: payer, none: 无人, absent: none, cite: reading 45}
  level: {type: level, range: 1..2, per: visit}
  came: {type: date, range: 2000-01-01..2050-12-31, absent: left, cite: reading 45, per: visit}
  left: {type: date, range: 2000-01-01..2050-12-31, per: visit, zh: 出院日期}
  seen: {type: date-time, range: "2000-01-01..2050-12-31", per: visit}
  cost: {type: money, range: -1.50..100, per: visit}
parameters:
  ratio: {type: rate, by: [payer, level], from: 2008, until: 2010, cite: law 5, is: {personal: {1: 60%, 2: {is: 50.5%, cite: law 6}}, central: {1: 40%, 2: 30%, cite: law 7}}, zh: 比例, en: ratio}
  cap: {type: money, values: [{from: 2008, until: 2009-06-30, is: 100, cite: law 5}, {from: 2009-07-01, known: 2009-06-01, is: 120.5, cite: reading 45}]}
  fee: {type: money, open: 未载}
  round_up: {type: rounding, is: up to jiao, from: 2008, cite: law 5}
  wait: {type: period, is: 10 days, from: 2008, cite: law 5}
steps:
  poor: {is: low, cite: law 5, zh: 困难}
rules:
  pay:
    cite: law 5
    zh: 待遇
    en: benefit
    result: {paid: paid, who: who}
    requires: [{when: came <= left, zh: 日期有误, en: dates}, {when: cost >= 0}]
    ensures: [{when: paid >= 0}]
    fold:
      key: [person, year]
      order: [left]
      state: {times_before: {type: times, starts: 0, range: 0..9, zh: 次数, en: times}}
      next: {times_before: times_before + 1}
    ceilings:
      total: {limit: cap, cite: law 8, zh: 总额, en: total}
    steps:
      choice:
        cite: law 5
        order: reading 45
        outcomes: {who: {of: payer, zh: 谁, en: who}, share: {zh: 份额}}
        first_of:
          poor: {when: poor, is: {who: central, share: "ratio[central, level]"}, cite: law 6, zh: 困难者, en: the poor, over: {clause: otherwise, cite: reading 45}}
          otherwise: {is: {who: personal, share: "ratio[personal, level]"}}
      paid: {is: "rounded(cost * share, round_up)", within: total}
"""


def at(line: str, column_of: str = "", file: str = "a.yaml", text: str = TEXT) -> Place:
    """The place of a word in the line that begins so."""
    rows = text.splitlines()
    (number,) = [n for n, row in enumerate(rows, 1) if row.strip().startswith(line)]
    row = rows[number - 1]
    return Place(file, number, row.index(column_of or line) + 1, "base")


def read(text: str = TEXT) -> Rulebook:
    return read_rulebook([LayerText("a.yaml", text, "base")])


@pytest.fixture
def book() -> Rulebook:
    """Read anew for each test: what reads it is what the test is about."""
    return read()


def shape(node: Node) -> object:
    """A node as nested tuples: its operator, what it holds, and its arguments."""
    parts = tuple(shape(arg) for arg in node.args)
    return (node.op, node.value, *parts) if parts else (node.op, node.value)


def test_sources_come_with_title_number_day_and_articles(book: Rulebook) -> None:
    assert book.sources == {
        "law": Source(
            "law",
            "示例办法",
            "〔2008〕1号",
            date(2008, 7, 13),
            False,
            {"5": Label("缴费", "dues")},
        ),
        "reading": Source("reading", "本项目的解读", "", date(2000, 1, 1), True, {}),
    }


def test_enumerations_come_with_their_labels_in_order(book: Rulebook) -> None:
    codes = {"personal": Label("个人"), "central": Label("中央", "central")}
    assert book.enumerations == {"payer": Enumeration("payer", codes)}
    assert list(book.enumerations["payer"].codes) == ["personal", "central"]
    assert book.label("central", of="payer") == "中央"
    assert book.label("central", of="payer", language="en") == "central"
    assert book.label("personal", of="payer", language="en") == "个人"


def test_facts_come_with_type_range_none_visit_label_absence_and_place(book: Rulebook) -> None:
    first, last = dates.number(2000, 1, 1), dates.number(2050, 12, 31)
    nowhere = Place("", 0, 0)
    day, day_time, code = Type("date"), Type("date-time"), Type("code", "payer")
    label = Label("低保", "minimum living")
    assert book.facts == {
        "year": Fact("year", Type("year"), 2000, 2050, None, False, Label("year"), None, nowhere),
        "low": Fact(
            "low", Type("flag"), 0, 0, None, False, label, Absence(False, "", OURS), nowhere
        ),
        "paid_by": Fact(
            "paid_by", code, 0, 0, "无人", False, Label("paid_by"), Absence(None, "", OURS), nowhere
        ),
        "level": Fact("level", Type("level"), 1, 2, None, True, Label("level"), None, nowhere),
        "came": Fact(
            "came",
            day,
            first,
            last,
            None,
            True,
            Label("came"),
            Absence(None, "left", OURS),
            nowhere,
        ),
        "left": Fact("left", day, first, last, None, True, Label("出院日期"), None, nowhere),
        "seen": Fact(
            "seen", day_time, first * 86400, last * 86400, None, True, Label("seen"), None, nowhere
        ),
        "cost": Fact("cost", Type("money"), -150, 10000, None, True, Label("cost"), None, nowhere),
    }
    assert {name: fact.place for name, fact in book.facts.items()} == {
        name: at(f"{name}:") for name in book.facts
    }


def dated(since: str, until: str, value: object, cite: Cite, known: str = "2008-07-13") -> Dated:
    day = lambda text: dates.to_number(date.fromisoformat(text)) if text else FOREVER  # noqa: E731
    return Dated(day(since), day(until), day(known), 0, value, cite, {}, {})


def test_parameters_come_with_their_dated_values_tables_and_articles(book: Rulebook) -> None:
    ratio = book.parameters["ratio"]
    assert (ratio.type, ratio.label, ratio.open) == (Type("rate"), Label("比例", "ratio"), "")
    assert ratio.by == (
        Axis("payer", Type("code", "payer"), ("personal", "central")),
        Axis("level", Type("level"), (1, 2)),
    )
    (table,) = ratio.values
    assert (table.since, table.until) == (dates.number(2008, 1, 1), dates.number(2010, 12, 31))
    assert table.rows == {
        ("personal", 1): 6000,
        ("personal", 2): 5050,
        ("central", 1): 4000,
        ("central", 2): 3000,
    }
    assert {key: cite.article for key, cite in table.row_cites.items()} == {
        ("personal", 1): "5",
        ("personal", 2): "6",
        ("central", 1): "7",
        ("central", 2): "7",
    }
    assert table.place == at("ratio:")
    assert book.parameters["cap"] == Parameter(
        "cap",
        Type("money"),
        (),
        (
            dated("2008-01-01", "2009-06-30", 10000, LAW),
            dated("2009-07-01", "", 12050, OURS, known="2009-06-01"),
        ),
        "",
        Label("cap"),
        Place("", 0, 0),
    )
    assert [value.place for value in book.parameters["cap"].values] == [
        at("cap:", "{from: 2008, until"),
        at("cap:", "{from: 2009-07-01"),
    ]
    assert book.parameters["fee"].open == "未载"
    assert book.parameters["round_up"].values[0].value == Rounding("up", 10)
    assert book.parameters["wait"].values[0].value == Period(10, "days")
    assert {name: found.place for name, found in book.parameters.items()} == {
        name: at(f"{name}:") for name in book.parameters
    }


def test_a_value_is_in_force_on_its_first_and_its_last_day_only(book: Rulebook) -> None:
    cap = book.parameters["cap"]
    days = ("2007-12-31", "2008-01-01", "2009-06-30", "2009-07-01", "9999-12-31")
    found = [cap.at(dates.to_number(date.fromisoformat(day)), FOREVER) for day in days]
    assert [value and value.value for value in found] == [None, 10000, 10000, 12050, 12050]
    assert [cap.values[0].has(value) for value in (10000, 0)] == [True, False]
    table = book.parameters["ratio"].values[0]
    assert [table.has(value) for value in (6000, 5050, 0, None)] == [True, True, False, False]


def test_a_rule_comes_with_label_conditions_and_what_it_answers(book: Rulebook) -> None:
    rule = book.rules["pay"]
    assert (rule.name, rule.label, rule.dated_by) == ("pay", Label("待遇", "benefit"), "year")
    assert rule.place == at("pay:")
    assert [(name, node.op, node.value) for name, node in rule.result] == [
        ("paid", "step", "paid"),
        ("who", "step", "who"),
    ]
    assert [(r.label, shape(r.when)) for r in (*rule.requires, *rule.ensures)] == [
        (Label("日期有误", "dates"), ("le", None, ("fact", "came"), ("fact", "left"))),
        (Label("cost >= 0", "cost >= 0"), ("le", None, ("const", 0), ("fact", "cost"))),
        (
            Label("paid >= 0", "paid >= 0"),
            ("le", None, ("const", 0), shape(dict(rule.result)["paid"])),
        ),
    ]
    assert [r.place for r in rule.requires] == [
        at("requires:", "came <= left"),
        at("requires:", "cost >= 0"),
    ]


def test_steps_come_with_labels_types_articles_clauses_and_places(book: Rulebook) -> None:
    clauses = (
        Clause("poor", Cite("law", "6"), "困难者", "the poor", (("otherwise", OURS),)),
        Clause("otherwise", LAW),
    )
    assert book.rules["pay"].steps == {
        "poor": StepInfo("poor", "困难", "poor", Type("flag"), LAW),
        "who": StepInfo("who", "谁", "who", Type("code", "payer"), LAW, "choice", clauses, OURS),
        "share": StepInfo("share", "份额", "share", Type("rate"), LAW, "choice", clauses, OURS),
        "paid": StepInfo("paid", "paid", "paid", Type("money"), LAW),
    }
    steps = book.rules["pay"].steps
    assert {name: info.place for name, info in steps.items()} == {
        "poor": at("poor: {is: low"),
        "who": at("choice:"),
        "share": at("choice:"),
        "paid": at("paid: {is"),
    }
    assert [clause.place for clause in steps["who"].clauses] == [
        at("poor: {when"),
        at("otherwise:"),
    ]


def test_a_fold_comes_with_key_order_state_and_ceilings(book: Rulebook) -> None:
    rule = book.rules["pay"]
    fold = rule.fold
    assert fold is not None
    assert [shape(node) for node in (*fold.key, *fold.order)] == [
        ("fact", "year"),
        ("fact", "left"),
    ]
    assert fold.state == (
        StateVariable("times_before", Type("times"), 0, 0, 9, Label("次数", "times")),
        StateVariable("used:total", Type("money"), 0, 0, 0, Label("total")),
    )
    assert fold.ceilings == ("total",)
    assert fold.told == (Clause("total", Cite("law", "8"), "总额", "total"),)
    share = ("step", "share")
    before = ("state", "times_before")
    assert shape(fold.next[0]) == ("add", None, before, ("const", 1))
    paid = dict(rule.result)["paid"]
    within = paid.args[0]
    assert (within.op, within.value) == ("within", ("total",))
    amount, counts, limit, used = within.args
    assert shape(amount)[:2] == ("rounded", None)
    assert share == shape(amount.args[0].args[1])[:2]
    assert [shape(node) for node in (counts, limit, used)] == [
        ("const", True),
        ("param", "cap"),
        ("state", "used:total"),
    ]
    always, none, nothing = ("const", True), ("const", None), ("const", 0)

    def if_paid(money: Node, then: object, other: object) -> object:
        some = ("and", None, ("lt", None, nothing, shape(money)), always)
        return ("cases", None, ("pick", None, some, always), then, other)

    assert shape(fold.next[1]) == (
        "add",
        None,
        ("state", "used:total"),
        if_paid(paid, shape(paid), nothing),
    )
    assert [shape(node) for node in fold.limits] == [if_paid(amount, ("param", "cap"), none)]


def test_binding_puts_every_dated_value_in_its_place(book: Rulebook) -> None:
    edition = book.bind("pay", year=2009)
    assert (edition.rule, edition.label, edition.year, edition.known) == (
        "pay",
        Label("待遇", "benefit"),
        2009,
        None,
    )
    assert edition.types == {"paid": Type("money"), "who": Type("code", "payer")}
    assert edition.codes == {"payer": ("personal", "central")}
    assert (edition.facts, edition.steps) == (book.facts, book.rules["pay"].steps)
    assert edition.origin is book.rules["pay"]
    assert edition.book.sources == book.sources
    assert edition.book.enumerations == book.enumerations
    assert edition.book.parameters == book.parameters
    assert edition.fold is not None
    assert shape(edition.fold.key[0]) == ("const", 2009)
    assert shape(edition.fold.limits[0])[3] == ("const", 10000)
    later = book.bind("pay", year=2010).fold
    assert later is not None
    assert shape(later.limits[0])[3] == ("const", 12050)


def test_an_order_that_reads_a_value_has_it_once_bound() -> None:
    fold = read(TEXT.replace("order: [left]", "order: [left + wait]")).bind("pay", year=2009).fold
    assert fold is not None
    wait = ("const", Period(10, "days"))
    assert [shape(node) for node in fold.order] == [("shift", 1, ("fact", "left"), wait)]


def test_a_value_that_no_year_has_is_silent_with_its_name_and_a_reason(book: Rulebook) -> None:
    text = TEXT.replace("limit: cap", "limit: fee")
    fold = read(text).bind("pay", year=2009).fold
    assert fold is not None
    assert shape(fold.limits[0])[3] == ("silent", ("fee", "未载"))
    early = book.bind("pay", year=2007).fold
    assert early is not None
    assert shape(early.limits[0])[3] == ("silent", ("cap", "没有生效的数值"))


def test_what_stays_open_is_listed_with_its_place_until_a_higher_layer_gives_a_value(
    book: Rulebook,
) -> None:
    assert book.open_settings() == (OpenSetting("fee", "未载", "a.yaml", at("fee:").line),)
    partly = TEXT.replace(
        "fee: {type: money, open: 未载}",
        "fee: {type: money, values: [{from: 2008, open: 甲, cite: law 5}, "
        "{from: 2009, known: 2009-01-01, open: 乙, cite: law 5}]}",
    )
    assert [s.reason for s in read(partly).open_settings()] == ["甲"]
    settings = (
        "overlay: demo\nover: base\nauthority: 某局\n"
        "settings: {fee: {is: 5, from: 2008, cite: law 5}}\n"
    )
    layers = [LayerText("a.yaml", partly, "base"), LayerText("b.yaml", settings, "demo")]
    closed = read_rulebook(layers)
    assert closed.open_settings() == ()
    assert closed.value_of("fee", on=date(2009, 6, 1)) == 500


def test_a_bare_value_by_one_key_is_asked_by_the_key_alone(book: Rulebook) -> None:
    assert book.value_of("ratio", on=date(2010, 12, 31)) == book.parameters["ratio"].values[0].rows
    one = TEXT.replace("by: [payer, level]", "by: [level]").replace(
        "{personal: {1: 60%, 2: {is: 50.5%, cite: law 6}}, central: {1: 40%, 2: 30%, cite: law 7}}",
        "{1: 60%, 2: 50.5%}",
    )
    single = read(one.replace("central, level]", "level]").replace("personal, level]", "level]"))
    assert single.value_of("ratio", on=date(2010, 12, 31)) == {1: 6000, 2: 5050}


def test_an_unknown_parameter_is_told_in_both_languages(book: Rulebook) -> None:
    with pytest.raises(UnknownParameter) as caught:
        book.value_of("capp", on=date(2009, 1, 1))
    assert caught.value.sentence() == "规则库没有名为“capp”的参数。请核对参数名称"
    assert caught.value.sentence("en") == ("The rulebook has no parameter “capp”. Check the name")


def test_the_hashes_of_a_text_and_of_its_sense_are_the_same_in_every_process_and_release(
    book: Rulebook,
) -> None:
    """A stored decision keeps both: whoever changes how they are made breaks every replay."""
    edition = book.bind("pay", year=2009)
    assert (book.text_hash, edition.sense_hash) == (
        "0071714cbb21c6527ea6d97e8193765805f8908def613eac463124830f6a5f89",
        "730cc875278b0de3df091fbf579fffaf0a0a628596e3ad6a55f463fef5df5701",
    )

"""`yibao explain` and `yibao rulebook`: answers, exit codes, and each message letter for letter."""

from __future__ import annotations

import io
import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from yibao.cli import main as command
from yibao.rulebook.loader import REGIONS, rulebook

DEMO = Path(command.__file__).with_name("demo_settings")
ADULT = {"year": 2009, "born": "1970-05-01"}
VETERAN = {
    "year": 2021,
    "born": "1999-01-01",
    "event": "veteran",
    "event_on": "2021-03-01",
    "paid_on": "2021-04-02",
}
PERSON = {"born": "1945-01-01", "consecutive_years": 2, "paid_on": "2009-01-10"}
STAY = {
    "kind": "inpatient",
    "hospital_level": 3,
    "admitted_on": "2009-03-01",
    "discharged_on": "2009-03-10",
    "eligible_cost": "5000.00",
}


class Yibao:
    """Runs the command in this process, with facts on its standard input."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
        self.monkeypatch, self.capsys = monkeypatch, capsys

    def __call__(
        self, *words: str, given: Any = None, raw: bytes | None = None
    ) -> tuple[int, str, str]:
        text = json.dumps(given).encode() if raw is None else raw
        self.monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(text)))
        code = command.main(words)
        told = self.capsys.readouterr()
        return code, told.out, told.err


@pytest.fixture
def yibao(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Yibao:
    return Yibao(monkeypatch, capsys)


def test_an_answer_has_rule_region_hash_result_presumed_and_steps(yibao: Yibao) -> None:
    code, out, err = yibao("explain", "contribution", "--region", "xingan", given=ADULT)
    answer = json.loads(out)
    assert (code, err) == (0, "")
    assert list(answer) == ["rule", "region", "rulebook", "result", "presumed", "steps"]
    assert (answer["rule"], answer["region"]) == ("contribution", "xingan")
    assert len(answer["rulebook"]) == 64
    assert answer["result"] == {
        "class": "adult",
        "standard": "225.00",
        "personal": "130.00",
        "central": "40.00",
        "region": "25.00",
        "league": "15.00",
        "county": "15.00",
    }


def test_what_nobody_recorded_is_named_as_presumed(yibao: Yibao) -> None:
    _, out, _ = yibao("explain", "contribution", "--region", "xingan", given=ADULT)
    assert json.loads(out)["presumed"] == [
        "student",
        "identities",
        "disability_level",
        "low_income_family",
    ]
    whole = {
        **ADULT,
        "student": None,
        "identities": [],
        "disability_level": None,
        "low_income_family": False,
    }
    _, out, _ = yibao("explain", "contribution", "--region", "xingan", given=whole)
    assert json.loads(out)["presumed"] == []


def test_each_step_carries_label_value_clause_and_article(yibao: Yibao) -> None:
    _, out, _ = yibao("explain", "contribution", "--region", "xingan", given=ADULT)
    steps = json.loads(out)["steps"]
    assert all(list(step) == ["name", "label", "value", "clause", "cite"] for step in steps)
    assert all(step["cite"]["source"] and step["cite"]["article"] for step in steps)
    by_name = {step["name"]: step for step in steps}
    assert by_name["age_at"] == {
        "name": "age_at",
        "label": "上年末年龄",
        "value": 38,
        "clause": None,
        "cite": {"source": "参保", "article": "3(1)"},
    }
    assert by_name["price_class"]["clause"] == "otherwise"
    assert by_name["price_class"]["cite"] == {"source": "参保", "article": "5(1)"}


def test_labels_come_in_english_on_request(yibao: Yibao) -> None:
    words = ("explain", "contribution", "--region", "xingan", "--language", "en")
    _, out, _ = yibao(*words, given=ADULT)
    labels = {step["name"]: step["label"] for step in json.loads(out)["steps"]}
    assert labels["age_at"] == "age on 31 December before"


def test_visits_carry_their_own_steps_and_a_refused_one_pays_nothing(yibao: Yibao) -> None:
    given = {"person": PERSON, "visits": [STAY, {**STAY, "accident": "fight"}]}
    code, out, _ = yibao("explain", "benefit", "--region", "xingan", given=given)
    first, second = json.loads(out)["result"]["visits"]
    assert code == 0
    assert {key: first[key] for key in list(first)[:-1]} == {
        "deductible": "400.00",
        "rate": 55,
        "fund_pay": "2530.00",
        "self_pay": "2470.00",
        "reason": "paid",
    }
    assert (second["fund_pay"], second["self_pay"]) == ("0.00", "5000.00")
    assert second["reason"] == "excluded_cause"
    verdict = next(step for step in second["steps"] if step["name"] == "refusal")
    assert verdict["cite"] == {"source": "待遇", "article": "10"}


@pytest.mark.parametrize(
    ("rule", "region", "given", "lines"),
    [
        ("contribution", "xingan", [], ["the input is JSON, but not an object of facts"]),
        (
            "contribution",
            "xingan",
            {"born": "1970-05-01"},
            ["fact “year” is missing: rule “contribution” asks for it"],
        ),
        ("contribution", "xingan", {"year": "2009"}, ["fact “year”: '2009' is not a whole number"]),
        (
            "contribution",
            "xingan",
            {"year": 2009},
            ["fact “born” is missing: step “age_at” asks for it"],
        ),
        (
            "contribution",
            "xingan",
            {"year": 2009, "studnet": "primary", "born": "1970-13-01", "student": "college"},
            [
                "no fact “studnet”; did you mean “student”?",
                "fact “born”: “1970-13-01” is not a date: write it as 2009-04-30",
                "fact “student”: “college” is no code of schooling",
            ],
        ),
        (
            "contribution",
            "xingan",
            {"year": 2009, "born": "2010-01-01"},
            ["出生日期应不晚于参保年度末"],
        ),
        (
            "benefit",
            "xingan",
            {"people": {}, "visits": {}},
            [
                "no key “people”: there are person and visits",
                "“person” must be an object of facts",
                "“visits” must be a list of objects of facts",
            ],
        ),
        (
            "benefit",
            "xingan",
            {"person": PERSON, "visits": [STAY, 7]},
            ["visit 2 must be an object of facts"],
        ),
        (
            "benefit",
            "xingan",
            {"person": PERSON, "visits": [STAY, {"kind": "inpatient"}]},
            ["visit 2: fact “discharged_on” is missing: year_of(discharged_on) asks for it"],
        ),
        (
            "benefit",
            "xingan",
            {"person": PERSON, "visits": [{**STAY, "eligible_cost": 5000}]},
            ["visit 1: fact “eligible_cost”: 5000 is not money: write it as a text"],
        ),
        (
            "benefit",
            "xingan",
            {"person": PERSON, "visits": [STAY, {**STAY, "discharged_on": "2009-03-02"}]},
            ["visit 2: it comes before the visit given ahead of it"],
        ),
        (
            "benefit",
            "xingan",
            {"person": {"born": "1945-01-01", "paid_on": "2009-01-10"}, "visits": [STAY]},
            ["visit 1: fact “consecutive_years” is missing: step “loyal” asks for it"],
        ),
    ],
)
def test_input_that_cannot_be_read_is_one_line_a_fault_and_exit_2(
    yibao: Yibao, rule: str, region: str, given: Any, lines: list[str]
) -> None:
    code, out, err = yibao("explain", rule, "--region", region, given=given)
    assert (code, out, err.splitlines()) == (2, "", lines)


@pytest.mark.parametrize(
    ("raw", "line"),
    [
        (b'{"year": 2009', "the input is not JSON: line 1 column 14: Expecting ',' delimiter"),
        (b'{"year": 2009, "year": 2010}', "the input gives “year” twice"),
        (b'{"year": NaN}', "the input is not JSON: NaN is no number"),
        (b"\xff\xfe", "the input is not UTF-8 text"),
        (b"", "the input is not JSON: line 1 column 1: Expecting value"),
    ],
)
def test_input_that_is_no_json_is_one_line(yibao: Yibao, raw: bytes, line: str) -> None:
    code, out, err = yibao("explain", "contribution", "--region", "xingan", raw=raw)
    assert (code, out, err) == (2, "", line + "\n")


SILENT = "this region's text is silent on"


@pytest.mark.parametrize(
    ("words", "given", "line"),
    [
        (
            ("contribution", "--region", "xingan"),
            {**ADULT, "year": 2008},
            f"{SILENT} “split”: 2008年下半年的缴费额文件未载",
        ),
        (
            ("contribution", "--region", "hengshan"),
            VETERAN,
            f"{SILENT} “fiscal_share”: 方案未载2021年度财政补助标准",
        ),
        (
            ("contribution", "--region", "hengshan", "--known", "2020-09-19"),
            {"year": 2021, "born": "1980-01-01"},
            f"{SILENT} “individual_share”: 没有生效的数值",
        ),
        (
            ("subsidy", "--region", "xingan"),
            ADULT,
            f"{SILENT} “subsidy”: The rulebook has no rule “subsidy”. "
            f"It has: {', '.join(rulebook('xingan').rules)}",
        ),
        (
            ("review", "--region", "hengshan"),
            {"amount": "1.00"},
            f"{SILENT} “review”: The rulebook has no rule “review”. "
            f"It has: {', '.join(rulebook('hengshan').rules)}",
        ),
        (
            ("coverage", "--region", "nowhere"),
            ADULT,
            f"{SILENT} everything: There is no rulebook of “nowhere”. "
            f"There are: {', '.join(REGIONS)}",
        ),
    ],
)
def test_silence_is_one_line_that_names_it_and_exit_3(
    yibao: Yibao, words: tuple[str, ...], given: Any, line: str
) -> None:
    code, out, err = yibao("explain", *words, given=given)
    assert (code, out, err) == (3, "", line + "\n")


def test_a_settings_file_closes_what_the_text_leaves_open(yibao: Yibao) -> None:
    plain = yibao(
        "explain",
        "contribution",
        "--region",
        "hengshan",
        given={**VETERAN, "paid_on": "2020-10-01"},
    )
    settings = ("--settings", str(DEMO / "hengshan.yaml"))
    code, out, _ = yibao(
        "explain", "contribution", "--region", "hengshan", *settings, given=VETERAN
    )
    answer = json.loads(out)
    assert (code, answer["result"]) == (0, {"class": "special_entrant", "personal": "860.00"})
    assert answer["rulebook"] != json.loads(plain[1])["rulebook"]


@pytest.mark.parametrize("region", ["hengshan", "xingan"])
def test_each_demonstration_setting_says_that_it_is_an_example(yibao: Yibao, region: str) -> None:
    path = DEMO / f"{region}.yaml"
    assert "authority: demo\n" in path.read_text(encoding="utf-8")
    assert "示例" in path.read_text(encoding="utf-8")
    code, _, err = yibao("rulebook", "check", "--region", region, "--settings", str(path))
    assert (code, err) == (0, "")


def test_settings_with_faults_are_told_with_file_line_and_column(
    yibao: Yibao, tmp_path: Path
) -> None:
    path = tmp_path / "mine.yaml"
    path.write_text(
        "overlay: mine\nover: hengshan\nauthority: office\n"
        "sources: {d: {title: 文, published: 2020-10-13}}\n"
        "settings:\n  fiscal_shar: {is: 580, from: 2021, cite: d 1}\n"
        "  individual_share: {is: 300, from: 2021, cite: d 1}\n",
        encoding="utf-8",
    )
    words = ("explain", "contribution", "--region", "hengshan", "--settings", str(path))
    code, out, err = yibao(*words, given=VETERAN)
    assert (code, out) == (2, "")
    assert err.splitlines() == [
        "mine.yaml:6:3: no parameter “fiscal_shar” to set; did you mean “fiscal_share”?",
        "mine.yaml:7:3: parameter “individual_share” is not open. "
        "settings close open parameters only; write an overlay of parameters:",
    ]


def test_a_settings_file_that_is_not_there_and_a_day_that_is_none(
    yibao: Yibao, tmp_path: Path
) -> None:
    lost = str(tmp_path / "lost.yaml")
    told = yibao("explain", "coverage", "--region", "xingan", "--settings", lost, given=ADULT)
    assert told == (
        2,
        "",
        "The settings file lost.yaml cannot be read: No such file or directory. "
        "Check the path, and that it is UTF-8 text\n",
    )
    told = yibao("explain", "coverage", "--region", "xingan", "--known", "yesterday", given=ADULT)
    assert told == (2, "", "--known: “yesterday” is not a date like 2020-10-13\n")


def test_the_command_lists_itself_and_refuses_unknown_names(yibao: Yibao) -> None:
    code, out, _ = yibao("--help")
    assert code == 0
    assert "explain" in out and "Decide one case by a region's rules" in out
    code, _, err = yibao("nix")
    assert code == 2
    assert err.startswith("yibao: no command “nix”; there are: explain, rulebook")


def test_explain_starts_without_the_web_framework() -> None:
    script = (
        "import sys; from yibao.cli import explain, main; "
        "import yibao.rulebook.loader; yibao.rulebook.loader.rulebook('xingan'); "
        "sys.exit('django' in sys.modules)"
    )
    assert subprocess.run([sys.executable, "-c", script], check=False).returncode == 0

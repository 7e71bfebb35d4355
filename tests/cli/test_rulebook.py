"""What an operator does with rulebooks: check, show, words, differences, history, a new region."""

from __future__ import annotations

import csv
import json
from collections.abc import Callable
from pathlib import Path

import pytest

from yibao.cli import main as command
from yibao.cli.main import main
from yibao.rulebook.loader import NATIONAL, REGIONS, proposal, rulebook

Told = tuple[int, str, str]
Asked = Callable[..., Told]
DEMO = Path(command.__file__).with_name("demo_settings")


@pytest.fixture
def yibao(capsys: pytest.CaptureFixture[str]) -> Asked:
    """Run `yibao rulebook …`; exit code, output and errors."""

    def run(*words: object) -> Told:
        code = main(["rulebook", *map(str, words)])
        told = capsys.readouterr()
        return code, told.out, told.err

    return run


PROPOSAL = """
overlay: proposal_a
over: xingan
authority: proposal
sources: {p: {title: 提高个人缴费的建议, published: 2009-06-01}}
parameters:
  split:
    values:
    - from: 2010
      cite: p 1
      is:
        adult: {personal: 150, central: 40, region: 25, league: 15, county: 15}
        adult_aided: {personal: 70, central: 70, region: 40, league: 25, county: 20}
        child: {personal: 40, central: 40, region: 25, league: 15, county: 15}
        child_aided: {personal: 30, central: 45, region: 28, league: 16, county: 16}
"""


@pytest.fixture
def dearer(tmp_path: Path) -> Path:
    path = tmp_path / "dearer.yaml"
    path.write_text(PROPOSAL, encoding="utf-8")
    return path


@pytest.mark.heavy
@pytest.mark.parametrize("region", [NATIONAL, *REGIONS])
def test_every_rulebook_checks_clean(yibao: Asked, region: str) -> None:
    code, out, err = yibao("check", "--region", region)
    assert (code, err) == (0, "")
    assert out.startswith(f"{region}: ")


def test_the_vocabulary_is_checked_alone(yibao: Asked) -> None:
    code, out, err = yibao("check", "--region", NATIONAL)
    assert (code, err) == (0, "")
    assert out.startswith("national: ") and "facts, no rules; hash " in out


def test_check_lists_what_is_open_and_which_readings_are_ours(yibao: Asked) -> None:
    code, out, _ = yibao("check", "--region", "hengshan")
    assert code == 0
    assert "  open  fiscal_share: 方案未载2021年度财政补助标准 (hengshan/people.yaml:" in out
    assert "  ours  reading 37: " in out


SHARE = """
overlay: proposal_b
over: hengshan
authority: proposal
sources: {p: {title: 提高个人缴费的建议, published: 2021-06-01}}
parameters: {individual_share: {is: 320, from: 2022, cite: p 1}}
cases:
- name: whoever pays in the window pays 320 in 2022
  rule: contribution
  given: {year: 2022, born: 1975-01-01}
  expect: {personal: "320.00"}
  cite: p 1
"""


@pytest.fixture
def share(tmp_path: Path) -> Path:
    path = tmp_path / "share.yaml"
    path.write_text(SHARE, encoding="utf-8")
    return path


def test_check_tries_the_cases_of_a_proposal(yibao: Asked, share: Path) -> None:
    code, out, err = yibao("check", "--region", "hengshan", "--proposal", share)
    assert (code, err) == (0, "")
    assert "  cases 1\n" in out
    assert "  note  no case is decided by price: new_form\n" in out
    share.write_text(SHARE.replace('"320.00"', '"321.00"'), encoding="utf-8")
    code, _, err = yibao("check", "--region", "hengshan", "--proposal", share)
    assert code == 2
    assert err == (
        "case hengshan contribution: whoever pays in the window pays 320 in 2022: "
        "personal: '320.00', not '321.00'\n"
    )


def test_faults_are_one_line_each_and_exit_2(yibao: Asked, share: Path) -> None:
    text = SHARE.replace("cite: p 1}}", "cite: q 1}, later: {is: 1, from: 2022, cite: p 1}}")
    share.write_text(text, encoding="utf-8")
    code, out, err = yibao("check", "--region", "hengshan", "--proposal", share)
    assert (code, out) == (2, "")
    assert err.splitlines() == [
        "share.yaml:6:60: no source “q”. declare it under sources:",
        "share.yaml:6:73: parameter “later” has no type:. add type:",
    ]


def test_what_an_overlay_breaks_is_proved_on_the_merged_book(yibao: Asked, share: Path) -> None:
    crossing = SHARE.split("parameters:")[0] + (
        "rules: {subsidy: {steps: {severe: {replaces: hengshan, zh: 重度, "
        "is: disability_level in severe_levels and disability_level not in severe_levels, "
        "cite: p 1}}}}\n"
    )
    share.write_text(crossing, encoding="utf-8")
    code, out, err = yibao("check", "--region", "hengshan", "--proposal", share)
    assert code == 2 and out.startswith("hengshan: ")
    assert "clause “p7” of “rank” can never hold" in err


def test_an_issued_overlay_is_laid_with_its_office_and_a_proposal_with_none(
    yibao: Asked, share: Path
) -> None:
    issued = SHARE.replace("authority: proposal", "authority: 某局")
    share.write_text(issued, encoding="utf-8")
    code, out, err = yibao("check", "--region", "hengshan", "--overlay", share)
    assert (code, err) == (0, "") and "  cases 1\n" in out
    code, _, err = yibao("check", "--region", "hengshan", "--proposal", share)
    assert code == 2
    assert err.startswith("share.yaml is no proposal: its authority is not “proposal”")


def test_a_proposal_never_becomes_the_rules_by_itself(share: Path) -> None:
    before = rulebook("hengshan")
    after = proposal("hengshan", share.read_text(encoding="utf-8"), file=share.name)
    assert rulebook("hengshan") is before
    assert (len(before.parameters["individual_share"].values), before.text_hash) == (
        len(after.parameters["individual_share"].values) - 1,
        rulebook("hengshan").text_hash,
    )
    assert after.text_hash != before.text_hash


def test_show_prints_values_and_clauses_with_their_articles(yibao: Asked) -> None:
    code, out, _ = yibao("show", "--region", "xingan")
    assert code == 0
    assert "    3: 400.00  〔待遇 3〕" in out
    assert "    · minor_in_hardship  〔参保 6(2)〕" in out
    code, out, _ = yibao("show", "coverage", "--region", "hengshan")
    assert (code, out.splitlines()[0]) == (0, "coverage → accepted, reason, starts, ends")
    code, _, err = yibao("show", "nothing", "--region", "hengshan")
    assert code == 3 and "The rulebook has no rule “nothing”" in err
    assert yibao("show", "--region", "nowhere")[0] == 3


def test_prose_tells_one_rule_or_all_in_either_language(yibao: Asked) -> None:
    code, out, _ = yibao("prose", "coverage", "--region", "hengshan")
    assert (code, out.splitlines()[0]) == (0, "coverage 2021")
    assert "缴费之日不晚于2020年12月31日的，参保；理由为在缴费期内缴费" in out
    code, out, _ = yibao(
        "prose", "contribution", "--region", "xingan", "--year", 2010, "--language", "en"
    )
    assert code == 0 and "Personal, by class: adult: 130 yuan" in out
    _, out, _ = yibao("prose", "--region", "hengshan")
    assert {f"{rule} 2021" for rule in ("coverage", "subsidy")} <= set(out.splitlines())
    code, _, err = yibao("prose", "--region", "xingan", "--known", "yesterday")
    assert code == 2 and "“yesterday” is not a date" in err


def test_diff_tells_what_a_proposal_changes_in_text_words_and_for_a_person(
    yibao: Asked, dearer: Path, tmp_path: Path
) -> None:
    person = tmp_path / "person.json"
    person.write_text(json.dumps({"born": "1975-01-01"}), encoding="utf-8")
    words = ("diff", "contribution", "--region", "xingan", "--proposal", dearer)
    code, out, err = yibao(*words, "--person", person)
    assert (code, err) == (0, "")
    lines = out.splitlines()
    assert "added source p : 提高个人缴费的建议  2009-06-01" in out.replace("p:", "p :")
    assert "added parameter split 2010-01-01 adult personal (2009-06-01): 150.00 .. [p 1]" in lines
    assert (
        "  + 个人缴纳按缴费档次：成年人150元、困难成年人70元、未成年人40元、困难未成年人30元。〔p 1〕"
        in lines
    )
    assert "  parts at own_share" in lines
    assert "  personal: 130.00 → 150.00" in lines
    child = tmp_path / "child.json"
    child.write_text(json.dumps({"born": "2005-01-01"}), encoding="utf-8")
    _, out, _ = yibao(*words, "--person", child)
    assert out.endswith("this person: the same answer on both sides\n")


def test_diff_tells_two_years_and_two_known_days_apart(yibao: Asked) -> None:
    code, out, _ = yibao("diff", "contribution", "--region", "xingan", "--years", 2008, 2009)
    assert code == 0
    assert "  - 个人缴纳为筹资分担（文件未规定）" in out
    assert "  + 个人缴纳按缴费档次：成年人130元" in out
    words = ("diff", "contribution", "--region", "hengshan", "--year", 2021)
    _, out, _ = yibao(*words, "--from", "2020-09-19", "--to", "2020-09-20")
    assert "  + 其他情形，缴费类别为普通居民；应缴额为个人缴费标准280元" in out
    code, _, err = yibao("diff", "--region", "hengshan")
    assert code == 2 and err.startswith("Nothing says what to compare with")


def test_diff_of_visits_names_the_visit_and_a_refusal(
    yibao: Asked, dearer: Path, tmp_path: Path
) -> None:
    visit = {
        "number": "1",
        "kind": "inpatient",
        "hospital_level": 3,
        "discharged_on": "2010-03-10",
        "eligible_cost": "1000.00",
    }
    person = {"born": "1945-01-01", "consecutive_years": 4, "paid_on": "2009-11-10"}
    file = tmp_path / "visits.json"
    file.write_text(json.dumps({"person": person, "visits": [visit]}), encoding="utf-8")
    cheaper = PROPOSAL.split("parameters:")[0] + (
        "parameters: {deductible_less: {is: 150, from: 2010, cite: p 1}, "
        "deductible_base: {is: {1: 100, 2: 200, 3: 300}, from: 2010, cite: p 1}}\n"
    )
    dearer.write_text(cheaper, encoding="utf-8")
    words = ("diff", "benefit", "--region", "xingan", "--proposal", dearer, "--person", file)
    code, out, err = yibao(*words)
    assert (code, err) == (0, "")
    assert "visit 1\n  parts at deductible\n" in out
    assert "    - 400元 by stay  〔待遇 3〕\n    + 300元 by stay  〔待遇 3〕\n" in out
    assert "  fund_pay: 360.00 → 420.00\n" in out
    file.write_text(json.dumps({"person": person, "visits": [{}]}), encoding="utf-8")
    assert yibao(*words)[0] == 0
    file.write_text(json.dumps(person), encoding="utf-8")
    code, _, err = yibao(*words)
    assert code == 2 and "{person: …, visits: […]}" in err
    code, _, err = yibao("diff", *words[2:])
    assert code == 2 and err.startswith("--person needs a rule to decide by")


def test_cells_are_every_outcome_of_a_rule_with_its_clauses(yibao: Asked) -> None:
    words = ("cells", "contribution", "--region", "xingan", "--year", 2009)
    code, out, err = yibao(*words, "--csv")
    rows = list(csv.reader(out.splitlines()))
    assert (code, err) == (0, "")
    assert rows[0][:2] == ["序号", "就读"] and rows[0][-2:] == ["适用条款", "说明"]
    pupil = dict(zip(rows[0], next(row for row in rows if row[1].startswith("幼儿园"))))
    assert (pupil["个人缴纳"], pupil["缴费档次"]) == ("30元", "困难未成年人")
    assert pupil["适用条款"].startswith("price_class.minor_in_hardship 〔参保 6(2)〕")
    assert {len(row) for row in rows} == {len(rows[0])}
    code, out, _ = yibao(*words, "--language", "en")
    assert out.startswith("cell | school | ") and len(out.splitlines()) == len(rows)


def test_a_cell_that_the_text_is_silent_on_says_so(yibao: Asked) -> None:
    code, out, _ = yibao("cells", "contribution", "--region", "xingan", "--year", 2008, "--csv")
    rows = list(csv.reader(out.splitlines()))
    assert code == 0
    assert all("文件未规定“split”" in row[-1] for row in rows[1:])
    code, _, err = yibao("cells", "benefit", "--region", "xingan")
    assert code == 2 and "has no table of cells" in err


def test_history_tells_values_in_the_order_they_were_known(yibao: Asked) -> None:
    code, out, _ = yibao("history", "individual_share", "--region", "hengshan")
    assert (code, out) == (
        0,
        "2020-09-20  individual_share  2021-01-01..2021-12-31  280.00  〔方案 二〕"
        "  新桥镇2021年度城乡居民基本医疗保险参保缴费工作方案 新政发〔2020〕34号\n",
    )
    _, out, _ = yibao("history", "--region", "xingan", "--settings", DEMO / "xingan.yaml")
    days = [line[:10] for line in out.splitlines() if line[:1].isdigit()]
    assert days == sorted(days) and len(set(days)) > 1
    code, _, err = yibao("history", "nothing", "--region", "hengshan")
    assert code == 2 and "no parameter “nothing”" in err


CLOSED = {
    "adult_age": "18",
    "aided_identities": "[minimum_living]",
    "fiscal_share": "700",
    "individual_share": "{adult: 400, adult_aided: 200, child: 380, child_aided: 150}",
    "pupil_stages": "[primary, secondary]",
}


def test_a_further_region_is_written_checked_closed_and_explained(
    yibao: Asked,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    words = ("new", "hengdong", "--name", "衡东县", "--division", "430424", "--into", tmp_path)
    code, out, err = yibao(*words)
    assert (code, err) == (0, "")
    assert str(tmp_path / "hengdong" / "people.yaml") in out.splitlines()
    code, out, err = yibao("check", "--region", "hengdong", "--rulebooks", tmp_path)
    assert (code, err) == (0, "")
    assert "  open  individual_share: 待注明个人缴费标准 (hengdong/contribution.yaml:" in out
    assert "  ours  draft 1: " in out
    example = (tmp_path / "hengdong" / "examples" / "settings.yaml").read_text(encoding="utf-8")
    for line in out.splitlines():
        if line.startswith("  open"):
            assert f"#   {line.split()[1].rstrip(':')}: " in example
    settings = tmp_path / "closed.yaml"
    settings.write_text(
        "overlay: closed\nover: hengdong\nauthority: 衡东县医疗保障局\n"
        "sources: {文件: {title: 通知, published: 2026-01-01}}\nsettings:\n"
        + "".join(f"  {n}: {{is: {v}, from: 2026, cite: 文件 1}}\n" for n, v in CLOSED.items()),
        encoding="utf-8",
    )
    facts = {"year": 2026, "born": "1980-01-01", "identities": ["minimum_living"]}
    monkeypatch.setattr("sys.stdin", _Stdin(json.dumps(facts).encode()))
    asked = ["explain", "contribution", "--region", "hengdong", "--rulebooks", str(tmp_path)]
    assert main([*asked, "--settings", str(settings)]) == 0
    answer = json.loads(capsys.readouterr().out)
    assert answer["result"] == {"class": "adult_aided", "personal": "200.00", "standard": "900.00"}
    monkeypatch.setattr("sys.stdin", _Stdin(json.dumps(facts).encode()))
    assert main(asked) == 3
    assert "this region's text is silent on “pupil_stages”" in capsys.readouterr().err


class _Stdin:
    def __init__(self, raw: bytes) -> None:
        import io

        self.buffer = io.BytesIO(raw)


def test_a_code_that_is_taken_or_none_and_a_division_that_is_not_there(
    yibao: Asked, tmp_path: Path
) -> None:
    def new(code: str, division: str = "430424") -> Told:
        return yibao("new", code, "--name", "某县", "--division", division, "--into", tmp_path)

    assert new("xingan")[::2] == (
        2,
        "“xingan” cannot be the code of a further region: it stands already. "
        "Take another: small letters, figures and underscores, a letter first\n",
    )
    assert "it is no code" in new("衡东")[2]
    assert new("somewhere", "999999")[0] == 2
    assert new("somewhere")[0] == 0
    assert "it stands already" in new("somewhere")[2]


def test_a_region_of_the_offices_own_is_checked_with_the_others(
    yibao: Asked, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert (
        yibao("new", "hengdong", "--name", "某县", "--division", "430424", "--into", tmp_path)[0]
        == 0
    )
    monkeypatch.setattr("yibao.cli.rulebook.check.REGIONS", ())
    code, out, _ = yibao("check", "--rulebooks", tmp_path)
    heads = [line.partition(":")[0] for line in out.splitlines() if not line.startswith(" ")]
    assert (code, heads) == (0, ["national", "hengdong"])
    code, _, err = yibao("check", "--region", "nowhere", "--rulebooks", tmp_path)
    assert code == 3 and err.rstrip().endswith("hengdong")

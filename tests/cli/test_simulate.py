"""`yibao simulate`: what it prints, what it keeps, how it ends."""

import json
import re
import subprocess
import sys

import pytest

from tests.simulation.population import DEARER, LOWER, YEAR
from yibao.cli import main as command
from yibao.simulation import Outcome

ASKED = ("simulate", "--region", "xingan", "--year", str(YEAR))
PEOPLE = ("--people", "600", "--seed", "5")
# Fifteen or eighteen figures in a row, the last perhaps an X: an identity number, old or new.
IDENTITY = re.compile(r"(?<![0-9A-Fa-f])\d{15}(\d{2}[\dXx])?(?![0-9A-Fa-f])")


@pytest.fixture
def yibao(capsys):
    def run(*words):
        code = command.main(words)
        told = capsys.readouterr()
        return code, told.out, told.err

    return run


def test_the_table_tells_both_hashes_the_effect_and_the_most_affected_with_articles(yibao):
    code, out, err = yibao(*ASKED, "--proposal", str(LOWER), *PEOPLE)
    assert code == 0
    assert len(re.findall(r"\b[0-9a-f]{64}\b", out)) >= 4  # two rulebooks, snapshot, figures
    assert "基金支付" in out and "受益" in out and "〔待遇 3; 方案乙 一〕" in out
    assert "buckets: 1 of 1" in err and "buckets made: 1 of 1" in err


def test_the_table_in_english(yibao):
    code, out, _ = yibao(*ASKED, "--proposal", str(DEARER), *PEOPLE, "--language", "en")
    assert code == 0
    assert "in force" in out and "lose" in out and "central finance" in out


def test_data_can_be_read_back(yibao):
    code, out, _ = yibao(*ASKED, "--proposal", str(DEARER), *PEOPLE, "--json")
    outcome = Outcome.from_json(json.loads(out))
    assert code == 0
    personal, central = (outcome.contribution.amount(name) for name in ("personal", "central"))
    adults = outcome.contribution.moves["lose"]
    assert personal["change_fen"] == -central["change_fen"] == 2000 * adults
    assert outcome.contribution.amount("standard")["change_fen"] == 0


def test_no_identity_number_and_no_number_of_a_visit_comes_out(yibao, tmp_path):
    yibao(*ASKED, "--proposal", str(LOWER), *PEOPLE, "--out", str(tmp_path))
    _, out, _ = yibao(*ASKED, "--proposal", str(LOWER), *PEOPLE, "--out", str(tmp_path), "--json")
    assert IDENTITY.search("152221194501011234") and IDENTITY.search("15222119450101123X")
    assert not IDENTITY.search(out) and "V0000" not in out
    for kept in tmp_path.glob("**/*.json"):
        if kept.parent.name == "buckets" or kept.name == "result.json":
            assert "V0000" not in kept.read_text() and not IDENTITY.search(kept.read_text())


def test_a_kept_run_is_shown_again_and_its_population_reused(yibao, tmp_path):
    asked = (*ASKED, "--proposal", str(LOWER), *PEOPLE, "--out", str(tmp_path), "--json")
    _, first, _ = yibao(*asked)
    kept = (tmp_path / "result.json").read_bytes()
    code, again, err = yibao(*asked)
    assert (code, again) == (0, first)
    assert "buckets made" not in err
    assert (tmp_path / "result.json").read_bytes() == kept


def test_a_directory_of_another_run_is_refused(yibao, tmp_path):
    asked = (*ASKED, "--proposal", str(LOWER), "--out", str(tmp_path))
    yibao(*asked, *PEOPLE)
    code, out, err = yibao(*asked, "--people", "601", "--seed", "5")
    assert (code, out) == (2, "")
    assert "keeps another run" in err


def test_settings_close_what_the_text_leaves_open(yibao, tmp_path):
    closing = tmp_path / "settings.yaml"
    closing.write_text(
        "overlay: decided\nover: xingan\nauthority: 兴安盟医疗保险管理局\n"
        "sources: {定: {title: 兴安盟医疗保险管理局决定, published: 2009-01-01}}\n"
        "settings:\n"
        "  late_rescue_paid: {is: false, from: 2008, cite: 定 一}\n"
        "  newborn_time: {is: 3 months, from: 2008, cite: 定 二}\n"
    )
    asked = (*ASKED, "--proposal", str(LOWER), *PEOPLE, "--json")
    left = Outcome.from_json(json.loads(yibao(*asked)[1]))
    assert left.benefit.unanswered["persons"] > 0
    code, out, err = yibao(*asked, "--settings", str(closing))
    assert code == 0, err
    assert Outcome.from_json(json.loads(out)).benefit.unanswered["persons"] == 0


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (("--people", "10", "--proposal", "nowhere.yaml"), "cannot be read"),
        (("--snapshot", "nowhere", "--proposal", str(LOWER)), "no readable population snapshot"),
        (("--snapshot", "nowhere", "--seed", "1", "--proposal", str(LOWER)), "--seed goes with"),
        (("--people", "10", "--on", "mars", "--proposal", str(LOWER)), "--on cannot be"),
    ],
)
def test_what_cannot_be_read_ends_with_2_and_one_line(yibao, words, told):
    code, out, err = yibao(*ASKED, *words)
    assert (code, out) == (2, "")
    assert told in err.splitlines()[-1]


def test_faults_of_a_proposal_name_their_lines(yibao, tmp_path):
    wrong = tmp_path / "wrong.yaml"
    wrong.write_text(LOWER.read_text().replace("deductible_base", "deductable_base"))
    code, out, err = yibao(*ASKED, "--proposal", str(wrong), "--people", "10")
    assert (code, out) == (2, "")
    assert re.search(r"wrong\.yaml:\d+:\d+: ", err)


def test_an_overlay_that_is_no_proposal_is_refused(yibao, tmp_path):
    wrong = tmp_path / "wrong.yaml"
    wrong.write_text(LOWER.read_text().replace("authority: proposal", "authority: 兴安盟"))
    code, out, err = yibao(*ASKED, "--proposal", str(wrong), "--people", "10")
    assert (code, out) == (2, "")
    assert "wrong.yaml" in err.splitlines()[-1]


def test_a_region_without_a_rulebook_ends_with_3(yibao):
    code, out, _ = yibao(
        "simulate",
        "--region",
        "atlantis",
        "--year",
        "2010",
        "--proposal",
        str(LOWER),
        "--people",
        "10",
    )
    assert (code, out) == (3, "")


def test_the_help_names_the_command():
    done = subprocess.run(
        [sys.executable, "-m", "yibao.cli.main", "--help"],
        capture_output=True,
        text=True,
        check=True,
    )
    assert re.search(r"^  simulate +What if", done.stdout, re.M)

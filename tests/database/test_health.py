"""Every check of the installation's health has an ok, and goes to warn or fail where it should."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from yibao.database.copies import Backup, Copies, Drill, Moment
from yibao.database.figures import Figures
from yibao.database.health import FAIL, OK, WARN, checks, worst
from yibao.database.home import Home

NOW = datetime(2026, 11, 28, 12, tzinfo=UTC)
WELL = Figures(
    version=150018,
    now=NOW,
    app_now=NOW,
    encoding="UTF8",
    collation="C",
    ctype="C.UTF-8",
    checksums="on",
    synchronous="on",
    extensions=("plpgsql", "btree_gist"),
    above_the_wall=False,
    connections=9,
    connections_most=100,
    locks_waiting=0,
    longest_transaction=timedelta(seconds=1),
    standbys=0,
    sealed_until=NOW - timedelta(minutes=1),
    jobs={"done": 3},
    jobs_stalled=0,
    sessions=2,
    archive_failures=0,
    last_archived=NOW,
    counted_ago=timedelta(minutes=4),
)


@pytest.fixture
def home(tmp_path):
    copies = Copies(Home(tmp_path))
    place = copies.base / "one"
    place.mkdir(parents=True)
    at = NOW - timedelta(hours=3)
    Backup(place, at, at, 15, 1, "000000010000000000000002", Moment(at, {}, {})).write()
    copies.note(Drill(at, "one", 9))
    return Home(tmp_path)


def mark(home, code, **changed):
    found = {one.code: one for one in checks(replace(WELL, **changed), home, embedded=True)}
    one = found[code]
    assert one.mark == OK or (one.remedy and one.remedy_en), "what is not well has a remedy"
    assert one.words("en") != one.words("zh")
    return one.mark


def test_a_well_kept_installation_is_well(home):
    assert worst(checks(WELL, home, embedded=True)) == OK


@pytest.mark.parametrize(
    ("code", "changed", "said"),
    [
        ("version", {"version": 140012}, FAIL),
        ("version", {"version": 190000}, FAIL),
        ("role", {"above_the_wall": True}, FAIL),
        ("synchronous_commit", {"synchronous": "off"}, FAIL),
        ("synchronous_commit", {"synchronous": "local"}, FAIL),
        ("text", {"encoding": "SQL_ASCII"}, FAIL),
        ("text", {"collation": "zh_CN.UTF-8"}, WARN),
        ("extensions", {"extensions": ("plpgsql",)}, FAIL),
        ("checksums", {"checksums": "off"}, WARN),
        ("clocks", {"app_now": NOW + timedelta(seconds=6)}, WARN),
        ("clocks", {"app_now": NOW - timedelta(minutes=5)}, FAIL),
        ("connections", {"connections": 80}, WARN),
        ("locks", {"locks_waiting": 1}, WARN),
        ("locks", {"longest_transaction": timedelta(hours=1)}, WARN),
        ("sealing", {"sealed_until": None}, WARN),
        ("sealing", {"sealed_until": NOW - timedelta(minutes=11)}, WARN),
        ("sealing", {"sealed_until": NOW - timedelta(hours=4, seconds=1)}, FAIL),
        ("jobs", {"jobs_stalled": 1}, FAIL),
        ("counts", {"counted_ago": None}, OK),
        ("counts", {"counted_ago": timedelta(minutes=15)}, OK),
        ("counts", {"counted_ago": timedelta(minutes=16)}, WARN),
        ("backup", {"now": NOW + timedelta(hours=24)}, WARN),
        ("backup", {"now": NOW + timedelta(days=9)}, FAIL),
        ("backup", {"archive_failures": 2, "last_archived": None}, FAIL),
        ("drill", {"now": NOW + timedelta(days=40)}, WARN),
    ],
)
def test_what_is_not_well_is_marked(home, code, changed, said):
    assert mark(home, code, **changed) == said


def test_a_drill_that_found_a_difference_fails_until_one_finds_none(home):
    Copies(home).note(Drill(NOW, "one", 9, ["table a: 1 noted, 0 there"]))
    assert mark(home, "drill") == FAIL
    Copies(home).note(Drill(NOW, "one", 9))
    assert mark(home, "drill") == OK


def test_without_any_backup_or_drill_it_warns(tmp_path):
    assert mark(Home(tmp_path), "backup") == mark(Home(tmp_path), "drill") == WARN


def test_of_a_server_elsewhere_it_says_that_backups_cannot_be_seen(home):
    found = {one.code: one for one in checks(WELL, home, embedded=False)}
    assert found["backup"].mark == WARN
    assert "drill" not in found

"""The demonstration as it is called: run twice, counted by other means, filled, interrupted."""

import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psycopg
import pytest

from tests.database.homes import temporary_home
from yibao.core.money import Fen
from yibao.database.home import OWNER_ROLE, PORT, Home
from yibao.database.supervisor import Supervisor

pytestmark = pytest.mark.heavy

PEOPLE = 200
KEYS = [
    "people",
    "households",
    "villages",
    "insured",
    "rate",
    "dues_fen",
    "collected_fen",
    "subsidised",
    "subsidy_fen",
    "import_errors",
    "settlements",
    "fund_paid_fen",
    "reversals",
    "entries",
    "trial_balance_fen",
    "verify",
]
# Written apart from what the command counts by: other tables, other joins.
LIVING = """
select count(*) from registry_person p
 where p.region = 'hengshan' and p.died_on is null and p.moved_away_on is null
"""
COVERED = """
select count(*) from registry_person p where p.region = 'hengshan' and p.died_on is null
   and p.moved_away_on is null
   and p.id in (select person_id from enrolment_coverage
                 where year = 2021 and cancelled_at is null
                 union select person_id from enrolment_othercover
                 where year = 2021 and cancelled_at is null)
"""
COUNTS = {
    "people": "select count(distinct person_no) from registry_person where region = 'hengshan'",
    "households": "select count(distinct household_id) from registry_person"
    " where region = 'hengshan'",
    "villages": "select count(distinct area_no) from registry_household where region = 'hengshan'",
    "insured": "select count(*) from enrolment_coverage"
    " where region = 'hengshan' and cancelled_at is null",
    "collected_fen": "select sum(m.amount_fen)::bigint from collection_paymentmatch m"
    " join collection_due d on d.id = m.due_id where d.region = 'hengshan'",
    # What the sub-ledger of dues says: raised less cancelled.
    "dues_fen": "select sum(debit_fen - credit_fen)::bigint from fund_leg l"
    " join fund_book b on b.id = l.book_id"
    " where b.region = 'hengshan' and b.kind = 'dues' and l.account in ('D101', 'D102', 'D103')",
    "subsidy_fen": "select sum(subsidised_fen)::bigint from collection_due"
    " where region = 'hengshan' and year = 2021 and cancelled_at is null",
    "import_errors": "select count(*) from enrolment_ledgerrow"
    " where region = 'hengshan' and fault_code <> ''",
    "settlements": "select count(*) from claims_visit",
    # What the institutions' sub-ledger owes them.
    "fund_paid_fen": "select sum(credit_fen - debit_fen)::bigint from fund_leg l"
    " join fund_book b on b.id = l.book_id"
    " where b.kind = 'institutions' and l.account = 'I201'",
    "entries": "select count(distinct entry_id) from fund_leg",
}


@dataclass(frozen=True)
class Place:
    """A home with a running server of its own, and the command line that works in it."""

    home: Home

    def demo(self, *words: str) -> subprocess.CompletedProcess[str]:
        """Run `yibao demo` to its end."""
        return subprocess.run(
            self.command(*words), env=self.environment, capture_output=True, text=True, check=False
        )

    @staticmethod
    def command(*words: str) -> list[str]:
        """Return the words that start `yibao demo`."""
        return [sys.executable, "-m", "yibao.cli.main", "demo", *words]

    @property
    def environment(self) -> dict[str, str]:
        """The product's own settings in this home."""
        kept = {name: os.environ[name] for name in ("PATH", "HOME") if name in os.environ}
        return kept | {"YIBAO_HOME": str(self.home.path), "YIBAO_SHARED_BUFFERS": "128"}

    def asked(self, database: str, query: str) -> object:
        """Return the one value of a query, asked as the owner and across all areas."""
        with psycopg.connect(
            host=str(self.home.socket_directory),
            port=PORT,
            dbname=database,
            user=OWNER_ROLE,
            password=self.home.secret(OWNER_ROLE),
        ) as connection:
            connection.execute(
                "select set_config('yibao.from', '0', false),"
                " set_config('yibao.until', '9999999999999', false)"
            )
            row = connection.execute(query).fetchone()  # type: ignore[call-overload]
        assert row is not None
        return row[0]

    def databases(self) -> set[str]:
        """Return the names of all databases of the server."""
        found = self.asked("postgres", "select array_agg(datname::text) from pg_database")
        return set(found)  # type: ignore[call-overload]


@pytest.fixture(scope="module")
def place() -> Iterator[Place]:
    with temporary_home() as home, Supervisor(home).running():
        yield Place(home)


def test_a_run_counts_right_meets_everything_and_is_the_same_again(place: Place):
    """One run is kept and asked by other means; a second one is equal and leaves nothing."""
    done = place.demo("--people", str(PEOPLE), "--seed", "7", "--json", "--keep")
    assert done.returncode == 0, done.stderr
    (database,) = [one for one in place.databases() if one.startswith("yibao_demo_")]
    figures = json.loads(done.stdout)
    the_figures_stand_under_the_agreed_names_and_the_books_balance(figures)
    every_figure_agrees_with_a_count_by_other_tables(place, figures, database)
    each_kind_of_event_refusal_and_mistake_is_met(place, database)
    what_departments_sent_stands_in_the_main_book(place, database)

    before = place.databases()
    again = place.demo("--people", str(PEOPLE), "--seed", "7", "--json")
    assert again.returncode == 0, again.stderr
    assert json.loads(again.stdout) == figures
    assert place.databases() == before


def the_figures_stand_under_the_agreed_names_and_the_books_balance(figures: dict[str, Any]):
    assert list(figures) == KEYS
    assert (figures["people"], figures["villages"]) == (PEOPLE, 12)
    assert (figures["trial_balance_fen"], figures["verify"]) == (0, "ok")
    assert 95 <= float(figures["rate"]) <= 97  # a little above the target of 方案 一


def every_figure_agrees_with_a_count_by_other_tables(
    place: Place, figures: dict[str, Any], database: str
):
    counted = {name: place.asked(database, query) for name, query in COUNTS.items()}
    assert {name: figures[name] for name in COUNTS} == counted
    covered, living = place.asked(database, COVERED), place.asked(database, LIVING)
    assert figures["rate"] == f"{round(covered * 1000 / living) / 10:.1f}"


def each_kind_of_event_refusal_and_mistake_is_met(place: Place, database: str):
    events = place.asked(
        database, "select array_agg(distinct event) from enrolment_enrolment where event <> ''"
    )
    assert {"newborn", "moved_in", "veteran", "graduate", "foundling", "released"} < set(events)
    assert {"employee_cover_ended", "found_uninsured_poor", "newly_poor"} < set(events)
    assert "new_employment_form" in events
    reasons = place.asked(
        database, "select array_agg(distinct reason) from collection_unmatchedpayment"
    )
    assert {"unknown_number", "amount_differs", "already_paid", "employee_insured"} < set(reasons)
    assert "not_covered:year_over" in reasons
    faults = place.asked(
        database,
        "select array_agg(distinct fault_code) from enrolment_ledgerrow where fault_code <> ''",
    )
    # digit missing, checksum, number as a number, birthday, sex, empty, relation, notice, voucher,
    # employee, doubled, no head
    assert {"E101", "E102", "E103", "E105", "E121", "E201", "E203", "E205"} < set(faults)
    assert {"E212", "E401", "E402", "E501"} < set(faults)
    visits = place.asked(database, "select array_agg(distinct reason) from claims_settlement")
    assert {"paid", "over_ceiling", "suspended", "not_reported", "no_transfer"} < set(visits)
    assert "excluded_cause" in visits


def what_departments_sent_stands_in_the_main_book(place: Place, database: str):
    received = place.asked(
        database,
        "select sum(credit_fen - debit_fen)::bigint from fund_leg l"
        " join fund_book b on b.id = l.book_id join fund_entry e on e.id = l.entry_id"
        " where b.region = 'hengshan' and b.kind = 'main'"
        " and e.source_kind in ('grant_receipt') and l.credit_fen > 0",
    )
    granted = place.asked(database, "select sum(received_fen)::bigint from subsidy_grant")
    assert Fen(received) == Fen(granted) > 0


def broken_off(place: Place, words: tuple[str, ...]) -> None:
    """Begin to fill, and kill the run as soon as it has registered persons."""
    process = subprocess.Popen(
        place.command(*words), env=place.environment, stderr=subprocess.PIPE, text=True
    )
    assert process.stderr is not None
    while "registered" not in process.stderr.readline():
        assert process.poll() is None
    process.kill()
    process.wait()
    process.stderr.close()


def test_a_named_database_is_filled_once_with_accounts_to_begin_with(place: Place, tmp_path: Path):
    words = ("--people", str(PEOPLE), "--seed", "8", "--into", "town", "--files", str(tmp_path))
    broken_off(place, words)
    assert place.asked("town", COUNTS["people"]) > 0
    first = place.demo(*words, "--if-empty")
    assert first.returncode == 0, first.stderr
    assert "broken off" in first.stderr
    assert "一次性密码" in first.stdout and "2021-12-20" in first.stdout
    assert len(list(tmp_path.rglob("*.xlsx"))) > 60
    assert place.asked("town", COUNTS["people"]) == PEOPLE
    waiting = "select count(*) from {}".format
    assert place.asked("town", waiting("subsidy_rosterrow where state = 'unmatched'")) == 1
    open_payments = "collection_unmatchedpayment where closed_at is null"
    assert place.asked("town", waiting(open_payments)) > 3
    checked = "enrolment_ledgerimport where state = 'checked' and rows_bad > 0"
    assert place.asked("town", waiting(checked)) == 1
    # Another seed, another year.
    other = place.demo("--people", str(PEOPLE), "--seed", "9", "--json")
    assert json.loads(other.stdout)["collected_fen"] != place.asked("town", COUNTS["collected_fen"])
    again = place.demo("--into", "town")
    assert again.returncode == 1 and "holds persons already" in again.stderr
    quiet = place.demo("--into", "town", "--if-empty")
    assert (quiet.returncode, quiet.stdout) == (0, "")


def test_an_interrupted_run_leaves_no_database(place: Place):
    before = place.databases()
    process = subprocess.Popen(
        place.command("--people", str(PEOPLE)),
        env=place.environment,
        stderr=subprocess.PIPE,
        stdout=subprocess.DEVNULL,
        text=True,
        # A test runner that lets interrupts pass by hands that down; a terminal does not.
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),
    )
    assert process.stderr is not None
    process.stderr.readline()
    process.send_signal(signal.SIGINT)
    process.stderr.read()
    assert process.wait() == 130
    assert place.databases() == before


def test_too_few_people_are_refused_with_a_sentence(place: Place):
    done = place.demo("--people", "50")
    assert done.returncode == 1
    assert "needs at least 200 people" in done.stderr
    assert "Traceback" not in done.stderr


def test_the_makefile_fills_the_served_database_only_when_it_is_empty():
    makefile = Path(__file__).resolve().parents[2] / "Makefile"
    assert "yibao demo --into yibao --day campaign --if-empty" in makefile.read_text()

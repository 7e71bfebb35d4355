"""The verifier finds each kind of damage, made by the owner behind the triggers' back."""

import json

import pytest
from django.db import connections, transaction

from tests.verify.books_of_a_year import make_year
from yibao import verify
from yibao.cli import verify as command
from yibao.verify.run import CHECKS

pytestmark = pytest.mark.django_db(transaction=True)

# What holds the rows in the product and must be out of the way to damage them.
HELD_BY = {
    "fund_leg": ["leg_is_debit_or_credit"],
    "fund_entry": ["an_entry_lies_in_its_month", "one_voucher_number_a_month_and_book"],
    "collection_due": ["a_due_is_not_paid_twice"],
    "collection_receipt": ["a_receipt_number_is_given_once"],
    "enrolment_coverage": ["one_coverage_at_a_time"],
    "claims_personyear": ["no_ceiling_is_passed"],
    "claims_visit": ["what_is_eligible_is_part_of_the_bill"],
    "claims_settlement": ["a_visit_is_settled_once"],
}
# One damage for each check: what is done, and a word of the sentence that names it.
DAMAGE = {
    "entries_balance": (
        "update fund_leg set debit_fen = debit_fen + 1"
        " where id = (select min(id) from fund_leg where debit_fen > 0)",
        "entry",
    ),
    "days_balance": (
        'update fund_leg set "on" = "on" + 1 where id = (select min(id) from fund_leg)',
        "on 2009",
    ),
    "books_balance": (
        "update fund_leg set book_id = (select max(id) from fund_book)"
        " where id = (select min(id) from fund_leg)",
        "book",
    ),
    "legs_are_one_sided": (
        "update fund_leg set debit_fen = 5, credit_fen = 5"
        " where id = (select min(id) from fund_leg)",
        "line",
    ),
    "legs_follow_their_entry": (
        "update fund_leg set area_no = area_no + 1 where id = (select min(id) from fund_leg)",
        "line",
    ),
    "vouchers_without_gaps": (
        "update fund_entry set voucher_no = voucher_no + 7 where voucher_no = 2",
        "vouchers numbered",
    ),
    "closed_months_are_closed": (
        "update fund_bookmonth set closed_at = closed_at - interval '9 days'"
        " where closed_at is not null",
        "the month was closed",
    ),
    "reversals_mirror": (
        "update fund_leg set account = 'D999' where entry_id ="
        " (select id from fund_entry where reverses_id is not null limit 1) and debit_fen > 0",
        "reverses",
    ),
    "dues_equal_subledger": ("update collection_due set owed_fen = owed_fen + 1", "dues say owed"),
    "dues_are_not_overpaid": (
        "update collection_due set subsidised_fen = owed_fen",
        "due",
    ),
    "dues_equal_matches": (
        "update collection_paymentmatch set amount_fen = amount_fen - 1",
        "matched 2999",
    ),
    "payments_pay_once": (
        "update collection_payment set amount_fen = 1 where voucher_no = 'V1'",
        "3000 matched",
    ),
    "custody_equals_cash": (
        "update collection_cashcollection set amount_fen = amount_fen + 1",
        "holds 2001",
    ),
    "deposits_equal_their_cash": (
        "update collection_cashdeposit set amount_fen = 1999",
        "sum to 2000",
    ),
    "receipts_are_given_once": ("update collection_receiptrange set next = 1", "XA000001"),
    "grants_equal_receipts": ("update subsidy_grant set received_fen = 1", "sum to 6000"),
    "coverages_do_not_overlap": (
        "insert into enrolment_coverage (region, area_no, person_id, year, period, reason,"
        " consecutive_years, witness, source_kind, source_id, recorded_at, cancelled_because)"
        " select region, area_no, person_id, year, period, reason, consecutive_years, witness,"
        " source_kind, source_id, recorded_at, '' from enrolment_coverage limit 1",
        "overlap",
    ),
    "settlements_add_up": (
        "update claims_settlement set self_pay_fen = self_pay_fen + 1 where kind = 'settled'",
        "fund",
    ),
    "visits_are_settled_once": (
        "update claims_settlement set kind = 'adjusted' where id ="
        " (select min(id) from claims_settlement)",
        "0 settlements",
    ),
    "institutions_equal_settlements": (
        "update fund_leg set credit_fen = credit_fen + 1 where account = 'I201' and credit_fen > 0",
        "institution",
    ),
    "accumulators_equal_settlements": (
        "update claims_personyear set fund_paid_fen = fund_paid_fen + 1",
        "accumulated",
    ),
    "ceilings_equal_settlements": (
        "update claims_personyear set used_fen[3] = used_fen[3] - 1",
        "ceiling 3",
    ),
    "nobody_is_over_a_ceiling": (
        "update claims_personyear set limit_fen[3] = used_fen[3] - 1",
        "ceiling 3 used",
    ),
    "answers_have_their_settlement": (
        "update claims_reply set settlement_id = null where key = 'F1'",
        "settlement none",
    ),
    "settlements_keep_their_witness": (
        "update claims_settlement set witness = witness - 'clauses'",
        "keeps no witness",
    ),
    "audit_chain": (
        "update access_auditrecord set detail = '{\"fund_pay_fen\": 1}'"
        " where action = 'claims.reverse'",
        "were changed",
    ),
    "journal_chain": (
        # Both sides alike, so that every sum still holds.
        "update fund_leg set debit_fen = debit_fen * 2, credit_fen = credit_fen * 2"
        " where entry_id = (select min(id) from fund_entry)",
        "were changed",
    ),
}


def ask_after(damage):
    """The report after a damage that is taken back at once, constraints and triggers too."""
    owner = connections["owner"]
    with transaction.atomic(using="owner"):
        with owner.cursor() as cursor:
            for table in tables(cursor):
                cursor.execute(f'alter table "{table}" disable trigger user')
            for table, names in HELD_BY.items():
                for name in names:
                    cursor.execute(f'alter table "{table}" drop constraint if exists {name}')
                    cursor.execute(f"drop index if exists {name}")
            cursor.execute(damage)
            assert cursor.rowcount > 0, f"nothing was damaged by {damage}"
        report = verify.ask(owner.connection.cursor())
        transaction.set_rollback(True, using="owner")
    return report


def tables(cursor):
    cursor.execute(
        "select distinct c.relname from pg_trigger t join pg_class c on c.oid = t.tgrelid"
        " where not t.tgisinternal and c.relnamespace = 'public'::regnamespace"
    )
    return [row[0] for row in cursor.fetchall()]


def test_every_check_finds_its_damage_and_names_the_row():
    make_year()
    assert set(DAMAGE) == {check.name for check in CHECKS}
    for name, (damage, word) in DAMAGE.items():
        found = {check.name: check for check in ask_after(damage).checks}[name]
        assert not found.ok, f"{name} sees nothing wrong after {damage}"
        assert word in found.faults[0], found.faults
    clean = verify.ask(connections["owner"].cursor().cursor)
    assert clean.ok, [check for check in clean.checks if not check.ok]
    assert all(check.rows for check in clean.checks), [c.name for c in clean.checks if not c.rows]


def test_the_verifier_reads_every_area_as_the_application_role():
    make_year()
    report = verify.verify(command.connection_words(connections["default"].settings_dict))
    assert report.ok
    rows = {check.name: check.rows for check in report.checks}
    assert (rows["accumulators_equal_settlements"], rows["settlements_add_up"]) == (2, 4)


def test_the_report_as_data_says_ok_or_names_the_faults():
    make_year()
    good = verify.ask(connections["owner"].cursor().cursor).as_data()
    assert good["verify"] == "ok"
    bad = ask_after(DAMAGE["dues_equal_subledger"][0]).as_data()
    assert bad["verify"] == "faults"
    assert json.dumps(bad, ensure_ascii=False)


def test_the_command_prints_faults_and_how_many_more(capsys):
    make_year()
    check = verify.Check("dues_equal_subledger", "应缴", 30, tuple(f"due {n}" for n in range(25)))
    command.show(verify.Report((check,)))
    printed = capsys.readouterr().out
    assert "FAULT" in printed
    assert "due 19" in printed
    assert "due 20" not in printed
    assert "and 5 more" in printed
    assert printed.endswith("verify: faults found\n")

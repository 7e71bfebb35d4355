"""The wall has no hole: asked of the database's own catalogue, with a hole made once to see it."""

import pytest
from django.db import connection, connections

from yibao.database.catalogue import holes

# Functions that may run with the owner's rights, each with its reason.
DEFINERS = {
    "audit_seal": "the application role has the audit log sealed but does not write seals",
    "audit_sign": "a seal without signature gets one, once",
    "journal_seal": "as audit_seal, for the journal",
    "journal_sign": "as audit_sign, for the journal",
}
# Tables whose rows hide nobody insured and no money, each with its reason. A new one is put behind
# the wall (yibao.database.policies.scope_policy) or gets its reason here.
PUBLIC = {
    "access_addresstries": "counted before anybody has a scope",
    "access_auditseal": "digests, no words",
    "access_authenticator": "staff, sealed, needed before anybody has a scope",
    "access_sealclock": "one moment, read before money moves",
    "access_chosenpassword": "staff, hashes, needed before anybody has a scope",
    "access_operator": "staff, needed before anybody has a scope",
    "access_organisation": "the public divisions and offices",
    "access_grantrequest": "which posts staff ask for, read and decided by administrators",
    "access_operatorsession": "staff, read to find the scope",
    "access_poolingregion": "the regions served",
    "access_recoverycode": "staff, digests, needed before anybody has a scope",
    "access_rulebooklayer": "what a region decides by is published, the same for all",
    "access_post": "which office a member of staff works in, read to find the scope",
    "access_postreview": "which posts of staff were looked at, no person insured",
    "access_staffperson": "which accounts are one member of staff's; the number is sealed",
    "access_signinfailures": "counted before anybody has a scope",
    "access_trainingcertificate": "staff, needed before anybody has a scope",
    "care_designation": "which hospitals are designated is published",
    "care_institution": "hospitals are known to everyone",
    "desk_notice": "what an office tells its staff; the sign-in page has no scope",
    "desk_noticeread": "that a member of staff read a notice",
    "desk_preference": "how a member of staff likes pages to look",
    "desk_savedlist": "conditions of lists, refused where they hold a number of a person",
    "desk_draft": "a clerk's own typing, sealed, asked for by operator and post; kept past a session",
    "desk_recentpick": "numbers of what an operator picked; each is looked up in scope",
    "desk_sentform": "that a form was sent and where its answer stands, no person",
    "django_content_type": "Django's names of tables",
    "django_migrations": "Django's record of migrations",
    "django_session": "signed sessions, read before anybody has a scope",
    "enrolment_insuredyear": "a year's dates, the same for all",
    "fund_book": "a book's name; its entries and legs are behind the wall",
    "policy_keptproof": "what was proved of a rule's text, no person",
    "fund_journalseal": "digests, no words",
    "fund_bookmonth": "a book's voucher numbers and whether a month is closed",
}
# Tables with one further policy, for reading only: a town reads the heads of its county's lists,
# which name a department, a file and sums, no person; the lines keep their wall.
WINDOWS = {"subsidy_roster": "seen_from_below", "subsidy_supportlist": "seen_from_below"}


def found_holes(cursor):
    return holes(cursor, definers=DEFINERS, public=PUBLIC, windows=WINDOWS)


@pytest.mark.django_db
def test_every_table_of_an_area_is_behind_the_wall_and_nothing_looks_over_it():
    with connection.cursor() as cursor:
        assert found_holes(cursor) == []


@pytest.mark.django_db(transaction=True, databases=["default", "owner"])
@pytest.mark.parametrize(
    ("make", "undo", "said"),
    [
        (
            "create table hole (area_no bigint)",
            "drop table hole",
            "table hole has no forced row level security",
        ),
        (
            "create table hole (area_no bigint); alter table hole enable row level security;"
            " alter table hole force row level security",
            "drop table hole",
            "table hole has the policies None",
        ),
        ("create view hole as select 1", "drop view hole", "view hole shows all areas"),
        (
            "create materialized view hole as select 1",
            "drop materialized view hole",
            "materialised view hole shows all areas",
        ),
        (
            "create function hole() returns int language sql security definer as 'select 1'",
            "drop function hole",
            "function hole is security definer",
        ),
    ],
    ids=["no wall", "no policy", "view", "materialised view", "definer"],
)
def test_a_hole_is_found(make, undo, said):
    with connections["owner"].cursor() as cursor:
        before = found_holes(cursor)
        cursor.execute(make)
        found = [hole for hole in found_holes(cursor) if hole not in before]
        cursor.execute(undo)
    assert len(found) == 1
    assert found[0].startswith(said)


@pytest.mark.django_db(transaction=True, databases=["default", "owner"])
def test_a_view_with_the_readers_eyes_is_no_hole():
    with connections["owner"].cursor() as cursor:
        before = found_holes(cursor)
        cursor.execute("create view fine with (security_invoker = true) as select 1")
        after = found_holes(cursor)
        cursor.execute("drop view fine")
    assert after == before


@pytest.mark.django_db
def test_no_model_lacks_a_migration():
    from django.core.management import call_command

    call_command("makemigrations", check=True, dry_run=True, verbosity=0)

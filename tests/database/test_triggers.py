"""What a trigger refuses, it refuses whatever the application's role sets in its session."""

import contextlib

import psycopg
import pytest
from django.db import DatabaseError, connection, connections, transaction
from pgtrigger.compiler import UpsertTriggerSql

from tests.apps.access.offices import AT, by_a_person, hire, open_office
from tests.apps.claims import insured
from tests.apps.collection.town import open_town, settle_in
from tests.apps.subsidy import rosters
from yibao.apps.access import apps as access_app
from yibao.apps.access.models import GrantRequest, Operator
from yibao.apps.claims import operations as claims
from yibao.apps.subsidy.models import Roster
from yibao.database import scope as database_scope
from yibao.database.errors import constraint_of
from yibao.database.four_eyes import SAME_PERSON_STATE

pytestmark = pytest.mark.django_db
EVERYWHERE = (0, 10**12)
MADE = "select tgname from pg_trigger where tgname like 'pgtrigger_%'"
HEEDED = f"""
    select tgname from pg_trigger
     where tgname in ({MADE}) and public._pgtrigger_should_ignore(tgname)"""
IGNORE_ALL = (
    f"select set_config('pgtrigger.ignore', (select array_agg(t) from ({MADE}) x (t))::text"
)
ANY_REQUEST = {"role": "county_clerk", "valid_from": AT.date(), "reason": "接任"}


def rows(words: str, given: list[object] | None = None, *, alias: str = "default") -> list[str]:
    with connections[alias].cursor() as cursor:
        cursor.execute(words, given)
        return [row[0] for row in cursor.fetchall()]


@contextlib.contextmanager
def refused(said: str):
    """The block's statement is refused; with the words, or under the constraint's name."""
    with pytest.raises((DatabaseError, psycopg.Error)) as error, transaction.atomic():
        yield
    name = constraint_of(error.value)[1]
    assert said == name or said in str(error.value), error.value


@pytest.fixture
def request_of_a_post():
    office = open_office()
    asked, asking = (by_a_person(office, name) for name in ("曾建华", "易安全"))
    return GrantRequest.objects.create(
        operator_id=asked.operator_id,
        drafted_by_id=asking.operator_id,
        organisation_id=Operator.objects.get(id=asked.operator_id).organisation_id,
        drafted_at=AT,
        valid_until=AT.date().replace(year=2021),
        **ANY_REQUEST,
    )


# -- Settings that the library heeds --------------------------------------------------------------


@pytest.mark.parametrize("is_local", ["true", "false"])
def test_the_application_sets_what_the_library_heeds_and_no_trigger_lets_it_pass(
    request_of_a_post, is_local
):
    assert len(rows(MADE)) > 20
    rows(f"{IGNORE_ALL}, {is_local})")
    try:
        assert rows(HEEDED) == []
        with refused("Cannot delete rows"):
            GrantRequest.objects.filter(id=request_of_a_post.id)._raw_delete("default")
        with refused("Invalid transition"), connection.cursor() as cursor:
            cursor.execute(
                "update access_grantrequest set state = 'ended' where id = %s",
                [request_of_a_post.id],
            )
        assert GrantRequest.objects.get().state == "waiting"
    finally:
        rows("select set_config('pgtrigger.ignore', '', false)")


@pytest.mark.parametrize("words", ["delete from claims_reply", "update claims_reply set body = ''"])
def test_what_was_answered_stays_whatever_is_set(words):
    """Of the tables that only grow the role has no right to more; of these it has."""
    office = insured.open_office()
    claims.settle(
        scope=office.scope,
        client="H",
        key="k",
        person_id=insured.insure(office.scope),
        institution_id=office.hospitals[3],
        number="F1",
        facts=insured.stay("5000.00"),
        at=insured.AT,
    )
    rows(f"{IGNORE_ALL}, true)")
    with database_scope.scoped(*EVERYWHERE), refused(f"Cannot {words.split()[0]} rows"):
        with connection.cursor() as cursor:
            cursor.execute(words)


@pytest.mark.django_db(transaction=True, databases=["default", "owner"])
def test_the_owner_who_turns_the_keys_still_passes():
    with transaction.atomic("owner"):
        rows(f"{IGNORE_ALL}, true)", alias="owner")
        assert set(rows(HEEDED, alias="owner")) == set(rows(MADE))


@pytest.mark.django_db(transaction=True, databases=["default", "owner"])
def test_a_later_trigger_of_the_library_does_not_open_it_again():
    later = UpsertTriggerSql(
        pgid="pgtrigger_later_0",
        func="RAISE EXCEPTION 'later';",
        table="access_grantrequest",
        when="BEFORE",
        operation="DELETE",
    )
    heeded = f"{IGNORE_ALL}, true)"
    try:
        with connections["owner"].cursor() as cursor:
            cursor.execute(str(later))
        with transaction.atomic():
            rows(heeded)
            assert rows(HEEDED), "the library's own function heeds the setting"
        # What Django says after each migration; where nothing was migrated nothing is done.
        access_app._hold_triggers(using="owner", plan=())
        access_app._hold_triggers(using="owner", plan=[("a migration", False)])
        with transaction.atomic():
            rows(heeded)
            assert rows(HEEDED) == []
        assert loose() == []
    finally:
        with connections["owner"].cursor() as cursor:
            cursor.execute("drop trigger if exists pgtrigger_later_0 on access_grantrequest")
            cursor.execute("drop function if exists pgtrigger_later_0()")
        access_app._hold_triggers(using="owner", plan=[("a migration", False)])


def loose() -> list[str]:
    """Trigger functions, and what they ask, that find their tables by the session's path."""
    return rows(
        "select proname from pg_proc p join pg_namespace n on n.oid = p.pronamespace"
        " where n.nspname = 'public' and (prorettype = 'trigger'::regtype"
        " or proname = 'access_apart') and not exists (select from unnest(proconfig) one"
        " where one like 'search_path=pg_catalog, public, pg_temp')"
    )


def test_every_trigger_finds_its_tables_by_a_path_of_its_own():
    assert loose() == []


# -- Two persons ----------------------------------------------------------------------------------


def apart(first: int | None, second: int | None, what: str = "what") -> str:
    """Return what the database says of two acts: "" where they are two persons'."""
    try:
        with transaction.atomic():
            rows("select access_apart(%s, %s, %s)", [first, second, what])
    except (DatabaseError, psycopg.Error) as error:
        assert constraint_of(error) == (SAME_PERSON_STATE, what), error
        return str(error).partition(" (")[0]
    return ""


@pytest.fixture
def two():
    office = open_office()
    return [by_a_person(office, name).operator_id for name in ("曾建华", "易复审")]


def test_two_acts_are_two_persons(two):
    one, other = two
    assert apart(one, other) == ""
    assert apart(one, one) == "one person did both acts"
    number = "43042319800101001X"
    accounts = [
        hire(role=role, division="430423", identity_number=number).operator
        for role in ("county_clerk", "township_clerk")
    ]
    assert len({account.person_id for account in accounts}) == 1
    assert apart(*(account.id for account in accounts)) == "one person did both acts"


def test_the_system_and_nobody_are_no_persons(two):
    one, _other = two
    nobody = 99_999_999
    for second in (0, nobody, None):
        assert apart(one, second) == "no person did the second act"
        assert apart(0, second) == "no person did the second act"
    for first in (0, nobody, None):
        assert apart(first, one) == "no person did the first act"


def test_a_visit_that_an_interface_settled_is_reversed_by_a_person_and_by_no_task(two):
    what = "who_settles_does_not_reverse"
    assert apart(0, two[0], what) == ""
    assert apart(0, 0, what) == "no person did the second act"
    assert apart(None, two[0], what) == "no person did the first act"


def test_a_temporary_table_of_the_session_tells_the_trigger_nothing(two):
    with connection.cursor() as cursor:
        cursor.execute("create temporary table access_operator (id bigint, person_id bigint)")
        cursor.execute("insert into access_operator values (%s, 1), (0, 2)", [two[0]])
        cursor.execute("set local search_path = pg_temp, public")
    try:
        assert apart(two[0], 0) == "no person did the second act"
        assert apart(two[0], two[0]) == "one person did both acts"
    finally:
        rows("select set_config('search_path', 'public', true)")


def test_who_says_that_a_task_uploaded_a_roster_does_not_confirm_it():
    county = open_town()
    settle_in(county, 2)
    department = rosters.office(county)
    clerk = by_a_person(county)
    roster = rosters.upload(county, (1, "低保"), department=department)
    assert roster.uploaded_by == 0
    confirm = "update subsidy_roster set state = 'confirmed', confirmed_by = %s where id = %s"
    with database_scope.scoped(county.area_from, county.area_until):
        for by in (clerk.operator_id, 0):
            with refused("who_uploads_a_roster_does_not_confirm_it"):
                with connection.cursor() as cursor:
                    cursor.execute(confirm, [by, roster.id])
        assert Roster.objects.get().state != "confirmed"

"""S12: what the application's role may do to each table, by the catalogue and by trying it."""

import contextlib

import psycopg
import pytest
from django.db import DatabaseError, connections, transaction

from tests.database.test_catalogue import DEFINERS
from yibao.apps.access.scope import Scope, scoped
from yibao.database.errors import APPEND_ONLY, DENIED
from yibao.database.home import APP_ROLE, OWNER_ROLE

# Written once, corrected by a further row: neither changed nor removed by the application.
ADDED_ONLY = {
    "access_auditrecord",
    "access_rulebooklayer",
    "claims_settlement",
    "claims_visit",
    "collection_cashcollection",
    "collection_cashdeclarationline",
    "collection_cashdeposit",
    "collection_cashdepositline",
    "collection_payment",
    "collection_paymentmatch",
    "collection_receipt",
    "collection_refundrequest",
    "collection_voucherstep",
    "fund_entry",
    "fund_leg",
    "policy_cellsignature",
    "policy_keptproof",
    "policy_proposalversion",
    "subsidy_grantreceipt",
    "subsidy_matchrun",
    "subsidy_supportlistline",
}
# Not even added to: filled by functions of the database alone.
READ_ONLY = {"access_auditseal", "access_sealclock", "fund_journalseal"}
# The identifiers of a person are erased out of three columns of a payment; the trigger lets no other
# change pass (tests/apps/collection).
ERASED = {"collection_payment": {"number", "number_index", "name"}}
TABLES = """
    select c.relname from pg_class c join pg_namespace n on n.oid = c.relnamespace
     where n.nspname = 'public' and c.relkind in ('r', 'p') order by 1"""
HELD = """
    select has_table_privilege(%(role)s, %(table)s, 'insert'),
           has_table_privilege(%(role)s, %(table)s, 'update'),
           has_table_privilege(%(role)s, %(table)s, 'delete'),
           has_table_privilege(%(role)s, %(table)s, 'truncate'),
           has_table_privilege(%(role)s, %(table)s, 'trigger'),
           has_table_privilege(%(role)s, %(table)s, 'references')"""
COLUMNS = """
    select attname from pg_attribute
     where attrelid = %(table)s::regclass and attnum > 0 and not attisdropped
       and has_column_privilege(%(role)s, %(table)s::regclass, attnum, 'update')"""
RIGHTS = ("insert", "update", "delete", "truncate", "trigger", "references")


def granted(right, table):
    @contextlib.contextmanager
    def switched_on():
        with connections["owner"].cursor() as cursor:
            cursor.execute(f"grant {right} on {table} to {APP_ROLE}")
        try:
            yield
        finally:
            with connections["owner"].cursor() as cursor:
                cursor.execute(f"revoke {right} on {table} from {APP_ROLE}")

    return switched_on


@contextlib.contextmanager
def function_of_the_owner():
    with connections["owner"].cursor() as cursor:
        cursor.execute(
            "create function looks_over() returns bigint language sql security definer"
            " as 'select count(*) from registry_person'"
        )
    try:
        yield
    finally:
        with connections["owner"].cursor() as cursor:
            cursor.execute("drop function looks_over()")


FAULTS = {
    "delete_of_legs_granted": granted("delete", "fund_leg"),
    "update_of_settlements_granted": granted("update", "claims_settlement"),
    "update_of_one_column_granted": granted("update (detail)", "access_auditrecord"),
    "truncate_of_people_granted": granted("truncate", "registry_person"),
    "insert_of_seals_granted": granted("insert", "access_auditseal"),
    "function_of_the_owner": function_of_the_owner,
}


def asked(words, **given):
    with connections["default"].cursor() as cursor:
        cursor.execute(words, given)
        return cursor.fetchall()


def faults_of_role():
    """Whatever the role is or has beyond a login of its own."""
    [[is_super, bypasses, makes_roles, makes_databases, replicates]] = asked(
        "select rolsuper, rolbypassrls, rolcreaterole, rolcreatedb, rolreplication from pg_roles"
        " where rolname = current_user"
    )
    [[who]] = asked("select current_user")
    said = [f"works as {who}"] if who != APP_ROLE else []
    for is_so, words in (
        (is_super, "is a superuser"),
        (bypasses, "passes row security"),
        (makes_roles, "makes roles"),
        (makes_databases, "makes databases"),
        (replicates, "replicates"),
    ):
        said += [words] if is_so else []
    said += [
        f"is a member of {name}"
        for (name,) in asked(
            "select r.rolname from pg_auth_members m join pg_roles r on r.oid = m.roleid"
            " where m.member = %(role)s::regrole",
            role=APP_ROLE,
        )
    ]
    said += [
        f"may become {name}"
        for (name,) in asked(
            "select rolname from pg_roles where rolname <> %(role)s"
            " and pg_has_role(%(role)s, oid, 'member')",
            role=APP_ROLE,
        )
    ]
    said += [
        f"owns {name}"
        for (name,) in asked(
            "select c.relname from pg_class c where c.relowner = %(role)s::regrole"
            "   and not starts_with(c.relnamespace::regnamespace::text, 'pg_')"
            " union all select p.proname from pg_proc p where p.proowner = %(role)s::regrole"
            " union all select d.datname from pg_database d where d.datdba = %(role)s::regrole"
            " union all select n.nspname from pg_namespace n where n.nspowner = %(role)s::regrole"
            "   and not starts_with(n.nspname, 'pg_')",
            role=APP_ROLE,
        )
    ]
    [[may_make]] = asked("select has_schema_privilege(%(r)s, 'public', 'create')", r=APP_ROLE)
    said += ["may make tables"] if may_make else []
    said += [
        f"may call {name} with the owner's rights"
        for (name,) in asked(
            "select p.proname from pg_proc p where p.prosecdef"
            " and p.pronamespace = 'public'::regnamespace"
            " and has_function_privilege(%(role)s, p.oid, 'execute')",
            role=APP_ROLE,
        )
        if name not in DEFINERS
    ]
    return said


def faults_of_grants(table):
    [held] = asked(HELD, role=APP_ROLE, table=table)
    rights = {right for right, has in zip(RIGHTS, held) if has}
    columns = {name for (name,) in asked(COLUMNS, role=APP_ROLE, table=table)}
    forbidden = {"truncate", "trigger", "references"}
    if table in ADDED_ONLY | READ_ONLY:
        forbidden |= {"update", "delete"}
        columns -= ERASED.get(table, set())
    else:
        columns = set()
    if table in READ_ONLY:
        forbidden |= {"insert"}
    said = [f"{right} is granted on {table}" for right in sorted(rights & forbidden)]
    if columns and "update" not in rights:
        said.append(f"update of {', '.join(sorted(columns))} is granted on {table}")
    return said


def attempts(table):
    """What is tried on a table, each in a transaction that is undone."""
    yield f'truncate "{table}" cascade'
    yield f'alter table "{table}" disable row level security'
    yield f'create policy hole on "{table}" using (true)'
    if table in ADDED_ONLY | READ_ONLY:
        yield f'delete from "{table}"'
        [[column]] = asked(
            "select attname from pg_attribute where attrelid = %(table)s::regclass and attnum = 1",
            table=table,
        )
        yield f'update "{table}" set "{column}" = "{column}"'
    if table in READ_ONLY:
        yield f'insert into "{table}" default values'


def refused(words):
    """Whether the server refuses the statement for want of a right, run in the whole region."""
    try:
        with scoped(Scope.system("hengshan")), connections["default"].cursor() as cursor:
            cursor.execute(words)
            transaction.set_rollback(True)
    except DatabaseError as error:
        cause = error.__cause__
        assert isinstance(cause, psycopg.Error)
        return cause.sqlstate in (DENIED, APPEND_ONLY)
    return False


@pytest.mark.proof(
    "S12",
    "the application's role owns nothing, passes no wall, and may neither change nor remove what"
    " is only added to: by the catalogue and by trying it on each table",
    unit="tables",
    landing=80,
    small=80,
)
@pytest.mark.django_db(transaction=True)
def test_the_application_has_no_more_rights_than_its_work_needs(proof):
    from tests.apps.access.offices import open_office

    open_office()
    tables = [name for (name,) in asked(TABLES)]
    missing = (ADDED_ONLY | READ_ONLY) - set(tables)
    assert not missing, f"renamed or gone: {missing}"
    grown = {
        table
        for (table,) in asked(
            "select c.relname from pg_trigger t join pg_class c on c.oid = t.tgrelid"
            " where t.tgname = 'append_only'"
        )
    }
    assert grown <= ADDED_ONLY, f"only added to, but not tried here: {grown - ADDED_ONLY}"
    assert faults_of_role() == []
    [[owner]] = asked(
        "select count(distinct relowner) from pg_class where relkind = 'r'"
        " and relnamespace = 'public'::regnamespace"
        " and relowner = %(owner)s::regrole",
        owner=OWNER_ROLE,
    )
    assert owner == 1
    tried = 0
    for table in tables:
        assert faults_of_grants(table) == []
        for words in attempts(table):
            assert refused(words), f"the database lets the application do: {words}"
            tried += 1
        proof.count()
    proof.all_of(len(tables))
    proof.note(f"{tried} attempts, all refused")

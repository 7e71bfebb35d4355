"""The wall between areas, seen from the application role."""

import psycopg
import pytest
from django.db import DatabaseError, connection, connections, transaction

from tests.database.conftest import BOTH, NORTH, SOUTH
from yibao.database.errors import constraint_of
from yibao.database.scope import merging, scope_of, scoped

pytestmark = pytest.mark.django_db(transaction=True, databases=["default", "owner"])


def run(words, params=()):
    with connection.cursor() as cursor:
        cursor.execute(words, params)
        return cursor.fetchall() if cursor.description else cursor.rowcount


@pytest.fixture
def people(probe_tables):
    for scope, name in ((NORTH, "张伟"), (SOUTH, "李娜")):
        with scoped(*scope):
            run("insert into probe_person (area_no, name) values (%s, %s)", [scope[0] + 1, name])


def refusal_of(words, params=(), scope=NORTH):
    with pytest.raises(DatabaseError) as caught, scoped(*scope):
        run(words, params)
    return constraint_of(caught.value)


def test_without_a_scope_nothing_is_seen_and_nothing_can_be_written(people):
    assert run("select name from probe_person") == []
    with pytest.raises(DatabaseError) as caught:
        run("insert into probe_person (area_no, name) values (%s, '王芳')", [NORTH[0]])
    assert constraint_of(caught.value)[0] == "42501"


def test_a_scope_shows_its_own_rows_only(people):
    with scoped(*NORTH):
        assert run("select name from probe_person") == [("张伟",)]
    with scoped(*BOTH):
        assert len(run("select name from probe_person")) == 2


def test_with_the_policy_dropped_the_other_area_is_seen(people):
    """The test of the test: without the wall the same question shows everyone."""
    with connections["owner"].cursor() as cursor:
        cursor.execute("alter table probe_person disable row level security")
    with scoped(*NORTH):
        assert len(run("select name from probe_person")) == 2


def test_after_a_commit_the_scope_is_gone(people):
    with scoped(*NORTH):
        assert scope_of() == NORTH
    assert run("select name from probe_person") == []
    with transaction.atomic():
        assert scope_of() is None


def test_the_inner_of_two_scopes_gives_the_outer_one_back(people):
    with scoped(*NORTH):
        with scoped(*SOUTH):
            assert run("select name from probe_person") == [("李娜",)]
        assert scope_of() == NORTH
        assert run("select name from probe_person") == [("张伟",)]


PLANNED = ("enable_hashjoin", "enable_mergejoin", "enable_bitmapscan", "jit")


def planned():
    return {name: run(f"show {name}")[0][0] for name in PLANNED}


def test_who_walks_joins_row_by_row_and_the_outer_scope_plans_as_before(people):
    usual = planned()
    with scoped(*NORTH):
        with scoped(*SOUTH, walks=True):
            assert set(planned().values()) == {"off"}
            assert run("select name from probe_person") == [("李娜",)]
        assert scope_of() == NORTH
        assert planned() == usual
    assert planned() == usual


def test_a_walk_that_ends_or_fails_leaves_no_plan_behind(people):
    usual = planned()
    with pytest.raises(DatabaseError), scoped(*NORTH, walks=True):
        run("select 1 / 0")
    assert planned() == usual
    with scoped(*NORTH, walks=True):
        with scoped(*SOUTH):
            pass
        assert scope_of() == NORTH
        assert set(planned().values()) == {"off"}
    assert planned() == usual


def test_a_failed_inner_scope_gives_the_outer_one_back_and_keeps_its_error(people):
    with scoped(*NORTH):
        with pytest.raises(DatabaseError) as caught, scoped(*SOUTH):
            run("select 1 / 0")
        assert constraint_of(caught.value)[0] == "22012"
        assert scope_of() == NORTH


def test_a_scope_inside_a_bare_transaction_leaves_none_behind(people):
    with transaction.atomic():
        with scoped(*NORTH):
            pass
        assert scope_of() is None
        assert run("select name from probe_person") == []


def test_a_row_is_not_written_into_or_moved_to_another_area(people):
    insert = "insert into probe_person (area_no, name) values (%s, '王芳')"
    assert refusal_of(insert, [SOUTH[0]])[0] == "42501"
    assert refusal_of("update probe_person set area_no = %s", [SOUTH[0]])[0] == "42501"
    with scoped(*NORTH):
        assert run("update probe_person set paid_fen = 1 where name = '李娜'") == 0


def test_the_role_does_not_get_out_of_its_skin(people):
    assert refusal_of("set role yibao_owner")[0] == "42501"
    assert refusal_of("alter table probe_line disable trigger append_only")[0] == "42501"
    assert refusal_of("alter table probe_person disable row level security")[0] == "42501"
    assert refusal_of("truncate probe_line")[0] == "42501"
    with pytest.raises(DatabaseError, match="row-level security"):
        run("set row_security = off; select * from probe_person")
    run("set row_security = on")


@pytest.mark.parametrize("words", ["update probe_line set cost_fen = 2", "delete from probe_line"])
def test_rows_of_an_append_only_table_stay_as_they_are(people, words):
    with scoped(*NORTH):
        run(
            "insert into probe_line (area_no, person_id, cost_fen)"
            " select area_no, id, 1 from probe_person"
        )
    assert refusal_of(words)[0] == "42501"
    with pytest.raises(DatabaseError) as caught, connections["owner"].cursor() as cursor:
        cursor.execute(words)
    assert constraint_of(caught.value) == ("YB002", "probe_line_is_append_only")


def test_an_operation_of_a_migration_can_be_taken_back(people):
    from yibao.database.policies import append_only, scope_policy

    with connections["owner"].cursor() as cursor:
        for operation in (append_only("probe_line"), scope_policy("probe_line")):
            for statement in operation.reverse_sql:
                cursor.execute(statement)
            for statement in operation.sql:
                cursor.execute(statement)
    with scoped(*NORTH):
        assert run("select * from probe_line") == []


def test_the_wall_lets_an_index_on_the_area_serve_it(people):
    with connections["owner"].cursor() as cursor:
        cursor.execute("create index on probe_person (area_no)")
    with scoped(*NORTH):
        run("set local enable_seqscan = off")
        plan = "\n".join(line for (line,) in run("explain select * from probe_person"))
    assert "Index Cond" in plan or "Bitmap Index Scan" in plan


def test_another_password_does_not_open_the_database(settings):
    address = connection.settings_dict
    with pytest.raises(psycopg.OperationalError, match="authentication failed"):
        psycopg.connect(
            host=address["HOST"],
            port=address["PORT"],
            dbname=address["NAME"],
            user="yibao_app",
            password="guess",
        )


def test_long_tables_are_laid_beside_each_other_within_the_block_only(people):
    how = "select current_setting('enable_nestloop'), current_setting('random_page_cost')"
    with scoped(*BOTH), connection.cursor() as cursor:
        before = run(how)
        with merging(cursor):
            assert run(how) == [("off", "1")]
            assert len(run("select name from probe_person")) == len(("张伟", "李娜"))
        assert run(how) == before
    with scoped(*NORTH), connection.cursor() as cursor, merging(cursor):
        assert run("select name from probe_person") == [("张伟",)]

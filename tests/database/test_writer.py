"""The writer: columns from the models, an exact budget, and errors that leave nothing behind."""

import psycopg
import pytest
from django.db import connection

from tests.database.conftest import NORTH, SOUTH
from yibao.core.refusal import Refusal
from yibao.database.errors import constraint_of, refused
from yibao.database.scope import scope_of, scoped
from yibao.database.writer import insert_sql, required_columns, writing

pytestmark = pytest.mark.django_db(transaction=True, databases=["default", "owner"])
NEXT_ID = "select nextval('probe_person_id_seq')"


class OverTheCap(Refusal):
    code = "T1"
    message = "超过限额"
    remedy = "请核对"
    message_en = "Over the cap"
    remedy_en = "Check"


def count(table):
    with scoped(*NORTH), connection.cursor() as cursor:
        cursor.execute(f"select count(*) from {table}")
        return cursor.fetchone()[0]


def visit(probe_models, lines, paid_fen=0):
    person_model, line_model = probe_models
    with writing(*NORTH) as w:
        (person_id,) = w.run(NEXT_ID).fetchone()
        w.add(
            person_model,
            id=person_id,
            area_no=NORTH[0],
            name=f"张{person_id}",
            paid_fen=paid_fen,
            facts={"年": 2021, "list": [1, None]},
        )
        w.add_many(
            line_model,
            area_no=[NORTH[0]] * lines,
            person=[person_id] * lines,
            cost_fen=list(range(lines)),
        )
    return w


@pytest.mark.parametrize("lines", [3, 10, 200])
def test_statements_and_round_trips_do_not_grow_with_the_lines(probe_tables, probe_models, lines):
    w = visit(probe_models, lines)
    # scope, ids, person, lines; the ids' answer, the end of the pipeline with the commit
    assert (w.statements, w.round_trips) == (4, 2)
    assert count("probe_line") == lines


def test_everything_is_prepared_so_that_the_server_plans_it_once(probe_tables, probe_models):
    for _ in range(2):
        visit(probe_models, 3)
    with connection.cursor() as cursor:
        cursor.execute("select statement from pg_prepared_statements")
        words = "\n".join(row[0] for row in cursor.fetchall())
    assert 'insert into "probe_line"' in words
    assert 'insert into "probe_person"' in words


def test_json_is_written_as_json(probe_tables, probe_models):
    visit(probe_models, 1)
    with scoped(*NORTH), connection.cursor() as cursor:
        cursor.execute("select facts ->> '年' from probe_person")
        assert cursor.fetchone() == ("2021",)


def test_a_broken_cap_is_named_and_nothing_is_left_behind(probe_tables, probe_models):
    with pytest.raises(psycopg.Error) as caught:
        visit(probe_models, 3, paid_fen=1001)
    assert constraint_of(caught.value) == ("23514", "cap_is_kept")
    assert count("probe_person") == count("probe_line") == 0
    visit(probe_models, 3)
    assert count("probe_line") == 3


def test_a_constraint_becomes_the_refusal_that_stands_for_it(probe_tables, probe_models):
    with pytest.raises(OverTheCap), refused({"cap_is_kept": OverTheCap()}):
        visit(probe_models, 3, paid_fen=1001)
    with pytest.raises(psycopg.Error), refused({"another": OverTheCap()}):
        visit(probe_models, 3, paid_fen=1001)


def test_an_error_of_the_program_leaves_nothing_behind(probe_tables, probe_models):
    person_model, _ = probe_models
    with pytest.raises(ZeroDivisionError), writing(*NORTH) as w:
        w.add(person_model, area_no=NORTH[0], name="张三")
        raise ZeroDivisionError
    assert count("probe_person") == 0


def test_a_row_of_another_area_is_refused(probe_tables, probe_models):
    person_model, _ = probe_models
    with pytest.raises(psycopg.Error) as caught, writing(*NORTH) as w:
        w.add(person_model, area_no=SOUTH[0], name="李娜")
    assert constraint_of(caught.value)[0] == "42501"


def test_nested_in_another_scope_it_gives_that_one_back(probe_tables, probe_models):
    with scoped(*SOUTH):
        visit(probe_models, 2)
        assert scope_of() == SOUTH
    assert count("probe_line") == 2


def test_no_lines_are_no_statement_and_uneven_lists_a_mistake(probe_tables, probe_models):
    assert visit(probe_models, 0).statements == 3
    _, line_model = probe_models
    with pytest.raises(AssertionError, match="lengths"), writing(*NORTH) as w:
        w.add_many(line_model, area_no=[1, 2], person=[1])


def test_column_names_and_types_come_from_the_model(probe_models):
    person_model, line_model = probe_models
    assert insert_sql(person_model, ("name", "facts"), True) == (
        'insert into "probe_person" ("name", "facts")'
        " select * from unnest(%s::varchar[], %s::jsonb[])"
    )
    assert insert_sql(line_model, ("person", "cost_fen"), False) == (
        'insert into "probe_line" ("person_id", "cost_fen") values (%s, %s)'
    )


def test_what_an_insert_must_name_is_known(probe_models):
    person_model, line_model = probe_models
    assert required_columns(person_model) == {"area_no", "name"}
    assert required_columns(line_model) == {"area_no", "person", "cost_fen"}

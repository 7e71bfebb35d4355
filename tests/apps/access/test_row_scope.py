"""Must show: nobody of another township is seen, by a clerk's session or the role's direct SQL.

The same questions are asked once more with the policy dropped: then the leak is there, so these
tests do see one.
"""

import contextlib
from datetime import date

import pytest
from django.db import Error, connections, transaction
from django.urls import reverse

from tests.apps.access.offices import AT, hire, open_office
from tests.console.signed_in import sign_in_as
from yibao.apps.access.models import AuditRecord
from yibao.apps.registry.operations import register_many
from yibao.apps.registry.people import NewPerson
from yibao.database.errors import constraint_of
from yibao.database.home import APP_ROLE
from yibao.database.scope import scoped

XINQIAO, CHANGJIANG = 430423105225, 430423104002
TOWNSHIP = (430423105000, 430423106000)

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def people():
    """One person in Xinqiao, two in another township; all are called the same."""
    scope = open_office("hengshan")
    wanted = [(XINQIAO, "旷新桥"), (CHANGJIANG, "旷长江"), (CHANGJIANG, "旷长洲")]
    ids = register_many(
        scope=scope,
        persons=[
            NewPerson(name=name, sex="male", born=date(1980, 1, 1), area_no=area_no)
            for area_no, name in wanted
        ],
        at=AT,
    )
    return dict(zip((name for _, name in wanted), ids, strict=True))


@contextlib.contextmanager
def policy_dropped():
    """Take the wall away, as the owner, and put it back exactly as it stood."""
    with connections["owner"].cursor() as cursor:
        cursor.execute(
            "select pg_get_expr(polqual, polrelid), pg_get_expr(polwithcheck, polrelid)"
            "  from pg_policy where polname = 'scope' and polrelid = 'registry_person'::regclass"
        )
        using, check = cursor.fetchone()
        cursor.execute("drop policy scope on registry_person")
        cursor.execute(f"create policy open on registry_person to {APP_ROLE} using (true)")
        try:
            yield
        finally:
            cursor.execute("drop policy open on registry_person")
            cursor.execute(
                f"create policy scope on registry_person to {APP_ROLE}"
                f" using ({using}) with check ({check})"
            )


def seen_by_direct_sql(area_from, area_until):
    """The names that the application role reads with a scope and no filter at all."""
    with transaction.atomic(), connections["default"].cursor() as cursor:
        cursor.execute("select current_user")
        assert cursor.fetchone() == (APP_ROLE,)
        cursor.execute(f'set local yibao."from" = {area_from}')
        cursor.execute(f"set local yibao.until = {area_until}")
        cursor.execute("select name from registry_person order by id")
        return [name for (name,) in cursor.fetchall()]


def seen_by_a_clerk(client):
    """The numbers of people that a township clerk's search page shows for their surname."""
    answer = client.get(reverse("console:search"), {"q": "旷"})
    assert answer.status_code == 200
    return answer.content.decode().count("旷*")


def test_the_application_role_sees_no_person_of_another_township(people):
    assert seen_by_direct_sql(*TOWNSHIP) == ["旷新桥"]
    with policy_dropped():
        assert seen_by_direct_sql(*TOWNSHIP) == ["旷新桥", "旷长江", "旷长洲"]
    assert seen_by_direct_sql(*TOWNSHIP) == ["旷新桥"]


def test_a_township_clerks_session_sees_no_person_of_another_township(people):
    client, _ = sign_in_as(role="township_clerk", division="430423105")
    assert seen_by_a_clerk(client) == 1
    with policy_dropped():
        assert seen_by_a_clerk(client) == 3
    assert seen_by_a_clerk(client) == 1


def test_without_a_scope_the_application_role_sees_nobody(people):
    with connections["default"].cursor() as cursor:
        cursor.execute("select count(*) from registry_person")
        assert cursor.fetchone() == (0,)


def test_the_application_role_moves_and_writes_nobody_out_of_its_scope(people):
    moves = [
        f"update registry_person set area_no = {CHANGJIANG} where name = '旷新桥'",
        f"insert into registry_household (region, area_no, household_no, village_no, address,"
        f" created_at) values ('hengshan', {CHANGJIANG}, 'X', '', '', now())",
    ]
    for words in moves:
        with pytest.raises(Error) as refused, transaction.atomic():
            with connections["default"].cursor() as cursor:
                cursor.execute(f'set local yibao."from" = {TOWNSHIP[0]}')
                cursor.execute(f"set local yibao.until = {TOWNSHIP[1]}")
                cursor.execute(words)
        assert constraint_of(refused.value)[0] == "42501"


def test_the_application_role_cannot_lift_the_wall(people):
    for words in (
        "alter table registry_person disable row level security",
        "drop policy scope on registry_person",
        "set role yibao_owner",
        "set row_security = off; select count(*) from registry_person",
    ):
        with pytest.raises(Error), transaction.atomic():
            with connections["default"].cursor() as cursor:
                for part in words.split("; "):
                    cursor.execute(part)


def test_an_area_outside_the_post_in_the_address_is_refused_and_recorded():
    staff = hire(role="township_clerk", division="430423105")
    client, _ = sign_in_as(role="township_clerk", division="430423105", staff=staff)
    for elsewhere in ("430423104", "430423", "430423104002"):
        answer = client.get(reverse("console:home"), {"area": elsewhere})
        assert answer.status_code == 403
        with scoped(0, 10**12):
            last = AuditRecord.objects.order_by("id").last()
        assert (last.outcome, last.detail["code"]) == ("refused", "E901")

"""S8: whoever did the first of two acts does not do the second: not in another post, not by another
account, not in a batch, not on the page, and not by writing to the database as the application."""

import contextlib
from collections.abc import Iterator

import psycopg
import pytest
from django.db import DatabaseError, connection, transaction
from django.urls import reverse

from tests.apps.access.offices import Staff, hire, open_office
from tests.apps.claims import insured
from tests.apps.subsidy import rosters
from tests.console.season import late_season
from tests.proof import probed
from tests.proof.pairs import Pair, pairs
from yibao.apps.access import operations, roles
from yibao.apps.access import queries as offices
from yibao.apps.access.models import Post, StaffPerson
from yibao.apps.access.roles import FOUR_EYES, exclude_each_other
from yibao.apps.access.scope import Scope
from yibao.core.refusal import Refusal
from yibao.database import scope as database_scope
from yibao.database.errors import constraint_of

pytestmark = pytest.mark.django_db
NUMBER = "43042319800101001X"
BATCH = 3
WAYS = ("another post", "another account", "batch", "page", "direct SQL")


@contextlib.contextmanager
def _apart_passes() -> Iterator[None]:
    """Nobody asks whether the second person is another one."""
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(roles, "is_same_person", lambda *_: False)
        yield


@contextlib.contextmanager
def _by_account() -> Iterator[None]:
    """Second persons are told apart by account: a second account is somebody else."""
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(roles, "is_same_person", lambda one, other: one == other)
        yield


FAULTS = {"apart_passes": _apart_passes, "by_account": _by_account}


@pytest.mark.proof(
    "S8",
    "who did the first of two acts does not do the second, by whatever way",
    unit="refused tries",
    landing=70,
    small=70,
    late=True,
)
def test_the_same_person_never_does_the_second_act(proof):
    county = late_season()
    open_office("xingan", at=insured.AT)
    office = insured.open_office()
    clerks = [hire(role="village_agent", division="430423105") for _ in range(BATCH)]
    made = pairs(clerks, office, rosters.office(county))
    assert {one.acts for one in made} == set(FOUR_EYES)
    passed = []
    for pair in made:
        with probed.undone(), proof.broken():
            passed += _tried(pair, proof)
    assert not passed, "\n".join(passed)


def _tried(pair: Pair, proof) -> list[str]:
    """Try every way; return a sentence for each that was not refused."""
    one = hire(role=pair.posts[0], division=pair.division, at=pair.at)
    person = StaffPerson.objects.get(id=one.operator.person_id)
    person.number = NUMBER
    person.save()
    objects = [pair.first(one.scope, n) for n in range(BATCH if pair.has_argument else 1)]
    # The first post is over; nothing hinders the person from a second one but what was done.
    Post.objects.filter(id=one.post.id).update(valid_until=pair.at.date())
    again = _another_post(pair, one)
    other = hire(
        role=pair.posts[1],
        division=pair.division,
        staff_no=f"9{one.operator.staff_no}",
        at=pair.at,
        identity_number=NUMBER,
    )
    passed = []
    for way, tries in (
        ("another post", [lambda: pair.second(again, objects[0])]),
        ("another account", [lambda: pair.second(other.scope, objects[0])]),
        ("batch", [lambda each=each: pair.second(other.scope, each) for each in objects]),
        ("page", [lambda: _on_the_page(pair, other, objects[0])]),
        ("direct SQL", [lambda by=by: _written(pair, objects[0], by) for by in _ids(one, other)]),
    ):
        for act in tries:
            passed += _refused(pair, way, act, objects)
            proof.count()
    return passed + _somebody_else(pair, objects[0])


def _another_post(pair: Pair, one: Staff) -> Scope:
    """The same account in the post that the second act needs."""
    post = operations.grant_post(
        scope=Scope.system(one.scope.region),
        operator_id=one.operator.id,
        organisation_id=_elsewhere(pair, one),
        role=pair.posts[1],
        valid_from=pair.at.date(),
        valid_until=None,
        at=pair.at,
    )
    scope = operations.choose_post(operator_id=one.operator.id, post_id=post.id, at=pair.at)
    Post.objects.filter(id=post.id).update(valid_until=pair.at.date())
    return scope


def _elsewhere(pair: Pair, one: Staff) -> int:
    """The same place; its agency where the same post was held there from the same day."""
    if pair.posts[0] != pair.posts[1]:
        return one.post.organisation_id
    place = offices.organisation_by_division(pair.division)
    system = Scope.system(one.scope.region)
    return operations.add_organisation(
        scope=system, kind="department", name="另一科室", parent_id=place.id, at=pair.at
    ).id


def _refused(pair: Pair, way: str, act, objects) -> list[str]:
    words = f"{pair.acts[1]} by who did {pair.acts[0]}: {way}"
    try:
        with transaction.atomic():
            answer = act()
    except Refusal as refusal:
        said = refusal.code
    except (DatabaseError, psycopg.Error) as error:
        said = str(constraint_of(error)[1])
    else:
        said = "" if answer != 409 else "E903"
    scope = Scope.system("xingan" if pair.division.startswith("15") else "hengshan")
    happened = [one for one in objects if pair.happened(scope, one)]
    expected = {"E903"}
    if way == "direct SQL":
        expected = {pair.trigger} | _BY_ACCOUNT.get(pair.acts, set())
    return (
        [f"{words}: {said or 'went through'}, done: {happened}"]
        if (happened or said not in expected)
        else []
    )


# Rows that an account-wise constraint refuses before the trigger looks.
_BY_ACCOUNT = {
    ("subsidy.upload", "subsidy.confirm"): {"who_uploads_does_not_confirm"},
    ("policy.propose", "policy.activate"): {"who_proposes_does_not_decide"},
    ("policy.decide", "policy.activate"): {"who_proposes_does_not_decide"},
    ("export.ask", "export.approve"): {"who_asks_for_an_export_does_not_decide"},
    # Of two triggers the first by name speaks, where the system is said to have decided.
    ("access.grant_post", "access.approve_grant"): {"nobody_approves_a_post_of_his_own"},
    ("registry.ask_erasure", "registry.erase"): {"who_asks_for_an_erasure_does_not_decide"},
}


def _ids(*staff: Staff) -> list[int]:
    # 0 is the system: a person who writes to the database could say that a task did it.
    return [*(one.operator.id for one in staff), 0]


def _on_the_page(pair: Pair, other: Staff, one: int) -> int:
    arguments = [one] if pair.has_argument else []
    year = "?year=2021" if pair.division == "430423" else ""
    client = probed.browser(other)
    status = client.post(reverse(pair.route, args=arguments) + year, pair.form(one)).status_code
    # A form takes the refusal as its error.
    return 409 if status in (409, 422) else status


def _written(pair: Pair, one: int, by: int) -> None:
    system = Scope.system("xingan" if pair.division.startswith("15") else "hengshan")
    with database_scope.scoped(system.area_from, system.area_until), connection.cursor() as cursor:
        cursor.execute(pair.sql.format(id=one, by=by))


def _somebody_else(pair: Pair, one: int) -> list[str]:
    """What was refused for the person alone goes through for another."""
    if pair.needs_first_post:
        one = pair.first(hire(role=pair.posts[0], division=pair.division, at=pair.at).scope, BATCH)
    another = hire(role=pair.posts[1], division=pair.division, at=pair.at)
    try:
        pair.second(another.scope, one)
    except Refusal as refusal:
        return [f"{pair.acts[1]} by another person: {refusal.code} {refusal.sentence('en')}"]
    return []


def test_posts_that_exclude_each_other_are_every_pair_of_two_families():
    persons = [role for role in roles.ROLE_ACTIONS if role != "system"]
    for role in persons:
        families = [family for family in roles.FAMILIES if role in family]
        assert len(families) == 1, role
        for other in persons:
            assert exclude_each_other(role, other) == (other not in families[0])

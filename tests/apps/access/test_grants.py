"""A post is asked for by one administrator and approved by another; persons count, not accounts."""

from datetime import date, timedelta

import pytest
from django.db import DatabaseError, connection, transaction

from tests.apps.access.offices import AT, ON, hire, open_office
from yibao.apps.access import operations, post_rules, queries
from yibao.apps.access.models import AuditRecord, GrantRequest, Operator, Post, Role, StaffPerson
from yibao.apps.access.operations import accounts, grants, offices, reviews
from yibao.apps.access.queries import rights
from yibao.apps.access.queries.words import scope_in_words
from yibao.apps.access.roles import (
    FAMILIES,
    ROLE_ACTIONS,
    SecondPersonNeeded,
    exclude_each_other,
    is_same_person,
)
from yibao.apps.access.scope import NotAllowed, NotThere, Scope
from yibao.apps.access.training import TrainingLacking, require_training
from yibao.core.flow import StepNotAllowed
from yibao.database.errors import constraint_of
from yibao.database.scope import scoped

pytestmark = pytest.mark.django_db

NUMBER = "43042319800101001X"
LATER = AT + timedelta(days=1)


def place(division="430423105"):
    return queries.organisation_by_division(division)


def people():
    """Two administrators of rights and a clerk of the township."""
    return (
        hire(role="security_admin", division="430423", name="罗一"),
        hire(role="security_admin", division="430423", name="罗二"),
        hire(role="township_clerk", division="430423105"),
    )


def ask(scope, operator_id, **given):
    wanted = {
        "role": "township_clerk",
        "valid_from": ON,
        "valid_until": ON + timedelta(days=180),
        "reason": "接替离岗人员",
        "organisation_id": place("430423104").id,
        "at": AT,
    }
    return operations.request_post(scope=scope, operator_id=operator_id, **wanted | given)


def second_account(operator, role, division="430423"):
    """A second account of the same person, in a post of its own: the identity number says so."""
    person = StaffPerson.objects.get(id=operator.person_id)
    person.number = NUMBER
    person.save()
    return hire(
        role=role, division=division, staff_no=f"2{operator.staff_no}", identity_number=NUMBER
    )


def broken(statement, *values):
    """Return the constraint that the database names when the application's role writes this."""
    with pytest.raises(DatabaseError) as error, transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute(statement, values)
    return constraint_of(error.value)


def test_a_post_is_in_force_when_a_second_administrator_has_approved_it():
    first, second, clerk = people()
    asked = ask(first.scope, clerk.operator.id)
    assert not Post.objects.filter(
        operator=clerk.operator, organisation=place("430423104")
    ).exists()
    post = operations.approve_request(scope=second.scope, request_id=asked.id, at=LATER)
    assert (post.request_id, post.granted_by_id) == (asked.id, second.operator.id)
    assert (post.valid_from, post.valid_until) == (ON, ON + timedelta(days=180))
    with scoped(0, 10**12):
        said = AuditRecord.objects.filter(object_kind="grant_request", object_id=str(asked.id))
        assert list(said.order_by("id").values_list("action", "operator_id")) == [
            ("access.grant_post", first.operator.id),
            ("access.approve_grant", second.operator.id),
        ]


def test_who_drafted_a_request_does_not_approve_it():
    first, _, clerk = people()
    asked = ask(first.scope, clerk.operator.id)
    with pytest.raises(SecondPersonNeeded):
        operations.approve_request(scope=first.scope, request_id=asked.id, at=AT)
    with pytest.raises(SecondPersonNeeded):
        operations.return_request(scope=first.scope, request_id=asked.id, because="否", at=AT)


def test_nobody_asks_for_or_approves_a_post_of_ones_own():
    first, second, _ = people()
    with pytest.raises(accounts.NotToOneself):
        ask(first.scope, first.operator.id, role="security_admin")
    asked = ask(first.scope, second.operator.id, role="security_admin")
    with pytest.raises(accounts.NotToOneself):
        operations.approve_request(scope=second.scope, request_id=asked.id, at=AT)


def test_a_request_needs_an_end_within_a_year_a_reason_and_no_twin():
    first, _, clerk = people()
    for until in (ON, ON + timedelta(days=367)):
        with pytest.raises(post_rules.PostTooLong):
            ask(first.scope, clerk.operator.id, valid_until=until)
    with pytest.raises(post_rules.GrantReasonMissing):
        ask(first.scope, clerk.operator.id, reason=" ")
    ask(first.scope, clerk.operator.id)
    with pytest.raises(grants.RequestWaits):
        ask(first.scope, clerk.operator.id)


def test_only_an_administrator_of_the_area_asks_and_approves():
    first, _, clerk = people()
    with pytest.raises(NotAllowed):
        ask(clerk.scope, first.operator.id)
    town = hire(role="security_admin", division="430423105")
    with pytest.raises(NotThere):
        ask(town.scope, clerk.operator.id, organisation_id=place("430423104").id)
    asked = ask(first.scope, clerk.operator.id)
    with pytest.raises(NotThere):
        operations.approve_request(scope=town.scope, request_id=asked.id, at=AT)
    with pytest.raises(NotAllowed):
        operations.approve_request(scope=clerk.scope, request_id=asked.id, at=AT)


def test_a_returned_request_is_changed_and_sent_again_by_its_drafter_only():
    first, second, clerk = people()
    asked = ask(first.scope, clerk.operator.id)
    operations.return_request(scope=second.scope, request_id=asked.id, because="期限过长", at=AT)
    changed = {
        "request_id": asked.id,
        "organisation_id": place("430423104").id,
        "role": "township_clerk",
        "valid_from": ON,
        "valid_until": ON + timedelta(days=30),
        "reason": "接替离岗人员一个月",
        "at": AT,
    }
    with pytest.raises(grants.NotYourRequest):
        operations.revise_request(scope=second.scope, **changed)
    operations.revise_request(scope=first.scope, **changed)
    post = operations.approve_request(scope=second.scope, request_id=asked.id, at=AT)
    assert post.valid_until == ON + timedelta(days=30)
    with pytest.raises(StepNotAllowed):
        operations.approve_request(scope=second.scope, request_id=asked.id, at=AT)


def test_a_request_is_withdrawn_by_its_drafter_only():
    first, second, clerk = people()
    asked = ask(first.scope, clerk.operator.id)
    with pytest.raises(grants.NotYourRequest):
        operations.withdraw_request(scope=second.scope, request_id=asked.id, because="", at=AT)
    operations.withdraw_request(scope=first.scope, request_id=asked.id, because="不需要", at=AT)
    with pytest.raises(StepNotAllowed):
        operations.approve_request(scope=second.scope, request_id=asked.id, at=AT)


def test_a_request_whose_time_is_over_is_not_approved():
    first, second, clerk = people()
    asked = ask(first.scope, clerk.operator.id, valid_until=ON + timedelta(days=2))
    with pytest.raises(post_rules.PostOver):
        operations.approve_request(
            scope=second.scope, request_id=asked.id, at=AT + timedelta(days=2)
        )


@pytest.mark.parametrize("role", ["county_reviewer", "fund_accountant", "auditor", "system_admin"])
def test_a_second_account_holds_no_post_that_excludes_one_of_the_first(role):
    first, _, clerk = people()
    other = second_account(clerk.operator, "village_agent", division="430423105")
    assert is_same_person(clerk.operator.id, other.operator.id)
    with pytest.raises(post_rules.PostsExclude):
        ask(first.scope, other.operator.id, role=role)


def test_a_second_account_of_the_drafter_approves_nothing():
    first, _, clerk = people()
    other = second_account(first.operator, "security_admin")
    asked = ask(first.scope, clerk.operator.id)
    with pytest.raises(SecondPersonNeeded):
        operations.approve_request(scope=other.scope, request_id=asked.id, at=AT)


def test_one_identity_number_is_one_person_and_is_kept_sealed():
    scope = open_office()
    made = [
        operations.open_account(
            scope=scope,
            staff_no=staff_no,
            name="曾建华",
            organisation_id=place().id,
            certificate=None,
            identity_number=NUMBER,
            at=AT,
        )[0]
        for staff_no in ("7001", "7002")
    ]
    assert made[0].person_id == made[1].person_id
    with connection.cursor() as cursor:
        cursor.execute("select number from access_staffperson where id = %s", [made[0].person_id])
        assert NUMBER.encode() not in bytes(cursor.fetchone()[0])
    assert StaffPerson.objects.get(id=made[0].person_id).number == NUMBER


# -- The same, past the operations: the application's own role writes the rows itself ---------------


def test_the_database_refuses_what_the_drafter_approves_by_himself():
    first, second, clerk = people()
    asked = ask(first.scope, clerk.operator.id)
    approve = "update access_grantrequest set state = 'approved', decided_by_id = %s where id = %s"
    state, name = broken(approve, first.operator.id, asked.id)
    assert (state, name) == ("YB003", "who_drafts_a_grant_does_not_approve_it")
    other = second_account(first.operator, "security_admin")
    assert broken(approve, other.operator.id, asked.id)[1] == name
    assert broken(approve, None, asked.id)[0] == "YB003"
    own = broken(approve, clerk.operator.id, asked.id)
    assert own == ("YB003", "nobody_approves_a_post_of_his_own")
    moved = "update access_grantrequest set drafted_by_id = %s where id = %s"
    assert broken(moved, second.operator.id, asked.id)[1] == name


def test_the_database_takes_no_post_without_its_approved_request():
    first, second, clerk = people()
    asked = ask(first.scope, clerk.operator.id)
    insert = (
        "insert into access_post (operator_id, organisation_id, role, valid_from, valid_until,"
        " granted_by_id, request_id, ended_because)"
        " values (%s, %s, %s, %s, %s, %s, %s, '')"
    )
    values = [clerk.operator.id, place("430423104").id, "township_clerk", ON, date(2021, 6, 16)]
    for granted_by, request in ((second.operator.id, None), (second.operator.id, asked.id)):
        state, name = broken(insert, *values, granted_by, request)
        assert (state, name) == ("YB003", "a_post_comes_of_an_approved_request")


def test_the_database_takes_no_second_post_that_excludes_the_first():
    _, _, clerk = people()
    other = second_account(clerk.operator, "village_agent", division="430423105")
    insert = (
        "insert into access_post (operator_id, organisation_id, role, valid_from, ended_because)"
        " values (%s, %s, %s, %s, '')"
    )
    for operator in (clerk.operator, other.operator):
        state, name = broken(insert, operator.id, place().id, "auditor", ON)
        assert (state, name) == ("YB003", "posts_exclude_each_other")


def test_a_post_is_neither_lengthened_nor_made_another_and_an_account_keeps_its_person():
    first, _, clerk = people()
    longer = "update access_post set valid_until = valid_until + 1 where id = %s"
    assert broken(longer, clerk.post.id) == ("YB003", "a_post_is_only_ended")
    other = "update access_post set role = 'county_clerk' where id = %s"
    assert broken(other, clerk.post.id) == ("YB003", "a_post_is_only_ended")
    moved = "update access_operator set person_id = %s where id = %s"
    found = broken(moved, first.operator.person_id, clerk.operator.id)
    assert found == ("YB003", "an_account_keeps_its_person")


def test_the_database_knows_the_same_families_as_the_roles():
    with connection.cursor() as cursor:
        cursor.execute("select r, access_family(r) from unnest(%s::text[]) r", [list(ROLE_ACTIONS)])
        family = dict(cursor.fetchall())
    for role in ROLE_ACTIONS:
        for other in ROLE_ACTIONS:
            if Role.SYSTEM not in (role, other):
                said = family[role] != family[other]
                assert said == exclude_each_other(role, other), (role, other)
    assert len({family[next(iter(one))] for one in FAMILIES}) == len(FAMILIES)


# -- Ends, the yearly review, leavers ---------------------------------------------------------------


def test_an_ended_post_is_over_the_same_day():
    first, _, clerk = people()
    operations.end_post(scope=first.scope, post_id=clerk.post.id, reason="调岗", at=AT)
    clerk.post.refresh_from_db()
    assert (clerk.post.valid_until, clerk.post.ended_because) == (ON, "调岗")
    assert queries.posts_of(clerk.operator.id, ON) == []
    with pytest.raises(post_rules.PostOver):
        operations.end_post(scope=first.scope, post_id=clerk.post.id, reason="调岗", at=AT)
    with pytest.raises(accounts.NotToOneself):
        operations.end_post(scope=first.scope, post_id=first.post.id, reason="调岗", at=AT)


def test_a_leaver_has_no_post_left_the_same_day():
    first, _, clerk = people()
    operations.close_account(scope=first.scope, operator_id=clerk.operator.id, reason="离岗", at=AT)
    assert queries.posts_of(clerk.operator.id, ON) == []
    assert not Operator.objects.get(id=clerk.operator.id).is_active


def test_the_yearly_review_lists_every_post_once_and_keeps_or_ends_it():
    first, second, clerk = people()
    listed = [post.id for post in rights.to_review(first.scope, on=ON)]
    assert listed == [second.post.id, clerk.post.id]
    operations.review_post(
        scope=first.scope, post_id=second.post.id, year=2020, keeps=True, because="", at=AT
    )
    with pytest.raises(reviews.ReviewedBefore):
        operations.review_post(
            scope=first.scope, post_id=second.post.id, year=2020, keeps=True, because="", at=AT
        )
    with pytest.raises(post_rules.GrantReasonMissing):
        operations.review_post(
            scope=first.scope, post_id=clerk.post.id, year=2020, keeps=False, because="", at=AT
        )
    operations.review_post(
        scope=first.scope, post_id=clerk.post.id, year=2020, keeps=False, because="离岗", at=AT
    )
    assert rights.to_review(first.scope, on=ON) == []
    assert [one.keeps for one in rights.reviewed(first.scope, year=2020)] == [False, True]
    clerk.post.refresh_from_db()
    assert clerk.post.valid_until == ON


def test_posts_that_end_within_thirty_days_are_listed_until_a_later_one_follows():
    first, second, clerk = people()
    asked = {"valid_until": ON + timedelta(days=30), "organisation_id": place().id}
    operations.end_post(scope=first.scope, post_id=clerk.post.id, reason="换期限", at=AT)
    short = ask(first.scope, clerk.operator.id, valid_from=ON, **asked | {"role": "village_agent"})
    operations.approve_request(scope=second.scope, request_id=short.id, at=AT)
    assert [one.operator_id for one in rights.expiring(first.scope, on=ON)] == [clerk.operator.id]
    again = ask(
        first.scope,
        clerk.operator.id,
        role="village_agent",
        organisation_id=place().id,
        valid_from=ON + timedelta(days=30),
        valid_until=ON + timedelta(days=200),
    )
    operations.approve_request(scope=second.scope, request_id=again.id, at=AT)
    assert rights.expiring(first.scope, on=ON) == []


# -- The internal check ------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("division", "words"),
    [
        ("430423105203", None),
        ("430423105", "新桥镇 12 个村（社区）"),
        ("430423", "衡山县 "),
    ],
)
def test_a_scope_is_said_in_words(division, words):
    open_office()
    found = queries.organisation_by_division(division) if words else None
    if found is None:
        village = queries.villages_of(Scope.system("hengshan")).first()
        assert scope_in_words(village) == village.name
        return
    assert scope_in_words(found).startswith(words)


def test_the_internal_check_says_what_a_post_opens_and_what_speaks_against_it():
    _, _, clerk = people()
    said = rights.consequence(
        operator=clerk.operator,
        organisation_id=place("430423").id,
        role="county_reviewer",
        valid_from=ON,
        valid_until=ON + timedelta(days=90),
    )
    assert said.scope_words.startswith("衡山县")
    assert said.conflicts == (f"乡镇经办（新桥镇，{clerk.operator.staff_no}）",)
    assert "基金会计" in said.excludes and "县级复核" not in said.excludes
    claims = next(group for group in said.groups if group.subsystem == "claims")
    assert "冲正" in claims.new
    registry = next(group for group in said.groups if group.subsystem == "registry")
    assert "查看人员与家庭" in registry.held and "查看人员与家庭" not in registry.new
    assert said.days == 90 and said.trained


# -- Training (网络 7) --------------------------------------------------------------------------------


@pytest.mark.requirement("HX-07-07")
def test_hinggan_lets_nobody_work_whose_training_is_lacking_or_ran_out():
    staff = hire(role="county_clerk", division="152221")
    require_training(staff.operator.id, "xingan", on=ON)
    staff.operator.certificates.update(valid_until=ON)
    with pytest.raises(TrainingLacking, match="已过期"):
        require_training(staff.operator.id, "xingan", on=ON)
    staff.operator.certificates.all().delete()
    with pytest.raises(TrainingLacking, match="未登记"):
        require_training(staff.operator.id, "xingan", on=ON)


def test_where_the_text_asks_for_no_training_nothing_is_read(django_assert_num_queries):
    staff = hire(role="county_clerk", division="430423")
    staff.operator.certificates.all().delete()
    with django_assert_num_queries(0):
        require_training(staff.operator.id, "hengshan", on=ON)


# -- The first office --------------------------------------------------------------------------------


def administrators(**changed):
    given = {
        "system_admin": ("5001", "罗系统"),
        "security_admin": ("5002", "罗安全"),
        "auditor": ("5003", "罗审计"),
    }
    return [
        operations.Administrator(role=role, staff_no=no, name=name)
        for role, (no, name) in (given | changed).items()
        if no
    ]


def test_an_office_begins_with_three_named_administrators_and_no_other_account():
    made = operations.open_first_office(code="hengshan", administrators=administrators(), at=AT)
    assert [one.posts.get().role for one, _ in made] == [
        "system_admin",
        "security_admin",
        "auditor",
    ]
    assert Operator.objects.count() == 3
    with pytest.raises(accounts.NotTheFirst):
        operations.open_first_office(code="hengshan", administrators=administrators(), at=AT)


def test_an_office_does_not_begin_without_one_of_them_or_with_a_nobody():
    with pytest.raises(offices.AdministratorsMissing, match="稽核审计"):
        operations.open_first_office(
            code="hengshan", administrators=administrators(auditor=("", "")), at=AT
        )
    with pytest.raises(offices.NobodysAccount):
        operations.open_first_office(
            code="hengshan", administrators=administrators(system_admin=("Admin", "罗")), at=AT
        )
    assert not Operator.objects.exists()


def test_one_person_is_not_two_of_the_three():
    same = [
        operations.Administrator(
            role=one.role, staff_no=one.staff_no, name="罗", identity_number=NUMBER
        )
        for one in administrators()
    ]
    with pytest.raises(post_rules.PostsExclude):
        operations.open_first_office(code="hengshan", administrators=same, at=AT)


def test_the_system_administrator_grants_nothing_and_sees_no_business():
    rights_of = ROLE_ACTIONS[Role.SYSTEM_ADMIN]
    assert not {one for one in rights_of if one.startswith(("registry", "claims", "fund"))}
    assert not rights_of & {"access.grant_post", "access.approve_grant", "access.open_account"}
    of_security = ROLE_ACTIONS[Role.SECURITY_ADMIN]
    assert {one.partition(".")[0] for one in of_security} == {"access"}
    changing = {"access.grant_post", "access.organisations", "desk.notice"}
    assert not ROLE_ACTIONS[Role.AUDITOR] & changing
    assert GrantRequest.objects.count() == 0

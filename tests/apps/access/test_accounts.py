"""Accounts: nobody has one that nobody opened, and some regions ask for a training first."""

from datetime import timedelta

import pytest

from tests.apps.access.offices import AT, ON, TRAINED, hire, open_office
from yibao.apps.access import operations, post_rules, queries
from yibao.apps.access.models import AuditRecord, Operator, Organisation, Post, Role
from yibao.apps.access.operations import accounts, grants
from yibao.apps.access.scope import NotAllowed, NotThere, Scope
from yibao.database.scope import scoped

pytestmark = pytest.mark.django_db


def account(scope, division, staff_no="430217", certificate=None):
    return operations.open_account(
        scope=scope,
        staff_no=staff_no,
        name="曾建华",
        organisation_id=queries.organisation_by_division(division).id,
        certificate=certificate,
        at=AT,
    )


@pytest.mark.requirement("HX-07-07")
def test_hinggan_opens_no_account_without_a_recorded_training():
    scope = open_office("xingan")
    with pytest.raises(accounts.NoTrainingCertificate) as refused:
        account(scope, "152221")
    assert refused.value.cite == "网络 7"
    assert not Operator.objects.exists()

    operator, _ = account(scope, "152221", certificate=TRAINED)
    assert operator.certificates.get().number == TRAINED.number


def test_hengshans_text_is_silent_on_training_and_an_account_needs_none():
    operator, _ = account(open_office("hengshan"), "430423105")
    assert operator.certificates.count() == 0


def test_a_settings_file_of_the_office_may_ask_for_training_too(tmp_path, settings):
    settings.RULEBOOK_SETTINGS = str(tmp_path)
    (tmp_path / "hengshan.yaml").write_text(
        "overlay: office\nover: hengshan\nauthority: 县医疗保障局\n"
        "sources:\n  示例: {title: 示例文件, published: 2020-01-01}\n"
        "settings:\n"
        "  training_certificate_required: {is: true, from: 2020, cite: 示例 1}\n",
        encoding="utf-8",
    )
    scope = open_office("hengshan")
    with pytest.raises(accounts.NoTrainingCertificate):
        account(scope, "430423105")


def test_the_first_account_of_an_empty_database_is_a_security_administrators_and_only_that_one():
    scope = open_office("hengshan")
    operator, password = account(None, "430423", staff_no="1")
    assert operator.posts.get().role == Role.SECURITY_ADMIN
    assert operator.password_is_one_time
    assert password not in operator.password_hash
    assert operator.password_hash.startswith("argon2")
    with pytest.raises(accounts.NotTheFirst):
        account(None, "430423", staff_no="2")
    account(scope, "430423", staff_no="2")


def test_a_staff_number_belongs_to_one_person():
    scope = open_office()
    account(scope, "430423105")
    with pytest.raises(accounts.StaffNumberTaken):
        account(scope, "430423105")
    assert Operator.objects.count() == 1


def test_who_may_not_open_accounts_opens_none():
    clerk = hire(role="township_clerk", division="430423105")
    with pytest.raises(NotAllowed):
        account(clerk.scope, "430423105", staff_no="9")


def test_an_administrator_opens_accounts_of_the_own_area_only():
    administrator = hire(role="security_admin", division="430423105")
    open_office("xingan")
    for elsewhere in ("430423104", "430423", "152221"):
        with pytest.raises(NotThere):
            account(administrator.scope, elsewhere, staff_no="9")


def grant(scope, operator_id, role="township_clerk", division="430423105", **dates):
    return operations.grant_post(
        scope=scope,
        operator_id=operator_id,
        organisation_id=queries.organisation_by_division(division).id,
        role=role,
        valid_from=dates.get("valid_from", ON),
        valid_until=dates.get("valid_until"),
        at=AT,
    )


def test_a_post_ends_after_a_year_at_the_latest():
    scope = open_office()
    operator, _ = account(scope, "430423105")
    post = grant(scope, operator.id)
    assert post.valid_until == ON + timedelta(days=366)
    for until in (ON, ON + timedelta(days=367)):
        with pytest.raises(post_rules.PostTooLong):
            grant(scope, operator.id, division="430423", valid_until=until)


def test_no_person_grants_a_post_alone():
    administrator = hire(role="security_admin", division="430423")
    clerk = hire(role="township_clerk", division="430423105")
    with pytest.raises(grants.RequestNeeded):
        grant(administrator.scope, clerk.operator.id, division="430423")


@pytest.mark.parametrize(
    ("held", "wanted"),
    [
        ("county_clerk", "county_reviewer"),
        ("county_clerk", "fund_accountant"),
        ("fund_accountant", "auditor"),
        ("security_admin", "township_clerk"),
    ],
)
def test_one_person_never_holds_posts_that_watch_each_other(held, wanted):
    staff = hire(role=held, division="430423")
    with pytest.raises(post_rules.PostsExclude):
        grant(Scope.system("hengshan"), staff.operator.id, role=wanted, division="430423")
    assert Post.objects.filter(operator=staff.operator).count() == 1


def test_posts_of_one_family_and_posts_one_after_the_other_are_allowed():
    staff = hire(role="township_clerk", division="430423105")
    system = Scope.system("hengshan")
    grant(system, staff.operator.id, role="county_clerk", division="430423")
    later = ON + timedelta(days=400)
    grant(system, staff.operator.id, role="auditor", division="430423", valid_from=later)
    held = staff.operator.posts.order_by("id").values_list("role", flat=True)
    assert list(held) == ["township_clerk", "county_clerk", "auditor"]


def test_the_same_post_is_not_granted_twice_from_a_day():
    staff = hire(role="township_clerk", division="430423105")
    with pytest.raises(post_rules.PostTwice):
        grant(Scope.system("hengshan"), staff.operator.id)


def test_every_change_of_accounts_and_posts_leaves_one_record():
    administrator = hire(role="security_admin", division="430423")
    clerk = hire(role="township_clerk", division="430423105")
    scope = administrator.scope
    with scoped(0, 10**12):
        before = AuditRecord.objects.count()
    operations.record_certificate(
        scope=scope, operator_id=clerk.operator.id, certificate=TRAINED, at=AT
    )
    operations.renew_password(scope=scope, operator_id=clerk.operator.id, at=AT)
    operations.close_account(scope=scope, operator_id=clerk.operator.id, reason="离岗", at=AT)
    with scoped(0, 10**12):
        said = list(AuditRecord.objects.order_by("id").values_list("action", flat=True)[before:])
        assert said == [
            "access.record_certificate",
            "access.renew_password",
            "access.close_account",
        ]
        last = AuditRecord.objects.order_by("id").last()
    assert last.operator_id == scope.operator_id
    assert last.detail == {"staff_no": clerk.operator.staff_no, "reason": "离岗", "posts": 1}


def test_opening_a_region_again_changes_nothing_and_keeps_every_post_in_place():
    open_office("hengshan")
    before = list(Organisation.objects.order_by("id").values_list("id", "division", "name"))
    operations.open_region(code="hengshan", at=AT)
    assert list(Organisation.objects.order_by("id").values_list("id", "division", "name")) == before
    villages = queries.villages_of(Scope.system("hengshan").narrowed(430423105000, 430423106000))
    assert villages.count() == 12


def test_an_office_added_to_a_township_works_in_its_area():
    administrator = hire(role="system_admin", division="430423")
    township = queries.organisation_by_division("430423105")
    made = operations.add_organisation(
        scope=administrator.scope, kind="department", name="镇民政办", parent_id=township.id, at=AT
    )
    again = operations.add_organisation(
        scope=administrator.scope, kind="department", name="镇民政办", parent_id=township.id, at=AT
    )
    assert (made.id, made.area_from) == (again.id, 430423105000)
    found = queries.offices_of(administrator.scope, kinds=("department",))
    assert [one.name for one in found] == ["镇民政办"]

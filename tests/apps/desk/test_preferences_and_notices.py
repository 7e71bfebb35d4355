"""Preferences and saved lists are one's own; notices reach who they are for."""

from datetime import timedelta

import pytest

from tests.apps.access.offices import AT, hire
from tests.apps.desk import desks
from yibao.apps.access.models import Role
from yibao.apps.access.scope import NotAllowed, NotThere, Scope
from yibao.apps.desk import operations, queries
from yibao.apps.desk.operations import notices as writing
from yibao.apps.desk.operations import preferences as keeping

pytestmark = pytest.mark.django_db


@pytest.fixture
def clerk() -> Scope:
    return hire(role=Role.TOWNSHIP_CLERK, division=desks.TOWN).scope


def test_preferences_are_ours_until_the_operator_chooses(clerk, django_assert_num_queries):
    with django_assert_num_queries(1):
        first = queries.preferences(clerk.operator_id)
    assert (first.theme, first.density, first.language, first.size) == (
        "light",
        "standard",
        "zh-hans",
        50,
    )
    operations.save_preferences(operator_id=clerk.operator_id, theme="dark", size=100)
    operations.save_preferences(operator_id=clerk.operator_id, language="en", theme="nonsense")
    found = queries.preferences(clerk.operator_id)
    assert (found.theme, found.language, found.size) == ("dark", "en", 100)


def save(scope: Scope, name: str, query: str = "state=open", *, is_default: bool = False):
    return operations.save_list(
        scope=scope,
        of="unpaid",
        name=name,
        query=query,
        columns=["name"],
        is_default=is_default,
        at=AT,
    )


def test_saved_lists_have_names_of_their_own_and_one_opens_first(clerk):
    first = save(clerk, "本月", is_default=True)
    second = save(clerk, "外出", is_default=True)
    with pytest.raises(keeping.SavedNameTaken):
        save(clerk, "外出")
    found = queries.saved_lists(operator_id=clerk.operator_id, of="unpaid")
    assert {one.name: one.is_default for one in found} == {"外出": True, "本月": False}
    operations.open_first(scope=clerk, list_id=first.id)
    operations.forget_list(scope=clerk, list_id=second.id)
    found = queries.saved_lists(operator_id=clerk.operator_id, of="unpaid")
    assert [(one.name, one.is_default) for one in found] == [("本月", True)]


@pytest.mark.parametrize("query", ["text=430423198503121026", "text=13812345521"])
def test_a_persons_number_is_not_kept_in_a_saved_list(clerk, query):
    with pytest.raises(keeping.NumberInSavedList):
        save(clerk, "某人", query)


def test_nobody_touches_the_saved_lists_of_another(clerk):
    mine = save(clerk, "本月")
    other = hire(role=Role.COUNTY_CLERK, division=desks.COUNTY, name="刘芳").scope
    for act in (operations.forget_list, operations.open_first):
        with pytest.raises(NotThere):
            act(scope=other, list_id=mine.id)


def write(scope: Scope | None = None, **more):
    words = {
        "title": "系统维护",
        "text": "周六 20:00 至 22:00 停机",
        "shown_from": AT,
        "shown_until": AT + timedelta(days=2),
        "roles": [],
        "is_public": False,
        "is_urgent": False,
        "at": AT,
    }
    return operations.write_notice(scope=scope or writer(), **{**words, **more})


def writer() -> Scope:
    """Whoever may write notices, at the county."""
    from dataclasses import replace

    held = hire(role=Role.SECURITY_ADMIN, division=desks.COUNTY, name="唐敏").scope
    return replace(held, actions=held.actions | {"desk.notice"})


def shown(scope: Scope, at=AT) -> list[str]:
    return [row.notice.title for row in queries.notices_for(scope=scope, at=at)]


def test_a_notice_is_shown_for_its_time_to_its_roles_in_its_area(clerk):
    write()
    write(title="会计结账", roles=[Role.FUND_ACCOUNTANT])
    write(title="以前的", shown_from=AT - timedelta(days=3), shown_until=AT)
    write(title="以后的", shown_from=AT + timedelta(hours=1))
    assert shown(clerk) == ["系统维护"]
    assert shown(clerk, AT + timedelta(days=2)) == []


def test_a_notice_is_read_once_and_counted_until_then(clerk):
    one = write()
    assert queries.unread_count(clerk, AT) == 1
    assert operations.mark_read(scope=clerk, notice_ids=[one.id], at=AT) == 1
    assert operations.mark_read(scope=clerk, notice_ids=[one.id], at=AT) == 0
    assert queries.unread_count(clerk, AT) == 0
    assert shown(clerk) == ["系统维护"]


def test_a_withdrawn_notice_is_gone(clerk):
    one = write()
    operations.withdraw_notice(scope=writer_again(one), notice_id=one.id, at=AT)
    assert shown(clerk) == []


def writer_again(one) -> Scope:
    from dataclasses import replace

    base = Scope.system("hengshan")
    return replace(base, operator_id=one.written_by_id)


def test_only_public_notices_are_shown_before_signing_in():
    write()
    write(title="停机公告", is_public=True)
    assert [one.title for one in queries.public_notices(now=AT)] == ["停机公告"]


def test_a_notice_ends_after_it_begins_and_names_no_number(clerk):
    with pytest.raises(writing.NoticeEndsFirst):
        write(shown_until=AT)
    with pytest.raises(writing.NumberInNotice):
        write(text="请联系 13812345521")
    with pytest.raises(NotAllowed):
        write(clerk)

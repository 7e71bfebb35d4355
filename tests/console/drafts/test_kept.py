"""Nothing typed is lost, no form is done twice: expired sessions, old tabs, double submits."""

import re
from datetime import timedelta

import pytest
from django.conf import settings
from django.test import Client
from django.urls import reverse

from tests.apps.access.offices import hire
from tests.console.signed_in import sign_in_as
from yibao.apps.access.models import Organisation
from yibao.apps.desk.models import Draft, SentForm

pytestmark = pytest.mark.django_db
PAGE = "/care/institutions/new/"


@pytest.fixture
def staff():
    return hire(role="county_clerk", division="430423")


@pytest.fixture
def clerk(staff):
    """A county's clerk at the form that registers an institution."""
    return sign_in_as(role="", division="", staff=staff)


def mark_of(page) -> str:
    found = re.findall(r'name="yb_mark" value="([^"]+)"', page.content.decode())
    assert found
    return found[-1]


def filled(browser, **values):
    """The form as a browser would send it, without the area unless it is given."""
    page = browser.get(PAGE)
    given = {
        "code": "H430423009",
        "name": "新桥镇卫生院",
        "kind": "hospital",
        "level": "2",
        "area": "",
    }
    return given | values | {"yb_mark": mark_of(page)}


def test_a_form_that_meets_an_ended_session_is_kept_and_offered_after_signing_in(clerk):
    browser, scope = clerk
    given = filled(browser)
    browser.cookies.pop(settings.SESSION_COOKIE_NAME)
    answer = browser.post(PAGE, given)
    assert answer.status_code == 302
    assert answer.headers["Location"].startswith("/sign-in/?next=%2Fcare%2F")
    draft = Draft.objects.get()
    assert (draft.operator_id, draft.post_id) == (scope.operator_id, scope.post_id)
    assert "新桥镇卫生院" in draft.fields


def signed_in_again(staff) -> Client:
    client, _ = sign_in_as(role="", division="", staff=staff)
    return client


def test_every_field_is_back_in_the_form(clerk, staff):
    browser, _ = clerk
    given = filled(browser)
    browser.cookies.pop(settings.SESSION_COOKIE_NAME)
    browser.post(PAGE, given)
    again = signed_in_again(staff)
    page = again.get(PAGE).content.decode()
    assert "没有提交的内容" in page and "恢复" in page
    draft = Draft.objects.get()
    page = again.get(PAGE, {"draft": draft.id}).content.decode()
    assert "已恢复" in page
    assert '<option value="2" selected>' in page
    for name in ("code", "name"):
        assert re.search(rf'name="{name}" value="{given[name]}"', page), name


def test_a_draft_is_its_operators_only(clerk):
    browser, _ = clerk
    given = filled(browser)
    browser.cookies.pop(settings.SESSION_COOKIE_NAME)
    browser.post(PAGE, given)
    other, _ = sign_in_as(role="county_clerk", division="430423", name="罗玉")
    page = other.get(PAGE, {"draft": Draft.objects.get().id})
    assert (
        "草稿" not in page.content.decode() and 'value="新桥镇卫生院"' not in page.content.decode()
    )


def test_what_was_typed_lies_sealed(clerk):
    from django.db import connection

    browser, _ = clerk
    given = filled(browser, name="密封")
    answer = browser.post(reverse("console:draft"), given)
    assert answer.json()["kept"]
    with connection.cursor() as cursor:
        cursor.execute("select fields from desk_draft")
        (kept,) = cursor.fetchone()
    assert "密封".encode() not in bytes(kept)


def test_the_pages_script_keeps_a_draft_and_a_button_forgets_it(clerk):
    browser, _ = clerk
    given = filled(browser)
    assert "已保存草稿" in browser.post(reverse("console:draft"), given).json()["said"]
    page = PAGE
    drop = reverse("console:draft_drop", args=[Draft.objects.get().id])
    assert browser.post(drop, {"back": page}).headers["Location"] == page
    assert not Draft.objects.exists()


def test_a_draft_needs_a_mark_of_ours(clerk):
    browser, _ = clerk
    given = filled(browser) | {"yb_mark": "forged:1:2"}
    assert browser.post(reverse("console:draft"), given).status_code == 400
    assert not Draft.objects.exists()


def test_passwords_are_never_kept(clerk):
    browser, _ = clerk
    given = filled(browser) | {"password": "Xinqiao-2021", "old_password": "x"}
    browser.post(reverse("console:draft"), given)
    assert "Xinqiao" not in Draft.objects.get().fields


def test_the_same_form_twice_is_done_once(clerk):
    browser, _ = clerk
    area = str(Organisation.objects.get(division="430423105").id)
    given = filled(browser, area=area)
    first = browser.post(PAGE, given)
    assert first.status_code == 302, first.content.decode()
    second = browser.post(PAGE, given)
    assert second.headers["Location"] == first.headers["Location"]
    assert "没有再办一次" in browser.get(second.headers["Location"]).content.decode()
    assert SentForm.objects.count() == 1


def test_a_form_that_was_refused_may_be_sent_again(clerk):
    browser, _ = clerk
    given = filled(browser)
    for _turn in range(2):
        assert browser.post(PAGE, given).status_code == 422
    assert not SentForm.objects.exists()


def test_a_form_whose_first_sending_broke_off_says_so(clerk, monkeypatch):
    from yibao.apps.access import queries
    from yibao.console import kept, marks

    monkeypatch.setattr(kept, "_WAITS", 0)
    browser, scope = clerk
    given = filled(browser)
    key = marks.signing.loads(given["yb_mark"], salt="yibao.form")[-1]
    now = queries.clock().now
    sent = SentForm.objects.create(operator_id=scope.operator_id, key=key, sent_at=now)
    answer = browser.post(PAGE, given)
    assert answer.status_code == 409 and "正在办理" in answer.content.decode()
    sent.sent_at = now - timedelta(minutes=5)
    sent.save()
    answer = browser.post(PAGE, given)
    assert answer.status_code == 409 and "没有返回结果" in answer.content.decode()
    assert "填写的内容已存为草稿" in answer.content.decode()


def test_a_form_of_another_year_is_not_done(clerk):
    browser, _ = clerk
    given = filled(browser)
    answer = browser.post(PAGE + "?year=2019", given)
    assert answer.status_code == 409
    assert "E948" in answer.content.decode() and "回到表单" in answer.content.decode()


def test_an_old_tab_of_another_post_is_not_done(clerk):
    from tests.apps.access.offices import AT
    from yibao.apps.access import operations
    from yibao.apps.access.scope import Scope

    browser, scope = clerk
    given = filled(browser)
    other = operations.grant_post(
        scope=Scope.system("hengshan"),
        operator_id=scope.operator_id,
        organisation_id=scope.organisation_id,
        role="township_clerk",
        valid_from=AT.date(),
        valid_until=None,
        at=AT,
    )
    browser.post(reverse("console:posts"), {"post": other.id})
    answer = browser.post(PAGE, given)
    assert answer.status_code in (403, 409) and "E944" in answer.content.decode()


def test_a_form_without_its_token_is_kept_too(clerk):
    browser, scope = clerk
    given = filled(browser)
    strict = Client(enforce_csrf_checks=True)
    answer = strict.post(PAGE, given)
    assert answer.status_code == 403
    assert "恢复填写的内容" in answer.content.decode()
    assert Draft.objects.get().operator_id == scope.operator_id

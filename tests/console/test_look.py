"""How pages look is the reader's choice; the menu is the post's; all components are on one page."""

import re

import pytest
from django.test import Client
from django.urls import reverse

from tests.apps.access.offices import hire
from tests.console.season import late_season
from tests.console.signed_in import sign_in_as
from yibao.apps.access.roles import ROLE_ACTIONS
from yibao.apps.desk.models import Preference
from yibao.console.menu import ENTRIES, MENUS, headings_for

pytestmark = pytest.mark.django_db

SWITCH = "/preferences/"


@pytest.fixture
def staff():
    return hire(role="township_clerk", division="430423105")


@pytest.fixture
def clerk(staff):
    return sign_in_as(role="", division="", staff=staff)[0]


def html_of(answer):
    return re.search(r"<html [^>]*>", answer.content.decode())[0]


def test_who_chose_nothing_sees_the_light_theme_at_the_usual_height_in_chinese(clerk):
    plain = '<html lang="zh-CN" data-theme="light" data-density="standard">'
    assert html_of(clerk.get("/")) == plain
    assert html_of(Client().get("/sign-in/")) == plain


@pytest.mark.parametrize(
    ("name", "value", "seen"),
    [
        ("theme", "dark", 'data-theme="dark"'),
        ("theme", "contrast", 'data-theme="contrast"'),
        ("density", "compact", 'data-density="compact"'),
        ("density", "roomy", 'data-density="roomy"'),
        ("language", "en", 'lang="en"'),
    ],
)
def test_a_choice_is_seen_at_once_and_in_the_next_session(clerk, staff, name, value, seen):
    answer = clerk.post(SWITCH, {name: value, "back": "/areas/?year=2021"})
    assert answer.headers["Location"] == "/areas/?year=2021"
    assert seen in html_of(clerk.get("/"))
    assert getattr(Preference.objects.get(operator=staff.operator), name) == value
    clerk.post("/sign-out/")
    staff.half_a_minute_later()
    again, _ = sign_in_as(role="", division="", staff=staff)
    assert seen in html_of(again.get("/"))


def test_one_choice_leaves_the_others_as_they_were(clerk):
    clerk.post(SWITCH, {"theme": "dark"})
    clerk.post(SWITCH, {"density": "roomy"})
    assert 'data-theme="dark" data-density="roomy"' in html_of(clerk.get("/"))


def test_a_choice_that_there_is_not_changes_nothing(clerk):
    clerk.post(SWITCH, {"theme": '"><script>', "density": "x", "language": "xx"})
    assert 'data-theme="light" data-density="standard"' in html_of(clerk.get("/"))


@pytest.mark.parametrize("foreign", ["https://example.org/", "//example.org", "javascript:x", ""])
def test_the_switch_leads_to_no_foreign_page(clerk, foreign):
    answer = clerk.post(SWITCH, {"theme": "dark", "back": foreign})
    assert answer.headers["Location"] == "/"


def test_the_choice_in_force_is_pressed_and_the_switch_is_a_form(clerk):
    clerk.post(SWITCH, {"theme": "dark"})
    text = clerk.get("/").content.decode()
    form = re.search(r'<form class="yb-look".*?</form>', text, re.S)[0]
    assert re.findall(r'value="(\w[\w-]*)" aria-pressed="true"', form) == [
        "dark",
        "standard",
        "zh-hans",
    ]
    assert "csrfmiddlewaretoken" in form


def test_a_page_costs_no_statement_more_for_how_it_looks(clerk, django_assert_max_num_queries):
    clerk.get("/areas/")
    with django_assert_max_num_queries(20) as counted:
        clerk.get("/areas/")
    assert not [one for one in counted.captured_queries if "desk_preference" in one["sql"]]


def test_the_day_the_area_the_post_and_the_year_are_in_sight_on_every_page(clerk):
    for address in ("/", "/areas/", "/components/"):
        text = clerk.get(address).content.decode()
        bar = re.sub(r"<[^>]+>", " ", text[text.index("yb-ctx") : text.index("yb-bar-links")])
        for word in ("新桥镇", "乡镇经办", "2020-12-18"):
            assert word in bar, (address, word)


@pytest.mark.parametrize("role", [role for role in ROLE_ACTIONS if role != "system"])
def test_each_post_has_all_it_may_do_in_its_menu_exactly_once(role):
    late_season()
    client, scope = sign_in_as(role=role, division="430423")
    text = client.get("/areas/").content.decode()
    menu = text[text.index('id="menu"') : text.index("<main")]
    paths = re.findall(r'<a href="(/[^"?]*)', menu)
    allowed = [one for one in ENTRIES if not one.action or scope.allows(one.action)]
    of_post = [one for one in allowed if one.role in ("", role)]
    assert sorted(paths) == sorted(reverse(one.name) for one in of_post)
    assert ("/village/" in paths) == (role == "village_agent")


def test_a_menu_names_entries_that_exist_and_its_own_headings_first():
    known = {entry.name for entry in ENTRIES}
    for role, headings in MENUS.items():
        named = [name for _, names in headings for name in names]
        assert set(named) <= known
        assert len(named) == len(set(named))
        whole = [name for _, names in headings_for(role) for name in names]
        assert sorted(whole) == sorted(known)


def test_the_menu_is_found_by_initials(clerk):
    text = clerk.get("/").content.decode()
    assert 'data-yb-key="待办 db"' in text
    assert 'data-yb-key="未缴名单 wjmd"' in text


def test_the_page_of_components_is_open_to_every_post_and_shows_each_state(clerk):
    text = clerk.get("/components/").content.decode()
    for shown in (
        "yb-query",
        "yb-tools",
        "errsum",
        "yb-steps",
        "yb-progress",
        "yb-chart",
        "decide",
    ):
        assert f'"{shown}' in text, shown
    assert text.count('class="state"') == 4
    assert [theme in text for theme in ('data-theme="dark"', 'data-theme="contrast"')] == [True] * 2

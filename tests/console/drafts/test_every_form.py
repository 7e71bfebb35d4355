"""Every form of the console: typing survives the session; what is wrong is said twice, and linked.

The forms are not listed: they are found on every page that the policy of routes declares, over a
region where everything has happened once.
"""

import re
from urllib.parse import urlsplit

import pytest
from django.test import Client

from tests.console import everything
from tests.console.drafts.filled import forms_of
from tests.console.signed_in import sign_in_as
from yibao.apps.desk.models import Draft
from yibao.console.forms import ConsoleForm
from yibao.console.routes import routes

pytestmark = pytest.mark.django_db

# Forms without typing that could be lost, each with its reason.
NOT_KEPT = {
    "SignInForm": "before signing in there is nobody to keep it for, and passwords are never kept",
    "PasswordForm": "passwords are never kept",
    "UnlockForm": "passwords are never kept",
    "CodeForm": "a one-time code is never kept",
    "FilterForm": "goes by GET: its fields stand in the address",
    "ListForm": "goes by GET: its fields stand in the address",
    "CloseForm": "the month of a button, nothing is typed",
    "ActivateForm": "drawn by hand on the proposal's page, where its fields are met",
    "DecideForm": "drawn by hand on its page, where its fields are met",
    "MendFileForm": "a file alone, which a browser gives only once",
}


def a_classes(kind: type) -> set[type]:
    found = set(kind.__subclasses__())
    return found | {deeper for one in found for deeper in a_classes(one)}


@pytest.fixture
def seen_forms(monkeypatch):
    """The classes of forms that were drawn."""
    seen: set[str] = set()
    begin = ConsoleForm.__init__

    def noted(form, *args, **kwargs):
        seen.update(one.__name__ for one in type(form).__mro__ if issubclass(one, ConsoleForm))
        begin(form, *args, **kwargs)

    monkeypatch.setattr(ConsoleForm, "__init__", noted)
    return seen


def pages(shown):
    """Yield (browser, route, address) of every page with its own reader."""
    readers: dict[str, Client] = {}
    for name, route in routes().items():
        if "GET" not in route.methods or route.is_before_a_post:
            continue
        posts = [one for one in route.posts("POST") if one in route.posts("GET")] or list(
            route.posts("GET")
        )
        for address in shown.addresses(name) if posts else ():
            if posts[0] not in readers:
                readers[posts[0]], _ = sign_in_as(role=posts[0], division=shown.division)
            yield readers[posts[0]], route, address


def words_of(answer) -> str:
    if answer.status_code != 200 or "html" not in answer.headers["Content-Type"]:
        return ""
    return answer.content.decode()


def shown_again(browser, address, draft, form):
    mark = "&" if "?" in address else "?"
    words = words_of(browser.get(f"{address}{mark}draft={draft.id}"))
    paths = urlsplit(form.action).path
    again = [one for one in forms_of(words, address) if urlsplit(one.action).path == paths]
    return next((one for one in again if one.typed.keys() >= form.typed.keys()), None)


def test_killed_sessions_lose_no_field_of_any_form(seen_forms):
    fields = forms = 0
    lost = []
    for world in (everything.hengshan, everything.hinggan):
        for browser, route, address in pages(world()):
            for form in forms_of(words_of(browser.get(address)), address):
                if urlsplit(form.action).path.startswith("/drafts/"):
                    continue
                Draft.objects.all().delete()
                answer = Client().post(form.action, form.sent())
                assert answer.status_code in (302, 409), (route.name, answer.status_code)
                draft = Draft.objects.first()
                again = draft and shown_again(browser, address, draft, form)
                forms += 1
                for name, values in form.filled().items():
                    fields += 1
                    if again is None or again.typed.get(name) != values:
                        lost.append(f"{route.name} {name}: {again and again.typed.get(name)}")
    assert lost == [], "\n".join(lost)
    assert forms > 25 and fields > 90, (forms, fields)
    drawn = {one.__name__ for one in a_classes(ConsoleForm) if one.__module__.startswith("yibao.")}
    assert drawn - seen_forms - NOT_KEPT.keys() == set()


def test_every_form_says_what_is_wrong_in_a_summary_that_leads_to_the_field():
    told = 0
    for world in (everything.hengshan, everything.hinggan):
        for browser, route, address in pages(world()):
            for form in forms_of(words_of(browser.get(address)), address):
                empty = {name: [] if name in form.options else "" for name in form.typed}
                answer = browser.post(
                    form.action, {"csrfmiddlewaretoken": "", **form.hidden, **empty}
                )
                assert answer.status_code < 500, route.name
                if answer.status_code != 422:
                    continue
                words = answer.content.decode()
                summary = re.search(
                    r'<div class="errsum" role="alert" tabindex="-1">.*?</ul>', words, re.S
                )
                assert summary, f"{route.name} says nothing above the form"
                for to, said in re.findall(r'<a href="#([^"]+)">(.*?)</a>', summary[0]):
                    assert f'id="{to}"' in words, f"{route.name}: no field {to}"
                    beside = words.replace(summary[0], "")
                    assert said in beside, f"{route.name}: {said} is not beside the field"
                told += 1
    assert told > 15, told

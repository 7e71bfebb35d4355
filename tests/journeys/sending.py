"""Finds every form of every page, fills it in a browser without scripts, sends it, judges the answer.

A case is one button of one form of one page; a form that stands on a page in many rows is one.
"""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urljoin, urlsplit

from django.urls import Resolver404, resolve

from tests.console import everything
from tests.console.contents import ALL, Content, File, Found, Label, Mended, contents
from tests.console.everything import Shown
from tests.proof.page_forms import Field, Form, all_forms_of
from tests.proof.probed import OWN, World
from yibao.console.routes import Route

# Who opens a page first: the posts that are offered most acts.
_ORDER = (
    "county_clerk",
    "county_reviewer",
    "township_clerk",
    "policy_officer",
    "fund_accountant",
    "medical_clerk",
    "security_admin",
    "system_admin",
    "village_agent",
    "auditor",
)
# Pages on which others are offered what the first is not.
_ALSO = {"desk:notices": ("system_admin",), "policy:cells": ("county_reviewer",)}
_TYPED = ("text", "textarea", "number", "date", "search", "tel", "password", "email")
# Fields of an entry grid; lines that nobody fills in stay empty.
_GRID = "g-"


@dataclass(frozen=True)
class Case:
    """A button to press: in which post, on which page, in which of its forms."""

    shown: Shown
    page: str
    role: str
    address: str
    form: Form
    to: str
    button: tuple[str, str]

    @property
    def name(self) -> str:
        """What tells it from every other."""
        pressed = "=".join(self.button) if self.button[0] else "its button"
        where = f"{self.shown.region} {self.page}"
        return f"{where}: {self.form.method} {self.to} by {self.role}, {pressed}"


def cases(world: World, *, is_whole: bool, only: Callable[[str], bool] | None = None) -> list[Case]:
    """Return every case of all pages, or of those that `only` wants.

    `is_whole`: each page is opened by every post that may, else by the first.
    """
    found: dict[tuple[object, ...], Case] = {}
    for shown in world.shown:
        for page, route in everything.seen_routes():
            if only is not None and not only(page):
                continue
            for address in shown.addresses(page):
                for role, html in _opened(world, shown, route, address, is_whole=is_whole):
                    for one in _of_page(shown, page, role, address, html):
                        names = frozenset(each.name for each in one.form.fields)
                        where = shown.region if one.form.is_of_frame else (shown.region, page)
                        found.setdefault((where, one.form.method, one.to, one.button, names), one)
    return list(found.values())


def _opened(
    world: World, shown: Shown, route: Route, address: str, *, is_whole: bool
) -> Iterator[tuple[str, str]]:
    """Yield the posts that see the page with what they see."""
    posts = [role for role in _ORDER if role in route.posts()]
    wanted = {*route.posts("POST")[:1], *_ALSO.get(route.name, ())} if not is_whole else set(posts)
    has_opened = False
    for role in posts:
        if has_opened and role not in wanted:
            continue
        answer = world.client(shown, role, OWN).get(address)
        kind = answer.headers.get("Content-Type", "")
        if answer.status_code == 200 and "html" in kind and not answer.streaming:
            has_opened = True
            yield role, answer.content.decode()


def _of_page(shown: Shown, page: str, role: str, address: str, html: str) -> Iterator[Case]:
    # What a script copies later is no part of the page yet.
    for form in all_forms_of(re.sub(r"<template.*?</template>", "", html, flags=re.DOTALL)):
        path = urlsplit(urljoin(address, form.action or address)).path
        try:
            to = resolve(path).view_name
        except Resolver404:
            to = f"nowhere: {path}"
        for button in form.buttons:
            yield Case(shown, page, role, address, form, to, button)


# -- Filling in ------------------------------------------------------------------------------


@dataclass
class Filled:
    """A form that is filled in, with what was typed or chosen by hand."""

    given: dict[str, str] = field(default_factory=dict)


class Hand:
    """Fills a form in a page as a person does; only what is seen is touched."""

    def __init__(self, page: Any, case: Case) -> None:
        self._page, self._case = page, case
        self.form = page.locator("form").nth(case.form.place)
        self._given = contents(case.shown.region, case.to)
        self.filled = Filled()

    def fill(self) -> None:
        """Fill in every field; open what is folded first."""
        self._unfold()
        for name in dict.fromkeys(one.name for one in self._case.form.fields):
            fields = [one for one in self._case.form.fields if one.name == name]
            if fields[0].kind in ("hidden", "submit"):
                continue
            self._fill(name, fields)

    def press(self) -> None:
        """Press the button of the case."""
        name, value = self._case.button
        buttons = self.form.locator("button:not([type=button]), input[type=submit]")
        if name:
            found = self.form.locator(f'[name="{name}"][value="{value}"]').first
        else:
            found = buttons.and_(self._page.locator(":not([name])")).first
        if "sr" in (found.get_attribute("class") or "").split():
            found.press("Enter")  # for the keyboard only
            return
        # One that may not be pressed now looks so; without scripts it can be pressed all the same.
        found.click(force=found.get_attribute("aria-disabled") == "true")

    def _unfold(self) -> None:
        for folded in (
            self.form.locator("xpath=ancestor::details[not(@open)]"),
            self.form.locator("details:not([open]):not(.yb-help)"),
        ):
            while folded.count():
                folded.first.locator("> summary").click()

    def _fill(self, name: str, fields: list[Field]) -> None:
        kind, content = fields[0].kind, self._given.get(name)
        if name.endswith("_q") and isinstance(self._given.get(name[:-2]), Found):
            self._find(name[:-2], self._given[name[:-2]])
        elif kind == "file":
            self._upload(name, content)
        elif kind == "select":
            self._choose(name, fields[0], content)
        elif kind == "radio":
            self._mark(name, content)
        elif kind == "checkbox":
            self._tick(name, content)
        elif kind in _TYPED and isinstance(content, str):
            self._at(name).first.fill(content)
            self.filled.given[name] = content

    def _at(self, name: str) -> Any:
        return self.form.locator(f'[name="{name}"]')

    def _choose(self, name: str, drawn: Field, content: Content | None) -> None:
        choices = [one for one in drawn.choices if one]
        if isinstance(content, Label):
            lines = self._at(name).locator("option", has_text=content.words)
            content = lines.first.get_attribute("value") if lines.count() else None
        if content not in drawn.choices:
            must = self._case.form.method == "post" and not name.startswith(_GRID)
            content = choices[0] if must and not drawn.value and choices else None
        if isinstance(content, str):
            self._at(name).select_option(content)
            self.filled.given[name] = content

    def _mark(self, name: str, content: Content | None) -> None:
        if isinstance(content, str):
            self.form.locator(f'[name="{name}"][value="{content}"]').check()
        elif not self.form.locator(f'[name="{name}"]:checked').count():
            self._at(name).first.check()

    def _tick(self, name: str, content: Content | None) -> None:
        if content == ALL:
            for one in self._at(name).all():
                one.check()
        elif isinstance(content, tuple):
            for value in content:
                boxes = self.form.locator(f'[name="{name}"][value="{value}"]')
                (boxes if boxes.count() else self._at(name)).first.check()

    def _upload(self, name: str, content: Content | None) -> None:
        if isinstance(content, Mended):
            errors = self._page.request.get(urljoin(self._case.address, content.of)).body()
            mended = content.mended(errors)
            content = File("错误行.xlsx", lambda: mended)
        if isinstance(content, File):
            kind = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
            file = {"name": content.name, "mimeType": kind, "buffer": content.content()}
            self._at(name).set_input_files(file)

    def _find(self, name: str, content: Found) -> None:
        """Look for it with the picker's own button, and take the first that is listed."""
        if self._case.button[0] == "find":
            self._at(f"{name}_q").fill(content.words)
            return
        self._at(f"{name}_q").fill(content.words)
        self.form.locator(f'[name="find"][value="{name}"]').click()
        self.form = self._page.locator("form").filter(has=self._page.locator(f'[name="{name}_q"]'))
        self._at(f"{name}_pick").first.check()


# -- The answer ------------------------------------------------------------------------------

DONE, REFUSED = "done", "refused"
_LOST = "what was typed is lost"
_SAID = "main [role=alert] li, main .state p"


@dataclass(frozen=True)
class Answer:
    """What a form that was sent led to, and what is wrong with it ("" for nothing)."""

    outcome: str
    wrong: str = ""
    said: str = ""  # the words of a refusal
    is_silent: bool = False  # done, and the next page does not say so


class Sender:
    """A browser of a post that sends forms, and remembers what the server answered."""

    def __init__(self, page: Any) -> None:
        self._page = page
        self._answers: list[Any] = []
        page.on("response", self._note)

    def _note(self, response: Any) -> None:
        if response.request.is_navigation_request():
            self._answers.append(response)

    def send(self, case: Case) -> Answer:
        """Open the page, fill in the form, press the button; look at what comes."""
        self._page.goto(case.address, wait_until="load")
        hand = Hand(self._page, case)
        hand.fill()
        self._answers.clear()
        hand.press()
        if not self._answers:
            return Answer(REFUSED, "nothing was sent")
        return self.judged(case, hand.filled)

    def confirm(self, case: Case, code: str) -> Answer:
        """Give the code that the page asks for once more; look at what comes."""
        self._answers.clear()
        self._page.locator('main [name="step_up_code"]').fill(code)
        self._page.locator("main form button").first.click()
        return self.judged(case, Filled())

    def judged(self, case: Case, filled: Filled) -> Answer:
        """Look at the answer to what was sent."""
        statuses = [one.status for one in self._answers]
        first, last = self._answers[0], self._answers[-1]
        if max(statuses) >= 500:
            return Answer(REFUSED, f"answered {max(statuses)}")
        if "attachment" in last.headers.get("content-disposition", ""):
            return Answer(DONE)
        if wrong := self._is_no_page():
            return Answer(REFUSED, wrong)
        if first.status in (302, 303) or (case.form.method == "get" and last.status == 200):
            bad = self._page.locator(".yb-messages .k-bad").all_inner_texts()
            wrong = "" if last.status in (200, 409) else f"leads to {last.status}"
            is_silent = not self._page.locator(".yb-messages .note").count()
            return Answer(REFUSED if bad else DONE, wrong, " ".join(bad), is_silent)
        if last.status == 200:
            return Answer(DONE)
        said = " ".join(self._page.locator(_SAID).all_inner_texts())
        return Answer(REFUSED, self._is_not_told(last.status, said, filled), said)

    def _is_no_page(self) -> str:
        """Tell why what came is no page of ours."""
        html = self._page.content()
        if "Traceback" in html:
            return "a traceback"
        if not self._page.title().strip():
            return "a page without a title"
        main = self._page.locator("main")
        if main.count() != 1 or not main.inner_text().strip():
            return "a page without its main part"
        return ""

    def _is_not_told(self, status: int, said: str, filled: Filled) -> str:
        """Tell what a refusal lacks: what to do, and what was typed."""
        if not said.strip():
            return f"{status} without words of what to do"
        if status == 422:
            lost = [name for name, value in filled.given.items() if not self._stands(name, value)]
            return f"{_LOST}: {', '.join(lost)}" if lost else ""
        if filled.given and "草稿" not in self._page.locator("main").inner_text():
            return f"{status}: {_LOST}"
        return ""

    def _stands(self, name: str, value: str) -> bool:
        """Tell whether a field still holds what was typed."""
        fields = self._page.locator(f'main [name="{name}"]')
        return any(one.input_value() == value for one in fields.all())

"""Hands that only have a keyboard: what they press is counted, the mouse is dead, the eye sees.

    hands = Hands(open_page)
    hands.sign_in(staff)
    hands.press("F2").type("WJH").press("Enter")
    hands.at("王*华")           # the focus stands on a link or field of these words

Playwright's own clicking, filling and focusing are not used: a script of the context stops every
event of a pointer and counts it, and `done` fails where there was one. `tab` presses Tab until the
focus stands on what is wanted, fails beyond the most presses allowed, and looks each time whether
the focus can be seen.
"""

import json
import os
from pathlib import Path
from typing import Any, Self

from tests.apps.access.offices import AT, Staff
from tests.journeys.arriving import STEP_MS, STEPS
from yibao.apps.access.models import OperatorSession

_NO_MOUSE = """
window.ybMouse = 0;
for (const kind of ["mousedown", "mouseup", "pointerdown", "pointerup", "dblclick", "wheel",
                    "contextmenu", "touchstart"]) {
  window.addEventListener(kind, (event) => {
    window.ybMouse += 1; event.preventDefault(); event.stopImmediatePropagation();
  }, {capture: true, passive: false});
}
// A click made by a key has no place and no presses; one of a pointer has.
window.addEventListener("click", (event) => {
  if (event.detail > 0) {
    window.ybMouse += 1; event.preventDefault(); event.stopImmediatePropagation();
  }
}, true);
window.ybPrints = 0;
window.print = () => { window.ybPrints += 1; };
"""
# A page that stands says what it says; what a script fetches into it may come a little later.
STEPS_UNTIL_SAID = 400
# The words by which a person knows what has the focus: its label, or what is written on it.
_WORDS = """() => {
  const one = document.activeElement;
  if (!one || one === document.body) { return ""; }
  const label = one.labels && one.labels.length
    ? Array.from(one.labels, (each) => each.textContent).join(" ") : "";
  return [one.getAttribute("aria-label") || "", label, one.textContent.trim().slice(0, 200),
          one.type === "radio" || one.type === "checkbox" ? one.value : ""].join(" ");
}"""
_IS_SEEN = """() => {
  const one = document.activeElement;
  if (!one || one === document.body) { return true; }
  const look = getComputedStyle(one), box = one.getBoundingClientRect();
  const ring = look.outlineStyle !== "none" && parseFloat(look.outlineWidth) >= 2;
  return ring && box.width > 0 && box.height > 0 && box.bottom > 0 && box.right > 0
    && box.top < innerHeight && box.left < innerWidth;
}"""


class Hands:
    """A person at a desk without a mouse."""

    def __init__(self, open_page: Any, *, scripts: bool = True) -> None:
        """Open a window of 1440 px in which pointers do nothing."""
        self.page = open_page("desktop", scripts=scripts)
        # Listened for from the start: the browser only then leaves choosing to us, and says so
        # some time after it was told.
        self._choosers: list[Any] = []
        self.page.on("filechooser", lambda chooser: self._choosers.append(chooser))
        self.scripts = scripts
        self.keys = 0
        if scripts:
            self.page.add_init_script(_NO_MOUSE)

    def press(self, *keys: str) -> Self:
        """Press these keys, each counted once, and wait for where they lead."""
        for key in keys:
            self.keys += 1
            self.page.keyboard.press(key)
        return self

    def type(self, text: str) -> Self:
        """Type these letters; each is a key."""
        self.keys += len(text)
        self.page.keyboard.type(text)
        return self

    def replace(self, text: str) -> Self:
        """Type over what stands in the field."""
        return self.press("Control+a").type(text)

    def choose(self, label: str, most: int = 30) -> Self:
        """Walk through the choices of the list that has the focus until this one."""
        for _ in range(most):
            if label in self.page.evaluate("document.activeElement.selectedOptions[0].textContent"):
                return self
            self.press("ArrowDown")
        raise AssertionError(f"{label} is not among the choices of {self.words()}")

    def choose_file(self, place: Path) -> Self:
        """Open the system's window for choosing a file by the key, and choose this one there."""
        self.press("Space")
        for _ in range(STEPS):
            if self._choosers:
                self._choosers.pop().set_files(place)
                return self
            self.page.wait_for_timeout(STEP_MS)
        raise AssertionError(f"no window to choose a file opens on {self.words()!r}")

    def tab(self, words: str, *, most: int = 12, back: bool = False) -> Self:
        """Press Tab until the focus stands on this; more presses than `most` are too many."""
        for _ in range(most):
            self.press("Shift+Tab" if back else "Tab")
            self._sees()
            # Without scripts Tab meets the help beside a field's name: it is not the field.
            if words in self.words() and (self.scripts or not self.words().endswith("的说明")):
                return self
        raise AssertionError(f"{most} presses of Tab do not reach {words!r}: {self.words()!r}")

    def rows(self, words: str, most: int = 12) -> Self:
        """Go down through the rows of the page's list until this one."""
        for _ in range(most):
            self.press("ArrowDown")
            if words in self.words():
                return self.at(words)
        raise AssertionError(f"{most} rows down there is no {words!r}: {self.words()!r}")

    def words(self) -> str:
        """Return what is written on what has the focus."""
        return str(self.page.evaluate(_WORDS)).strip()

    def at(self, words: str) -> Self:
        """See that the focus stands here, and that it can be seen."""
        assert words in self.words(), f"the focus stands on {self.words()!r}, not {words!r}"
        self._sees()
        return self

    def reads(self, words: str) -> Self:
        """See that the page says this, or comes to say it."""
        for _ in range(STEPS_UNTIL_SAID):
            text = self.page.locator("main").inner_text()
            if words in text:
                return self
            self.page.wait_for_timeout(STEP_MS)
        raise AssertionError(f"{words!r} is not on {self.page.url}:\n{text[:1500]}")

    def menu(self, initials: str) -> Self:
        """Go to an entry of the menu by the initials of its syllables."""
        return self.press("Alt+j").at("菜单").type(initials).press("Enter")

    def skip(self) -> Self:
        """Leave the frame for the page itself, by the first link; not twice on one page."""
        if self.page.url.endswith("#main"):
            return self
        return self.press("Tab").at("跳到正文").press("Enter")

    def sign_in(self, staff: Staff, heading: str = "今天要办的事") -> Self:
        """Sign in with the second factor, and count from the first page on."""
        self.page.goto("/")
        if "工号" not in self.words():
            self.tab("工号")
        self.type(staff.operator.staff_no).press("Tab").at("密码")
        self.type(staff.one_time_password).press("Enter")
        if self.scripts and "下一步" in self.words():
            self.press("Enter")
        staff.half_a_minute_later()
        if "动态码" not in self.words():
            self.tab("动态码")
        self.type(staff.code()).press("Enter")
        if self.scripts and "下一步" in self.words():
            self.press("Enter")
        self.reads(heading)
        self.keys = 0
        return self

    def long_ago(self) -> Self:
        """Let so much time pass since signing in that a dangerous act asks for the code again."""
        OperatorSession.objects.update(confirmed_at=AT)
        return self

    def step_up(self, staff: Staff) -> Self:
        """Prove again who sits here: the page asks, the cursor stands in its field."""
        self.reads("再次验证动态码")
        staff.half_a_minute_later()
        if self.page.url.endswith("#main"):
            # A browser does not obey autofocus where the address leads to a part of the page.
            self.tab("动态码", most=4)
        return self.at("动态码").type(staff.code()).press("Enter")

    def done(self, task: str, most: int) -> None:
        """See that no pointer was used and not too many keys; keep the count if asked to."""
        if self.scripts:
            assert self.page.evaluate("window.ybMouse") == 0
        place = os.environ.get("YIBAO_KEYSTROKES")
        if place:
            with Path(place).open("a", encoding="utf-8") as file:
                line = {"task": task, "keys": self.keys, "scripts": self.scripts}
                file.write(json.dumps(line, ensure_ascii=False) + "\n")
        assert self.keys <= most, f"{task}: {self.keys} keys, more than {most}"

    def _sees(self) -> None:
        """See where the focus is; the window may still be moving there."""
        for _ in range(10):
            if self.page.evaluate(_IS_SEEN):
                return
            self.page.wait_for_timeout(50)
        raise AssertionError(f"the focus cannot be seen on {self.words()!r}")

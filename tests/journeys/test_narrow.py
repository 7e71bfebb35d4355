"""On a telephone nothing has to be moved sideways, and a box to tick stands beside its label."""

import pytest

pytestmark = [pytest.mark.journey, pytest.mark.django_db(transaction=True)]

# Pages with wide tables, lines of many fields or long words.
ROUTES = (
    "policy:cells",
    "console:my_sessions",
    "access:operator",
    "enrolment:household",
    "care:register",
    "collection:collect",
    "subsidy:upload",
)
WIDTH, HEIGHT = 390, 844
# What reaches over the edge outside a box that moves, the innermost, for the message.
_OVER = """width => {
    const moves = one => one && one !== document.body && one !== document.documentElement
        && (["auto", "scroll"].includes(getComputedStyle(one).overflowX) || moves(one.parentElement));
    const over = [...document.querySelectorAll("body *")].filter(
        one => one.getBoundingClientRect().right > width + 1 && !moves(one.parentElement));
    return over.filter(one => !over.some(other => other !== one && one.contains(other)))
        .map(one => one.outerHTML.slice(0, 160)).slice(0, 5);
}"""
# Boxes that move and that a hand without a mouse cannot reach, or that tell no name.
_MUTE = """() => [...document.querySelectorAll("main *")].filter(one =>
    one.scrollWidth > one.clientWidth + 1
    && ["auto", "scroll"].includes(getComputedStyle(one).overflowX)
    && !["SELECT", "TEXTAREA"].includes(one.tagName)
    && !(one.tabIndex >= 0 && (one.getAttribute("aria-label") || one.getAttribute("aria-labelledby"))))
    .map(one => one.outerHTML.slice(0, 160))"""

# Boxes to tick whose label stands on another line, or does not tick them.
_APART = """() => [...document.querySelectorAll(".field > input[type=checkbox]")].filter(one => {
    const label = one.labels[0], box = one.getBoundingClientRect();
    if (!label) return true;
    const line = document.createRange();
    line.selectNodeContents(label);
    const words = line.getClientRects()[0], before = one.checked;
    label.click();
    const ticks = one.checked !== before;
    return !ticks || words.left < box.right || Math.abs(words.top + words.bottom - box.top - box.bottom) > 8;
}).map(one => one.outerHTML.slice(0, 160))"""


def test_no_page_is_wider_than_a_telephone(walk, picture):
    wrong: list[str] = []
    seen = set()
    for name, page in walk.pages(only=ROUTES):
        page.set_viewport_size({"width": WIDTH, "height": HEIGHT})
        seen.add(name)
        across = page.evaluate("document.documentElement.scrollWidth")
        if across > WIDTH:
            wrong.append(f"{name} is {across} wide: {page.evaluate(_OVER, WIDTH)}")
        wrong += [f"{name} has a box without name or focus: {one}" for one in page.evaluate(_MUTE)]
        wrong += [f"{name}: label and box are apart: {one}" for one in page.evaluate(_APART)]
        picture(
            page,
            f"narrow-{walk.shown.region}-{page.url.split('?')[0].split('/', 3)[3].strip('/').replace('/', '-')}",
        )
    assert wrong == [], "\n".join(wrong)
    # Institutions and sessions are in every region; the others in one or the other.
    assert {"console:my_sessions", "care:register"} <= seen

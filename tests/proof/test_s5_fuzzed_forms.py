"""S5: forms are sent what nobody should send: no 5xx, nothing comes back raw, the summary stands."""

import contextlib
from datetime import date
from urllib.parse import urlsplit

import hypothesis
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test.utils import override_settings
from hypothesis import strategies as st

from tests import scanning
from tests.proof.page_forms import forms_of
from tests.proof.probed import OWN, undone, world
from yibao.console.routes import routes
from yibao.core.identity import make_resident_number

MARK = "<yb\"'&"
RAW = ("<yb", "yb\"'", 'yb"&#x27;', "yb&quot;'")
SUMMARY = 'class="errsum"'


@contextlib.contextmanager
def template_changed(name, change):
    """Let one template be drawn otherwise: `change(template, context, draw)` draws it."""
    from django.template.base import Template

    drawn = Template._render

    def otherwise(self, context):
        if self.origin is not None and self.origin.template_name == name:
            return change(self, context, drawn)
        return drawn(self, context)

    Template._render = otherwise
    try:
        yield
    finally:
        Template._render = drawn


def escaping_off_in_one_template():
    def unescaped(template, context, draw):
        kept, context.autoescape = context.autoescape, False
        try:
            return draw(template, context)
        finally:
            context.autoescape = kept

    return template_changed("django/forms/widgets/input.html", unescaped)


def no_summary():
    return template_changed("web/errors.html", lambda *_: "")


@contextlib.contextmanager
def a_view_raises():
    from yibao.console.forms import ConsoleForm

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(ConsoleForm, "is_valid", lambda self: 1 // len(self.files) > 0)
        yield


FAULTS = {
    "escaping_off_in_one_template": escaping_off_in_one_template,
    "no_summary": no_summary,
    "a_view_raises": a_view_raises,
}

nasty = st.sampled_from(
    [
        MARK,
        f"{MARK}<script>alert(1)</script>",
        f"javascript:{MARK}",
        f"{{{{ {MARK} }}}}{{% {MARK} %}}",
        f"' or 1=1 -- {MARK}",
        f"=cmd|' /C calc'!A0{MARK}",
        f"\u202e{MARK}\u0000",
        f"\ud7ff\U0001f9d1\u200d{MARK}",
        "",
        " ",
        "0",
        "-1",
        "1e309",
        "NaN",
        "9" * 400,
        "9223372036854775808",
        "2021-02-30",
        "0000-00-00",
        "99999-01-01",
        "../../etc/passwd",
        "%00%0d%0aSet-Cookie: a=b",
    ]
)
words = nasty | st.text(max_size=60).map(lambda text: text + MARK) | st.text(max_size=200)
numbers = st.integers(-(10**19), 10**19).map(str) | st.decimals(allow_nan=True).map(str) | nasty
days = st.dates().map(str) | nasty
good = st.sampled_from(
    [
        "2020-12-18",
        "2021",
        "280.00",
        "1",
        "王建华",
        make_resident_number("430423", date(1980, 5, 6), "male", 7),
    ]
)
contents = st.sampled_from(
    [
        b"",
        b"PK\x03\x04 no archive",
        b"\xff\xfe" + b"\x00" * 64,
        "姓名,身份证号\r\n".encode() + MARK.encode(),
        b"<html>" + MARK.encode(),
        b"%PDF-1.4 " + MARK.encode(),
    ]
) | st.binary(max_size=400)
files = st.builds(
    SimpleUploadedFile,
    st.sampled_from(["a.xlsx", f"{MARK}.xlsx", "a.csv", "a.exe", "名单.xls"]),
    contents,
)


def of_field(field):
    """What may be sent in a field: rarely what it asks for; absent is a possibility too."""
    if field.kind == "file":
        return files
    if field.choices:
        listed = st.sampled_from(field.choices)
        return listed | listed | words
    if field.kind in ("number",):
        return numbers | good
    if field.kind == "date":
        return days | good
    if field.kind == "checkbox":
        return st.sampled_from(["on", MARK])
    return words | good | numbers


def posts_of(form):
    """A strategy for what is sent: hidden fields mostly as they are, others anything or absent."""
    whole, absent = {}, {}
    for field in form.fields:
        if field.kind == "hidden":
            whole[field.name] = (
                st.just(field.value)
                if field.name[:2] == "yb"
                else (st.just(field.value) | st.just(field.value) | st.just(field.value) | words)
            )
        else:
            absent[field.name] = of_field(field)
    return st.fixed_dictionaries(whole, optional=absent)


def found_forms(asked):
    """Every form of every route that is posted to: (route, address, browser, form)."""
    found, none = [], []
    for name, route in routes().items():
        if "POST" not in route.methods or route.is_before_a_post:
            continue
        shown, addresses = asked.of(name)
        posts = route.posts("POST")
        if not posts:
            continue
        client = asked.client(shown, posts[0], OWN)
        forms = []
        for address in addresses[:2]:
            page = client.get(address) if "GET" in route.methods else None
            if page is not None and page.status_code == 200:
                own = [
                    form
                    for form in forms_of(page.content.decode())
                    if form.action in ("", address, urlsplit(address).path)
                ]
                forms += [(name, address, client, form) for form in own]
        if not forms:
            # Reached by a form of another page: whatever is sent, it answers with a page.
            none.append(name)
            forms = [(name, addresses[0], client, None)]
        found += forms
    return found, none


def faults_of(answer, name):
    """What is wrong with an answer."""
    if answer.status_code >= 500 and answer.status_code != 503:
        return f"{name}: {answer.status_code}"
    if "text/html" not in answer.headers.get("Content-Type", ""):
        return ""
    html = answer.content.decode()
    if raw := next((words for words in RAW if words in html), ""):
        at = html.index(raw)
        return f"{name}: reflected raw: {html[max(0, at - 60) : at + 60]!r}"
    if answer.status_code == 422 and SUMMARY not in html and 'role="alert"' not in html:
        return f"{name}: a form comes back without its error summary"
    return ""


def sent(client, address, given, name):
    """Post, take back whatever it wrote, follow where it leads; return what is wrong."""
    with undone(), scanning.typed(" ".join(map(str, given.values()))):
        answer = client.post(address, given)
        said = faults_of(answer, name)
        if not said and answer.status_code == 302:
            said = faults_of(client.get(answer.headers["Location"]), f"{name}, the page after")
    return said


anything = st.dictionaries(st.sampled_from(["next", "q", "name", "reason", "action", "id"]), words)


def fuzz(proof, each, name, address, client, form):
    """Send a form so often. One with few possible contents is sent as it is, for the rest."""

    @hypothesis.seed(proof.seed)
    @hypothesis.settings(
        max_examples=each,
        deadline=None,
        database=None,
        phases=[hypothesis.Phase.generate],
        suppress_health_check=list(hypothesis.HealthCheck),
    )
    @hypothesis.given(posts_of(form) if form else anything)
    def send(given):
        said = sent(client, address, given, name)
        assert not said, f"{said}, sent {given!r:.300}"
        proof.count()

    before = proof.done
    send()
    while proof.done - before < each:
        said = sent(client, address, form.filled() if form else {"q": MARK}, name)
        assert not said, said
        proof.count()


@pytest.mark.heavy
@pytest.mark.proof(
    "S5",
    "every form of every route is sent what nobody should send: no 5xx, nothing reflected raw, an"
    " error summary where the form comes back",
    unit="posts",
    landing=5_000,
    small=120,
    late=True,
)
@pytest.mark.django_db
@override_settings(DEBUG=False)
def test_forms_bear_whatever_is_sent(proof):
    asked = world()
    found, none = found_forms(asked)
    each = -(-proof.size // len(found))
    with proof.broken():
        for name, address, client, form in found:
            client.raise_request_exception = False
            fuzz(proof, each, name, address, client, form)
    proof.note(
        f"{len(found)} forms of {len({name for name, *_ in found})} routes, {len(none)} without one of their own"
    )

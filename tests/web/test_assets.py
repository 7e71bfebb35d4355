"""Static files: named by what they hold, cached for a year, packed, and asked for only once."""

import gzip
import re
from pathlib import Path

import pytest
from django.contrib.staticfiles import finders
from django.templatetags.static import static
from django.test import Client

import yibao

SHEET = Path(yibao.__file__).parent / "web" / "static" / "web" / "yibao.css"


def body(answer):
    return b"".join(answer.streaming_content)


def test_a_page_names_a_file_with_its_digest():
    assert re.fullmatch(r"/static/web/yibao\.[0-9a-f]{12}\.css", static("web/yibao.css"))


def test_what_is_no_file_of_ours_keeps_its_name():
    assert static("web/nothing.css") == "/static/web/nothing.css"


def test_a_file_under_its_digest_is_kept_for_a_year_and_comes_packed():
    answer = Client().get(static("web/yibao.css"), headers={"accept-encoding": "gzip, br"})
    assert answer.headers["Cache-Control"] == "max-age=31536000, public, immutable"
    assert answer.headers["Content-Encoding"] == "gzip"
    assert answer.headers["Content-Type"] == "text/css; charset=utf-8"
    assert answer.headers["Vary"] == "Accept-Encoding"
    content = body(answer)
    assert int(answer.headers["Content-Length"]) == len(content) < SHEET.stat().st_size // 3
    assert gzip.decompress(content) == SHEET.read_bytes()


def test_a_browser_that_unpacks_nothing_gets_the_plain_file():
    answer = Client().get(static("web/yibao.css"))
    assert "Content-Encoding" not in answer.headers
    assert body(answer) == SHEET.read_bytes()


def test_a_file_under_its_plain_name_is_asked_for_again_and_not_sent_twice():
    answer = Client().get("/static/web/yibao.css")
    assert answer.headers["Cache-Control"] == "max-age=60, public"
    again = Client().get("/static/web/yibao.css", headers={"if-none-match": answer.headers["ETag"]})
    assert again.status_code == 304
    assert body(again) == b""


@pytest.mark.django_db
def test_an_old_digest_is_not_there_and_nothing_else_is_done_to_a_file():
    old = static("web/yibao.css").replace(".css", "0.css")
    assert Client().get(old).status_code == 404
    assert Client().post(static("web/yibao.css")).status_code == 405
    assert body(Client().head(static("web/yibao.css"))) == b""


def test_the_frame_weighs_little_on_a_slow_line():
    frame = (
        "tokens.css",
        "yibao.css",
        "vendor/tabler.used.css",
        "yibao.js",
        "frame.js",
        "mark.svg",
    )
    headers = {"accept-encoding": "gzip"}
    sizes = {
        name: len(body(Client().get(static(f"web/{name}"), headers=headers))) for name in frame
    }
    assert sum(sizes.values()) < 45_000, sizes


def test_servers_of_django_itself_find_a_file_by_its_digest():
    name = static("web/yibao.css").removeprefix("/static/")
    assert finders.find(name) == str(SHEET)
    assert finders.find(name.replace(".css", "0.css")) is None

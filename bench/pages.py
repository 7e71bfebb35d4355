"""The console's pages at a million people: 20 clerks at once, and the first view on a slow line.

A real server (two processes) answers over loopback; each of 20 clerks, signed in with both factors
in a post of a township or of the county, asks for a page about every second: searches, lists,
people, households, and cash that is really taken. What is told is the time until the whole answer
is there, p95 of each kind; the other side is the same request made by one clerk alone. `limit` says
what the office is promised: 300 ms (search: the query within 100 ms is `yibao bench search`'s).
The first view is Chromium's first contentful paint on 1 Mbit/s and 200 ms; the other side is the
same without that line. Bytes are what a page's style, script and fonts weigh on the wire.
"""

import contextlib
import http.client
import os
import random
import re
import statistics
import subprocess
import sys
import threading
import time
from collections import defaultdict
from collections.abc import Callable, Iterator
from urllib.parse import quote, urlencode

from bench import pages_people, pages_view
from bench.pages_people import Clerk, Known

PEOPLE = int(os.environ.get("YIBAO_BENCH_PEOPLE", "1000000"))
CLERKS, SECONDS, PAUSE, PORT = 20, 60, 1.0, 8799
LIMIT_MS = 300
DATABASE = "yibao_bench_pages"
_HIDDEN = re.compile(r'<input type="hidden" name="([^"]+)" value="([^"]*)"')


def run() -> list[dict[str, object]]:
    """Fill, serve, ask, and tell the times of each kind of page."""
    from yibao.database.service import close_connections, database_at_hand

    with database_at_hand(name=DATABASE, fresh=True):
        begun = time.perf_counter()
        known = pages_people.fill(PEOPLE)
        _say(f"{PEOPLE:,} people in {time.perf_counter() - begun:.0f} s")
        clerks = pages_people.hire(CLERKS)
        dues = pages_people.open_dues(clerks)
        close_connections()
        with _served():
            browsers = [Browser(clerk) for clerk in clerks]
            for browser in browsers:
                browser.sign_in()
            alone = _asked(browsers[:1], known, dues, seconds=SECONDS // 3, pause=0.05)
            together = _asked(browsers, known, dues, seconds=SECONDS, pause=PAUSE)
            views = pages_view.views(f"http://127.0.0.1:{PORT}", browsers[3].cookies, known[0])
    return [*_told(together, alone), *views]


class Browser:
    """One clerk's connection: keeps it open, keeps the cookies, follows nothing."""

    def __init__(self, clerk: Clerk) -> None:
        self.clerk = clerk
        self.cookies: dict[str, str] = {}
        self._line = http.client.HTTPConnection("127.0.0.1", PORT, timeout=60)

    def get(self, path: str) -> tuple[int, str]:
        """Ask for a page."""
        return self._asked("GET", path, None)

    def post(self, path: str, **fields: str) -> tuple[int, str]:
        """Fetch the form of this address and send it filled in."""
        _, page = self.get(path)
        return self.send(path, {**dict(_HIDDEN.findall(page)), **fields})

    def send(self, path: str, fields: dict[str, str]) -> tuple[int, str]:
        """Send a form's fields."""
        return self._asked("POST", path, urlencode(fields, doseq=True))

    def sign_in(self) -> None:
        """Go through number, password and code, as a clerk does."""
        from yibao.apps.access.factors import code_at

        status, said = self.post(
            "/sign-in/", staff_no=self.clerk.staff_no, password=self.clerk.password
        )
        assert status == 302, said
        code = code_at(self.clerk.secret, _now())
        status, said = self.post("/sign-in/code/", code=code)
        assert status == 302, said
        status, said = self.get("/")
        assert status == 200, f"{status} {said[:300]}"

    def _asked(self, method: str, path: str, body: str | None) -> tuple[int, str]:
        headers = {"Cookie": "; ".join(f"{k}={v}" for k, v in self.cookies.items())}
        headers["Origin"] = headers["Referer"] = f"http://127.0.0.1:{PORT}"
        if body is not None:
            headers["Content-Type"] = "application/x-www-form-urlencoded"
        try:
            self._line.request(method, path, body, headers)
            answer = self._line.getresponse()
        except http.client.RemoteDisconnected:  # the server closes what was idle for long
            self._line.close()
            self._line.request(method, path, body, headers)
            answer = self._line.getresponse()
        text = answer.read().decode()
        if answer.status == 302:
            text = answer.headers["Location"]
        for one in answer.msg.get_all("Set-Cookie") or []:
            name, _, value = one.partition(";")[0].partition("=")
            self.cookies[name] = value
        return answer.status, text


Times = dict[str, list[float]]
Ask = Callable[[Browser, Known, random.Random], float]


def _asked(
    browsers: list[Browser],
    known: list[Known],
    dues: dict[str, list[int]],
    *,
    seconds: float,
    pause: float,
) -> Times:
    """Let every clerk ask for so long; return the milliseconds of each kind."""
    times: Times = defaultdict(list)
    faults: list[str] = []
    lock = threading.Lock()
    until = time.perf_counter() + seconds

    def work(number: int, browser: Browser) -> None:
        chance = random.Random(number)
        own = [one for one in known if _is_in(one, browser.clerk)]
        kinds = [*_KINDS, "save"] if dues[browser.clerk.staff_no] else [*_KINDS]
        while time.perf_counter() < until:
            kind = chance.choice(kinds)
            try:
                took = (
                    _save(browser, dues[browser.clerk.staff_no])
                    if kind == "save"
                    else _page(browser, kind, chance.choice(own))
                )
            except Exception as error:
                faults.append(f"{kind}: {error!r}")
                return
            with lock:
                times[kind].append(took)
            time.sleep(pause * (0.5 + chance.random()))

    threads = [threading.Thread(target=work, args=one) for one in enumerate(browsers)]
    for one in threads:
        one.start()
    for one in threads:
        one.join()
    assert not faults, faults[:3]
    return times


def _is_in(one: Known, clerk: Clerk) -> bool:
    return clerk.area_from <= one.area_no < clerk.area_until


def _village(one: Known) -> str:
    return f"{one.area_no:012d}"


_KINDS: dict[str, Callable[[Known], str]] = {
    "home": lambda one: "/?year=2021",
    "search, number": lambda one: f"/search/?q={one.number}",
    "search, name": lambda one: f"/search/?q={quote(one.name)}",
    "search, initials": lambda one: f"/search/?q={pages_people.initials_of(one.name)}",
    "search, last 4 of the telephone": lambda one: f"/search/?q={one.phone[-4:]}",
    "list, unpaid of a village": lambda one: f"/statistics/unpaid/?year=2021&area={_village(one)}",
    "list, unpaid of the office": lambda one: "/statistics/unpaid/?year=2021",
    "detail, person": lambda one: f"/registry/persons/{one.person_id}/?year=2021",
    "detail, household": lambda one: f"/registry/households/{one.household_id}/?year=2021",
}


def _page(browser: Browser, kind: str, one: Known) -> float:
    path = _KINDS[kind](one)
    begun = time.perf_counter()
    status, said = browser.get(path)
    if status == 302:  # a search that finds one person leads to his page
        status, said = browser.get(said)
    took = (time.perf_counter() - begun) * 1000
    assert status == 200, f"{path}: {status} {said[:400]}"
    return took


def _save(browser: Browser, dues: list[int]) -> float:
    """Take cash for one due more: the time of the POST, not of fetching its form."""
    path = f"/collection/cash/collect/{dues.pop()}/?year=2021"
    _, form = browser.get(path)
    fields = {
        **dict(_HIDDEN.findall(form)),
        "special_reason": "老人无手机",
        "identity": "on",
        "special_payer": "no",
        "employee": "no",
        "place": "on",
    }
    begun = time.perf_counter()
    status, said = browser.send(path, fields)
    took = (time.perf_counter() - begun) * 1000
    assert status == 302, f"{path}: {status} {re.sub('<[^>]+>', ' ', said)[:1500]}"
    return took


def _told(together: Times, alone: Times) -> list[dict[str, object]]:
    rows = []
    for kind in [*_KINDS, "save"]:
        if len(together[kind]) < 2 or len(alone[kind]) < 2:
            continue
        p95, other = (statistics.quantiles(one[kind], n=20)[-1] for one in (together, alone))
        rows.append(
            {
                "name": f"page: {kind} ({len(together[kind])} asked)",
                "rate": round(p95, 1),
                "unit": f"ms p95, limit {LIMIT_MS}",
                "other": round(other, 1),
                "ratio": round(p95 / other, 2),
            }
        )
    return rows


@contextlib.contextmanager
def _served() -> Iterator[None]:
    """Serve the filled database by the product's own command, and end it."""
    words = ["-m", "yibao.cli.main", "serve", "--port", str(PORT)]
    server = subprocess.Popen(
        [sys.executable, *words], env={**os.environ, "DATABASE_URL": _address()}
    )
    try:
        _wait(server)
        yield
    finally:
        server.terminate()
        server.wait(30)


def _address() -> str:
    """Return where the filled database is, for the role of the application."""
    from django.conf import settings

    home, name = settings.HOME, DATABASE
    where = urlencode({"host": home.socket_directory, "passfile": home.passfile})
    return f"postgresql://{settings.DATABASES['default']['USER']}@/{name}?{where}"


def _wait(server: subprocess.Popen) -> None:
    for _ in range(600):
        assert server.poll() is None, "the server ended by itself"
        with contextlib.suppress(OSError):
            line = http.client.HTTPConnection("127.0.0.1", PORT, timeout=1)
            line.request("GET", "/sign-in/")
            if line.getresponse().status == 200:
                return
        time.sleep(0.1)
    raise AssertionError("nobody answers")


def _now():
    from datetime import UTC, datetime

    return datetime.now(UTC)


def _say(words: str) -> None:
    print(words, file=sys.stderr, flush=True)

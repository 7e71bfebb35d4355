"""The first view of a page on a village's line, and what its files weigh: for bench/pages.py."""

from typing import Any

from bench.pages_people import Known

LIMIT_SECONDS = 2.5
_LINE = {
    "offline": False,
    "latency": 200,
    "downloadThroughput": 125_000,
    "uploadThroughput": 125_000,
}
_ARGUMENTS = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--disable-background-networking"]
_PAINTED = """() => new Promise(done => {
  const seen = () => performance.getEntriesByName('first-contentful-paint')[0];
  const look = () => seen() ? done(seen().startTime) : setTimeout(look, 20);
  look();
})"""
_KINDS = ("stylesheet", "script", "font")


def views(origin: str, cookies: dict[str, str], known: Known) -> list[dict[str, object]]:
    """Return the first contentful paint of three pages, and the bytes of their files."""
    from playwright.sync_api import sync_playwright

    pages = {
        "sign-in": "/sign-in/",
        "home": "/?year=2021",
        "person": f"/registry/persons/{known.person_id}/?year=2021",
    }
    rows: list[dict[str, object]] = []
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path="/usr/bin/chromium", args=_ARGUMENTS)
        for name, path in pages.items():
            slow, weights = _viewed(browser, origin, path, cookies, slow=True)
            quick, _ = _viewed(browser, origin, path, cookies, slow=False)
            rows.append(
                {
                    "name": f"first view: {name}, 1 Mbit/s and 200 ms",
                    "rate": round(slow / 1000, 2),
                    "unit": f"s, limit {LIMIT_SECONDS}",
                    "other": round(quick / 1000, 2),
                    "ratio": round(slow / quick, 1),
                }
            )
            rows += [
                {
                    "name": f"bytes: {name}, {kind}",
                    "rate": weights[kind],
                    "unit": "bytes on the wire",
                    "other": None,
                    "ratio": None,
                }
                for kind in _KINDS
            ]
        browser.close()
    return rows


def _viewed(
    browser: Any, origin: str, path: str, cookies: dict[str, str], *, slow: bool
) -> tuple[float, dict[str, int]]:
    """Open a page with an empty cache; return milliseconds to the first paint and its bytes."""
    context = browser.new_context(viewport={"width": 1440, "height": 900})
    # Signing in has a cookie of its own; only a page behind it needs the clerk's.
    if path != "/sign-in/":
        context.add_cookies(
            [{"name": name, "value": value, "url": origin} for name, value in cookies.items()]
        )
    page = context.new_page()
    line = context.new_cdp_session(page)
    line.send("Network.enable")
    if slow:
        line.send("Network.emulateNetworkConditions", _LINE)
    kinds: dict[str, str] = {}
    weights = dict.fromkeys(_KINDS, 0)
    line.on(
        "Network.responseReceived",
        lambda said: kinds.__setitem__(said["requestId"], said["type"].lower()),
    )

    def weigh(said: dict[str, Any]) -> None:
        kind = kinds.get(said["requestId"], "")
        if kind in weights:
            weights[kind] += int(said["encodedDataLength"])

    line.on("Network.loadingFinished", weigh)
    page.goto(origin + path)
    painted = page.evaluate(_PAINTED)
    page.wait_for_load_state("load")
    context.close()
    return float(painted), weights

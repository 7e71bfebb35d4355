"""Jobs and exports of tests: a kind that counts, a source of made-up persons."""

from collections.abc import Iterator

from tests.apps.access.offices import AT
from yibao.apps.access import queries
from yibao.apps.access.queries import Clock
from yibao.apps.desk import jobs, kinds, sources
from yibao.apps.desk.running import Running

COUNTY, TOWN, VILLAGE = "430423", "430423105", "430423105225"
PEOPLE = [
    ("李梅", "430423198503121026", "13812345521", 38000, "查泉村"),
    ("欧阳建华", "430423197001011234", "13900001111", -500, "=1+1"),
    ("王小梅", "430423201001012345", "", 0, "@村"),
]


def a_clock(*, region: str) -> Clock:
    """The served moment of the tests, whatever the database's day is."""
    return Clock(now=AT, at=AT)


def counts(running: Running) -> str:
    """Count to what was given, in whole steps, and go on where it stopped."""
    for n in range(running.done + 1, running.given["to"] + 1):
        if n == running.given.get("break_at") and not running.given.get("mended"):
            raise RuntimeError("a wheel came off")
        running.report(n, running.given["to"])
    return f"{running.done} 步"


ENDED: list[tuple[int | None, str]] = []


def ended(running: Running, why: str) -> None:
    ENDED.append((running.object_id, why))


def people_heads(scope, given) -> list[sources.Head]:
    return [
        sources.Head("姓名", sources.NAME),
        sources.Head("证件号码", sources.NUMBER),
        sources.Head("电话", sources.PHONE),
        sources.Head("金额（元）", sources.FEN),
        sources.Head("村"),
    ]


def people_rows(scope, given, at) -> Iterator[tuple]:
    for n in range(given.get("people", len(PEOPLE))):
        yield PEOPLE[n % len(PEOPLE)]


def declare() -> None:
    """Register the tests' kind and source, once."""
    if "counting" not in kinds.kinds():
        kinds.register(
            kinds.Kind("counting", label="数数", action="registry.read", run=counts, ended=ended)
        )
        kinds.register(
            kinds.Kind("one_step", label="一步", action="registry.read", run=counts, holdable=False)
        )
    if "made_up" not in sources.sources():
        sources.register(
            sources.Source(
                "made_up",
                label="人员",
                action="registry.read",
                heads=people_heads,
                count=lambda scope, given, at: given.get("people", len(PEOPLE)),
                rows=people_rows,
                conditions=lambda scope, given: "全部",
            )
        )


def run_all(worker: str = "w", clock=a_clock) -> list:
    """Do every job that waits, by the tests' clock or another."""
    found = []
    while job := jobs.run_next(worker=worker, clock=clock):
        found.append(job)
    return found


def work() -> list:
    """Do every job that waits, on the region's served day."""
    return run_all(clock=queries.clock)

"""Searching a million people under row security, beside the same queries without it.

Every kind of search that the console has, at the scope of the region, a township and a village;
50 different texts each. The other side runs as the owner, whose policy lets every row pass, with
the scope written into the query: what a program without the wall would send. Ours is the whole
call (transaction, scope, two queries, masks), the other side one statement. Limit: p95 100 ms.
YIBAO_BENCH_PEOPLE says how many people.
"""

import os
import random
import statistics
import time
from collections.abc import Callable, Iterator
from datetime import date, datetime
from zoneinfo import ZoneInfo

PEOPLE = int(os.environ.get("YIBAO_BENCH_PEOPLE", "1000000"))
ASKED, LIMIT_MS = 50, 100.0
AT = datetime(2020, 11, 2, 9, 30, tzinfo=ZoneInfo("Asia/Shanghai"))
DATABASE = "yibao_bench"
SURNAMES = "王李张刘陈杨黄赵吴周徐孙马朱胡郭何林高罗郑梁谢宋唐许邓韩冯曹彭曾肖田董潘袁蔡蒋余"
GIVEN = "伟芳娜敏静丽强磊军洋勇艳杰娟涛明超兰霞平刚英华玉建文辉红建国志海燕云峰小梅香连保宝"


def run() -> list[dict[str, object]]:
    """Measure every kind of search at every scope, in a database of its own."""
    from yibao.database.service import database_at_hand

    with database_at_hand(name=DATABASE, fresh=True):
        people = _people()
        _count_for_the_planner()
        results = [
            _measured(place, kind, people)
            for place in ("region", "township", "village")
            for kind in _texts(people)
        ]
        worst = max(results, key=lambda one: one["rate"])
        return [*results, {**worst, "name": f"search: the slowest ({worst['name']})"}]


def _people() -> list[tuple[int, str, str]]:
    """Register the people over every village of the county; return (area, name, number)."""
    from yibao.apps.access.models import Organisation
    from yibao.apps.access.operations import open_region
    from yibao.apps.access.scope import Scope
    from yibao.apps.registry.operations import NewDocument, NewPerson, register_many
    from yibao.core.identity import make_resident_number

    open_region(code="hengshan", at=AT)
    scope = Scope.system("hengshan")
    villages = list(
        Organisation.objects.filter(kind="village")
        .order_by("id")
        .values_list("area_from", flat=True)
    )
    chance = random.Random(7)
    made: list[tuple[int, str, str]] = []
    batch: list[NewPerson] = []
    for n in range(PEOPLE):
        born = date(1930 + n % 90, 1 + n // 90 % 12, 1 + n // 1080 % 28)
        name = chance.choice(SURNAMES) + chance.choice(GIVEN)
        name += chance.choice(GIVEN) if chance.random() < 0.8 else ""
        number = make_resident_number("430423", born, "male", n // 30_240)
        area_no = villages[n % len(villages)]
        made.append((area_no, name, number))
        batch.append(
            NewPerson(
                name=name,
                sex="male",
                born=born,
                area_no=area_no,
                documents=(NewDocument("resident", number),),
                phone=f"138{n:08}",
            )
        )
        if len(batch) == 5_000:
            register_many(scope=scope, persons=batch, at=AT)
            batch = []
    return made


def _count_for_the_planner() -> None:
    """What the server does by itself within a minute of a load like this."""
    from django.db import connections

    with connections["owner"].cursor() as cursor:
        for table in ("registry_person", "registry_identitydocument"):
            cursor.execute(f"vacuum analyze {table}")


def _texts(people: list[tuple[int, str, str]]) -> dict[str, Callable[[random.Random], str]]:
    def of(chance: random.Random) -> tuple[int, str, str]:
        return chance.choice(people)

    from yibao.apps.registry.names import initials

    return {
        "whole number": lambda chance: of(chance)[2],
        "name": lambda chance: of(chance)[1],
        "surname": lambda chance: of(chance)[1][0],
        "given name": lambda chance: of(chance)[1][1:],
        "initials, 1": lambda chance: initials(of(chance)[1])[:1],
        "initials, 2": lambda chance: initials(of(chance)[1])[:2],
        "initials, 3": lambda chance: initials(of(chance)[1])[:3],
        "telephone": lambda chance: f"138{chance.randrange(PEOPLE):08}",
        "telephone, last 4": lambda chance: f"{chance.randrange(10_000):04}",
    }


def _measured(place: str, kind: str, people: list[tuple[int, str, str]]) -> dict[str, object]:
    from yibao.apps.registry.queries import search

    scope = _scope(place, people)
    texts = list(_asked(kind, people))
    for text in texts[:5]:
        search(scope=scope, text=text)
        _without_the_wall(scope, text)
    ours = [_milliseconds(lambda t=text: search(scope=scope, text=t)) for text in texts]
    theirs = [_milliseconds(lambda t=text: _without_the_wall(scope, t)) for text in texts]
    p95, other = (statistics.quantiles(one, n=20)[-1] for one in (ours, theirs))
    assert p95 < LIMIT_MS * 20, f"{kind} at {place}: {p95}"
    return {
        "name": f"search: {kind}, {place}",
        "rate": round(p95, 2),
        "unit": "ms p95",
        "other": round(other, 2),
        "ratio": round(p95 / other, 2),
    }


def _scope(place: str, people: list[tuple[int, str, str]]):
    from yibao.apps.access.scope import Scope

    region = Scope.system("hengshan")
    village = people[0][0]
    township = village - village % 1_000
    areas = {
        "region": (region.area_from, region.area_until),
        "township": (township, township + 1_000),
        "village": (village, village + 1),
    }
    return region.narrowed(*areas[place])


def _asked(kind: str, people: list[tuple[int, str, str]]) -> Iterator[str]:
    chance = random.Random(kind)
    return (_texts(people)[kind](chance) for _ in range(ASKED))


def _without_the_wall(scope, text: str) -> None:
    """The same statement as the owner; the area stands in the query instead of in the policy."""
    from django.db import connections

    from yibao.apps.registry.queries.search import _SHOWN, _branches

    branches = _branches("".join(text.split()).upper(), 0, 20)
    union = " union all ".join(f"({_with_area(sql)})" for sql, _ in branches)
    area = [scope.area_from, scope.area_until]
    values = [value for _, listed in branches for value in [*listed[:-2], *area, *listed[-2:]]]
    with connections["owner"].cursor() as cursor:
        cursor.execute(_SHOWN.format(branches=union), [*values, 20])
        cursor.fetchall()


def _with_area(sql: str) -> str:
    table = "d" if "registry_identitydocument d" in sql else "p"
    condition = f"{table}.area_no >= %s and {table}.area_no < %s and"
    before, _, after = sql.rpartition(" and ")
    return f"{before} and {condition} {after}"


def _milliseconds(act: Callable[[], object]) -> float:
    start = time.perf_counter()
    act()
    return (time.perf_counter() - start) * 1000

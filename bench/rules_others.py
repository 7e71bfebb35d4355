"""The baseline's rules written by hand in other ways: what the engine is measured against.

A plain Decimal loop (the reference: every other one must agree with it on every row), NumPy,
Polars, DuckDB, and a loop for numba. Each implementation has four functions: what is prepared
before the clock starts, the contribution, the benefit, and the outcomes as arrays of fen.
"""

from __future__ import annotations

from collections.abc import Callable
from decimal import ROUND_HALF_UP, Decimal
from typing import Any, NamedTuple

import numpy as np

from bench.rules_data import (
    ADULT_AGE,
    AIDED_AGE,
    CAP,
    CAP_BLOOD,
    CLASSES,
    DEDUCTIBLE,
    DEDUCTIBLE_LEAST,
    DEDUCTIBLE_LESS,
    LOYAL_CAP,
    LOYAL_POINTS,
    LOYAL_YEARS,
    PAYERS,
    RATIO,
    SPLIT,
    Arrays,
)


class Way(NamedTuple):
    """One way of running the rules. `needs` is the module without which it is left out."""

    prepare: Callable[[Arrays], Any]
    contribution: Callable[[Any], Any]
    benefit: Callable[[Any], Any]
    collect: Callable[[Any, Any, Any], Arrays]
    needs: str = "numpy"
    runs: int = 5


# ---- a plain loop over decimals


def decimal_contribution(columns: dict[str, list[Any]]) -> list[tuple[str, tuple[Decimal, ...]]]:
    split = {name: tuple(Decimal(fen) / 100 for fen in parts) for name, parts in SPLIT.items()}
    found = []
    for age, student, poor, severe, low in zip(
        *(columns[name] for name in ("age", "student", "minimum_living", "severe", "low_income"))
    ):
        if age < ADULT_AGE or student:
            name = "child_aided" if poor or severe else "child"
        elif poor or severe or (low and age >= AIDED_AGE):
            name = "adult_aided"
        else:
            name = "adult"
        found.append((name, split[name]))
    return found


def decimal_benefit(columns: dict[str, list[Any]]) -> list[tuple[Decimal, Decimal]]:
    fen, zero = Decimal("0.01"), Decimal(0)
    base = {level: Decimal(value) / 100 for level, value in DEDUCTIBLE.items()}
    less, least = Decimal(DEDUCTIBLE_LESS) / 100, Decimal(DEDUCTIBLE_LEAST) / 100
    ratio = {level: Decimal(value) / 100 for level, value in RATIO.items()}
    points = Decimal(LOYAL_POINTS) / 100
    usual, blood, more = (Decimal(value) / 100 for value in (CAP, CAP_BLOOD, LOYAL_CAP))
    ages, students, bloods, years = (columns[k] for k in ("age", "student", "blood", "years"))
    stays: dict[int, int] = {}
    paid: dict[int, Decimal] = {}
    found = []
    for person, level, cost in zip(columns["person"], columns["level"], columns["cost"]):
        earlier = stays.get(person, 0)
        stays[person] = earlier + 1
        loyal = years[person] >= LOYAL_YEARS
        deductible = max(base[level] - less * earlier, least)
        rate = ratio[level] + (points if loyal else zero)
        minor = ages[person] < ADULT_AGE or students[person]
        cap = (blood if bloods[person] and minor else usual) + (more if loyal else zero)
        over = max(Decimal(cost) / 100 - deductible, zero)
        used = paid.get(person, zero)
        pay = min((over * rate).quantize(fen, ROUND_HALF_UP), cap - used)
        paid[person] = used + pay
        found.append((deductible, pay))
    return found


def decimal_collect(_: Any, contribution: Any, benefit: Any) -> Arrays:
    def fen(values: list[Decimal]) -> np.ndarray:
        return np.array([int(value * 100) for value in values], np.int32)

    return {
        "class": np.array([CLASSES.index(name) for name, _ in contribution], np.uint8),
        **{p: fen([parts[at] for _, parts in contribution]) for at, p in enumerate(PAYERS)},
        "deductible": fen([row[0] for row in benefit]),
        "pay": fen([row[1] for row in benefit]),
    }


# ---- NumPy


def numpy_contribution(data: Arrays) -> tuple[np.ndarray, list[np.ndarray]]:
    minor = (data["age"] < ADULT_AGE) | data["student"]
    hardship = data["minimum_living"] | data["severe"]
    aided = hardship | (~minor & data["low_income"] & (data["age"] >= AIDED_AGE))
    chosen = (minor.astype(np.uint8) << 1) | aided
    table = np.array([SPLIT[name] for name in CLASSES], np.int32)
    return chosen, [table[:, at].take(chosen) for at in range(len(PAYERS))]


def numpy_benefit(data: Arrays) -> tuple[np.ndarray, np.ndarray]:
    person = data["person"]
    loyal = data["years"] >= LOYAL_YEARS
    minor = (data["age"] < ADULT_AGE) | data["student"]
    cap = np.where(minor & data["blood"], CAP_BLOOD, CAP) + loyal * np.int64(LOYAL_CAP)
    # One integer key sorts by person and keeps the order of discharge: faster than a stable sort.
    key = (person.astype(np.int64) << 32) | np.arange(len(person), dtype=np.int64)
    key.sort()
    order, who = key & 0xFFFFFFFF, (key >> 32).astype(np.int32)
    level = data["level"][order]
    first = np.empty(len(who), bool)
    first[:1] = True
    np.not_equal(who[1:], who[:-1], out=first[1:])
    start = np.flatnonzero(first)
    size = np.diff(np.append(start, len(who)))
    rank = np.arange(len(who)) - np.repeat(start, size)
    deductible = np.array([0, *DEDUCTIBLE.values()])[level]
    deductible = np.maximum(deductible - DEDUCTIBLE_LESS * rank, DEDUCTIBLE_LEAST)
    rate = np.array([0, *RATIO.values()])[level] + LOYAL_POINTS * loyal[who]
    raw = (np.maximum(data["cost"][order] - deductible, 0) * rate + 50) // 100
    run = np.cumsum(raw)
    before = run - raw
    before -= np.repeat(before[start], size)  # paid so far to the person, without the cap
    top = cap[who]
    pay = np.minimum(before + raw, top) - np.minimum(before, top)
    found = np.empty(len(who), np.int32), np.empty(len(who), np.int32)
    found[0][order], found[1][order] = deductible, pay
    return found


def arrays_collect(_: Any, contribution: Any, benefit: Any) -> Arrays:
    chosen, parts = contribution
    return {
        "class": chosen,
        **dict(zip(PAYERS, parts)),
        "deductible": benefit[0],
        "pay": benefit[1],
    }


# ---- Polars

_PERSON = ("age", "student", "minimum_living", "severe", "low_income", "blood", "years")


def polars_prepare(data: Arrays) -> Any:
    import polars as pl

    persons = pl.DataFrame({name: data[name] for name in _PERSON}).with_row_index("person")
    visits = {"person": data["person"].astype(np.uint32)}
    return persons, pl.DataFrame({**visits, "level": data["level"], "cost": data["cost"]})


def polars_contribution(frames: Any) -> Any:
    import polars as pl

    minor = (pl.col("age") < ADULT_AGE) | pl.col("student")
    hardship = pl.col("minimum_living") | pl.col("severe")
    old = pl.col("low_income") & (pl.col("age") >= AIDED_AGE)
    chosen = pl.when(minor & hardship).then(3).when(minor).then(2)
    chosen = chosen.when(hardship | old).then(1).otherwise(0)

    def part(at: int) -> Any:
        number = pl.col("class")
        found = pl.when(number == 0).then(SPLIT["adult"][at])
        for other in (1, 2):
            found = found.when(number == other).then(SPLIT[CLASSES[other]][at])
        return found.otherwise(SPLIT["child_aided"][at]).cast(pl.Int32).alias(PAYERS[at])

    asked = frames[0].lazy().select(chosen.cast(pl.UInt8).alias("class"))
    return asked.select("class", *(part(at) for at in range(len(PAYERS)))).collect()


def polars_benefit(frames: Any) -> Any:
    import polars as pl

    persons, visits = frames
    loyal = pl.col("years") >= LOYAL_YEARS
    minor = (pl.col("age") < ADULT_AGE) | pl.col("student")
    cap = pl.when(minor & pl.col("blood")).then(CAP_BLOOD).otherwise(CAP)
    cap = cap + pl.when(loyal).then(LOYAL_CAP).otherwise(0)
    who = persons.lazy().select("person", loyal.alias("loyal"), cap.cast(pl.Int64).alias("cap"))
    level = pl.col("level")

    def of_level(table: dict[int, int]) -> Any:
        return (
            pl.when(level == 1).then(table[1]).when(level == 2).then(table[2]).otherwise(table[3])
        )

    rank = pl.int_range(pl.len(), dtype=pl.Int64).over("person")
    reduced = of_level(DEDUCTIBLE) - DEDUCTIBLE_LESS * pl.col("rank")
    rate = of_level(RATIO) + pl.when(pl.col("loyal")).then(LOYAL_POINTS).otherwise(0)
    over = pl.max_horizontal(pl.col("cost").cast(pl.Int64) - pl.col("deductible"), pl.lit(0))
    before = pl.min_horizontal(pl.col("run") - pl.col("raw"), "cap")
    return (
        visits.lazy()
        .join(who, on="person", how="left", maintain_order="left")
        .with_columns(rank=rank)
        .with_columns(deductible=pl.max_horizontal(reduced, pl.lit(DEDUCTIBLE_LEAST)))
        .with_columns(raw=(over * rate.cast(pl.Int64) + 50) // 100)
        .with_columns(run=pl.col("raw").cum_sum().over("person"))
        .select(
            pl.col("deductible").cast(pl.Int32),
            (pl.min_horizontal("run", "cap") - before).cast(pl.Int32).alias("pay"),
        )
        .collect()
    )


def polars_collect(_: Any, contribution: Any, benefit: Any) -> Arrays:
    found = {name: contribution[name].to_numpy() for name in ("class", *PAYERS)}
    return {**found, **{name: benefit[name].to_numpy() for name in ("deductible", "pay")}}


# ---- DuckDB


def duckdb_prepare(data: Arrays) -> Any:
    import duckdb

    connection = duckdb.connect(config={"threads": 1})
    persons = {name: data[name] for name in _PERSON}
    persons["person"] = np.arange(len(data["age"]), dtype=np.int32)
    visits = {name: data[name] for name in ("person", "level", "cost")}
    visits["seq"] = np.arange(len(data["person"]), dtype=np.int32)
    for name, table in (("persons", persons), ("visits", visits)):
        connection.register("given", table)
        connection.execute(f"create table {name} as select * from given")
        connection.unregister("given")
    return connection


def duckdb_contribution(connection: Any) -> Any:
    def part(at: int, payer: str) -> str:
        cases = " ".join(f"when {n} then {SPLIT[name][at]}" for n, name in enumerate(CLASSES))
        return f"case class {cases} end::int as {payer}"

    parts = ", ".join(part(at, payer) for at, payer in enumerate(PAYERS))
    return connection.execute(f"""
        with chosen as (select case
            when age < {ADULT_AGE} or student
                then case when minimum_living or severe then 3 else 2 end
            when minimum_living or severe or (low_income and age >= {AIDED_AGE}) then 1
            else 0 end::utinyint as class from persons)
        select class, {parts} from chosen""").fetchnumpy()


def duckdb_benefit(connection: Any) -> Any:
    def of_level(table: dict[int, int]) -> str:
        return f"case level when 1 then {table[1]} when 2 then {table[2]} else {table[3]} end"

    return connection.execute(f"""
        with joined as (
          select seq, v.person, level, cost, years >= {LOYAL_YEARS} as loyal,
                 (case when blood and (age < {ADULT_AGE} or student)
                       then {CAP_BLOOD} else {CAP} end
                  + case when years >= {LOYAL_YEARS} then {LOYAL_CAP} else 0 end)::bigint as cap,
                 row_number() over (partition by v.person order by seq) - 1 as rank
          from visits v join persons p on p.person = v.person),
        lowered as (select *, greatest({of_level(DEDUCTIBLE)} - {DEDUCTIBLE_LESS} * rank,
                                       {DEDUCTIBLE_LEAST}) as deductible from joined),
        claimed as (select *, (greatest(cost::bigint - deductible, 0) * ({of_level(RATIO)}
                 + case when loyal then {LOYAL_POINTS} else 0 end) + 50) // 100 as raw
                 from lowered),
        summed as (select seq, deductible, raw, cap, sum(raw) over (partition by person
                 order by seq rows unbounded preceding)::bigint as run from claimed)
        select seq, deductible::int as deductible,
               (least(run, cap) - least(run - raw, cap))::int as pay from summed""").fetchnumpy()


def duckdb_collect(_: Any, contribution: Any, benefit: Any) -> Arrays:
    found = {name: np.asarray(contribution[name]) for name in ("class", *PAYERS)}
    for name in ("deductible", "pay"):
        found[name] = np.empty(len(benefit["seq"]), np.int32)
        found[name][benefit["seq"]] = benefit[name]
    return found


# ---- a loop for numba, by hand


def _kernels() -> tuple[Any, Any]:
    import numba

    table = np.array([SPLIT[name] for name in CLASSES], np.int32)
    base = np.array([0, *DEDUCTIBLE.values()], np.int64)
    ratio = np.array([0, *RATIO.values()], np.int64)

    @numba.njit
    def contribution(age, student, poor, severe, low, chosen, a, b, c, d, e):
        for i in range(len(age)):
            if age[i] < ADULT_AGE or student[i]:
                k = 3 if poor[i] or severe[i] else 2
            elif poor[i] or severe[i] or (low[i] and age[i] >= AIDED_AGE):
                k = 1
            else:
                k = 0
            chosen[i] = k
            a[i], b[i], c[i] = table[k, 0], table[k, 1], table[k, 2]
            d[i], e[i] = table[k, 3], table[k, 4]

    @numba.njit
    def benefit(person, level, cost, age, student, blood, years, stays, paid, deductible, pay):
        for j in range(len(person)):
            p = person[j]
            k = np.int64(stays[p])
            stays[p] = k + 1
            loyal = years[p] >= LOYAL_YEARS
            cap = CAP_BLOOD if blood[p] and (age[p] < ADULT_AGE or student[p]) else CAP
            rate = ratio[level[j]]
            if loyal:
                cap += LOYAL_CAP
                rate += LOYAL_POINTS
            x = max(base[level[j]] - DEDUCTIBLE_LESS * k, DEDUCTIBLE_LEAST)
            y = min((max(np.int64(cost[j]) - x, 0) * rate + 50) // 100, cap - paid[p])
            paid[p] += y
            deductible[j] = x
            pay[j] = y

    return contribution, benefit


def numba_prepare(data: Arrays) -> Any:
    contribution, benefit = _kernels()
    small = {name: values[:8] for name, values in data.items()}
    small["person"] = np.zeros(8, np.int32)
    for each in (small, data):
        made = {"data": each, "contribution": contribution, "benefit": benefit}
        if each is small:  # compiles
            numba_contribution(made), numba_benefit(made)
    return made


def numba_contribution(made: Any) -> Any:
    data = made["data"]
    many = len(data["age"])
    chosen, parts = np.empty(many, np.uint8), [np.empty(many, np.int32) for _ in PAYERS]
    read = (data[k] for k in ("age", "student", "minimum_living", "severe", "low_income"))
    made["contribution"](*read, chosen, *parts)
    return chosen, parts


def numba_benefit(made: Any) -> Any:
    data = made["data"]
    persons, visits = len(data["age"]), len(data["person"])
    deductible, pay = np.empty(visits, np.int32), np.empty(visits, np.int32)
    read = ("person", "level", "cost", "age", "student", "blood", "years")
    state = np.zeros(persons, np.int32), np.zeros(persons, np.int64)
    made["benefit"](*(data[name] for name in read), *state, deductible, pay)
    return deductible, pay


WAYS = {
    "Decimal loop": Way(
        lambda data: {name: values.tolist() for name, values in data.items()},
        decimal_contribution,
        decimal_benefit,
        decimal_collect,
        runs=1,
    ),
    "NumPy by hand": Way(lambda data: data, numpy_contribution, numpy_benefit, arrays_collect),
    "Polars": Way(polars_prepare, polars_contribution, polars_benefit, polars_collect, "polars"),
    "DuckDB": Way(duckdb_prepare, duckdb_contribution, duckdb_benefit, duckdb_collect, "duckdb"),
    "numba loop by hand": Way(
        numba_prepare, numba_contribution, numba_benefit, arrays_collect, "numba"
    ),
}

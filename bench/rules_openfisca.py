"""The baseline's rules in OpenFisca, with `select` written by hand: an optional comparator.

Used only where openfisca_core can be imported; it is in no lock of this project. Amounts are whole
fen: its default of floats pays some visits wrongly. The core has no running total inside a group,
so the formula of the yearly cap brings its own.
"""

from __future__ import annotations

from typing import Any

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
from bench.rules_others import Way, arrays_collect

_YEAR = "2024"
_FLAGS = ("student", "minimum_living", "severe", "low_income", "blood")
_COMPUTED = ("minor", "chosen", *PAYERS, "loyal", "cap", "deductible", "raw", "pay")


def _dated(value: int) -> dict[str, Any]:
    return {"values": {f"{_YEAR}-01-01": {"value": value}}}


def _parameters() -> dict[str, Any]:
    def of_level(table: dict[int, int]) -> dict[str, Any]:
        return {f"L{level}": _dated(value) for level, value in table.items()}

    return {
        "age": {"adult": _dated(ADULT_AGE), "aided": _dated(AIDED_AGE)},
        "split": {k: {q: _dated(SPLIT[k][i]) for i, q in enumerate(PAYERS)} for k in CLASSES},
        "benefit": {
            "deductible": of_level(DEDUCTIBLE),
            "less": _dated(DEDUCTIBLE_LESS),
            "least": _dated(DEDUCTIBLE_LEAST),
            "ratio": of_level(RATIO),
            "points": _dated(LOYAL_POINTS),
            "loyal": _dated(LOYAL_YEARS),
            "cap": _dated(CAP),
            "cap_blood": _dated(CAP_BLOOD),
            "loyal_cap": _dated(LOYAL_CAP),
        },
    }


def _system() -> Any:
    from openfisca_core.entities import build_entity
    from openfisca_core.indexed_enums import Enum
    from openfisca_core.parameters import ParameterNode
    from openfisca_core.periods import YEAR
    from openfisca_core.taxbenefitsystems import TaxBenefitSystem
    from openfisca_core.variables import Variable

    visit = build_entity(key="visit", plural="visits", label="", is_person=True)
    roles = [{"key": "visit_of", "plural": "visits_of"}]
    insured = build_entity(key="insured", plural="insureds", label="", roles=roles)
    system = TaxBenefitSystem([visit, insured])
    system.parameters = ParameterNode("", data=_parameters())
    classes = Enum("Class", list(zip(CLASSES, CLASSES)))
    levels = Enum("Level", [(f"L{level}", level) for level in RATIO])

    def add(name: str, entity: Any, kind: type, formula: Any = None, **more: Any) -> None:
        body = {"value_type": kind, "entity": entity, "definition_period": YEAR, **more}
        body |= {"label": name, **({"formula": formula} if formula else {})}
        system.add_variable(type(name, (Variable,), body))

    for name in _FLAGS:
        add(name, insured, bool)
    add("age", insured, int)
    add("years", insured, int)
    add("cost", visit, int)
    add("level", visit, Enum, possible_values=levels, default_value=levels.L1)
    add("minor", insured, bool, _minor)
    add(
        "chosen",
        insured,
        Enum,
        _chosen(classes),
        possible_values=classes,
        default_value=classes.adult,
    )
    for payer in PAYERS:
        add(payer, insured, int, _part(classes, payer))
    add("loyal", insured, bool, _loyal)
    add("cap", insured, int, _cap)
    add("deductible", visit, int, _deductible(levels))
    add("raw", visit, int, _raw(levels))
    add("pay", visit, int, _pay)
    return system


def _minor(insured, period, parameters):
    return (insured("age", period) < parameters(period).age.adult) + insured("student", period)


def _chosen(classes):
    def formula(insured, period, parameters):
        hardship = insured("minimum_living", period) + insured("severe", period)
        old = insured("low_income", period) * (
            insured("age", period) >= parameters(period).age.aided
        )
        minor = insured("minor", period)
        numbers = [classes[k].index for k in ("child_aided", "child", "adult_aided", "adult")]
        return np.select([minor * hardship, minor, hardship + old], numbers[:-1], numbers[-1])

    return formula


def _part(classes, payer):
    def formula(insured, period, parameters):
        node, which = parameters(period).split, insured("chosen", period)
        return np.select(
            [which == one for one in classes], [node[one.name][payer] for one in classes]
        )

    return formula


def _loyal(insured, period, parameters):
    return insured("years", period) >= parameters(period).benefit.loyal


def _cap(insured, period, parameters):
    b = parameters(period).benefit
    base = np.where(insured("minor", period) * insured("blood", period), b.cap_blood, b.cap)
    return base + insured("loyal", period) * b.loyal_cap


def _of_level(levels, node, level):
    return np.select([level == one for one in levels], [node[one.name] for one in levels])


def _deductible(levels):
    def formula(visit, period, parameters):
        b = parameters(period).benefit
        earlier = visit.simulation.insured.members_position
        base = _of_level(levels, b.deductible, visit("level", period))
        return np.maximum(base - b.less * earlier, b.least)

    return formula


def _raw(levels):
    def formula(visit, period, parameters):
        b = parameters(period).benefit
        rate = _of_level(levels, b.ratio, visit("level", period))
        rate = rate + b.points * visit.insured("loyal", period)
        over = np.maximum(visit("cost", period).astype(np.int64) - visit("deductible", period), 0)
        return (over * rate + 50) // 100

    return formula


def _pay(visit, period, parameters):
    ids = visit.simulation.insured.members_entity_id
    amount = visit("raw", period).astype(np.int64)
    order = np.argsort(ids, kind="stable")
    ids, amount = ids[order], amount[order]
    first = np.concatenate(([True], ids[1:] != ids[:-1]))
    start = np.flatnonzero(first)
    before = np.cumsum(amount, dtype=np.int64) - amount
    before = before - np.repeat(before[start], np.diff(np.append(start, len(ids))))
    top = visit.insured("cap", period)[order]
    found = np.empty(len(ids), amount.dtype)
    found[order] = np.minimum(before + amount, top) - np.minimum(before, top)
    return found


def prepare(data: Arrays) -> Any:
    from openfisca_core.simulations import SimulationBuilder

    builder = SimulationBuilder()
    system = _system()
    builder.create_entities(system)
    builder.declare_person_entity("visit", range(len(data["person"])))
    group = builder.declare_entity("insured", range(len(data["age"])))
    # Joining takes every group to have a member, and breaks on insured people without visits.
    group.members_entity_id = data["person"].astype(np.int64)
    simulation = builder.build(system)
    for name in ("age", "years", *_FLAGS):
        simulation.set_input(name, _YEAR, data[name])
    simulation.set_input("cost", _YEAR, data["cost"])
    simulation.set_input("level", _YEAR, (data["level"] - 1).astype(np.int16))
    return simulation


def _fresh(simulation: Any) -> None:
    for name in _COMPUTED:
        simulation.delete_arrays(name)
    simulation.populations["insured"]._members_position = None


def contribution(simulation: Any) -> Any:
    _fresh(simulation)
    chosen = simulation.calculate("chosen", _YEAR)
    return np.asarray(chosen).astype(np.uint8), [simulation.calculate(q, _YEAR) for q in PAYERS]


def benefit(simulation: Any) -> Any:
    _fresh(simulation)
    return simulation.calculate("deductible", _YEAR), simulation.calculate("pay", _YEAR)


WAY = Way(prepare, contribution, benefit, arrays_collect, "openfisca_core")

"""How a proof reasons: formulas over atoms, diagrams, least numbers, persons drawn."""

from __future__ import annotations

import random
from datetime import date

import numpy as np
import pytest

from tests.core.rules.proofs.planted import FACTS, clauses, proof, told
from tests.core.rules.samples import BENEFIT, read
from yibao.core.calendar import WorkingCalendar
from yibao.core.rules import dates
from yibao.core.rules.graph import Graph, Node
from yibao.core.rules.proofs import diagrams as diagram_module
from yibao.core.rules.proofs import findings, prove
from yibao.core.rules.proofs import logic as logic_module
from yibao.core.rules.proofs.diagrams import ALWAYS, NEVER, Diagrams, matching
from yibao.core.rules.proofs.endless import endless
from yibao.core.rules.types import FLAG

GRAPH = Graph()
A, B, C = (GRAPH.node("fact", value=name, type_=FLAG) for name in "abc")


def joined(op: str, *args: Node) -> Node:
    return GRAPH.node(op, *args, type_=FLAG)


def test_equal_conditions_are_one_diagram() -> None:
    see = Diagrams([A, B, C])
    one = see.of(joined("or", joined("and", A, B), joined("and", A, joined("not", B))))
    assert one == see.of(A)
    assert see.both(see.of(A), see.without(see.of(A))) == NEVER
    assert see.either(see.of(A), see.without(see.of(A))) == ALWAYS
    assert see.of(GRAPH.const(True, FLAG)) == ALWAYS
    assert see.of(GRAPH.const(False, FLAG)) == NEVER
    assert see.choose(see.of(A), see.of(B), see.of(B)) == see.of(B)


def test_an_example_makes_it_hold_whichever_way_is_taken() -> None:
    see = Diagrams([A, B, C])
    condition = see.of(joined("or", joined("and", A, B), joined("not", C)))
    assert see.example(NEVER) is None
    chance = random.Random(1)
    for truths in [see.example(condition), *(see.example(condition, chance) for _ in range(20))]:
        assert truths is not None
        row = np.array([[truths.get(atom, False) for atom in (A, B, C)]])
        assert see.held(condition, row).tolist() == [True]
    every = np.array([[a, b, c] for a in (0, 1) for b in (0, 1) for c in (0, 1)], bool)
    assert see.held(condition, every).tolist() == [bool((a and b) or not c) for a, b, c in every]


def test_what_holds_whatever_an_atom_is() -> None:
    see = Diagrams([A, B, C])
    condition = see.of(joined("or", joined("and", A, B), joined("and", C, joined("or", A, B))))
    assert see.either_way(condition, C) == see.of(joined("and", A, B))
    assert see.either_way(see.of(A), B) == see.of(A)
    shared = see.of(joined("or", joined("and", A, C), joined("and", joined("not", A), B, C)))
    assert see.either_way(shared, C) == NEVER


def test_listed_truths_are_a_diagram_and_found_again() -> None:
    rows = np.array([[False, True], [True, False], [True, True]])
    see = Diagrams([A, B])
    assert see.of_rows(rows, 0) == see.of(joined("or", A, B))
    assert list(matching([A, B], rows, {B: True})) == [0, 2]
    assert list(matching([A, B], rows, {})) == [0, 1, 2]


@pytest.mark.parametrize(
    "expression",
    [
        "months_between(born, admitted_on) // half < rooms",
        "rooms * many > count",
        "rounded(debts * part, down) < cost",
        "born + soon < discharged_on",
        "discharged_on - born > rooms_days",
        "min(closes, born) < opens",
        "max(opens, born) < admitted_on",
        "max(closes, born) < max(opens, admitted_on)",
        "year_of(admitted_on) < year_of(born)",
        "claimed in identities",
        "price[zone] - debts < cost",
    ],
)
def test_an_atom_and_its_opposite_leave_no_gap(expression: str) -> None:
    expression = expression.replace("rooms_days", "born - admitted_on")
    step = clauses(f"{expression} -> True", f"not ({expression}) -> False")
    found = proof(step)
    assert found.faults == ()


@pytest.mark.parametrize(
    ("expression", "reasoned"),
    [
        ("months_between(born, admitted_on) // half < rooms", False),
        ("rounded(debts * part, down) < cost", True),
        ("rooms * many > count", True),
        ("rounded(amount * share, down) < limit", False),
        ("amount + amount < limit", True),
        ("cost - cost < limit", False),
        ("rooms * rooms < many", True),
        ("count * rooms < many", False),
        ("debts + cost < limit", False),
    ],
)
def test_which_comparisons_can_be_reasoned_about(expression: str, reasoned: bool) -> None:
    found = proof(clauses(f"{expression} -> True", "False"))
    assert (found.notes == ()) is reasoned


def test_a_rounding_that_is_not_said_and_working_days_that_are_told() -> None:
    step = clauses("rounded(debts * part, way) < cost -> True", "False")
    more = "  way: {type: rounding, open: 未载}\n  wait_work: {type: working_days, is: 3, from: 2008, cite: law 1}\n"
    text = (
        FACTS + more + "rules:\n  answer:\n    cite: law 1\n    result: {x: x, y: y}\n    steps:\n"
    )
    text += (
        f"      x: {step}\n      y: {clauses('born + wait_work < admitted_on -> True', 'False')}\n"
    )
    assert prove(read(text)).faults == ()


def test_a_choice_is_followed_into_its_clauses() -> None:
    listed = ["low_income -> born", "insured_elsewhere -> opens", "closes"]
    more = "y: " + clauses(*listed, more="cite: law 2, order: law 9")
    assert told(proof(clauses("y <= closes -> True", "y > closes -> False"), more=more)) == []


def test_two_values_of_one_list_are_compared_clause_by_clause() -> None:
    listed = (
        "yz: {cite: law 2, order: law 9, first_of: {a: {when: low_income, "
        "is: {y: opens, z: opens}}, otherwise: {is: {y: closes, z: closes}}}}"
    )
    found = proof(clauses("y <= z -> True", "False"), more=listed)
    assert [line.split(" of ")[0] for line in told(found)] == ["clause “otherwise”"]


def test_too_many_ways_of_a_choice_are_left_as_they_are(monkeypatch: pytest.MonkeyPatch) -> None:
    more = clauses(
        "low_income -> born",
        "insured_elsewhere -> opens",
        "closes",
        more="cite: law 2, order: law 9",
    ).replace("{cite", "y: {cite", 1)
    more += "\n" + more.replace("y: ", "z: ", 1).replace("opens", "admitted_on")
    step = clauses("max(y, z) <= closes -> True", "max(y, z) > closes -> False")
    for most in (0, 2, 4):
        monkeypatch.setattr(logic_module, "MOST_CHOICES", most)
        found = proof(step, more=more)
        assert found.faults == ()
        assert found.notes


def test_working_days_rise_over_the_whole_range_of_a_date() -> None:
    published = WorkingCalendar(
        holidays=[date(2009, 1, 1)], workdays=[], first=date(2008, 1, 1), last=date(2009, 12, 31)
    ).ordinals
    day = dates.number(2009, 1, 1)
    assert endless(published) is endless(published)
    assert endless(published).add_working_days(day - 1, 1) == day + 1
    assert endless(None).add_working_days(day - 1, 1) == day
    friday = dates.number(2031, 8, 1)
    assert endless(published).add_working_days(friday, 2) == friday + 4


def test_a_silent_outcome_is_asked_by_no_one_who_is_answered() -> None:
    more = clauses("low_income -> unsaid", "many").replace("{cite", "y: {cite", 1)
    found = proof(clauses("rooms < y -> True", "rooms >= y -> False"), more=more)
    assert told(found) == []


def test_a_person_with_a_set_is_shown_with_it() -> None:
    step = clauses(
        "orphan in identities -> adult",
        "low_income -> child",
        "adult",
        more="of: class, cite: law 2",
    )
    assert "{identities: [orphan], low_income: True}" in told(proof(step))[0]
    step = clauses(
        "orphan not in identities -> adult",
        "low_income -> child",
        "adult",
        more="of: class, cite: law 2",
    )
    assert "{identities: [], low_income: True}" in told(proof(step))[0]


def test_a_crossing_of_many_numbers_is_looked_for_among_drawn_persons() -> None:
    more = "cite: law 2, of: class"
    step = clauses(
        "debts + cost > limit and orphan in identities and grade is not None -> adult",
        "low_income and moved_on is None -> child",
        "adult",
        more=more,
    )
    found = proof(step)
    assert "identities: [orphan]" in found.faults[0].what
    assert "moved_on: None" in found.faults[0].what


def test_a_number_that_may_be_none_is_drawn_with_and_without() -> None:
    spans = "(moved_on - born) - (discharged_on - admitted_on) < opens - closes"
    step = clauses(
        f"moved_on is not None and {spans} -> adult",
        "low_income -> child",
        "adult",
        more="of: class, cite: law 2",
    )
    assert "cross" in proof(step).faults[0].what


def test_a_fold_is_proved_with_its_states_and_ceilings() -> None:
    text = BENEFIT.replace("not_filed: {", "not_filed: {over: {clause: special, cite: law 9}, ")
    assert prove(read(text)).faults == ()
    more = text.replace("reason: why}", "reason: why, often: often}") + (
        "      often: {cite: law 3, first_of: {many: {when: stays > most_stays, is: True}}}\n"
    )
    found = prove(read(more.replace("range: 0..6", "range: 0..40")))
    assert [fault.what for fault in found.faults] == [
        "“often” has a gap: nothing holds for {stays: 0}"
    ]


def test_settings_that_close_a_flag_do_not_kill_the_clauses_of_the_text() -> None:
    text = FACTS + "rules:\n  answer:\n    cite: law 1\n    result: {x: x}\n    steps:\n"
    text += f"      x: {clauses('unsaid_flag -> True', 'False')}\n"
    closed = "overlay: own\nover: region\nauthority: 某局\nsources: {s: {title: 设置, published: 2008-01-01}}\n"
    closed += "settings: {unsaid_flag: {is: false, from: 2008, cite: s 1}}\n"
    assert prove(read(text, closed)).faults == ()
    dated = text.replace(
        "unsaid_flag: {type: flag, open: 未载}",
        "unsaid_flag: {type: flag, values: [{from: 2008, open: 未载, cite: law 1}]}",
    )
    assert prove(read(dated, closed)).faults == ()


def test_a_step_inside_a_bounded_amount_is_asked_too() -> None:
    text = BENEFIT.replace("not_filed: {", "not_filed: {over: {clause: special, cite: law 9}, ")
    text = text.replace("limit: disease_cap", "limit: least")
    text += (
        "      days: {is: 'months_between(reported_on, discharged_on)', cite: law 3}\n"
        "      least: {cite: law 3, first_of: {a: {when: days > half_of, is: disease_cap}, otherwise: {is: year_cap}}}\n"
    )
    text = text.replace(
        "parameters:", "parameters:\n  half_of: {type: months, is: 6, from: 2008, cite: law 5}", 1
    )
    found = [fault.what.split(":")[0] for fault in prove(read(text)).faults]
    assert found == ["“days” reads a value that is none"]


def test_a_promise_that_cannot_be_shown_broken_is_a_note(monkeypatch: pytest.MonkeyPatch) -> None:
    head = 'ensures: [{when: "debts + cost != limit + rooms_cost", en: never even}]'
    found = proof('{is: "low_income"}', head=head.replace("rooms_cost", "limit * rooms"))
    assert [note.split(": ", 1)[1] for note in found.notes] == [
        "“never even” was sampled, not proved"
    ]
    monkeypatch.setattr(findings, "_refuses", lambda *_: False)
    broken = proof('{is: "low_income"}', head='ensures: [{when: "low_income", en: poor}]')
    assert broken.faults == ()
    assert "“poor” was sampled, not proved" in broken.notes[0]
    read_none = proof('{is: "moved_on < opens"}')
    assert "“x” may read a none: sampled, not proved" in read_none.notes[0]


def test_a_person_whom_the_reader_refuses_for_another_reason_shows_nothing() -> None:
    head = 'requires: [{when: "low_income"}]'
    more = 'y: {is: "next_month(moved_on)"}'
    step = clauses("unsaid_flag -> opens", "y")
    found = proof(step, head=head, more=more)
    assert [note.split(": ", 1)[1] for note in found.notes] == [
        "“y” may read a none: sampled, not proved"
    ]


def test_a_step_of_too_many_cases_is_no_proof_that_no_none_is_read(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(diagram_module, "MOST_NODES", 3)
    found = proof('{is: "low_income and born < closes and zone == 1 and moved_on < opens"}')
    assert ["split the step" in note for note in found.notes] == [True]


def test_ranges_settle_what_cannot_be_reasoned_about() -> None:
    for guard, dead in [
        ("debts + cost < limit - limit - debts", "c0"),
        ("limit - limit - debts - cost < debts + limit", "otherwise"),
    ]:
        found = proof(clauses(f"{guard} -> True", "False"))
        assert [fault.what for fault in found.faults] == [
            f"clause “{dead}” of “x” can never hold"
            + (": “c0” come first" if dead == "otherwise" else "")
        ]

"""What a proof finds: gaps, dead clauses, crossings, broken promises, readings of a none."""

from __future__ import annotations

import pytest

from tests.core.rules.proofs import planted
from tests.core.rules.proofs.planted import clauses, proof, told
from tests.core.rules.samples import BENEFIT, CONTRIBUTION, read
from yibao.core.rules.proofs import diagrams as diagram_module
from yibao.core.rules.proofs import least as least_module
from yibao.core.rules.proofs import patterns as pattern_module
from yibao.core.rules.proofs import prove


def test_the_sample_rules_are_whole_but_for_what_they_lack() -> None:
    assert prove(read(CONTRIBUTION)).faults == ()
    found = prove(read(BENEFIT))
    assert [fault.what.split(":")[0] for fault in found.faults] == [
        "“not_filed” and “special” cross, and no article says which comes first"
    ]


def test_a_gap_is_shown_by_the_least_person_that_no_clause_holds_of() -> None:
    found = proof(clauses("age(born, opens) < grown -> True", "age(born, opens) > grown -> False"))
    assert told(found) == [
        "“x” has a gap: nothing holds for {born: 1990-03-02} [law 2]. add a clause or otherwise"
    ]
    place = (found.faults[0].file, found.faults[0].line, found.faults[0].column)
    assert place == ("region.yaml", len(planted.FACTS.splitlines()) + 6, 7)


def test_a_complete_list_needs_no_otherwise() -> None:
    assert told(proof(clauses("rooms <= many -> True", "rooms > many -> False"))) == []


def test_a_clause_whose_facts_others_take_first_is_dead_and_they_are_named() -> None:
    listed = ["rooms < many -> True", "rooms < more -> True", "rooms <= many -> False", "False"]
    assert told(proof(clauses(*listed, more="cite: law 2, order: law 9"))) == [
        "clause “c2” of “x” can never hold: “c0” and “c1” come first [law 2]. drop it or move it up"
    ]


def test_a_clause_that_contradicts_itself_is_dead_for_no_ones_sake() -> None:
    assert told(proof(clauses("born < opens and born > closes -> True", "False"))) == [
        "clause “c0” of “x” can never hold [law 2]. drop it or move it up"
    ]


def test_a_clause_that_lives_in_another_year_is_not_dead() -> None:
    text = """
parameters:
  many: {type: times, is: 5, from: 2008, cite: law 1}
  then: {type: times, values: [{from: 2008, until: 2008, is: 9, cite: law 1}, {from: 2009, is: 3, cite: law 1}]}
facts:
  rooms: {type: times, range: 0..400}
rules:
  answer:
    result: {x: x}
    steps:
      x: {cite: law 2, first_of: {c0: {when: rooms < then, is: True}, c1: {when: rooms < many, is: True}, otherwise: {is: False}}}
"""
    assert prove(read(text)).faults == ()
    gone = text.replace("is: 3, cite", "is: 7, cite")
    assert ["c1" in fault.what for fault in prove(read(gone)).faults] == [True]


def test_two_clauses_that_cross_need_an_article() -> None:
    found = proof(
        clauses("low_income -> adult", "zone == 1 -> child", "adult", more="of: class, cite: law 2")
    )
    assert told(found) == [
        "“c0” and “c1” cross, and no article says which comes first: {low_income: True, zone: 1} "
        "[law 2]. add over: …, or order:"
    ]


@pytest.mark.parametrize(
    "step",
    [
        clauses(
            "low_income -> adult",
            "zone == 1 -> child",
            "adult",
            more="of: class, cite: law 2, order: law 9",
        ),
        clauses(
            "low_income -> adult", "zone == 1 -> child", "adult", more="of: class, cite: law 2"
        ).replace('is: "adult"}, c1', 'is: "adult", over: {clause: c1, cite: law 9}}, c1'),
        clauses(
            "low_income -> adult", "zone == 1 -> adult", "child", more="of: class, cite: law 2"
        ),
        clauses(
            "low_income and zone == 1 -> adult",
            "zone == 1 -> child",
            "adult",
            more="of: class, cite: law 2",
        ),
    ],
    ids=["order", "over", "one outcome", "a special case"],
)
def test_what_settles_a_crossing(step: str) -> None:
    assert told(proof(step)) == []


def test_a_requirement_takes_persons_out_of_the_proof() -> None:
    step = clauses("moved_on is not None -> True")
    head = (
        'requires: [{when: "moved_on is not None"}, {when: "born <= opens"}, {when: "low_income"}]'
    )
    assert told(proof(step, head=head)) == []
    chain = clauses("born < closes -> True")
    head = 'requires: [{when: "born <= discharged_on"}, {when: "discharged_on < opens"}]'
    assert told(proof(chain, head=head)) == []
    assert "gap" in told(proof(chain, head='requires: [{when: "low_income"}]'))[0]


def test_dates_are_compared_with_each_other() -> None:
    step = clauses(
        "moved_on is None -> True",
        "moved_on <= born + wait -> True",
        "born + wait < moved_on -> False",
    )
    assert told(proof(step)) == []
    gap = clauses(
        "moved_on is None -> True",
        "moved_on < born + wait -> True",
        "born + wait < moved_on -> False",
    )
    assert told(proof(gap)) == [
        "“x” has a gap: nothing holds for {born: 1999-11-01, moved_on: 2000-01-01} [law 2]. "
        "add a clause or otherwise"
    ]


def test_three_dates_in_a_circle_contradict_each_other() -> None:
    step = clauses(
        "born < admitted_on and admitted_on < discharged_on and discharged_on < born -> True",
        "False",
    )
    assert told(proof(step)) == ["clause “c0” of “x” can never hold [law 2]. drop it or move it up"]


def test_months_are_counted_by_their_own_arithmetic() -> None:
    step = clauses(
        "months_between(admitted_on, discharged_on) < half -> True",
        "discharged_on >= admitted_on + long -> False",
    )
    assert told(proof(step)) == []


def test_a_none_is_only_read_where_nobody_asked_first() -> None:
    assert told(proof('{is: "moved_on < opens"}')) == [
        "“x” reads a value that is none: {moved_on: None} [law 1]. ask is not None first"
    ]
    assert told(proof('{is: "moved_on is not None and moved_on < opens"}')) == []
    assert told(proof('{is: "moved_on is None or moved_on < opens"}')) == []
    early = clauses("moved_on is None -> True", "moved_on < opens -> True", "False")
    assert told(proof(early)) == []
    late = clauses("moved_on < opens -> True", "moved_on is None -> True", "False")
    assert [line.split(": ")[0] for line in told(proof(late))] == [
        "“x” reads a value that is none",
        "clause “c1” of “x” can never hold",  # who has no date is refused before it is asked
    ]


def test_a_step_that_is_only_asked_after_the_none_was_excluded_is_sound() -> None:
    more = 'y: {is: "next_month(moved_on)"}\nz: {is: "price[zone] + limit"}'
    sound = clauses("moved_on is None -> opens", "y")
    assert told(proof(sound, more=more)) == []
    unsound = clauses("low_income -> opens", "y")
    found = told(proof(unsound, more=more))
    assert [line.split(":")[0] for line in found] == ["“y” reads a value that is none"]


def test_a_none_that_a_clause_chose_is_followed() -> None:
    more = clauses("low_income -> None", "opens").replace("{cite", "y: {cite", 1)
    assert (
        "reads a value that is none: {low_income: True}"
        in told(proof('{is: "y < closes"}', more=more))[0]
    )
    assert told(proof('{is: "not low_income and y < closes"}', more=more)) == []


def test_what_is_ensured_is_proved_clause_by_clause() -> None:
    result = "starts: starts, ends: ends"
    head = 'ensures: [{when: "starts is None or ends is None or starts <= ends", en: first before last}]'
    listed = (
        "first_of: {a: {when: low_income, is: {starts: None, ends: opens}}, "
        "b: {when: 'born <= opens', is: {starts: born, ends: opens}}, "
        "otherwise: {is: {starts: opens, ends: END}}}"
    )
    step = "{cite: law 2, order: law 9, " + listed + "}"
    kept = proof(step.replace("END", "closes"), head=head, result=result)
    assert told(kept) == []
    broken = proof(step.replace("END", "discharged_on"), head=head, result=result)
    lines = told(broken)
    assert len(lines) == 1
    assert lines[0].startswith("“answer” does not keep “first before last”: {born: 2009-03-02")
    assert lines[0].endswith("add a clause that refuses it")


def test_what_the_text_does_not_say_is_no_gap_and_kills_nothing() -> None:
    step = clauses(
        "unsaid_flag -> True", "rooms < unsaid -> True", "student in unsaid_set -> False"
    )
    assert told(proof(step)) == []
    found = proof(clauses("low_income -> True", "low_income and unsaid_flag -> False", "False"))
    assert [line.split(" of ")[0] for line in told(found)] == ["clause “c1”"]


def test_sets_and_levels_are_gone_through_code_by_code() -> None:
    listed = ["any_in(identities, helped) -> True", "minimum_living in identities -> True", "False"]
    assert told(proof(clauses(*listed))) == [
        "clause “c1” of “x” can never hold: “c0” come first [law 2]. drop it or move it up"
    ]
    whole = clauses("zone in areas -> True", "zone not in areas -> False")
    assert told(proof(whole)) == []
    both = clauses("any_in(identities, identities) -> True", "identities_none -> False").replace(
        "identities_none", "orphan not in identities and minimum_living not in identities"
    )
    assert told(proof(both)) == []
    graded = clauses("grade is None -> True", "grade > zone -> True", "grade <= zone -> False")
    assert told(proof(graded)) == []
    classes = clauses("class_told == adult -> True", "class_told != adult -> False")
    assert told(proof(classes)) == []
    prices = clauses("debts < price[zone] -> True", "debts >= price[zone] -> False")
    assert told(proof(prices)) == []


def test_equal_and_unequal_numbers_part_all_persons() -> None:
    assert told(proof(clauses("rooms == many -> True", "rooms != many -> False"))) == []
    nones = clauses("moved_on == reported_on -> True", "moved_on != reported_on -> False")
    assert told(proof(nones)) == []


def test_least_and_most_are_taken_apart() -> None:
    step = clauses(
        "max(born, admitted_on) < opens -> True",
        "born >= opens -> False",
        "admitted_on >= opens -> False",
        more="cite: law 2, order: law 9",
    )
    assert told(proof(step)) == []
    step = clauses(
        "opens < min(born, admitted_on) -> True",
        "min(born, admitted_on) <= opens -> False",
    )
    assert told(proof(step)) == []
    step = clauses(
        "months_between(max(born, admitted_on), discharged_on) < half -> True",
        "months_between(max(born, admitted_on), discharged_on) >= half -> False",
    )
    assert told(proof(step)) == []


def test_what_compares_many_numbers_is_proved_for_either_truth_or_sampled() -> None:
    either = clauses("debts + price[zone] < cost - amount -> True", "False")
    found = proof(either)
    assert found.faults == ()
    assert [note.split(": ", 1)[1] for note in found.notes] == [
        "“x” compares several numbers at once: each truth of the comparison was proved, and "
        "sampled where it mattered"
    ]
    gap = clauses("debts + cost > limit -> True", "debts + cost < limit -> False")
    assert proof(gap).faults == ()  # that both are exactly the limit is never drawn
    crossing = clauses(
        "debts + cost > limit -> adult",
        "low_income -> child",
        "adult",
        more="of: class, cite: law 2",
    )
    assert "cross" in str(proof(crossing).faults[0])


def test_a_crossing_that_no_drawn_person_shows_is_a_note() -> None:
    step = clauses(
        "debts + cost == limit -> adult",  # that both are exactly so is never drawn
        "low_income -> child",
        "adult",
        more="of: class, cite: law 2",
    )
    found = proof(step)
    assert found.faults == ()
    assert found.notes[0].endswith("“c0” and “c1” may cross: sampled, not proved")


def test_a_sum_of_too_many_terms_and_a_value_too_wide_are_faults() -> None:
    found = proof('{is: "sum(limit * k for k in range(rooms, rooms + rooms))"}')
    assert "a sum of “answer” could have 400 terms, more than 12. bound it with min" in told(found)
    wide = " * ".join(["cost", *["rooms"] * 4])
    assert told(proof(f'{{is: "{wide}"}}')) == [
        "a value of “answer” could leave 64 bits. narrow the ranges of its facts"
    ]


def test_too_many_cases_are_told_and_not_guessed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(diagram_module, "MOST_NODES", 3)
    head = 'ensures: [{when: "low_income or zone == 1 or rooms < many or born < opens", en: one}]'
    more = clauses("low_income -> None", "zone == 1 -> opens", "closes").replace(
        "{cite", "y: {cite", 1
    )
    found = proof(
        clauses(
            "y < opens -> True",
            "zone == 1 and low_income -> True",
            "rooms < many -> False",
            "False",
        ),
        head=head,
        more=more,
    )
    assert any("split the step" in note for note in found.notes)
    assert any("“one” has too many cases to be proved" in note for note in found.notes)
    monkeypatch.setattr(diagram_module, "MOST_NODES", 100_000)
    monkeypatch.setattr(pattern_module, "MOST_STATES", 1)
    assert proof(clauses("zone == 1 -> True", "zone > 1 -> True", "False")).notes
    monkeypatch.setattr(pattern_module, "MOST_STATES", 1000)
    monkeypatch.setattr(least_module, "MOST_PATTERNS", 1)
    assert proof(clauses("born < opens -> True", "born < closes -> True", "False")).notes


def test_a_rule_without_parameters_is_proved_once() -> None:
    text = """
rules:
  answer:
    result: {x: x}
    steps:
      x: {cite: law 2, first_of: {a: {when: low_income, is: True}}}
"""
    assert "gap" in str(prove(read(text)).faults[0])


def test_values_that_only_date_past_years_are_left_alone() -> None:
    text = """
parameters:
  past: {type: times, until: 2010, from: 2008, is: 5, cite: law 1}
facts:
  rooms: {type: times, range: 0..400}
rules:
  answer:
    result: {x: x}
    steps:
      x: {cite: law 2, first_of: {a: {when: rooms < past, is: True}}}
"""
    assert "gap" in str(prove(read(text)).faults[0])

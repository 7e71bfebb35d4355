"""A life cycle is one table."""

import pytest

from yibao.core.flow import Flow, StepNotAllowed

CLAIM = Flow(
    {
        ("RECEIVED", "settle"): "SETTLED",
        ("RECEIVED", "refuse"): "REFUSED",
        ("SETTLED", "reverse"): "REVERSED",
        ("SETTLED", "undo"): "REVERSED",
    }
)


def test_an_event_leads_to_the_next_state():
    assert CLAIM.next("RECEIVED", "settle") == "SETTLED"
    assert CLAIM.initial == "RECEIVED"
    assert CLAIM.states == ("RECEIVED", "SETTLED", "REFUSED", "REVERSED")
    assert CLAIM.final == ("REFUSED", "REVERSED")
    assert CLAIM.events_from("RECEIVED") == ("settle", "refuse")


def test_a_step_that_the_state_lacks_is_refused_with_those_it_has():
    with pytest.raises(StepNotAllowed, match="settle、refuse"):
        CLAIM.next("RECEIVED", "reverse")
    with pytest.raises(StepNotAllowed) as caught:
        CLAIM.next("REVERSED", "settle")
    assert (caught.value.state, caught.value.event) == ("REVERSED", "settle")


def test_the_database_trigger_gets_each_pair_once():
    assert CLAIM.pairs() == [
        ("RECEIVED", "SETTLED"),
        ("RECEIVED", "REFUSED"),
        ("SETTLED", "REVERSED"),
    ]


def test_the_diagram_shows_start_steps_and_ends():
    assert CLAIM.diagram() == (
        "stateDiagram-v2\n"
        "    [*] --> RECEIVED\n"
        "    RECEIVED --> SETTLED: settle\n"
        "    RECEIVED --> REFUSED: refuse\n"
        "    SETTLED --> REVERSED: reverse\n"
        "    SETTLED --> REVERSED: undo\n"
        "    REFUSED --> [*]\n"
        "    REVERSED --> [*]\n"
    )


def test_a_flow_without_a_step_is_our_mistake():
    with pytest.raises(AssertionError):
        Flow({})

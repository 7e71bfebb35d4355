"""Refusals carry cause, cure and facts, whoever shows them."""

import pickle

import pytest

from yibao.core.refusal import Refusal


class CupEmpty(Refusal):
    code = "T001"
    message = "杯子 {cup} 是空的"
    remedy = "请倒水"
    message_en = "Cup {cup} is empty"
    remedy_en = "Fill it"
    field = "cup"


class Crockery(Refusal):
    """A family without a code."""


def test_the_sentence_names_the_cause_and_the_cure_in_both_languages():
    refusal = CupEmpty(cup=3)
    assert str(refusal) == "杯子 3 是空的。请倒水"
    assert refusal.sentence("en") == "Cup 3 is empty. Fill it"
    assert (refusal.code, refusal.cup, refusal.facts, refusal.field) == (
        "T001",
        3,
        {"cup": 3},
        "cup",
    )


def test_the_field_can_be_named_by_whoever_raises():
    assert CupEmpty(cup=3, field="row.cup").field == "row.cup"


def test_a_refusal_survives_the_way_between_processes():
    assert str(pickle.loads(pickle.dumps(CupEmpty(cup=3)))) == str(CupEmpty(cup=3))


def test_a_fact_that_the_text_needs_and_nobody_gave_is_our_mistake():
    with pytest.raises(KeyError):
        CupEmpty()


def test_a_fact_may_not_hide_a_text():
    with pytest.raises(AssertionError):
        CupEmpty(cup=3, message="other")


def test_a_family_of_refusals_is_never_raised_itself():
    with pytest.raises(AssertionError):
        Crockery()


def test_a_refusal_with_a_code_must_have_all_its_texts():
    with pytest.raises(AssertionError, match="remedy_en"):

        class Half(Refusal):
            code = "T002"
            message = "a"
            remedy = "b"
            message_en = "c"

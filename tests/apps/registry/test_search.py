"""People are found by what a clerk has in hand, inside the scope, masked, by ranges alone."""

import dataclasses
import importlib
import re
from datetime import date
from pathlib import Path

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from hypothesis import given
from hypothesis import strategies as st

from tests.apps.access.offices import AT
from tests.apps.registry.people import ELSEWHERE, SHICANG, number, person
from yibao.apps.access.scope import NotAllowed, Scope, scoped
from yibao.apps.registry import operations
from yibao.apps.registry.models import Household, Person
from yibao.apps.registry.queries import search
from yibao.apps.registry.queries.search import above


def register(scope, *people):
    return operations.register_many(scope=scope, persons=people, at=AT)


def found(scope: Scope, text: str, **page: int) -> list[int]:
    return [one.person_id for one in search(scope=scope, text=text, **page)]


@pytest.fixture
def people(county, township):
    """Three in Xinqiao, one of the same name in another township."""
    return register(
        township,
        person(1, name="查小明", household_no="0001", relation="head", phone="13812345521"),
        person(2, name="欧阳华", area_no=SHICANG),
        person(3, name="王小明", born=date(1956, 3, 11)),
    ) + register(county, person(4, name="查小明", area_no=ELSEWHERE, phone="13812345521"))


@pytest.mark.parametrize(
    ("text", "whom"),
    [
        (number(1), [0]),
        (f" {number(1)[:10]} {number(1)[10:].lower()} ", [0]),
        (number(3, born=date(1956, 3, 11)), [2]),
        (number(3, born=date(1956, 3, 11))[:14], []),
        ("430423", []),
        ("查小明", [0]),
        ("查", [0]),
        ("小明", [0, 2]),
        ("ZXM", [0]),
        ("zx", [0]),
        ("oy", [1]),
        ("wxm", [2]),
        ("13812345521", [0]),
        ("5521", [0]),
        ("5522", []),
        ("1381234", []),
        ("李", []),
        ("", []),
        ("   ", []),
        ("查\x00", []),
    ],
)
def test_a_person_is_found_by_what_the_clerk_has(township, people, text, whom):
    assert found(township, text) == [people[at] for at in whom]


def test_a_person_and_a_household_are_found_by_our_own_numbers(township, people):
    with scoped(township):
        made = Person.objects.get(pk=people[0]).person_no
        household = Household.objects.get().household_no
    assert found(township, made) == [people[0]]
    assert found(township, household.lower()) == [people[0]]


def test_the_whole_county_finds_the_other_township_too(county, people):
    assert found(county, "查小明") == [people[0], people[3]]
    assert found(county, "13812345521") == [people[0], people[3]]


def test_a_hit_is_masked_and_says_where_the_person_lives(township, people):
    (one,) = search(scope=township, text=number(1))
    assert (one.name_masked, one.number_masked) == ("查*明", f"430423********{number(1)[-4:]}")
    assert (one.area_name, one.sex, one.born) == ("查泉村委会", "male", date(1980, 5, 6))
    assert one.household_no.startswith("H430423")
    (other,) = search(scope=township, text="欧阳华")
    assert (other.name_masked, other.area_name) == ("欧阳*", "石仓村委会")


def test_a_page_goes_on_after_the_last_one(township):
    ids = register(township, *(person(n, name="王小明") for n in range(1, 8)))
    first = found(township, "王小明", limit=3)
    second = found(township, "王小明", limit=3, after_id=first[-1])
    third = found(township, "王小明", limit=3, after_id=second[-1])
    assert first + second + third == ids


@pytest.mark.parametrize("near", [0, 1, 3, 7, 20_000])
@pytest.mark.parametrize("text", ["王", "小", "W"])
def test_one_character_finds_the_same_however_far_the_next_ids_are_walked(
    county, monkeypatch, text, near
):
    names = ["王小明", "李小红", "小王", "吴文", "王", "陈香", "王小", "魏小", "小小"]
    ids = register(county, *(person(n, name=name) for n, name in enumerate(names, 1)))
    letters = {"王": "王", "小": "小", "W": "王吴魏"}[text]
    given = [name for name in names if name[1:].startswith(text)]
    wanted = [pk for pk, name in zip(ids, names) if name[0] in letters or name in given]
    # The package's own name `search` is the function.
    module = importlib.import_module("yibao.apps.registry.queries.search")
    monkeypatch.setattr(module, "_NEAR", near)
    pages, last = [], 0
    while page := found(county, text, limit=2, after_id=last):
        pages, last = [*pages, page], page[-1]
    assert pages == [wanted[at : at + 2] for at in range(0, len(wanted), 2)]


def test_two_hundred_hits_take_as_many_queries_as_ten(township):
    counts = []
    for first, size in ((1, 10), (20, 200)):
        register(township, *(person(n, name="李小红") for n in range(first, first + size)))
        with CaptureQueriesContext(connection) as statements:
            assert len(search(scope=township, text="李小红", limit=200)) >= size
        counts.append(len(statements))
    assert counts[0] == counts[1]


def test_searching_takes_a_right(township):
    with pytest.raises(NotAllowed):
        search(scope=dataclasses.replace(township, actions=frozenset()), text="查小明")


@given(
    prefix=st.text(alphabet=st.characters(exclude_categories=("Cs",)), min_size=1, max_size=6),
    rest=st.text(alphabet=st.characters(exclude_categories=("Cs",)), max_size=6),
)
def test_every_text_with_the_prefix_lies_below_the_upper_bound(prefix, rest):
    if prefix.strip(chr(0x10FFFF)):
        assert prefix <= prefix + rest < above(prefix)


@given(
    prefix=st.text(alphabet="王小明A1", min_size=1, max_size=4),
    other=st.text(alphabet="王小明A1", max_size=6),
)
def test_what_lies_in_the_range_has_the_prefix(prefix, other):
    assert (prefix <= other < above(prefix)) == other.startswith(prefix)


def test_scoped_tables_are_never_searched_by_what_row_security_keeps_from_their_indexes():
    apps = Path(__file__).resolve().parents[3] / "src" / "yibao" / "apps"
    banned = re.compile(r"__(i?contains|i?startswith|i?endswith|iexact|i?regex)\b|\bi?like '")
    for app in ("registry", "enrolment"):
        for place in (apps / app).rglob("*.py"):
            lines = place.read_text(encoding="utf-8").splitlines()
            hits = [line for line in lines if banned.search(line)]
            assert not hits, (place, hits)

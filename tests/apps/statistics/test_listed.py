"""The lists of people and of the unpaid name whom the figures count, whatever befell them."""

from datetime import date, timedelta
from itertools import product

import pytest
from django.db import connection
from django.utils.timezone import localdate

from tests.apps.access.offices import AT
from tests.apps.collection.town import YEAR, settle_in
from tests.apps.desk.both_ways import agree
from yibao.apps.access.scope import scoped
from yibao.apps.collection.models import Due
from yibao.apps.desk.tables import Ask, count_of, page_of, reading
from yibao.apps.enrolment.models import Coverage, Enrolment, OtherCover
from yibao.apps.registry.models import Household, Person
from yibao.apps.statistics.queries.listed import BY_HOUSEHOLD, PEOPLE, UNPAID
from yibao.apps.statistics.queries.standing import STANDING
from yibao.console.collection.listed import DUES_LIST
from yibao.console.enrolment.listed import COVERAGES_LIST
from yibao.console.listing import List
from yibao.console.statistics.listed import HOUSEHOLDS_LIST, PEOPLE_LIST, UNPAID_LIST

EARLIER, LATER = AT - timedelta(days=9), AT + timedelta(days=9)
FULL = 280_00
COVERAGES = ("none", "own", "own later", "unpaid", "cancelled")
DUES = ("none", "settled", "settled later", "open", "supported", "cancelled")
ELSEWHERE = ("none", "proved", "proved later", "cancelled")
GONE = ("here", "dead", "dies later", "moved away", "moves later")
COMBINATIONS = list(product(COVERAGES, DUES, ELSEWHERE, GONE))
AT_ONCE = 1000  # more than there are combinations

pytestmark = pytest.mark.django_db


def coverage(person, state):
    return Coverage(
        region=person.region,
        area_no=person.area_no,
        person=person,
        year=YEAR,
        period=(AT, LATER),
        reason="unpaid" if state == "unpaid" else "season",
        source_kind="test",
        source_id=person.id,
        recorded_at=LATER if state == "own later" else EARLIER,
        cancelled_at=EARLIER if state == "cancelled" else None,
    )


def due(person, state):
    is_settled = state not in ("open", "cancelled")
    return Due(
        region=person.region,
        area_no=person.area_no,
        person=person,
        year=YEAR,
        price_class="standard",
        owed_fen=FULL,
        subsidised_fen=FULL if state == "supported" else 0,
        paid_fen=FULL if is_settled and state != "supported" else 0,
        raised_at=EARLIER,
        settled_at=(LATER if state == "settled later" else EARLIER) if is_settled else None,
        cancelled_at=EARLIER if state == "cancelled" else None,
    )


def other_cover(person, state):
    return OtherCover(
        region=person.region,
        area_no=person.area_no,
        person=person,
        year=YEAR,
        kind="employee",
        place="衡阳市",
        voucher_no=f"HY-{person.id}",
        source_kind="test",
        source_id=person.id,
        recorded_at=LATER if state == "proved later" else EARLIER,
        cancelled_at=EARLIER if state == "cancelled" else None,
    )


@pytest.fixture
def everybody(county):
    """One person a combination; what befell each, by id."""
    found = {}
    half = len(COMBINATIONS) // 2  # a day of birth has not numbers enough for all
    ids = [*settle_in(county, half, sex="male"), *settle_in(county, half, sex="female")]
    with scoped(county):
        people = Person.objects.in_bulk(ids)
        for one, what in zip(ids, COMBINATIONS, strict=True):
            person, gone = people[one], what[-1]
            day = localdate(LATER if "later" in gone else EARLIER)
            person.died_on = day if gone in ("dead", "dies later") else None
            person.moved_away_on = day if gone.startswith("move") else None
            found[one] = what
        Person.objects.bulk_update(people.values(), ["died_on", "moved_away_on"])
        for model, place, make in (
            (Coverage, 0, coverage),
            (Due, 1, due),
            (OtherCover, 2, other_cover),
        ):
            given = [(people[one], what[place]) for one, what in found.items()]
            model.objects.bulk_create(make(*one) for one in given if one[1] != "none")
    return found


VALUES = {"year": YEAR, "on": AT, "day": localdate(AT)}


def counted(county):
    """Return how each person stands in the figures, by id."""
    with scoped(county), connection.cursor() as cursor:
        cursor.execute(f"with {STANDING} select person_id, kind, since from standing", VALUES)
        return {one: tuple(stands) for one, *stands in cursor.fetchall()}


def listed(county, table):
    ask = Ask(VALUES, order=BY_HOUSEHOLD)
    with reading(county) as cursor:
        found = page_of(
            cursor, table=table, ask=ask, columns=["id", "kind", "since"], limit=AT_ONCE
        )
        assert count_of(cursor, table=table, ask=ask) == len(found.rows)
    assert not found.has_after
    return [(one.id, one.kind, one.since) for one in found.rows]


def test_the_roll_says_of_each_resident_what_the_figures_say(county, everybody):
    figures = counted(county)
    roll = listed(county, PEOPLE)
    assert {one: (kind, since) for one, kind, since in roll} == figures
    assert len(roll) == len(figures)
    assert {kind for kind, _ in figures.values()} == {"own", "supported", "elsewhere", "unpaid"}


def test_the_unpaid_list_names_whom_the_figures_count_as_unpaid(county, everybody):
    figures = counted(county)
    unpaid = [one for one, _, _ in listed(county, UNPAID)]
    assert len(unpaid) == len(set(unpaid))
    assert set(unpaid) == {one for one, (kind, _) in figures.items() if kind == "unpaid"}


def test_who_is_unpaid_is_told_by_plain_words_too(county, everybody):
    """Said once more without SQL: two texts that agree could be wrong together."""

    def is_unpaid(covered, owed, elsewhere, gone) -> bool:
        paid = {"settled later": False, "settled": True, "supported": True}.get(
            owed, covered == "own"
        )
        is_covered = covered in ("own", "own later") and paid
        is_here = gone in ("here", "dies later", "moves later")
        return is_here and not is_covered and elsewhere != "proved"

    meant = {one for one, what in everybody.items() if is_unpaid(*what)}
    assert {one for one, _, _ in listed(county, UNPAID)} == meant


def test_a_page_is_planned_as_a_walk_and_what_reads_every_row_is_not(county):
    def planned(**how) -> str:
        with reading(county, **how) as cursor:
            cursor.execute("show enable_hashjoin")
            return cursor.fetchone()[0]

    assert (planned(), planned(whole=True)) == ("off", "on")


@pytest.mark.parametrize(
    ("asked", "queries"),
    [
        (
            PEOPLE_LIST,
            [
                *("", "who=王", "who=王建", "who=李", "sex=male", "village_no=1", "village_no=77"),
                *(
                    f"kind={kind}"
                    for kind in ("own", "supported", "elsewhere", "unpaid", "covered")
                ),
                f"since_first={EARLIER:%Y-%m-%d}",
                f"since_last={EARLIER:%Y-%m-%d}",
                f"since_first={LATER:%Y-%m-%d}",
                f"since_first={EARLIER:%Y-%m-%d}&since_last={EARLIER:%Y-%m-%d}&kind=elsewhere",
                *("born_from=1960", "born_last=1960", "born_from=1900&born_last=2020"),
                *("who=王&kind=supported", "kind=elsewhere&sex=female", "who=王&sort=born"),
            ],
        ),
        (
            UNPAID_LIST,
            [
                *("", "who=王", "reason=none", "reason=away", "reason=hardship", "owes=yes"),
                *("owes=no", "who=王&reason=away", "reason=away&owes=no", "who=王&owes=no"),
            ],
        ),
        (HOUSEHOLDS_LIST, ["", "village_no=1", "village_no=77", "open=on", "open=on&village_no=1"]),
        (
            COVERAGES_LIST,
            [
                *("", "who=王", "who=李", "who=王&state=cancelled"),
                *(f"state={state}" for state in ("now", "later", "over", "suspended", "cancelled")),
            ],
        ),
        (DUES_LIST, ["", "who=王", "state=open", "state=settled", "who=王&state=open"]),
    ],
    ids=lambda one: one.code if isinstance(one, List) else "",
)
def test_a_condition_leads_by_its_index_to_the_rows_that_its_words_mean(
    county, everybody, monkeypatch, asked, queries
):
    befall(county, list(everybody))
    found = {
        query: agree(monkeypatch, asked, query, scope=county, year=YEAR, at=AT) for query in queries
    }
    sizes = {len(ids) for ids in found.values()}
    assert len(sizes) > 2, "conditions that leave all or nothing show little"


def befall(county, ids):
    """Give some a household, a reason, a day of birth, another name; suspend some, end some."""
    with scoped(county):
        area_no = Person.objects.get(id=ids[0]).area_no
        homes = [
            Household.objects.create(
                region=county.region,
                area_no=area_no,
                household_no=f"H{number}",
                village_no=number,
                created_at=AT,
            )
            for number in ("1", "2", "3")
        ]
        for first, home in enumerate(homes[:2]):
            Person.objects.filter(id__in=ids[first::7]).update(household=home)
        Person.objects.filter(id__in=ids[::5]).update(name="李海燕", born=date(1961, 5, 1))
        Enrolment.objects.filter(person_id__in=ids[::3]).update(unpaid_reason="away")
        lasts = Coverage.objects.filter(cancelled_at=None)
        lasts.filter(person_id__in=ids[::4]).update(suspended_from=localdate(AT))
        lasts.filter(person_id__in=ids[1::4]).update(period=(EARLIER - timedelta(1), EARLIER))
        lasts.filter(person_id__in=ids[2::4]).update(period=(LATER, LATER + timedelta(1)))

"""S2: everybody of a place bears its sign; no answer to a post of elsewhere holds the sign."""

import contextlib
import re
from collections import defaultdict
from itertools import product

import pytest
from django.db import connections
from django.urls import reverse

from tests.apps.desk.desks import work
from tests.console.everything import arguments_of
from tests.proof import marked_places
from tests.proof.marked_places import PLACES, foreign, own
from tests.proof.page_forms import forms_of
from tests.proof.probed import browser
from tests.scanning import text_of
from yibao.apps.desk.sources import sources
from yibao.console import listing
from yibao.console.routes import routes
from yibao.database.home import APP_ROLE

# What a route's first argument names → where its numbers stand.
OBJECTS = {
    "person": ("registry_person", "id"),
    "household": ("registry_household", "id"),
    "ledger_import": ("enrolment_ledgerimport", "id"),
    "roster": ("subsidy_roster", "id"),
    "roster_row": ("subsidy_rosterrow", "id"),
    "support_list": ("subsidy_supportlist", "id"),
    "list": ("subsidy_supportlist", "id"),
    "grant": ("subsidy_grant", "id"),
    "payment_file": ("collection_paymentfile", "id"),
    "payment": ("collection_payment", "id"),
    "refund_request": ("collection_refundrequest", "id"),
    "due": ("collection_due", "id"),
    "receipt": ("collection_receipt", "number"),
    "settlement": ("claims_settlement", "id"),
    "institution": ("care_institution", "id"),
    "operator": ("access_operator", "id"),
    "book": ("fund_book", "id"),
    "entry": ("fund_entry", "id"),
}


@contextlib.contextmanager
def wall_open_on_people():
    """The policy of one table lets every row pass."""
    with connections["owner"].cursor() as cursor:
        cursor.execute("drop policy scope on registry_person")
        cursor.execute(
            f"create policy scope on registry_person to {APP_ROLE} using (true) with check (true)"
        )
    try:
        yield
    finally:
        from yibao.database.policies import scope_policy

        words = next(one for one in scope_policy("registry_person").sql if "policy scope" in one)
        with connections["owner"].cursor() as cursor:
            cursor.execute("drop policy scope on registry_person")
            cursor.execute(words)


@contextlib.contextmanager
def transactions_see_everything():
    """Whatever range is asked for, the transaction's is the whole country."""
    from yibao.database import scope

    kept = scope._set

    def everywhere(using, values):
        return kept(using, ["0", "9999999999999", *values[2:]])

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(scope, "_set", everywhere)
        yield


# An argument that is no number of an object: the account whose lines name persons.
ACCOUNT = "D101"
FAULTS = {
    "wall_open_on_people": wall_open_on_people,
    "transactions_see_everything": transactions_see_everything,
}


def numbers_of(kind):
    """The numbers of a kind of object, of everywhere, at most so many."""
    table, column = OBJECTS[kind]
    with connections["owner"].cursor() as cursor:
        cursor.execute(f'select "{column}" from {table} order by md5("{column}"::text) limit 24')
        return [number for (number,) in cursor.fetchall()]


def addresses(chance):
    """Every address that is asked for: each list in several ways, each object of everywhere."""
    found = []
    searched = [f"?q={place.sign}" for place in PLACES]
    areas = [f"?area={place.divisions[-1]}" for place in PLACES]
    lists = ["", "?year=2021", "?year=2009", *searched, *areas]
    for name, route in routes().items():
        if "GET" not in route.methods or route.is_before_a_post:
            continue
        arguments = arguments_of(name)
        if not arguments:
            found += [(name, reverse(name) + words) for words in lists]
        elif len(arguments) == 1 and route.of in OBJECTS:
            found += [(name, reverse(name, args=[one])) for one in numbers_of(route.of)]
    return chance.sample(found, len(found))


def signs_in(text):
    """The signs that begin a name, whole or masked; one that was only typed begins none."""
    return set(re.findall(f"([{''.join(place.sign for place in PLACES)}])[建小大某吉*]", text))


def ask_for_files(browsers, chance, number):
    """Ask for lists as files, by the form that the page shows; let the worker make them."""
    every = [
        (client, of)
        for (one, client), (of, source) in product(browsers, sorted(sources().items()))
        if one.scope.allows("export.ask") and one.scope.allows(source.action)
    ]
    for client, of in chance.sample(every, k=min(number, len(every))):
        shown = listing.lists().get(of)
        named = [
            f"of_{name}={ACCOUNT if name in shown.coded else chance.choice(numbers_of(name[:-3]))}"
            for name in (shown.arguments if shown else ())
        ]
        address = "?".join([reverse("desk:ask_export", args=[of]), "&".join(named)])
        page = client.get(address)
        forms = forms_of(page.content.decode()) if page.status_code == 200 else []
        # The frame has forms of its own: this one asks for a purpose.
        form = next((one for one in forms if any("purpose" in f.name for f in one.fields)), None)
        if form is None:
            continue
        given = form.filled()
        for field in form.fields:
            if field.kind in ("text", "textarea") and not field.value:
                given[field.name] = "第二次排查上门告知"
        client.post(address, given)
    return work()


def files_of(staff):
    """The exports that wait for whoever asked for them."""
    with connections["owner"].cursor() as cursor:
        words = "select id from desk_export where operator_id = %s and state = 'ready' order by id"
        cursor.execute(words, [staff.operator.id])
        return [number for (number,) in cursor.fetchall()]


@pytest.mark.heavy
@pytest.mark.proof(
    "S2",
    "persons of five places bear signs; posts in and around each place ask for every list and"
    " object of everywhere, and for files: no foreign sign in any answer",
    unit="responses",
    landing=5_000,
    small=150,
    late=True,
)
@pytest.mark.django_db(transaction=True)
def test_no_answer_shows_somebody_of_elsewhere(proof):
    chance = proof.random()
    marked_places.make()
    staff = marked_places.clerks()
    browsers = [(one, browser(one)) for one in staff]
    asked = addresses(chance)
    pairs = list(product(browsers, asked))
    chosen = chance.sample(pairs, min(len(pairs), max(proof.size, 1)))
    leaks, statuses, seen = [], defaultdict(int), defaultdict(set)

    def look(one, name, response):
        proof.count()
        statuses[response.status_code] += 1
        shown = signs_in(text_of(response))
        seen[one.post.role] |= shown & own(one.scope)
        if found := shown & foreign(one.scope):
            who = f"{one.post.role} of {one.scope.area_name}"
            leaks.append(f"{name} ({response.status_code}) shows {''.join(found)} to {who}")

    files = 0
    with proof.broken():
        for (one, client), (name, address) in chosen:
            look(one, name, client.get(address))
        ask_for_files(browsers, chance, 120 if proof.is_landing else 16)
        for one, client in browsers:
            for number in files_of(one):
                answer = client.post(reverse("desk:take", args=[number]))
                files += answer.status_code == 200
                look(one, "desk:take", answer)
    assert not leaks, f"{len(leaks)} answers show foreign signs, first {leaks[:2]}"
    assert files, "no file left the house: this shows nothing of exports"
    assert any(seen.values()), "no post saw even its own people: this shows nothing"
    proof.note(
        f"{len(staff)} posts, {len({name for name, _ in asked})} routes, {files} files, answers by status"
        f" {dict(sorted(statuses.items()))}"
    )

"""S2: everybody of a place bears its sign; no answer to a post of elsewhere holds the sign."""

import contextlib
from collections import defaultdict
from itertools import product

import pytest
from django.db import connections
from django.urls import reverse

from tests.console.everything import arguments_of
from tests.proof import marked_places
from tests.proof.marked_places import PLACES, foreign, own
from tests.proof.page_forms import forms_of
from tests.proof.probed import browser
from tests.scanning import text_of
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
EXPORTS = ("statistics:export_unpaid",)


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

    def everywhere(using, area_from, area_until):
        return kept(using, "0", "9999999999999")

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(scope, "_set", everywhere)
        yield


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


def exported(client, name):
    """Ask for a file by the form that the page shows, with its purpose filled in."""
    page = client.get(reverse(name))
    if page.status_code != 200:
        return page
    form = next((one for one in forms_of(page.content.decode()) if one.fields), None)
    given = form.filled() if form else {}
    for field in form.fields if form else ():
        if field.kind in ("text", "textarea") and not field.value:
            given[field.name] = "第二次排查上门告知"
    return client.post(reverse(name), given)


@pytest.mark.heavy
@pytest.mark.proof(
    "S2",
    "persons of five places bear signs; posts in and around each place ask for every list and"
    " object of everywhere, and for files: no foreign sign in any answer",
    unit="responses",
    landing=5_000,
    small=150,
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
        text = text_of(response)
        shown = {sign for sign in foreign(one.scope) if sign in text}
        said = response.wsgi_request.META.get("QUERY_STRING", "")
        from urllib.parse import unquote

        # What was typed may come back in the search field, and nowhere else.
        shown = {sign for sign in shown if text.count(sign) > 2 * unquote(said).count(sign)}
        seen[one.post.role] |= {sign for sign in own(one.scope) if sign in text}
        if shown:
            leaks.append(
                f"{name} shows {''.join(shown)} to {one.post.role} of {one.scope.area_name}"
            )

    for (one, client), (name, address) in chosen:
        look(one, name, client.get(address))
    for one, client in browsers:
        for name in EXPORTS:
            look(one, name, exported(client, name))
    assert not leaks, f"{len(leaks)} answers show foreign signs, first {leaks[:2]}"
    assert any(seen.values()), "no post saw even its own people: this shows nothing"
    proof.note(
        f"{len(staff)} posts, {len({name for name, _ in asked})} routes, answers by status"
        f" {dict(sorted(statuses.items()))}"
    )

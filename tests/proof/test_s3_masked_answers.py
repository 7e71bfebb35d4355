"""S3: what of a person an answer shows unmasked, it shows by the policy and with a record."""

import contextlib
import json
import os
import re
import subprocess
import sys
from collections import Counter
from datetime import date

import pytest
from django.urls import reverse

from tests import scanning
from tests.proof import marked_places
from tests.proof.conftest import TESTS
from tests.proof.marked_places import PLACES
from tests.proof.probed import browser
from tests.proof.test_s2_other_places import addresses
from yibao.apps.access.scope import scoped
from yibao.apps.registry.models import Person
from yibao.console.routes import routes
from yibao.core.identity import make_resident_number, masks

ROOT = TESTS.parent
# The shelves whose tests have a browser.
SHELVES = ("tests/console", "tests/web")
OWN_HOME = {"YIBAO_HOME", "YIBAO_TEST_HOME", "YIBAO_TEST_HOME_OWNER"}
# How a mask leaves a number and a telephone; what of each the asked pages must have shown.
MASKED = {
    scanning.NUMBER: re.compile(r"(?<!\d)[1-9]\d{5}\*{8}\d{3}[\dXx]"),
    scanning.PHONE: re.compile(r"(?<!\d)1[3-9]\d\*{4}\d{4}(?!\d)"),
}


def unmasked(*functions):
    """These masks return what they are given, wherever they were imported to."""

    @contextlib.contextmanager
    def switched_on():
        kept = [(one, one.__code__, one.__defaults__) for one in functions]
        for one in functions:
            one.__code__ = (lambda text: text).__code__
        try:
            yield
        finally:
            for one, code, defaults in kept:
                one.__code__, one.__defaults__ = code, defaults

    return switched_on


FAULTS = {
    "numbers_are_not_masked": unmasked(masks.mask_number),
    "telephones_are_not_masked": unmasked(masks.mask_phone),
}


def test_the_scanner_knows_what_it_looks_for():
    number = make_resident_number("430423", date(1980, 5, 6), "male", 7)
    wrong = number[:-1] + ("0" if number[-1] != "0" else "1")
    found = dict(
        scanning.personal(
            f"<td>{number}</td> {wrong} 13812345678 6222021234567894 1{number} 恶性肿瘤",
            about_persons=True,
        )
    )
    assert found == {
        "number": number,
        "phone": "13812345678",
        "account": "6222021234567894",
        "diagnosis": "恶性肿瘤",
    }
    masked = f"{masks.mask_number(number)} {masks.mask_phone('13812345678')} 6217 **** **** 0331"
    assert list(scanning.personal(masked, about_persons=True)) == []


def surely_masked(staff):
    """The addresses, of those that the post may ask for, that show masked numbers and telephones
    of its own people: whoever has a telephone, the unpaid, the list of everybody."""
    with scoped(staff.scope):
        own = (
            Person.objects.filter(phone__isnull=False)
            .order_by("id")
            .values_list("id", flat=True)[:2]
        )
        pages = [("registry:person", [one]) for one in own]
    pages += [("statistics:unpaid", []), ("statistics:people", [])]
    return [
        reverse(name, args=args)
        for name, args in pages
        if staff.post.role in routes()[name].posts()
    ]


def shown_masked(client, address):
    """Ask for the page; tell which kinds of personal data it shows masked."""
    answer = client.get(address)
    text = scanning.text_of(answer) if answer.status_code == 200 else ""
    return {kind for kind, mask in MASKED.items() if mask.search(text)}


def searched_in_the_suite(place):
    """Run the shelves with a browser; return how many answers of each route were searched."""
    target = place / "scanned"
    # A home and a database of its own: those of this run are in use.
    kept = {name: value for name, value in os.environ.items() if name not in OWN_HOME}
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-n0", "-p", "no:cacheprovider", *SHELVES],
        cwd=ROOT,
        env={**kept, "YIBAO_SCANNED": str(target), "YIBAO_PROOF_RESULTS": ""},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )
    leaks = [
        line for line in done.stdout.splitlines() if line.startswith("E ") and "Leaked" in line
    ]
    assert target.exists(), f"nothing was searched: {done.stdout[-2000:]}"
    seen, allowed = Counter(), Counter()
    for line in target.read_text().splitlines():
        found = json.loads(line)
        seen.update(found["seen"])
        allowed.update(found["allowed"])
    return leaks, seen, allowed


@pytest.mark.heavy
@pytest.mark.proof(
    "S3",
    "every answer that a test's browser gets is searched for identity numbers, telephones, bank"
    " cards and diagnoses: unmasked only where the policy says so, with a record",
    unit="responses",
    landing=2_000,
    small=100,
)
@pytest.mark.django_db(transaction=True)
def test_what_is_unmasked_is_so_by_the_policy(proof, tmp_path):
    chance = proof.random()
    marked_places.make()
    staff = marked_places.clerks()
    browsers = [browser(one) for one in staff]
    before = sum(scanning.seen.values())
    # Whatever chance draws below: each post asks for pages that must mask something.
    masked = Counter()
    for one, client in zip(staff, browsers, strict=True):
        for address in surely_masked(one):
            masked.update(shown_masked(client, address))
    for kind in MASKED:
        assert masked[kind] >= len(PLACES), f"hardly a page shows a masked {kind}: {masked}"
    # Lists and persons first: with a mask gone they show it at once.
    asked = addresses(chance)
    close = [one for one in asked if one[0].startswith(("registry:", "statistics:unpaid"))]
    signs = {place.sign for place in PLACES}
    asked = [*(one for one in close if not signs & set(one[1])), *asked]
    each = max(1, 100 // len(browsers)) if not proof.is_landing else 30
    for client in browsers:
        for _, address in asked[:each] + chance.sample(asked, each):
            client.get(address)
    proof.note(f"pages that mask: {dict(sorted(masked.items()))}")
    proof.count(sum(scanning.seen.values()) - before)
    if proof.is_landing:
        leaks, seen, allowed = searched_in_the_suite(tmp_path)
        assert not leaks, f"{len(leaks)} tests of the suite saw a leak, first {leaks[:2]}"
        proof.count(sum(seen.values()))
        proof.note(
            f"{sum(seen.values())} answers of {len(seen)} routes in the suite; unmasked by the"
            f" policy and recorded: {sum(allowed.values())}"
        )

"""S11: guessing numbers, passwords and codes: paused after 20, and hit and miss look alike."""

import contextlib
import re
import statistics
import time

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from tests.apps.access.offices import Staff, hire
from yibao.apps.access import passwords
from yibao.apps.access.models import AddressTries, AuditRecord, SignInFailures
from yibao.apps.access.operations import signing, tries
from yibao.database.scope import scoped

LIMIT = 20
PAUSED = 429


def patched(owner, name, replaced):
    @contextlib.contextmanager
    def switched_on():
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(owner, name, replaced(getattr(owner, name)))
            yield

    return switched_on


def _unknown_numbers_are_told(judged):
    def told(staff_no, password, at):
        operator, refusal = judged(staff_no, password, at)
        if operator is None and refusal is not None:
            refusal = tries.TooManyTries(minutes=0)
            refusal.is_first = True
        return operator, refusal

    return told


def _nobody_is_answered_at_once(is_right):
    return lambda password, stored: bool(stored) and is_right(password, stored)


FAULTS = {
    "throttle_off": patched(tries, "take_a_try", lambda _: lambda *, address, at: None),
    "unknown_numbers_are_told": patched(signing, "_password_judged", _unknown_numbers_are_told),
    "nobody_is_answered_at_once": patched(signing, "is_right", _nobody_is_answered_at_once),
}


def body(answer) -> str:
    """Return a page without what differs each time: what was typed, tokens, how long to wait."""
    return re.sub(r'value="[^"]*"|\d+ 分钟', "", answer.content.decode())


@pytest.mark.proof(
    "S11",
    "guesses of numbers, passwords and codes: at most 20 of an address are judged, then hit and"
    " miss get one answer",
    unit="tries",
    landing=2000,
    small=60,
    faults=("throttle_off",),
)
@pytest.mark.django_db
def test_guessing_is_paused_and_tells_nothing(proof):
    staff = hire(role="township_clerk", division="430423105")
    waiting = _at_the_code(staff)
    random = proof.random()
    seconds: dict[str, list[float]] = {"hit": [], "miss": []}
    bodies: dict[str, set[str]] = {"number": set(), "code": set()}
    judged = 0
    for n in range(proof.size):
        # Every seventh try would be right, were it judged; the early ones are all wrong.
        is_hit = n >= LIMIT and n % 7 == 0
        step = "code" if n % 2 else "number"
        SignInFailures.objects.all().delete()  # the lock of a number is another item
        began = time.perf_counter()
        answer = _guess(step, staff, waiting, random, is_hit=is_hit)
        seconds["hit" if is_hit else "miss"].append(time.perf_counter() - began)
        judged += answer.status_code != PAUSED
        assert judged <= LIMIT, f"{judged} tries of one address were judged"
        if answer.status_code == PAUSED:
            bodies[step].add(body(answer))
        proof.count(1)
    assert judged == LIMIT
    for step, seen in bodies.items():
        assert len(seen) == 1, f"{step}: {len(seen)} different answers for hit and miss"
    hit, miss = (statistics.median(seconds[one][2:]) for one in ("hit", "miss"))
    proof.note(f"median {1000 * hit:.1f} ms for hits, {1000 * miss:.1f} ms for misses")
    with scoped(0, 10**12):
        told = AuditRecord.objects.filter(detail__code=tries.TooManyTries.code).count()
    assert told == 1, "the pause is recorded once, not at every try"


def _at_the_code(staff: Staff) -> Client:
    client = Client(REMOTE_ADDR="10.9.8.7")
    given = {"staff_no": staff.operator.staff_no, "password": staff.one_time_password}
    client.post("/sign-in/", given)
    AddressTries.objects.all().delete()
    return client


def _guess(step: str, staff: Staff, waiting: Client, random, *, is_hit: bool):
    if step == "code":
        staff.half_a_minute_later()
        code = staff.code() if is_hit else f"{random.randrange(10**6):06}"
        # The answer's page only: a right code that is taken would end the guessing.
        return waiting.post("/sign-in/code/", {"code": code}, REMOTE_ADDR="127.0.0.1")
    number = staff.operator.staff_no if is_hit else f"9{random.randrange(10**5):05}"
    given = {"staff_no": number, "password": staff.one_time_password}
    return Client().post("/sign-in/", given)


@pytest.mark.proof(
    "S11",
    "an unknown number, a wrong password and a closed account: one answer, and the same work",
    unit="tries",
    landing=30,
    small=6,
    faults=("unknown_numbers_are_told", "nobody_is_answered_at_once"),
)
@pytest.mark.django_db
def test_what_nobody_has_takes_as_long_as_what_somebody_has(proof, monkeypatch):
    known = hire(role="township_clerk", division="430423105").operator.staff_no
    work = {"hashes": 0}

    class Counted(passwords.Argon2PasswordHasher):
        def encode(self, password, salt):
            work["hashes"] += 1
            return super().encode(password, salt)

        def verify(self, password, encoded):
            work["hashes"] += 1
            return super().verify(password, encoded)

    monkeypatch.setattr(passwords, "Argon2PasswordHasher", Counted)
    seen = set()
    for n in range(proof.size):
        AddressTries.objects.all().delete()
        SignInFailures.objects.all().delete()
        number = known if n % 2 else f"9{n:05}"
        work["hashes"] = 0
        with CaptureQueriesContext(
            connection,
        ) as statements:
            answer = Client().post("/sign-in/", {"staff_no": number, "password": "wrong"})
        seen.add((answer.status_code, body(answer), work["hashes"], len(statements)))
        assert len(seen) == 1, f"{number} is answered otherwise, or after other work"
        proof.count(1)

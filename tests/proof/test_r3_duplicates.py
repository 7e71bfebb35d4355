"""R3: requests that come twice, one after the other, at once, or with another body under the key."""

import contextlib
from collections import Counter, defaultdict
from dataclasses import dataclass, replace

import pytest
from django.db import connections
from django.db.models import Count

from tests.apps.claims.counters import Counters, Job
from tests.apps.claims.insured import insure, open_office, stay
from yibao import verify
from yibao.apps.access.scope import scoped
from yibao.apps.claims.models import Reply, Settlement, Visit
from yibao.apps.fund.models import Entry

SEAMS = "tests.proof.broken_claims"
REFUSED = "KeyUsedForAnother"


@contextlib.contextmanager
def key_constraint_dropped():
    with connections["owner"].cursor() as cursor:
        cursor.execute("alter table claims_reply drop constraint a_key_is_used_once")
    try:
        yield
    finally:
        with connections["owner"].cursor() as cursor:
            cursor.execute("truncate claims_reply")
            cursor.execute(
                "alter table claims_reply add constraint a_key_is_used_once unique (client, key)"
            )


FAULTS = {
    "key_constraint_dropped": key_constraint_dropped,
    "body_not_compared": contextlib.nullcontext,
    "answer_made_anew": contextlib.nullcontext,
}
SEAM_OF = {
    "key_constraint_dropped": f"{SEAMS}:key_is_not_claimed",
    "body_not_compared": f"{SEAMS}:body_is_not_compared",
    "answer_made_anew": f"{SEAMS}:answer_is_made_anew",
    "": "",
}


@dataclass
class Calls:
    """All calls in the order in which they are queued, and which key is expected how often."""

    queued: list
    answered: Counter
    refused: Counter


def calls_of(office, people, number, chance):
    """Of all calls 10 % repeat one that was answered, 5 % come beside the first, 5 % are false."""
    after, beside, false = number // 10, number // 20, number // 20
    first = number - after - beside - false
    jobs = [
        Job(
            key=f"K{n:06d}",
            person_id=people[n % len(people)],
            institution_id=office.hospitals[chance.choice((1, 2, 3))],
            number=f"F{n:06d}",
            facts=stay(f"{chance.randrange(50, 3000)}.{chance.randrange(100):02d}"),
        )
        for n in range(first)
    ]
    picked = chance.sample(range(first), beside + false + after)
    twins, others = set(picked[:beside]), set(picked[beside : beside + false])
    calls, late = Calls([], Counter(), Counter()), []
    for n, job in enumerate(jobs):
        calls.queued.append(job)
        calls.answered[job.key] += 1
        if n in twins:
            calls.queued.append(job)
            calls.answered[job.key] += 1
        elif n in others:
            # Half of them at once with the first: then either may win, the other is refused.
            other = replace(job, facts=job.facts | {"total_fen": "9000.00"})
            (calls.queued if chance.random() < 0.5 else late).append(other)
            calls.refused[job.key] += 1
    for n in picked[beside + false :]:
        late.append(jobs[n])
        calls.answered[jobs[n].key] += 1
    calls.queued += chance.sample(late, len(late))
    return calls


@pytest.mark.heavy
@pytest.mark.proof(
    "R3",
    "requests repeated after the answer (10 %), at once (5 %), or under a used key with another"
    " body (5 %): one settlement and one entry a key, answers equal to the byte",
    unit="calls",
    landing=20_000,
    small=400,
)
@pytest.mark.django_db(transaction=True)
def test_a_key_is_one_settlement_and_one_answer(proof):
    chance, office = proof.random(), open_office()
    people = [insure(office.scope, no=n) for n in range(1, (401 if proof.is_landing else 21))]
    calls = calls_of(office, people, proof.size, chance)
    counters = Counters(
        connections["default"].settings_dict["NAME"],
        calls.queued,
        processes=8 if proof.is_landing else 4,
        seam=SEAM_OF[proof.fault],
    )
    counters.start()
    heard = counters.heard()
    counters.end()

    bodies, others = defaultdict(list), Counter()
    for key, outcome in heard:
        if isinstance(outcome, bytes):
            bodies[key].append(outcome)
        else:
            others[key, outcome] += 1
    odd = [words for words in others if words[1] != REFUSED]
    assert not odd, f"{len(odd)} calls were answered otherwise, first {odd[:2]}"
    assert {key: len(found) for key, found in bodies.items()} == dict(calls.answered)
    assert {key: n for (key, _), n in others.items()} == dict(calls.refused)
    unlike = [key for key, found in bodies.items() if len(set(found)) > 1]
    assert not unlike, f"{len(unlike)} keys were answered in different bytes: {unlike[:3]}"
    with scoped(office.scope):
        kept = {reply.key: bytes(reply.body) for reply in Reply.objects.all()}
        visits = Visit.objects.values("number").annotate(n=Count("id")).filter(n__gt=1).count()
        settled = Settlement.objects.filter(kind="settled").count()
        paid = Settlement.objects.exclude(fund_pay_fen=0).count()
        entries = Entry.objects.filter(source_kind="settlement").count()
    assert kept == {key: found[0] for key, found in bodies.items()}
    assert (visits, settled) == (0, len(bodies)), "a visit was settled twice"
    assert entries == paid, "each settlement that moves money has one entry"
    report = verify.ask(connections["owner"].cursor().cursor)
    assert report.ok, [check.faults[:2] for check in report.checks if not check.ok]
    proof.note(f"{len(bodies)} keys, {sum(calls.refused.values())} other bodies refused")
    proof.count(len(heard))

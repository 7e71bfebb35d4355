"""Two persons sign the outcomes of a rule; another sense, and nobody has signed."""

import pytest
from django.db import IntegrityError, transaction

from tests.apps.policy.bureau import AT, REGION
from yibao.apps.access import rulebooks
from yibao.apps.access.scope import scoped
from yibao.apps.policy import operations, queries
from yibao.apps.policy.models import CellSignature
from yibao.apps.policy.refusals import SenseChanged, SignedAlready
from yibao.database.errors import constraint_of

RAISED = """\
parameters:
  adult_age: {is: 19, from: 2010, cite: proposal_1 1}
"""


def sense(year=2010):
    return rulebooks.book_of(REGION).bind("contribution", year=year).sense_hash


def sign(scope, *, cell="", hash_=None):
    return operations.sign_cells(
        scope=scope,
        rule="contribution",
        year=2010,
        sense_hash=hash_ or sense(),
        cell=cell,
        note="与原文相符",
        at=AT,
    )


def signed(bureau):
    return queries.signatures(
        scope=bureau.officer, rule="contribution", year=2010, sense_hash=sense()
    )


def test_a_table_is_reviewed_when_a_second_person_has_signed_it(bureau):
    sign(bureau.officer)
    assert not signed(bureau).is_whole
    sign(bureau.reviewer)
    found = signed(bureau)
    assert found.is_whole and found.is_signed_off("any row")
    assert [one.by for one in found.whole] == ["孟和", "谭丽娟"]


def test_a_row_is_signed_for_itself(bureau):
    sign(bureau.officer, cell="a" * 64)
    sign(bureau.reviewer, cell="a" * 64)
    found = signed(bureau)
    assert found.is_signed_off("a" * 64)
    assert not found.is_signed_off("b" * 64) and not found.is_whole


def test_nobody_signs_twice_and_the_database_holds_it(bureau):
    made = sign(bureau.officer)
    with pytest.raises(SignedAlready):
        sign(bureau.officer)
    with scoped(bureau.officer), pytest.raises(IntegrityError) as error, transaction.atomic():
        made.pk = None
        made.save(force_insert=True)
    assert constraint_of(error.value)[1] == "nobody_signs_twice"


def test_signatures_do_not_hold_for_another_sense(bureau):
    before = sense()
    sign(bureau.officer)
    sign(bureau.reviewer)
    bureau.lowered(RAISED)
    assert sense() != before
    found = signed(bureau)
    assert not found.is_whole and len(found.stale) == 2
    with pytest.raises(SenseChanged):
        sign(bureau.officer, hash_=before)
    with scoped(bureau.officer):
        assert CellSignature.objects.count() == 2

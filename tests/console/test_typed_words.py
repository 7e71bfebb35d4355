"""Reasons and notes that clerks type name nobody by number: not on pages, not in files, not kept."""

import csv
import io
import re
from datetime import timedelta

import pytest
from django.urls import reverse

from tests.apps.access.offices import hire
from tests.apps.desk import desks
from tests.apps.registry.people import number, person
from tests.console import everything
from tests.console.season import late_season
from tests.console.signed_in import sign_in_as
from yibao.apps.access.models import AuditRecord
from yibao.apps.desk.models import Export
from yibao.apps.registry.models import Erasure
from yibao.apps.registry.operations import register_many
from yibao.console import forms
from yibao.console.forms import WordsField
from yibao.database.scope import scoped

pytestmark = pytest.mark.django_db
NUMBER, PHONE, ACCOUNT = number(77), "13812345678", "6222021234567894"
WORDS = f"本人来电 {PHONE}，证件 {NUMBER}，卡 {ACCOUNT}"


def masked(words: str) -> bool:
    return not any(whole in words for whole in (NUMBER, PHONE, ACCOUNT)) and "138****5678" in words


def test_every_field_of_a_reason_or_note_masks():
    named = re.compile(r"reason|because|note|answer|purpose_words")
    loose = [
        f"{kind.__module__}.{kind.__name__}.{name}"
        for kind in _kinds(forms.ConsoleForm)
        for name, field in kind.base_fields.items()
        if named.fullmatch(name.split("_", 1)[-1] if name.endswith("_reason") else name)
        and type(field).__name__ == "CharField"
    ]
    assert loose == []


def _kinds(kind):
    for one in kind.__subclasses__():
        yield one
        yield from _kinds(one)


def test_what_is_no_number_of_a_person_stays_as_it_was_typed():
    field = WordsField(max_length=200)
    for words in ("传错了村，2021-03-05 重报", "热线 12393", "凭证 20210305001", " 前后空格 "):
        assert field.clean(words) == words.strip()
    assert masked(field.clean(WORDS))
    assert WordsField(required=False).clean("") == ""


@pytest.fixture
def county():
    return late_season()


@pytest.fixture
def someone(county):
    [found] = register_many(scope=county, persons=[person(90)], at=everything.AT)
    return found


def test_the_reason_of_a_reveal_is_masked_where_it_is_shown_and_where_it_is_kept(county, someone):
    client, scope = sign_in_as(role="county_reviewer", division="430423")
    given = {"what": ["number"], "purpose": "", "reason": WORDS}
    page = client.get(reverse("registry:reveal", args=[someone])).content.decode()
    given["purpose"] = re.search(r'name="purpose"[^>]*>.*?<option value="(\w+)"', page, re.S)[1]
    answer = client.post(reverse("registry:reveal", args=[someone]), given)
    assert answer.status_code == 200
    assert masked(answer.content.decode())
    with scoped(scope.area_from, scope.area_until):
        kept = AuditRecord.objects.get(action="registry.reveal", outcome="done").detail["reason"]
    assert masked(kept)
    looked = client.get(reverse("registry:looked", args=[someone])).content.decode()
    assert masked(looked)
    file = client.get(reverse("registry:looked_file", args=[someone])).content.decode("utf-8-sig")
    assert masked(file) and len(list(csv.reader(io.StringIO(file)))) > 1


def test_reasons_of_before_are_masked_where_they_are_shown(county, someone):
    """Rows that were written before the form masked: the pages mask them."""
    asking = hire(role="county_clerk", division="430423", name="陈经办").scope
    with scoped(county.area_from, county.area_until):
        one = Erasure.objects.create(
            person_id=someone,
            area_no=county.area_from,
            region=county.region,
            asked_by=asking.operator_id,
            asked_at=everything.AT - timedelta(days=1),
            reason=WORDS,
        )
    client, _scope = sign_in_as(role="county_reviewer", division="430423")
    for address in (reverse("registry:erasures"), reverse("registry:erasure", args=[one.id])):
        assert masked(client.get(address).content.decode()), address


def test_the_purpose_of_an_export_is_masked_on_the_page_in_the_list_and_in_the_file(county):
    desks.declare()
    client, scope = sign_in_as(role="county_clerk", division="430423")
    given = {"purpose": "check", "purpose_words": WORDS, "kind": "csv"}
    asked = client.post("/desk/exports/ask/unpaid/", given)
    desks.run_all()
    number = asked.url.split("/")[3]
    assert masked(client.get(f"/desk/exports/{number}/").content.decode())
    assert masked(client.get("/desk/exports/").content.decode())
    file = b"".join(client.post(f"/desk/exports/{number}/take/").streaming_content)
    assert masked(file.decode("utf-8-sig"))
    with scoped(scope.area_from, scope.area_until):
        assert masked(Export.objects.get(id=number).purpose_words)

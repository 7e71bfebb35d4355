"""Reasons and notes that clerks type name nobody by number: not on pages, not in files, not kept."""

import csv
import inspect
import io
import re
import zipfile
from dataclasses import replace
from datetime import timedelta

import pytest
from django.urls import reverse

from tests.apps.access.offices import hire
from tests.apps.desk import desks
from tests.apps.registry.people import number, person
from tests.console import everything
from tests.console.fund.money import NOVEMBER, open_money, premium
from tests.console.season import late_season
from tests.console.signed_in import sign_in_as
from yibao.apps.access.models import AuditRecord
from yibao.apps.desk.models import Export
from yibao.apps.registry.finding import FoundCode
from yibao.apps.registry.models import Erasure
from yibao.apps.registry.operations import register_many
from yibao.apps.registry.timeline import Happened, Place
from yibao.console import finders, forms
from yibao.console.forms import WordsField
from yibao.console.registry.kinds import KINDS
from yibao.console.registry.telling import Document
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


def test_older_reasons_are_masked_in_what_happened_to_a_person(county, someone):
    asking = hire(role="county_clerk", division="430423", name="陈经办").scope
    with scoped(county.area_from, county.area_until):
        Erasure.objects.create(
            person_id=someone,
            area_no=county.area_from,
            region=county.region,
            asked_by=asking.operator_id,
            asked_at=everything.AT - timedelta(days=1),
            reason=WORDS,
        )
    client, _scope = sign_in_as(role="county_reviewer", division="430423")
    page = client.get(reverse("registry:person", args=[someone])).content.decode()
    told = page.partition('id="tl"')[2].partition("</section>")[0]
    assert "申请删除身份信息" in told and masked(told)


@pytest.mark.parametrize("key", ["because", "reason", "spoilt"])
def test_every_reason_that_a_timeline_tells_is_masked(key):
    """Each event that tells what somebody typed, by its own function, with numbers in it."""
    told = 0
    for kind in KINDS.values():
        if f'facts["{key}"]' not in inspect.getsource(kind.tell):
            continue
        one = Happened(Place(everything.AT, "x", 1), 1, Anything({key: WORDS}))
        told += masked(kind.tell(Mute(), one, one.facts).about)
    assert told == {"because": 4, "reason": 2, "spoilt": 1}[key]


class Anything(dict):
    """The facts of an event: 1 for whatever is not given."""

    def __missing__(self, key):
        return 1 if key != "institution" else ""


class Mute:
    """A teller that knows no documents."""

    def document(self, words, to, *arguments, **query):
        return Document(words)

    def listed(self, to, words, one):
        return Document(words)


def test_an_older_reason_of_a_spoilt_receipt_is_masked_in_the_search(county, monkeypatch):
    facts = {"kind": "cash", "amount": 1, "payment": None, "is_cash": False, "spoilt": WORDS}
    found = [FoundCode(1, "HS0001", "王**", 430423105000, facts)]
    monkeypatch.setattr(finders, "receipts_by_number", lambda **_asked: found)
    client, _scope = sign_in_as(role="county_clerk", division="430423")
    page = client.get(reverse("console:search"), {"q": "HS0001"}).content.decode()
    assert "作废" in page and masked(page)


def test_an_older_memo_is_masked_on_every_page_and_in_every_file_of_the_books():
    money = open_money()
    money.post("main", premium(28000, NOVEMBER))
    entry = money.post("main", replace(premium(14000), memo_zh=WORDS))
    client, _scope = sign_in_as(role="fund_accountant", division="430423", name="钱会计")
    for address in (
        money.address(rest="days/"),
        money.address(rest="days.csv"),
        reverse("fund:entry", args=[entry]),
        reverse("fund:reverse", args=[entry]),
        money.address(rest="accounts/1005/"),
    ):
        answer = client.get(address, {"month": "2020-12"})
        assert answer.status_code == 200, address
        assert masked(answer.content.decode("utf-8-sig")), address


def test_the_header_and_footer_of_a_file_of_an_older_export_are_masked(county):
    desks.declare()
    client, scope = sign_in_as(role="county_clerk", division="430423")
    for kind in ("csv", "xlsx"):
        given = {"purpose": "check", "purpose_words": "第二次排查核对", "kind": kind}
        number = client.post("/desk/exports/ask/unpaid/", given).url.split("/")[3]
        with scoped(scope.area_from, scope.area_until):
            Export.objects.filter(id=number).update(purpose_words=WORDS)
        desks.run_all()
        file = b"".join(client.post(f"/desk/exports/{number}/take/").streaming_content)
        if kind == "csv":
            assert masked(file.decode("utf-8-sig"))
            continue
        with zipfile.ZipFile(io.BytesIO(file)) as packed:
            parts = [packed.read(name).decode() for name in packed.namelist()]
        assert masked("".join(parts))
        assert any("导出编号" in part and "138****5678" in part for part in parts)

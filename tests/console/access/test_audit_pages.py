"""The auditor looks through the log, takes a sheet and a pack of evidence that proves itself."""

import csv
import io
import json
import zipfile

import pytest
from django.db import transaction
from django.urls import reverse

from tests.apps.access.offices import AT, open_office
from tests.console.signed_in import sign_in_as
from yibao.apps.access import audit, evidence
from yibao.apps.access.models import AuditRecord, Role
from yibao.apps.access.scope import Scope
from yibao.console.access.audit import OBJECTS
from yibao.console.routes import routes
from yibao.database.scope import scoped
from yibao.verify.offline import verify_file

COUNTY = "430423"
pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def auditor():
    """The county's auditor, and a log with acts on two persons and a refusal."""
    open_office()
    client, scope = sign_in_as(role=Role.AUDITOR, division=COUNTY)
    for number in range(60):
        note("registry.read", object_kind="person", object_id=7 + number % 2)
    note("claims.settle", object_kind="settlement", object_id=3, outcome=audit.REFUSED)
    note("registry.read", object_kind="person", object_id=9, area_no=430424000000)
    audit.seal(at=AT)
    note("registry.change", object_kind="person", object_id=7)
    return client, scope


def note(action, **given):
    with transaction.atomic():
        audit.record(
            scope=Scope.system("hengshan"),
            action=action,
            at=AT,
            **{"area_no": 430423104201, **given},
        )


def records(client, **asked):
    return client.get(reverse("access:audit"), asked).content.decode()


def test_the_log_is_narrowed_by_what_is_asked_and_linked_to_the_thing(auditor):
    client, _ = auditor
    assert "查看人员与家庭" in records(client)
    only = records(client, action="claims.settle")
    assert only.count('<tr><th scope="row"') == 1
    assert reverse("claims:settlement", args=[3]) in only
    assert records(client, outcome="refused").count('<tr><th scope="row"') == 1
    assert records(client, kind="person", number="8").count('<tr><th scope="row"') == 30
    assert records(client, first="2099-01-01").count('<tr><th scope="row"') == 0
    assert "没有符合条件的记录" in records(client, who="nobody")


def test_pages_go_on_by_key_and_keep_the_conditions(auditor):
    client, _ = auditor
    first = records(client, action="registry.read")
    assert first.count('<tr><th scope="row"') == 50
    to = first.partition('<span class="push"><a href="')[2].partition('"')[0].replace("&amp;", "&")
    assert "action=registry.read" in to
    second = client.get(to).content.decode()
    assert second.count('<tr><th scope="row"') == 10
    assert "回到最近的记录" in second


def test_a_record_of_another_county_is_not_there(auditor):
    client, _ = auditor
    assert records(client, kind="person", number="9").count('<tr><th scope="row"') == 0


def test_the_number_of_statements_does_not_grow_with_the_log(
    auditor, django_assert_max_num_queries
):
    client, _ = auditor
    records(client)
    with django_assert_max_num_queries(22):
        records(client, action="registry.read")


def test_the_sheet_starts_no_formula(auditor):
    client, _ = auditor
    with transaction.atomic():
        audit.record(
            scope=None, action="registry.read", at=AT, area_no=430423104201, object_id="=1+1"
        )
    text = records(client, csv=1, action="registry.read")
    rows = list(csv.reader(io.StringIO(text.removeprefix("\ufeff"))))
    assert len(rows) == 62
    assert "'=1+1" in rows[1]


def test_a_pack_holds_records_proofs_and_documents_and_is_checked_without_a_database(
    auditor, tmp_path, settings
):
    client, scope = auditor
    given = {"kind": "person", "number": "7", "reason": "衡山县稽核〔2020〕3 号案"}
    answer = client.post(reverse("access:evidence"), given)
    assert answer.headers["Content-Type"] == "application/zip", answer.content.decode()[:3000]
    path = tmp_path / "pack.zip"
    path.write_bytes(answer.content)
    found = verify_file(path, str(settings.AUDIT_KEY))
    assert found.faults == []
    assert (found.what, found.records, found.seals, found.signed) == ("evidence", 31, 1, True)
    with zipfile.ZipFile(path) as pack:
        manifest = json.loads(pack.read("manifest.json"))
        proven = [json.loads(line) for line in pack.read("records.jsonl").splitlines()]
    assert manifest["reason"] == given["reason"]
    assert manifest["by"] == scope.operator_name
    # At least the youngest; more where a neighbour's transaction is still open.
    assert None in [one["seal"] for one in proven]
    with scoped(0, 10**12):
        taken = AuditRecord.objects.get(action="audit.evidence")
    assert taken.detail["reason"] == given["reason"]
    assert taken.detail["records"] == 31


def test_the_reason_of_a_pack_names_nobody_by_number_on_the_page_or_past_it(auditor):
    client, scope = auditor
    typed, shown = "本人来电 13812345678 问起", "本人来电 138****5678 问起"
    asked = evidence.Asked(object_kind="person", object_id="7")
    packs = [
        client.post(
            reverse("access:evidence"), {"kind": "person", "number": "7", "reason": typed}
        ).content,
        evidence.make_pack(scope=scope, asked=asked, reason=typed, tables=[], at=AT).content,
    ]
    for content in packs:
        with zipfile.ZipFile(io.BytesIO(content)) as pack:
            assert json.loads(pack.read("manifest.json"))["reason"] == shown


@pytest.mark.parametrize(
    ("member", "change", "said"),
    [
        (
            "records.jsonl",
            lambda text: text.replace("registry.read", "registry.find", 1),
            "changed",
        ),
        ("records.jsonl", lambda text: text.partition("\n")[2], "not as it was written"),
        ("seals.jsonl", lambda text: text.replace('"head": "', '"head": "0', 1), "head"),
        ("manifest.json", lambda text: text.replace("衡山县", "衡阳县", 1), "not signed"),
    ],
)
def test_a_pack_that_was_tampered_with_is_found_out(
    auditor, tmp_path, settings, member, change, said
):
    client, _ = auditor
    given = {"kind": "person", "number": "8", "reason": "衡山县稽核〔2020〕3 号案"}
    path = tmp_path / "pack.zip"
    path.write_bytes(client.post(reverse("access:evidence"), given).content)
    with zipfile.ZipFile(path) as pack:
        bodies = {name: pack.read(name) for name in pack.namelist()}
    bodies[member] = change(bodies[member].decode()).encode()
    with zipfile.ZipFile(path, "w") as pack:
        for name, body in bodies.items():
            pack.writestr(name, body)
    faults = verify_file(path, str(settings.AUDIT_KEY)).faults
    assert any(said in fault for fault in faults), faults


@pytest.mark.parametrize(
    ("given", "code"),
    [
        ({"kind": "person", "number": "7", "reason": "查"}, "OP03"),
        ({"kind": "person", "number": "4711", "reason": "衡山县稽核三号案"}, "OP01"),
        ({"who": "nobody", "reason": "衡山县稽核三号案"}, "OP01"),
        ({"reason": "衡山县稽核三号案"}, ""),
        ({"kind": "person", "number": "7"}, ""),
    ],
)
def test_a_pack_without_reason_or_without_anything_asked_is_refused(auditor, given, code):
    client, _ = auditor
    answer = client.post(reverse("access:evidence"), given)
    assert answer.status_code == 422
    if code:
        with scoped(0, 10**12):
            refused = AuditRecord.objects.filter(action="audit.evidence", outcome="refused")
            assert [row.detail["code"] for row in refused] == [code]


def test_nobody_but_the_auditor_takes_evidence():
    open_office()
    client, scope = sign_in_as(role=Role.COUNTY_CLERK, division=COUNTY)
    assert client.get(reverse("access:evidence")).status_code == 403
    with pytest.raises(Exception, match="证据包"):
        evidence.make_pack(scope=scope, asked=evidence.Asked(), reason="x" * 9, tables=[], at=AT)


def test_whatever_a_page_writes_down_has_its_words():
    read = {one.reads for one in routes().values() if one.reads}
    assert read <= set(OBJECTS)

"""A proposal becomes the office's rulebook by two persons, and the next decision is made by it."""

from datetime import date, timedelta

import pytest
from django.db import IntegrityError, transaction
from django.db.utils import DatabaseError

from tests.apps.access.offices import hire
from tests.apps.policy.bureau import AT, BANNER, LOWERED, PAPER, REGION
from yibao.apps.access import queries, rulebooks
from yibao.apps.access.models import AuditRecord, PoolingRegion, RulebookLayer
from yibao.apps.access.roles import SecondPersonNeeded
from yibao.apps.access.scope import NotAllowed, NotThere, Scope, scoped
from yibao.apps.policy import operations
from yibao.apps.policy.models import Proposal, ProposalVersion
from yibao.apps.policy.overlays import Paper
from yibao.apps.policy.refusals import (
    DocumentMissing,
    DocumentNotYet,
    DraftEmpty,
    DraftFaulty,
    NotYourDraft,
    ProposalChanged,
    WholeRegionOnly,
)
from yibao.core.flow import StepNotAllowed
from yibao.database.errors import constraint_of

IN_2010 = date(2010, 6, 1)
YUAN = 100
OLD, NEW = (
    {1: 200 * YUAN, 2: 300 * YUAN, 3: 400 * YUAN},
    {
        1: 150 * YUAN,
        2: 250 * YUAN,
        3: 350 * YUAN,
    },
)


def deductibles(*, on=IN_2010, known=None):
    return rulebooks.book_of(REGION, known=known).value_of("deductible_base", on=on)


def test_a_draft_and_a_submitted_proposal_decide_nothing(bureau):
    made = bureau.draft()
    bureau.submit(made)
    assert deductibles() == OLD
    assert not RulebookLayer.objects.exists()


def test_what_the_second_person_activates_decides_from_then_on(bureau):
    made = bureau.lowered()
    assert made.state == "activated"
    assert deductibles() == NEW
    assert deductibles(on=date(2009, 6, 1)) == OLD
    layer = made.layer
    assert (layer.document, layer.document_on) == (PAPER.number, PAPER.published)
    assert (layer.proposed_by, layer.activated_by) == (
        bureau.officer.operator_id,
        bureau.reviewer.operator_id,
    )
    assert layer.body == LOWERED
    book = rulebooks.book_of(REGION)
    assert layer.text_hash == book.text_hash
    assert book.sources["proposal_1"].number == PAPER.number


def test_another_process_takes_the_activation_with_the_clock_of_its_next_request(bureau):
    made = bureau.submit(bureau.draft())
    bureau.activate(made)
    rulebooks.note(REGION, "")  # what another process still has
    assert deductibles() == OLD
    queries.clock(region=REGION)
    assert deductibles() == NEW


def test_the_clock_brings_the_news_without_a_statement_more(bureau, django_assert_num_queries):
    bureau.lowered()
    deductibles()
    with django_assert_num_queries(1):
        queries.clock(region=REGION)
        assert deductibles() == NEW


def test_a_decision_as_of_a_day_before_the_activation_does_not_see_it(bureau):
    bureau.lowered()
    before = AT.date() - timedelta(days=1)
    assert deductibles(known=before) == OLD
    assert deductibles(known=AT.date()) == NEW


def test_a_stored_decision_finds_the_rulebook_that_made_it(bureau):
    before = rulebooks.book_of(REGION)
    first = bureau.lowered()
    second = bureau.lowered(LOWERED.replace("proposal_1", "proposal_2").replace("150", "140"))
    newest = rulebooks.book_of(REGION)
    found = [
        rulebooks.book_that_decided(REGION, text_hash=one)
        for one in (before.text_hash, first.layer.text_hash, second.layer.text_hash, "gone")
    ]
    assert [one.text_hash for one in found[:3]] == [
        before.text_hash,
        first.layer.text_hash,
        second.layer.text_hash,
    ]
    assert found[3] is newest


def test_layers_lie_in_the_order_of_activation_and_their_marks_chain(bureau):
    first = bureau.lowered()
    second = bureau.lowered(LOWERED.replace("proposal_1", "proposal_2").replace("150", "140"))
    assert [one.number for one in RulebookLayer.objects.order_by("number")] == [1, 2]
    assert deductibles()[1] == 140 * YUAN
    layer = second.layer
    assert layer.mark == rulebooks.mark_of(first.layer.mark, layer.name, layer.head, layer.body)
    assert PoolingRegion.objects.get(code=REGION).rulebook_mark == layer.mark


def test_who_proposed_does_not_activate_and_the_database_holds_it(bureau):
    made = bureau.submit(bureau.draft())
    both = Scope(**{**_fields(bureau.officer), "actions": bureau.reviewer.actions})
    with pytest.raises(SecondPersonNeeded):
        bureau.activate(made, by=both)
    with pytest.raises(SecondPersonNeeded):
        operations.reject(scope=both, proposal_id=made.id, because="x", at=AT)
    with scoped(bureau.officer), transaction.atomic():
        with pytest.raises(DatabaseError) as error, transaction.atomic():
            Proposal.objects.filter(id=made.id).update(
                state="rejected", decided_by=bureau.officer.operator_id
            )
    assert constraint_of(error.value)[1] == "who_proposes_decides_nothing"
    layer = bureau.activate(made).layer
    with pytest.raises(DatabaseError) as error, transaction.atomic():
        fields = {f.name: getattr(layer, f.name) for f in layer._meta.fields if f.name != "id"}
        fields |= {"number": 2, "name": "x", "activated_by": layer.proposed_by}
        RulebookLayer.objects.create(**fields)
    assert constraint_of(error.value)[1] == "who_proposes_a_layer_does_not_lay_it"


def _fields(scope):
    return {name: getattr(scope, name) for name in Scope.__dataclass_fields__}


def test_the_officer_has_no_right_to_activate(bureau):
    made = bureau.submit(bureau.draft())
    with pytest.raises(NotAllowed):
        bureau.activate(made, by=bureau.officer)


def test_layers_and_versions_are_only_added(bureau):
    made = bureau.lowered()
    for model, scope in ((RulebookLayer, None), (ProposalVersion, bureau.officer)):
        with scoped(scope or bureau.officer), transaction.atomic():
            with pytest.raises(DatabaseError), transaction.atomic():
                model.objects.all().delete()
            with pytest.raises(DatabaseError), transaction.atomic():
                model.objects.update(**{"mark" if scope is None else "text": "x"})
    assert made.layer.body == LOWERED


def test_a_submitted_proposal_gets_no_further_version(bureau):
    made = bureau.submit(bureau.draft())
    with pytest.raises(StepNotAllowed):
        bureau.save(made, "")
    with scoped(bureau.officer), pytest.raises(IntegrityError) as error, transaction.atomic():
        version = ProposalVersion.objects.get(proposal=made, number=made.version)
        version.pk, version.number = None, made.version + 1
        version.save()
    assert constraint_of(error.value)[1] == "only_drafts_get_versions"


@pytest.mark.parametrize(
    ("text", "line", "what"),
    [
        ("parameters:\n  deductible_bas: {is: 1, from: 2010, cite: proposal_1 1}\n", 2, "type"),
        (LOWERED.replace("    cite: proposal_1 1\n", ""), 2, "citation"),
        (LOWERED.replace("350", "350.5555"), 3, "350.5555"),
        (LOWERED.replace("3: 350", "2: 350"), 3, "no row for 3"),
    ],
    ids=["unknown name", "no article", "not money", "a row missing"],
)
def test_a_faulty_draft_is_kept_but_not_submitted(bureau, text, line, what):
    made = bureau.draft(text)
    with pytest.raises(DraftFaulty) as refused:
        bureau.submit(made)
    assert refused.value.facts["line"] == line
    assert what in refused.value.facts["what"]
    with scoped(bureau.officer):
        assert ProposalVersion.objects.get(proposal=made, number=2).text == text
    mended = bureau.save(made, LOWERED)
    assert bureau.submit(mended).state == "submitted"


@pytest.mark.parametrize("text", ["", "parameters:\n"])
def test_a_draft_that_changes_nothing_is_not_submitted(bureau, text):
    with pytest.raises(DraftEmpty):
        bureau.submit(bureau.draft(text))


def test_the_same_text_saved_again_is_no_further_version(bureau):
    made = bureau.draft()
    assert bureau.save(made, LOWERED).version == made.version
    assert bureau.save(made, LOWERED + "\n").version == made.version + 1


def test_nobody_writes_in_anothers_draft(bureau):
    made = bureau.draft()
    other = hire(role="policy_officer", division="1522", name="白音", at=AT).scope
    with pytest.raises(NotYourDraft) as refused:
        operations.save_draft(
            scope=other, proposal_id=made.id, title="x", text="", paper=PAPER, at=AT
        )
    assert "孟和" in str(refused.value)


def test_a_document_is_asked_for_and_not_of_a_day_to_come(bureau):
    made = bureau.submit(bureau.draft())
    with pytest.raises(DocumentMissing):
        bureau.activate(made, document=" ")
    with pytest.raises(DocumentNotYet):
        bureau.activate(made, document_on=AT.date() + timedelta(days=1))
    assert deductibles() == OLD


def test_only_the_version_that_was_read_is_activated(bureau):
    made = bureau.submit(bureau.draft())
    with pytest.raises(ProposalChanged):
        bureau.activate(made, version=1)


def test_what_was_decided_is_not_decided_again(bureau):
    made = bureau.lowered()
    with pytest.raises(StepNotAllowed):
        bureau.activate(made)
    with pytest.raises(StepNotAllowed):
        operations.withdraw(scope=bureau.officer, proposal_id=made.id, because="x", at=AT)


def test_a_rejected_and_a_withdrawn_proposal_stay_with_their_reason(bureau):
    first, second = bureau.submit(bureau.draft()), bureau.draft(title="另一份")
    operations.reject(scope=bureau.reviewer, proposal_id=first.id, because="测算不足", at=AT)
    operations.withdraw(scope=bureau.officer, proposal_id=second.id, because="重拟", at=AT)
    with scoped(bureau.officer):
        rows = Proposal.objects.order_by("number").values_list("state", "because")
        assert list(rows) == [("rejected", "测算不足"), ("withdrawn", "重拟")]
    assert deductibles() == OLD


def test_a_banner_neither_proposes_nor_sees_what_the_league_drafts(bureau):
    made = bureau.draft()
    banner = hire(role="policy_officer", division=BANNER, name="斯琴", at=AT).scope
    with pytest.raises(WholeRegionOnly):
        operations.open_draft(scope=banner, title="x", at=AT)
    with pytest.raises(NotThere):
        operations.submit(scope=banner, proposal_id=made.id, at=AT)


def test_every_act_is_in_the_audit_log_with_the_proposal(bureau):
    bureau.lowered()
    with scoped(bureau.officer):
        rows = AuditRecord.objects.filter(object_kind="proposal").order_by("id")
        assert [row.action for row in rows] == [
            "policy.propose",
            "policy.propose",
            "policy.propose",
            "policy.activate",
        ]
        assert rows[3].detail["document"] == PAPER.number


def test_a_layer_that_somebody_changed_past_the_database_stops_every_decision(bureau, monkeypatch):
    made = bureau.lowered()
    monkeypatch.setattr(rulebooks, "_LAYERS", {})
    monkeypatch.setattr(rulebooks, "mark_of", lambda *_: "0" * 64)
    with pytest.raises(AssertionError, match="not what was activated"):
        rulebooks.book_of(REGION)
    assert made.layer.number == 1


def test_a_paper_with_quotes_and_colons_is_read_back_as_it_was_written(bureau):
    paper = Paper('关于"起付": {标准} # 的通知', 'A: "1"', date(2009, 12, 1))
    made = bureau.submit(bureau.draft(paper=paper))
    layer = bureau.activate(made, document=paper.number, document_on=paper.published).layer
    source = rulebooks.book_of(REGION).sources[layer.name]
    assert (source.title, source.number) == (paper.title, paper.number)

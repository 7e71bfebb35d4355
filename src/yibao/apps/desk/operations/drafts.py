"""Keeping what was typed, and answering a form that is sent twice with its first answer."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import IntegrityError, transaction

from yibao.apps.desk.models import Draft, RecentPick, SentForm
from yibao.core.refusal import Refusal
from yibao.rulebook.drafts import drafts as limits

RECENT = 8
_SEVERAL_AT_ONCE = 4


class StillWorking(Refusal):
    """Raised where the same form is being worked on at this moment."""

    code = "E945"
    message = "这张表单刚才已经提交，正在办理"
    remedy = "请不要重复提交，稍候刷新相关列表查看结果"
    message_en = "This form was sent a moment ago and is being worked on"
    remedy_en = "Do not send it again; look at the list in a moment"


class BrokenOff(Refusal):
    """Raised where the first sending of the same form never came to an answer."""

    code = "E946"
    message = "这张表单 {at} 提交过一次，没有返回结果"
    remedy = "请先在相关列表核对上次是否已经办成；没有办成的，重新打开表单再提交"
    message_en = "This form was sent once at {at} and no answer came back"
    remedy_en = "See in the list whether it was done; if not, open the form anew and send it"


@dataclass(frozen=True, slots=True)
class FormPlace:
    """Which form: of whom, in which post, on which page, for which year, sent where."""

    operator_id: int
    post_id: int
    page: str
    year: int
    action: str


def keep_draft(
    *, place: FormPlace, address: str, fields: Mapping[str, Sequence[str]], at: datetime
) -> Draft | None:
    """Keep the fields of a form, in place of what was kept before; None for too much or nothing."""
    text = json.dumps({name: list(values) for name, values in fields.items()}, ensure_ascii=False)
    if not fields or len(text.encode()) > limits().most_bytes:
        return None
    Draft.objects.filter(kept_at__lt=at - limits().kept_for).delete()
    kept, _ = Draft.objects.update_or_create(
        operator_id=place.operator_id,
        post_id=place.post_id,
        page=place.page,
        year=place.year,
        action=place.action,
        defaults={"address": address, "fields": text, "kept_at": at},
    )
    return kept


def drop_draft(*, operator_id: int, post_id: int, draft_id: int) -> None:
    """Forget a draft of one's own."""
    Draft.objects.filter(operator_id=operator_id, post_id=post_id, id=draft_id).delete()


def forget_draft(*, place: FormPlace) -> None:
    """Forget the draft of a form that was done."""
    Draft.objects.filter(
        operator_id=place.operator_id,
        post_id=place.post_id,
        page=place.page,
        year=place.year,
        action=place.action,
    ).delete()


def begin_form(*, operator_id: int, key: str, at: datetime) -> Any:
    """Note that a form is being worked on; return the answer that the same form had before.

    None: it is new, go on. Inside a transaction the note is part of it, and the same form sent at
    the same time waits for it. Raises StillWorking, BrokenOff.
    """
    try:
        with transaction.atomic():
            SentForm.objects.create(operator_id=operator_id, key=key, sent_at=at)
    except IntegrityError:
        found = SentForm.objects.filter(operator_id=operator_id, key=key).first()
        if found is None:
            raise StillWorking() from None
        if found.answer is not None:
            return found.answer
        if at - found.sent_at > limits().answer_within:
            raise BrokenOff(at=found.sent_at.astimezone(at.tzinfo).strftime("%H:%M")) from None
        raise StillWorking() from None
    SentForm.objects.filter(operator_id=operator_id, sent_at__lt=at - limits().sent_for).delete()
    return None


def end_form(*, operator_id: int, key: str, answer: Any) -> None:
    """Keep the answer of a form that was done."""
    SentForm.objects.filter(operator_id=operator_id, key=key).update(answer=answer)


def release_form(*, operator_id: int, key: str) -> None:
    """Forget that a form was sent: nothing was done, it may be sent again."""
    SentForm.objects.filter(operator_id=operator_id, key=key, answer__isnull=True).delete()


def note_pick(*, operator_id: int, kind: str, object_id: int, at: datetime) -> None:
    """Note what was picked, so that it stands first the next time."""
    RecentPick.objects.update_or_create(
        operator_id=operator_id, kind=kind, object_id=object_id, defaults={"picked_at": at}
    )
    picks = RecentPick.objects.filter(operator_id=operator_id, kind=kind).order_by("-picked_at")
    if picks.count() > RECENT * _SEVERAL_AT_ONCE:
        last = picks[RECENT].picked_at
        RecentPick.objects.filter(operator_id=operator_id, kind=kind, picked_at__lt=last).delete()

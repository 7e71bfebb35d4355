"""What an agent fills in at the door and when handing in."""

import secrets
from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from yibao.apps.collection.operations import HouseholdCash
from yibao.apps.collection.queries import MemberDue
from yibao.console.forms import ConsoleForm, WordsField


class DoorForm(ConsoleForm):
    """Whose cash is taken at the door, why, and what was verified with the household."""

    dues = forms.TypedMultipleChoiceField(
        label=_("收谁的钱"), coerce=int, widget=forms.CheckboxSelectMultiple
    )
    special_reason = WordsField(label=_("特殊情况"), max_length=200)
    identity = forms.BooleanField(label=_("已核对身份证或户口簿，身份信息无误"), required=False)
    place = forms.BooleanField(label="", required=False)
    special = forms.TypedMultipleChoiceField(
        label=_("其中是资助对象的"),
        coerce=int,
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )
    employee = forms.TypedMultipleChoiceField(
        label=_("其中已参加职工医保的"),
        coerce=int,
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )
    key = forms.CharField(widget=forms.HiddenInput, max_length=64)

    def __init__(
        self,
        *args: Any,
        members: Sequence[MemberDue],
        labels: Sequence[str],
        place: str,
        **kwargs: Any,
    ) -> None:
        kwargs["initial"] = {
            "key": secrets.token_hex(16),
            "dues": [one.due_id for one in members],
            **kwargs.get("initial", {}),
        }
        super().__init__(*args, **kwargs)
        names = [(one.due_id, label) for one, label in zip(members, labels, strict=True)]
        for field in ("dues", "special", "employee"):
            self.fields[field].choices = names  # type: ignore[attr-defined]
        self.fields["place"].label = _("参保地选“%(place)s”") % {"place": place}
        self.fields["dues"].error_messages["required"] = _("请至少选择一名成员")

    def cash(self, sum_fen: int) -> HouseholdCash:
        """Return what was filled in, with the sum that the page showed."""
        given = self.cleaned_data
        return HouseholdCash(
            due_ids=given["dues"],
            sum_fen=sum_fen,
            special_reason=given["special_reason"],
            identity=given["identity"],
            place=given["place"],
            special_due_ids=given["special"],
            employee_due_ids=given["employee"],
        )

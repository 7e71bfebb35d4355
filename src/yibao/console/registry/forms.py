"""What a clerk says before a whole number is shown, and before identifiers are destroyed."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from yibao.apps.access.spoken import national_words
from yibao.apps.registry.operations.revealing import NAME, NUMBER, PHONE, PURPOSES
from yibao.console.forms import ConsoleForm, WordsField
from yibao.rulebook.national import codes

_WHAT = ((NUMBER, _("证件号码")), (PHONE, _("联系电话")), (NAME, _("姓名")))


class RevealForm(ConsoleForm):
    """Which of a person's values, for what purpose, and why."""

    what = forms.MultipleChoiceField(
        label=_("显示哪些"), choices=_WHAT, widget=forms.CheckboxSelectMultiple, initial=[NUMBER]
    )
    purpose = forms.ChoiceField(label=_("用途"))
    reason = WordsField(label=_("理由"), max_length=200, min_length=4)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        listed = [(code, national_words(PURPOSES, code)) for code in codes(PURPOSES)]
        self.fields["purpose"].choices = [("", _("请选择用途")), *listed]  # type: ignore[attr-defined]


class EraseForm(ConsoleForm):
    """On what ground the identifiers are to be destroyed."""

    reason = WordsField(label=_("依据"), max_length=200, min_length=4)


class DecideForm(ConsoleForm):
    """The second person's word."""

    decision = forms.ChoiceField(
        label=_("决定"),
        choices=(("approve", _("同意，立即删除")), ("refuse", _("不同意"))),
        widget=forms.RadioSelect,
    )
    answer = WordsField(label=_("意见"), max_length=200, required=False)

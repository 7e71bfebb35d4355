"""What a clerk keys in of a visit, and the reason of a reversal."""

import secrets
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from yibao.apps.access.rulebooks import book_of
from yibao.apps.access.spoken import language
from yibao.console.forms import ConsoleForm, DayField, WordsField
from yibao.console.page import ConsoleRequest, said
from yibao.console.picker import PickerField
from yibao.core.money import Fen
from yibao.core.refusal import Refusal

_WAYS = {"visit_kind": "kind", "special_diseases": "special_disease", "accident_cause": "accident"}


class YuanField(forms.CharField):
    """An amount in yuan as people write it; its value is whole fen."""

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("widget", forms.TextInput(attrs={"inputmode": "decimal"}))
        super().__init__(**kwargs)

    def clean(self, value: Any) -> Any:
        """Return the amount in fen, None where nothing is written."""
        text = super().clean(value)
        if not text:
            return None
        try:
            return Fen.from_yuan(text)
        except Refusal as refusal:
            raise ValidationError(said(refusal), code=refusal.code) from refusal


class VisitForm(ConsoleForm):
    """A stay or an outpatient visit with its bill."""

    institution = PickerField("institution", label=_("医疗机构"))
    number = forms.CharField(label=_("结算清单号"), max_length=40)
    kind = forms.ChoiceField(label=_("就诊类别"))
    admitted_on = DayField(label=_("入院日期"), required=False)
    discharged_on = DayField(label=_("出院（就诊）日期"))
    total_fen = YuanField(label=_("医疗费总额（元）"))
    eligible_cost = YuanField(label=_("其中目录内合理费用（元）"))
    special_disease = forms.ChoiceField(label=_("特殊病"), required=False)
    accident = forms.ChoiceField(label=_("伤病原因"), required=False)
    reported_on = DayField(label=_("备案日期"), required=False)
    transfer_approved = forms.BooleanField(label=_("已批准转院"), required=False)
    blood_disease = forms.BooleanField(label=_("血液系统疾病"), required=False)
    key = forms.CharField(widget=forms.HiddenInput, max_length=64)

    def __init__(self, *args: Any, request: ConsoleRequest, **kwargs: Any) -> None:
        kwargs["initial"] = {"key": secrets.token_hex(16), **kwargs.get("initial", {})}
        super().__init__(*args, **kwargs)
        self.fields["institution"].start(request)  # type: ignore[attr-defined]
        book = book_of(request.scope.region)
        for listed, name in _WAYS.items():
            codes = book.enumerations[listed].codes
            labels = [(code, label.in_language(language())) for code, label in codes.items()]
            empty = [] if self.fields[name].required else [("", _("无"))]
            self.fields[name].choices = [*empty, *labels]

    def facts(self) -> dict[str, Any]:
        """Return the visit's facts by the rulebook's names; what is empty is left out."""
        given = self.cleaned_data
        named = (
            "kind",
            "admitted_on",
            "discharged_on",
            "total_fen",
            "eligible_cost",
            "special_disease",
            "accident",
            "reported_on",
            "transfer_approved",
            "blood_disease",
        )
        return {name: given[name] for name in named if given[name] not in ("", None, False)}


class ReverseForm(ConsoleForm):
    """Why a settlement is taken back."""

    because = WordsField(
        label=_("冲正原因"), max_length=200, widget=forms.Textarea(attrs={"rows": 3})
    )
    key = forms.CharField(widget=forms.HiddenInput, max_length=64)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, initial={"key": secrets.token_hex(16)}, **kwargs)

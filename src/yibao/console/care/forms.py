"""What is filled in about institutions."""

from typing import Any

from django import forms
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from yibao.apps.access.models import Organisation
from yibao.apps.care.operations import KINDS, LEVELS
from yibao.console.access.forms import PlaceField
from yibao.console.forms import ConsoleForm, DayField

LEVELS_ZH: dict[int, Any] = {1: _("一级"), 2: _("二级"), 3: _("三级")}


class InstitutionForm(ConsoleForm):
    """A new institution."""

    code = forms.RegexField(
        label=_("机构编码"),
        regex=r"^[0-9A-Za-z]+$",
        max_length=20,
        error_messages={"invalid": _("机构编码只用数字和字母")},
    )
    name = forms.CharField(label=_("机构名称"), max_length=80)
    kind = forms.ChoiceField(label=_("种类"), choices=list(KINDS.items()))
    level = forms.TypedChoiceField(
        label=_("等级"), choices=[(level, LEVELS_ZH[level]) for level in LEVELS], coerce=int
    )
    area = PlaceField(label=_("所在区划"), queryset=Organisation.objects.none())
    outside = forms.BooleanField(label=_("在统筹区以外（异地就医）"), required=False)

    def __init__(self, *args: Any, places: QuerySet[Organisation], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["area"].queryset = places  # type: ignore[attr-defined]


class DesignationForm(ConsoleForm):
    """From when until when an institution is designated."""

    designated_from = DayField(label=_("起始日期"))
    designated_until = DayField(label=_("终止日期（当日起失效）"), required=False)
    document = forms.CharField(label=_("协议或文件"), max_length=80)

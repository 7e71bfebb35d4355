"""What the security administrator fills in."""

from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from yibao.apps.access import queries
from yibao.apps.access.models import Organisation, Role
from yibao.apps.access.operations import Certificate
from yibao.apps.access.scope import Scope
from yibao.console.forms import ConsoleForm, DayField, WordsField

ROLES = [(role.value, role.label) for role in Role if role != Role.SYSTEM]
_OFFICES = ("agency", "department", "school", "bank", "tax", "finance", "hospital")


class PlaceField(forms.ModelChoiceField):
    """A place or office of the scope, indented by its level."""

    _INDENT = {"city": "", "county": "　", "township": "　　", "village": "　　　"}

    def label_from_instance(self, obj: Organisation) -> str:
        """Return the name under its place."""
        return f"{self._INDENT.get(obj.kind, '　　　　')}{obj.name}"


class CertificateForm(ConsoleForm):
    """A passed training."""

    certificate_number = forms.CharField(label=gettext_lazy("培训合格证明编号"), max_length=40)
    issuer = forms.CharField(label=gettext_lazy("发证单位"), max_length=60)
    passed_on = DayField(label=gettext_lazy("合格日期"))
    valid_until = DayField(label=gettext_lazy("有效期至（当日起失效）"), required=False)

    def certificate(self) -> Certificate:
        """Return what was filled in."""
        return Certificate(
            number=self.cleaned_data["certificate_number"],
            issuer=self.cleaned_data["issuer"],
            passed_on=self.cleaned_data["passed_on"],
            valid_until=self.cleaned_data["valid_until"],
        )


class AccountForm(ConsoleForm):
    """A new account; the training is filled in where the region asks for it."""

    staff_no = forms.CharField(label=gettext_lazy("工号"), max_length=20)
    name = forms.CharField(label=gettext_lazy("姓名"), max_length=40)
    identity_number = forms.CharField(
        label=gettext_lazy("公民身份号码"),
        max_length=18,
        required=False,
        widget=forms.TextInput(attrs={"autocomplete": "off", "class": "id"}),
    )
    organisation = PlaceField(label=gettext_lazy("所在机构"), queryset=Organisation.objects.none())
    certificate_number = forms.CharField(
        label=gettext_lazy("培训合格证明编号"), max_length=40, required=False
    )
    issuer = forms.CharField(label=gettext_lazy("发证单位"), max_length=60, required=False)
    passed_on = DayField(label=gettext_lazy("合格日期"), required=False)

    def __init__(self, *args: Any, scope: Scope, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["organisation"].queryset = queries.places_and_offices(scope)

    def clean(self) -> dict[str, Any]:
        """Take a certificate whole or not at all."""
        given = super().clean() or {}
        names = ("certificate_number", "issuer", "passed_on")
        filled = [name for name in names if given.get(name)]
        for name in names:
            if filled and name not in filled and name not in self.errors:
                self.add_error(
                    name, _("请填写%(label)s，或三项都不填") % {"label": self.fields[name].label}
                )
        return given

    def certificate(self) -> Certificate | None:
        """Return the training, if one was filled in."""
        if not self.cleaned_data["certificate_number"]:
            return None
        return Certificate(
            number=self.cleaned_data["certificate_number"],
            issuer=self.cleaned_data["issuer"],
            passed_on=self.cleaned_data["passed_on"],
        )


class RequestForm(ConsoleForm):
    """A post that is asked for: what, where, from when until when, and why."""

    role = forms.ChoiceField(
        label=gettext_lazy("岗位"), choices=[("", gettext_lazy("请选择")), *ROLES]
    )
    organisation = PlaceField(
        label=gettext_lazy("区划或机构"), queryset=Organisation.objects.none()
    )
    valid_from = DayField(label=gettext_lazy("起始日期"))
    valid_until = DayField(label=gettext_lazy("终止日期（当日起失效）"))
    reason = WordsField(label=gettext_lazy("申请原因"), max_length=200)

    def __init__(self, *args: Any, scope: Scope, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["organisation"].queryset = queries.places_and_offices(scope)

    def wanted(self) -> dict[str, Any]:
        """Return what was filled in, as the operations take it."""
        given = self.cleaned_data
        return {
            "organisation_id": given["organisation"].id,
            "role": given["role"],
            "valid_from": given["valid_from"],
            "valid_until": given["valid_until"],
            "reason": given["reason"],
        }


class ReasonForm(ConsoleForm):
    """Why a request is returned, or a post ended."""

    reason = WordsField(label=gettext_lazy("原因"), max_length=200)


class CloseForm(ConsoleForm):
    """Why an account is closed."""

    reason = WordsField(label=gettext_lazy("停用原因"), max_length=200)

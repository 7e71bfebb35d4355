"""What clerks and agents fill in about money."""

from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from yibao.apps.access.models import Operator
from yibao.apps.access.scope import Scope
from yibao.apps.collection.operations import Confirmed
from yibao.apps.collection.policy import channel_label, policy
from yibao.console.forms import ConsoleForm, WordsField

YES_NO = (("yes", gettext_lazy("是")), ("no", gettext_lazy("否")))


def channel_choices(scope: Scope, year: int) -> list[tuple[str, str]]:
    """Return the region's channels with their names."""
    return [
        (code, channel_label(scope.region, code)) for code in policy(scope.region, year).vouchers
    ]


class UploadForm(ConsoleForm):
    """A payment file of the tax side."""

    file = forms.FileField(label=gettext_lazy("缴费明细文件"))
    channel = forms.ChoiceField(label=gettext_lazy("文件里没有渠道列时按"), required=False)

    def __init__(self, *args: Any, scope: Scope, year: int, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        first = ("", _("文件里有渠道列"))
        self.fields["channel"].choices = [first, *channel_choices(scope, year)]


class ClaimForm(ConsoleForm):
    """Which due a payment pays, and why a clerk knows."""

    due_id = forms.TypedChoiceField(
        label=gettext_lazy("对应的应缴"), coerce=int, widget=forms.RadioSelect
    )
    reason = WordsField(label=gettext_lazy("认领原因"), max_length=200)


class RequestForm(ConsoleForm):
    """What a payer asks for after paying."""

    kind = forms.ChoiceField(
        label=gettext_lazy("请求"),
        choices=(("refund", gettext_lazy("退费")), ("change", gettext_lazy("更改参保信息"))),
        widget=forms.RadioSelect,
    )
    reason = WordsField(
        label=gettext_lazy("缴费人说明"), max_length=200, widget=forms.Textarea(attrs={"rows": 3})
    )


class InvoiceForm(ConsoleForm):
    """The paper invoice that the tax hall gave."""

    number = forms.CharField(label=gettext_lazy("票据号"), max_length=30)


class CashForm(ConsoleForm):
    """Cash taken for a due: why, and what was verified before keying."""

    special_reason = WordsField(label=gettext_lazy("特殊情况"), max_length=200, required=False)
    identity = forms.BooleanField(
        label=gettext_lazy("已核对身份证或户口簿，身份信息无误"), required=False
    )
    special_payer = forms.ChoiceField(
        label=gettext_lazy("是否特殊缴费人员（资助对象）"), choices=YES_NO, widget=forms.RadioSelect
    )
    employee = forms.ChoiceField(
        label=gettext_lazy("是否已参加职工医保"), choices=YES_NO, widget=forms.RadioSelect
    )
    place = forms.BooleanField(label="", required=False)

    def __init__(self, *args: Any, place: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["place"].label = _("参保地选“%(place)s”") % {"place": place}

    def confirmed(self) -> Confirmed:
        """Return what was verified."""
        given = self.cleaned_data
        return Confirmed(
            identity=given["identity"],
            special_payer=given["special_payer"] == "yes",
            employee=given["employee"] == "yes",
            place=given["place"],
        )


class DepositForm(ConsoleForm):
    """Cash paid in through an online channel."""

    collections = forms.TypedMultipleChoiceField(
        label=gettext_lazy("缴库的现金"), coerce=int, widget=forms.CheckboxSelectMultiple
    )
    channel = forms.ChoiceField(label=gettext_lazy("缴库渠道"))
    voucher_no = forms.CharField(label=gettext_lazy("缴库凭证号"), max_length=40)
    late_reason = WordsField(
        label=gettext_lazy("没有当日缴库的原因"), max_length=200, required=False
    )

    def __init__(
        self,
        *args: Any,
        held: list[tuple[int, str]],
        is_late: bool,
        scope: Scope,
        year: int,
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        self.is_late = is_late
        self.fields["collections"].choices = held
        self.fields["channel"].choices = channel_choices(scope, year)


class HolderField(forms.ModelChoiceField):
    """A collector of the scope."""

    def label_from_instance(self, obj: Operator) -> str:
        """Return the name with the office."""
        return f"{obj.name}（{obj.organisation.name}）"


class RangeForm(ConsoleForm):
    """A range of receipt numbers to be handed out."""

    holder = HolderField(label=gettext_lazy("领取人"), queryset=Operator.objects.none())
    prefix = forms.CharField(label=gettext_lazy("字头"), max_length=12)
    first = forms.IntegerField(label=gettext_lazy("起号"), min_value=1)
    last = forms.IntegerField(label=gettext_lazy("止号"), min_value=1)

    def __init__(self, *args: Any, scope: Scope, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["holder"].queryset = (
            Operator.objects.filter(
                is_active=True,
                organisation__region_id=scope.region,
                organisation__area_from__gte=scope.area_from,
                organisation__area_until__lte=scope.area_until,
            )
            .select_related("organisation")
            .order_by("organisation__area_from", "name")
        )

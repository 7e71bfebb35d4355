"""What clerks fill in about rosters, lists and grants."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from yibao.apps.access.models import Organisation
from yibao.apps.access.queries import offices_of
from yibao.apps.access.scope import Scope
from yibao.apps.subsidy.sheets import category_choices
from yibao.console.forms import ConsoleForm, DayField, WordsField
from yibao.core.money import Fen
from yibao.core.refusal import Refusal

ROSTER_KINDS = (
    ("initial", gettext_lazy("首次名单")),
    ("addition", gettext_lazy("每月新增")),
    ("deceased", gettext_lazy("死亡人员")),
)
LIST_KINDS = (
    ("initial", gettext_lazy("首次名单")),
    ("addition", gettext_lazy("新增后名单")),
    ("final", gettext_lazy("最终名单")),
)
# Who hands in rosters.
GIVERS = ("department", "finance", "agency")


class OfficeField(forms.ModelChoiceField):
    """A department of the scope."""

    def label_from_instance(self, obj: Organisation) -> str:
        """Return its name."""
        return obj.name


class UploadForm(ConsoleForm):
    """A department's roster."""

    department = OfficeField(label=gettext_lazy("提供部门"), queryset=Organisation.objects.none())
    kind = forms.ChoiceField(label=gettext_lazy("名单种类"), choices=ROSTER_KINDS)
    category = forms.ChoiceField(label=gettext_lazy("文件里没有类别列时按"), required=False)
    as_of = DayField(label=gettext_lazy("数据截止日"))
    file = forms.FileField(label=gettext_lazy("名单文件"))
    paper_sealed = forms.BooleanField(
        label=gettext_lazy("已收到加盖公章的纸质名单"), required=False
    )

    def __init__(self, *args: Any, scope: Scope, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["department"].queryset = offices_of(scope, kinds=GIVERS)
        self.fields["category"].choices = [
            ("", _("文件里有类别列")),
            *category_choices(scope.region),
        ]


class ConfirmForm(ConsoleForm):
    """That the sealed paper is here."""

    paper_sealed = forms.BooleanField(
        label=gettext_lazy("已收到加盖公章的纸质名单"), required=False
    )


class AnswerForm(ConsoleForm):
    """What a row of a roster is answered with."""

    answer = forms.ChoiceField(
        label=gettext_lazy("答复"),
        choices=(
            ("match", gettext_lazy("就是下面选定的人")),
            ("confirm", gettext_lazy("核对无误")),
            ("reject", gettext_lazy("退回部门，不予资助")),
        ),
        widget=forms.RadioSelect,
    )
    person_id = forms.TypedChoiceField(
        label=gettext_lazy("登记的人员"),
        coerce=int,
        required=False,
        empty_value=None,
        widget=forms.RadioSelect,
    )
    note = WordsField(label=gettext_lazy("说明"), max_length=150, required=False)


class FixForm(ConsoleForm):
    """Which list is frozen."""

    kind = forms.ChoiceField(label=gettext_lazy("名单"), choices=LIST_KINDS)


class GrantForm(ConsoleForm):
    """Money of a grant that arrived."""

    amount_fen = forms.CharField(label=gettext_lazy("到账金额（元）"), max_length=20)
    received_on = DayField(label=gettext_lazy("到账日期"))
    voucher_no = forms.CharField(label=gettext_lazy("到账凭证号"), max_length=60)

    def clean_amount_fen(self) -> int:
        """Return the amount in fen."""
        try:
            return int(Fen.from_yuan(self.cleaned_data["amount_fen"]))
        except Refusal as refusal:
            raise ValidationError(str(refusal), code=refusal.code) from refusal

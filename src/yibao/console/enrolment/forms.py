"""What a clerk says when a ledger comes in, and when one is undone."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from yibao.apps.access import queries
from yibao.apps.access.models import Organisation
from yibao.apps.access.scope import Scope
from yibao.apps.enrolment.ledgers import forms as ledger_forms
from yibao.console.forms import ConsoleForm, WordsField


class VillageField(forms.ModelChoiceField):
    """A village of the scope, by its name."""

    def label_from_instance(self, obj: Any) -> str:
        return str(obj.name)


class UploadForm(ConsoleForm):
    """Which ledger, of which village, and the file."""

    kind = forms.ChoiceField(label=_("台账种类"))
    area = VillageField(label=_("填报单位（村）"), queryset=Organisation.objects.none())
    file = forms.FileField(
        label=_("文件"), widget=forms.ClearableFileInput(attrs={"accept": ".xlsx"})
    )

    def __init__(self, *args: Any, scope: Scope, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choices = [
            (kind, _("附件%(annex)s　%(name)s") % {"annex": form.annex, "name": form.name})
            for kind, form in ledger_forms().items()
        ]
        self.fields["kind"].choices = choices
        self.fields["area"].queryset = queries.villages_of(scope)


class MendFileForm(ConsoleForm):
    """The error file, corrected."""

    file = forms.FileField(
        label=_("改好的错误表"), widget=forms.ClearableFileInput(attrs={"accept": ".xlsx"})
    )


class HouseholdForm(ConsoleForm):
    """Where a family lives, and its number in the village."""

    area = VillageField(label=_("村（社区）"), queryset=Organisation.objects.none())
    household_no = forms.CharField(label=_("家庭编号"), max_length=20)

    def __init__(self, *args: Any, scope: Scope, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        villages = queries.villages_of(scope)
        self.fields["area"].queryset = villages
        if villages.count() == 1:
            self.initial["area"] = villages.first()


class UndoForm(ConsoleForm):
    """Why a written ledger is taken back."""

    reason = WordsField(label=_("撤销原因"), max_length=200)

"""What is filled in for the books."""

from typing import Any

from django import forms
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from yibao.apps.access.models import Organisation
from yibao.console.forms import ConsoleForm, WordsField


class UnitField(forms.ModelChoiceField):
    """An agency by its name."""

    def label_from_instance(self, obj: Organisation) -> str:
        """Return the agency's name."""
        return str(obj.name)


class OpenForm(ConsoleForm):
    """Whose books are opened."""

    unit = UnitField(label=_("经办机构"), queryset=Organisation.objects.none())

    def __init__(self, *args: Any, units: QuerySet[Organisation], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["unit"].queryset = units  # type: ignore[attr-defined]


class ReverseForm(ConsoleForm):
    """Why an entry is reversed."""

    reason = WordsField(label=_("冲销原因"), max_length=60)


class CloseForm(ConsoleForm):
    """Which month is closed."""

    month = forms.DateField(label=_("月份"), widget=forms.HiddenInput, input_formats=["%Y-%m-%d"])

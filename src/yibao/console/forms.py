"""Forms as the console draws them: labels above, one error summary, refusals as errors."""

import contextlib
from collections.abc import Iterator
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator
from django.forms.utils import ErrorDict
from django.utils.datastructures import MultiValueDict
from django.utils.translation import gettext_lazy as _

from yibao.console.kept import restored
from yibao.console.page import ConsoleRequest, record_refusal, said
from yibao.core.identity import mask_within
from yibao.core.refusal import Refusal

# A whole number of nine figures fits its column, and so does the next one.
LARGEST = 999_999_999
# What a browser leaves out of a form where nothing is ticked or chosen.
_MAYBE_SENT = (
    forms.CheckboxInput,
    forms.RadioSelect,
    forms.CheckboxSelectMultiple,
    forms.SelectMultiple,
    forms.FileInput,
)


class ConsoleForm(forms.Form):
    """A form whose errors name the field, and that takes a refusal as one of its errors."""

    # The server judges: its words stand in the summary and at the field, not in a pop-up.
    use_required_attribute = False

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs.setdefault("label_suffix", "")
        super().__init__(*args, **kwargs)
        self.dress()

    def dress(self) -> None:
        """Give every field the look and the words of the console; again where some were added."""
        for field in self.fields.values():
            field.error_messages["required"] = _("请填写%(label)s") % {"label": field.label}
            if isinstance(field, forms.ChoiceField | forms.FileField):
                field.error_messages["required"] = _("请选择%(label)s") % {"label": field.label}
            if isinstance(field, forms.ModelChoiceField) and field.empty_label:
                field.empty_label = _("请选择")
            if type(field) is forms.IntegerField and field.max_value is None:
                field.max_value = LARGEST
                field.validators.append(MaxValueValidator(LARGEST))
            _dress(field.widget)

    def full_clean(self) -> None:
        """Judge what was sent; where a picker was asked to find, nothing is wrong yet."""
        super().full_clean()
        if self.is_finding:
            self._errors = ErrorDict()

    def is_valid(self) -> bool:
        """Tell whether the form may be acted on."""
        return super().is_valid() and not self.is_finding

    @property
    def is_finding(self) -> bool:
        """Tell whether only a picker was asked to list what it finds."""
        return bool(self.is_bound and self.data.get("find") in self.fields)

    def get_initial_for_field(self, field: forms.Field, field_name: str) -> Any:
        """Return what the field begins with: on a page that restores a draft, what was typed."""
        typed = restored.get()
        if typed is None or self.is_bound or not self._is_of(typed):
            return super().get_initial_for_field(field, field_name)
        return field.widget.value_from_datadict(
            typed, MultiValueDict(), self.add_prefix(field_name)
        )

    def _is_of(self, typed: MultiValueDict[str, str]) -> bool:
        """Tell whether what was typed is this form's: it has every field that is always sent."""
        names = {self.add_prefix(name): field.widget for name, field in self.fields.items()}
        sent = {name for name, widget in names.items() if not isinstance(widget, _MAYBE_SENT)}
        return sent <= typed.keys() if sent else bool(names.keys() & typed.keys())

    @contextlib.contextmanager
    def refusals(self, request: ConsoleRequest) -> Iterator[None]:
        """Turn a refusal of the block into an error of this form, and record it."""
        try:
            yield
        except Refusal as refusal:
            record_refusal(request, refusal)
            self.refuse(refusal)

    @contextlib.contextmanager
    def refusals_but(self, request: ConsoleRequest, kind: type[Refusal]) -> Iterator[None]:
        """Do what `refusals` does, but for one kind, which the view shows itself."""
        try:
            yield
        except kind:
            raise
        except Refusal as refusal:
            record_refusal(request, refusal)
            self.refuse(refusal)

    def refuse(self, refusal: Refusal) -> None:
        """Add a refusal's words at the field that it belongs to, or above the form."""
        field = refusal.field if refusal.field in self.fields else None
        self.add_error(field, ValidationError(said(refusal), code=refusal.code))


class DayField(forms.DateField):
    """A day as it is typed at a counter: 2020-12-18, 20201218 or 2020/12/18."""

    input_formats = ("%Y-%m-%d", "%Y%m%d", "%Y/%m/%d")  # type: ignore[assignment]
    default_error_messages = {"invalid": _("请按 2020-12-18 的格式填写日期")}

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault(
            "widget", forms.DateInput(format="%Y-%m-%d", attrs={"inputmode": "numeric"})
        )
        super().__init__(**kwargs)


class WordsField(forms.CharField):
    """Words of a clerk's own: a reason, a note. They name nobody by number.

    What is an identity number, an account or a mobile telephone is masked before anything is kept.
    """

    def to_python(self, value: Any) -> str:
        """Return the words with every whole number of a person masked."""
        return mask_within(super().to_python(value) or "")


def _dress(widget: forms.Widget) -> None:
    if isinstance(widget, forms.RadioSelect | forms.CheckboxInput | forms.CheckboxSelectMultiple):
        return
    name = "form-select" if isinstance(widget, forms.Select) else "form-control"
    worn = widget.attrs.get("class", "").split()
    widget.attrs["class"] = " ".join(dict.fromkeys([*worn, name]))

"""What is filled in in the policy lab."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from yibao.apps.policy.overlays import Paper
from yibao.apps.policy.populations import REGISTERED, Stored
from yibao.console.forms import ConsoleForm, DayField, WordsField
from yibao.console.policy.valuing import HINTS, ValueFields

_LINES = 22


class PaperForm(ConsoleForm):
    """The document that a value or a proposal rests on."""

    def paper(self) -> Paper:
        """Return the paper that was filled in."""
        given = self.cleaned_data
        return Paper(given["paper_title"].strip(), given["document"].strip(), given["document_on"])


class SettingForm(PaperForm):
    """A value for an open setting: value, days, document."""

    since = forms.CharField(label=_("生效"), max_length=10)
    until = forms.CharField(label=_("截止"), max_length=10, required=False)
    paper_title = forms.CharField(label=_("文件名称"), max_length=80)
    document = forms.CharField(label=_("文号"), max_length=80)
    document_on = DayField(label=_("文件日期"))
    article = forms.CharField(label=_("条款"), max_length=30, required=False)
    known = DayField(label=_("公布日期"), required=False)

    def __init__(self, *args: Any, values: ValueFields, **kwargs: Any) -> None:
        self.values = values
        super().__init__(*args, **kwargs)
        values.add_to(self)
        self.dress()

    def cells(self) -> list[tuple[str, Any, Any]]:
        """Return (row, field, its unit) of each cell of the value."""
        unit = "{}_unit"
        return [
            (
                cell.row,
                self[cell.name],
                self[unit.format(cell.name)] if unit.format(cell.name) in self.fields else None,
            )
            for cell in self.values.cells()
        ]

    @property
    def hint(self) -> Any:
        """How a value of this type is written."""
        return HINTS.get(self.values.type.kind, "")


class ValueForm(SettingForm):
    """A value that a proposal gives a parameter; the paper is the proposal's."""

    paper_title = None  # type: ignore[assignment]
    document = None  # type: ignore[assignment]
    document_on = None  # type: ignore[assignment]
    known = None  # type: ignore[assignment]


class NewForm(ConsoleForm):
    """The title of a new proposal."""

    title = forms.CharField(label=_("标题"), max_length=80)


class DraftForm(PaperForm):
    """A draft: title, paper, text. Whatever the text says, it is kept."""

    title = forms.CharField(label=_("标题"), max_length=80)
    paper_title = forms.CharField(label=_("文件名称"), max_length=80, required=False)
    document = forms.CharField(label=_("文号"), max_length=80, required=False)
    document_on = DayField(label=_("文件日期"), required=False)
    text = forms.CharField(
        label=_("改动"),
        required=False,
        strip=False,
        widget=forms.Textarea(
            attrs={"rows": _LINES, "spellcheck": "false", "class": "yb-code", "wrap": "off"}
        ),
    )


class ClauseForm(ConsoleForm):
    """A clause written anew, deleted, or put before another."""

    how = forms.ChoiceField(
        label=_("怎样改"),
        choices=[
            ("replaces", _("改写这一条")),
            ("adds", _("在这一条之前新增一条")),
            ("repeals", _("删去这一条")),
        ],
        widget=forms.RadioSelect,
        initial="replaces",
    )
    name = forms.SlugField(label=_("新条的名称"), max_length=40, required=False)
    when = forms.CharField(label=_("如果"), max_length=600, required=False)
    outcome = forms.CharField(label=_("那么"), max_length=600, required=False)
    article = forms.CharField(label=_("条款"), max_length=30, required=False)

    def clean(self) -> dict[str, Any]:
        """Ask for a name where a clause is added, and for an outcome unless one is deleted."""
        given = super().clean() or {}
        if given.get("how") == "adds" and not given.get("name"):
            self.add_error("name", _("请给新增的条款取一个英文名称"))
        if given.get("how") != "repeals" and not given.get("outcome"):
            self.add_error("outcome", _("请填写那么"))
        return given


class ActivateForm(ConsoleForm):
    """The document that puts a proposal into force; the version that was read."""

    version = forms.IntegerField(widget=forms.HiddenInput)
    document = forms.CharField(label=_("文号"), max_length=80)
    document_on = DayField(label=_("文件日期"))


class BecauseForm(ConsoleForm):
    """Why something is sent back or taken back."""

    because = WordsField(label=_("原因"), max_length=200)


class SignForm(ConsoleForm):
    """A signature under a row of outcomes, or under all."""

    sense = forms.CharField(widget=forms.HiddenInput, max_length=64)
    cell = forms.CharField(widget=forms.HiddenInput, max_length=64, required=False)
    note = WordsField(label=_("意见"), max_length=200, required=False)


class SimulateForm(ConsoleForm):
    """Over whom and for which year a proposal is simulated."""

    year = forms.IntegerField(label=_("年度"), min_value=1990, max_value=2100)
    population = forms.ChoiceField(label=_("人群"), widget=forms.RadioSelect)

    def __init__(self, *args: Any, stored: list[Stored], year: int, **kwargs: Any) -> None:
        kwargs.setdefault("initial", {"year": year, "population": REGISTERED})
        super().__init__(*args, **kwargs)
        said = _("快照 %(name)s：%(year)s 年度，%(persons)s 人，%(visits)s 次就诊")
        self.fields["population"].choices = [  # type: ignore[attr-defined]
            (REGISTERED, _("登记在册的参保人和已结算的就诊")),
            *((one.name, said % _numbers(one)) for one in stored),
        ]


def _numbers(one: Stored) -> dict[str, object]:
    return {
        "name": one.name,
        "year": one.year,
        "persons": f"{one.persons:,}",
        "visits": f"{one.visits:,}",
    }

"""Forms of exports, notices and the lists of the desk."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from yibao.apps.access.models import Role
from yibao.apps.access.spoken import language
from yibao.apps.desk.models import ExportState, JobState
from yibao.apps.desk.sources import WHOLE
from yibao.console.forms import ConsoleForm, WordsField
from yibao.rulebook import desk as limits


class AskExportForm(ConsoleForm):
    """What a list is taken for, which values leave whole, and the kind of file."""

    purpose = forms.ChoiceField(label=_("用途"))
    purpose_words = WordsField(
        label=_("用途说明"), max_length=200, widget=forms.Textarea(attrs={"rows": 2})
    )
    whole = forms.MultipleChoiceField(
        label=_("不遮盖的内容"), required=False, widget=forms.CheckboxSelectMultiple
    )
    kind = forms.ChoiceField(
        label=_("文件格式"),
        choices=[("xlsx", _("Excel 工作簿（xlsx）")), ("csv", _("逗号分隔（csv）"))],
        widget=forms.RadioSelect,
        initial="xlsx",
    )

    def __init__(self, *args: Any, kinds: list[str], may_whole: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        spoken = language()
        self.fields["purpose"].choices = [  # type: ignore[attr-defined]
            ("", _("请选择")),
            *((code, one.label(spoken)) for code, one in limits.exports().purposes.items()),
        ]
        shown = [(kind, words) for kind, words in WHOLE.items() if kind in kinds]
        self.fields["whole"].choices = shown  # type: ignore[attr-defined]
        if not (may_whole and shown):
            del self.fields["whole"]
        self.dress()


class RejectForm(ConsoleForm):
    """Why an export is refused."""

    because = WordsField(label=_("退回原因"), max_length=200, required=False)


class NoticeForm(ConsoleForm):
    """What is told, to whom, and for how long."""

    title = forms.CharField(label=_("标题"), max_length=60)
    text = forms.CharField(
        label=_("内容"), max_length=2000, required=False, widget=forms.Textarea(attrs={"rows": 5})
    )
    shown_from = forms.DateTimeField(label=_("起始时间"), input_formats=("%Y-%m-%d %H:%M",))
    shown_until = forms.DateTimeField(label=_("截止时间"), input_formats=("%Y-%m-%d %H:%M",))
    roles = forms.MultipleChoiceField(
        label=_("只给这些岗位"),
        required=False,
        choices=[(role.value, role.label) for role in Role if role != Role.SYSTEM],
        widget=forms.CheckboxSelectMultiple,
    )
    is_urgent = forms.BooleanField(label=_("紧急，排在最前"), required=False)
    is_public = forms.BooleanField(label=_("登录前也显示"), required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name in ("shown_from", "shown_until"):
            self.fields[name].widget.format = "%Y-%m-%d %H:%M"  # type: ignore[attr-defined]
            self.fields[name].error_messages["invalid"] = _("请按 2020-12-18 09:30 的格式填写")


class ListForm(ConsoleForm):
    """Conditions of a list: read from the address, so never an error of what is missing."""

    def __init__(self, *args: Any, scope: Any, year: int, **kwargs: Any) -> None:
        self.scope, self.year = scope, year
        super().__init__(*args, **kwargs)


class JobsForm(ListForm):
    """Which jobs."""

    state = forms.ChoiceField(
        label=_("状态"), required=False, choices=[("", _("全部")), *JobState.choices]
    )
    mine = forms.BooleanField(label=_("只看我的"), required=False)


class ExportsForm(ListForm):
    """Which exports."""

    who = forms.CharField(label=_("申请人"), required=False, max_length=40)
    state = forms.ChoiceField(
        label=_("状态"), required=False, choices=[("", _("全部")), *ExportState.choices]
    )
    purpose = forms.ChoiceField(label=_("用途"), required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        spoken = language()
        self.fields["purpose"].choices = [  # type: ignore[attr-defined]
            ("", _("全部")),
            *((c, one.label(spoken)) for c, one in limits.exports().purposes.items()),
        ]
        self.dress()

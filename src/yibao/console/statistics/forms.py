"""What somebody says before a list of people leaves the house."""

from django import forms
from django.utils.translation import gettext_lazy as _

from yibao.console.forms import ConsoleForm


class ExportForm(ConsoleForm):
    """The purpose, and whether names and telephone numbers are written in full."""

    purpose = forms.CharField(label=_("用途"), max_length=200)
    whole = forms.BooleanField(label=_("写出完整姓名和电话"), required=False)
    reason = forms.CharField(widget=forms.HiddenInput, required=False)

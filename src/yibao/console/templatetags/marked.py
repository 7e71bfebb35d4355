"""`{% csrf_token %}`, in every template: the token, and the mark of the form beside it."""

from typing import Any

from django import template
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe

from yibao.console import marks

register = template.Library()
# What Django's context says where no token is to be had.
_NONE_PROVIDED = "NOTPROVIDED"


@register.simple_tag(takes_context=True)
def plain_token(context: Any) -> SafeString:
    """Return the token alone, for buttons of the frame that nobody types into."""
    token = context.get("csrf_token")
    if not token or token == _NONE_PROVIDED:
        return mark_safe("")
    return format_html('<input type="hidden" name="csrfmiddlewaretoken" value="{}">', token)


@register.simple_tag(takes_context=True)
def csrf_token(context: Any) -> SafeString:
    """Return the hidden inputs that every form by POST carries."""
    given = plain_token(context)
    mark = marks.written(context.get("request")) if given else ""
    if not mark:
        return given
    return given + format_html('<input type="hidden" name="{}" value="{}">', marks.FIELD, mark)

"""Figures that lead to the rows behind them: `{% rows n area=code kind="own" %}`."""

from typing import Any

from django import template
from django.urls import reverse
from django.utils.html import format_html
from django.utils.http import urlencode
from django.utils.safestring import SafeString

from yibao.console.asof import MOMENT
from yibao.web import figures

register = template.Library()


@register.simple_tag(takes_context=True)
def rows(context: Any, number: int | None, words: str = "", **query: Any) -> str | SafeString:
    """Return a count as a link to the people it counts, as of the page's moment.

    Only where the post may see people, else the count alone. `words` stand for the count (a rate,
    whose rows are those it counts).
    """
    said = words or figures.count(number)
    request = context["request"]
    if not number or not request.scope.allows("statistics.people"):
        return said
    asked = {**request.kept, **query, MOMENT: context["asof"]}
    to = {name: value for name, value in asked.items() if value not in (None, "")}
    address = f"{reverse('statistics:people')}?{urlencode(to)}"
    return format_html('<a class="yb-rows" href="{}">{}</a>', address, said)


@register.filter
def slot(values: Any, index: int) -> Any:
    """Return the value at a place of a sequence."""
    return values[index]

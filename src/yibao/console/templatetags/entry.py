"""The two rich components: `{% grid grid %}` and, for fields of a form, `{% picker form.x %}`."""

from typing import Any

from django import template
from django.template.loader import render_to_string
from django.utils.safestring import SafeString

register = template.Library()


@register.simple_tag
def grid(drawn: Any) -> SafeString:
    """Return the entry grid: a table of inputs, its errors in the cells, its sums."""
    return render_to_string("console/grid.html", {"grid": drawn, "blank": drawn.blank_row()})


@register.simple_tag
def grid_errors(drawn: Any) -> SafeString:
    """Return the error summary of a grid."""
    if not drawn.errors:
        return SafeString("")
    return render_to_string("web/errors.html", {"found": drawn.errors})


@register.simple_tag(takes_context=True)
def picker(context: Any, bound: Any, hint: str = "") -> SafeString:
    """Return a field that chooses a person, an institution, a place or an operator."""
    widget = bound.field.widget
    shown = {
        "field": bound,
        "hint": hint,
        "kind": widget.kind,
        "words": widget.words_of(bound),
        "chosen": widget.chosen_of(bound),
        "listed": widget.listed_of(bound),
        "is_finding": widget.is_finding(bound),
        "request": context.get("request"),
    }
    return render_to_string("console/picker.html", shown)

"""The components of the look: `{% load yb %}`. Each has one appearance, on every page."""

import json
from collections.abc import Mapping
from typing import Any
from urllib.parse import urlencode

from django import template
from django.forms import BoundField
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from yibao.core.identity.masks import mask_name, mask_number, mask_phone, mask_within
from yibao.core.refusal import Refusal
from yibao.rulebook.national import surnames
from yibao.web import figures, glyphs
from yibao.web.field_help import help_of

register = template.Library()

for _function in (
    figures.yuan,
    figures.yuan_change,
    figures.count,
    figures.iso,
    figures.cn_day,
    figures.moment,
):
    register.filter(_function.__name__, _function)

register.simple_tag(figures.percent, name="percent")
register.simple_tag(glyphs.icon, name="icon")
register.simple_tag(glyphs.mark, name="mark")
register.filter("masked_number", mask_number)
register.filter("masked_phone", mask_phone)
# Words that somebody typed: reasons, notes.
register.filter("masked_words", mask_within)


def _trimmed(content: str) -> SafeString:
    """Return a block's drawn content, which is safe, without the space around it."""
    return mark_safe(content.strip())  # noqa: S308 - drawn by the template engine


@register.filter
def cause(refusal: Refusal) -> str:
    """Return why, in the language of the page."""
    return refusal.told(get_language() or "zh")[0]


@register.filter
def cure(refusal: Refusal) -> str:
    """Return what to do, in the language of the page."""
    return refusal.told(get_language() or "zh")[1]


@register.filter
def masked_name(name: str) -> str:
    """Return 王*梅; a compound surname is kept whole."""
    return mask_name(name, surnames().compound)


@register.simple_tag
def tag(kind: str, word: str) -> SafeString:
    """Return a boxed state, for titles."""
    return glyphs.mark(kind, word, boxed=True)


@register.simple_tag
def cite(place: str, href: str = "") -> SafeString:
    """Return the place of an article, as a link where there is a text to go to."""
    if href:
        return format_html('<a class="cite" href="{}">{}</a>', href, place)
    return format_html('<span class="cite">{}</span>', place)


@register.simple_block_tag
def law(content: str, place: str) -> SafeString:
    """Frame an article's words, or our summary of them, on paper with its place."""
    return format_html(
        '<div class="law"><blockquote>{}</blockquote><cite>{}</cite></div>',
        _trimmed(content),
        place,
    )


@register.simple_block_tag
def note(content: str, kind: str, title: str = "") -> SafeString:
    """Return a note: one sentence of fact, one of what to do."""
    head = format_html('<p class="yb-title">{}</p>', title) if title else ""
    return format_html('<div class="note k-{}">{}{}</div>', kind, head, _trimmed(content))


@register.simple_block_tag(takes_context=True)
def panel(
    context: Any, content: str, title: str, meta: str = "", flush: bool = False, acts: str = ""
) -> SafeString:
    """Return a panel with its h2; `flush` for a table that touches the border."""
    # Counted over the page: a template that is included has a render context of its own.
    page = getattr(context.get("request"), "__dict__", context.render_context)
    number = page["yb_panels"] = page.get("yb_panels", 0) + 1
    return format_html(
        '<section class="yb-panel" aria-labelledby="panel-{n}"><header><h2 id="panel-{n}">{title}'
        "</h2>{meta}{acts}</header>{body}</section>",
        n=number,
        title=title,
        meta=format_html('<span class="meta">{}</span>', meta) if meta else "",
        acts=format_html('<span class="acts">{}</span>', acts) if acts else "",
        body=content if flush else format_html('<div class="body">{}</div>', content),
    )


@register.simple_block_tag(name="figures")
def figures_bar(content: str) -> SafeString:
    """Return the ruled line of key figures."""
    return format_html('<dl class="yb-figs">{}</dl>', _trimmed(content))


@register.simple_tag
def figure(label: str, value: Any, unit: str = "", note: str = "", kind: str = "") -> SafeString:
    """Return one key figure; `kind` bad, warn or ok colours it, the note says why."""
    return format_html(
        '<div><dt>{}</dt><dd class="{}">{}{}</dd>{}</div>',
        label,
        kind,
        value,
        format_html("<small>{}</small>", unit) if unit else "",
        format_html('<dd class="{}">{}</dd>', f"n {kind}".strip(), note) if note else "",
    )


@register.simple_tag
def bar(part: int, whole: int, target: int = 95, start: int = 80, width: int = 72) -> SafeString:
    """Return a bar from `start` to 100 percent with the target's line; it needs no script."""
    tenths = figures.tenths_of_percent(part, whole) or 0
    words = _("%(value)s%%，目标 %(target)s%%") % {
        "value": figures.percent(part, whole) or "0.0",
        "target": target,
    }
    return format_html(
        '<svg class="bar" width="{w}" height="14" viewBox="0 0 {w} 14" role="img" aria-label="{l}">'
        '<rect class="t" y="3" width="{w}" height="8"/><rect class="f{low}" y="3" width="{f}"'
        ' height="8"/><line class="g" x1="{g}" x2="{g}" y1="0" y2="14"/></svg>',
        w=width,
        l=words,
        low=" lo" if tenths < 10 * target else "",
        f=figures.bar_width(tenths, start=start, width=width),
        g=figures.bar_width(10 * target, start=start, width=width),
    )


@register.simple_tag
def heat(part: int, whole: int, target: int = 95, said: str = "") -> SafeString:
    """Return a table cell coloured by the distance from the target; it keeps its figure.

    `said` stands for the figure where it leads somewhere.
    """
    tenths = figures.tenths_of_percent(part, whole)
    if tenths is None:
        return mark_safe('<td class="heat"></td>')
    return format_html(
        '<td class="heat {}">{}</td>',
        figures.heat_class(tenths, target),
        said or figures.percent(part, whole),
    )


@register.simple_tag
def steps(current: int, *names: str) -> SafeString:
    """Return the stepper; steps before `current` (from 1) are done."""

    def item(number: int, name: str) -> SafeString:
        if number < current:
            return format_html(
                '<li class="done"><i>{}</i><span>{}</span></li>', glyphs.glyph("done"), name
            )
        now = mark_safe(' aria-current="step"') if number == current else ""
        return format_html("<li{}><i>{}</i><span>{}</span></li>", now, number, name)

    items = format_html_join("", "{}", ((item(n, name),) for n, name in enumerate(names, 1)))
    return format_html('<ol class="yb-steps" aria-label="{}">{}</ol>', _("进度"), items)


@register.simple_tag
def empty(title: str, words: str = "") -> SafeString:
    """Return the state of a list without rows: why, and where next."""
    return format_html('<div class="state"><p class="yb-title">{}</p><p>{}</p></div>', title, words)


@register.simple_tag
def state(kind: str, title: str, words: str = "", href: str = "", verb: str = "") -> SafeString:
    """Return what stands in a panel that has nothing to show, with the way on.

    `empty` says why and where next, `denied` whose scope and how to ask, `error` whether anything
    was booked, `loading` how far it is.
    """
    way = format_html('<a class="btn btn-sm" href="{}">{}</a>', href, verb) if href else ""
    return format_html(
        '<div class="state"{busy}>{drawing}<p class="yb-title">{title}</p>'
        "<p>{words}</p>{way}</div>",
        busy=mark_safe(' aria-busy="true"') if kind == "loading" else "",
        drawing=glyphs.state(kind),
        title=title,
        words=words,
        way=way,
    )


@register.simple_tag
def progress(done: int, total: int, label: str) -> SafeString:
    """Return how far something is: the bar, and both figures in words beside it."""
    reached = 0 if total <= 0 else min(100, 100 * done // total)
    words = _("%(label)s，%(done)s / %(total)s") % {
        "label": label,
        "done": figures.count(done),
        "total": figures.count(total),
    }
    return format_html(
        '<div class="yb-progress" role="progressbar" aria-valuemin="0" aria-valuemax="100"'
        ' aria-valuenow="{now}" aria-label="{label}" aria-valuetext="{words}"><svg viewBox="0 0 100'
        ' 8" preserveAspectRatio="none" aria-hidden="true"><rect class="t" width="100" height="8"/>'
        '<rect class="f" width="{now}" height="8"/></svg><span class="num">{words}</span></div>',
        now=reached,
        label=label,
        words=words,
    )


@register.simple_tag
def chart(data: Mapping[str, Any], said: str) -> SafeString:
    """Return the place of a chart (charts.js draws it), and the sentence that stands without it.

    A chart never stands alone: its table and a CSV link belong on the same page.
    """
    words = json.dumps(data, ensure_ascii=False, separators=(",", ":"))
    return render_to_string("web/chart.html", {"data": words, "said": said})


@register.simple_tag(takes_context=True)
def look(context: Any, edition: str = "") -> SafeString:
    """Return the attributes of <html>: language, theme and density as the reader chose them."""
    chosen = getattr(context.get("request"), "preferences", None)
    language = get_language() or "zh-hans"
    attributes = {
        "lang": "zh-CN" if language.startswith("zh") else language,
        "data-theme": getattr(chosen, "theme", "light"),
        "data-density": getattr(chosen, "density", "standard"),
        "data-edition": edition,
    }
    return format_html_join(" ", '{}="{}"', ((k, v) for k, v in attributes.items() if v))


@register.simple_tag(takes_context=True)
def choice(context: Any, name: str, value: str, words: str) -> SafeString:
    """Return a button of the display switch; the one in force is pressed."""
    chosen = getattr(getattr(context.get("request"), "preferences", None), name, "")
    return format_html(
        '<button type="submit" name="{}" value="{}" aria-pressed="{}"{}>{}</button>',
        name,
        value,
        "true" if chosen == value else "false",
        format_html(' lang="{}"', "en" if value == "en" else "zh-CN") if name == "language" else "",
        words,
    )


@register.simple_tag(takes_context=True)
def link(context: Any, name: str, *arguments: Any, **query: Any) -> str:
    """Return an address that keeps year and area; keywords are added to its query."""
    kept: Mapping[str, Any] = getattr(context.get("request"), "kept", {})
    words = {key: value for key, value in {**kept, **query}.items() if value not in (None, "")}
    path = reverse(name, args=arguments)
    return f"{path}?{urlencode(words)}" if words else path


@register.simple_tag(takes_context=True)
def kept(context: Any) -> SafeString:
    """Return the year and the area as hidden inputs, for forms that go by GET."""
    pairs = getattr(context.get("request"), "kept", {}).items()
    return format_html_join("", '<input type="hidden" name="{}" value="{}">', pairs)


@register.simple_tag
def errors(form: Any) -> SafeString:
    """Return the error summary: the same words as at the fields, linked to them, with codes."""
    if not form.is_bound or not form.errors:
        return mark_safe("")
    found = [
        {"id": form[name].id_for_label if name in form.fields else "", "error": error}
        for name, errors_ in form.errors.as_data().items()
        for error in errors_
    ]
    return render_to_string("web/errors.html", {"found": found})


@register.simple_tag(takes_context=True)
def field(context: Any, bound: BoundField, hint: str = "", mark: str = "") -> SafeString:
    """Return label, help, hint, errors and control; nothing is said by a placeholder."""
    request = context.get("request")
    region = getattr(getattr(request, "scope", None), "region", "")
    described = [f"{bound.auto_id}-{part}" for part in ("hint", "error", "help")]
    helped = help_of(bound, region=region, year=getattr(request, "year", 0)) if region else None
    shown = [described[0]] * bool(hint) + [described[1]] * bool(bound.errors)
    attributes: dict[str, Any] = {"aria-describedby": " ".join(shown)} if shown else {}
    if bound.errors:
        attributes["aria-invalid"] = "true"
    if helped and not bound.use_fieldset:
        attributes["aria-details"] = described[2]
    words = {
        "field": bound,
        "control": bound.as_widget(attrs=attributes),
        "grouped": bound.use_fieldset,
        "hint": hint,
        "mark": mark,
        "hint_id": described[0],
        "error_id": described[1],
        "help": helped,
        "help_id": described[2],
    }
    return render_to_string("web/field.html", words)


@register.simple_tag(takes_context=True)
def pager(context: Any, pages: Any) -> SafeString:
    """Return the count of rows and the way to the other pages."""
    return render_to_string("web/pager.html", {"pages": pages, "request": context.get("request")})

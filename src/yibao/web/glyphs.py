"""The drawn signs: a status is a glyph and a word before it is a colour."""

from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe

_TICK = '<path d="M1 5.200 2.300 3.900 4 5.600 7.900 1.500 9.200 2.800 4 8.200z"/>'
_RING = (
    '<path fill-rule="evenodd" d="M5 .8a4.200 4.200 0 1 0 0 8.400 4.200 4.200 0 0 0 0-8.400zm0'
    ' 1.500a2.700 2.700 0 1 1 0 5.400 2.700 2.700 0 0 1 0-5.400z"/>'
)
_HALF = (
    '<path fill-rule="evenodd" d="M5 .8a4.200 4.200 0 1 0 0 8.400 4.200 4.200 0 0 0 0-8.400zm0'
    ' 1.500v5.400a2.700 2.700 0 0 1 0-5.400z"/>'
)
_TRIANGLE = '<path d="M5 .8 9.600 9H.4z"/>'
_SQUARE = '<path d="M1 1h8v8H1z"/>'
_CROSS = (
    '<path d="M1.300 2.700 2.700 1.300 5 3.600 7.300 1.300 8.700 2.700 6.400 5l2.300 2.300-1.400 '
    '1.400L5 6.400 2.700 8.700 1.300 7.300 3.600 5z"/>'
)
_DIAMOND = '<path d="M5 .5 9.500 5 5 9.500.5 5z"/>'

# kind → (colour class, drawing)
MARKS = {
    "done": ("ok", _TICK),
    "open": ("idle", _RING),
    "progress": ("info", _HALF),
    "near": ("warn", _TRIANGLE),
    "overdue": ("bad", _SQUARE),
    "refused": ("bad", _CROSS),
    "aid": ("aid", _DIAMOND),
    "stopped": ("idle", _CROSS),
    "gain": ("ok", _DIAMOND),
    "loss": ("warn", _TRIANGLE),
}

ICONS = {
    "list": '<path d="M3 4h1M3 8h1M3 12h1M6.5 4H13M6.5 8H13M6.5 12H13"/>',
    "person": (
        '<circle cx="8" cy="5" r="2.6"/><path d="M2.8 13.5c.6-3 2.6-4.3 5.2-4.3s4.6 1.3 5.2 4.3"/>'
    ),
    "people": (
        '<circle cx="6" cy="5.5" r="2.2"/><path d="M1.8 13c.4-2.6 2-3.8 4.2-3.8s3.8 1.2 4.2 3.8'
        'M10.500 3.600a2.100 2.100 0 0 1 0 4M12 9.600c1.300.5 2.100 1.700 2.300 3.400"/>'
    ),
    "form": '<path d="M4 2h5l3 3v9H4zM9 2v3h3M6 8.500h4M6 11h4"/>',
    "yuan": '<path d="m4.500 2.500 3.500 5 3.500-5M8 7.500v6M5 8.500h6M5 11h6"/>',
    "tray": ('<path d="M2.500 9 4 3h8l1.500 6v4h-11zM2.500 9H6l.7 1.500h2.600L10 9h3.500"/>'),
    "hand": (
        '<path d="M2 9.500h2.500l2 1.500H10l3.500-3M2 13h7l5-4M8 6.500 6.300 4.800a1.300 1.300 0 0'
        ' 1 1.700-2 1.300 1.300 0 0 1 1.700 2z"/>'
    ),
    "board": '<path d="M2.500 2v11.500H14M5.500 11V8M8.500 11V5M11.500 11V7"/>',
    "cross": '<path d="M6 2.500h4V6h3.500v4H10v3.500H6V10H2.500V6H6z"/>',
    "book": (
        '<path d="M3 2.500h8.500a1.500 1.500 0 0 1 1.500 1.500v9.500H4.500A1.500 1.500 0 0 1 3 12z'
        'M3 12a1.500 1.500 0 0 1 1.500-1.500H13"/>'
    ),
    "scales": ('<path d="M8 2v12M4.500 14h7M3 4.500h10M3 4.500 1.500 9h3zM13 4.500 11.500 9h3z"/>'),
    "flask": ('<path d="M6.500 2v4.500L3 13.500h10L9.500 6.500V2M5.500 2h5M4.700 10.500h6.600"/>'),
    "screen": (
        '<rect x="2.5" y="2.5" width="11" height="8" rx="1"/>'
        '<path d="M8 10.500v3M5 13.500h6M5 5.500h6M5 7.700h4"/>'
    ),
    "lock": (
        '<rect x="3.5" y="7" width="9" height="6.5" rx="1"/>'
        '<path d="M5.500 7V5a2.500 2.500 0 0 1 5 0v2"/>'
    ),
    "download": '<path d="M8 2.500v7.500M4.800 7 8 10.200 11.200 7M3 13.500h10"/>',
    "bell": (
        '<path d="M4 11V7.500a4 4 0 0 1 8 0V11l1 1.500H3zM6.700 13.800a1.400 1.400 0 0 0 2.600 0"/>'
    ),
    "eye": (
        '<path d="M1.500 8S4 3.500 8 3.500 14.500 8 14.500 8 12 12.500 8 12.500 1.500 8 1.500 8z"/>'
        '<circle cx="8" cy="8" r="2"/>'
    ),
    "clock": '<circle cx="8" cy="8" r="5.5"/><path d="M8 4.800V8l2.200 1.500"/>',
    "down": '<path d="m4.500 6.500 3.500 3.500 3.500-3.500"/>',
    "find": '<circle cx="7" cy="7" r="4.5"/><path d="m10.5 10.5 3.5 3.5"/>',
}


# What stands above the words of a panel without rows.
STATES = {
    "empty": '<path d="M6 22 10 8h20l4 14v10H6zM6 22h9l2 4h6l2-4h9"/>',
    "denied": (
        '<rect x="9" y="18" width="22" height="15" rx="2"/><path d="M13 18v-5a7 7 0 0 1 14 0v5"/>'
    ),
    "error": '<path d="M20 6 36 33H4zM20 16v9M20 28v1"/>',
    "loading": '<path d="M12 5h16M12 35h16M14 5v6l6 9-6 9v6M26 5v6l-6 9 6 9v6"/>',
}


def state(kind: str) -> SafeString:
    """Return the drawing of a state: an empty tray, a lock, a warning, an hour-glass."""
    return mark_safe(  # noqa: S308 - constants of this module
        f'<svg class="big" viewBox="0 0 40 40" aria-hidden="true">{STATES[kind]}</svg>'
    )


def glyph(kind: str) -> SafeString:
    """Return the drawing of a mark; the word beside it carries the meaning."""
    return mark_safe(  # noqa: S308 - constants of this module
        f'<svg viewBox="0 0 10 10" aria-hidden="true">{MARKS[kind][1]}</svg>'
    )


def icon(name: str) -> SafeString:
    """Return an icon of the menu."""
    return mark_safe(  # noqa: S308 - constants of this module
        f'<svg class="ico" viewBox="0 0 16 16" aria-hidden="true">{ICONS[name]}</svg>'
    )


def mark(kind: str, word: str, *, boxed: bool = False) -> SafeString:
    """Return glyph and word in the colour of the kind; boxed beside a title, plain in a cell."""
    return format_html(
        '<span class="{} k-{}">{}{}</span>',
        "yb-tag" if boxed else "mk",
        MARKS[kind][0],
        glyph(kind),
        word,
    )

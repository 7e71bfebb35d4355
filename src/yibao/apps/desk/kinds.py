"""The register of kinds of jobs: an app declares its own in its module `tasks`.

register(Kind("ledger", label=_("台账导入"), action="enrolment.confirm", run=write))
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.utils.module_loading import autodiscover_modules

from yibao.apps.desk.running import Running


@dataclass(frozen=True)
class Kind:
    """A kind of job: its words, the right that it needs, what it does, and where its result is.

    `run` does the work in whole steps that it can go on from: it may be stopped at any report and
    started again. It returns a sentence that says what came out. `page` is a route that takes the
    object's id. `unit` is what is counted. What cannot be stopped half way is not `holdable`.
    """

    code: str
    label: Any
    action: str
    run: Callable[[Running], str]
    page: str = ""
    unit: Any = ""
    holdable: bool = True
    # Told when the job has failed or was cancelled, so that what it is about can say so too.
    ended: Callable[[Running, str], None] | None = None


_KINDS: dict[str, Kind] = {}


def register(kind: Kind) -> Kind:
    """Add a kind; the same code twice is a mistake of ours."""
    assert kind.code not in _KINDS, f"two kinds of job are called {kind.code}"
    _KINDS[kind.code] = kind
    return kind


def kind_of(code: str) -> Kind:
    """Return a kind by its code."""
    return kinds()[code]


def kinds() -> dict[str, Kind]:
    """Return every kind that an installed part declares."""
    autodiscover_modules("tasks")
    return _KINDS

"""How an operator likes pages to look, and the lists that the operator kept."""

from dataclasses import dataclass

from yibao.apps.desk.models import Density, Language, Preference, SavedList, Theme
from yibao.rulebook import desk as limits


@dataclass(frozen=True, slots=True)
class Preferences:
    """Theme, density, language and rows a page."""

    theme: str
    density: str
    language: str
    size: int


def preferences(operator_id: int) -> Preferences:
    """Return an operator's preferences, ours where none are kept. One statement."""
    row = Preference.objects.filter(operator_id=operator_id).first()
    if row is None:
        size = limits.lists().page_size
        return Preferences(Theme.LIGHT, Density.STANDARD, Language.CHINESE, size)
    return Preferences(row.theme, row.density, row.language, row.page_size)


def saved_lists(*, operator_id: int, of: str) -> list[SavedList]:
    """Return what an operator kept of a list, by name. One statement."""
    return list(SavedList.objects.filter(operator_id=operator_id, of=of).order_by("name"))

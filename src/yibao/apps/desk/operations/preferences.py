"""How an operator likes pages to look, and lists kept under a name."""

from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from yibao.apps.access.audit import without_numbers
from yibao.apps.access.scope import NotThere, Scope
from yibao.apps.desk.models import Density, Language, Preference, SavedList, Theme
from yibao.apps.desk.queries.preferences import Preferences
from yibao.core.refusal import Refusal
from yibao.database.errors import refused
from yibao.rulebook import desk as limits

_LONGEST_NAME = 40
_LONGEST_QUERY = 1000


class NumberInSavedList(Refusal):
    """Raised by `save_list` for conditions that hold a person's number."""

    code = "E860"
    message = "条件中有证件号码或电话，不能保存为常用列表"
    remedy = "请去掉号码后再保存，号码每次查询时输入"
    message_en = "The conditions hold an identity or telephone number, which is not kept"
    remedy_en = "Take the number out and save again; type it each time"
    field = "name"


class SavedNameTaken(Refusal):
    """Raised by `save_list` for a name that another saved list of this list has."""

    code = "E861"
    message = "已有名为“{name}”的常用列表"
    remedy = "请换一个名称，或先删除原来的"
    message_en = 'There is a saved list "{name}" already'
    remedy_en = "Choose another name, or delete the other first"
    field = "name"


@transaction.atomic
def save_preferences(
    *,
    operator_id: int,
    theme: str | None = None,
    density: str | None = None,
    language: str | None = None,
    size: int | None = None,
) -> Preferences:
    """Keep what is given; what is None or unknown stays as it was. Return all of them."""
    row = Preference.objects.select_for_update().filter(operator_id=operator_id).first()
    row = row or Preference(operator_id=operator_id, page_size=limits.lists().page_size)
    given: dict[str, Any] = {
        "theme": theme if theme in Theme.values else None,
        "density": density if density in Density.values else None,
        "language": language if language in Language.values else None,
        "page_size": size if size in limits.lists().page_sizes else None,
    }
    for name, value in given.items():
        if value is not None:
            setattr(row, name, value)
    row.save()
    return Preferences(row.theme, row.density, row.language, row.page_size)


@transaction.atomic
def save_list(
    *,
    scope: Scope,
    of: str,
    name: str,
    query: str,
    columns: list[str],
    is_default: bool,
    at: datetime,
) -> SavedList:
    """Keep a list's conditions under a name, for the operator alone.

    `query` is the address's, without year and area. Raises NumberInSavedList, SavedNameTaken.
    """
    name, query = name.strip()[:_LONGEST_NAME], query[:_LONGEST_QUERY]
    if without_numbers(query) != query:
        raise NumberInSavedList
    if is_default:
        _own(scope, of).update(is_default=False)
    with refused({"a_saved_list_has_its_own_name": SavedNameTaken(name=name)}):
        return SavedList.objects.create(
            operator_id=scope.operator_id,
            of=of,
            name=name,
            query=query,
            columns=columns,
            is_default=is_default,
            saved_at=at,
        )


@transaction.atomic
def open_first(*, scope: Scope, list_id: int) -> SavedList:
    """Let a saved list be the one that its page opens with; again: none. Raises NotThere."""
    found = _found(scope, list_id)
    chosen = not found.is_default
    _own(scope, found.of).update(is_default=False)
    found.is_default = chosen
    found.save(update_fields=["is_default"])
    return found


@transaction.atomic
def forget_list(*, scope: Scope, list_id: int) -> SavedList:
    """Remove a saved list of one's own and return what it was. Raises NotThere."""
    found = _found(scope, list_id)
    SavedList.objects.filter(id=found.id).delete()
    return found


def _own(scope: Scope, of: str) -> Any:
    return SavedList.objects.filter(operator_id=scope.operator_id, of=of)


def _found(scope: Scope, list_id: int) -> SavedList:
    found = SavedList.objects.filter(id=list_id, operator_id=scope.operator_id).first()
    if found is None:
        raise NotThere(what=_("这个常用列表"))
    return found

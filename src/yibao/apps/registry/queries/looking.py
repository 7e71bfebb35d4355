"""Who looked at a person: every reading of page, household and numbers, from the audit log."""

from dataclasses import dataclass
from datetime import datetime

from django.db import connection
from django.utils.translation import gettext_lazy as _

from yibao.apps.access.roles import ACTIONS
from yibao.apps.access.scope import NotThere, Scope, scoped
from yibao.apps.access.spoken import national_words
from yibao.apps.registry.models import Person
from yibao.rulebook.national import codes

PAGE = 50
_PURPOSES = "reveal_purpose"
# Changes are acts, not looks; they stand in the person's history.
_CHANGES = (
    "registry.identity",
    "registry.document",
    "registry.died_on",
    "registry.moved_away_on",
    "registry.register",
    "registry.ask_erasure",
    "registry.erase",
)
_OF = """
  from access_auditrecord r
 where (r.object_kind = 'person' and r.object_id = %(person)s
        or r.object_kind = 'household' and r.object_id = %(household)s)
   and r.action <> all(%(changes)s)"""
_LOOKS = f"""
select r.id, r.at, r.operator_name, coalesce(p.role, ''), coalesce(o.name, ''), r.action,
       r.object_kind, r.outcome, coalesce(r.detail ->> 'purpose', ''),
       coalesce(r.detail ->> 'reason', ''), r.address
{
    _OF.replace(
        "from access_auditrecord r",
        '''from access_auditrecord r
  left join access_post p on p.id = r.post_id
  left join access_organisation o on o.id = p.organisation_id''',
    )
}
   and (%(before)s::bigint is null or r.id < %(before)s)
 order by r.id desc limit %(limit)s"""
_TIMES = f"select count(*) {_OF} and r.at >= %(since)s"


@dataclass(frozen=True, slots=True)
class Look:
    """One reading: when, who in which post, what, for what purpose, and from where."""

    record_id: int
    at: datetime
    operator_name: str
    role: str
    organisation: str
    action: str
    object_kind: str
    outcome: str
    purpose: str
    reason: str
    address: str

    @property
    def action_words(self) -> str:
        """The action in words, as rights name it."""
        return ACTIONS.get(self.action, self.action)

    @property
    def purpose_words(self) -> str:
        """The purpose in words; "" where the page alone was read."""
        is_known = self.purpose in codes(_PURPOSES)
        return national_words(_PURPOSES, self.purpose) if is_known else self.purpose


def looks_at(
    *, scope: Scope, person_id: int, before_id: int | None = None, limit: int = PAGE
) -> list[Look]:
    """Return who looked at the person or the household, the newest first. Two queries.

    Only what happened inside the scope. Raises NotAllowed, NotThere.
    """
    scope.require("registry.who_looked")
    with scoped(scope), connection.cursor() as cursor:
        values = _values(person_id) | {"before": before_id, "limit": limit}
        cursor.execute(_LOOKS, values)
        return [Look(*row) for row in cursor.fetchall()]


def times_looked(*, scope: Scope, person_id: int, since: datetime) -> int:
    """Return how often somebody looked since a moment. Raises NotAllowed, NotThere."""
    scope.require("registry.who_looked")
    with scoped(scope), connection.cursor() as cursor:
        cursor.execute(_TIMES, _values(person_id) | {"since": since})
        return int(cursor.fetchone()[0])


def _values(person_id: int) -> dict[str, object]:
    found = Person.objects.filter(pk=person_id).values_list("household_id", flat=True)
    if not found:
        raise NotThere(what=_("人员"))
    return {
        "person": str(person_id),
        "household": str(found[0] or ""),
        "changes": list(_CHANGES),
    }

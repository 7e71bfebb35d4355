"""The county's list of supported persons: frozen, and sent to the towns."""

from datetime import datetime

from django.db import connection
from django.utils.translation import gettext_lazy as _

from yibao.apps.access import audit
from yibao.apps.access.roles import apart
from yibao.apps.access.scope import NotThere, Scope, scoped
from yibao.apps.subsidy.models import MatchRun, SupportList
from yibao.apps.subsidy.queries.matching import unmatched_rows_count
from yibao.core.refusal import Refusal

INITIAL, ADDITION, FINAL = "initial", "addition", "final"
KINDS = (INITIAL, ADDITION, FINAL)


class ListNotReady(Refusal):
    """Raised by `fix_list` for an unknown kind, or a final list while rows wait for an answer."""

    code = "E780"
    message = "名单不能锁定：{why}"
    remedy = "请先处理完未匹配的名单行，再锁定最终名单"
    message_en = "The list cannot be fixed: {why_en}"
    remedy_en = "Answer for the unmatched rows first"


class ListSentBefore(Refusal):
    """Raised by `send_list` for a list that was sent."""

    code = "E781"
    message = "这份名单已于 {sent_at} 下发"
    remedy = "如有变化，请锁定一份新名单后下发"
    message_en = "This list was sent on {sent_at}"
    remedy_en = "Fix a new list where something changed"


def fix_list(*, scope: Scope, year: int, kind: str, at: datetime) -> SupportList:
    """Freeze who is supported now: lines, count and sum stay as they are. Not by who matched.

    Raises ListNotReady, SecondPersonNeeded.
    """
    scope.require("subsidy.fix")
    if kind not in KINDS:
        raise ListNotReady(why=f"没有“{kind}”这种名单", why_en=f"no kind {kind}")
    with scoped(scope):
        waiting = unmatched_rows_count(scope, year)
        if kind == FINAL and waiting:
            raise ListNotReady(why=f"还有 {waiting} 行没有答复", why_en=f"{waiting} rows wait")
        _second_person(scope, year)
        made = SupportList.objects.create(
            region=scope.region,
            area_no=scope.area_from,
            year=year,
            kind=kind,
            fixed_at=at,
            fixed_by=scope.operator_id,
            persons=0,
            subsidy_fen=0,
        )
        with connection.cursor() as cursor:
            cursor.execute(
                """
                with lines as (
                    insert into subsidy_supportlistline (region, area_no, list_id, support_id,
                                                         category, subsidy_fen)
                    select region, area_no, %s, id, category, subsidy_fen from subsidy_support
                     where year = %s and removed_at is null
                    returning subsidy_fen)
                select count(*), coalesce(sum(subsidy_fen), 0)::bigint from lines
                """,
                [made.id, year],
            )
            made.persons, made.subsidy_fen = cursor.fetchone()
        made.save(update_fields=["persons", "subsidy_fen"])
        _record(scope, "subsidy.fix", made, at)
        return made


def send_list(*, scope: Scope, list_id: int, at: datetime) -> SupportList:
    """Hand a fixed list to the towns: from now on each sees its own part. Raises ListSentBefore."""
    scope.require("subsidy.fix")
    with scoped(scope):
        made = SupportList.objects.select_for_update(no_key=True).filter(id=list_id).first()
        if made is None:
            raise NotThere(what=_("资助名单 %(id)s") % {"id": list_id})
        if made.sent_at is not None:
            raise ListSentBefore(sent_at=made.sent_at.date())
        made.sent_at = at
        made.save(update_fields=["sent_at"])
        _record(scope, "subsidy.send", made, at)
        return made


def _second_person(scope: Scope, year: int) -> None:
    """Whoever ran the newest match of this area and year does not fix its list."""
    runs = MatchRun.objects.filter(region=scope.region, area_no=scope.area_from, year=year)
    newest = runs.order_by("-id").first()
    if newest is not None and newest.matched_by:
        apart(
            first="subsidy.match",
            second="subsidy.fix",
            first_operator_id=newest.matched_by,
            operator_id=scope.operator_id,
        )


def _record(scope: Scope, action: str, made: SupportList, at: datetime) -> None:
    audit.record(
        scope=scope,
        action=action,
        at=at,
        object_kind="support_list",
        object_id=str(made.id),
        area_no=made.area_no,
        detail={"kind": made.kind, "persons": made.persons, "subsidy_fen": made.subsidy_fen},
    )

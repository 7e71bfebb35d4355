"""What departments and finance owe the fund for a year, and what arrived of it."""

from collections.abc import Sequence
from datetime import date, datetime

from django.db import connection
from django.utils.translation import gettext_lazy as _

from yibao.apps.access import audit
from yibao.apps.access.scope import NotThere, Scope, scoped
from yibao.apps.fund import operations as fund
from yibao.apps.fund import queries as books
from yibao.apps.fund.charts import chart_of
from yibao.apps.fund.models import BookKind
from yibao.apps.subsidy.models import Grant, GrantReceipt
from yibao.apps.subsidy.payers import finance_office, is_fiscal_share
from yibao.core.books import recipes
from yibao.core.money import Fen
from yibao.core.refusal import Refusal
from yibao.database.errors import refused

SOURCE_KIND = "grant_receipt"
# Departments and finance pay into the fiscal account (方案 四(四), 参保缴费 7).
GRANTS_ARRIVE_AT: recipes.Place = "fiscal"


class NothingToClaim(Refusal):
    """Raised by `claim_grants` before a final list is fixed, where support goes by lists."""

    code = "E782"
    message = "{year} 年度还没有锁定的最终资助名单，也没有财政补助应收"
    remedy = "请先锁定最终名单，再向各部门申请资金"
    message_en = "There is no final list of {year}, and no fiscal share is owed"
    remedy_en = "Fix the final list, then claim the money"


class GrantArrivedBefore(Refusal):
    """Raised by `receive_grant` for a voucher that is recorded."""

    code = "E783"
    message = "凭证号 {voucher} 已经登记过"
    remedy = "请核对到账凭证号"
    message_en = "The voucher {voucher} is recorded already"
    remedy_en = "Check the number of the voucher"
    field = "voucher_no"


class GrantAmountUnusable(Refusal):
    """Raised by `receive_grant` for an amount that is not above zero."""

    code = "E784"
    message = "到账金额应大于零"
    remedy = "请核对到账金额；退款另行冲销"
    message_en = "The amount must be above zero"
    remedy_en = "Check it; money that goes back is reversed by an entry"
    field = "amount_fen"


_LISTED = """
select s.department_id, l.category, count(*), sum(l.subsidy_fen)::bigint
  from subsidy_supportlistline l join subsidy_support s on s.id = l.support_id
 where l.list_id = (select max(id) from subsidy_supportlist
                     where year = %s and kind = 'final' and region = %s)
   and s.department_id is not null and l.subsidy_fen > 0
 group by 1, 2 order by 1, 2
"""
_SHARES = """
select t.payer, count(*), sum(t.fen::bigint)::bigint
  from collection_due d cross join lateral jsonb_each_text(d.shares) as t (payer, fen)
 where d.year = %s and d.cancelled_at is null and d.settled_at is not null and t.fen::bigint > 0
 group by 1 order by 1
"""


def claim_grants(*, scope: Scope, year: int, at: datetime) -> list[Grant]:
    """Claim what is owed for the year: the final list's support, and fiscal shares of the dues.

    By department and category; the shares are those of settled dues, where the region has them.
    Claiming again brings the expected sums up to date; what arrived stays. Raises NothingToClaim.
    """
    scope.require("subsidy.grant")
    with scoped(scope):
        with connection.cursor() as cursor:
            cursor.execute(_LISTED, [year, scope.region])
            owed: list[tuple[int, str, int, int]] = list(cursor.fetchall())
            cursor.execute(_SHARES, [year])
            office = finance_office(scope.region)
            if office is not None:
                owed += [(office, *row) for row in cursor.fetchall()]
        if not owed:
            raise NothingToClaim(year=year)
        _upsert(scope, year, owed, at)
        audit.record(
            scope=scope,
            action="subsidy.claim_grants",
            at=at,
            object_kind="year",
            object_id=str(year),
            area_no=scope.area_from,
            detail={"grants": len(owed), "expected_fen": sum(fen for *_, fen in owed)},
        )
        return list(Grant.objects.filter(year=year).order_by("department_id", "category"))


def receive_grant(
    *,
    scope: Scope,
    grant_id: int,
    amount_fen: int,
    received_on: date,
    voucher_no: str,
    at: datetime,
) -> GrantReceipt:
    """Record that money of a grant arrived in the fiscal account, and book it.

    Raises GrantAmountUnusable, GrantArrivedBefore, PeriodClosed.
    """
    scope.require("subsidy.grant")
    if amount_fen <= 0:
        raise GrantAmountUnusable()
    with scoped(scope):
        grant = (
            Grant.objects.select_for_update(of=("self",), no_key=True)
            .select_related("department")
            .filter(id=grant_id)
            .first()
        )
        if grant is None:
            raise NotThere(what=_("资助资金 %(id)s") % {"id": grant_id})
        with refused({"a_grant_arrives_once": GrantArrivedBefore(voucher=voucher_no)}):
            made = GrantReceipt.objects.create(
                region=scope.region,
                area_no=grant.area_no,
                grant=grant,
                amount_fen=amount_fen,
                received_on=received_on,
                voucher_no=voucher_no,
                recorded_by=scope.operator_id,
                recorded_at=at,
            )
        grant.received_fen += amount_fen
        grant.save(update_fields=["received_fen"])
        _post(scope, grant, made, at)
        audit.record(
            scope=scope,
            action="subsidy.receive_grant",
            at=at,
            object_kind="grant",
            object_id=str(grant_id),
            area_no=grant.area_no,
            detail={"amount_fen": amount_fen, "voucher": voucher_no},
        )
        return made


def _upsert(
    scope: Scope, year: int, owed: Sequence[tuple[int, str, int, int]], at: datetime
) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            """
            insert into subsidy_grant (region, area_no, year, received_fen, claimed_at,
                                       department_id, category, persons, expected_fen)
            select %s, %s, %s, 0, %s, t.* from unnest(%s::bigint[], %s::text[], %s::int[],
                                                      %s::bigint[]) as t
            on conflict (year, department_id, category, area_no)
            do update set persons = excluded.persons, expected_fen = excluded.expected_fen,
                          claimed_at = excluded.claimed_at
            """,
            [
                scope.region,
                scope.area_from,
                year,
                at,
                *(list(column) for column in zip(*owed)),
            ],
        )


def _post(scope: Scope, grant: Grant, made: GrantReceipt, at: datetime) -> None:
    by_shares = is_fiscal_share(scope.region, grant.category)
    recipe = recipes.fiscal_subsidy_received if by_shares else recipes.subsidised_premium_received
    entry = recipe(
        recipes.Book.of(chart_of(BookKind.MAIN)),
        on=made.received_on,
        amount_fen=Fen(made.amount_fen),
        into=GRANTS_ARRIVE_AT,
        payer_level=grant.category,
        payer_zh=grant.department.name,
    )
    fund.post(
        scope=scope,
        book_id=books.book(scope.region, BookKind.MAIN).id,
        entry=entry,
        source_kind=SOURCE_KIND,
        source_id=made.id,
        area_no=made.area_no,
        at=at,
    )

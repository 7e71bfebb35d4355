"""Cash of a whole household at its door: all chosen members or none, and the same form once."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.utils.translation import gettext_lazy as _

from yibao.apps.access.scope import NotThere, Scope, scoped
from yibao.apps.collection.models import Due
from yibao.apps.collection.operations.cash import Confirmed, collect_cash
from yibao.apps.desk.operations.drafts import begin_form, end_form
from yibao.core.money import Fen
from yibao.core.refusal import Refusal


class NobodyChosen(Refusal):
    """Raised where no member was chosen."""

    code = "E751"
    message = "没有选择收谁的钱"
    remedy = "请至少选择一名成员"
    message_en = "Nobody was chosen"
    remedy_en = "Choose at least one member"
    field = "dues"


class SumChanged(Refusal):
    """Raised where what is owed is no longer what the form showed."""

    code = "E752"
    message = "所选各人应收合计已变为 {now} 元，表单上是 {shown} 元"
    remedy = "请按新的金额与本人核对后再登记"
    message_en = "What is owed by now adds up to {now}, the form showed {shown}"
    remedy_en = "Check the new sum with the household and send the form again"
    field = "dues"


@dataclass(frozen=True, slots=True)
class HouseholdCash:
    """What was verified at the door: who, and which of them are aided or insured at work."""

    due_ids: Sequence[int]
    sum_fen: int
    special_reason: str
    identity: bool
    place: bool
    special_due_ids: Collection[int] = ()
    employee_due_ids: Collection[int] = ()


def collect_from_household(
    *, scope: Scope, year: int, cash: HouseholdCash, key: str, sent_at: datetime, at: datetime
) -> list[str]:
    """Record cash taken for several members in one transaction; return the receipts' numbers.

    `key` is the form's own: sent again, also while the first is being worked on, it gives the same
    receipts and takes nothing twice. `sent_at` is by the database's clock. Raises NobodyChosen,
    SumChanged, NotThere, and what `collect_cash` raises, for the first member concerned.
    """
    scope.require("collection.collect_cash")
    if not cash.due_ids:
        raise NobodyChosen()
    with scoped(scope):
        before = begin_form(operator_id=scope.operator_id, key=f"cash:{key}", at=sent_at)
        if before is not None:
            return list(before)
        dues = Due.objects.filter(id__in=set(cash.due_ids), year=year, cancelled_at=None)
        owed = {due.id: due.owed_fen - due.subsidised_fen - due.paid_fen for due in dues}
        if owed.keys() != set(cash.due_ids):
            raise NotThere(what=_("所选的应缴"))
        if sum(owed.values()) != cash.sum_fen:
            raise SumChanged(now=_yuan(sum(owed.values())), shown=_yuan(cash.sum_fen))
        numbers = [
            collect_cash(
                scope=scope,
                due_id=due_id,
                amount_fen=owed[due_id],
                special_reason=cash.special_reason,
                confirmed=Confirmed(
                    identity=cash.identity,
                    special_payer=due_id in cash.special_due_ids,
                    employee=due_id in cash.employee_due_ids,
                    place=cash.place,
                ),
                at=at,
            ).receipt_no
            for due_id in sorted(owed)
        ]
        end_form(operator_id=scope.operator_id, key=f"cash:{key}", answer=numbers)
    return numbers


def _yuan(fen: int) -> str:
    return Fen(fen).shown()

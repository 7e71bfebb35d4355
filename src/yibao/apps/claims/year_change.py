"""What the database says when a settlement may not change a person's year or the books."""

from collections.abc import Iterator, Mapping

from yibao.core.refusal import Refusal


class CeilingPassed(Refusal):
    """Raised where the database refuses a payment over a ceiling: the wall behind the lock."""

    code = "E655"
    message = "本年限额已被另一笔结算占用"
    remedy = "请重新试算后再结算；本次没有写入任何数据"
    message_en = "Another settlement has used the room in this year's ceiling"
    remedy_en = "Try again; nothing of this attempt was written"


class MonthClosed(Refusal):
    """Raised where the sub-ledger's month of today is closed."""

    code = "E656"
    message = "本月的定点机构往来账已经结账"
    remedy = "请与基金会计核对结账月份"
    message_en = "This month of the institutions' sub-ledger is closed"
    remedy_en = "Check the closed months with the fund accountant"


class _Laws(Mapping[str, Refusal]):
    """The refusal of each constraint, made only when it is broken: the hot path never looks."""

    _BY_CONSTRAINT: Mapping[str, type[Refusal]] = {
        "no_ceiling_is_passed": CeilingPassed,
        "a_closed_month_is_closed": MonthClosed,
    }

    def __getitem__(self, constraint: str) -> Refusal:
        return self._BY_CONSTRAINT[constraint]()

    def __iter__(self) -> Iterator[str]:
        return iter(self._BY_CONSTRAINT)

    def __len__(self) -> int:
        return len(self._BY_CONSTRAINT)


LAWS = _Laws()

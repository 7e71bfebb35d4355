"""Which payment pays which due: decided alike whatever the order in which files came.

A payment pays a due only whole: the amount must equal what is still open (方案 二). All else
stays unmatched under a reason, and the money with it.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from django.utils.translation import gettext_lazy as _

from yibao.apps.collection.policy import cover_label
from yibao.apps.collection.settling import Pair

WRONG_PLACE = "wrong_place"
UNKNOWN_NUMBER = "unknown_number"
NAME_DIFFERS = "name_differs"
EMPLOYEE_INSURED = "employee_insured"
INSURED_ELSEWHERE = "insured_elsewhere"
NO_DUE = "no_due"
ALREADY_PAID = "already_paid"
FULLY_SUPPORTED = "fully_supported"
AMOUNT_DIFFERS = "amount_differs"
CASH_HELD = "cash_held"
NOT_COVERED = "not_covered"

# In the order in which they are looked for: the first that holds is the reason.
REASONS = {
    WRONG_PLACE: _("参保地不是本统筹区"),
    UNKNOWN_NUMBER: _("证件号码没有登记"),
    NAME_DIFFERS: _("姓名与登记不一致"),
    EMPLOYEE_INSURED: _("已参加职工医保"),
    INSURED_ELSEWHERE: _("已在其他统筹区参保"),
    NO_DUE: _("没有应缴记录"),
    ALREADY_PAID: _("已经缴过费"),
    FULLY_SUPPORTED: _("全额资助，个人不缴费"),
    AMOUNT_DIFFERS: _("金额与应缴不符"),
    CASH_HELD: _("代办员已代收现金，尚未缴库"),
    NOT_COVERED: _("按参保规则不能参保"),
}
REMEDIES = {
    WRONG_PLACE: _("交错统筹区的款项原则上不退；与缴费人核对后登记办理结果"),
    UNKNOWN_NUMBER: _("核对证件；新增人员先登记再认领"),
    NAME_DIFFERS: _("核对是否本人，确认后人工认领"),
    EMPLOYEE_INSURED: _("核对职工参保状态，不重复参保"),
    INSURED_ELSEWHERE: _("核对异地参保凭证，不重复参保"),
    NO_DUE: _("先列入本年度参保名单并核定应缴，再重新匹配"),
    ALREADY_PAID: _("核对是否重复缴费；多缴原则上不退"),
    FULLY_SUPPORTED: _("核对资助名单；多缴原则上不退"),
    AMOUNT_DIFFERS: _("核对应缴金额；多缴原则上不退"),
    CASH_HELD: _("请代办员核对现金是否应当缴库"),
    NOT_COVERED: _("核对缴费日期与参保情形"),
}


@dataclass(frozen=True, slots=True)
class Candidate:
    """A payment that pays nothing yet, with what the tables say about it.

    `open_fen` is None without a due; `paid_fen` is what the due has been paid before.
    `was_unmatched` tells that an earlier run kept the money as a temporary receipt.
    """

    payment_id: int
    file_id: int | None
    area_no: int
    name: str
    amount_fen: int
    paid_at: datetime
    voucher: tuple[str, str]  # channel and number
    place_is_ours: bool
    was_unmatched: bool
    person_id: int | None = None
    person_name: str = ""
    person_area_no: int = 0
    other_cover: str = ""
    due_id: int | None = None
    open_fen: int | None = None
    paid_fen: int = 0
    cash_held: bool = False


@dataclass(frozen=True, slots=True)
class Matching:
    """What was decided: pairs to settle, and a reason for every other candidate."""

    pairs: tuple[Pair, ...]
    reasons: dict[int, str]


def decide(candidates: Iterable[Candidate]) -> Matching:
    """Pair each payment with its due. Of several for one due the one paid first wins.

    Equal moments are settled by channel and voucher number, so the answer does not depend on the
    order in which files came.
    """
    pairs: list[Pair] = []
    reasons: dict[int, str] = {}
    taken: set[int] = set()
    for one in sorted(candidates, key=lambda one: (one.paid_at, one.voucher)):
        if one.due_id in taken:
            one = replace(one, open_fen=0, paid_fen=one.amount_fen)
        reason = reason_against(one)
        if reason:
            reasons[one.payment_id] = reason
        else:
            pair = _pair(one)
            taken.add(pair.due_id)
            pairs.append(pair)
    return Matching(tuple(pairs), reasons)


def reason_against(one: Candidate) -> str:
    """Return why the payment pays no due, "" where it does."""
    for reason, holds in _CHECKS:
        if holds(one):
            return reason
    return ""


_CHECKS = (
    (WRONG_PLACE, lambda one: not one.place_is_ours),
    (UNKNOWN_NUMBER, lambda one: one.person_id is None),
    (NAME_DIFFERS, lambda one: _plain(one.name) != _plain(one.person_name)),
    (EMPLOYEE_INSURED, lambda one: one.other_cover == "employee"),
    (INSURED_ELSEWHERE, lambda one: bool(one.other_cover)),
    (NO_DUE, lambda one: one.due_id is None),
    (ALREADY_PAID, lambda one: one.open_fen == 0 and one.paid_fen > 0),
    (FULLY_SUPPORTED, lambda one: one.open_fen == 0),
    (AMOUNT_DIFFERS, lambda one: one.open_fen != one.amount_fen),
    (CASH_HELD, lambda one: one.cash_held),
)


def still_open(pairs: Sequence[Pair], open_fen: dict[int, int]) -> Matching:
    """Keep the pairs whose due is, under its lock, still open for exactly their amount."""
    kept, lost = [], {}
    for pair in pairs:
        if open_fen.get(pair.due_id) == pair.amount_fen:
            kept.append(pair)
        else:
            lost[pair.payment_id] = ALREADY_PAID
    return Matching(tuple(kept), lost)


def _pair(one: Candidate) -> Pair:
    assert one.due_id is not None and one.person_id is not None, "a pair has a due and a person"
    return Pair(
        payment_id=one.payment_id,
        due_id=one.due_id,
        person_id=one.person_id,
        area_no=one.person_area_no,
        amount_fen=one.amount_fen,
        paid_at=one.paid_at,
    )


def _plain(name: str) -> str:
    """Return a name without spaces and the dots of minority names, which sources write alike."""
    return "".join(sign for sign in name if not sign.isspace() and sign not in "·•．.")


def label(reason: str, region: str) -> str:
    """Return a reason in words; a refusal of the coverage rule adds the rule's own words."""
    code, _colon, detail = reason.partition(":")
    words = str(REASONS[code])
    return f"{words}：{cover_label(region, detail)}" if detail else words


def remedy(reason: str) -> str:
    """Return what to do about a reason."""
    return str(REMEDIES[reason.partition(":")[0]])

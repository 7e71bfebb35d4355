"""What is owed and who holds cash: sub-ledgers with the discipline of the main book.

No money of the fund moves here. The dues sub-ledger says, for each person, what of the amount
asked is still open, borne by departments, or paid; the custody sub-ledger which agent holds how
much cash; the institutions sub-ledger what an institution advanced for the fund and is owed.
Each recipe takes the sub-ledger's chart and names the party in `about`.
"""

from __future__ import annotations

from datetime import date

from yibao.core.books.chart import Chart
from yibao.core.books.entry import Entry, credit, debit
from yibao.core.money import Fen

PERSON = "person"
OPERATOR = "operator"
INSTITUTION = "institution"

OPEN_DUES = "open_dues"
SUBSIDISED_DUES = "subsidised_dues"
PAID_DUES = "paid_dues"
DUES_RAISED = "dues_raised"
CASH_HELD = "cash_held"
CASH_AWAITED = "cash_awaited"
BENEFIT_UNCLEARED = "benefit_uncleared"
OWED_TO_INSTITUTION = "owed_to_institution"


def about(kind: str, party_id: int) -> str:
    """Return how a line names its party: `person:17`."""
    return f"{kind}:{party_id}"


def party_of(words: str) -> tuple[str, int] | None:
    """Return kind and id of the party that a line names, None where it names none."""
    kind, _, number = words.partition(":")
    if kind in (PERSON, OPERATOR, INSTITUTION) and number.isascii() and number.isdigit():
        return kind, int(number)
    return None


def due_raised(chart: Chart, *, on: date, amount_fen: Fen, person_id: int) -> Entry:
    """A person was asked to pay for a year."""
    return _moved("due_raised", on, "应缴", amount_fen, chart, OPEN_DUES, DUES_RAISED, person_id)


def due_cancelled(chart: Chart, *, on: date, amount_fen: Fen, person_id: int) -> Entry:
    """What was asked and is still open is asked no more."""
    return _moved(
        "due_cancelled", on, "撤销应缴", amount_fen, chart, DUES_RAISED, OPEN_DUES, person_id
    )


def due_subsidised(chart: Chart, *, on: date, amount_fen: Fen, person_id: int) -> Entry:
    """A department bears a part of what is open."""
    return _moved(
        "due_subsidised", on, "资助参保", amount_fen, chart, SUBSIDISED_DUES, OPEN_DUES, person_id
    )


def subsidy_withdrawn(chart: Chart, *, on: date, amount_fen: Fen, person_id: int) -> Entry:
    """A part that a department was to bear is open again."""
    return _moved(
        "subsidy_withdrawn",
        on,
        "取消资助",
        amount_fen,
        chart,
        OPEN_DUES,
        SUBSIDISED_DUES,
        person_id,
    )


def due_paid(chart: Chart, *, on: date, amount_fen: Fen, person_id: int) -> Entry:
    """A payment was matched with what is open."""
    return _moved("due_paid", on, "缴费", amount_fen, chart, PAID_DUES, OPEN_DUES, person_id)


def payment_unmatched(chart: Chart, *, on: date, amount_fen: Fen, person_id: int) -> Entry:
    """A payment turned out not to be this person's: the amount is open again."""
    return _moved(
        "payment_unmatched", on, "撤销缴费匹配", amount_fen, chart, OPEN_DUES, PAID_DUES, person_id
    )


def cash_taken(chart: Chart, *, on: date, amount_fen: Fen, operator_id: int) -> Entry:
    """An agent took cash and holds it until it is paid in."""
    return _held("cash_taken", on, "代收现金", amount_fen, chart, operator_id, back=False)


def cash_deposited(chart: Chart, *, on: date, amount_fen: Fen, operator_id: int) -> Entry:
    """An agent paid in cash that was held."""
    return _held("cash_deposited", on, "代收现金缴存", amount_fen, chart, operator_id, back=True)


def benefit_owed(chart: Chart, *, on: date, amount_fen: Fen, institution_id: int) -> Entry:
    """An institution advanced the fund's share at discharge and is owed it (待遇 13)."""
    return _owed("benefit_owed", on, "垫付待遇", amount_fen, chart, institution_id, back=False)


def benefit_reversed(chart: Chart, *, on: date, amount_fen: Fen, institution_id: int) -> Entry:
    """What an institution was owed for a settlement is owed no more."""
    return _owed(
        "benefit_reversed", on, "冲正垫付待遇", amount_fen, chart, institution_id, back=True
    )


def _moved(
    kind: str, on: date, memo_zh: str, amount_fen: Fen, chart: Chart, dr: str, cr: str, person: int
) -> Entry:
    """Move an amount between two accounts of the dues; both lines name the person."""
    who = about(PERSON, person)
    legs = (
        debit(chart.role(dr).code, amount_fen, who),
        credit(chart.role(cr).code, amount_fen, who),
    )
    return Entry(kind, on, memo_zh, legs)


def _held(
    kind: str, on: date, memo_zh: str, amount_fen: Fen, chart: Chart, operator: int, *, back: bool
) -> Entry:
    who = about(OPERATOR, operator)
    entry = Entry(
        kind,
        on,
        memo_zh,
        (
            debit(chart.role(CASH_HELD).code, amount_fen, who),
            credit(chart.role(CASH_AWAITED).code, amount_fen, who),
        ),
    )
    return _turned(entry) if back else entry


def _owed(
    kind: str, on: date, memo_zh: str, amount_fen: Fen, chart: Chart, to: int, *, back: bool
) -> Entry:
    who = about(INSTITUTION, to)
    entry = Entry(
        kind,
        on,
        memo_zh,
        (
            debit(chart.role(BENEFIT_UNCLEARED).code, amount_fen, who),
            credit(chart.role(OWED_TO_INSTITUTION).code, amount_fen, who),
        ),
    )
    return _turned(entry) if back else entry


def _turned(entry: Entry) -> Entry:
    return Entry(entry.kind, entry.on, entry.memo_zh, tuple(leg.mirrored() for leg in entry.legs))

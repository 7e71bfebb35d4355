"""Ledger files for tests, made by the product's own writer, line by line."""

from datetime import date

from tests.apps.registry.people import CHAQUAN, number
from yibao.apps.access.scope import Scope
from yibao.apps.enrolment import operations
from yibao.apps.enrolment.ledgers import (
    INSURED_ELSEWHERE,
    NEW_ENTRANTS,
    PAYMENT_LEDGER,
    filled,
)

PLACE = {"year": 2021, "region": "衡山县", "township": "新桥镇", "village": "查泉村"}


def line(sequence: int = 1, **cells: object) -> dict[str, object]:
    """Return a faultless line of annex 2: a head of household of his own who pays 280."""
    born = cells.pop("born", date(1980, 5, 6))
    usual = {
        "household_no": f"{sequence:04}",
        "name": "王建华",
        "relation": "户主",
        "sex": "男",
        "number": number(sequence, born=born),
        "notice": "上门告知",
        "claimed": 280,
        "unpaid_reason": "",
        "signature": "已签",
    }
    return usual | cells


def entrant(sequence: int = 1, **cells: object) -> dict[str, object]:
    """Return a faultless line of annex 3."""
    usual = line(sequence) | {"phone": "13800001234", "agent": "李代办", "claimed": 280}
    return usual | cells


def away(sequence: int = 1, **cells: object) -> dict[str, object]:
    """Return a faultless line of annex 4."""
    usual = {
        "name": "王建华",
        "number": number(sequence),
        "hukou_place": "新桥镇查泉村",
        "cover_place": "耒阳市",
        "cover_kind": "城乡居民医保",
        "phone": "",
        "voucher_no": f"P2021{sequence:06}",
    }
    return usual | cells


LINES = {PAYMENT_LEDGER: line, NEW_ENTRANTS: entrant, INSURED_ELSEWHERE: away}


def file_of(*lines: dict[str, object], kind: str = PAYMENT_LEDGER) -> bytes:
    """Return the Excel file of these lines."""
    return filled(kind, lines, **PLACE)


def upload(
    scope: Scope,
    *lines: dict[str, object],
    kind: str = PAYMENT_LEDGER,
    at,
    area_no: int = CHAQUAN,
    content: bytes | None = None,
):
    """Upload the lines as a ledger of 查泉村 for 2021 and return the checked import."""
    return operations.upload_ledger(
        scope=scope,
        kind=kind,
        year=2021,
        area_no=area_no,
        file_name="查泉村台账.xlsx",
        content=content if content is not None else file_of(*lines, kind=kind),
        at=at,
    )

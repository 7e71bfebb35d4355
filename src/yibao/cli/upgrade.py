"""Migrates between two independent checks: nothing that people own may change by an upgrade."""

from typing import Any

import django
import psycopg

from yibao.core.refusal import Refusal
from yibao.database.service import migrate

_FAULTY, _DONE = 1, 0
# Money and people, counted without any of the product's code; a table that is not there yet is 0.
_SUMS = {
    "people": ("registry_person", "count(*)"),
    "entries": ("fund_entry", "count(*)"),
    "debit": ("fund_leg", "coalesce(sum(debit_fen), 0)"),
    "credit": ("fund_leg", "coalesce(sum(credit_fen), 0)"),
    "settlements": ("claims_settlement", "count(*)"),
    "paid by the fund": ("claims_settlement", "coalesce(sum(fund_pay_fen), 0)"),
    "dues": ("collection_due", "coalesce(sum(owed_fen), 0)"),
    "audit records": ("access_auditrecord", "count(*)"),
}


class FaultsBefore(Refusal):
    """The database did not verify before anything was changed."""

    code = "DB51"
    message = "升级前的独立校验发现 {count} 处问题，没有改动任何数据：{first}"
    remedy = "请先运行 yibao verify 查明原因，再升级"
    message_en = "The check before the upgrade found {count} faults, nothing was changed: {first}"
    remedy_en = "Find the cause with yibao verify first"


def upgrade() -> int:
    """Migrate, and say whether checks and sums are as before. Raises FaultsBefore."""
    from django.db import connections

    from yibao import verify
    from yibao.database.conninfo import connection_words

    django.setup()
    told = connection_words(connections["owner"].settings_dict)
    app = connection_words(connections["default"].settings_dict)
    before = _sums(told)
    faults = _faults(verify, app)
    if faults:
        raise FaultsBefore(count=len(faults), first=faults[0])
    applied = migrate()
    after = _sums(told)
    said = [
        f"{name}: {before[name]} before, {after[name]} after"
        for name in before
        if before[name] != after[name]
    ]
    said += _faults(verify, app)
    print("\n".join(applied) or "The tables are up to date. 表结构已是最新。")
    print("\n".join(said) or "verify: the same before and after. 升级前后校验一致。")
    return _FAULTY if said else _DONE


def _faults(verify: Any, told: str) -> list[str]:
    """Return every fault; a check over tables that are not there yet counts as none."""
    try:
        report = verify.verify(told)
    except (psycopg.errors.UndefinedTable, psycopg.errors.UndefinedColumn):
        return []
    return [f"{one.name}: {said}" for one in report.checks for said in one.faults]


def _sums(told: str) -> dict[str, int]:
    found = {}
    with psycopg.connect(told) as owner:
        for name, (table, what) in _SUMS.items():
            there = owner.execute("select to_regclass(%s)", [table]).fetchone()
            row = owner.execute(f"select {what} from {table}").fetchone() if there[0] else (0,)  # noqa: S608
            found[name] = int(row[0])
    return found

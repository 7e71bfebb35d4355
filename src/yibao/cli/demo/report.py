"""What the demonstration came to: figures counted in the database, and the independent check."""

from dataclasses import asdict, dataclass

from django.db import connection, connections

from yibao import verify
from yibao.apps.access.scope import Scope, scoped
from yibao.cli.demo.campaign import YEAR
from yibao.cli.demo.offices import HINGGAN, XINQIAO
from yibao.core.money import Fen
from yibao.database.conninfo import connection_words

_XINQIAO = """
select (select count(*) from registry_person),
       (select count(*) from registry_household),
       (select count(distinct area_no) from registry_person),
       (select count(distinct c.person_id) from enrolment_coverage c
         where c.year = %(year)s and c.cancelled_at is null),
       (select coalesce(sum(owed_fen), 0)::bigint from collection_due
         where year = %(year)s and cancelled_at is null),
       (select coalesce(sum(paid_fen), 0)::bigint from collection_due
         where year = %(year)s and cancelled_at is null),
       (select count(*) from subsidy_support where year = %(year)s and removed_at is null),
       (select coalesce(sum(subsidy_fen), 0)::bigint from subsidy_support
         where year = %(year)s and removed_at is null),
       (select coalesce(sum(rows_bad), 0)::bigint from enrolment_ledgerimport)
"""
_RATE = """
select count(*) filter (where covered), count(*) from (
    select exists (select from enrolment_coverage c where c.person_id = p.id
                      and c.year = %(year)s and c.cancelled_at is null)
        or exists (select from enrolment_othercover o where o.person_id = p.id
                      and o.year = %(year)s and o.cancelled_at is null) as covered
      from registry_person p where p.died_on is null and p.moved_away_on is null) as residents
"""
_HINGGAN = """
select count(*) filter (where kind = 'settled'), coalesce(sum(fund_pay_fen), 0)::bigint,
       count(*) filter (where kind = 'reversed') from claims_settlement
"""
_BOOKS = """
select (select count(*) from fund_entry),
       coalesce(sum(debit_fen), 0)::bigint - coalesce(sum(credit_fen), 0)::bigint from fund_leg
"""
_LABELS = {
    "people": "登记人数",
    "households": "家庭",
    "villages": "村（社区）",
    "insured": "在本地参保",
    "rate": "参保率（%）",
    "dues_fen": "应缴（含资助，元）",
    "collected_fen": "个人已缴（元）",
    "subsidised": "资助对象",
    "subsidy_fen": "资助金额（元）",
    "import_errors": "台账错误行",
    "settlements": "兴安盟结算",
    "fund_paid_fen": "基金支付（元）",
    "reversals": "冲正",
    "entries": "记账凭证",
    "trial_balance_fen": "试算差额（元）",
    "verify": "独立核验",
}


@dataclass(frozen=True, slots=True)
class Figures:
    """The figures of a run, under the names that `--json` prints."""

    people: int
    households: int
    villages: int
    insured: int
    rate: str
    dues_fen: int
    collected_fen: int
    subsidised: int
    subsidy_fen: int
    import_errors: int
    settlements: int
    fund_paid_fen: int
    reversals: int
    entries: int
    trial_balance_fen: int
    verify: str

    def as_data(self) -> dict[str, object]:
        """Return the figures for `--json`."""
        return asdict(self)

    def as_table(self) -> str:
        """Return the figures as lines for people."""
        rows = []
        for name, value in self.as_data().items():
            shown = Fen(value).shown() if name.endswith("_fen") else value  # type: ignore[arg-type]
            text = f"{shown:,}" if isinstance(shown, int) else str(shown)
            label = _LABELS[name]
            rows.append(f"  {label}{'　' * (10 - len(label))} {text:>18}")
        return "\n".join(rows)


def figures() -> Figures:
    """Count everything in the database at hand, region by region, and verify it."""
    town = _row(XINQIAO, _XINQIAO)
    covered, residents = _row(XINQIAO, _RATE)
    settled, fund_paid_fen, reversed_ = _row(HINGGAN, _HINGGAN)
    own, other = _row(XINQIAO, _BOOKS), _row(HINGGAN, _BOOKS)
    report = verify.verify(connection_words(connections["default"].settings_dict))
    return Figures(
        people=town[0],
        households=town[1],
        villages=town[2],
        insured=town[3],
        rate=rate(covered, residents),
        dues_fen=town[4],
        collected_fen=town[5],
        subsidised=town[6],
        subsidy_fen=town[7],
        import_errors=town[8],
        settlements=settled,
        fund_paid_fen=fund_paid_fen,
        reversals=reversed_,
        entries=own[0] + other[0],
        trial_balance_fen=own[1] + other[1],
        verify="ok" if report.ok else "; ".join(faults_of(report)),
    )


def faults_of(report: verify.Report) -> list[str]:
    """Return the first fault of each check that found one."""
    return [f"{check.name}: {check.faults[0]}" for check in report.checks if check.faults]


def rate(covered: int, residents: int) -> str:
    """Return the share in per cent with one decimal, half up, in whole numbers."""
    thousandths = (2000 * covered + residents) // (2 * residents) if residents else 0
    return f"{thousandths // 10}.{thousandths % 10}"


def _row(region: str, query: str) -> tuple[int, ...]:
    with scoped(Scope.system(region)), connection.cursor() as cursor:
        cursor.execute(query, {"year": YEAR})
        return tuple(cursor.fetchone())

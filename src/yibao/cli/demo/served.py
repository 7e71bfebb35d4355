"""What a filled database needs to be served: a day that fits it, and accounts to begin with."""

from collections.abc import Sequence
from unicodedata import east_asian_width

from yibao.apps.access import operations as access
from yibao.cli.demo import hinggan
from yibao.cli.demo.clock import at
from yibao.cli.demo.offices import HINGGAN, XINQIAO
from yibao.cli.demo.staff import Account
from yibao.cli.demo.whole import Made
from yibao.cli.demo.xinqiao import SERVED_ON

# Whoever tries the demonstration may have no device at hand.
_DEVICE = (
    "首次登录须设置密码并绑定动态码设备；手边没有设备时：yibao office code 工号\n"
    "The first sign-in binds a device for codes; without one: yibao office code STAFF_NO"
)
_HEADS = ("工号", "姓名", "岗位", "机构", "一次性密码")


def hand_over(made: Made) -> str:
    """Set each region's served day, renew every password, and return the list to hand out."""
    days = {XINQIAO: SERVED_ON[made.stop], HINGGAN: hinggan.SERVED_ON}
    lines = []
    for office in made.offices:
        day = days[office.region]
        access.serve_day(code=office.region, on=day, at=at(day))
        lines += [f"{office.agency.region.name}　服务日 {day.isoformat()}"]
        lines += _table(office.staff.accounts(at(day)))
    return "\n".join([*lines, _DEVICE])


def _table(accounts: Sequence[Account]) -> list[str]:
    rows = [_HEADS] + [
        (one.staff_no, one.name, one.role, one.place, one.password) for one in accounts
    ]
    widths = [max(_width(row[n]) for row in rows) for n in range(len(_HEADS))]
    return [
        "  " + "  ".join(cell + " " * (widths[n] - _width(cell)) for n, cell in enumerate(row))
        for row in rows
    ]


def _width(text: str) -> int:
    """How many columns of a terminal a text takes: Chinese characters take two."""
    return sum(2 if east_asian_width(sign) in "WF" else 1 for sign in text)

"""Open a pooling region with its first administrators; list the regions; passwords, codes.

open REGION               its organisations, and its administrators, each a named person:
                          --administrator system_admin 430001 周明 (one of each: system_admin,
                          security_admin, auditor; two of security_admin, who approve posts)
list                      the regions that this code can serve
passwords REGION NAME     keep a profile of passwords: mlps3 or asvs
code STAFF_NO             in a demonstration only: the code that the account's device shows now

There is no default account. Each password is shown once and is replaced at the first sign-in,
which also binds a device for the second factor.
"""

import argparse
from datetime import date
from typing import Any

from yibao.core.refusal import Refusal
from yibao.database.service import database_at_hand

_DONE = 0


class CertificateIncomplete(Refusal):
    """A training belongs to one of the administrators named, and has a day."""

    code = "OF01"
    message = "培训合格证明“{number}”的工号或日期不对"
    remedy = "请写 --certificate 工号 编号 发证单位 年-月-日，工号须是本次任命的管理员"
    message_en = "Training certificate {number} names none of the administrators, or no day"
    remedy_en = "Write --certificate STAFF_NO NUMBER ISSUER YYYY-MM-DD"


class NoDemonstration(Refusal):
    """Codes are shown only where a region has a served day of its own: nobody's real work."""

    code = "OF02"
    message = "这是正式使用的数据库，不显示任何人的动态码"
    remedy = "请用本人绑定的设备；设备遗失由安全管理员重置"
    message_en = "This database is used in earnest: nobody's code is shown"
    remedy_en = "Use the device that was set up; a lost one is reset by the security administrator"


class NoDeviceYet(Refusal):
    """The account has no device, or there is no such account."""

    code = "OF03"
    message = "工号 {staff_no} 还没有开始绑定动态码"
    remedy = "请先用一次性密码登录并设置密码，到“绑定动态码设备”页后再取码"
    message_en = "Staff number {staff_no} has not begun to set up a second factor"
    remedy_en = "Sign in with the one-time password first, up to the page that binds a device"


class AdministratorUnknown(Refusal):
    """An office begins with three kinds of administrators and no others."""

    code = "OF04"
    message = "“{role}”不是首任管理员的岗位"
    remedy = "可选：{known}；其他岗位由安全管理员在系统内申请和批准"
    message_en = "{role} is no post of a first administrator"
    remedy_en = "There are: {known}; other posts are asked for and approved in the console"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the jobs."""
    parser.formatter_class = argparse.RawDescriptionHelpFormatter
    jobs = parser.add_subparsers(dest="job", required=True, metavar="JOB")
    jobs.add_parser("list")
    opening = jobs.add_parser("open")
    opening.add_argument("region")
    opening.add_argument(
        "--administrator",
        nargs=3,
        action="append",
        default=[],
        metavar=("ROLE", "STAFF_NO", "NAME"),
        help="one of the first administrators",
    )
    opening.add_argument(
        "--certificate",
        nargs=4,
        action="append",
        default=[],
        metavar=("STAFF_NO", "NUMBER", "ISSUER", "DATE"),
        help="the passed training of one of them, where the region asks for it",
    )
    passwords = jobs.add_parser("passwords")
    passwords.add_argument("region")
    passwords.add_argument("profile")
    code = jobs.add_parser("code")
    code.add_argument("staff_no")


def run(arguments: argparse.Namespace) -> int:
    """Do the named job."""
    if arguments.job == "list":
        return _list()
    with database_at_hand():
        return {"open": _open, "passwords": _passwords, "code": _code}[arguments.job](arguments)


def _list() -> int:
    from yibao.rulebook.regions import regions

    for region in regions().values():
        print(f"{region.code:<14}{region.division:<8}{region.name}  {region.bureau}")
    return _DONE


def _open(arguments: argparse.Namespace) -> int:
    from yibao.apps.access import operations, queries
    from yibao.apps.access.operations.offices import ADMINISTRATORS
    from yibao.rulebook.regions import region

    found = region(arguments.region)
    at = queries.clock(region=found.code).at
    if not arguments.administrator:
        operations.open_region(code=found.code, at=at)
        print(f"{found.name} is open. {found.name}已开通。")
        return _DONE
    for role, _, _ in arguments.administrator:
        if role not in ADMINISTRATORS:
            raise AdministratorUnknown(role=role, known="、".join(ADMINISTRATORS))
    trained = _certificates(arguments)
    made = operations.open_first_office(
        code=found.code,
        administrators=[
            operations.Administrator(role, staff_no, name, certificate=trained.get(staff_no))
            for role, staff_no, name in arguments.administrator
        ],
        at=at,
    )
    print(f"{found.name} is open. {found.name}已开通。")
    for operator, password in made:
        print(
            f"Staff number 工号 {operator.staff_no}  {operator.name}"
            f"   one-time password 一次性密码 {password}"
        )
    return _DONE


def _certificates(arguments: argparse.Namespace) -> dict[str, Any]:
    from yibao.apps.access.operations import Certificate

    named = {staff_no for _, staff_no, _ in arguments.administrator}
    found = {}
    for staff_no, number, issuer, day in arguments.certificate:
        try:
            passed_on = date.fromisoformat(day)
        except ValueError:
            raise CertificateIncomplete(number=number) from None
        if staff_no not in named:
            raise CertificateIncomplete(number=number)
        found[staff_no] = Certificate(number=number, issuer=issuer, passed_on=passed_on)
    return found


def _passwords(arguments: argparse.Namespace) -> int:
    from yibao.apps.access import operations, queries
    from yibao.rulebook.regions import region

    found = region(arguments.region)
    at = queries.clock(region=found.code).at
    operations.keep_passwords(code=found.code, profile=arguments.profile, at=at)
    print(f"{found.name}: {arguments.profile}")
    return _DONE


def _code(arguments: argparse.Namespace) -> int:
    from yibao.apps.access import queries
    from yibao.apps.access.factors import code_at, left_of_step
    from yibao.apps.access.models import Authenticator, PoolingRegion

    # Every region of the database: one that works in earnest closes the command for all.
    if PoolingRegion.objects.filter(served_on=None).exists() or not PoolingRegion.objects.exists():
        raise NoDemonstration
    found = Authenticator.objects.filter(operator__staff_no=arguments.staff_no).first()
    if found is None:
        raise NoDeviceYet(staff_no=arguments.staff_no)
    now = queries.clock().now
    print(f"{code_at(found.secret, now)}   ({left_of_step(now)} s)")
    return _DONE

"""Open a pooling region and the first account of an empty database; list the regions.

open REGION   its organisations from the divisions, and the first security administrator
list          the regions that this code can serve

There is no default account: the first one is made here, by name, with a password that is shown
once and must be replaced at the first sign-in. Further accounts are opened in the console.
"""

import argparse
from datetime import date

from yibao.core.refusal import Refusal
from yibao.database.service import database_at_hand

_DONE = 0


class CertificateIncomplete(Refusal):
    """A training is recorded whole or not at all."""

    code = "OF01"
    message = "培训合格证明须同时给出编号、发证单位和日期"
    remedy = "请补全 --certificate、--issuer 和 --passed-on"
    message_en = "A training certificate has a number, an issuer and a date"
    remedy_en = "Give --certificate, --issuer and --passed-on together"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the two jobs."""
    parser.formatter_class = argparse.RawDescriptionHelpFormatter
    jobs = parser.add_subparsers(dest="job", required=True, metavar="JOB")
    jobs.add_parser("list")
    opening = jobs.add_parser("open")
    opening.add_argument("region")
    opening.add_argument("--staff-no", help="of the first security administrator")
    opening.add_argument("--name", help="of the first security administrator")
    opening.add_argument("--certificate", help="number of the training certificate, where asked")
    opening.add_argument("--issuer", help="who issued it")
    opening.add_argument("--passed-on", type=date.fromisoformat, metavar="DATE", help="when")


def run(arguments: argparse.Namespace) -> int:
    """Do the named job."""
    if arguments.job == "list":
        return _list()
    with database_at_hand():
        return _open(arguments)


def _list() -> int:
    from yibao.rulebook.regions import regions

    for region in regions().values():
        print(f"{region.code:<14}{region.division:<8}{region.name}  {region.bureau}")
    return _DONE


def _open(arguments: argparse.Namespace) -> int:
    from django.db import transaction

    from yibao.apps.access import operations, queries
    from yibao.rulebook.regions import region

    found = region(arguments.region)
    at = queries.clock(region=found.code).at
    with transaction.atomic():
        operations.open_region(code=found.code, at=at)
        print(f"{found.name} is open. {found.name}已开通。")
        if not (arguments.staff_no and arguments.name):
            return _DONE
        _, password = operations.open_account(
            scope=None,
            staff_no=arguments.staff_no,
            name=arguments.name,
            organisation_id=queries.organisation_by_division(found.division).id,
            certificate=_certificate(arguments),
            at=at,
        )
    print(f"Staff number 工号 {arguments.staff_no}   one-time password 一次性密码 {password}")
    return _DONE


def _certificate(arguments: argparse.Namespace) -> object:
    from yibao.apps.access.operations import Certificate

    given = (arguments.certificate, arguments.issuer, arguments.passed_on)
    if not any(given):
        return None
    if not all(given):
        raise CertificateIncomplete
    number, issuer, passed_on = given
    return Certificate(number=number, issuer=issuer, passed_on=passed_on)

"""Failed tries, counted in the database before anybody is known: by number, and by address."""

from datetime import datetime, timedelta

from django.db import connection

from yibao.apps.access.models import SignInFailures
from yibao.core.refusal import Refusal
from yibao.rulebook.regions import signing_in

_MINUTE = timedelta(minutes=1)

_TAKE = """
    insert into access_addresstries as kept (address, since, tries) values (%(address)s, %(at)s, 1)
    on conflict (address) do update
       set tries = case when kept.since <= %(before)s then 1
                        else least(kept.tries + 1, %(most)s + 2) end,
           since = case when kept.since <= %(before)s then excluded.since else kept.since end
    returning tries, since"""
_GIVE_BACK = "update access_addresstries set tries = greatest(tries - 1, 0) where address = %s"


class AccountLocked(Refusal):
    """Too many failures under this staff number, whether anybody has it or not."""

    code = "E931"
    message = "该工号连续失败 {failures} 次，已锁定"
    remedy = "请在 {minutes} 分钟后再试，或联系安全管理员"
    message_en = "This staff number is locked after {failures} failures in a row"
    remedy_en = "Try again in {minutes} minutes, or ask the security administrator"


class TooManyTries(Refusal):
    """Too many failures from one address, under whatever numbers."""

    code = "E935"
    message = "从本机或本单位网络登录失败次数过多，暂停登录"
    remedy = "请在 {minutes} 分钟后再试"
    message_en = "Too many failed tries came from this address"
    remedy_en = "Try again in {minutes} minutes"

    # The first one over the limit is recorded, so that a flood does not fill the log.
    is_first = False


def take_a_try(*, address: str, at: datetime) -> TooManyTries | None:
    """Count a try of this address before it is judged; return the refusal over the limit.

    Counted first, so that many at once gain nothing; one that was right is given back.
    """
    if not address:
        return None
    limits = signing_in()
    most = limits.tries_of_an_address
    before = at - limits.address_for
    with connection.cursor() as cursor:
        cursor.execute(_TAKE, {"address": address, "at": at, "before": before, "most": most})
        tries, since = cursor.fetchone()
    if tries <= most:
        return None
    refusal = TooManyTries(minutes=_minutes(since + limits.address_for - at))
    refusal.is_first = tries == most + 1
    return refusal


def give_back_a_try(*, address: str) -> None:
    """Take back the count of a try that was right."""
    if address:
        with connection.cursor() as cursor:
            cursor.execute(_GIVE_BACK, [address])


def failures_of(*, staff_no: str) -> SignInFailures:
    """Return the count of a number, locked until the transaction ends; nobody needs to have it."""
    found, _ = SignInFailures.objects.select_for_update().get_or_create(staff_no=staff_no)
    return found


def lock_of(*, tries: SignInFailures, at: datetime) -> AccountLocked | None:
    """Return the refusal of a locked number, or None."""
    if tries.locked_until is None or at >= tries.locked_until:
        return None
    return AccountLocked(
        failures=signing_in().failures_until_locked, minutes=_minutes(tries.locked_until - at)
    )


def count_failure(*, tries: SignInFailures, at: datetime) -> bool:
    """Count one more failure in a row; tell whether the number is locked by it."""
    limits = signing_in()
    if tries.locked_until is not None:
        tries.failures, tries.locked_until = 0, None
    tries.failures += 1
    locked = tries.failures >= limits.failures_until_locked
    if locked:
        tries.locked_until = at + limits.locked_for
    tries.save()
    return locked


def _minutes(left: timedelta) -> int:
    return -(-left // _MINUTE)

"""Opens a region with operators for tests, by the product's own operations."""

from dataclasses import dataclass
from datetime import date, datetime
from zoneinfo import ZoneInfo

from yibao.apps.access import operations, queries
from yibao.apps.access.models import Operator, Organisation, PoolingRegion, Post
from yibao.apps.access.operations import Certificate
from yibao.apps.access.scope import Scope

# Friday in the enrolment season of 2021, at half past nine in China.
AT = datetime(2020, 12, 18, 9, 30, tzinfo=ZoneInfo("Asia/Shanghai"))
ON = AT.date()
TRAINED = Certificate(number="P-2020-001", issuer="医保信息中心", passed_on=date(2020, 9, 1))


@dataclass(frozen=True)
class Staff:
    """An operator in one post, with the password that was handed over."""

    operator: Operator
    post: Post
    one_time_password: str
    scope: Scope


def open_office(region: str = "hengshan", *, at: datetime = AT) -> Scope:
    """Make the region's organisations, serve its day of `at`, and return the whole region's scope."""
    if not PoolingRegion.objects.filter(code=region).exists():
        operations.open_region(code=region, at=at)
    PoolingRegion.objects.filter(code=region).update(served_on=at.date())
    return Scope.system(region)


def hire(
    *,
    role: str,
    division: str,
    staff_no: str | None = None,
    name: str = "曾建华",
    region: str | None = None,
    at: datetime = AT,
) -> Staff:
    """Open an account and grant a post at the place of this division (an agency's for 1522)."""
    region = region or ("xingan" if division.startswith("15") else "hengshan")
    system = open_office(region, at=at)
    place: Organisation = queries.organisation_by_division(division)
    operator, password = operations.open_account(
        scope=system,
        staff_no=staff_no or f"{430000 + Operator.objects.count()}",
        name=name,
        organisation_id=place.id,
        certificate=TRAINED,
        at=at,
    )
    post = operations.grant_post(
        scope=system,
        operator_id=operator.id,
        organisation_id=place.id,
        role=role,
        valid_from=at.date(),
        valid_until=None,
        at=at,
    )
    # The first sign-in is tested where it belongs; here the password counts as chosen.
    Operator.objects.filter(id=operator.id).update(password_is_one_time=False)
    scope = operations.choose_post(operator_id=operator.id, post_id=post.id, at=at)
    return Staff(operator=operator, post=post, one_time_password=password, scope=scope)

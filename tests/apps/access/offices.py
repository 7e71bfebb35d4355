"""Opens a region with operators for tests, by the product's own operations."""

from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from yibao.apps.access import operations, queries
from yibao.apps.access.factors import code_at
from yibao.apps.access.models import Authenticator, Operator, Organisation, PoolingRegion, Post
from yibao.apps.access.operations import Certificate
from yibao.apps.access.scope import Scope

# Friday in the enrolment season of 2021, at half past nine in China.
AT = datetime(2020, 12, 18, 9, 30, tzinfo=ZoneInfo("Asia/Shanghai"))
ON = AT.date()
TRAINED = Certificate(number="P-2020-001", issuer="医保信息中心", passed_on=date(2020, 9, 1))


@dataclass(frozen=True)
class Staff:
    """An operator in one post, with the password and the code generator that he holds."""

    operator: Operator
    post: Post
    one_time_password: str
    scope: Scope
    secret: str = ""

    def code(self, at: datetime | None = None) -> str:
        """Return the code that the generator shows: at a moment, or by the database's clock."""
        return code_at(self.secret, at or queries.clock().now)

    def wrong_code(self) -> str:
        """Return a code that the generator does not show."""
        return wrong_code(self.secret)

    def half_a_minute_later(self) -> None:
        """Let the code that was used be forgotten, as if the next one had come."""
        Authenticator.objects.filter(operator=self.operator).update(last_step=0)


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
    identity_number: str = "",
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
        certificate=replace(TRAINED, passed_on=min(TRAINED.passed_on, at.date())),
        identity_number=identity_number,
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
    secret = enrol(operator, at=at)
    scope = operations.choose_post(operator_id=operator.id, post_id=post.id, at=at)
    return Staff(
        operator=operator, post=post, one_time_password=password, scope=scope, secret=secret
    )


def by_a_person(scope: Scope, name: str = "陈经办", *, at: datetime = AT) -> Scope:
    """The system's scope in the hand of somebody with an account: what needs two persons.

    The same name is the same person; a scope that is a person's already stays that.
    """
    if scope.operator_id:
        return scope
    found = Operator.objects.filter(name=name).first()
    if found is None:
        found, _password = operations.open_account(
            scope=Scope.system(scope.region),
            staff_no=f"{430000 + Operator.objects.count()}",
            name=name,
            organisation_id=Organisation.objects.filter(region_id=scope.region).earliest("id").id,
            certificate=replace(TRAINED, passed_on=min(TRAINED.passed_on, at.date())),
            at=at,
        )
    return replace(scope, operator_id=found.id, operator_name=name)


def enrol(operator: Operator, *, at: datetime = AT) -> str:
    """Set up the operator's second factor and return its secret."""
    secret = operations.begin_factor(operator_id=operator.id, at=at).key.replace(" ", "")
    operations.confirm_factor(operator_id=operator.id, code=code_at(secret, at), at=at)
    return secret


def wrong_code(secret: str) -> str:
    """Return a code that no device with this secret shows now, nor minutes before or after."""
    now = queries.clock().now
    near = {code_at(secret, now + timedelta(seconds=30 * n)) for n in range(-9, 10)}
    return next(code for code in map("{:06}".format, range(20)) if code not in near)

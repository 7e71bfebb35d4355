"""Second factors: what somebody has, beside the password that he knows.

A factor is one class. TOTP (RFC 6238) is the one that there is; what a key with a certificate
(UKey, SM2) has to bring to stand beside it says docs/decisions/0009-signing-in.md.
"""

import hmac
import re
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import ClassVar, Protocol

import pyotp

from yibao.rulebook.regions import signing_in

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_SECOND = timedelta(seconds=1)
_GROUP = 4


@dataclass(frozen=True, slots=True)
class Offer:
    """What a person is shown to make his device know a secret: an address, and the key to type."""

    address: str
    key: str


class SecondFactor(Protocol):
    """What signing in asks of a second factor, whatever device it is."""

    kind: ClassVar[str]

    def new_secret(self) -> str:
        """Return what is to be kept, sealed, for one operator."""
        ...

    def offer(self, secret: str, *, staff_no: str, issuer: str) -> Offer:
        """Return what the operator is shown once, so that his device has its part."""
        ...

    def step_of(self, secret: str, answer: str, *, after: int, at: datetime) -> int | None:
        """Return the step that the answer is right for, or None. Steps up to `after` are used."""
        ...


class Totp:
    """Codes of six figures by the clock. The step before and the one after are taken too."""

    kind: ClassVar[str] = "totp"

    def new_secret(self) -> str:
        """Return 160 random bits in base 32."""
        return pyotp.random_base32()

    def offer(self, secret: str, *, staff_no: str, issuer: str) -> Offer:
        """Return the address of the square code, and the key in groups of four."""
        address = pyotp.TOTP(secret).provisioning_uri(name=staff_no, issuer_name=issuer)
        return Offer(address, " ".join(re.findall(f".{{1,{_GROUP}}}", secret)))

    def step_of(self, secret: str, answer: str, *, after: int, at: datetime) -> int | None:
        """Return the step of a right code. All steps are compared, in the same time."""
        codes = pyotp.HOTP(secret)
        drift = signing_in().code_drift_steps
        now, found = step_at(at), None
        for step in range(now - drift, now + drift + 1):
            same = hmac.compare_digest(codes.at(step).encode(), answer.encode())
            if same and step > after:
                found = step
        return found


FACTORS: dict[str, SecondFactor] = {Totp.kind: Totp()}


def step_at(at: datetime) -> int:
    """Return the number of the step that a moment lies in."""
    return (at - _EPOCH) // signing_in().code_for


def code_at(secret: str, at: datetime) -> str:
    """Return the code that a device with this secret shows at a moment."""
    return pyotp.HOTP(secret).at(step_at(at))


def left_of_step(at: datetime) -> int:
    """Return for how many more seconds the code of a moment is the current one."""
    length = signing_in().code_for
    return (length - (at - _EPOCH) % length) // _SECOND

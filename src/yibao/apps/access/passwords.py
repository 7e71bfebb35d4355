"""Passwords: kept as argon2 hashes, made once by the system, chosen by their owner afterwards."""

import secrets

from django.contrib.auth.hashers import Argon2PasswordHasher

from yibao.core.refusal import Refusal
from yibao.rulebook.regions import signing_in

# Read aloud and copied by hand: nothing that looks like something else.
_LETTERS = "abcdefghjkmnpqrstuvwxyz23456789"
_GROUPS = 4
_GROUP = 4


class PasswordTooWeak(Refusal):
    """The chosen password is too short, of too few kinds of signs, or says the staff number."""

    code = "E920"
    message = (
        "密码须至少 {length} 位，含大写字母、小写字母、数字、其他符号中的 {kinds} 类，且不含工号"
    )
    remedy = "请换一个密码"
    message_en = (
        "A password has at least {length} characters of {kinds} kinds (capitals, small letters,"
        " figures, other signs) and does not contain the staff number"
    )
    remedy_en = "Choose another one"
    field = "new"


class PasswordNotNew(Refusal):
    """The new password is the old one."""

    code = "E921"
    message = "新密码与原密码相同"
    remedy = "请换一个密码"
    message_en = "The new password is the old one"
    remedy_en = "Choose another one"
    field = "new"


def one_time_password() -> str:
    """Return a password to be handed over once, such as kd4m-x7pr-9hbt-wm2e."""
    groups = ("".join(secrets.choice(_LETTERS) for _ in range(_GROUP)) for _ in range(_GROUPS))
    return "-".join(groups)


def hashed(password: str) -> str:
    """Return the hash that is stored."""
    hasher = Argon2PasswordHasher()
    return hasher.encode(password, hasher.salt())


def is_right(password: str, stored: str) -> bool:
    """Tell whether the password is the stored one. Without a stored one it takes as long."""
    hasher = Argon2PasswordHasher()
    if not stored:
        hasher.encode(password, hasher.salt())
        return False
    return hasher.verify(password, stored)


def check_strength(password: str, *, staff_no: str) -> None:
    """Refuse a weak password. Raises PasswordTooWeak."""
    limits = signing_in()
    kinds = (str.isupper, str.islower, str.isdigit, lambda sign: not sign.isalnum())
    used = sum(any(kind(sign) for sign in password) for kind in kinds)
    too_short = len(password) < limits.shortest_password
    if too_short or used < limits.password_kinds or staff_no.lower() in password.lower():
        raise PasswordTooWeak(length=limits.shortest_password, kinds=limits.password_kinds)

"""Passwords: kept as argon2 hashes, made once by the system, chosen by their owner afterwards."""

import secrets
from collections.abc import Iterable
from datetime import datetime

from django.contrib.auth.hashers import Argon2PasswordHasher

from yibao.apps.access.guessing import is_easily_guessed
from yibao.apps.access.models import Operator
from yibao.core.refusal import Refusal
from yibao.rulebook.regions import PasswordProfile, signing_in

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
    """The new password is the old one, or one of the last few."""

    code = "E921"
    message = "新密码与原密码或最近 {remembered} 次用过的密码相同"
    remedy = "请换一个密码"
    message_en = "The new password is the old one, or one of the last {remembered}"
    remedy_en = "Choose another one"
    field = "new"


class PasswordGuessable(Refusal):
    """The chosen password is one that is tried first: a common word, a row of keys, a name."""

    code = "E922"
    message = "该密码太容易被猜到：主要由常用词、键盘连排、年份日期、重复字符或本人姓名组成"
    remedy = "请换一个密码，例如几个互不相干的词语拼音"
    message_en = (
        "This password is easily guessed: it is made of common words, rows of keys, years, repeated"
        " signs or your own name"
    )
    remedy_en = "Choose another one, such as a few words that have nothing to do with each other"
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


def profile_of(operator: Operator) -> PasswordProfile:
    """Return the profile that the operator's office keeps."""
    return signing_in().profiles[operator.organisation.region.password_profile]


def check_strength(password: str, *, operator: Operator) -> None:
    """Refuse a weak password. Raises PasswordTooWeak, PasswordGuessable."""
    profile = profile_of(operator)
    kinds = (str.isupper, str.islower, str.isdigit, lambda sign: not sign.isalnum())
    used = sum(any(kind(sign) for sign in password) for kind in kinds)
    told = operator.staff_no.lower() in password.lower()
    if len(password) < profile.shortest or used < profile.kinds or told:
        raise PasswordTooWeak(length=profile.shortest, kinds=profile.kinds)
    if is_easily_guessed(password, staff_no=operator.staff_no, name=operator.name):
        raise PasswordGuessable


def check_new(password: str, *, hashes: Iterable[str], profile: PasswordProfile) -> None:
    """Refuse a password that was had before. Raises PasswordNotNew."""
    if any(is_right(password, stored) for stored in hashes):
        raise PasswordNotNew(remembered=profile.remembered)


def is_expired(operator: Operator, *, now: datetime) -> bool:
    """Tell whether the password has had its days; a handed-over one is judged as one-time."""
    lasts, since = profile_of(operator).lasts, operator.password_changed_at
    return lasts is not None and since is not None and now - since >= lasts

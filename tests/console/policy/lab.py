"""The league's bureau in the console: an officer and a reviewer, signed in."""

import re
from dataclasses import dataclass
from typing import Any

from django.test import Client

from tests.apps.access.offices import hire
from tests.apps.policy.bureau import AT, BANNER, LEAGUE, Bureau
from tests.console.signed_in import sign_in_as
from yibao.apps.access.models import PoolingRegion

YEAR = "2009"


@dataclass(frozen=True)
class Lab:
    """Both persons' browsers, and their scopes for operations."""

    officer: Client
    reviewer: Client
    bureau: Bureau


def open_lab() -> Lab:
    officer = hire(role="policy_officer", division=LEAGUE, name="孟和", at=AT)
    reviewer = hire(role="county_reviewer", division=LEAGUE, name="谭丽娟", at=AT)
    PoolingRegion.objects.update(served_on=AT.date())
    bureau = Bureau(officer.scope, reviewer.scope)
    return Lab(
        sign_in_as(role="", division="", staff=officer)[0],
        sign_in_as(role="", division="", staff=reviewer)[0],
        bureau,
    )


def banner_clerk() -> Client:
    staff = hire(role="county_clerk", division=BANNER, name="斯琴", at=AT)
    return sign_in_as(role="", division="", staff=staff)[0]


def words(answer: Any) -> str:
    """Return what a page says, without its tags."""
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", answer.content.decode()))

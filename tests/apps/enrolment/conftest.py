"""Hengshan with its insured year 2021 open, and Xinqiao in it."""

from datetime import date

import pytest

from tests.apps.access.offices import AT, open_office
from tests.apps.registry.people import xinqiao
from yibao.apps.access.scope import Scope
from yibao.apps.enrolment import operations


@pytest.fixture
def county(db) -> Scope:
    """The whole region of Hengshan, 2021 open for enrolment."""
    scope = open_office()
    operations.open_year(scope=scope, year=2021, on=date(2020, 9, 20), at=AT)
    return scope


@pytest.fixture
def township(county: Scope) -> Scope:
    """The township of Xinqiao."""
    return xinqiao(county)

"""No column without level, purpose, ground and time; no pattern that describes nothing."""

from datetime import UTC, datetime

import pytest
from django.apps import apps

from yibao.apps.access.retention import PLACES
from yibao.database.sealing import IndexField, SealedField
from yibao.rulebook import national
from yibao.rulebook.dictionary import entry, page, unused
from yibao.rulebook.retention import RetentionTooShort, kinds, read


def columns():
    return [
        (model._meta.db_table, field.column)
        for model in apps.get_models(include_auto_created=True)
        for field in model._meta.local_fields
    ]


def test_every_column_of_every_model_has_level_purpose_ground_and_time():
    blanks = []
    for table, column in columns():
        found = entry(table, column)
        filled = found and all((found.level, found.purpose, found.ground, found.keep))
        blanks += [] if filled else [f"{table}.{column}"]
    assert blanks == []
    assert len(columns()) > 500


@pytest.mark.django_db
def test_every_table_of_the_database_is_described():
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute(
            "select table_name, column_name from information_schema.columns"
            " where table_schema = 'public'"
        )
        found = cursor.fetchall()
    assert [one for one in found if entry(*one) is None] == []


def test_every_pattern_describes_something():
    assert unused([*columns(), ("django_migrations", "id")]) == []


def test_what_is_sealed_is_of_the_highest_level():
    for model in apps.get_models():
        for field in model._meta.local_fields:
            if isinstance(field, SealedField | IndexField):
                assert entry(model._meta.db_table, field.column).level == "L4", field


def test_a_column_that_nothing_describes_is_found():
    assert entry("somewhere_else", "id") is None
    with pytest.raises(AssertionError, match="somewhere_else"):
        page([("somewhere_else", "id")])
    assert "| `phone` | L4 | 联系电话，加密 |" in page([("registry_person", "phone")])


def test_every_place_of_retention_has_a_declared_kind_and_column():
    known = set(columns())
    for place in PLACES:
        assert place.kind in kinds()
        assert (place.table, place.since) in known
    removed = {one.code for one in kinds().values() if one.is_removed}
    assert removed == {one.kind for one in PLACES} & removed


def test_no_period_is_shorter_than_its_floor():
    declared = dict(national.declaration("retention.yaml"))
    assert kinds()["audit"].keep.words() == "3 年"
    declared["audit"] = declared["audit"] | {"keep": {"months": 5}}
    with pytest.raises(RetentionTooShort):
        read(declared)
    declared["audit"] = declared["audit"] | {"keep": {"months": 6}}
    assert read(declared)["audit"].keep.months == 6


def test_time_runs_in_months_and_days_or_for_ever():
    at = datetime(2026, 8, 31, 12, tzinfo=UTC)
    declared = kinds()
    assert declared["audit"].keep.before(at) == datetime(2023, 8, 31, 12, tzinfo=UTC)
    assert declared["draft"].keep.before(at) == datetime(2026, 8, 1, 12, tzinfo=UTC)
    assert declared["seal"].keep.before(at) is None
    months = read({"x": {"zh": "x", "en": "x", "keep": {"months": 6}, "basis": {"title": "t"}}})
    assert months["x"].keep.before(at) == datetime(2026, 2, 28, 12, tzinfo=UTC)

import pytest
from django.db import connection


@pytest.mark.django_db
def test_tests_work_as_the_application_role():
    with connection.cursor() as cursor:
        cursor.execute("select current_user, version()")
        user, version = cursor.fetchone()
    print(version)
    assert user == "yibao_app"

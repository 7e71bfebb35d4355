"""The first accounts of an empty database are made by name; there is no other way in."""

import argparse
import contextlib
import re
from datetime import timedelta

import pytest

from tests.apps.access.offices import AT, hire
from yibao.apps.access import operations, queries
from yibao.apps.access.models import Operator, Organisation, PoolingRegion
from yibao.apps.access.operations.accounts import NoTrainingCertificate, NotTheFirst
from yibao.apps.access.operations.offices import ProfileUnknown
from yibao.cli import office
from yibao.rulebook.regions import RegionUnknown

pytestmark = pytest.mark.django_db


@pytest.fixture
def run(monkeypatch, capsys):
    """Run `yibao office …` in the database of the tests."""
    monkeypatch.setattr(office, "database_at_hand", contextlib.nullcontext)

    def run_(*words):
        parser = argparse.ArgumentParser()
        office.add_arguments(parser)
        assert office.run(parser.parse_args(words)) == 0
        return capsys.readouterr().out

    return run_


THREE = [
    *("--administrator", "system_admin", "430001", "周明"),
    *("--administrator", "security_admin", "430002", "李敏"),
    *("--administrator", "auditor", "430003", "王芳"),
]


def test_the_first_administrators_sign_in_with_what_was_printed(run):
    said = run("open", "hengshan", *THREE)
    passwords = re.findall(r"工号 (\d+) .* (\S+)$", said, re.M)
    assert [number for number, _ in passwords] == ["430001", "430002", "430003"]
    for number, password in passwords:
        found = operations.enter_password(staff_no=number, password=password, address="", at=AT)
        assert found.password_is_one_time
    assert found.posts.get().role == "auditor"
    with pytest.raises(NotTheFirst):
        run("open", "hengshan", *THREE)
    assert Operator.objects.count() == 3


def test_hinggan_asks_for_the_training_of_each_of_them(run):
    with pytest.raises(NoTrainingCertificate):
        run("open", "xingan", *THREE)
    assert not Organisation.objects.exists()
    with pytest.raises(office.CertificateIncomplete):
        run("open", "xingan", *THREE, "--certificate", "430009", "P-1", "中心", "2010-01-05")
    with pytest.raises(office.CertificateIncomplete):
        run("open", "xingan", *THREE, "--certificate", "430001", "P-1", "中心", "2010")
    trained = [
        word
        for number in ("430001", "430002", "430003")
        for word in ("--certificate", number, "P-1", "中心", "2010-01-05")
    ]
    run("open", "xingan", *THREE, *trained)
    assert Operator.objects.first().certificates.get().number == "P-1"


def test_a_post_that_no_office_begins_with_is_refused_with_those_that_there_are(run):
    with pytest.raises(office.AdministratorUnknown, match="security_admin"):
        run("open", "hengshan", "--administrator", "root", "430001", "周明")


def test_an_office_keeps_one_of_two_profiles_of_passwords(run):
    run("open", "hengshan")
    assert PoolingRegion.objects.get().password_profile == "mlps3"
    run("passwords", "hengshan", "asvs")
    assert PoolingRegion.objects.get().password_profile == "asvs"
    with pytest.raises(ProfileUnknown, match="mlps3"):
        run("passwords", "hengshan", "none")


def test_a_code_is_shown_in_a_demonstration_and_nowhere_else(run):
    staff = hire(role="township_clerk", division="430423105")
    number = staff.operator.staff_no
    assert run("code", number).split()[0] in {
        staff.code(queries.clock().now - back * timedelta(seconds=30)) for back in (0, 1)
    }
    with pytest.raises(office.NoDeviceYet):
        run("code", "999999")
    PoolingRegion.objects.update(served_on=None)
    with pytest.raises(office.NoDemonstration):
        run("code", number)


def test_a_region_that_no_rulebook_has_is_refused_with_those_that_there_are(run):
    with pytest.raises(RegionUnknown, match="hengshan"):
        run("open", "atlantis")
    assert "430423" in run("list")

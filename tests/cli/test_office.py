"""The first account of an empty database is made by name; there is no other way in."""

import argparse
import contextlib

import pytest

from tests.apps.access.offices import AT
from yibao.apps.access import operations
from yibao.apps.access.models import Operator, Organisation
from yibao.apps.access.operations.accounts import NoTrainingCertificate, NotTheFirst
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


def test_the_first_administrator_signs_in_with_what_was_printed(run):
    said = run("open", "hengshan", "--staff-no", "430001", "--name", "周明")
    password = said.split()[-1]
    found = operations.sign_in(staff_no="430001", password=password, address="", at=AT)
    assert found.password_is_one_time and found.posts.get().role == "security_admin"
    with pytest.raises(NotTheFirst):
        run("open", "hengshan", "--staff-no", "430002", "--name", "李敏")
    assert Operator.objects.count() == 1


def test_hinggan_asks_for_the_training_of_the_first_one_too(run):
    words = ["open", "xingan", "--staff-no", "152001", "--name", "乌力格"]
    with pytest.raises(NoTrainingCertificate):
        run(*words)
    assert not Organisation.objects.exists()
    with pytest.raises(office.CertificateIncomplete):
        run(*words, "--certificate", "P-1")
    run(*words, "--certificate", "P-1", "--issuer", "中心", "--passed-on", "2010-01-05")
    assert Operator.objects.get().certificates.get().number == "P-1"


def test_a_region_that_no_rulebook_has_is_refused_with_those_that_there_are(run):
    with pytest.raises(RegionUnknown, match="hengshan"):
        run("open", "atlantis")
    assert "430423" in run("list")

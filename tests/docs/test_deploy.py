"""The files of deploy/: units that systemd takes, an image without root and secrets, TLS in front."""

import configparser
import re
import shutil
import subprocess
from pathlib import Path

import pytest

DEPLOY = Path(__file__).resolve().parents[2] / "deploy"
UNITS = sorted((DEPLOY / "systemd").glob("*.*"))
SERVICES = [unit for unit in UNITS if unit.suffix == ".service"]
HARDENED = {
    "NoNewPrivileges": "yes",
    "ProtectSystem": "strict",
    "ProtectHome": "yes",
    "PrivateTmp": "yes",
    "PrivateDevices": "yes",
    "RestrictNamespaces": "yes",
    "RestrictSUIDSGID": "yes",
    "LockPersonality": "yes",
    "CapabilityBoundingSet": "",
    "SystemCallFilter": "@system-service",
    "UMask": "0077",
    "User": "yibao",
}
SECRET = re.compile(r"(password|secret|token|key)\s*[=:]\s*\S{6,}", re.IGNORECASE)


def read(unit: Path) -> configparser.RawConfigParser:
    parser = configparser.RawConfigParser(strict=False, delimiters=("=",))
    parser.optionxform = str
    parser.read(unit, encoding="utf-8")
    return parser


@pytest.mark.parametrize("unit", UNITS, ids=lambda unit: unit.name)
def test_a_unit_has_the_sections_of_its_kind(unit):
    kind = {".service": "Service", ".timer": "Timer"}[unit.suffix]
    sections = read(unit).sections()
    assert {"Unit", kind} <= set(sections) <= {"Unit", kind, "Install"}
    assert read(unit)["Unit"]["Description"]


@pytest.mark.parametrize("unit", SERVICES, ids=lambda unit: unit.name)
def test_a_service_runs_without_rights_that_it_does_not_need(unit):
    service = read(unit)["Service"]
    assert {name: service.get(name) for name in HARDENED} == HARDENED
    assert service["ExecStart"].startswith("/opt/yibao/bin/yibao ")
    assert service["Environment"] == "YIBAO_HOME=/var/lib/yibao"


@pytest.mark.parametrize("unit", SERVICES, ids=lambda unit: unit.name)
def test_what_a_service_starts_is_a_command_that_exists(unit):
    from yibao.cli.main import COMMANDS

    words = read(unit)["Service"]["ExecStart"].split()[1:]
    assert words[0] in COMMANDS
    module = __import__(COMMANDS[words[0]], fromlist=["add_arguments"])
    import argparse

    parser = argparse.ArgumentParser()
    module.add_arguments(parser)
    parser.parse_args(words[1:])


@pytest.mark.parametrize("unit", [one for one in UNITS if one.suffix == ".timer"], ids=str)
def test_a_timer_has_its_service_and_makes_good_what_was_missed(unit):
    assert unit.with_suffix(".service") in SERVICES
    assert read(unit)["Timer"]["Persistent"] == "yes"


def test_systemd_itself_finds_nothing_wrong(tmp_path):
    analyze = shutil.which("systemd-analyze")
    if analyze is None:
        return  # our own reading above is then the only one
    for unit in UNITS:
        text = unit.read_text(encoding="utf-8").replace("/opt/yibao/bin/yibao", "/bin/true")
        (tmp_path / unit.name).write_text(text, encoding="utf-8")
    words = [analyze, "verify", "--man=no", *sorted(map(str, tmp_path.iterdir()))]
    done = subprocess.run(words, capture_output=True, text=True, check=False)
    said = [
        line
        for line in done.stderr.splitlines()
        # The units of the machine are none of ours; neither is a key that this systemd warns of.
        if str(tmp_path) in line and "KillMode=none" not in line
    ]
    assert said == []


def test_the_image_is_pinned_runs_as_nobody_special_and_holds_no_secret():
    text = (DEPLOY / "Containerfile").read_text(encoding="utf-8")
    bases = re.findall(r"^FROM (\S+)", text, re.MULTILINE)
    assert bases
    assert all(re.fullmatch(r"[\w./-]+:\d+\.\d+\.\d+[\w.-]*", base) for base in bases)
    users = re.findall(r"^USER (\S+)", text, re.MULTILINE)
    assert users[-1].partition(":")[0] not in ("root", "0")
    assert text.index("USER ") > text.rindex("FROM ")
    assert not SECRET.search(text)
    assert not re.search(r"^(ADD|ARG|COPY \. )", text, re.MULTILINE)
    assert "--require-hashes" in text


@pytest.mark.parametrize("path", sorted(DEPLOY.rglob("*.*")), ids=lambda path: path.name)
def test_no_file_holds_a_secret(path):
    text = path.read_text(encoding="utf-8")
    found = [line for line in text.splitlines() if SECRET.search(line)]
    assert [line for line in found if "/etc/yibao/" not in line and "zone" not in line] == []


def test_the_server_in_front_speaks_tls_only_and_sets_the_address_anew():
    text = (DEPLOY / "nginx" / "yibao.conf").read_text(encoding="utf-8")
    proxied = (DEPLOY / "nginx" / "yibao-proxy.conf").read_text(encoding="utf-8")
    assert "TLSv1.2 TLSv1.3" in text and "TLSv1;" not in text
    assert "return 301 https" in text
    assert "access_log off" in text, "an address holds what somebody looked for"
    assert "X-Forwarded-For $remote_addr" in proxied
    assert "X-Forwarded-Proto $scheme" in proxied
    assert text.count("{") == text.count("}")

"""The pooling regions that this code can serve, and what signing in asks of everybody."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from functools import cache
from importlib.resources import files
from typing import Any

import yaml

from yibao.core.refusal import Refusal
from yibao.core.rules.declarations import Label
from yibao.rulebook.national import divisions


class RegionUnknown(Refusal):
    """Raised by `region` for a code that no rulebook has."""

    code = "E172"
    message = "没有统筹地区“{region}”"
    remedy = "可选：{known}"
    message_en = 'There is no pooling region "{region}"'
    remedy_en = "There are: {known}"


@dataclass(frozen=True, slots=True)
class DocumentRecord:
    """What is on record of a document beside its title, number and date; empty: nothing is."""

    issued_by: str = ""
    sent_to: tuple[str, ...] = ()
    based_on: tuple[str, ...] = ()
    issued_with: tuple[str, ...] = ()
    interpreted_by: str = ""
    insured_year: int | None = None
    on_trial: bool = False


@dataclass(frozen=True, slots=True)
class Region:
    """A pooling region: the division it covers, the offices that run it, the scheme they run.

    `documents` holds a record for each source of the region's rulebook that has one, by its name.
    """

    code: str
    name: str
    division: str
    area_from: int
    area_until: int
    bureau: str
    agency: str
    scheme: Label
    documents: Mapping[str, DocumentRecord]


@dataclass(frozen=True, slots=True)
class PasswordProfile:
    """What a password must be; `lasts` None: as long as its owner likes."""

    shortest: int
    kinds: int
    lasts: timedelta | None
    remembered: int
    # Whether a locked screen asks for the code as well.
    code_to_unlock: bool


@dataclass(frozen=True, slots=True)
class SigningIn:
    """The limits of accounts and sessions."""

    failures_until_locked: int
    locked_for: timedelta
    idle_for: timedelta
    longest: timedelta
    longest_post: timedelta
    expiring_for: timedelta
    tries_of_an_address: int
    address_for: timedelta
    steps_for: timedelta
    confirmed_for: timedelta
    code_for: timedelta
    code_drift_steps: int
    recovery_codes: int
    profiles: Mapping[str, PasswordProfile]
    guessed_words: tuple[str, ...]


@cache
def regions() -> dict[str, Region]:
    """Return every region by its code, in the order of the file."""
    return {code: _region(code, row) for code, row in _table()["regions"].items()}


def region(code: str) -> Region:
    """Return a region. Raises RegionUnknown, naming those that there are."""
    if code not in regions():
        raise RegionUnknown(region=code, known="、".join(regions()))
    return regions()[code]


@cache
def signing_in() -> SigningIn:
    """Return the limits of accounts and sessions."""
    row = _table()["signing_in"]
    return SigningIn(
        failures_until_locked=row["failures_until_locked"],
        locked_for=timedelta(minutes=row["locked_minutes"]),
        idle_for=timedelta(minutes=row["idle_minutes"]),
        longest=timedelta(hours=row["longest_hours"]),
        longest_post=timedelta(days=row["longest_post_days"]),
        expiring_for=timedelta(days=row["expiring_days"]),
        tries_of_an_address=row["tries_of_an_address"],
        address_for=timedelta(minutes=row["address_minutes"]),
        steps_for=timedelta(minutes=row["steps_minutes"]),
        confirmed_for=timedelta(minutes=row["confirmed_minutes"]),
        code_for=timedelta(seconds=row["code_seconds"]),
        code_drift_steps=row["code_drift_steps"],
        recovery_codes=row["recovery_codes"],
        profiles={name: _profile(one) for name, one in row["passwords"].items()},
        guessed_words=tuple(row["guessed_words"]),
    )


def _profile(row: dict[str, Any]) -> PasswordProfile:
    return PasswordProfile(
        shortest=row["shortest"],
        kinds=row["kinds"],
        lasts=timedelta(days=row["days"]) if row["days"] else None,
        remembered=row["remembered"],
        code_to_unlock=row["code_to_unlock"],
    )


def _region(code: str, row: dict[str, Any]) -> Region:
    area_from, area_until = divisions().area_range(row["division"])
    return Region(
        code=code,
        name=row["name"],
        division=row["division"],
        area_from=area_from,
        area_until=area_until,
        bureau=row["bureau"],
        agency=row["agency"],
        scheme=Label(**_table()["schemes"][row["scheme"]]),
        documents={name: _record(one) for name, one in row.get("documents", {}).items()},
    )


def _record(row: dict[str, Any]) -> DocumentRecord:
    return DocumentRecord(
        issued_by=row.get("issued_by", ""),
        sent_to=tuple(row.get("sent_to", ())),
        based_on=tuple(row.get("based_on", ())),
        issued_with=tuple(row.get("issued_with", ())),
        interpreted_by=row.get("interpreted_by", ""),
        insured_year=row.get("insured_year"),
        on_trial=row.get("on_trial", False),
    )


@cache
def _table() -> Any:
    place = files("yibao.rulebook").joinpath("national", "regions.yaml")
    with place.open(encoding="utf-8") as file:
        return yaml.load(file, yaml.CSafeLoader)

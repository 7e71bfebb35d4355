"""What if: a proposal against the rules in force, over a whole population.

The population is a Parquet snapshot (--snapshot), a made-up one (--people, --seed) or the insured
of the database (--database). Progress goes to standard error, the result to standard output, as a
table or with --json as data; --out keeps the finished buckets and the result. Exit 2: something
cannot be read, and nothing was computed. Exit 3: the region has no rule to simulate.
"""

import argparse
import contextlib
import json
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

from yibao.cli.simulate_table import table
from yibao.core.refusal import Refusal
from yibao.core.rules.faults import RulebookFaults
from yibao.rulebook.loader import UnknownRegion, rulebook
from yibao.simulation import Job, Outcome, plan
from yibao.simulation import run as run_job
from yibao.simulation.job import words_of
from yibao.simulation.refusals import AnotherRun, NothingToSimulate
from yibao.simulation.run import LOCAL
from yibao.simulation.snapshot import Snapshot, open_snapshot
from yibao.simulation.synthetic import make_population

DONE, UNREADABLE, SILENT = 0, 2, 3
_SEED = 1
_SNAPSHOT = "snapshot"
_EVERY = 2.0  # seconds between two lines of progress where nobody looks at a screen


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """What is asked, over whom, and where it runs."""
    parser.formatter_class = argparse.RawDescriptionHelpFormatter
    parser.add_argument("--region", required=True, help="whose rulebook the proposal lies over")
    parser.add_argument("--proposal", required=True, type=Path, metavar="FILE", help="the overlay")
    parser.add_argument("--year", required=True, type=int, help="the insured year")
    parser.add_argument("--settings", type=Path, metavar="FILE", help="close open settings by it")
    whom = parser.add_mutually_exclusive_group(required=True)
    whom.add_argument("--snapshot", type=Path, metavar="DIR", help="a population in Parquet")
    whom.add_argument("--people", type=_at_least_one, metavar="N", help="make up N people")
    whom.add_argument("--database", action="store_true", help="the insured of the database")
    parser.add_argument("--seed", type=int, help=f"of --people ({_SEED})")
    parser.add_argument(
        "--on",
        default=LOCAL,
        metavar="WHERE",
        help="local, ray, ray://auto or ray://host:port (local)",
    )
    parser.add_argument("--workers", type=_at_least_one, default=1, help="processes (1)")
    parser.add_argument("--out", type=Path, metavar="DIR", help="keep the run and its result here")
    parser.add_argument("--json", action="store_true", help="print the result as data")
    parser.add_argument("--language", choices=("zh", "en"), default="zh", help="of the table")


def _simulated(arguments: argparse.Namespace) -> Outcome:
    """Do what was asked. Raises what planning, making and running a simulation raise."""
    with _population(arguments) as snapshot:
        job: Job = plan(
            region=arguments.region,
            proposal=arguments.proposal,
            year=arguments.year,
            snapshot=snapshot.place,
            settings=arguments.settings,
        )
        return run_job(
            job,
            on=arguments.on,
            workers=arguments.workers,
            out=arguments.out,
            progress=Progress("buckets"),
        )


def run(arguments: argparse.Namespace) -> int:
    """Print the outcome, or why there is none; return the exit code."""
    try:
        _check(arguments)
        outcome = _simulated(arguments)
    except (UnknownRegion, NothingToSimulate) as refusal:
        print(f"yibao simulate: {refusal.sentence('en')}", file=sys.stderr)
        return SILENT
    except RulebookFaults as faults:
        print(faults, file=sys.stderr)
        return UNREADABLE
    except Refusal as refusal:
        print(f"yibao simulate: {refusal.sentence('en')}", file=sys.stderr)
        return UNREADABLE
    if arguments.json:
        print(json.dumps(outcome.to_json(), ensure_ascii=False, indent=1))
    else:
        print("\n".join(table(outcome, arguments.language)))
    return DONE


class SeedWithoutPeople(Refusal):
    """A seed is given for a population that is not made up."""

    code = "SM20"
    message = "--seed 只用于 --people"
    remedy = "请去掉 --seed,或以 --people 生成人群"
    message_en = "--seed goes with --people"
    remedy_en = "Leave --seed out, or make up a population with --people"


class WhereUnknown(Refusal):
    """A run is asked for somewhere that is neither here nor a cluster."""

    code = "SM21"
    message = "--on 不能是“{where}”"
    remedy = "请写 local、ray 或 ray://主机:端口"
    message_en = "--on cannot be “{where}”"
    remedy_en = "Write local, ray or ray://host:port"


def _check(arguments: argparse.Namespace) -> None:
    if arguments.seed is not None and arguments.people is None:
        raise SeedWithoutPeople()
    if arguments.on not in (LOCAL, "ray") and not arguments.on.startswith("ray://"):
        raise WhereUnknown(where=arguments.on)


@contextlib.contextmanager
def _population(arguments: argparse.Namespace) -> Iterator[Snapshot]:
    """The snapshot that is asked about; one made for this run only is taken away after it."""
    if arguments.snapshot is not None:
        yield open_snapshot(arguments.snapshot)
        return
    rulebook(arguments.region, settings=arguments.settings)
    if arguments.out is not None:
        arguments.out.mkdir(parents=True, exist_ok=True)
        yield _made(arguments, arguments.out.joinpath(_SNAPSHOT))
        return
    with tempfile.TemporaryDirectory(prefix="yibao-simulate-") as place:
        yield _made(arguments, Path(place, _SNAPSHOT))


def _made(arguments: argparse.Namespace, place: Path) -> Snapshot:
    """Make the population, or take the one that an earlier run in this place made."""
    seed = _SEED if arguments.seed is None else arguments.seed
    if place.exists():
        found = open_snapshot(place)
        manifest = found.manifest
        asked: tuple[object, ...] = (arguments.region, arguments.year)
        if not arguments.database:
            asked += (arguments.people, seed)
        told = (manifest.region, manifest.year, manifest.persons, manifest.seed)
        if told[: len(asked)] != asked or (manifest.seed is None) is not arguments.database:
            raise AnotherRun(place=str(arguments.out))
        return found
    if arguments.database:
        return _from_database(arguments, place)
    return make_population(
        place,
        words=words_of(rulebook(arguments.region, settings=arguments.settings)),
        region=arguments.region,
        year=arguments.year,
        people_wanted=arguments.people,
        seed=seed,
        progress=Progress("buckets made"),
    )


def _from_database(arguments: argparse.Namespace, place: Path) -> Snapshot:
    from yibao.database.service import database_at_hand

    with database_at_hand():
        from yibao.apps.access.queries import clock
        from yibao.apps.access.scope import Scope
        from yibao.apps.statistics.operations import take_population

        scope = Scope.system(arguments.region)
        at = clock(region=arguments.region).now
        return take_population(scope=scope, year=arguments.year, place=place, at=at)


class Progress:
    """Tells on standard error how far a run is: done, rate, what remains."""

    def __init__(self, what: str) -> None:
        self.what, self.started = what, time.monotonic()
        self.first: int | None = None
        self.told = -_EVERY

    def __call__(self, done: int, total: int) -> None:
        now = time.monotonic()
        if self.first is None:
            self.first = done
        if done < total and now - self.told < (0.1 if sys.stderr.isatty() else _EVERY):
            return
        self.told = now
        spent = max(now - self.started, 1e-6)
        rate = (done - self.first) / spent
        left = f", {(total - done) / rate:.0f} s to go" if rate and done < total else ""
        line = f"{self.what}: {done} of {total}, {rate:.1f} a second{left}"
        if sys.stderr.isatty():
            end = "\n" if done >= total else ""
            print(f"\r{line:<60}", end=end, file=sys.stderr, flush=True)
        else:
            print(line, file=sys.stderr, flush=True)


def _at_least_one(text: str) -> int:
    number = int(text)
    if number < 1:
        raise argparse.ArgumentTypeError(f"{text} is less than 1")
    return number

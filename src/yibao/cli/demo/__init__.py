"""Run a town's insured year and a banner's hospital stays on synthetic people, and count.

Everything goes through the operations that the console uses, in the posts of named operators. The
run works in a database of its own, which it drops at the end, unless --into names one to fill.
The same seed gives the same figures.
"""

import argparse
import json
import os
import shutil
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from yibao.core.refusal import Refusal
from yibao.database.service import database_at_hand, empty_tables, use_settings

if TYPE_CHECKING:
    from yibao.cli.demo.whole import Made

_EXAMPLES = Path(__file__).resolve().parent.parent / "demo_settings"
_PEOPLE, _SEED = 3_000, 7


class HoldsPersons(Refusal):
    """Raised for a database that is to be filled and holds persons already."""

    code = "CL21"
    message = "数据库 {name} 中已有登记人员，演示数据不会写入"
    remedy = "请换一个数据库名，或加 --if-empty 跳过"
    message_en = "The database {name} holds persons already and is not filled"
    remedy_en = "Name another database, or say --if-empty to leave it as it is"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare size, seed, where to work and how to answer."""
    parser.add_argument("--people", type=int, default=_PEOPLE, help="persons of the town, in all")
    parser.add_argument("--seed", type=int, default=_SEED, help="the same seed, the same people")
    parser.add_argument("--json", action="store_true", help="print the figures as data")
    parser.add_argument("--into", metavar="NAME", help="fill this database and leave it open")
    parser.add_argument(
        "--if-empty", action="store_true", help="with --into: nothing where it holds persons"
    )
    parser.add_argument(
        "--day",
        choices=("year", "campaign"),
        default="year",
        help="with --into: stop on 20 December 2021, the year behind (the default), or on"
        " 18 December 2020, in the midst of the campaign",
    )
    parser.add_argument("--keep", action="store_true", help="keep the run's own database")
    parser.add_argument("--files", type=Path, metavar="DIR", help="write the Excel files there too")


def run(arguments: argparse.Namespace) -> int:
    """Run the demonstration and print its figures. Raises HoldsPersons, TooFewPeople."""
    use_settings()
    if arguments.into:
        return _fill(arguments)
    name = f"yibao_demo_{os.getpid()}"
    with database_at_hand(name=name, fresh=True, drop=not arguments.keep):
        _use_examples(_EXAMPLES)
        _print(_run(arguments, "close"), as_json=arguments.json)
        if arguments.keep:
            print(f"The database {name} is kept.", file=sys.stderr)
    return 0


def _fill(arguments: argparse.Namespace) -> int:
    """Fill the named database, hand out one-time passwords and serve the day that fits.

    While it fills, a mark lies in the home: a run that finds it begins a broken-off fill anew.
    """
    from django.conf import settings

    with database_at_hand(name=arguments.into) as name:
        mark = settings.HOME.path / f"demo-fills-{name}"
        if mark.exists():
            print("An earlier fill was broken off; it begins anew.", file=sys.stderr)
            empty_tables()
        elif _holds_persons():
            if arguments.if_empty:
                return 0
            raise HoldsPersons(name=name)
        _lay_examples()
        from yibao.cli.demo.served import hand_over

        mark.touch()
        made = _run(arguments, arguments.day)
        accounts = hand_over(made)
        _print(made, as_json=arguments.json)
        print(accounts, file=sys.stderr if arguments.json else sys.stdout)
        mark.unlink()
    return 0


def _run(arguments: argparse.Namespace, stop: str) -> "Made":
    from yibao.cli.demo.whole import run_whole
    from yibao.cli.demo.xinqiao import Stop

    return run_whole(
        people=arguments.people,
        seed=arguments.seed,
        files=arguments.files,
        stop=Stop(stop),
    )


def _print(made: "Made", *, as_json: bool) -> None:
    if as_json:
        print(json.dumps(made.figures.as_data(), ensure_ascii=False))
    else:
        print(made.figures.as_table())


def _holds_persons() -> bool:
    from yibao.cli.demo.whole import holds_persons

    return holds_persons()


def _use_examples(directory: Path) -> None:
    """Close the settings that the texts leave open by the examples, in this process only."""
    from django.conf import settings

    settings.RULEBOOK_SETTINGS = directory


def _lay_examples() -> None:
    """Lay the examples where the office keeps its settings, unless it has decided its own."""
    from yibao.apps.access.rulebooks import settings_directory

    place = settings_directory()
    place.mkdir(parents=True, exist_ok=True)
    for example in sorted(_EXAMPLES.glob("*.yaml")):
        if not (place / example.name).exists():
            shutil.copyfile(example, place / example.name)
            print(f"Example settings laid at {place / example.name}", file=sys.stderr)

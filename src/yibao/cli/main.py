"""The command `yibao`: one name a job, each in a module of its own, imported when it is asked for.

A module of this registry offers `add_arguments(parser)` and `run(arguments) -> int`; the first
line of its docstring is its line in `yibao --help`. It is read, not imported, so that the help
and `yibao explain` start without Django.
"""

import argparse
import ast
import importlib
import importlib.util
import os
import sys
from collections.abc import Sequence
from pathlib import Path

from yibao.core.refusal import Refusal

COMMANDS: dict[str, str] = {
    "explain": "yibao.cli.explain",
    "rulebook": "yibao.cli.rulebook",
    "simulate": "yibao.cli.simulate",
    "db": "yibao.cli.db",
    "serve": "yibao.cli.serve",
    "work": "yibao.cli.work",
    "doctor": "yibao.cli.doctor",
    "demo": "yibao.cli.demo",
    "audit": "yibao.cli.audit",
    "keys": "yibao.cli.keys",
    "retention": "yibao.cli.retention",
    "office": "yibao.cli.office",
    "verify": "yibao.cli.verify",
    "bench": "yibao.cli.bench",
}

DONE, REFUSED, UNREADABLE, INTERRUPTED = 0, 1, 2, 130


def main(argv: Sequence[str] | None = None) -> int:
    """Run the named command and return its exit code; a refusal is one line and exit code 1."""
    words = list(sys.argv[1:] if argv is None else argv)
    if not words or words[0] in {"-h", "--help", "help"}:
        print(_help())
        return DONE if words else UNREADABLE
    name, rest = words[0], words[1:]
    if name not in COMMANDS:
        print(f"yibao: no command “{name}”; there are: {', '.join(COMMANDS)}", file=sys.stderr)
        return UNREADABLE
    module = importlib.import_module(COMMANDS[name])
    parser = argparse.ArgumentParser(prog=f"yibao {name}", description=module.__doc__)
    module.add_arguments(parser)
    try:
        return int(module.run(parser.parse_args(rest)))
    except Refusal as refusal:
        print(f"yibao {name}: {refusal.sentence('en')}", file=sys.stderr)
        return REFUSED
    except KeyboardInterrupt:
        print(f"yibao {name}: interrupted", file=sys.stderr)
        return INTERRUPTED
    except BrokenPipeError:  # whoever read the output has read enough
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return REFUSED


def _help() -> str:
    width = max(map(len, COMMANDS))
    lines = [f"  {name:<{width}}  {_summary(path)}" for name, path in COMMANDS.items()]
    return "\n".join(["usage: yibao COMMAND …", "", *lines, "", "yibao COMMAND --help says more."])


def _summary(module_path: str) -> str:
    """The first line of a module's docstring, read from its text."""
    spec = importlib.util.find_spec(module_path)
    if spec is None or spec.origin is None:
        return ""
    text = Path(spec.origin).read_text(encoding="utf-8")
    return (ast.get_docstring(ast.parse(text)) or "").partition("\n")[0]


if __name__ == "__main__":
    sys.exit(main())

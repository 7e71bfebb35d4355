"""Write docs/reference/: apps, operations, refusals, commands, settings, rulebook keys.

    python scripts/make_reference.py            write the pages
    python scripts/make_reference.py --check    say what is out of date; exit 1

Everything is read from the source's text, so the pages cannot say what the code does not.
"""

import ast
import os
import re
import sys
from collections.abc import Iterator
from pathlib import Path

import yaml

ROOT = Path(__file__).resolve().parents[1]
SOURCE = ROOT / "src" / "yibao"
PAGES = ROOT / "docs" / "reference"


def tree(path: Path) -> ast.Module:
    """Return the syntax tree of a source file."""
    return ast.parse(path.read_text(encoding="utf-8"))


def sources(under: Path) -> list[Path]:
    """Return the Python files below a folder, without migrations."""
    return sorted(p for p in under.rglob("*.py") if "migrations" not in p.parts)


def first_paragraph(text: str | None) -> str:
    """Return a docstring's first paragraph in one line."""
    return " ".join((text or "").strip().split("\n\n")[0].split())


def page_apps() -> str:
    """One section an app: what its README says first, and its modules."""
    lines = ["# Apps", ""]
    for app in sorted(p for p in (SOURCE / "apps").iterdir() if (p / "apps.py").exists()):
        readme = app / "README.md"
        text = readme.read_text(encoding="utf-8") if readme.exists() else ""
        about = first_paragraph(re.sub(r"^#.*\n", "", text).strip())
        lines += [f"## {app.name}", "", about, ""]
        for path in sources(app):
            about = first_paragraph(ast.get_docstring(tree(path)))
            if about and path.name != "apps.py":
                lines.append(f"- `{path.relative_to(SOURCE).as_posix()}`: {about}")
        lines.append("")
    return "\n".join(lines)


def operations(app: Path) -> Iterator[tuple[Path, ast.FunctionDef]]:
    """Yield the public functions that change rows."""
    for path in sources(app):
        if path.stem == "operations" or path.parent.name == "operations":
            for node in tree(path).body:
                if isinstance(node, ast.FunctionDef) and not node.name.startswith("_"):
                    yield path, node


def page_operations() -> str:
    """Each operation of each app: how it is called and what it does."""
    lines = ["# Operations", "", "What changes rows. Every argument is named; each call is one", ""]
    lines[-1] = "transaction, checks the scope's rights and writes the audit log."
    lines.insert(2, "")
    for app in sorted((SOURCE / "apps").iterdir()):
        found = list(operations(app)) if app.is_dir() else []
        if found:
            lines += ["", f"## {app.name}"]
        for path, node in found:
            arguments = ", ".join(a.arg for a in node.args.kwonlyargs)
            returns = f" → `{ast.unparse(node.returns)}`" if node.returns else ""
            lines += ["", f"### {node.name}", "", f"`{node.name}({arguments})`{returns}", ""]
            lines += [first_paragraph(ast.get_docstring(node)), ""]
            lines += [f"In `{path.relative_to(SOURCE).as_posix()}`."]
    return "\n".join(lines) + "\n"


def refusals() -> Iterator[tuple[str, str, str, str, str]]:
    """Yield code, class, message, remedy and file of every refusal."""
    for path in sources(SOURCE):
        for node in ast.walk(tree(path)):
            if not isinstance(node, ast.ClassDef):
                continue
            texts = {
                item.targets[0].id: ast.literal_eval(item.value)
                for item in node.body
                if isinstance(item, ast.Assign)
                and isinstance(item.targets[0], ast.Name)
                and item.targets[0].id in {"code", "message", "remedy", "message_en"}
                and isinstance(item.value, ast.Constant | ast.JoinedStr | ast.BinOp)
                and _is_literal(item.value)
            }
            if texts.get("code") and texts.get("message"):
                where = path.relative_to(SOURCE).as_posix()
                yield texts["code"], node.name, texts["message"], texts.get("remedy", ""), where


def _is_literal(value: ast.expr) -> bool:
    try:
        ast.literal_eval(value)
    except ValueError:
        return False
    return True


def page_refusals() -> str:
    """Every refusal with its code, words and cure."""
    lines = ["# Refusals", "", "What is said when something is not possible, and what to do.", ""]
    lines += ["| code | name | cause | cure | in |", "| --- | --- | --- | --- | --- |"]
    for code, name, message, remedy, where in sorted(refusals()):
        cells = (code, name, message, remedy, f"`{where}`")
        lines.append("| " + " | ".join(c.replace("|", "\\|") for c in cells) + " |")
    return "\n".join(lines) + "\n"


def commands() -> dict[str, str]:
    """Return the registry of `yibao`'s commands: name → module."""
    for node in tree(SOURCE / "cli" / "main.py").body:
        target = getattr(node, "target", None)
        if isinstance(target, ast.Name) and target.id == "COMMANDS":
            return dict(ast.literal_eval(node.value))
    raise SystemExit("cli/main.py holds no COMMANDS")


def page_commands() -> str:
    """Each command with its module's docstring."""
    lines = ["# Commands", "", "`yibao COMMAND --help` says more of each."]
    for name, module in sorted(commands().items()):
        path = SOURCE / Path(*module.split(".")[1:]).with_suffix(".py")
        if not path.exists():
            path = path.with_suffix("") / "__init__.py"
        lines += ["", f"## yibao {name}", "", (ast.get_docstring(tree(path)) or "").strip()]
    return "\n".join(lines) + "\n"


def page_settings() -> str:
    """The declared settings, as their own module writes them."""
    from yibao.config.environment import reference

    return reference()


def _cite(value: object) -> str:
    if not isinstance(value, dict):
        return ""
    found = value.get("cite") or next(
        (v.get("cite") for v in value.get("values", []) if isinstance(v, dict)), ""
    )
    return str(found or "")


def rulebook_keys(folder: Path) -> Iterator[tuple[str, str, str, str, str]]:
    """Yield section, key, Chinese label, English label and article of a rulebook's names."""
    for path in sorted(folder.glob("*.yaml")):
        data = yaml.load(path.read_text(encoding="utf-8"), yaml.BaseLoader) or {}
        for section in ("parameters", "facts", "steps"):
            for key, value in (data.get(section) or {}).items():
                value = value if isinstance(value, dict) else {}
                yield section, key, value.get("zh", ""), value.get("en", ""), _cite(value)
        for rule, body in (data.get("rules") or {}).items():
            yield "rules", rule, body.get("zh", ""), body.get("en", ""), _cite(body)
            for key, value in (body.get("steps") or {}).items():
                value = value if isinstance(value, dict) else {}
                label = value.get("zh", ""), value.get("en", "")
                yield f"steps of {rule}", key, *label, _cite(value)


def page_rulebook_keys() -> str:
    """Every key of every rulebook."""
    lines = ["# Rulebook keys", "", "The names that rules, parameters and facts have."]
    for folder in sorted(p for p in (SOURCE / "rulebook").iterdir() if p.is_dir()):
        rows = list(rulebook_keys(folder))
        if rows:
            lines += ["", f"## {folder.name}", "", "| kind | key | 中文 | English | article |"]
            lines.append("| --- | --- | --- | --- | --- |")
            lines += ["| " + " | ".join((k, f"`{n}`", *rest)) + " |" for k, n, *rest in rows]
    return "\n".join(lines) + "\n"


def page_data_dictionary() -> str:
    """Every column of every table: level, purpose, ground, how long it is kept."""
    from django.apps import apps

    from yibao.rulebook.dictionary import page

    models = sorted(apps.get_models(include_auto_created=True), key=lambda m: m._meta.db_table)
    return page(
        (model._meta.db_table, str(field.column))
        for model in models
        for field in model._meta.local_fields
    )


def page_routes() -> str:
    """Every route of the console with what the policy declares, and the posts that may."""
    from yibao.apps.access.models import Role
    from yibao.console.routes import persons_posts, routes

    posts = persons_posts()
    lines = ["# Routes", "", "From `src/yibao/console/routes.yaml`, the one policy:"]
    lines += ["who may open what, where its object is looked up, what it can show, and what is"]
    lines += ["written down.", ""]
    lines += ["Posts, in this order: " + ", ".join(f"{Role(one).label} {one}" for one in posts)]
    lines += ["", "`r` may open it, `w` may also send its form, `.` is refused.", ""]
    lines += ["| route | right | form | posts | object | shows | read | change | again |"]
    lines += ["| --- | --- | --- | --- | --- | --- | --- | --- | --- |"]
    for name, route in routes().items():
        may, change = set(route.posts("GET")), set(route.posts("POST"))
        sends = "POST" in route.methods
        marks = "".join("w" if sends and p in change else "r" if p in may else "." for p in posts)
        cells = (
            f"`{name}`",
            route.right,
            (route.change or route.right) if sends else "",
            "before a post" if route.is_before_a_post else f"`{marks}`",
            f"{route.of} in {route.within}" if route.of else "",
            ", ".join(f"{what} {how}" for what, how in route.shows),
            route.reads,
            ", ".join(route.writes),
            "second factor" if route.step_up else "",
        )
        lines.append("| " + " | ".join(cells) + " |")
    return "\n".join(lines) + "\n"


WRITERS = {
    "data-dictionary.md": page_data_dictionary,
    "apps.md": page_apps,
    "operations.md": page_operations,
    "refusals.md": page_refusals,
    "commands.md": page_commands,
    "settings.md": page_settings,
    "rulebook-keys.md": page_rulebook_keys,
    "routes.md": page_routes,
}


def main(arguments: list[str]) -> int:
    """Write the pages, or say which are out of date."""
    import django

    os.environ["DJANGO_SETTINGS_MODULE"] = "yibao.config.settings"  # also where a test asks
    django.setup()
    stale = []
    for name, write in WRITERS.items():
        text, path = write(), PAGES / name
        if not path.exists() or path.read_text(encoding="utf-8") != text:
            stale.append(name)
            if "--check" not in arguments:
                path.write_text(text, encoding="utf-8")
    done = "out of date" if "--check" in arguments else "written"
    print(f"docs/reference: {len(stale)} {done}: {', '.join(stale) or 'none'}")
    return 1 if stale and "--check" in arguments else 0


if __name__ == "__main__":
    sys.path.insert(0, str(ROOT / "src"))
    sys.exit(main(sys.argv[1:]))

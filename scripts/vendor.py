"""Copies the pinned front-end files out of the npm packages into the source, with their digests.

    npm ci --prefix scripts/front_end
    python scripts/vendor.py

What is served is committed: nothing is fetched when Yibao is set up or runs. MANIFEST.json names
each file's package, version, licence and SHA-256; `--check` only compares the files with it.

Tabler's sheet is served without the rules that no page of ours can match (`purge_css`): the
templates and the code are read for class names. A template with a class that was never used before
needs a new run; tests/web/test_classes.py says so.
"""

import argparse
import gzip
import hashlib
import json
import re
import sys
from pathlib import Path
from typing import Any

from purge_css import classes, purged

ROOT = Path(__file__).resolve().parent.parent
PACKAGES = ROOT / "scripts" / "front_end"
SOURCE = ROOT / "src" / "yibao"
SERVED = SOURCE / "web" / "static" / "web" / "vendor"
# What only tests read: never served.
FOR_TESTS = ROOT / "tests" / "web" / "vendor"
MANIFEST = "MANIFEST.json"

# (folder, package, file of the package, name it is kept under, whether it is purged)
FILES = (
    (SERVED, "@tabler/core", "dist/css/tabler.min.css", "tabler.used.css", True),
    (SERVED, "@tabler/core", "LICENSE", "LICENSE.tabler", False),
    (SERVED, "htmx.org", "dist/htmx.min.js", "htmx.min.js", False),
    (SERVED, "htmx.org", "LICENSE", "LICENSE.htmx", False),
    (SERVED, "echarts", "dist/echarts.common.min.js", "echarts.common.min.js", False),
    (SERVED, "echarts", "LICENSE", "LICENSE.echarts", False),
    (SERVED, "echarts", "NOTICE", "NOTICE.echarts", False),
    (FOR_TESTS, "axe-core", "axe.min.js", "axe.min.js", False),
    (FOR_TESTS, "axe-core", "LICENSE", "LICENSE.axe-core", False),
    (FOR_TESTS, "axe-core", "LICENSE-3RD-PARTY.txt", "LICENSE-3RD-PARTY.axe-core", False),
)


def copy() -> None:
    """Copy every file and write the manifests. Fails where a version is not the locked one."""
    locked = json.loads((PACKAGES / "package-lock.json").read_text(encoding="utf-8"))["packages"]
    entries: dict[Path, list[dict[str, Any]]] = {SERVED: [], FOR_TESTS: []}
    for folder, package, source, name, is_purged in FILES:
        place = PACKAGES / "node_modules" / package
        version = json.loads((place / "package.json").read_text(encoding="utf-8"))["version"]
        wanted = locked[f"node_modules/{package}"]
        if version != wanted["version"]:
            sys.exit(f"{package} is {version}, locked is {wanted['version']}: run npm ci")
        folder.mkdir(parents=True, exist_ok=True)
        given = (place / source).read_bytes()
        kept = _used(given) if is_purged else given
        (folder / name).write_bytes(kept)
        entry = {
            "file": name,
            "package": package,
            "version": version,
            "licence": wanted["license"],
            "sha256": digest(folder / name),
        }
        if is_purged:
            entry |= {"of": source, "of_sha256": hashlib.sha256(given).hexdigest()}
            print(
                f"{name}: {len(given):,} bytes ({_packed(given):,} packed) before, "
                f"{len(kept):,} ({_packed(kept):,} packed) after"
            )
        entries[folder].append(entry)
    for folder, found in entries.items():
        (folder / MANIFEST).write_text(json.dumps(found, indent=1) + "\n", encoding="utf-8")


def _used(given: bytes) -> bytes:
    """Return Tabler's sheet without what no page can match."""
    text = given.decode()
    ours = "".join(path.read_text(encoding="utf-8") for path in SERVED.parent.glob("*.css"))
    used = words_of_source() & classes(text)
    reads = re.findall(r"var\(\s*(--[\w-]+)", ours)
    return purged(text, keeps=used.__contains__, reads=reads).encode()


def words_of_source() -> set[str]:
    """Return what stands in a class attribute of a template, of Python or of a script of ours."""
    found: set[str] = set()
    for path in (*SOURCE.rglob("*.html"), *SOURCE.rglob("*.py"), *SERVED.parent.glob("*.js")):
        text = re.sub(r"{%.*?%}|{{.*?}}", " ", path.read_text(encoding="utf-8"), flags=re.S)
        for one in re.findall(r"""class(?:Name)?["']?\s*[=:]\s*\\?["']([^"']*)["']""", text):
            found |= set(one.split())
    # What Django's widgets are given by name (console/forms.py).
    return found | {"form-control", "form-select", "form-label"}


def _packed(content: bytes) -> int:
    return len(gzip.compress(content, mtime=0))


def faults() -> list[str]:
    """Return a sentence for each kept file that differs from its manifest or is not in it."""
    return [one for folder in (SERVED, FOR_TESTS) for one in _faults(folder)]


def _faults(folder: Path) -> list[str]:
    listed = json.loads((folder / MANIFEST).read_text(encoding="utf-8"))
    entries = {entry["file"]: entry for entry in listed}
    there = {path.name for path in folder.iterdir()} - {MANIFEST}
    found = [f"{name} is not in the manifest" for name in sorted(there - entries.keys())]
    found += [f"{name} is missing" for name in sorted(entries.keys() - there)]
    for name in sorted(there & entries.keys()):
        if digest(folder / name) != entries[name]["sha256"]:
            found.append(f"{name} was changed: copy it again")
    return found


def digest(path: Path) -> str:
    """Return the file's SHA-256."""
    return hashlib.sha256(path.read_bytes()).hexdigest()


def main() -> None:
    """Copy, or with --check compare and exit 1 when something differs."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--check", action="store_true")
    if parser.parse_args().check:
        found = faults()
        print("\n".join(found) or "vendored files are as the manifest says")
        sys.exit(bool(found))
    copy()


if __name__ == "__main__":
    main()

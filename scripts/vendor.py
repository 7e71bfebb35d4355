"""Copies the pinned front-end files out of the npm packages into the source, with their digests.

    npm ci --prefix scripts/front_end
    python scripts/vendor.py

What is served is committed: nothing is fetched when Yibao is set up or runs. MANIFEST.json names
each file's package, version, licence and SHA-256; `--check` only compares the files with it.
"""

import argparse
import hashlib
import json
import shutil
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
PACKAGES = ROOT / "scripts" / "front_end"
VENDOR = ROOT / "src" / "yibao" / "web" / "static" / "web" / "vendor"
MANIFEST = VENDOR / "MANIFEST.json"

# (package, file of the package, name it is served under)
FILES = (
    ("@tabler/core", "dist/css/tabler.min.css", "tabler.min.css"),
    ("@tabler/core", "LICENSE", "LICENSE.tabler"),
)


def copy() -> None:
    """Copy every file and write the manifest. Fails where a version is not the locked one."""
    locked = json.loads((PACKAGES / "package-lock.json").read_text(encoding="utf-8"))["packages"]
    entries = []
    for package, source, name in FILES:
        place = PACKAGES / "node_modules" / package
        version = json.loads((place / "package.json").read_text(encoding="utf-8"))["version"]
        wanted = locked[f"node_modules/{package}"]
        if version != wanted["version"]:
            sys.exit(f"{package} is {version}, locked is {wanted['version']}: run npm ci")
        VENDOR.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(place / source, VENDOR / name)
        entries.append(
            {
                "file": name,
                "package": package,
                "version": version,
                "licence": wanted["license"],
                "sha256": digest(VENDOR / name),
            }
        )
    MANIFEST.write_text(json.dumps(entries, indent=1) + "\n", encoding="utf-8")


def faults() -> list[str]:
    """Return a sentence for each served file that differs from the manifest or is not in it."""
    entries = {entry["file"]: entry for entry in json.loads(MANIFEST.read_text(encoding="utf-8"))}
    there = {path.name for path in VENDOR.iterdir()} - {MANIFEST.name}
    found = [f"{name} is not in the manifest" for name in sorted(there - entries.keys())]
    found += [f"{name} is missing" for name in sorted(entries.keys() - there)]
    for name in sorted(there & entries.keys()):
        if digest(VENDOR / name) != entries[name]["sha256"]:
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

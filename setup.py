"""What pyproject.toml cannot say: a built package holds the guide, which lies in docs/guide."""

import shutil
from pathlib import Path

from setuptools import setup
from setuptools.command.build_py import build_py

GUIDE = Path(__file__).resolve().parent / "docs" / "guide"
PLACE = Path("yibao", "console", "guide_text")


class BuildWithGuide(build_py):
    """Copies the guide's text and pictures into the package; while it is worked on, they stay."""

    def run(self) -> None:
        super().run()
        if not self.editable_mode:
            shutil.copytree(GUIDE, Path(self.build_lib) / PLACE, dirs_exist_ok=True)

    def get_outputs(self, include_bytecode: bool = True) -> list[str]:
        given = super().get_outputs(include_bytecode)
        return given + [
            str(Path(self.build_lib) / PLACE / one.relative_to(GUIDE)) for one in _files()
        ]

    def get_source_files(self) -> list[str]:
        root = GUIDE.parents[1]
        return super().get_source_files() + [str(one.relative_to(root)) for one in _files()]


def _files() -> list[Path]:
    return sorted(one for one in GUIDE.rglob("*") if one.is_file())


setup(cmdclass={"build_py": BuildWithGuide})

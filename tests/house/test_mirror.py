"""The tests have the folders of the package, and what they share stands in `tests/support/`."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import PurePosixPath
from typing import Final

import pytest
from house.test_wings import WINGS
from support.source_tree import PACKAGE, ROOT

TESTS: Final = ROOT / "tests"
SUPPORT: Final = "support"
BESIDES: Final = {
    "browser": "pages in a real browser",
    "catalogue": "every shipped scenario is played",
    "clients": "real SDKs and libraries",
    "document": "the samples that the page prints",
    "end_to_end": "real processes",
    "house": "the code base itself",
    "machines": "long random histories",
    "plugin": "runs of pytest with the plugin",
    "readiness": "a careful broker and its mutants, held against all situations at once",
}
"""Folder of tests that has no counterpart in the package -> what its tests are about."""
SAMPLES: Final = "end_to_end/sample_"
"""Projects as a user has them, each in a folder of its own with this beginning: their layout is theirs."""
FILES: Final = [
    name for path in sorted(TESTS.rglob("*.py")) if not (name := path.relative_to(TESTS).as_posix()).startswith(SAMPLES)
]
FOLDERS: Final = {path.parent.relative_to(PACKAGE).as_posix() for path in PACKAGE.rglob("*/__init__.py")} - {"."}
"""The folders of the package that are packages, as paths from there."""
ROOMS: Final = {folder for folder in FOLDERS if "/" not in folder}
WING_FOLDERS: Final = {
    f"{room}/{name}" for room, levels in WINGS.items() for names in levels for name in names
} & FOLDERS
MODULES: Final = {path.stem for path in PACKAGE.glob("*.py")}


def misplaced(files: Iterable[str]) -> list[str]:
    """What stands where it does not belong: helpers, tests in `support/`, and tests of nothing that there is."""
    wrong = []
    for file in files:
        path = PurePosixPath(file)
        folder, subject = path.parent.as_posix(), path.stem.removeprefix("test_")
        test, shared = path.stem.startswith("test_"), path.parts[0] == SUPPORT
        if shared and test:
            wrong.append(f"{file}: a test among the helpers")
        if not (shared or test or path.name == "conftest.py"):
            wrong.append(f"{file}: a helper; its place is {SUPPORT}/")
        if not shared and folder not in {".", *FOLDERS, *BESIDES}:
            wrong.append(f"{file}: simulator/{folder} is no package")
        if test and folder == "." and not any(f"{subject}_".startswith(f"{module}_") for module in MODULES):
            wrong.append(f"{file}: named after no module of simulator/")
    return wrong


def untested(files: Iterable[str], folders: Iterable[str]) -> set[str]:
    """The folders that no test is in, neither directly nor below."""
    tests = [PurePosixPath(file) for file in files if PurePosixPath(file).name.startswith("test_")]
    return set(folders) - {parent.as_posix() for test in tests for parent in test.parents}


def test_every_file_is_in_its_folder() -> None:
    """Tests stand in a folder of the package or in one that says why it has no counterpart; helpers in `support/`."""
    assert len(FILES) > 200
    assert misplaced(FILES) == []


def test_every_folder_has_tests() -> None:
    """Each room and each wing that is a folder has tests in its own folder, and so has each of the other ones."""
    assert len(ROOMS) > 5
    assert len(WING_FOLDERS) > 15
    assert untested(FILES, {*ROOMS, *WING_FOLDERS, *BESIDES}) == set()


@pytest.mark.parametrize(
    ("file", "wrong"),
    [
        ("core/funds/test_fees.py", False),
        ("core/test_quoting.py", False),
        ("web/wire/conftest.py", False),
        ("support/sdks/official.py", False),
        ("conftest.py", False),
        ("test_watch_failures.py", False),
        ("end_to_end/test_stop.py", False),
        ("core/money/test_fees.py", True),
        ("attic/test_dust.py", True),
        ("test_dust.py", True),
        ("demo.py", True),
        ("core/funds/sums.py", True),
        ("support/test_sums.py", True),
    ],
)
def test_a_misplaced_file_is_caught(file: str, wrong: bool) -> None:
    """The check sees a planted helper, a test among the helpers and a folder without counterpart."""
    assert bool(misplaced([file])) is wrong


def test_a_folder_without_tests_is_caught() -> None:
    """A wing whose folder holds no test is seen; a test in a folder below is one of the folder above."""
    files = ["core/funds/test_fees.py", "web/conftest.py", "support/web.py"]
    assert untested(files, ["core", "core/funds", "core/market", "web"]) == {"core/market", "web"}

"""The Dockerfile as data: its instructions, and the files that its build begins with."""

from __future__ import annotations

import json
import re
import shutil
from pathlib import Path
from typing import NamedTuple

from simulator.cli import PREFIX, main
from support.processes import ROOT

TEXT = re.compile(r"^([A-Z]+) ((?:.*\\\n)*.*)$", re.MULTILINE)


class Instruction(NamedTuple):
    """One instruction, its continuation lines joined, and the number of its stage from 0."""

    stage: int
    name: str
    arguments: str


def instructions() -> list[Instruction]:
    """All of them, in order."""
    found: list[Instruction] = []
    stage = -1
    for match in TEXT.finditer((ROOT / "Dockerfile").read_text()):
        stage += match[1] == "FROM"
        found.append(Instruction(stage, match[1], " ".join(match[2].replace("\\\n", " ").split())))
    return found


def of_image(name: str) -> list[str]:
    """The arguments of every such instruction of the last stage, which is the image."""
    last = instructions()[-1].stage
    return [each.arguments for each in instructions() if (each.stage, each.name) == (last, name)]


def copied() -> list[str]:
    """What the Dockerfile copies from the project."""
    copies = [each.arguments for each in instructions() if each.name == "COPY" and "--from" not in each.arguments]
    return [source for arguments in copies for source in arguments.split()[:-1]]


def lay_out(folder: Path) -> None:
    """Copy what the Dockerfile copies, and nothing else, into a folder."""
    for name in copied():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        if (ROOT / name).is_dir():
            shutil.copytree(ROOT / name, folder / name, ignore=shutil.ignore_patterns("__pycache__"))
        else:
            shutil.copy(ROOT / name, folder / name)


def exec_form(line: str) -> list[str]:
    """`["a", "b"]` as Docker reads it."""
    words: list[str] = json.loads(line[line.index("[") :])
    return words


def variables(lines: list[str]) -> dict[str, str]:
    """What ENV instructions set."""
    return dict(re.findall(r"(\w+)=(\S+)", " ".join(lines)))


def flags() -> set[str]:
    """The environment twins of the server's flags."""
    return {f"{PREFIX}_{flag.name.upper()}" for flag in main.params if flag.name}

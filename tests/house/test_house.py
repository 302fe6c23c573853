"""The house: which room may import which, who may ask for the time or for chance, and what every file must keep to."""

from __future__ import annotations

import ast
import re
import sys
from pathlib import Path
from typing import Final

import pytest
from support.source_tree import PACKAGE, ROOT, imports

SOURCES = sorted(PACKAGE.rglob("*.py"))
OURS = ("simulator", "tests", "benchmarks", "docs", "scenarios")
TEXTS = sorted(
    path
    for folder in OURS
    for suffix in ("py", "md", "yaml", "html", "css")
    for path in (ROOT / folder).rglob(f"*.{suffix}")
)

ARROWS: Final[dict[str, set[str]]] = {
    "version": set(),
    "instants": set(),
    "printing": set(),
    "core": set(),
    "clock": {"core"},
    "scenario": {"core", "clock", "messages", "printing"},
    "outcomes": {"core", "scenario"},
    "command_log": {"core", "outcomes"},
    "exchange": {"core", "clock", "scenario", "outcomes", "command_log", "left_overs"},
    "messages": {"core"},
    "state": {"core", "clock", "scenario", "exchange", "messages", "old_worlds", "printing"},
    "old_worlds": {"core"},
    "left_overs": set(),
    "collector": set(),
    "evidence": {
        "core",
        "command_log",
        "exchange",
        "hosts",
        "left_overs",
        "messages",
        "old_worlds",
        "outcomes",
        "printing",
        "scenario",
    },
    "web": {
        "version",
        "instants",
        "core",
        "clock",
        "scenario",
        "outcomes",
        "exchange",
        "state",
        "evidence",
        "messages",
        "old_worlds",
        "left_overs",
        "collector",
        "hosts",
        "certificates",
    },
    "banner": {"version", "core", "scenario", "printing"},
    "watch": {"core", "scenario", "web", "printing"},
    "hosts": set(),
    "certificates": {"hosts", "clock"},
    "testing": set(),
    "launch": {"certificates", "clock", "hosts", "scenario", "evidence", "web", "testing", "printing", "version"},
    "commands": {
        "flags",
        "collector",
        "scenario",
        "evidence",
        "web",
        "printing",
        "health",
        "tour",
        "certificates",
        "hosts",
        "instants",
        "launch",
        "testing",
        "version",
    },
    "tour": {"core", "clock", "scenario", "web", "printing"},
    "flags": {"scenario", "evidence", "web", "certificates"},
    "health": set(),
    "library_logs": {"printing"},
    "ending": {"printing", "evidence", "web"},
    "starting": {
        "hosts",
        "scenario",
        "state",
        "evidence",
        "web",
        "banner",
        "watch",
        "commands",
        "printing",
        "library_logs",
        "ending",
        "collector",
    },
    "cli": {
        "hosts",
        "starting",
        "version",
        "scenario",
        "evidence",
        "web",
        "banner",
        "watch",
        "commands",
        "flags",
        "printing",
        "library_logs",
        "ending",
        "collector",
    },
    "__main__": {"cli"},
    "__init__": {"version", "exchange", "scenario", "web"},
}
"""Room -> the rooms that it may import, beside itself. A room is a package or a module of `simulator`."""
PROBES: Final = PACKAGE / "launch" / "doctor" / "probes"
"""Programs that run in the process of a user, and report what the clock is there."""
CORE_LIBRARIES: Final = {"msgspec", "rpds", "jwt", "pyotp"}
CLOCK: Final = "clock"
"""The one room that may import `time`."""

CHANCE_AND_TIME: Final = {"random", "secrets", "time"}
"""Modules that nobody imports, but for what `ALLOWED` says."""
ALLOWED: Final = {(CLOCK, "time"), ("web", "secrets")}
"""Room and module. What nobody may predict, such as the nonce of a page, is drawn outside of the simulated world."""
BROKER: Final = PACKAGE / "web" / "pages" / "demo" / "broker.py"
"""The demo broker: a program as brokers have it, with a clock and chance of its own."""
DRAWS: Final = {"web/pages/headers.py", *(f"web/pages/demo/{name}.py" for name in ("broker", "orders", "sessions"))}
"""The files that draw it."""
WORLDLY: Final = {"os", "logging", "pathlib", "io", "socket", "subprocess", "threading", "asyncio", "tempfile"}
"""Modules that the core does not import either."""
CLOCK_CALLS: Final = {"now", "utcnow", "today", "uuid1", "uuid4", "urandom", "getrandbits"}
CORE_CALLS: Final = {"open", "print", "input", "float", "hash", "eval", "exec", "read_text", "write_text", "getenv"}
LONGEST: Final = 300
LONG: Final = {
    "rules.md": "the ledger has a row a rule",
    "scenarios.md": "the catalogue has a row a scenario",
    "control.md": "its last section has a row a call",
    "decisions.md": "a section a decision",
    "performance.md": "a section a measurement, with its tables",
    "test_house.py": "its arrows have a row a room",
    "style.css": "one stylesheet for all pages, a section for each kind",
    **dict.fromkeys(("replies.py", "calls.py", "async_calls.py"), "generated, with a method or a type a call"),
}


def room(path: Path) -> str:
    """The room that a file is in: `core`, `web`, `clock` ..."""
    return path.relative_to(PACKAGE).parts[0].removesuffix(".py")


def wrong_arrows(here: str, source: str) -> list[str]:
    """Imports that point the wrong way, from a file in room `here`."""
    wrong = []
    for name in imports(ast.parse(source)):
        first, *rest = name.split(".")
        if not first and here != "testing":  # `tests/testing/test_room.py` says why
            wrong.append(f"{here} imports {name} relatively")
        elif first == "simulator":
            there = rest[0] if rest and rest[0] in ARROWS else "__init__"
            if there != here and there not in ARROWS[here]:
                wrong.append(f"{here} -> {there}")
        elif here == "core" and first not in CORE_LIBRARIES | sys.stdlib_module_names:
            wrong.append(f"core -> {first}")
    return wrong


def called(node: ast.Call) -> str:
    """The last name of what is called: `datetime.now(...)` is `now`."""
    function = node.func
    return (
        function.attr if isinstance(function, ast.Attribute) else function.id if isinstance(function, ast.Name) else ""
    )


def impurities(here: str, source: str) -> list[str]:
    """What a file asks of clocks, chance and the machine, and in the core also inexact numbers."""
    core = here == "core"
    tree = ast.parse(source)
    modules = {name.split(".")[0] for name in imports(tree)}
    banned = (CHANCE_AND_TIME | WORLDLY) if core else CHANCE_AND_TIME
    found = [f"imports {name}" for name in sorted(modules & banned) if (here, name) not in ALLOWED]
    for node in ast.walk(tree):
        if isinstance(node, ast.Call):
            name = called(node)
            ours = isinstance(node.func, ast.Attribute) and "clock" in ast.unparse(node.func.value)
            if (name in CLOCK_CALLS and not ours) or (core and name in CORE_CALLS):
                found.append(f"calls {name}")
        elif core and isinstance(node, ast.Constant) and isinstance(node.value, float | complex):
            found.append(f"float {node.value}")
    return found


def unpromising(source: str) -> list[str]:
    """Test functions that have no docstring, or one that is no sentence."""
    return [
        node.name
        for node in ast.walk(ast.parse(source))
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and node.name.startswith("test_")
        if not (ast.get_docstring(node) or "").split("\n")[0].endswith(".")
    ]


LEFT_OVER: Final = re.compile(
    r"(?<![\w.:/])/(?:home|root|srv|Users|mnt)/\w"  # a path of somebody's machine
    r"|\b(?:TODO|FIXME)\b"  # unfinished work
    r"|noqa(?!: ?[A-Z])|type: ignore(?!\[)"  # an ignore that ignores everything
)


def left_over(text: str) -> list[str]:
    """Paths of somebody's machine, unfinished work, and ignores without a name."""
    return [match[0] for match in LEFT_OVER.finditer(text)]


@pytest.mark.parametrize("path", SOURCES, ids=lambda path: str(path.relative_to(PACKAGE)))
def test_arrows_point_one_way(path: Path) -> None:
    """A room imports only the rooms below it; the core imports nothing of ours and four small libraries."""
    assert wrong_arrows(room(path), path.read_text(encoding="utf-8")) == []


@pytest.mark.parametrize(
    "path",
    [path for path in SOURCES if PROBES not in path.parents and path != BROKER],
    ids=lambda path: str(path.relative_to(PACKAGE)),
)
def test_only_the_clock_knows_the_time(path: Path) -> None:
    """Nobody but `clock.py` asks for the time, nobody draws lots, and the core touches neither machine nor floats."""
    assert impurities(room(path), path.read_text(encoding="utf-8")) == []


def test_only_headers_draw_secrets() -> None:
    """Nothing draws what cannot be predicted except the files that are listed."""
    drawing = {
        path.relative_to(PACKAGE).as_posix()
        for path in SOURCES
        if "secrets" in {name.split(".")[0] for name in imports(ast.parse(path.read_text(encoding="utf-8")))}
    }
    assert drawing == DRAWS


def test_every_file_is_short() -> None:
    """No file of ours is longer than three hundred lines, but for those that are lists and say so."""
    lengths = {path: len(path.read_text(encoding="utf-8").splitlines()) for path in TEXTS}
    assert len(lengths) > 60
    assert {path.name: length for path, length in lengths.items() if length > LONGEST and path.name not in LONG} == {}


def test_every_test_makes_a_promise() -> None:
    """Every test's docstring begins with a sentence: the promise that it keeps."""
    tests = sorted((ROOT / "tests").rglob("test_*.py"))
    assert len(tests) > 15
    assert {path.name: found for path in tests if (found := unpromising(path.read_text(encoding="utf-8")))} == {}


def test_nothing_is_left_over() -> None:
    """No file speaks of somebody's machine or of unfinished work, and no ignore is blind."""
    texts = [path for path in TEXTS if path != Path(__file__)]
    assert {path.name: found for path in texts if (found := left_over(path.read_text(encoding="utf-8")))} == {}


@pytest.mark.parametrize(
    ("here", "source", "wrong"),
    [
        ("core", "from simulator.core import money", []),
        ("core", "from rpds import HashTrieMap\nimport json", []),
        ("core", "import simulator.clock", ["core -> clock"]),
        ("core", "def f():\n    from simulator.web.app import create_app", ["core -> web"]),
        ("core", "from simulator import exchange", ["core -> exchange"]),
        ("core", "from simulator import load", ["core -> __init__"]),
        ("core", "import starlette.routing", ["core -> starlette"]),
        ("core", "from . import money", ["core imports ..money relatively"]),
        ("scenario", "from simulator.exchange import Exchange", ["scenario -> exchange"]),
        ("exchange", "from simulator.evidence import journal", ["exchange -> evidence"]),
        ("evidence", "from simulator.web import app", ["evidence -> web"]),
        ("web", "from simulator.cli import main", ["web -> cli"]),
        ("web", "import starlette\nfrom simulator.core import spec", []),
    ],
)
def test_a_wrong_arrow_is_caught(here: str, source: str, wrong: list[str]) -> None:
    """The walk over imports sees a planted arrow, however it is written, and lets the right ones be."""
    assert wrong_arrows(here, source) == wrong


@pytest.mark.parametrize(
    ("here", "source", "found"),
    [
        ("core", "age = now.business - issued_at\nstep = 10 * 1_000", []),
        ("core", "rate = 0.1", ["float 0.1"]),
        ("core", "float('0.1')", ["calls float"]),
        ("core", "from datetime import datetime\ndatetime.now()", ["calls now"]),
        ("core", "import datetime\ndatetime.date.today()", ["calls today"]),
        ("core", "import time\nt = time.time", ["imports time"]),
        ("core", "import random as chance", ["imports random"]),
        ("core", "from secrets import token_hex", ["imports secrets"]),
        ("core", "import os\nos.environ['SEED']", ["imports os"]),
        ("core", "from uuid import uuid4\nuuid4()", ["calls uuid4"]),
        ("core", "open('x')\nprint('x')", ["calls open", "calls print"]),
        ("core", "import logging", ["imports logging"]),
        ("core", "hash('x')", ["calls hash"]),
        ("web", "timeout = 0.1\nprint('x')", []),
        ("web", "from time import time", ["imports time"]),
        ("web", "import uuid\nuuid.uuid1()", ["calls uuid1"]),
        ("web", "self.exchange.clock.now()", []),
        ("clock", "import time\ntime.time_ns()", []),
        ("clock", "import random", ["imports random"]),
    ],
)
def test_an_impurity_is_caught(here: str, source: str, found: list[str]) -> None:
    """The search for clocks, chance, floats and the machine sees each when it is planted."""
    assert impurities(here, source) == found


def test_a_missing_promise_is_caught() -> None:
    """The search for docstrings sees a test without one and one whose docstring is no sentence."""
    source = 'def test_a(): pass\nasync def test_b():\n    "no stop"\ndef test_c():\n    "Kept."\ndef helper(): pass'
    assert unpromising(source) == ["test_a", "test_b"]


@pytest.mark.parametrize(
    ("text", "count"),
    [
        ("see /srv/checkout/x", 1),
        ("open('/home/ann/x')", 1),
        ("# TODO later", 1),
        ("x = 1  # noqa", 1),
        ("x = 1  # type: ignore", 1),
        ("x = 1  # noqa: E501", 0),
        ("x = 1  # type: ignore[arg-type]", 0),
        ("https://broker.example/home/page", 0),
    ],
)
def test_left_overs_are_caught(text: str, count: int) -> None:
    """The search for left-overs sees each when it is planted, and a URL is none."""
    assert len(left_over(text)) == count

"""Which processes the hooks cannot lead, by what they run: an interpreter without the hook, a static binary.

A process is only told of if it could ask for KuCoin's hosts, because build tools start many isolated interpreters.
"""

from __future__ import annotations

import mmap
import os
import re
from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import Final, NamedTuple

from simulator.hosts import DOMAIN

PYTHON: Final = re.compile(r"(?:python|pypy)[\d.]*[a-z]*", re.IGNORECASE)
NODE: Final = re.compile(r"node(?:js)?")
TOOLS: Final = re.compile(
    r"(?:^|/)(?:pip|__pip-runner__\.py|_in_process\.py|ensurepip|venv|virtualenv|get_pip\.py|get-pip\.py)(?:$|[/-])"
    r"|run_module\(.pip."  # how `ensurepip` starts it
)
"""Arguments of isolated interpreters that install packages."""
LARGEST: Final = 400_000_000
"""Bytes of a binary that is searched, at most."""
SOURCE: Final = 1_000_000
"""Bytes of a script that are searched, at most."""
NAMESPACE: Final = "use --mode namespace"


class Invocation(NamedTuple):
    """A program that runs or will run: its file, its arguments, and the variables it was started with."""

    file: str
    arguments: Sequence[str]
    environment: Mapping[str, str] | None = None
    """None = it cannot be read, because the process is another user's."""
    folder: str = "."
    """What a relative path of a script is relative to."""

    @property
    def name(self) -> str:
        """The program's name."""
        return os.path.basename(self.file)

    @property
    def has_hooks(self) -> bool:
        """True if the variables of the hooks are set."""
        return bool((self.environment or {}).get("KUCOIN_SIMULATOR_LEAD"))


def reason(invocation: Invocation) -> str:
    """Why the hooks cannot be in this program; "" if they can, or if they need not."""
    if PYTHON.fullmatch(invocation.name):
        if flags := isolated(invocation.arguments):
            return f"{invocation.name} runs with {flags}, so it does not read the hook: leave that out, or {NAMESPACE}"
        if not invocation.has_hooks or "PYTHONPATH" not in (invocation.environment or {}):
            return _emptied(invocation, "PYTHONPATH")
    elif NODE.fullmatch(invocation.name) and not (
        invocation.has_hooks and "hook.cjs" in (invocation.environment or {}).get("NODE_OPTIONS", "")
    ):
        return _emptied(invocation, "NODE_OPTIONS")
    elif invocation.name == "java" and "JAVA_TOOL_OPTIONS" not in (invocation.environment or {}):
        return _emptied(invocation, "JAVA_TOOL_OPTIONS")
    elif is_static(invocation.file) and not is_go(invocation.file):
        return f"{invocation.name} is a static binary, which no hook can be in: {NAMESPACE}"
    elif invocation.name in {"curl", "wget"} and ignores_proxies(invocation):
        return f"{invocation.name} is told to ignore proxies: leave that out, or {NAMESPACE}"
    return ""


def _emptied(invocation: Invocation, name: str) -> str:
    return f"{invocation.name} was started without {name} of this command: keep the environment, or {NAMESPACE}"


def names_kucoin(invocation: Invocation) -> bool:
    """True if the arguments, the script or the binary speak of KuCoin's domain."""
    if any(DOMAIN in argument.lower() for argument in invocation.arguments):
        return True
    if is_interpreter(invocation.file):
        return any(_speaks(os.path.join(invocation.folder, argument)) for argument in invocation.arguments[1:])
    return is_static(invocation.file) and _in_binary(invocation.file, DOMAIN.encode())


def _speaks(script: str) -> bool:
    try:
        with open(script, "rb") as file:
            return DOMAIN.encode() in file.read(SOURCE)
    except (OSError, ValueError):
        return False


def isolated(arguments: Sequence[str]) -> str:
    """The flags of a Python command line with which it reads no hook, such as `-I`; "" = none."""
    flags: list[str] = []
    rest = list(arguments[1:])
    while rest:
        argument = rest.pop(0)
        if argument == "--check-hash-based-pycs":
            rest[:1] = []
        if not argument.startswith("-") or argument in {"-", "--"}:
            break
        if argument.startswith("--"):
            continue
        for place, letter in enumerate(argument[1:], 2):
            if letter in "ISE":
                flags.append(f"-{letter}")
            if letter in "cm":
                return " ".join(flags)
            if letter in "WX":
                if not argument[place:]:
                    rest[:1] = []
                break
    return " ".join(flags)


def is_tool(invocation: Invocation) -> bool:
    """True if the program installs packages, which is not what is tested."""
    return any(TOOLS.search(argument) for argument in invocation.arguments[1:6])


def ignores_proxies(invocation: Invocation) -> bool:
    """True if the arguments or the variables of curl or wget turn proxies off for KuCoin's hosts."""
    if {"--noproxy", "--no-proxy"} & {argument.partition("=")[0] for argument in invocation.arguments}:
        return True
    environment = invocation.environment or {}
    lists = (environment.get("NO_PROXY", ""), environment.get("no_proxy", ""))
    entries = [entry.strip() for text in lists for entry in text.split(",")]
    without = any(entry and entry.lstrip(".*") in {DOMAIN, ""} for entry in entries)
    return without or not (environment.get("HTTPS_PROXY") or environment.get("https_proxy"))


@lru_cache(256)
def is_static(file: str) -> bool:
    """True if a file is an ELF program that no loader links, so that it brings its own resolver."""
    try:
        with open(file, "rb") as opened:
            head = opened.read(64)
            if head[:4] != b"\x7fELF":
                return False
            wide, order = head[4] == 2, "little" if head[5] == 1 else "big"
            start = int.from_bytes(head[32:40] if wide else head[28:32], order)  # type: ignore[arg-type]
            size, count = (int.from_bytes(head[at : at + 2], order) for at in ((54, 56) if wide else (42, 44)))  # type: ignore[arg-type]
            opened.seek(start)
            headers = opened.read(size * count)
    except OSError:
        return False
    kinds = [int.from_bytes(headers[at : at + 4], order) for at in range(0, len(headers), size or 1)]  # type: ignore[arg-type]
    return bool(kinds) and 3 not in kinds  # PT_INTERP


def is_go(file: str) -> bool:
    """True if a binary was made by Go, whose HTTP client obeys the proxy variables and SSL_CERT_FILE."""
    return _in_binary(file, b"\xff Go buildinf:")


@lru_cache(256)
def _in_binary(file: str, text: bytes) -> bool:
    try:
        with open(file, "rb") as opened:
            if not 0 < os.fstat(opened.fileno()).st_size < LARGEST:
                return False
            with mmap.mmap(opened.fileno(), 0, access=mmap.ACCESS_READ) as memory:
                return memory.find(text) >= 0
    except (OSError, ValueError):
        return False


def program_of(arguments: Sequence[str], environment: Mapping[str, str]) -> Invocation:
    """The program that a command line starts. A script is started by the interpreter of its first line."""
    import shutil

    file = shutil.which(arguments[0], path=environment.get("PATH")) or arguments[0]
    if is_interpreter(file):  # also if it is a script, such as pyenv's
        return Invocation(file, arguments, environment)
    words = list(arguments)
    try:
        with open(file, "rb") as opened:
            first = opened.readline(256)
    except OSError:
        first = b""
    if first.startswith(b"#!"):
        interpreter = first[2:].decode("utf-8", "replace").split()
        if interpreter and os.path.basename(interpreter[0]) == "env":
            interpreter = [word for word in interpreter[1:] if word != "-S"]
        if interpreter:
            words = [*interpreter, file, *arguments[1:]]
            file = shutil.which(interpreter[0], path=environment.get("PATH")) or interpreter[0]
    return Invocation(file, words, environment)


def is_interpreter(file: str) -> bool:
    """True if a file is a Python or Node by its name."""
    name = os.path.basename(file)
    return bool(PYTHON.fullmatch(name) or NODE.fullmatch(name))

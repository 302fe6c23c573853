"""Looks at the processes of the command while they run: each that could ask for KuCoin's hosts must be led."""

from __future__ import annotations

import os
import resource
from collections.abc import Sequence
from contextlib import suppress
from typing import Final

from simulator.launch import tree
from simulator.launch.blind import NODE, PYTHON, Invocation, is_tool, names_kucoin, reason
from simulator.launch.variables import LEAD_REPORT

SHORTEST: Final = 0.004
"""Seconds between two looks, at least."""
LONGEST: Final = 0.1
SHARE: Final = 40
"""A look may cost one part in so many of a processor."""
MOMENT: Final = 10
"""Looks that a process gets to tell that it is led."""
SOCKETS: Final = 10
"""Every so many looks, sockets are looked at as well."""
SECURE: Final = ("/_ssl.", "libssl.", "/_ssl-")
"""What an interpreter has loaded if it can speak TLS."""
CONNECTED: Final = {"01", "02"}
"""ESTABLISHED and SYN_SENT in /proc/net/tcp."""


class Watch:
    """Looks at all processes below this one."""

    def __init__(self, report: str, allowed: Sequence[str] = (), *, hooks: bool = True) -> None:
        """`report` is the file that hooks append lines to. `allowed` = `address:port` that may be reached directly.

        Without `hooks`, connections are looked at alone.
        """
        self._report, self._place = report, 0
        self._allowed, self._hooks = {*allowed}, hooks
        self._led: dict[int, str] = {}
        """Process -> the image of the program that has the hook, "" = it cannot be seen."""
        self._elsewhere: set[int] = set()
        """Processes that another `exec`, or a doctor, below this one looks after."""
        self._seen: dict[int, tuple[bytes, str]] = {}
        """Process -> its command line, and why the hooks cannot be in it ("" = they can)."""
        self._looks: dict[int, int] = {}
        self._count = 0
        self.seconds = SHORTEST

    def look(self) -> list[str]:
        """What cannot be led, as sentences."""
        started = _processor()
        findings = self._reports()
        self._count += 1
        processes = tree.descendants()
        for process in processes:
            with suppress(OSError):
                if finding := self._judge(process):
                    findings.append(finding)
        for gone in self._seen.keys() - set(processes):
            del self._seen[gone]
            self._looks.pop(gone, None)
            self._led.pop(gone, None)
            self._elsewhere.discard(gone)
        self.seconds = min(LONGEST, max(SHORTEST, (_processor() - started) * SHARE))
        return list(dict.fromkeys(findings))

    def _reports(self) -> list[str]:
        """Read what hooks have told since the last look."""
        try:
            with open(self._report, "rb") as file:
                file.seek(self._place)
                data = file.read()
        except OSError:
            return []
        whole = data[: data.rfind(b"\n") + 1]
        self._place += len(whole)
        findings = []
        for line in whole.decode("utf-8", "replace").splitlines():
            process, _, rest = line.partition("\t")
            kind, _, text = rest.partition("\t")
            if kind == "led" and process.isdigit():
                self._led[int(process)] = tree.image_of(int(process))
            elif kind == "forked" and process.isdigit() and text.isdigit():  # it may become another program at once
                self._led[int(process)] = self._led.get(int(text), "")
            elif kind == "leak":
                findings.append(text)
        return findings

    def _judge(self, process: int) -> str:
        """Why a process is not led; "" if it is, or if it cannot ask for KuCoin's hosts."""
        with open(f"/proc/{process}/cmdline", "rb") as file:
            line = file.read()
        before = self._seen.get(process)
        if before is None or before[0] != line:
            if not line:
                return ""
            program = _program(process, line)
            self._elsewhere.discard(process)
            if (program.environment or {}).get(LEAD_REPORT, self._report) != self._report or _own_network(process):
                self._elsewhere.add(process)
            why = reason(program) if self._hooks and not is_tool(program) else ""
            self._seen[process] = before = (line, why)
            self._looks[process] = 0
            if why and not self._is_led(process) and names_kucoin(program):
                return self._sentence(process, line, why)
        self._looks[process] += 1
        if self._is_led(process):
            return ""
        return self._later(process, *before)

    def _is_led(self, process: int) -> bool:
        """True if the hook is in the program that a process runs now, or if somebody else looks after it."""
        if process in self._elsewhere:
            return True
        image = self._led.get(process)
        return image is not None and image in ("", tree.image_of(process))

    def _later(self, process: int, line: bytes, why: str) -> str:
        """What a process that the hooks are not in does after its start."""
        looks = self._looks[process]
        name = os.path.basename(_executable(process) or line.split(b"\0")[0].decode("utf-8", "replace"))
        if self._hooks and PYTHON.fullmatch(name) and (why or looks >= MOMENT) and not _is_tool_line(line):
            if _loaded(process):
                why = (
                    why
                    or f"{name} did not load the hook: it is older than 3.7, or another sitecustomize is before ours"
                )
                return self._sentence(process, line, why)
        elif NODE.fullmatch(name) and looks >= MOMENT * 5 and why:
            return self._sentence(process, line, why)
        if looks % SOCKETS == 0 and (port := self._outside(process)):
            return self._sentence(
                process, line, f"{name} is connected with {port}, and no hook tells which host it asked for"
            )
        return ""

    def _sentence(self, process: int, line: bytes, why: str) -> str:
        words = line.rstrip(b"\0").replace(b"\0", b" ").decode("utf-8", "replace")
        return f"process {process} ({words[:80]}{'...' if len(words) > 80 else ''}): {why}"

    def _outside(self, process: int) -> str:
        """An address outside this machine that the process is connected with at a port of HTTPS; "" = none."""
        inodes = set()
        for descriptor in os.listdir(f"/proc/{process}/fd"):
            with suppress(OSError):
                target = os.readlink(f"/proc/{process}/fd/{descriptor}")
                if target.startswith("socket:["):
                    inodes.add(target[8:-1])
        if not inodes:
            return ""
        for table in ("tcp", "tcp6"):
            with open(f"/proc/{process}/net/{table}", encoding="ascii") as file:
                for row in file.read().splitlines()[1:]:
                    fields = row.split()
                    if fields[3] in CONNECTED and fields[9] in inodes:
                        address, _, port = fields[2].partition(":")
                        number, shown = int(port, 16), _address(address)
                        if number in {80, 443} and not _loopback(address) and f"{shown}:{number}" not in self._allowed:
                            return f"port {number} of {shown}"
        return ""


def _own_network(process: int) -> bool:
    """True if a process has another network than this one, such as that of a namespace."""
    with suppress(OSError):
        return os.readlink(f"/proc/{process}/ns/net") != os.readlink("/proc/self/ns/net")
    return False


def _processor() -> float:
    """Seconds of the processor that this process has used."""
    usage = resource.getrusage(resource.RUSAGE_SELF)
    return usage.ru_utime + usage.ru_stime


def _program(process: int, line: bytes) -> Invocation:
    arguments = [word.decode("utf-8", "surrogateescape") for word in line.rstrip(b"\0").split(b"\0")]
    environment: dict[str, str] | None = None
    with suppress(OSError), open(f"/proc/{process}/environ", "rb") as file:
        pairs = (entry.decode("utf-8", "surrogateescape").partition("=") for entry in file.read().split(b"\0"))
        environment = {name: value for name, _, value in pairs if name}
    folder = "."
    with suppress(OSError):
        folder = os.readlink(f"/proc/{process}/cwd")
    return Invocation(_executable(process) or arguments[0], arguments, environment, folder)


def _executable(process: int) -> str:
    try:
        return os.readlink(f"/proc/{process}/exe").removesuffix(" (deleted)")
    except OSError:
        return ""


def _is_tool_line(line: bytes) -> bool:
    words = [word.decode("utf-8", "replace") for word in line.split(b"\0")]
    return is_tool(Invocation(words[0], words))


def _loaded(process: int) -> bool:
    """True if an interpreter has loaded what speaks TLS."""
    with open(f"/proc/{process}/maps", encoding="utf-8", errors="replace") as file:
        text = file.read()
    return any(part in text for part in SECURE)


def _loopback(address: str) -> bool:
    """True if an address of /proc/net/tcp is this machine's: 127.x, ::1 or a mapped 127.x. Words are little-endian."""
    return address.endswith("7F", 0, 8) or address == f"{'0' * 24}01000000" or address.endswith("7F", 24)


def _address(address: str) -> str:
    import socket

    raw = b"".join(bytes.fromhex(address[at : at + 8])[::-1] for at in range(0, len(address), 8))
    return socket.inet_ntop(socket.AF_INET if len(raw) == 4 else socket.AF_INET6, raw)

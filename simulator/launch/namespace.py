"""A network for the user's command alone: KuCoin's hosts lead to the simulator, and nothing else can be reached.

    with Namespace(authority=authority.pem) as namespace:
        ...  # accept at `namespace.listeners`, as SimulatorServer.run(sockets) does
        command = namespace.popen(["pytest"])
        code = command.wait()
        print(namespace.attempts)  # what tried to leave

It needs Linux and the right to make namespaces; `unavailable()` says what is missing.
"""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import threading
from collections.abc import Iterable, Mapping, Sequence
from contextlib import ExitStack, suppress
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import IO, TYPE_CHECKING, Any, Final, Self

from simulator.hosts import DOMAIN
from simulator.launch import trust_files
from simulator.launch.allowed import Places, parse
from simulator.launch.confined_command import ConfinedCommand
from simulator.launch.inside.channel import Channel
from simulator.launch.obstacles import obstacle
from simulator.launch.terminal import Terminal

if TYPE_CHECKING:
    from simulator.launch.forwarding import Forwarder

HOSTS: Final = tuple(
    f"{name}{DOMAIN}"
    for name in (
        "www.",
        "api.",
        "api-futures.",
        "ws-api-spot.",
        "ws-api-futures.",
        "openapi-v2.",
        "assets.",
        "",
    )
)
"""Names in /etc/hosts inside. The resolver inside knows every other name of KuCoin's too."""
PORTS: Final = (443, 80)
_LOOPBACK: Final = ("127.0.0.1", "::1")
_KEEPER: Final = """\
import sys
sys.path.insert(0, sys.argv[1])
from simulator.launch.inside.keeper import run
run(int(sys.argv[2]))
"""
_ROOT: Final = Path(__file__).parents[2]
"""The folder that the package is in."""

_Stream = int | IO[Any] | None


class NamespaceError(Exception):
    """The namespace cannot be made. The text says why, and what to do."""


@dataclass(frozen=True, order=True)
class Attempt:
    """Something inside that tried to leave, and how often.

    `kind`: `name` (a look-up), `tcp`, `udp`, `packet` (to an address outside), or `refused` (a connection to loopback
    where nobody listens inside: perhaps a service outside that must be allowed).
    """

    kind: str
    target: str
    count: int


class Namespace:
    """A namespace for one command, for the length of a `with` block. At the end of the block everything inside ends."""

    def __init__(
        self,
        *,
        ports: Iterable[int] = PORTS,
        hosts: Iterable[str] = (),
        allow: Iterable[str] = (),
        authority: str = "",
        environment: Mapping[str, str] | None = None,
        cwd: Path | None = None,
        own_processes: bool | None = None,
    ) -> None:
        """Plan a namespace; it is made when the block begins. Raises `ValueError` for an `allow` that is no HOST:PORT.

        `ports` of 127.0.0.1 and [::1] are for the simulator. `hosts` are names that are KuCoin's too. `authority` is a
        CA in PEM that is added to the platform's trust, and to that of the Python environments which `environment`,
        the command's, leads to. `own_processes=False`: without a process namespace, which some containers do not
        allow (None: if it is possible).
        """
        own_hosts = [host.lower() for host in hosts]
        self._places = Places(parse(text, own_hosts) for text in allow)
        self._ports = list(dict.fromkeys(ports))
        own_places = {(host, port) for host in _LOOPBACK for port in self._ports}
        for host, port, address in self._places.listening:
            if (host, port) in own_places:
                raise ValueError(f"--allow {address}: the simulator itself is at port {port} inside")
        environment = os.environ if environment is None else environment
        names: dict[str, str] = {**dict.fromkeys((*HOSTS, *own_hosts), _LOOPBACK[0]), **self._places.names}
        self._wishes = {
            "names": names,
            "hosts": own_hosts,
            "listening": [[host, port] for host in _LOOPBACK for port in self._ports]
            + [[host, port] for host, port, _ in self._places.listening],
            "authority": authority,
            "bundles": trust_files.bundles(environment, cwd or Path.cwd()) if authority else [],
            "folders": trust_files.folders(environment) if authority else [],
        }
        self._own_processes = _own_processes_allowed() if own_processes is None else own_processes
        self._attempts: list[Attempt] = []
        self._lock = threading.Lock()
        self._resources = ExitStack()
        self._started = False
        self.listeners: list[socket.socket] = []
        """Listening sockets inside, for the simulator outside. They are closed at the end of the block."""
        self._forwarder: Forwarder | None = None

    def __enter__(self) -> Self:
        """Make the namespace. Raises `NamespaceError`."""
        if sys.platform != "linux":
            raise NamespaceError("namespaces are a part of Linux; take --mode hooks here")
        with ExitStack() as resources:
            self._make(resources)
            self._resources = resources.pop_all()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._refresh()
        self._resources.close()

    def _make(self, resources: ExitStack) -> None:
        """Start the keeper, and take the listening sockets from it."""
        ours, theirs = socket.socketpair()
        resources.enter_context(ours)
        self._channel = Channel(ours)
        with theirs:
            command = [sys.executable, "-I", "-S", "-c", _KEEPER, str(_ROOT), str(theirs.fileno())]
            self._process = subprocess.Popen(  # noqa: S603  # our own file
                command, pass_fds=[theirs.fileno()], process_group=0
            )
        resources.callback(self._process.wait)
        self._terminal = Terminal()
        resources.callback(self._terminal.close)
        resources.callback(ConfinedCommand(self._process, self._terminal).kill)
        try:
            self._channel.send({**self._wishes, "own_processes": self._own_processes})
            message, files = self._channel.receive()
        except (EOFError, OSError):
            raise NamespaceError(f"the keeper of the namespace ended with {self._process.wait()}") from None
        if "failed" in message:
            raise NamespaceError(obstacle(message["failed"], message["number"], message["text"], message["file"]))
        sockets = {number: socket.socket(fileno=file) for number, file in zip(message["ready"], files, strict=True)}
        for listening in sockets.values():
            resources.enter_context(listening)
        own = len(_LOOPBACK) * len(self._ports)
        self.listeners = [listening for number, listening in sockets.items() if number < own]
        if self._places.listening:
            from simulator.launch.forwarding import Forwarder

            self._forwarder = resources.enter_context(Forwarder())
            for number, (_, _, address) in enumerate(self._places.listening, own):
                if number in sockets:
                    self._forwarder.forward(sockets[number], address)

    def popen(
        self,
        argv: Sequence[str],
        env: Mapping[str, str] | None = None,
        cwd: str | Path | None = None,
        *,
        stdin: _Stream = None,
        stdout: _Stream = None,
        stderr: _Stream = None,
    ) -> ConfinedCommand:
        """Start the command; once in a namespace. A stream that is None is the one of this process.

        Raises `OSError` if it cannot be started, as `subprocess.Popen` does.
        """
        if self._started:
            raise RuntimeError("a namespace is for one command")
        environment = dict(os.environ if env is None else env)
        message = {"run": [os.fspath(part) for part in argv], "environment": environment, "cwd": cwd and os.fspath(cwd)}
        with open(os.devnull, "r+b", buffering=0) as nothing:  # noqa: PTH123  # a device, no file
            streams = [
                _descriptor(nothing if chosen == subprocess.DEVNULL else chosen)
                for default, stream in enumerate((stdin, stdout, stderr))
                for chosen in [_default(default) if stream is None else stream]
            ]
            self._terminal.lend(self._process.pid)
            answer, _ = self._ask(message, streams)
        if "failed" in answer:
            self._terminal.take_back()
            number = answer["number"]
            raise OSError(number, os.strerror(number) if number else "the command cannot be started", answer["file"])
        self._started = True
        return ConfinedCommand(self._process, self._terminal)

    def listen(self, port: int = 0, host: str = _LOOPBACK[0]) -> socket.socket:
        """One more listening socket inside; port 0 = any free one. Raises `OSError`."""
        answer, files = self._ask({"listen": [host, port]})
        if "failed" in answer:
            raise OSError(answer["number"], answer["text"])
        return socket.socket(fileno=files[0])

    @property
    def attempts(self) -> list[Attempt]:
        """What tried to leave so far. After the end it stays as it was."""
        self._refresh()
        return list(self._attempts)

    @property
    def forwarding_failures(self) -> dict[str, int]:
        """`HOST:PORT: why` -> how often a connection to an allowed service could not be forwarded."""
        return dict(self._forwarder.failures) if self._forwarder else {}

    def _refresh(self) -> None:
        """Ask for the attempts. The last report of a keeper waits in the socket after it has ended."""
        with self._lock, suppress(EOFError, OSError):
            with suppress(OSError):
                self._channel.send({"report": True})
            while not self._take_report(self._channel.receive()[0]):
                pass

    def _take_report(self, message: dict[str, Any]) -> bool:
        """Keep the attempts of a message; False if it has none."""
        if "attempts" in message:
            self._attempts = [Attempt(*attempt) for attempt in message["attempts"]]
        return "attempts" in message

    def _ask(self, message: dict[str, Any], files: Sequence[int] = ()) -> tuple[dict[str, Any], list[int]]:
        """Send a message, and return the answer. Raises `ProcessLookupError` if the keeper inside has ended."""
        with self._lock:
            try:
                self._channel.send(message, files)
                answer = self._channel.receive()
                while self._take_report(answer[0]):
                    answer = self._channel.receive()
            except (EOFError, BrokenPipeError, ConnectionResetError):
                raise ProcessLookupError("the namespace has ended") from None
        return answer


def _default(descriptor: int) -> int:
    """A standard stream of this process; the null device if it is closed, as a daemon has it."""
    try:
        os.fstat(descriptor)
    except OSError:
        return subprocess.DEVNULL
    return descriptor


def _descriptor(stream: int | IO[Any]) -> int:
    """The file descriptor of a stream."""
    return stream if isinstance(stream, int) else stream.fileno()


def unavailable() -> str | None:
    """Why no namespace can be made here, and what to do about it; None if it can. It takes as long as making one."""
    try:
        with Namespace():
            return None
    except NamespaceError as error:
        return str(error)


def _own_processes_allowed() -> bool:
    """False if /proc is partly covered, as in most containers: no new one may be mounted then."""
    try:
        mounts = Path("/proc/self/mountinfo").read_text(encoding="utf-8", errors="replace").splitlines()
    except OSError:
        return False
    points = [line.split()[4] for line in mounts]
    return not any(point.startswith("/proc/") and point != "/proc/sys/fs/binfmt_misc" for point in points)

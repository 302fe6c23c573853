"""The first process inside: it furnishes the namespace, starts the command, and serves names until the command ends."""

from __future__ import annotations

import os
import selectors
import signal
import socket
import struct
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from functools import partial
from typing import Any, Final

from simulator.launch.inside import kernel
from simulator.launch.inside.attempts import Attempts
from simulator.launch.inside.channel import Channel
from simulator.launch.inside.kernel import FurnishingError
from simulator.launch.inside.observer import Observer
from simulator.launch.inside.overlay import FIXED, HOSTS, Overlay, hosts_text
from simulator.launch.inside.resolver import KnownNames, Resolver
from simulator.launch.inside.signals import PASSED_BY

BACKLOG: Final = 1024
"""Connections that can wait to be accepted."""
_RESET: Final = (signal.SIGPIPE, signal.SIGXFSZ, signal.SIGCHLD)
"""Signals that Python or this module treats in its own way, and a program expects as they are by default."""
_FEW: Final = 3
"""Standard input, output and error."""


@contextmanager
def _step(name: str) -> Iterator[None]:
    """Name the step in which an `OSError` came."""
    try:
        yield
    except OSError as error:
        raise FurnishingError(name, error) from None


def _listening(host: str, port: int) -> socket.socket:
    """A listening socket inside. Raises `OSError`."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    listening = socket.create_server((host, port), family=family, backlog=BACKLOG)
    listening.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)  # as the simulator's own sockets have it
    return listening


class Household:
    """What is served inside, in one thread, for the length of one command."""

    def __init__(
        self, channel: Channel, wishes: dict[str, Any], ignored: set[signal.Signals], writing: int, group: int
    ) -> None:
        """`wishes` is the first message of the other side; `ignored` are signals that the command ignores too.

        The status of the command is written to `writing`. `group` is the command's group of processes.
        """
        self._channel, self._wishes, self._ignored = channel, wishes, ignored
        self._writing, self._group = writing, group
        self._attempts = Attempts()
        self._selector = selectors.DefaultSelector()
        self._command = 0
        self._status: int | None = None

    def run(self) -> None:
        """Furnish the namespace, then serve until the command ends. Raises `FurnishingError`, `EOFError`."""
        self._furnish()
        self._watch_children()
        self._selector.register(self._channel.socket, selectors.EVENT_READ, self._obey)
        self._selector.register(self._writing, selectors.EVENT_READ, self._orphaned)
        while self._status is None:
            for key, _ in self._selector.select():
                with suppress(OSError):  # of one client or packet
                    key.data()
        self._observer.read()
        os.write(self._writing, struct.pack("i", self._status))
        with suppress(OSError):
            self._channel.send({"attempts": list(self._attempts)})

    def _furnish(self) -> None:
        """Mounts, network, files, resolver and listening sockets. Raises `FurnishingError`."""
        with _step("mount"):
            kernel.mount("none", "/", flags=kernel.RECURSIVE | kernel.PRIVATE)
        if self._wishes["own_processes"]:
            with _step("proc"):
                kernel.mount("proc", "/proc", "proc", kernel.NO_SET_UID | kernel.NO_DEVICES | kernel.NO_PROGRAMS)
        with _step("network"):
            kernel.loopback_up()
            kernel.every_address_is_local(socket.AF_INET)
            with suppress(OSError):  # a machine without IPv6
                kernel.every_address_is_local(socket.AF_INET6)
        with _step("files"):
            self._cover()
        with _step("observer"):
            self._observer = Observer(self._attempts)
            self._selector.register(self._observer.socket, selectors.EVENT_READ, self._observer.read)
        with _step("resolver"):
            self._resolve()
        with _step("listen"):
            self._listen()

    def _cover(self) -> None:
        """Bind hosts, name service and trust over the machine's."""
        overlay = Overlay()
        try:
            overlay.change(HOSTS, self._hosts)
            for path, text in FIXED.items():
                overlay.replace(path, text.encode())
            overlay.silence()
            if self._wishes["authority"]:
                overlay.trust(self._wishes["bundles"], self._wishes["folders"], self._wishes["authority"])
        finally:
            overlay.close()

    def _hosts(self, content: bytes) -> bytes:
        """The content of /etc/hosts inside."""
        text = content.decode("utf-8", "surrogateescape")
        text = hosts_text(text, self._wishes["names"], socket.gethostname())
        return text.encode("utf-8", "surrogateescape")

    def _resolve(self) -> None:
        """Begin to answer queries of DNS."""
        self._resolver = Resolver(KnownNames(self._wishes["names"], self._wishes["hosts"], self._attempts))
        self._selector.register(self._resolver.datagrams, selectors.EVENT_READ, self._resolver.datagram)
        self._selector.register(self._resolver.listening, selectors.EVENT_READ, self._accept)

    def _listen(self) -> None:
        """Open the listening sockets, and hand them over."""
        sockets: list[socket.socket] = []
        numbers: list[int] = []
        for number, (host, port) in enumerate(self._wishes["listening"]):
            try:
                sockets.append(_listening(host, port))
                numbers.append(number)
            except OSError:
                if ":" not in host:  # a machine without IPv6 has the others
                    raise
        self._channel.send({"ready": numbers}, [listening.fileno() for listening in sockets])
        for listening in sockets:
            listening.close()

    def _accept(self) -> None:
        """Accept a client of DNS."""
        before = set(self._resolver.connections)
        connection = self._resolver.accept()
        for closed in before - set(self._resolver.connections):
            self._selector.unregister(closed)
        self._selector.register(connection, selectors.EVENT_READ, partial(self._stream, connection))

    def _stream(self, connection: socket.socket) -> None:
        """Answer a client of DNS, or close its connection."""
        try:
            goes_on = self._resolver.stream(connection)
        except OSError:
            goes_on = False
        if not goes_on:
            self._selector.unregister(connection)
            self._resolver.connections.remove(connection)
            connection.close()

    def _watch_children(self) -> None:
        """Let the end of a child wake the loop."""
        waking, woken = socket.socketpair()
        for end in (waking, woken):
            end.setblocking(False)
        signal.set_wakeup_fd(waking.fileno(), warn_on_full_buffer=False)
        signal.signal(signal.SIGCHLD, lambda *_: None)
        self._selector.register(woken, selectors.EVENT_READ, partial(self._reap, woken))
        self._waking = waking  # it must stay open

    def _reap(self, woken: socket.socket) -> None:
        """Take the status of children that have ended; orphans of the command are ours too."""
        woken.recv(4096)
        with suppress(ChildProcessError):
            while True:
                child, status = os.waitpid(-1, os.WNOHANG)
                if not child:
                    return
                if child == self._command:
                    self._status = status

    def _orphaned(self) -> None:
        """The keeper outside has ended, because nobody reads the status any more. Raises `EOFError`."""
        raise EOFError

    def _obey(self) -> None:
        """Do what the other side asks. Raises `EOFError` if it has gone."""
        message, files = self._channel.receive()
        match message:
            case {"run": argv, "environment": environment, "cwd": cwd}:
                self._start(argv, environment, cwd, files)
            case {"listen": [host, port]}:
                try:
                    with _listening(host, port) as listening:
                        self._channel.send({"listening": True}, [listening.fileno()])
                except OSError as error:
                    self._channel.send({"failed": "listen", "number": error.errno, "text": error.strerror})
            case {"report": True}:
                self._observer.read()
                self._channel.send({"attempts": list(self._attempts)})
        for file in files:
            os.close(file)

    def _start(self, argv: list[str], environment: dict[str, str], cwd: str | None, files: list[int]) -> None:
        """Start the command, and tell the other side whether that worked."""
        reading, writing = os.pipe()
        child = os.fork()
        if not child:
            self._become(argv, environment, cwd, files, writing)
        os.close(writing)
        failure = os.read(reading, 4096)  # empty as soon as the command runs, because exec closes the pipe
        os.close(reading)
        if failure:
            number, _, path = failure.partition(b" ")
            self._channel.send({"failed": "run", "number": int(number), "file": os.fsdecode(path)})
        else:
            self._command = child
            self._channel.send({"running": child})

    def _become(
        self, argv: list[str], environment: dict[str, str], cwd: str | None, files: list[int], writing: int
    ) -> None:
        """Become the command. It never returns."""
        path = cwd or argv[0]
        try:
            for target, file in enumerate(files[:_FEW]):
                os.dup2(file, target)
            signal.set_wakeup_fd(-1)
            for number in (*_RESET, *PASSED_BY):
                if number not in self._ignored:
                    signal.signal(number, signal.SIG_DFL)
            kernel.die_with_parent(signal.SIGKILL)
            if not self._wishes["own_processes"]:
                os.setpgid(0, self._group)
            if cwd:
                os.chdir(cwd)
            path = argv[0]
            os.execvpe(argv[0], argv, environment)  # noqa: S606  # the user's own command
        except BaseException as error:  # noqa: BLE001  # whatever it is, the other side hears of it
            code = error.errno if isinstance(error, OSError) and error.errno else 0
            os.write(writing, f"{code} {path}".encode("utf-8", "surrogateescape"))
        finally:
            os._exit(127)

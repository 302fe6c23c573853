"""A namespace whose 443 and 80 a simulator serves, as `exec` has it, and what tests ask of the commands inside."""

from __future__ import annotations

import os
import shutil
import socket
import ssl
import subprocess
import sys
import threading
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from functools import cache
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from typing import Any

import pytest

from simulator.launch.namespace import Namespace, unavailable

ROOT = Path(__file__).parents[2]
_OBSTACLE = unavailable() if sys.platform == "linux" else "not Linux"
needs_namespaces = pytest.mark.skipif(_OBSTACLE is not None, reason=str(_OBSTACLE))


class _Handler(BaseHTTPRequestHandler):
    """Says which host it was asked for."""

    def do_GET(self) -> None:
        body = f"here is {self.headers['Host']}{self.path}".encode()
        self.send_response(200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: Any) -> None:
        pass


@contextmanager
def answering(sockets: Sequence[socket.socket], context: ssl.SSLContext | None = None) -> Iterator[None]:
    """A small server of HTTP at listening sockets; with a context, of HTTPS at port 443."""
    servers = []
    for plain in sockets:
        tls = context is not None and plain.getsockname()[1] == 443
        listening = context.wrap_socket(plain, server_side=True) if context and tls else plain
        server = HTTPServer(("", 0), _Handler, bind_and_activate=False)
        server.socket.close()
        server.socket = listening
        servers.append(server)
    threads = [threading.Thread(target=server.serve_forever, args=(0.01,)) for server in servers]
    for thread in threads:
        thread.start()
    try:
        yield
    finally:
        for server, thread in zip(servers, threads, strict=True):
            server.shutdown()
            thread.join()
            server.socket.close()


@cache
def tool(name: str) -> str:
    """The path of a program. If it is missing the test is skipped, and fails where all is installed."""
    path = shutil.which(name)
    if path is None:
        assert not os.environ.get("CI"), f"{name} is not installed"
        pytest.skip(f"{name} is not installed")
    return path


def output(
    namespace: Namespace, argv: Sequence[str], env: Mapping[str, str] | None = None, cwd: Path | None = None
) -> tuple[int, str]:
    """The exit code of a command inside, and what it wrote."""
    reading, writing = os.pipe()
    try:
        command = namespace.popen(argv, env, cwd, stdin=subprocess.DEVNULL, stdout=writing, stderr=writing)
    finally:
        os.close(writing)
    with os.fdopen(reading, "rb") as stream:
        text = stream.read().decode()
    return command.wait(), text


def shell(namespace: Namespace, script: str, env: Mapping[str, str] | None = None) -> str:
    """What a script of the shell prints inside."""
    return output(namespace, ["sh", "-c", script], env)[1]


def python(namespace: Namespace, code: str, env: Mapping[str, str] | None = None) -> str:
    """What a program of Python prints inside."""
    return output(namespace, [sys.executable, "-c", code], env)[1]

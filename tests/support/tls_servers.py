"""A server that speaks TLS with a given context, and real clients that say whether they accept it."""

from __future__ import annotations

import os
import shutil
import socket
import ssl
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Final

import pytest

ANSWER: Final = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\nConnection: close\r\n\r\nok"

NODE: Final = """
const [ca, port, name] = process.argv.slice(1);
const options = {host: '127.0.0.1', port, servername: name, headers: {host: name}, ca: require('fs').readFileSync(ca)};
require('https').get(options, answer => console.log('accepted')).on('error', error => console.log(String(error)));
"""
PYTHON: Final = """
import socket, ssl, sys
ca, port, name = sys.argv[1:]
context = ssl.create_default_context(cafile=ca)
context.verify_flags |= ssl.VERIFY_X509_STRICT
try:
    with socket.create_connection(("127.0.0.1", int(port))) as plain:
        context.wrap_socket(plain, server_hostname=name).close()
    print("accepted")
except ssl.SSLError as error:
    print(error)
"""
JAVA: Final = """
import java.net.*; import javax.net.ssl.*;
public class Client {
    public static void main(String[] targets) throws Exception {
        SSLSocketFactory factory = (SSLSocketFactory) SSLSocketFactory.getDefault();
        for (int place = 1; place < targets.length; place += 2) {
            int port = Integer.parseInt(targets[place - 1]);
            try (Socket plain = new Socket("127.0.0.1", port);
                    SSLSocket shielded = (SSLSocket) factory.createSocket(plain, targets[place], port, true)) {
                SSLParameters parameters = shielded.getSSLParameters();
                parameters.setEndpointIdentificationAlgorithm("HTTPS");
                shielded.setSSLParameters(parameters);
                shielded.startHandshake();
                System.out.println("accepted");
            } catch (java.io.IOException error) {
                System.out.println(error);
            }
        }
    }
}
"""
"""Pairs of a port and a name -> a line for each. A source file is run without being compiled to a file."""


@contextmanager
def serving(context: ssl.SSLContext) -> Iterator[int]:
    """The port of a server that answers each request within TLS."""
    with socket.create_server(("127.0.0.1", 0)) as listening:
        threading.Thread(target=_accept, args=(listening, context), daemon=True).start()
        yield listening.getsockname()[1]


def _accept(listening: socket.socket, context: ssl.SSLContext) -> None:
    with suppress(OSError):  # closed by the test
        while True:
            plain, _ = listening.accept()
            threading.Thread(target=_answer, args=(plain, context), daemon=True).start()


def _answer(plain: socket.socket, context: ssl.SSLContext) -> None:
    with plain, suppress(OSError):  # what the client thinks of it is the client's to tell
        plain.settimeout(30)
        shielded = context.wrap_socket(plain, server_side=True)
        if shielded.recv(65_536):
            shielded.sendall(ANSWER)
        shielded.close()


def tool(name: str) -> str:
    """The path of a program. Without it the test is skipped, but not in CI, which installs it."""
    path = shutil.which(name)
    if path is None and "CI" in os.environ:
        pytest.fail(f"{name} is not installed; .ci/run must install it")
    return path or pytest.skip(f"{name} is not installed")


def printed(*command: str) -> str:
    """What a command prints, to either stream."""
    done = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=False)
    return done.stdout.strip()


def by_python(ca: Path, port: int, name: str) -> str:
    """Python's ssl says `accepted` or its error, in its strict mode, which is the usual one since 3.13."""
    return printed(sys.executable, "-I", "-c", PYTHON, str(ca), str(port), name)


def by_curl(ca: Path, port: int, name: str) -> str:
    """What curl says: `accepted`, or its error."""
    arguments = ("--silent", "--show-error", "--noproxy", "*", "--cacert", str(ca))
    text = printed(tool("curl"), *arguments, "--connect-to", f"::127.0.0.1:{port}", f"https://{name}/")
    return "accepted" if text == "ok" else text


def by_node(ca: Path, port: int, name: str) -> str:
    """What Node's https says: `accepted`, or its error."""
    return printed(tool("node"), "-e", NODE, str(ca), str(port), name)


def by_java(options: list[str], folder: Path, *targets: tuple[int, str]) -> list[str]:
    """What Java says of each port and name: `accepted`, or its error."""
    tool("javac")
    source = folder / "Client.java"
    source.write_text(JAVA)
    pairs = [text for port, name in targets for text in (str(port), name)]
    return printed(tool("java"), *options, str(source), *pairs).splitlines()

"""A namespace around a command: where KuCoin's hosts lead there, what does not leave it, and how it ends."""

from __future__ import annotations

import os
import pty
import re
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from support.namespaces import ROOT, answering, needs_namespaces, output, python, shell, tool
from support.processes import environment

from simulator.launch.namespace import Attempt, Namespace, NamespaceError

pytestmark = needs_namespaces

BLOCK = re.compile(r"^```sh\n(.*?)^```$", re.MULTILINE | re.DOTALL)
HARD_WIRED = """
import urllib.request
for host in ("www.kucoin.com", "api.kucoin.com", "a-new-one.kucoin.com"):
    print(urllib.request.urlopen(f"http://{host}/x").read().decode())
"""


@pytest.fixture
def namespace() -> Iterator[Namespace]:
    with Namespace() as made, answering(made.listeners):
        yield made


def test_hard_wired_hosts_lead_to_the_simulator(namespace: Namespace) -> None:
    """A program with KuCoin's hosts as constants reaches what listens outside, also at a name that no file has."""
    hosts = ("www.kucoin.com", "api.kucoin.com", "a-new-one.kucoin.com")
    assert python(namespace, HARD_WIRED).split("\n")[:3] == [f"here is {host}/x" for host in hosts]
    assert namespace.attempts == []


@pytest.mark.parametrize(
    ("program", "command"),
    [
        ("curl", "curl -sS http://www.kucoin.com/c"),
        ("wget", "wget -q -O - http://www.kucoin.com/c"),
        ("node", "node -e 'fetch(\"http://www.kucoin.com/c\").then(r => r.text()).then(console.log)'"),
        ("curl", "curl -sS --resolve www.kucoin.com:80:[::1] http://www.kucoin.com/c"),
    ],
)
def test_other_languages_are_led_too(namespace: Namespace, program: str, command: str) -> None:
    """curl, wget and Node reach the simulator without a variable or an option, over IPv4 and IPv6."""
    tool(program)
    assert shell(namespace, command).strip() == "here is www.kucoin.com/c"


def test_a_resolver_of_its_own_is_answered(namespace: Namespace) -> None:
    """A program that asks a name server by itself, one of the internet too, gets KuCoin's names from ours."""
    script = """
import socket, struct
def ask(server, name, kind=1, stream=False):
    question = b"".join(bytes([len(part)]) + part.encode() for part in name.split(".")) + b"\\0"
    query = struct.pack(">HHHHHH", 7, 0x100, 1, 0, 0, 0) + question + struct.pack(">HH", kind, 1)
    with socket.socket(type=socket.SOCK_STREAM if stream else socket.SOCK_DGRAM) as client:
        client.connect((server, 53))
        client.send((struct.pack(">H", len(query)) if stream else b"") + query)
        answer = client.recv(512)[2 if stream else 0:]
    print(answer[3] & 15, answer[7], ".".join(map(str, answer[-4:])) if answer[7] else "")
ask("127.0.0.1", "api.kucoin.com")
ask("8.8.8.8", "ws-api-x.kucoin.com")
ask("8.8.8.8", "api.kucoin.com", 28)
ask("1.1.1.1", "api.kucoin.com", stream=True)
ask("8.8.8.8", "pypi.org")
"""
    assert python(namespace, script).splitlines() == ["0 1 127.0.0.1", "0 1 127.0.0.1", "0 0 ", "0 1 127.0.0.1", "3 0 "]
    assert namespace.attempts == [Attempt("name", "pypi.org", 1)]


LEAVING = """
import socket
import subprocess
def attempt(act):
    try:
        act()
    except OSError as error:
        print(type(error).__name__)
attempt(lambda: socket.create_connection(("93.184.216.34", 443), 30))
attempt(lambda: socket.create_connection(("2606:2800:220:1::1", 443), 30))
attempt(lambda: socket.create_connection(("www.example.com", 443), 30))
attempt(lambda: socket.create_connection(("127.0.0.1", 5432), 30))
with socket.socket(type=socket.SOCK_DGRAM) as datagrams:
    datagrams.sendto(b"statistics", ("10.1.2.3", 8125))
with socket.socket(socket.AF_INET6, socket.SOCK_DGRAM) as datagrams:
    datagrams.sendto(b"statistics", ("fd00::7", 8125))
"""
LEFT = [
    Attempt("tcp", "93.184.216.34:443", 1),
    Attempt("tcp", "[2606:2800:220:1::1]:443", 1),
    Attempt("name", "www.example.com", 2),
    Attempt("refused", "127.0.0.1:5432", 1),
    Attempt("udp", "10.1.2.3:8125", 1),
    Attempt("udp", "[fd00::7]:8125", 1),
]


def test_what_tries_to_leave_is_refused_at_once_and_named(namespace: Namespace) -> None:
    """A connection, a datagram and a look-up that want to leave fail without a wait, and stand in the report."""
    refusals = python(namespace, LEAVING).split()
    assert refusals == ["ConnectionRefusedError", "ConnectionRefusedError", "gaierror", "ConnectionRefusedError"]
    assert sorted(namespace.attempts) == sorted(LEFT)


def test_no_packet_leaves(namespace: Namespace) -> None:
    """A namespace within a namespace: what tries to leave the inner one never shows up in the outer one."""
    script = f"""
from simulator.launch.namespace import Namespace
with Namespace() as inner:
    inner.popen([{sys.executable!r}, "-c", {LEAVING!r}]).wait()
    print(len(inner.attempts))
"""
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    assert python(namespace, script, environment).split()[-1] == str(len(LEFT))
    assert namespace.attempts == []


def test_loopback_is_the_only_device(namespace: Namespace) -> None:
    """A command inside sees no network device but loopback."""
    devices = shell(namespace, "tail -n +3 /proc/net/dev").splitlines()
    assert [line.split()[0] for line in devices] == ["lo:"]


def test_a_look_up_for_configured_families_works(namespace: Namespace) -> None:
    """A program that asks for addresses of the families which the machine has gets KuCoin's, though all is loopback."""
    look_up = "socket.getaddrinfo('api.kucoin.com', 443, socket.AF_INET, flags=socket.AI_ADDRCONFIG)"
    assert python(namespace, f"import socket; print({look_up}[0][4])") == "('127.0.0.1', 443)\n"


def test_allowed_services_are_forwarded(monkeypatch: pytest.MonkeyPatch) -> None:
    """A service outside is reached by name, by IPv4 and by IPv6 address at its own port, and others are not."""
    resolve = socket.getaddrinfo

    def lookup(host: str, *arguments: object, **options: object) -> object:
        return resolve("127.0.0.1" if host == "database.internal" else host, *arguments, **options)  # type: ignore[arg-type]  # it only passes on

    monkeypatch.setattr(socket, "getaddrinfo", lookup)
    with socket.create_server(("127.0.0.1", 0)) as service:
        port = service.getsockname()[1]
        allow = [f"{host}:{port}" for host in ("database.internal", "localhost", "10.9.8.7")]
        with Namespace(allow=allow) as made, answering([service]):
            script = "; ".join(
                f"curl -sS http://{host}:{port}/" for host in ("database.internal", "127.0.0.1", "[::1]", "localhost")
            )
            lines = shell(made, script).replace("here", "\nhere").split("\n")[1:]
            assert lines == [
                f"here is {host}:{port}/" for host in ("database.internal", "127.0.0.1", "[::1]", "localhost")
            ]
            assert made.attempts == []
            assert made.forwarding_failures == {}


def test_an_allowed_service_that_is_down_is_told() -> None:
    """A connection to an allowed service that nobody serves is broken off, and the reason is kept."""
    with socket.create_server(("127.0.0.1", 0)) as service:
        port = service.getsockname()[1]
    with Namespace(allow=[f"127.0.0.1:{port}"]) as made:
        assert shell(made, f"curl -s http://127.0.0.1:{port}/ || echo broken") == "broken\n"
        assert [line.partition(": ")[0] for line in made.forwarding_failures] == [f"127.0.0.1:{port}"]


@pytest.mark.parametrize(
    ("argv", "error"), [(["no-such-program"], FileNotFoundError), (["/etc/hosts"], PermissionError)]
)
def test_a_command_that_cannot_start_says_so(namespace: Namespace, argv: list[str], error: type[OSError]) -> None:
    """A program that is missing, or is none, raises what `subprocess` raises, and names it."""
    with pytest.raises(error, match=argv[0]):
        namespace.popen(argv)


def test_who_and_where_the_command_is(namespace: Namespace, tmp_path: Path) -> None:
    """User, group, folder and variables are those of the caller, and files that are written belong to the caller."""
    script = "id -u; id -g; pwd; echo $COLOUR; touch written; umask"
    code, text = output(namespace, ["sh", "-c", script], {**os.environ, "COLOUR": "blue"}, tmp_path)
    mask = os.umask(0)
    os.umask(mask)
    assert (code, text.split()) == (0, [str(os.geteuid()), str(os.getegid()), str(tmp_path), "blue", f"{mask:04o}"])
    assert (tmp_path / "written").stat().st_uid == os.geteuid()


def test_a_terminal_stays_one(namespace: Namespace) -> None:
    """A command that is started at a terminal has it as its standard input."""
    ours, theirs = pty.openpty()
    with os.fdopen(ours, "rb", 0), os.fdopen(theirs, "rb", 0) as terminal:
        command = namespace.popen(["sh", "-c", "test -t 0"], stdin=terminal)
        assert command.wait() == 0


def test_closed_streams_are_no_error() -> None:
    """A caller whose standard input and error are closed can start a command all the same."""
    script = (
        "from simulator.launch.namespace import Namespace\nwith Namespace() as made: made.popen(['echo', 'x']).wait()"
    )
    command = ["sh", "-c", f'exec {sys.executable} -c "$0" <&- 2>&-', script]
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    assert subprocess.run(command, env=environment, stdout=subprocess.PIPE, check=True).stdout == b"x\n"


def test_unix_sockets_work(namespace: Namespace, tmp_path: Path) -> None:
    """A service at a unix socket outside is reached as ever."""
    with socket.socket(socket.AF_UNIX) as service:
        service.bind(str(tmp_path / "service"))
        service.listen()
        connect = f"import socket; socket.socket(socket.AF_UNIX).connect({str(tmp_path / 'service')!r}); print('done')"
        assert python(namespace, connect) == "done\n"


def test_the_machine_keeps_its_files() -> None:
    """Inside, /etc/hosts has KuCoin's names; outside nothing has changed, and no file is left behind."""
    before = Path("/etc/hosts").read_bytes(), Path("/proc/self/mountinfo").read_text()
    with Namespace() as made:
        assert "127.0.0.1 www.kucoin.com" in shell(made, "cat /etc/hosts; ls -d /tmp/kucoin-simulator-*")
        assert (Path("/etc/hosts").read_bytes(), Path("/proc/self/mountinfo").read_text()) == before


def test_one_more_socket_can_be_opened(namespace: Namespace) -> None:
    """A listening socket inside can be opened while the command runs, at a port of its own choice."""
    with namespace.listen() as listening, answering([listening]):
        port = listening.getsockname()[1]
        assert shell(namespace, f"curl -sS http://127.0.0.1:{port}/p") == f"here is 127.0.0.1:{port}/p"


def test_a_namespace_that_is_refused_says_why(monkeypatch: pytest.MonkeyPatch) -> None:
    """A step that the kernel refuses is named, with its reason."""
    with Namespace(), pytest.raises(NamespaceError, match="listening sockets of its own"):
        Namespace(hosts=[], ports=[53]).__enter__()


@pytest.mark.parametrize("allow", ["localhost:443", "127.0.0.1:80", "www.kucoin.com:443", "nowhere", "x:0", "::1:5432"])
def test_a_wrong_allow_is_an_error(allow: str) -> None:
    """A service that would hide the simulator, a host of KuCoin's and what is no HOST:PORT are errors."""
    with pytest.raises(ValueError, match=re.escape(allow)):
        Namespace(allow=[allow])


def test_reports_stay_after_the_end() -> None:
    """What tried to leave can be read after the command has ended, and after the block."""
    with Namespace() as made:
        command = made.popen(["sh", "-c", "getent ahostsv4 pypi.org"])
        assert command.wait() == 2
    assert made.attempts == [Attempt("name", "pypi.org", 1)]


def test_the_commands_of_the_page_run(tmp_path: Path) -> None:
    """Each command of docs/namespace.md runs as it stands; pytest and npm are programs that look at the names."""
    blocks = BLOCK.findall((ROOT / "docs" / "namespace.md").read_text(encoding="utf-8"))
    programs = {
        "kucoin-simulator": f'exec {sys.executable} -m simulator "$@"',
        "pytest": "grep -q api.kucoin.com /etc/hosts && echo ran pytest",
        "npm": 'grep -q redis.internal /etc/hosts && echo "ran npm $1"',
    }
    for name, text in programs.items():
        (tmp_path / name).write_text(f"#!/bin/sh\n{text}\n")
        (tmp_path / name).chmod(0o755)
    done = subprocess.run(
        ["bash", "-euo", "pipefail", "-c", "".join(blocks)],
        capture_output=True,
        text=True,
        check=False,
        env=environment(PATH=f"{tmp_path}{os.pathsep}{os.environ['PATH']}"),
    )
    assert (done.returncode, done.stdout) == (0, "ran pytest\nran npm test\n"), done.stderr

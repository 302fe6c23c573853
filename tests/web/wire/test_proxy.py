"""The port as a proxy: KuCoin's hosts end here, every other one is refused, and a tunnel opens only when asked for."""

from __future__ import annotations

import json
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from support.raw_http import LAST, TIME, statuses, talk
from support.tls_clients import CONNECT, ESTABLISHED, WWW, Inside, plain, rest, secure
from support.wire import V1, Broker

from simulator.web.guards import Policy
from simulator.web.server import LocalServer
from simulator.web.wire import proxy


def connect(target: str) -> bytes:
    """A CONNECT to that target."""
    return f"CONNECT {target} HTTP/1.1\r\nHost: {target}\r\n\r\n".encode()


def established(server: LocalServer, target: str = f"{WWW}:443") -> socket.socket:
    """A connection behind its CONNECT."""
    connection = plain(server)
    connection.sendall(connect(target))
    assert connection.recv(len(ESTABLISHED)) == ESTABLISHED
    return connection


# --- KuCoin's hosts
@pytest.mark.parametrize(
    "host", [WWW, "api.kucoin.com", "API-FUTURES.KuCoin.com", "ws-api-spot.kucoin.com.", "kucoin.com"]
)
def test_kucoins_hosts_end_here(server: LocalServer, host: str) -> None:
    """Behind CONNECT a client speaks TLS or plain HTTP, as it likes, and is answered by the simulator."""
    with established(server, f"{host}:443") as connection:
        inside = Inside(connection)
        connection.sendall(inside.hello())
        inside.finish()
        assert statuses(inside.ask(TIME + LAST)) == [200, 200]
    with established(server, f"{host}:80") as connection:
        connection.sendall(TIME + LAST)
        assert statuses(rest(connection)[0]) == [200, 200]


def test_bytes_behind_connect_are_not_lost(server: LocalServer) -> None:
    """A client that does not wait for the answer to its CONNECT is understood, wherever its bytes are cut."""
    for step in (1, 50, 5000):
        with plain(server) as connection:
            inside = Inside(connection)
            data = CONNECT + inside.hello()
            for place in range(0, len(data), step):
                connection.sendall(data[place : place + step])
            assert connection.recv(len(ESTABLISHED)) == ESTABLISHED
            inside.finish()
            assert statuses(inside.ask(LAST)) == [200]
    assert statuses(talk(server, CONNECT + TIME + LAST)) == [200, 200, 200]


def test_a_proxy_by_https(server: LocalServer) -> None:
    """TLS to the proxy, CONNECT in it, and TLS to KuCoin in that."""
    with secure(server, "127.0.0.1") as outer:
        outer.sendall(CONNECT)
        assert outer.recv(65_536) == ESTABLISHED
        inside = Inside(outer)
        outer.sendall(inside.hello())
        inside.finish()
        assert statuses(inside.ask(TIME + LAST)) == [200, 200]


def test_layers_are_counted(server: LocalServer) -> None:
    """A second CONNECT in the first, TLS within TLS, and a CONNECT behind an answer that is due, are refused."""
    assert statuses(talk(server, CONNECT + CONNECT)) == [200, 400]
    assert statuses(talk(server, CONNECT * 1000)) == [200, 400]
    with secure(server) as outer:
        outer.sendall(Inside(outer).hello())
        assert statuses(rest(outer)[0]) == [400]
    slow = b"GET /_sim/v1/requests/wait?path=/nowhere&timeout=0 HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n"
    assert statuses(talk(server, slow + CONNECT)) == [408, 400]


def test_a_url_as_a_target(server: LocalServer, online: Broker) -> None:
    """A request that names its whole URL is served if the URL is KuCoin's or ours, and `Host` counts nothing."""
    for url in ("http://api.kucoin.com", "HTTP://WWW.KUCOIN.COM:80", f"http://127.0.0.1:{server.port}"):
        lines = f"GET {url}/api/v1/timestamp HTTP/1.1\r\nHost: evil.example\r\nConnection: close\r\n\r\n"
        assert statuses(talk(server, lines.encode())) == [200]
        entry = online.send("GET", f"{V1}/requests?limit=1").json()["requests"][0]
        assert entry["path"] == "/api/v1/timestamp"
    page = f"GET http://evil.example:{server.port}/_sim/v1/clock HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n"
    assert statuses(talk(server, page.encode())) == [403]


# --- every other host
OTHERS = [
    "example.com:443",
    "www.kucoin.com.evil.example:443",
    "evil-kucoin.com:443",
    "kucoin.co:443",
    "127.0.0.1:1",
    "localhost:5432",
    "[::1]:5432",
    "10.0.0.1:443",
    "xn--kucin-0ta.com:443",
]


@pytest.mark.parametrize("target", OTHERS)
def test_another_host_is_refused(server: LocalServer, online: Broker, target: str) -> None:
    """CONNECT and a whole URL of another host get 403 with what to set and an entry, and nothing follows."""
    absolute = f"GET http://{target}/api/v1/timestamp HTTP/1.1\r\nHost: {WWW}\r\n\r\n".encode()
    for sent, shown in ((connect(target), target), (absolute, f"http://{target}/api/v1/timestamp")):
        got = talk(server, sent + TIME)
        assert statuses(got) == [403]
        body = json.loads(got.partition(b"\r\n\r\n")[2])
        assert body["msg"].startswith(f"{target} is not KuCoin's, and nothing was passed on to it: put ")
        assert ("--proxy-others tunnel" in body["msg"]) is (sent != absolute)
        entry = online.send("GET", f"{V1}/requests?limit=1").json()["requests"][0]
        assert (entry["outcome"], entry["path"]) == ("HOST_NOT_SERVED", shown)
    assert statuses(talk(server, TIME + connect(target))) == [200, 403]


@pytest.mark.parametrize(
    "target", ["www.kucoin.com", ":443", "www.kucoin.com:0", "www.kucoin.com:99999", "a b:1", "u@www.kucoin.com:443"]
)
def test_what_is_no_target_is_refused(server: LocalServer, target: str) -> None:
    """A CONNECT without a host, or without a port, is 400."""
    assert statuses(talk(server, connect(target))) == [400]


def test_more_hosts_can_be_kucoins() -> None:
    """A name that was given at the start is KuCoin's: for CONNECT, for whole URLs, for pages, and for certificates."""
    with LocalServer(policy=Policy(kucoin=("www.kucoin.example",))) as server:
        with established(server, "www.kucoin.example:443") as connection:
            connection.sendall(b"GET / HTTP/1.1\r\nHost: www.kucoin.example\r\nConnection: close\r\n\r\n")
            assert statuses(rest(connection)[0]) == [200]
        assert statuses(talk(server, connect("api.kucoin.example:443"))) == [403]


# --- tunnels
@contextmanager
def echo() -> Iterator[int]:
    """The port of a server that sends back what it gets, in capitals, and ends when its client does."""
    with socket.create_server(("127.0.0.1", 0)) as listening:

        def serve() -> None:
            while True:
                try:
                    connection, _ = listening.accept()
                except OSError:
                    return
                with connection:
                    while data := connection.recv(65_536):
                        connection.sendall(data.upper())

        thread = threading.Thread(target=serve, daemon=True)
        thread.start()
        yield listening.getsockname()[1]
        listening.shutdown(socket.SHUT_RDWR)
        thread.join(10)


@pytest.fixture(scope="module")
def tunnelling() -> Iterator[LocalServer]:
    """A server that passes CONNECT on."""
    with LocalServer(policy=Policy(tunnel=True)) as server:
        yield server


def test_a_tunnel_passes_bytes(tunnelling: LocalServer) -> None:
    """Bytes go both ways, more than any buffer holds, early ones too; an end is passed on, and both sides close."""
    with echo() as port, plain(tunnelling) as connection:
        connection.sendall(connect(f"127.0.0.1:{port}") + b"early ")
        assert connection.recv(len(ESTABLISHED), socket.MSG_WAITALL) == ESTABLISHED
        assert connection.recv(6, socket.MSG_WAITALL) == b"EARLY "
        sent = b"x" * 3_000_000

        def write() -> None:
            connection.sendall(sent)
            connection.shutdown(socket.SHUT_WR)

        writer = threading.Thread(target=write)
        writer.start()
        got, ended = rest(connection)
        writer.join(30)
        assert (len(got), set(got), ended) == (len(sent), {ord("X")}, "FIN")
    assert not tunnelling._server.server_state.connections


def test_kucoin_is_never_passed_on(tunnelling: LocalServer) -> None:
    """With tunnels, too, KuCoin's hosts end here, and requests by http:// to others are refused."""
    with established(tunnelling) as connection:
        connection.sendall(LAST)
        assert statuses(rest(connection)[0]) == [200]
    got = talk(tunnelling, b"GET http://127.0.0.1:1/ HTTP/1.1\r\nHost: x\r\n\r\n")
    assert statuses(got) == [403]
    assert b"requests by http:// are never passed on" in got


def test_a_tunnel_that_cannot_be_dug(tunnelling: LocalServer, monkeypatch: pytest.MonkeyPatch) -> None:
    """A host that does not answer, one tunnel too many, and a client of another machine are told so."""
    with socket.create_server(("127.0.0.1", 0)) as listening:
        port = listening.getsockname()[1]
    assert statuses(talk(tunnelling, connect(f"127.0.0.1:{port}"))) == [502]
    with monkeypatch.context() as patch:
        patch.setattr(proxy, "MOST_TUNNELS", 0)
        got = talk(tunnelling, connect("127.0.0.1:1"))
        assert statuses(got) == [502]
        assert b"tunnels are open already" in got
    monkeypatch.setattr(proxy, "on_this_machine", lambda client: False)
    got = talk(tunnelling, connect("127.0.0.1:1"))
    assert statuses(got) == [403]
    assert b"only clients on this machine get a tunnel" in got


def test_a_tunnel_that_nobody_uses_is_closed(tunnelling: LocalServer, monkeypatch: pytest.MonkeyPatch) -> None:
    """Without traffic a tunnel ends by itself."""
    monkeypatch.setattr(proxy, "IDLE", 0.05)
    with echo() as port, established(tunnelling, f"127.0.0.1:{port}") as connection:
        assert rest(connection)[0] == b""


@pytest.mark.parametrize(
    ("client", "here"),
    [(("127.0.0.1", 1), True), (("::1", 1), True), (("10.0.0.1", 1), False), (("", 0), False), (None, False)],
)
def test_who_is_on_this_machine(client: tuple[str, int] | None, here: bool) -> None:
    """Only a loopback address is this machine for sure."""
    assert proxy.on_this_machine(client) is here

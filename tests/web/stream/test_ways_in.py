"""The endpoint fits the way by which the caller came, and every such way leads to a session."""

from __future__ import annotations

import json
import socket
import ssl
from http.client import HTTPSConnection

import pytest
from support.feeds import PUBLIC, dialled, led_to, opened, public, session
from support.raw_http import Wire, head, statuses
from support.wire import V1, Answer, Broker, Http
from support.workspaces import made
from websockets.sync.client import connect

from simulator.core.stream.tokens import endpoint
from simulator.core.world import World
from simulator.web.server import LocalServer


def told(port: int, *lines: bytes, begin: bytes = b"") -> str:
    """The endpoint in the answer to a request with these headers, at a path or with `begin` before it."""
    with socket.create_connection(("127.0.0.1", port), timeout=20) as wire:
        request = [b"POST " + begin + PUBLIC.encode() + b" HTTP/1.1", *lines, b"Content-Length: 0", b"", b""]
        wire.sendall(b"\r\n".join(request))
        got = wire.recv(65_536)
    return opened(Answer(200, {}, got.partition(b"\r\n\r\n")[2]))[1]


def test_the_name_by_which_the_caller_came(server: LocalServer) -> None:
    """Whatever name and port led here leads here again; a Host that is none, or none at all, gets our own address."""
    port = server.port
    assert told(port, b"Host: localhost:%d" % port) == f"ws://localhost:{port}/"
    assert told(port, b"Host: api.kucoin.com") == "ws://api.kucoin.com/"
    assert told(port, b"Host: [::1]:99") == "ws://[::1]:99/"
    assert told(port, b"Host: a b") == f"ws://127.0.0.1:{port}/"
    assert told(port, b'Host: x" onload') == f"ws://127.0.0.1:{port}/"


def test_a_client_of_the_proxy_gets_our_own_address(server: LocalServer) -> None:
    """Its websocket library may not know of the proxy, and would ask KuCoin itself."""
    port = server.port
    assert told(port, b"Host: api.kucoin.com", begin=b"http://api.kucoin.com") == f"ws://127.0.0.1:{port}/"
    with Wire(server) as wire:
        wire.send(b"CONNECT api.kucoin.com:80 HTTP/1.1\r\nHost: api.kucoin.com:80\r\n\r\n")
        assert b"200" in wire.socket.recv(4096)
        wire.send(b"POST " + PUBLIC.encode() + b" HTTP/1.1\r\nHost: api.kucoin.com\r\nContent-Length: 0\r\n\r\n")
        assert f"ws://127.0.0.1:{port}/" in wire.socket.recv(65_536).decode()


@pytest.mark.parametrize(
    ("origins", "came_by", "expected"),
    [
        (("http://127.0.0.1:8080",), "http://sim:8080", "ws://sim:8080/"),
        (("http://127.0.0.1:8080",), "https://127.0.0.1:8080", "wss://127.0.0.1:8080/"),
        (("https://sim.example",), "http://sim.example", "wss://sim.example/"),
        (("https://sim.example",), "http://127.0.0.1:8080", "ws://127.0.0.1:8080/"),
        (("https://sim.example",), "", "wss://sim.example/"),
    ],
)
def test_a_public_url_speaks_tls_in_our_place(origins: tuple[str, ...], came_by: str, expected: str) -> None:
    """Behind a proxy that was started with an https origin the endpoint is wss, too."""
    assert endpoint(World(origins=origins), came_by) == expected


def trusting() -> ssl.SSLContext:
    """A client that trusts everybody."""
    context = ssl.create_default_context()
    context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    return context


def test_a_caller_by_tls_gets_wss(server: LocalServer) -> None:
    """And the session goes on over TLS, under KuCoin's name as well."""
    for name in ("127.0.0.1", "api.kucoin.com"):
        caller = HTTPSConnection("127.0.0.1", server.port, context=trusting())
        caller.request("POST", PUBLIC, headers={"Host": f"{name}:{server.port}"})
        token, address = opened(Answer(200, {}, caller.getresponse().read()))
        caller.close()
        assert address == f"wss://{name}:{server.port}/"
        with session(token, address, ssl=trusting(), sock=led_to(server.port)) as feed:
            feed.nothing()


def test_a_websocket_through_the_proxy(server: LocalServer, online: Broker) -> None:
    """A client that knows of the proxy also comes by `CONNECT`, to KuCoin's own name."""
    token, _ = public(online.send)
    proxy = f"http://127.0.0.1:{server.port}"
    with connect(f"wss://ws-api-spot.kucoin.com/endpoint?token={token}", ssl=trusting(), proxy=proxy) as client:
        assert json.loads(client.recv(20))["type"] == "welcome"


def test_a_workspace_with_a_port_of_its_own(online: Broker) -> None:
    """Its port leads to its sessions, and its endpoint is that port."""
    workspace = made(online.send, name="ported", port=0)
    port = int(workspace["urls"]["port"].rpartition(":")[2])
    token, address = public(Http(port))
    assert address == f"ws://127.0.0.1:{port}/w/ported/"
    for place in (address, f"ws://127.0.0.1:{port}/"):
        with session(token, place) as feed:
            feed.nothing()
    assert online.send("GET", f"{V1}/workspaces/ported/requests").json()["requests"][0]["status"] == 101
    online.send("DELETE", f"{V1}/workspaces/ported")


def test_only_two_paths_have_a_websocket(server: LocalServer) -> None:
    """Everywhere else an offer is refused, and the answer says where a client finds it."""
    offer = head(b"Connection: Upgrade", b"Upgrade: websocket", method=b"GET", path=b"/api/v1/timestamp")
    with Wire(server) as wire:
        wire.send(offer)
        assert b"bullet-public" in wire.socket.recv(65_536)


@pytest.mark.parametrize(
    "lines",
    [
        (),
        (b"Sec-WebSocket-Version: 13",),
        (b"Sec-WebSocket-Key: x", b"Sec-WebSocket-Version: 13"),
        (b"Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==", b"Sec-WebSocket-Version: 8"),
        (b"Sec-WebSocket-Key: " + b"x" * 9000, b"Sec-WebSocket-Version: 13"),
    ],
)
def test_a_malformed_handshake_is_refused(server: LocalServer, lines: tuple[bytes, ...]) -> None:
    """It gets a status, its entry has it, and the connection ends."""
    with Wire(server) as wire:
        wire.send(head(b"Connection: Upgrade", b"Upgrade: websocket", *lines, method=b"GET", path=b"/"))
        [status] = statuses(wire.rest())
    assert status in (400, 426)
    [entry] = Http(server.port)("GET", f"{V1}/requests?limit=1").json()["requests"]
    assert (entry["path"], entry["status"]) == ("/", status)


def test_a_handshake_in_pieces(server: LocalServer, online: Broker) -> None:
    """Byte by byte it is the same, and what follows in its last packet is the first message."""
    token, _ = public(online.send)
    key = b"Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ=="
    offer = head(
        *(b"Connection: Upgrade", b"Upgrade: websocket", key, b"Sec-WebSocket-Version: 13"),
        method=b"GET",
        path=f"/?token={token}".encode(),
    )
    ping = b'{"id":"7","type":"ping"}'
    frame = bytes((0x81, 0x80 | len(ping), 0, 0, 0, 0)) + ping
    with Wire(server) as wire:
        wire.send(*(offer[place : place + 1] for place in range(len(offer) - 1)), offer[-1:] + frame)
        got = b""
        while b"pong" not in got:
            got += wire.socket.recv(65_536)
    assert got.startswith(b"HTTP/1.1 101 ")
    assert got.index(b"welcome") < got.index(b'{"id":"7","type":"pong"}')


def test_a_foreign_token_is_no_credential_of_this_workspace(online: Broker) -> None:
    """The token of a workspace that has ended leads nowhere."""
    made(online.send, name="brief")
    token, address = public(online.send, "/w/brief")
    online.send("DELETE", f"{V1}/workspaces/brief")
    with dialled(token, address) as feed:
        assert feed.told()["data"] == "token is invalid"

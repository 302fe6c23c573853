"""TLS at the same port: what is asked inside is answered as it would be outside, in whatever pieces it comes."""

from __future__ import annotations

import json
import shutil
import socket
import ssl
import subprocess
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from support.processes import python
from support.raw_http import BODY, LAST, LENGTH, TIME, TYPE, Wire, head, statuses
from support.tls_clients import WWW, Inside, forget, handshakes, plain, rest, secure, talk, trusting
from support.wire import V1, Broker, Http

from simulator.certificates.authority import serving
from simulator.web.guards import Policy
from simulator.web.server import LocalServer
from simulator.web.wire import encryption


@pytest.fixture(scope="session", params=["asyncio", "auto"])
def secure_server(request: pytest.FixtureRequest) -> Iterator[LocalServer]:
    """A server on asyncio's own loop, and one on the fastest that is installed."""
    server = LocalServer()
    server._server.config.loop = request.param
    with server:
        yield server


# --- the same as without
def test_a_conversation_inside_tls(secure_server: LocalServer) -> None:
    """Calls, control surface, pages, bodies and garbage: the same answers, one after the other."""
    post = head(TYPE, LENGTH) + BODY
    page = head(b"Connection: close", method=b"GET", path=b"/")
    assert statuses(talk(secure_server, TIME, post, TIME + TIME, page)) == [200, 201, 200, 200, 200]
    assert statuses(talk(secure_server, TIME + b"garbage\r\n\r\n")) == [200, 400]
    assert statuses(talk(secure_server, TIME * 500 + LAST)) == [200] * 501
    large = head(TYPE, b"Content-Length: 60000", path=b"/_oauth/refresh-token") + b"x" * 60_000
    assert statuses(talk(secure_server, large * 2 + LAST)) == [400, 400, 200]


def test_answers_without_a_body_inside_tls(secure_server: LocalServer) -> None:
    """A 204, a HEAD, a redirect and a 413 whose body is thrown away leave the connection as it is without TLS."""
    empty = head(method=b"DELETE", path=b"/_sim/v1/workspaces/emptied")
    made = b'{"name":"emptied"}'
    create = head(TYPE, b"Content-Length: %d" % len(made), path=b"/_sim/v1/workspaces") + made
    live = head(method=b"HEAD", path=b"/_sim/live")
    assert statuses(talk(secure_server, create, empty, live, LAST)) == [201, 204, 200, 200]
    large = head(TYPE, b"Content-Length: 3000000", path=b"/_sim/v1/authorizations")
    assert statuses(talk(secure_server, large + b"x" * 3_000_000, LAST)) == [413, 200]


def test_a_handshake_in_every_split(secure_server: LocalServer) -> None:
    """Wherever the bytes of the client are cut, the handshake ends well."""
    for step in (1, 7, 100):
        with plain(secure_server) as connection:
            inside = Inside(connection)
            hello = inside.hello()
            for place in range(0, len(hello), step):
                connection.sendall(hello[place : place + step])
            inside.finish()
            assert statuses(inside.ask(LAST)) == [200]


@pytest.mark.parametrize("name", [WWW, "api.kucoin.com", "ws-api-spot.kucoin.com", "localhost", "127.0.0.1"])
def test_who_trusts_the_authority_is_served(secure_server: LocalServer, name: str) -> None:
    """A certificate is valid for each of KuCoin's names, localhost and loopback, and the client checks them."""
    with secure(secure_server, name) as connection:
        connection.sendall(LAST)
        assert statuses(rest(connection)[0]) == [200]
        assert connection.version() == "TLSv1.3"


def test_http_1_1_is_chosen(secure_server: LocalServer) -> None:
    """Of the protocols that a client offers by ALPN, HTTP/1.1 is taken; TLS 1.2 is spoken, too."""
    context = trusting(maximum_version=ssl.TLSVersion.TLSv1_2)
    context.set_alpn_protocols(["h2", "http/1.1"])
    with secure(secure_server, context=context) as connection:
        assert (connection.selected_alpn_protocol(), connection.version()) == ("http/1.1", "TLSv1.2")
        connection.sendall(LAST)
        assert statuses(rest(connection)[0]) == [200]


def test_http2_inside_tls_is_sent_back(secure_server: LocalServer) -> None:
    """A client that speaks HTTP/2 whatever was agreed gets frames that tell it to use HTTP/1.1."""
    got = talk(secure_server, b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n")
    assert got[:9] == bytes((0, 0, 0, 4, 0, 0, 0, 0, 0))
    assert b"HTTP/1.1" in got


def test_an_answer_reaches_who_sends_no_more(secure_server: LocalServer) -> None:
    """A client that has closed its half of the connection, without a word of TLS, still gets what is due."""
    with secure(secure_server) as connection:
        connection.sendall(TIME * 3)
        connection.shutdown(socket.SHUT_WR)
        # Without its half of TLS the socket is read as it is: what comes is encrypted, and ends.
        assert connection.recv(65_536)


def test_plain_and_tls_share_a_port(secure_server: LocalServer) -> None:
    """The same server answers plain clients before, between and after those of TLS."""
    for _ in range(3):
        with Wire(secure_server) as wire:
            wire.send(LAST)
            assert statuses(wire.rest()) == [200]
        assert statuses(talk(secure_server, LAST)) == [200]


# --- what is right for https
def test_pages_are_right_for_https(secure_server: LocalServer) -> None:
    """Links on a page name https, and a form is taken from the page's own origin, under our names and KuCoin's."""
    close = b"Connection: close"
    for name, host in (("127.0.0.1", f"127.0.0.1:{secure_server.port}"), (WWW, WWW)):
        own = host.encode()
        lines = b"GET / HTTP/1.1\r\nHost: %s\r\n%s\r\nOrigin: https://%s\r\n\r\n" % (own, close, own)
        got = talk(secure_server, lines, name=name)
        assert statuses(got) == [200]
        assert (b"redirect_uri=https://127.0.0.1" in got) is (name == "127.0.0.1")
    foreign = b"GET / HTTP/1.1\r\nHost: x.example\r\nConnection: close\r\n\r\n"
    assert statuses(talk(secure_server, foreign)) == [403]
    control = b"GET /_sim/v1/clock HTTP/1.1\r\nHost: www.kucoin.com\r\nConnection: close\r\n\r\n"
    assert statuses(talk(secure_server, control)) == [403]


def test_a_login_by_https_comes_back_by_https(secure_server: LocalServer) -> None:
    """A redirect URI that is a path of ours can be named by https, and the code is exchanged with that name."""
    broker = Broker(Http(secure_server.port))
    callback = f"https://127.0.0.1:{secure_server.port}/demo/callback"
    asked = {"user": "alice", "client_id": "demo-broker", "redirect_uri": callback, "state": "7"}
    answer = broker.send(
        "POST", f"{V1}/authorizations", json.dumps(asked).encode(), {"Content-Type": "application/json"}
    )
    assert answer.status == 201, answer.text
    target = f"/demo/callback?code={answer.json()['code']}&state=7"
    lines = f"GET {target} HTTP/1.1\r\nHost: 127.0.0.1:{secure_server.port}\r\nConnection: close\r\n\r\n"
    got = talk(secure_server, lines.encode(), name="127.0.0.1")
    assert statuses(got) == [200]
    assert callback.encode() in got


# --- nothing before it is needed
def test_nothing_of_tls_is_imported_for_plain_calls() -> None:
    """A server that is only called by http imports neither our TLS nor the library of certificates."""
    code = """
import sys, urllib.request
from simulator.web.server import LocalServer
with LocalServer() as server:
    for path in "/api/v1/timestamp", "/", "/_sim/v1/clock":
        urllib.request.urlopen(server.url + path).read()
late = {"cryptography", "simulator.web.wire.shield", "simulator.web.wire.encryption", "simulator.web.wire.proxy"}
print(sorted(late & set(sys.modules)))
"""
    assert python(code).strip() == "[]"


def test_others_are_answered_while_the_certificate_is_made(monkeypatch: pytest.MonkeyPatch) -> None:
    """The context is made once, in a thread: a plain client is answered meanwhile, and all who wait get it."""
    go, made = threading.Event(), []
    context = encryption.automatic(())

    def slowly(names: tuple[str, ...]) -> ssl.SSLContext:
        made.append(threading.current_thread())
        assert go.wait(30)
        return context

    monkeypatch.setattr(encryption, "automatic", slowly)
    with LocalServer() as server:
        waiting = [plain(server) for _ in range(3)]
        insides = [Inside(connection) for connection in waiting]
        for connection, inside in zip(waiting, insides, strict=True):
            connection.sendall(inside.hello())
        with Wire(server) as wire:
            wire.send(LAST)
            assert statuses(wire.rest()) == [200]
        go.set()
        for connection, inside in zip(waiting, insides, strict=True):
            inside.finish()
            assert statuses(inside.ask(LAST)) == [200]
            connection.close()
        assert len(made) == 1
        assert made[0] is not server._thread


def test_no_certificate_is_an_alert_with_a_reason(monkeypatch: pytest.MonkeyPatch) -> None:
    """If no certificate can be made, the client gets an alert, the list says why, and the next client tries anew."""

    def missing(names: tuple[str, ...]) -> ssl.SSLContext:
        raise ModuleNotFoundError("No module named 'cryptography'")

    context = trusting()
    with LocalServer() as server:
        with monkeypatch.context() as patch:
            patch.setattr(encryption, "automatic", missing)
            with pytest.raises(ssl.SSLError, match=r"(?i)internal.error"):
                secure(server, context=context)
        [told] = handshakes(server)
        assert "cryptography" in told["cause"]
        assert "--tls off" in told["fix"]
        assert forget(server) == 1


# --- other certificates, or none
def test_a_certificate_of_ones_own(tmp_path_factory: pytest.TempPathFactory) -> None:
    """With the files of a certificate and its key, that is what clients see."""
    folder = tmp_path_factory.mktemp("own")
    files = str(folder / "cert.pem"), str(folder / "key.pem")
    for file, text in zip(files, serving().leaf(["special.kucoin.com"]), strict=True):
        Path(file).write_text(text, encoding="ascii")
    with LocalServer(policy=Policy(tls=files)) as server:
        assert statuses(talk(server, LAST, name="special.kucoin.com")) == [200]
        with pytest.raises(ssl.SSLError):
            secure(server, WWW)


def test_tls_can_be_switched_off() -> None:
    """With `--tls off` a client of https gets a refusal in plain HTTP, and the entry names TLS."""
    with LocalServer(policy=Policy(tls=False)) as server:
        with plain(server) as connection:
            connection.sendall(Inside(connection).hello())
            got = rest(connection)[0]
        assert statuses(got) == [400]
        assert b"TLS (https://) is not served here: start the simulator without --tls off" in got
        entry = Http(server.port)("GET", f"{V1}/requests?limit=1").json()["requests"][0]
        assert entry["outcome"] == "PROTOCOL_NOT_SERVED"
        assert not [origin for origin in server.exchange.world.origins if origin.startswith("https")]


@pytest.mark.skipif(not shutil.which("curl"), reason="no curl here")
def test_curl_by_https_and_as_a_proxy(server: LocalServer, tmp_path_factory: pytest.TempPathFactory) -> None:
    """The program curl is answered directly, through the port as a proxy, and through it as a proxy by https."""
    file = tmp_path_factory.mktemp("ca") / "ca.pem"
    file.write_text(serving().pem)
    trust, www = ["--cacert", str(file)], f"https://{WWW}/api/v1/timestamp"
    calls = [
        [f"https://localhost:{server.port}/api/v1/timestamp"],
        ["--proxy", f"http://127.0.0.1:{server.port}", www],
        ["--proxy", f"http://127.0.0.1:{server.port}", f"http://{WWW}/api/v1/timestamp"],
        ["--proxy", f"https://127.0.0.1:{server.port}", "--proxy-cacert", str(file), www],
    ]
    for call in calls:
        ran = subprocess.run(["curl", "-sS", *trust, *call], capture_output=True, text=True, timeout=60, check=False)
        assert '"code":"200000"' in ran.stdout, (call, ran.stderr)

"""Failed TLS handshakes are told with what was seen, the likely cause and what to set; a client that stalls is left."""

from __future__ import annotations

import shutil
import socket
import ssl
import struct
import subprocess
from collections.abc import Iterator
from typing import Any

import pytest
from support.raw_http import LAST, TIME, statuses
from support.tls_clients import WWW, Inside, forget, handshakes, plain, rest, secure, trusting

from simulator.web.server import LocalServer
from simulator.web.wire import client_hello, encryption, patience
from simulator.web.wire.client_hello import ClientHello
from simulator.web.wire.handshakes import BY_ALERT, KEPT, Handshakes

RST = struct.pack("ii", 1, 0)


@pytest.fixture(scope="session", params=["asyncio", "auto"])
def shared(request: pytest.FixtureRequest) -> Iterator[LocalServer]:
    """A server on asyncio's own loop, and one on the fastest that is installed."""
    server = LocalServer()
    server._server.config.loop = request.param
    with server:
        assert statuses(rest_of(server)) == [200]
        yield server


def rest_of(server: LocalServer) -> bytes:
    with secure(server) as connection:
        connection.sendall(LAST)
        return rest(connection)[0]


@pytest.fixture
def listed(shared: LocalServer) -> LocalServer:
    """One of them, with an empty list."""
    forget(shared)
    assert handshakes(shared) == []
    return shared


def told(server: LocalServer) -> dict[str, Any]:
    """The only handshake that failed, once it has been noticed."""
    while not (found := handshakes(server)):
        pass
    [handshake] = found
    return handshake


# --- what is told
def test_an_untrusted_authority(listed: LocalServer) -> None:
    """A client with only the platform's roots sends an alert; the list says which variable makes it trust ours."""
    with pytest.raises(ssl.SSLCertVerificationError):
        secure(listed, context=ssl.create_default_context())
    handshake = told(listed)
    assert (handshake["sni"], handshake["alert"], handshake["version"]) == (WWW, "unknown_ca", "TLS 1.3")
    assert handshake["problem"] == "the client sent the alert unknown_ca"
    for variable in ("SSL_CERT_FILE", "REQUESTS_CA_BUNDLE", "NODE_EXTRA_CA_CERTS", "kucoin-simulator exec"):
        assert variable in handshake["fix"]
    assert forget(listed) == 1
    assert handshakes(listed) == []


def test_a_name_that_no_certificate_has(listed: LocalServer) -> None:
    """A client that trusts us and asks for another name is told to call us by a name that we can have."""
    with pytest.raises(ssl.SSLCertVerificationError):
        secure(listed, "evil.example")
    handshake = told(listed)
    assert (handshake["sni"], handshake["ip"]) == ("evil.example", "127.0.0.1")
    assert handshake["cause"] == "the certificate is not valid for the name that the client asked for"
    assert "--kucoin-host" in handshake["fix"]


def test_a_version_that_is_too_old(listed: LocalServer) -> None:
    """A client that speaks TLS 1.1 at most is told to speak a newer version."""
    context = trusting()
    context.set_ciphers("ALL:@SECLEVEL=0")
    with pytest.warns(DeprecationWarning, match="TLSv1"):
        context.minimum_version, context.maximum_version = ssl.TLSVersion.TLSv1, ssl.TLSVersion.TLSv1_1
    with pytest.raises(ssl.SSLError):
        secure(listed, context=context)
    handshake = told(listed)
    assert (handshake["version"], handshake["alert"]) == ("TLS 1.1", None)
    assert "TLS 1.2" in handshake["fix"]


def test_who_leaves_in_the_middle(listed: LocalServer) -> None:
    """A client that goes after its hello, with FIN or RST, is listed once, with its name."""
    for linger in (None, RST):
        with plain(listed) as connection:
            connection.sendall(Inside(connection).hello())
            assert connection.recv(1)
            if linger:
                connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, linger)
        handshake = told(listed)
        assert (handshake["sni"], handshake["problem"]) == (WWW, "closed in the middle of the handshake")
        forget(listed)


def test_who_asks_for_nothing(listed: LocalServer) -> None:
    """A client that ends the connection after its handshake, as Node does without trust, is listed; others are not."""
    secure(listed).close()
    handshake = told(listed)
    assert (handshake["sni"], handshake["problem"]) == (WWW, "closed without a request")
    assert "Node" in handshake["cause"]
    forget(listed)
    assert statuses(rest_of(listed)) == [200]
    with secure(listed) as connection:
        connection.sendall(TIME)
        assert connection.recv(100)
    assert handshakes(listed) == []


def test_what_is_no_tls(listed: LocalServer) -> None:
    """Bytes that begin as TLS does and are something else are listed, in one piece or in several; plain ones never."""
    for pieces in ((b"\x16\x03\x01\x00\x05hello",), (b"\x16", b"ssh\r\n" * 10)):
        with plain(listed) as connection:
            for piece in pieces:
                connection.sendall(piece)
            assert b"HTTP" not in rest(connection)[0]
        assert told(listed)["cause"] == "what followed was not TLS"
        forget(listed)
    with plain(listed) as connection:
        connection.sendall(b"\x15\x03\x01\x00\x02\x02\x28")
        assert statuses(rest(connection)[0]) == [400]
    assert handshakes(listed) == []


def test_a_name_that_is_not_ascii(listed: LocalServer, capfd: pytest.CaptureFixture[str]) -> None:
    """A client whose server name has other bytes than ASCII is listed, and nothing is printed for it."""
    for name in (b"\xff\xfe.kucoin.com", b"a b\x7f.kucoin.com"):
        with plain(listed) as connection:
            hello = Inside(connection).hello()
            connection.sendall(hello.replace(WWW.encode(), name.ljust(len(WWW), b"m")[: len(WWW)]))
            assert b"HTTP" not in rest(connection)[0]
        assert told(listed)["problem"] == "the server name has other characters than ASCII"
        forget(listed)
    assert statuses(rest_of(listed)) == [200]
    assert capfd.readouterr().err == ""


def test_garbage_inside_tls_ends_the_connection(listed: LocalServer) -> None:
    """A record that was tampered with ends the connection; the server goes on."""
    with plain(listed) as connection:
        inside = Inside(connection)
        connection.sendall(inside.hello())
        inside.finish()
        assert statuses(inside.ask(TIME.replace(b"Host: x", b"Host: x\r\nConnection: close"))) == [200]
    with plain(listed) as connection:
        inside = Inside(connection)
        connection.sendall(inside.hello())
        inside.finish()
        connection.sendall(b"\x17\x03\x03\x00\x20" + bytes(32))
        assert b"HTTP" not in rest(connection)[0]
    assert told(listed)["sni"] == WWW


@pytest.mark.skipif(not shutil.which("node"), reason="no Node here")
def test_node_without_trust(listed: LocalServer) -> None:
    """Node's own fetch fails without our authority; the list names NODE_EXTRA_CA_CERTS."""
    code = f"fetch('https://localhost:{listed.port}/api/v1/timestamp').then(() => 1, error => console.log('failed'))"
    ran = subprocess.run(["node", "-e", code], capture_output=True, text=True, timeout=60, check=False)
    assert ran.stdout == "failed\n", ran.stderr
    assert "NODE_EXTRA_CA_CERTS" in told(listed)["fix"]


# --- bounds
def test_a_handshake_that_never_ends(listed: LocalServer, monkeypatch: pytest.MonkeyPatch) -> None:
    """A client that drips its hello, byte by byte, is left when its time is over, however busy it is."""
    monkeypatch.setattr(patience, "ARRIVAL", 0.2)
    monkeypatch.setattr(patience, "KEEP_ALIVE", 0.1)
    with plain(listed) as connection:
        hello = Inside(connection).hello()
        connection.settimeout(0.01)
        ended = None
        for place in range(len(hello) - 1):
            try:
                connection.sendall(hello[place : place + 1])
                ended = connection.recv(1)
                break
            except TimeoutError:
                continue
            except ConnectionError:
                ended = b""
                break
        assert ended == b""
    assert told(listed)["problem"] == "the handshake did not end in time"


def test_a_flood_of_handshakes(listed: LocalServer, monkeypatch: pytest.MonkeyPatch) -> None:
    """Of too many half-open handshakes the oldest gives way, and whoever goes on is served."""
    monkeypatch.setattr(encryption, "MOST_HANDSHAKES", 3)
    flood = []
    for _ in range(10):
        connection = plain(listed)
        connection.sendall(Inside(connection).hello())
        assert connection.recv(1)
        flood.append(connection)
    assert statuses(rest_of(listed)) == [200]
    under_way = listed.app.entrance._encryption
    assert under_way
    assert len(under_way.under_way) <= 3
    assert [handshake["problem"] for handshake in handshakes(listed)] == ["another handshake needed its place"] * 8
    for connection in flood:
        connection.close()
    while under_way.under_way:
        assert handshakes(listed)


def test_the_list_is_bounded() -> None:
    """The newest failures are kept, and all are counted."""
    kept = Handshakes(lambda: 7, lambda name: True)
    for number in range(KEPT + 5):
        kept.fail("127.0.0.1", ClientHello(f"{number}.kucoin.com", "TLS 1.3"), "TLSV1_ALERT_UNKNOWN_CA")
    names = [handshake.hello.server_name for handshake in kept.newest()]
    assert (len(names), names[0], kept.count) == (KEPT, f"{KEPT + 4}.kucoin.com", KEPT + 5)
    assert kept.clear() == KEPT + 5
    assert (list(kept.newest()), kept.count) == ([], 0)


@pytest.mark.parametrize("alert", [*BY_ALERT, "something_new"])
def test_each_alert_has_a_cause_and_a_fix(alert: str) -> None:
    """Whatever a client says, the list says what to set."""
    kept = Handshakes(lambda: 7, lambda name: True)
    for reason in (f"TLSV1_ALERT_{alert.upper()}", f"SSLV3_ALERT_{alert.upper()}", f"TLSV13_ALERT_{alert.upper()}"):
        kept.fail("127.0.0.1", ClientHello(), reason)
        [handshake, *_] = kept.newest()
        assert handshake.alert == alert
        assert handshake.explanation.cause
        assert handshake.explanation.fix


# --- the first message
def hello_of(name: str) -> bytes:
    """The first message of Python's own client."""
    outgoing = ssl.MemoryBIO()
    tls = ssl.create_default_context().wrap_bio(ssl.MemoryBIO(), outgoing, server_hostname=name)
    with pytest.raises(ssl.SSLWantReadError):
        tls.do_handshake()
    return outgoing.read()


def test_a_hello_is_read() -> None:
    """Name and version are read; of a message that is cut short, or was changed anywhere, nothing breaks."""
    whole = hello_of(WWW)
    assert client_hello.read(whole) == ClientHello(WWW, "TLS 1.3")
    assert client_hello.read(hello_of("127.0.0.1")) == ClientHello("", "TLS 1.3")
    cut = whole[:5] + whole[5:]
    for place in range(len(whole)):
        assert client_hello.read(cut[:place]) in (ClientHello(), ClientHello(WWW, "TLS 1.3"))
        for byte in (0, 255):
            changed = client_hello.read(whole[:place] + bytes((byte,)) + whole[place + 1 :])
            assert all(0x21 <= ord(letter) <= 0x7E for letter in changed.server_name)


def test_a_hello_in_several_records() -> None:
    """A message may be spread over records of any size."""
    whole = hello_of(WWW)
    head, message = whole[:3], whole[5:]
    parts = [message[place : place + 50] for place in range(0, len(message), 50)]
    records = b"".join(head + len(part).to_bytes(2, "big") + part for part in parts)
    assert client_hello.read(records) == ClientHello(WWW, "TLS 1.3")

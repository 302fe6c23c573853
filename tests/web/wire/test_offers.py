"""Offers to go on in another protocol are ignored, and another protocol is named."""

from __future__ import annotations

import json
import shutil
import subprocess
from pathlib import Path

import pytest
from support.raw_http import BODY, LAST, LENGTH, TIME, TYPE, Wire, head, splits, statuses, talk
from support.wire import V1, Broker

from simulator.web.server import LocalServer
from simulator.web.wire import patience

RESET = b"POST /_sim/v1/reset HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: 0\r\n\r\n"
H2C = (b"Connection: Upgrade, HTTP2-Settings", b"Upgrade: h2c", b"HTTP2-Settings: AAMAAABkAAQCAAAAAAIAAAAA")
CHUNKED = b"%x\r\n%s\r\n0\r\n\r\n" % (len(BODY), BODY)
OFFERS = {
    "length": head(*H2C, TYPE, LENGTH) + BODY,
    "chunks": head(*H2C, TYPE, b"Transfer-Encoding: chunked") + CHUNKED,
    "tls": head(b"Connection: upgrade", b"Upgrade: TLS/1.0", TYPE, LENGTH) + BODY,
    "several": head(TYPE, LENGTH, b"Upgrade: h2c, foo/2", b"Connection: keep-alive, Upgrade") + BODY,
}


# --- offers
@pytest.mark.parametrize("offer", OFFERS.values(), ids=OFFERS)
def test_an_offer_to_upgrade_is_ignored(server: LocalServer, offer: bytes) -> None:
    """The request is served with its body, and the connection goes on to the next request (RFC 9110 s7.8)."""
    assert statuses(talk(server, offer + offer + LAST)) == [201, 201, 200]
    assert statuses(talk(server, offer, LAST)) == [201, 200]


@pytest.mark.parametrize("offer", OFFERS.values(), ids=OFFERS)
def test_an_offer_is_ignored_in_every_split(server: LocalServer, offer: bytes) -> None:
    """Wherever the bytes are cut into packets, the request is the same."""
    for one, other in splits(offer, 7):
        with Wire(server) as wire:
            wire.send(one)
            wire.send(other, LAST)
            assert statuses(wire.rest()) == [201, 200]
    assert statuses(talk(server, *(offer[place : place + 1] for place in range(len(offer))), LAST)) == [201, 200]


def test_a_body_behind_an_offer_is_no_request(server: LocalServer, online: Broker) -> None:
    """A body that looks like a request is a body, also when it comes in a packet of its own."""
    online.authorize()
    before = online.send("GET", f"{V1}/consents").json()["consents"]
    offer = head(*H2C, TYPE, b"Content-Length: %d" % len(RESET))
    for pieces in ((offer + RESET,), (offer, RESET)):
        got = talk(server, *pieces, LAST)
        assert statuses(got) == [400, 200]
    assert len(before) == 1
    assert online.send("GET", f"{V1}/consents").json()["consents"] == before


def test_an_offer_without_a_body_is_ignored(server: LocalServer) -> None:
    """A GET that offers HTTP/2 is answered, and so is what follows it."""
    offer = head(*H2C, method=b"GET", path=b"/api/v1/timestamp")
    assert statuses(talk(server, offer + TIME, LAST)) == [200, 200, 200]
    old = offer.replace(b"HTTP/1.1", b"HTTP/1.0")
    assert statuses(talk(server, old)) == [200]


def test_a_request_without_a_body_is_whole_behind_its_offer(
    server: LocalServer, monkeypatch: pytest.MonkeyPatch, online: Broker
) -> None:
    """Nobody waits for a body that was not announced: a POST is performed, and a wait takes as long as it says."""
    monkeypatch.setattr(patience, "ARRIVAL", 0.1)
    monkeypatch.setattr(patience, "KEEP_ALIVE", 0.05)
    for length in ((), (b"Content-Length: 0",)):
        assert statuses(talk(server, head(*H2C, *length, path=b"/_sim/v1/reset"), LAST)) == [200, 200]
    waiting = head(*H2C, method=b"GET", path=b"/_sim/v1/requests/wait?path=/nowhere&timeout=1")
    assert statuses(talk(server, waiting)) == [408]
    assert b"REQUEST_INCOMPLETE" not in online.send("GET", f"{V1}/requests?limit=3").body
    assert not server._server._crowd.silent


@pytest.mark.skipif(not shutil.which("curl"), reason="no curl here")
def test_curl_http2_keeps_its_body(server: LocalServer) -> None:
    """`curl --http2` to http:// offers h2c; its POST is served as it would be without."""
    url = f"http://127.0.0.1:{server.port}{V1}/authorizations"
    command = ["curl", "-sS", "--http2", "-H", "Content-Type: application/json", url, "-d", BODY.decode()]
    ran = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)
    if "unsupported" in ran.stderr.lower():
        pytest.skip("this curl knows no HTTP/2")
    assert "code" in json.loads(ran.stdout)


JAVA = """
import java.net.URI;
import java.net.http.*;
public class Post {
    public static void main(String[] given) throws Exception {
        HttpClient client = HttpClient.newHttpClient();
        for (int turn = 0; turn < 3; turn++) {
            HttpRequest request = HttpRequest.newBuilder(URI.create(given[0]))
                .header("Content-Type", "application/json").POST(HttpRequest.BodyPublishers.ofString(given[1])).build();
            HttpResponse<String> answer = client.send(request, HttpResponse.BodyHandlers.ofString());
            System.out.println(answer.statusCode() + " " + answer.body());
        }
    }
}
"""


@pytest.mark.skipif(not shutil.which("java"), reason="no JDK here")
def test_the_jdks_client_keeps_its_body(server: LocalServer, tmp_path: Path) -> None:
    """java.net.http.HttpClient offers h2c by itself with its first request; all its bodies arrive."""
    file = tmp_path / "Post.java"
    file.write_text(JAVA)
    url = f"http://127.0.0.1:{server.port}{V1}/authorizations"
    ran = subprocess.run(
        ["java", str(file), url, BODY.decode()], capture_output=True, text=True, timeout=110, check=False
    )
    if "compiler" in ran.stderr:
        pytest.skip("a JRE without a compiler")
    assert [line.split()[0] for line in ran.stdout.splitlines()] == ["201"] * 3, ran.stderr


def test_a_websocket_is_refused_plainly(server: LocalServer, online: Broker) -> None:
    """The answer says that no WebSocket is served, the entry too, and the connection goes on."""
    offer = head(b"Connection: Upgrade", b"Upgrade: websocket", method=b"GET", path=b"/api/v1/timestamp")
    got = talk(server, offer, LAST)
    assert statuses(got) == [400, 200]
    assert b"a WebSocket is not served here" in got
    entry = online.send("GET", f"{V1}/requests?limit=2").json()["requests"][-1]
    assert (entry["outcome"], entry["path"]) == ("PROTOCOL_NOT_SERVED", "/api/v1/timestamp")
    control = head(b"Connection: Upgrade", b"Upgrade: WebSocket", method=b"GET", path=b"/_sim/v1/requests/stream")
    got = talk(server, control.replace(b"\r\n\r\n", b"\r\nConnection: close\r\n\r\n", 1))
    assert statuses(got) == [400]
    assert b"application/problem+json" in got


# --- other protocols
HELLO = bytes.fromhex("160301020001000 1fc0303".replace(" ", "")) + bytes(100)
FOREIGN = {
    "SOCKS5": b"\x05\x01\x00",
    "SOCKS4": b"\x04\x01\x00\x50\x7f\x00\x00\x01\x00",
    "the PROXY protocol, version 1": b"PROXY TCP4 127.0.0.1 127.0.0.1 56324 80\r\n" + TIME,
    "the PROXY protocol, version 2": b"\r\n\r\n\x00\r\nQUIT\n\x21\x11\x00\x0c" + bytes(12) + TIME,
}


@pytest.mark.parametrize("name", FOREIGN)
def test_another_protocol_is_named(server: LocalServer, online: Broker, name: str) -> None:
    """Answer and entry say what came and what to do instead, in whatever packets it came."""
    for pieces in ((FOREIGN[name],), (FOREIGN[name][:1], FOREIGN[name][1:])):
        got = talk(server, *pieces)
        assert statuses(got) == [400]
        body = json.loads(got.partition(b"\r\n\r\n")[2])
        assert body["msg"].startswith(f"{name} is not served here: ")
        entry = online.send("GET", f"{V1}/requests?limit=1").json()["requests"][0]
        assert entry["outcome"] == "PROTOCOL_NOT_SERVED"
        found = online.send("GET", f"{V1}/requests/{entry['number']}").json()
        assert found["diagnosis"]["received"].startswith(name)
        assert found["diagnosis"]["quote"] != "Refresh_token"


def test_http2_is_asked_to_come_with_http1(server: LocalServer) -> None:
    """A client with prior knowledge of HTTP/2 gets frames it can read; the last says HTTP_1_1_REQUIRED."""
    got = talk(server, b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n" + bytes((0, 0, 0, 4, 0, 0, 0, 0, 0)))
    assert got[:9] == bytes((0, 0, 0, 4, 0, 0, 0, 0, 0))
    size, kind, payload = int.from_bytes(got[9:12], "big"), got[12], got[18:]
    assert (kind, len(payload)) == (7, size)
    assert int.from_bytes(payload[4:8], "big") == 13
    assert "HTTP/1.1" in json.loads(payload[8:])["msg"]


@pytest.mark.skipif(not shutil.which("curl"), reason="no curl here")
def test_curl_says_what_is_wrong(server: LocalServer, online: Broker) -> None:
    """HTTP/2 with prior knowledge and a SOCKS proxy fail at the client, and the journal names each."""
    url = f"127.0.0.1:{server.port}/api/v1/timestamp"
    before = len(online.send("GET", f"{V1}/requests?outcome=PROTOCOL_NOT_SERVED").json()["requests"])
    for call in (["--http2-prior-knowledge", f"http://{url}"], ["--socks5", f"127.0.0.1:{server.port}", "http://x/"]):
        ran = subprocess.run(["curl", "-sS", *call], capture_output=True, timeout=60, check=False)
        assert ran.returncode, ran.stdout
    entries = online.send("GET", f"{V1}/requests?outcome=PROTOCOL_NOT_SERVED").json()["requests"]
    assert len(entries) == before + 2

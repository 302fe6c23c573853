"""A workspace's own port: what comes there is that workspace's, and the port closes with it."""

from __future__ import annotations

import json
import re
import socket
from collections.abc import Iterator
from typing import Any

import pytest
from support.raw_http import TIME, statuses
from support.tls_clients import WWW, Inside, trusting
from support.wire import JSON, V1, Asgi, Broker, Http, problem_of
from support.workspaces import made

from simulator.web.server import LocalServer


@pytest.fixture(scope="module")
def house() -> Iterator[LocalServer]:
    """A server with doors."""
    with LocalServer() as server:
        yield server


@pytest.fixture
def workspace(house: LocalServer) -> Iterator[dict[str, Any]]:
    """A workspace with a port of its own."""
    send = Http(house.port)
    told = made(send, port=0)
    yield told
    send("DELETE", f"{V1}/workspaces/{told['name']}")


def port_of(workspace: dict[str, Any]) -> int:
    url: str = workspace["urls"]["port"]
    assert url.startswith("http://127.0.0.1:")
    return int(url.rpartition(":")[2])


def refused(port: int) -> bool:
    """True if nobody listens there."""
    try:
        socket.create_connection(("127.0.0.1", port), timeout=10).close()
    except ConnectionRefusedError:
        return True
    return False


def test_everything_there_is_the_workspaces(house: LocalServer, workspace: dict[str, Any]) -> None:
    """Calls with and without credentials, pages and the control surface: all of them, without a prefix."""
    send, home = Http(port_of(workspace)), house.app.desk.journal.last
    assert send("GET", "/_sim").json()["workspace"] == workspace["name"]
    assert send("GET", "/api/v1/timestamp").headers["x-sim-entry"] == f"{workspace['name']}/1"
    assert send("GET", "/nothing").headers["x-sim-entry"] == f"{workspace['name']}/2"
    assert workspace["client_id"] in send("GET", "/").text
    assert send("GET", "/_sim/live").json() == {"status": "live"}
    paths = [entry["path"] for entry in send("GET", f"{V1}/requests").json()["requests"]]
    assert paths == ["/nothing", "/api/v1/timestamp"]
    assert house.app.desk.journal.last == home


def test_a_broker_with_fixed_urls(workspace: dict[str, Any]) -> None:
    """Login, tokens, a key and signed calls at the port reach the workspace, with its own client."""
    send = Http(port_of(workspace))
    broker = Broker(send)
    uri = workspace["redirect_uris"][0]
    asked = {"user": "frank", "client_id": workspace["client_id"], "redirect_uri": uri, "state": "7", "grant": "all"}
    code = send("POST", f"{V1}/authorizations", json.dumps(asked).encode(), JSON).json()["code"]
    query = f"grant_type=authorization_code&client_id={workspace['client_id']}&code={code}"
    target = f"/_oauth/access-token?{query}&redirect_uri={uri}"
    tokens = send("GET", target)
    assert tokens.status == 200, tokens.text
    key = broker.add_key(tokens.json()["access_token"]).key
    answer = broker.signed(key, "GET", "/api/v1/accounts?currency=USDT")
    assert (answer.status, answer.headers["x-sim-entry"].partition("/")[0]) == (200, workspace["name"])


def test_links_and_forms_of_its_pages_work(workspace: dict[str, Any]) -> None:
    """The links that a page shows lead to the same workspace, whether they have its prefix or not."""
    send = Http(port_of(workspace))
    links = [link for link in re.findall(r'href="(/[^"]*)"', send("GET", "/").text) if "oauth" in link]
    assert links
    for link in links:
        page = send("GET", link.replace("&amp;", "&"))
        assert page.status == 200, (link, page.text)
    assert send("GET", f"/w/{workspace['name'].upper()}/_sim").json()["workspace"] == workspace["name"]


def test_another_workspace_is_not_behind_it(house: LocalServer, workspace: dict[str, Any]) -> None:
    """The prefix of another workspace is 404 there; the control surface can still name any."""
    send = Http(port_of(workspace))
    for path in ("/w/default/api/v1/timestamp", "/w/default/", "/w/default/_sim"):
        answer = send("GET", path)
        assert answer.status == 404, path
    assert workspace["name"] in problem_of(send("GET", "/w/default/_sim"), 404)["detail"]
    other = made(Http(house.port), name="other")
    assert send("GET", f"{V1}/workspaces/{other['name']}/clock").status == 200
    assert send("DELETE", f"{V1}/workspaces/other").status == 204


def test_its_origin_is_ours(workspace: dict[str, Any]) -> None:
    """A form may come from the port's own origin, and a path of the client's can be called there, by http and https."""
    port = port_of(workspace)
    send = Http(port)
    for scheme in ("http", "https"):
        asked = {
            "state": "7",
            "user": "alice",
            "client_id": workspace["client_id"],
            "redirect_uri": f"{scheme}://127.0.0.1:{port}/demo/callback",
        }
        assert send("POST", f"{V1}/authorizations", json.dumps(asked).encode(), JSON).status == 201
    assert send("GET", "/", headers={"Origin": f"http://127.0.0.1:{port}"}).status == 200
    assert send("GET", "/", headers={"Origin": "http://127.0.0.1:1"}).status == 403
    assert send("POST", f"{V1}/reset").status == 200
    assert send("POST", f"{V1}/authorizations", json.dumps(asked).encode(), JSON).status == 201


def test_tls_and_connect_there(workspace: dict[str, Any]) -> None:
    """A client whose URLs are https://www.kucoin.com reaches the workspace when it is led to its port."""
    last = TIME.replace(b"Host: x", b"Host: www.kucoin.com\r\nConnection: close")
    for connect in (b"", b"CONNECT www.kucoin.com:443 HTTP/1.1\r\nHost: x\r\n\r\n"):
        with socket.create_connection(("127.0.0.1", port_of(workspace)), timeout=30) as connection:
            if connect:
                connection.sendall(connect)
                assert connection.recv(1000).startswith(b"HTTP/1.1 200 ")
            inside = Inside(connection, WWW, trusting())
            connection.sendall(inside.hello())
            inside.finish()
            got = inside.ask(TIME + last)
        assert statuses(got) == [200, 200]
        assert got.count(f"x-sim-entry: {workspace['name']}/".encode()) == 2


def test_what_cannot_be_read_is_in_its_journal(workspace: dict[str, Any]) -> None:
    """Garbage at the port is recorded by the workspace."""
    with socket.create_connection(("127.0.0.1", port_of(workspace)), timeout=30) as connection:
        connection.sendall(b"garbage\r\n\r\n")
        assert statuses(connection.recv(65_536)) == [400]
    [entry] = Http(port_of(workspace))("GET", f"{V1}/requests").json()["requests"]
    assert entry["outcome"] == "NOT_HTTP"


def test_it_closes_with_the_workspace(house: LocalServer) -> None:
    """When the workspace ends, by a call or because it is idle, nobody listens there, and open connections close."""
    send = Http(house.port)
    for ttl in ("1h", "1ms"):
        most = house._server._crowd.most
        told = made(send, port=0, ttl=ttl)
        port = port_of(told)
        with socket.create_connection(("127.0.0.1", port), timeout=30) as connection:
            if ttl == "1h":
                connection.sendall(TIME)
                assert statuses(connection.recv(65_536)) == [200]
                assert send("DELETE", f"{V1}/workspaces/{told['name']}").status == 204
            else:
                while told["name"] in send("GET", f"{V1}/workspaces").text:
                    pass
            assert connection.recv(65_536) == b""
        assert refused(port)
        assert house._server._crowd.most == most


def test_it_can_be_ended_there(house: LocalServer) -> None:
    """Who ends the workspace at its own port gets the answer, and the connection closes behind it."""
    told = made(Http(house.port), port=0)
    port = port_of(told)
    with socket.create_connection(("127.0.0.1", port), timeout=30) as connection:
        target = f"DELETE {V1}/workspaces/{told['name']} HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n"
        connection.sendall(target.encode())
        got = b""
        while more := connection.recv(65_536):
            got += more
    assert statuses(got) == [204]
    assert refused(port)


def test_a_port_that_cannot_be(house: LocalServer, workspace: dict[str, Any], send: Asgi) -> None:
    """A port in use, a name in use and an application without a server are told, and leave nothing behind."""
    wire, port = Http(house.port), port_of(workspace)

    def asked(**wanted: object) -> str:
        detail: str = problem_of(wire("POST", f"{V1}/workspaces", json.dumps(wanted).encode(), JSON), 409)["detail"]
        return detail

    listening = len(house._server.servers)
    assert f"cannot listen on port {port} of 127.0.0.1: " in asked(port=port)
    assert "already" in asked(name=workspace["name"].upper(), port=0)
    assert "already" in asked(name="default", port=0)
    assert len(house._server.servers) == listening
    without = send("POST", f"{V1}/workspaces", b'{"port": 0}', JSON)
    assert "the simulator's own server" in problem_of(without, 409)["detail"]
    for wrong in (-1, 65_536, "0", 1.5, True):
        body = json.dumps({"port": wrong}).encode()
        assert "port must be a whole number" in problem_of(wire("POST", f"{V1}/workspaces", body, JSON), 400)["detail"]
    assert wire("GET", f"{V1}/workspaces").json()["count"] == 1


def test_who_has_no_port(house: LocalServer) -> None:
    """A workspace without one says null, and a given name gets its port as well."""
    send = Http(house.port)
    assert made(send, name="plain")["urls"]["port"] is None
    told = made(send, name="Given", port=0)
    assert Http(port_of(told))("GET", "/_sim").json()["workspace"] == "given"
    for name in ("plain", "given"):
        assert send("DELETE", f"{V1}/workspaces/{name}").status == 204

"""Who is kept out, on a real port: other sites' pages, other names, callers without the token."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from support.guarded_calls import ACCOUNT, CONTROL, DASHBOARD, KINDS, OPEN, PAGES, statuses
from support.wire import JSON, V1, Http, problem_of

from simulator.core.endpoint import HOSTS
from simulator.core.spec import SECURITY_PATH
from simulator.web import guards
from simulator.web.control.protocol.declaration import ControlCall
from simulator.web.control.routes import CALLS
from simulator.web.endpoints.table import ROUTES, SITE
from simulator.web.guards import Policy
from simulator.web.server import LocalServer

SECRET = "s3cret-Token"


@pytest.fixture(scope="module")
def locked_server() -> Iterator[LocalServer]:
    """A server that wants a token and has another name."""
    with LocalServer(policy=Policy(("simulator", "[fd00::1]"), SECRET)) as server:
        yield server


FOREIGN = [
    {"Host": "evil.example:{port}"},
    {"Host": "127.0.0.1.evil.example"},
    {"Host": "localhost.evil.example"},
    {"Host": "evillocalhost:{port}"},
    {"Host": "simulator:{port}"},
    {"Host": "evil-kucoin.com"},
    {"Host": "www.kucoin.com.evil.example"},
    {"Host": "notkucoin.com:{port}"},
    {"Host": "wwwxkucoin.com"},
    {"Host": "www.kucoin.com", "Origin": "https://evil.example"},
    {"Host": "www.kucoin.com", "Origin": "https://api.kucoin.com"},
    {"Host": "www.kucoin.com", "Origin": "null"},
    {"Host": "www.kucoin.com", "Origin": "http://127.0.0.1:{port}.evil.example"},
    {"Host": "www.kucoin.com", "Sec-Fetch-Site": "cross-site"},
    {"Host": "www.kucoin.com", "Sec-Fetch-Site": "same-site", "Sec-Fetch-Mode": "navigate"},
    {"Host": "www.kucoin.com", "Sec-Fetch-Dest": "iframe"},
    {"Host": "127.0.0.1:{port}", "Origin": "https://www.kucoin.com"},
    {"Host": "0.0.0.0:{port}"},
    {"Host": "0.0.0.0"},
    {"Host": "0:{port}"},
    {"Host": "0x0"},
    {"Host": "[::]:{port}"},
    {"Host": "[0:0:0:0:0:0:0:0]"},
    {"Host": "[::ffff:0.0.0.0]"},
    {"Host": "0.0.0.0:{port}", "Origin": "http://0.0.0.0:{port}"},
    {"Origin": "http://0.0.0.0:{port}"},
    {"Origin": "http://[::]:{port}"},
    {"Host": "localhost."},
    {"Origin": "https://evil.example"},
    {"Origin": "null"},
    {"Origin": "http://127.0.0.1:1"},
    {"Origin": "https://127.0.0.1:1"},
    {"Origin": "http://127.0.0.1:{port}.evil.example"},
    {"Host": "evil.example", "Origin": "http://evil.example"},
    {"Sec-Fetch-Site": "cross-site"},
    {"Sec-Fetch-Site": "same-site"},
    {"Sec-Fetch-Site": "cross-site", "Sec-Fetch-Mode": "cors"},
    {"Sec-Fetch-Site": "cross-site", "Sec-Fetch-Mode": "no-cors"},
    {"Sec-Fetch-Site": "cross-site", "Sec-Fetch-Mode": "navigate"},
    {"Sec-Fetch-Site": "cross-site", "Sec-Fetch-Dest": "document"},
    *(
        {"Sec-Fetch-Site": site, "Sec-Fetch-Mode": "navigate", "Sec-Fetch-Dest": frame}
        for site in ("cross-site", "same-site", "same-origin", "none")
        for frame in ("iframe", "frame", "embed", "object", "fencedframe")
    ),
    *(
        {"Sec-Fetch-Site": "cross-site", "Sec-Fetch-Mode": mode, "Sec-Fetch-Dest": kind}
        for mode in ("no-cors", "cors")
        for kind in ("image", "script", "style", "empty", "video")
    ),
    {"Origin": "http://127.0.0.1:{port}", "Sec-Fetch-Site": "cross-site"},
]


@pytest.mark.parametrize("headers", FOREIGN, ids=str)
def test_what_is_foreign_is_refused(server: LocalServer, headers: dict[str, str]) -> None:
    """Control, pages and dashboard answer 403 to another name and another site's page; the exchange asks neither."""
    sent = {name: value.format(port=server.port) for name, value in headers.items()}
    before = server.exchange.world
    assert statuses(server.port, sent) == {**OPEN, **dict.fromkeys(CONTROL | PAGES | DASHBOARD, 403)}
    assert server.exchange.world is before


OURS = [
    {},
    {"Host": "127.0.0.1"},
    {"Host": "LOCALHOST:9090"},
    {"Host": "[::1]:8080"},
    {"Host": "never-made.localhost:{port}", "Origin": "http://never-made.localhost:{port}"},
    {"Origin": "http://127.0.0.1:{port}", "Sec-Fetch-Site": "same-origin"},
    {"Origin": "http://localhost:{port}"},
    {"Origin": "https://127.0.0.1:{port}"},
    {"Host": "localhost:9090", "Origin": "http://localhost:9090"},
    {"Sec-Fetch-Site": "none", "Sec-Fetch-Mode": "navigate"},
    {"Sec-Fetch-Site": "none", "Sec-Fetch-Mode": "navigate", "Sec-Fetch-Dest": "document"},
    {"Sec-Fetch-Site": "same-origin", "Sec-Fetch-Mode": "no-cors", "Sec-Fetch-Dest": "image"},
    {"Host": "[0:0:0:0:0:0:0:1]:{port}"},
]


@pytest.mark.parametrize("headers", OURS, ids=str)
def test_what_is_ours_passes(server: LocalServer, headers: dict[str, str]) -> None:
    """Our own names at any port, our own pages, a typed address, and a client that is no browser are let in."""
    sent = {name: value.format(port=server.port) for name, value in headers.items()}
    assert statuses(server.port, sent) == OPEN


KUCOIN = [
    {"Host": "{host}"},
    {"Host": "{host}:{port}"},
    {"Host": "{host}:443", "Origin": "https://{host}:443", "Sec-Fetch-Site": "same-origin"},
    {"Host": "{host}", "Origin": "https://{host}", "Sec-Fetch-Site": "same-origin"},
    {"Host": "{host}", "Origin": "http://{host}"},
    {"Host": "{host}", "Sec-Fetch-Site": "none", "Sec-Fetch-Mode": "navigate", "Sec-Fetch-Dest": "document"},
]


@pytest.mark.parametrize("host", [*HOSTS, "WWW.KuCoin.com", "ws-api-spot.kucoin.com"])
@pytest.mark.parametrize("headers", KUCOIN, ids=str)
def test_the_pages_go_by_kucoins_names_too(server: LocalServer, host: str, headers: dict[str, str]) -> None:
    """Under a host name of KuCoin's that is led to us, pages and forms work; control and dashboard stay shut."""
    sent = {name: value.format(host=host, port=server.port) for name, value in headers.items()}
    assert statuses(server.port, sent) == {**OPEN, **dict.fromkeys(CONTROL | DASHBOARD, 403)}
    security = Http(server.port)("GET", SECURITY_PATH, headers=sent)
    assert (security.status, "text/html" in security.headers["content-type"]) == (200, True)


def test_a_refusal_says_what_to_add(server: LocalServer) -> None:
    """A name that should have been ours is told with the flags that make it so, by page and by problem."""
    headers = {"Host": "simulator:8080"}
    page, problem = (KINDS[kind](Http(server.port), headers) for kind in ("a page", "a control call that reads"))
    assert "text/html" in page.headers["content-type"]
    for told in (page.text, problem_of(problem, 403)["detail"]):
        assert "simulator:8080" in told
        assert "--allowed-host" in told
        assert "--public-url" in told


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({}, 401),
        ({"Authorization": f"Bearer {SECRET}"}, None),
        ({"authorization": f"bearer  {SECRET} "}, None),
        ({"X-Sim-Token": SECRET}, None),
        ({"X-Sim-Token": SECRET, "Authorization": "Bearer wrong"}, None),
        ({"X-Sim-Token": "wrong", "Authorization": f"Bearer {SECRET}"}, None),
        ({"X-Sim-Token": ""}, 401),
        ({"X-Sim-Token": SECRET.lower()}, 401),
        ({"X-Sim-Token": SECRET[:-1]}, 401),
        ({"X-Sim-Token": SECRET + "x"}, 401),
        ({"X-Sim-Token": "s3cret-T\xf6ken"}, 401),
        ({"Authorization": SECRET}, 401),
        ({"Authorization": f"Basic {SECRET}"}, 401),
        ({"Authorization": "Bearer"}, 401),
        ({"X-Sim-Token": SECRET, "Origin": "https://evil.example"}, 403),
    ],
    ids=str,
)
def test_the_token_opens_the_control_surface(
    locked_server: LocalServer, headers: dict[str, str], status: int | None
) -> None:
    """Control, dashboard and account want the token, in either header; other pages, the exchange, health never do."""
    expected = OPEN if status is None else {**OPEN, **dict.fromkeys(CONTROL | DASHBOARD | ACCOUNT, status)}
    if status == 403:
        expected = {**expected, **dict.fromkeys(PAGES, 403)}
    assert statuses(locked_server.port, headers) == expected


@pytest.mark.parametrize("call", CALLS, ids=lambda call: f"{call.method} {call.path}")
def test_no_control_call_is_forgotten(locked_server: LocalServer, call: ControlCall) -> None:
    """Each call of the table answers 401 as a problem that says what to send, and tells which scheme it wants."""
    answer = Http(locked_server.port)(call.method, V1 + call.path)
    assert "--control-token" in problem_of(answer, 401)["detail"]
    assert answer.headers["www-authenticate"] == "Bearer"


@pytest.mark.parametrize(
    ("host", "status"), [("simulator", 200), ("SIMULATOR:8080", 200), ("[fd00::1]:80", 200), ("simulator.evil", 403)]
)
def test_an_allowed_host_is_ours(locked_server: LocalServer, host: str, status: int) -> None:
    """A name given at the start is answered, with forms that come from it; one that merely begins so is not."""
    headers = {"Host": host, "Origin": f"http://{host}", "X-Sim-Token": SECRET}
    found = statuses(locked_server.port, headers)
    assert {found[kind] for kind in ("a control call that reads", "a page")} == {status}
    assert found["a form"] == (303 if status == 200 else 403)


def test_tokens_are_compared_in_constant_time(monkeypatch: pytest.MonkeyPatch) -> None:
    """Both headers are compared, by `hmac.compare_digest` and as bytes, whatever the first comparison said."""
    compared: list[tuple[bytes, bytes]] = []

    def compare(brought: bytes, kept: bytes) -> bool:
        compared.append((brought, kept))
        return brought == kept

    monkeypatch.setattr(guards, "compare_digest", compare)
    assert Policy((), "abc").admits({"authorization": "Bearer abc", "x-sim-token": "x"})
    assert compared == [(b"abc", b"abc"), (b"x", b"abc")]


def test_no_answer_opens_itself_to_other_sites(server: LocalServer) -> None:
    """No CORS header on any path of the exchange, of the pages and of control, whoever asks, preflights included."""
    paths = [*(each.path for each in ROUTES), *SITE, *(V1 + call.path for call in CALLS), "/_sim/live", "/nothing"]
    send = Http(server.port)
    for path in dict.fromkeys(paths):
        for method in ("GET", "OPTIONS"):
            if path.endswith(("/stream", "/wait")):
                continue  # these wait for something to happen
            for origin in (server.url, "https://evil.example"):
                answer = send(method, path, headers={"Origin": origin, "Access-Control-Request-Method": "GET"})
                assert [name for name in answer.headers if name.startswith("access-control")] == [], (method, path)


@pytest.mark.parametrize("control", ["/_sim/v1/workspaces/mine/users", "/w/mine/_sim/v1/users", "/_sim/v1/users"])
def test_a_workspaces_control_surface_is_guarded_too(locked_server: LocalServer, control: str) -> None:
    """However a workspace is addressed: not without the token, not by another name, not for another site."""
    send = Http(locked_server.port)
    key = {"X-Sim-Token": SECRET}
    assert send("POST", f"{V1}/workspaces", b'{"name":"mine"}', {**JSON, **key}).status in (201, 409)
    hosted = {"Host": "mine.localhost"}
    for headers in ({}, hosted):
        assert send("GET", control, headers={**headers, **key}).status == 200
        assert send("GET", control, headers=headers).status == 401
        assert send("GET", control, headers={**headers, **key, "Origin": "https://evil.example"}).status == 403
    assert send("GET", control, headers={**key, "Host": "evil.example"}).status == 403


@pytest.mark.parametrize("host", ["evil.example", "mine.localhost.evil.example"])
def test_a_workspaces_pages_are_guarded_too(server: LocalServer, host: str) -> None:
    """The same page by another name is refused; the exchange's paths below the prefix answer to any."""
    send = Http(server.port)
    assert send("POST", f"{V1}/workspaces", b'{"name":"mine"}', JSON).status in (201, 409)
    assert send("GET", "/w/mine/", headers={"Host": host}).status == 403
    assert send("GET", "/w/mine/").status == 200
    assert send("GET", "/w/mine/api/v1/timestamp", headers={"Host": host}).status == 200
    assert send("DELETE", f"{V1}/workspaces/mine").status == 204

"""What the control surface keeps out: bodies that are none, other sites' pages, other methods and paths."""

from __future__ import annotations

import pytest
from support.demo_world import CALLBACK
from support.wire import JSON, V1, Asgi, control, problem_of

from simulator.web.control.routes import CALLS
from simulator.web.gate import ANOTHER_NAME

ASKED = {"user": "alice", "client_id": "demo-broker", "redirect_uri": CALLBACK, "state": "s-1"}


BAD_BODIES = [
    b"[",
    b"[]",
    b"1",
    b"null",
    b'"x"',
    b"\xff",
    b"NaN",
    b'{"\\ud800":1}',
    b'{"user":"\\ud800"}',
    b"[" * 60_000,
]


@pytest.mark.parametrize("body", BAD_BODIES, ids=range(len(BAD_BODIES)))
@pytest.mark.parametrize("path", ["/authorizations", "/clock/advance"])
def test_a_body_that_is_no_object_is_a_problem(send: Asgi, path: str, body: bytes) -> None:
    """400, whatever is wrong with it."""
    assert problem_of(send("POST", f"{V1}{path}", body, JSON), 400)["detail"].startswith(
        "the body must be a JSON object: "
    )


@pytest.mark.parametrize("kind", ["", "text/plain", "application/x-www-form-urlencoded"])
def test_a_body_is_json(send: Asgi, kind: str) -> None:
    """Anything else is a 415: a form of another site cannot pretend."""
    problem_of(send("POST", f"{V1}/authorizations", b"user=alice", {"content-type": kind}), 415)


def test_a_body_may_not_be_endless(send: Asgi) -> None:
    """The same cap as everywhere."""
    problem_of(send("POST", f"{V1}/authorizations", b"x" * 1_048_577, JSON), 413)


class Named(dict[str, str]):
    """A value for each `{name}` of a path: `x` where nothing better is known."""

    def __missing__(self, name: str) -> str:
        return "x"


NAMES = Named(user="alice", id="f1", number="1")
SURFACE = [(call.method, call.path.format_map(NAMES)) for call in CALLS]
METHODS = {path: {method for method, other in SURFACE if other == path} for _, path in SURFACE}


@pytest.mark.parametrize(("method", "path"), SURFACE)
@pytest.mark.parametrize(
    "headers",
    [
        {"origin": "https://evil.example"},
        {"origin": "null"},
        {"origin": "http://127.0.0.1:9999"},
        {"origin": "HTTP://127.0.0.1:8080.evil.example"},
        {"sec-fetch-site": "cross-site"},
        {"sec-fetch-site": "same-site"},
        {"sec-fetch-site": "anything"},
        {"origin": "http://127.0.0.1:8080", "sec-fetch-site": "cross-site"},
    ],
)
def test_another_sites_page_drives_nothing(send: Asgi, method: str, path: str, headers: dict[str, str]) -> None:
    """A foreign Origin and a cross-site Sec-Fetch-Site are a 403 on every call, and nothing happens."""
    before = send.app.desk.exchange.world
    detail = problem_of(send(method, f"{V1}{path}", headers=headers), 403)["detail"]
    assert detail.endswith(f"a web page of another site must not drive the simulator. {ANOTHER_NAME}")
    assert send.app.desk.exchange.world is before


@pytest.mark.parametrize(
    "headers", [{}, {"origin": "http://127.0.0.1:8080"}, {"sec-fetch-site": "same-origin"}, {"sec-fetch-site": "none"}]
)
def test_our_own_pages_and_tools_drive_everything(send: Asgi, headers: dict[str, str]) -> None:
    """Our own origin, a typed address and a client that is no browser pass."""
    assert control(send, "/authorizations", ASKED, **headers).status == 201


def test_no_answer_opens_itself_to_other_sites(send: Asgi) -> None:
    """No CORS header anywhere, and a preflight is no answer."""
    for method, path in [*SURFACE, ("OPTIONS", "/users")]:
        answer = send(method, f"{V1}{path}", headers={"origin": "http://127.0.0.1:8080"})
        assert not [name for name in answer.headers if name.startswith("access-control")]
    assert send("OPTIONS", f"{V1}/users").status == 405


@pytest.mark.parametrize(
    "path", ["/x", "//", "/v2", "/v1//", "/v1/nothing", "/v1/users/", "/v1/requests/1/2", "/v1/users/a%2Fb"]
)
def test_an_unknown_path_is_a_problem_and_no_kucoin_answer(send: Asgi, path: str) -> None:
    """A 404 here cannot be mistaken for one of the exchange."""
    problem_of(send("GET", f"/_sim{path}"), 404)


@pytest.mark.parametrize("path", METHODS)
@pytest.mark.parametrize("other", ["GET", "POST", "HEAD", "PUT", "DELETE", "PATCH", "OPTIONS"])
def test_each_call_has_its_methods(send: Asgi, path: str, other: str) -> None:
    """Methods are exact, HEAD included; the 405 names the right ones."""
    if other in METHODS[path]:
        return
    answer = send(other, f"{V1}{path}")
    problem_of(answer, 405)
    assert set(answer.headers["allow"].split(", ")) == METHODS[path]


@pytest.mark.parametrize(
    ("host", "status"),
    [
        ("127.0.0.1:8080", 200),
        ("localhost:9090", 200),
        ("LOCALHOST", 200),
        ("[::1]:8080", 200),
        ("evil.example:8080", 403),
        ("127.0.0.1.evil.example", 403),
        ("", 400),
    ],
)
def test_only_our_own_names_are_answered(send: Asgi, host: str, status: int) -> None:
    """A name that somebody else made point to loopback is refused; a published port may be any."""
    answer = send("GET", "/_sim/v1/users/alice/totp", headers={"Host": host})
    assert answer.status == status
    assert ("--public-url" in answer.text) == (status == 403)

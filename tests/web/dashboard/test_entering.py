"""The dashboard of a server that wants a token: the form, the cookie, and who has neither."""

from __future__ import annotations

from collections.abc import Iterator
from urllib.parse import urlencode

import pytest
from support.wire import FORM, V1, Answer, Http

from simulator.web.guards import Policy
from simulator.web.server import LocalServer

SECRET = "s3cret-Token"
BROWSER = {"Accept": "text/html"}


@pytest.fixture(scope="module")
def locked_server() -> Iterator[LocalServer]:
    """A server that wants a token."""
    with LocalServer(policy=Policy((), SECRET)) as server:
        yield server


def enter(server: LocalServer, token: str = SECRET, target: str = "", **headers: str) -> Answer:
    """Send the form with the token."""
    body = urlencode({"token": token, "target": target}).encode()
    return Http(server.port)("POST", "/_sim/enter", body, {**FORM, **headers})


def cookie(answer: Answer) -> str:
    """The cookie that an answer sets, as a browser sends it."""
    return answer.headers["set-cookie"].partition(";")[0]


def test_a_browser_enters_by_the_form(locked_server: LocalServer) -> None:
    """Without the token a screen shows the form, 401; the right token leads to that screen, with a cookie for all."""
    send = Http(locked_server.port)
    locked = send("GET", "/_sim/calls?q=refused", headers=BROWSER)
    assert (locked.status, locked.headers["www-authenticate"]) == (401, "Bearer")
    assert 'name="target" value="/_sim/calls?q=refused"' in locked.text
    entered = enter(locked_server, target="/_sim/calls?q=refused")
    assert (entered.status, entered.headers["location"]) == (303, "/_sim/calls?q=refused")
    for path in ("/_sim/calls?q=refused", "/_sim/readiness", "/_sim/readiness/report.html"):
        opened = send("GET", path, headers={**BROWSER, "Cookie": f"a=b; {cookie(entered)}"})
        assert (opened.status, send("GET", path, headers=BROWSER).status) == (200, 401)


def test_the_cookie_is_closed_to_scripts_and_other_sites(locked_server: LocalServer) -> None:
    """The cookie is HttpOnly and SameSite=Strict, and it is not the token."""
    set_cookie = enter(locked_server).headers["set-cookie"]
    assert {"HttpOnly", "SameSite=Strict", "Path=/"} <= {part.strip() for part in set_cookie.split(";")}
    assert SECRET not in set_cookie


def test_the_cookie_does_not_open_the_control_surface(locked_server: LocalServer) -> None:
    """The control surface wants the token itself: a cookie that leaks to another port steers nothing there."""
    headers = {"Cookie": cookie(enter(locked_server))}
    assert Http(locked_server.port)("GET", f"{V1}/users", headers=headers).status == 401


@pytest.mark.parametrize("token", ["", SECRET.lower(), SECRET[:-1], f"{SECRET} ", "s3cret-T\xf6ken", "x" * 10_000])
def test_another_token_opens_nothing(locked_server: LocalServer, token: str) -> None:
    """A wrong token gets the form again, 401, and no cookie."""
    answer = enter(locked_server, token)
    assert (answer.status, "set-cookie" in answer.headers) == (401, False)
    assert "That is not the token." in answer.text


@pytest.mark.parametrize("value", ["", "x", "0" * 64, '"', ";", "\xe4", SECRET])
def test_another_cookie_opens_nothing(locked_server: LocalServer, value: str) -> None:
    """A cookie with another value, or a malformed one, is none."""
    name = cookie(enter(locked_server)).partition("=")[0]
    headers = {**BROWSER, "Cookie": f"{name}={value}"}
    assert Http(locked_server.port)("GET", "/_sim/", headers=headers).status == 401


@pytest.mark.parametrize(
    "target", ["https://evil.example/", "//evil.example/_sim/", "/\\evil.example", "/oauth", "/_simx", "javascript:0"]
)
def test_the_form_leads_nowhere_else(locked_server: LocalServer, target: str) -> None:
    """The form leads to the dashboard only, whatever target it was given."""
    assert enter(locked_server, target=target).headers["location"] == "/_sim/"


def test_a_form_of_another_site_does_not_enter(locked_server: LocalServer) -> None:
    """Another site cannot send the form, so it cannot try tokens or give a browser a cookie."""
    answer = enter(locked_server, Origin="https://evil.example")
    assert (answer.status, "set-cookie" in answer.headers) == (403, False)


def test_leaving_forgets_the_cookie(locked_server: LocalServer) -> None:
    """Who leaves gets a cookie that has ended."""
    entered = cookie(enter(locked_server))
    left = Http(locked_server.port)("POST", "/_sim/leave", b"", {**FORM, "Cookie": entered})
    assert (left.status, "Max-Age=0" in left.headers["set-cookie"]) == (303, True)
    assert cookie(left).partition("=")[0] == entered.partition("=")[0]


def test_scripts_of_a_guarded_server_carry_the_token(locked_server: LocalServer) -> None:
    """The curl lines of a server with a token send it from a variable, and never show it."""
    headers = {**BROWSER, "Cookie": cookie(enter(locked_server))}
    shown = Http(locked_server.port)("GET", "/_sim/time", headers=headers).text
    assert "X-Sim-Token: $TOKEN" in shown
    assert SECRET not in shown


def test_the_root_is_an_index_for_programs(server: LocalServer) -> None:
    """A client that does not ask for HTML gets the control surface's index at `/_sim`, a browser gets the overview."""
    send = Http(server.port)
    for path in ("/_sim", "/_sim/"):
        assert send("GET", path).json()["name"] == "kucoin-fast-api-simulator"
        assert "What comes next" in send("GET", path, headers=BROWSER).text

"""A workspace can be addressed by a path prefix, by a host, and on the control surface by its name."""

from __future__ import annotations

import json
import re
from urllib.parse import urlsplit

import pytest
from support.demo_world import CALLBACK
from support.desk import payment, query
from support.wire import FORM, JSON, V1, WITHDRAWAL, Answer, Asgi, Broker, control, problem_of
from support.workspaces import made, served_by, tenant

from simulator.web.endpoints.table import STATIC

SECURITY = "/account/security/g2fa"


@pytest.fixture
def one(send: Asgi) -> Broker:
    """A broker in the workspace `one`; `two` and the default one are beside it."""
    made(send, name="two")
    return tenant(send, name="one")


@pytest.mark.parametrize("path", ["/api/v1/timestamp", "/api/v3/currencies/USDT?chain=trx", "/api/v9/nowhere"])
@pytest.mark.parametrize("name", ["one", "ONE", "%6Fne"])
def test_a_path_prefix_leads_to_a_workspace(send: Asgi, one: Broker, name: str, path: str) -> None:
    """Under `/w/{name}` the exchange's paths are the workspace's, with the same answers; case does not matter."""
    inside, outside = send("GET", f"/w/{name}{path}"), send("GET", path)
    assert (served_by(inside), served_by(outside)) == ("one", "default")
    assert inside.status == outside.status
    assert inside.json().keys() == outside.json().keys()


@pytest.mark.parametrize("host", ["one.localhost", "one.localhost:8080", "One.LocalHost:1"])
def test_a_host_leads_to_a_workspace(send: Asgi, one: Broker, host: str) -> None:
    """A Host of `{name}.localhost`, at any port, leads to the workspace: exchange, pages and control surface."""
    assert served_by(send("GET", "/api/v1/timestamp", b"", {"host": host})) == "one"
    assert "demo-broker-one" in send("GET", "/", b"", {"host": host}).text
    assert send("GET", V1, b"", {"host": host}).json()["workspace"] == "one"


@pytest.mark.parametrize("host", ["localhost:8080", "none.localhost", "a.one.localhost", "one.localhost.example", ""])
def test_other_hosts_lead_to_the_default_workspace(send: Asgi, one: Broker, host: str) -> None:
    """A Host that names no workspace changes nothing."""
    assert served_by(send("GET", "/api/v1/timestamp", b"", {"host": host})) == "default"


def test_the_default_workspace_has_a_prefix_too(send: Asgi, one: Broker) -> None:
    """`/w/default` and `/workspaces/default/` lead to the default workspace."""
    assert served_by(send("GET", "/w/default/api/v1/timestamp")) == "default"
    assert send("GET", f"{V1}/workspaces/default/clock").status == 200


@pytest.mark.parametrize("signs", ["the stripped path", "the full path"])
def test_signed_path_with_or_without_the_prefix(send: Asgi, one: Broker, signs: str) -> None:
    """What KC-API-SIGN signs under a prefix may have the prefix or not, and the query counts either way (H33)."""
    key = one.key("frank")
    full, body = f"/w/one{WITHDRAWAL}", json.dumps(payment()).encode()
    signed = full if signs == "the full path" else WITHDRAWAL
    assert "withdrawalId" in send("POST", full, body, one.headers(key, "POST", signed, body)).json()["data"]
    target = "/api/v1/accounts?currency=USDT"
    signed = f"/w/one{target}" if signs == "the full path" else target
    assert send("GET", f"/w/one{target}", b"", one.headers(key, "GET", signed)).status == 200


@pytest.mark.parametrize("signed", [f"/w/two{WITHDRAWAL}", f"/w/one/w/one{WITHDRAWAL}"])
def test_no_other_prefix_may_be_signed(send: Asgi, one: Broker, signed: str) -> None:
    """A signature over another prefix than the request's is refused, and without a prefix none may be signed."""
    key, body = one.key("frank"), json.dumps(payment()).encode()
    assert send("POST", f"/w/one{WITHDRAWAL}", body, one.headers(key, "POST", signed, body)).json()["code"] == "400005"
    headers = one.headers(key, "POST", f"/w/one{WITHDRAWAL}", body)
    assert send("POST", WITHDRAWAL, body, headers).json()["code"] == "400005"


def links(page: Answer) -> list[str]:
    """Our own paths that a page links to; forms among them. The files that it loads are the same everywhere."""
    assert page.headers["content-type"].startswith("text/html"), page
    paths = [path for path in re.findall(r'(?:href|action)="([^"]+)"', page.text) if path.startswith(("/", "?"))]
    return [path for path in paths if not path.startswith(STATIC)]


PAGES = {
    "front": ("GET", "/", b""),
    "login": ("GET", f"/oauth?{query(client_id='demo-broker-one')}", b""),
    "unknown user": ("POST", f"/oauth?{query(client_id='demo-broker-one')}", b"step=login&identity=nobody"),
    "consent": ("POST", f"/oauth?{query(client_id='demo-broker-one')}", b"step=login&identity=alice"),
    "refused login": ("GET", "/oauth?client_id=demo-broker-one", b""),
    "form without a field": ("POST", f"/oauth?{query(client_id='demo-broker-one')}", b""),
    "form of a wrong kind": ("POST", f"/oauth?{query(client_id='demo-broker-one')}", b"%ff"),
    "callback": ("GET", "/demo/callback", b""),
    "security: who": ("GET", SECURITY, b""),
    "security: nobody": ("POST", SECURITY, b"step=identify&identity=nobody"),
    "security: factor": ("POST", SECURITY, b"step=identify&identity=bob"),
    "security: wrong code": ("POST", SECURITY, b"step=bind&identity=bob&code=000"),
    "security: bound already": ("POST", SECURITY, b"step=identify&identity=alice"),
}


@pytest.mark.parametrize(("method", "target", "form"), PAGES.values(), ids=PAGES)
def test_pages_of_a_workspace_link_to_it(send: Asgi, one: Broker, method: str, target: str, form: bytes) -> None:
    """Every link of a page under a prefix, however it was refused, stays under the prefix."""
    found = links(send(method, f"/w/one{target}", form, FORM))
    assert len(found) >= 2
    assert [each for each in found if not each.startswith(("/w/one/", "?"))] == []


def test_a_page_found_by_client_id_links_to_its_workspace(send: Asgi, one: Broker) -> None:
    """A login page that the client_id led to links to the dashboard of its workspace, also without a prefix."""
    found = links(send("GET", f"/oauth?{query(client_id=one.client_id)}"))
    assert "/w/one/_sim/" in found


def test_pages_of_the_default_workspace_have_no_prefix(send: Asgi, one: Broker) -> None:
    """The links of the default workspace's pages are what they are without workspaces."""
    assert [each for each in links(send("GET", "/")) if each.startswith("/w/")] == []


def test_the_login_link_of_a_workspaces_front_page_works(send: Asgi, one: Broker) -> None:
    """The front page of a workspace leads to a login that its own exchange accepts."""
    [link] = [each for each in links(send("GET", "/w/one/")) if "/oauth?" in each]
    page = send("GET", link.replace("&amp;", "&"))
    assert (page.status, served_by(page)) == (200, "one")
    assert links(send("GET", "/w/one")) == links(send("GET", "/w/one/"))


def test_a_login_under_a_prefix_ends_at_the_registered_uri(send: Asgi, one: Broker) -> None:
    """The way back to the broker is the redirect URI as registered: nothing of the prefix gets into it."""
    form = b"step=consent&identity=alice&decision=approve"
    answer = send("POST", f"/w/one/oauth?{query(client_id=one.client_id)}", form, FORM)
    assert (answer.status, answer.headers["location"].partition("?")[0]) == (303, CALLBACK)


def test_the_security_link_leads_to_the_workspace(send: Asgi, one: Broker) -> None:
    """The set-up link of s8.1 leads to the user of the workspace, with or without a client_id behind it."""
    msg = one.withdraw(one.key("bob")).json()["msg"]
    link = urlsplit(msg.rpartition(" ")[2]).path
    assert link == f"/w/one{SECURITY}"
    assert served_by(send("POST", link, b"step=identify&identity=bob", FORM)) == "one"


def test_forms_come_from_the_workspaces_own_host(send: Asgi, one: Broker) -> None:
    """A browser at `{name}.localhost` may send the forms of its pages; one at another site may not."""
    form, target = b"step=login&identity=alice", f"/oauth?{query(client_id=one.client_id)}"
    host = {"host": "one.localhost:8080"}
    assert send("POST", target, form, {**FORM, **host, "origin": "http://one.localhost:8080"}).status == 200
    assert send("POST", target, form, {**FORM, **host, "origin": "https://evil.example"}).status == 403


@pytest.mark.parametrize("base", ["/w/gone/_sim/v1", f"{V1}/workspaces/gone"])
def test_the_control_surface_of_a_missing_workspace(send: Asgi, base: str) -> None:
    """A call for a workspace that is not there is a 404 problem which says how to make one, and changes nothing."""
    problem = problem_of(control(lambda *call: send(call[0], base + "/reset", *call[2:]), "", {}), 404)
    assert problem["detail"] == "there is no workspace gone; POST /_sim/v1/workspaces makes one"


def test_a_page_of_a_missing_workspace(send: Asgi) -> None:
    """A page of a workspace that is not there is an error page that says so."""
    page = send("GET", "/w/gone/")
    assert page.status == 404
    assert "there is no workspace gone" in page.text


def test_an_exchange_call_for_a_missing_workspace(send: Asgi) -> None:
    """Under a prefix that leads nowhere the exchange knows no path; the default workspace notes why, as unrouted."""
    answer = send("GET", "/w/gone/api/v1/timestamp")
    assert (answer.status, answer.json()["code"]) == (404, "404")
    [entry] = send("GET", f"{V1}/requests/unrouted").json()["requests"]
    assert "there is no workspace gone; POST /_sim/v1/workspaces makes one" in entry["notes"]


def test_every_control_call_is_served_inside_a_workspace(send: Asgi, one: Broker) -> None:
    """What the index lists is there under the workspace's prefix, and every link of its index leads there."""
    index = send("GET", "/w/one/_sim/v1").json()
    assert index["workspace"] == "one"
    assert [client["client_id"] for client in index["clients"]] == ["demo-broker-one"]
    for link in index["links"].values():
        parts = urlsplit(link)
        assert parts.path.startswith("/w/one/_sim/v1")
    for path in ("/users", "/scenario", "/faults", "/clock"):
        assert send("GET", f"/w/one{V1}{path}").status == send("GET", f"{V1}/workspaces/one{path}").status == 200


def test_live_and_ready_under_a_prefix(send: Asgi, one: Broker) -> None:
    """A health check that was given the workspace's base URL is answered."""
    assert send("GET", "/w/one/_sim/ready").json() == {"status": "ready"}


def test_a_body_that_is_too_large_is_refused_by_its_workspace(send: Asgi, one: Broker) -> None:
    """The 413 of a body beyond the cap is written down where the call belongs."""
    answer = send("POST", f"/w/one{WITHDRAWAL}", b"x" * 2_000_000, JSON)
    assert (answer.status, served_by(answer)) == (413, "one")

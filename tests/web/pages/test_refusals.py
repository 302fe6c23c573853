"""What the pages say no to, and that nothing happens then."""

from __future__ import annotations

import pytest
from support.browser import FORM, Site
from support.demo_world import CALLBACK, OWN_QUERY, demo_world
from support.desk import query

from simulator.core.gateway.requests import MAXIMUM_BODY
from simulator.core.spec import SECURITY_PATH
from simulator.core.world import User, with_user
from simulator.web.pages.errors import error_page

APPROVE = [("step", "consent"), ("identity", "alice"), ("decision", "approve")]
IDENTIFY = [("step", "identify"), ("identity", "bob")]
GONE = {"type": "http.disconnect"}
BOTH = pytest.mark.parametrize("target", [f"/oauth?{query()}", SECURITY_PATH])

ENCODED = "https%3A%2F%2Fbroker.example%2Fcallback%3Ftenant%3D7%26lang%3Den"
BAD_REQUESTS = {
    "CLIENT_UNKNOWN": query(client_id="nobody"),
    "REDIRECT_URI_UNREGISTERED": query("http://localhost:3000/calback"),
    "REDIRECT_URI_ENCODED": query(ENCODED),
    "PARAMETER_REPEATED": query() + "&scope=OAUTH_CREATE_API",
    "PARAMETER_MISSING": query().replace("&state=s-1", ""),
    "RESPONSE_TYPE_UNSUPPORTED": query().replace("response_type=code", "response_type=token"),
    "SCOPE_INVALID": query().replace("OAUTH_CREATE_API", "everything"),
}


@pytest.mark.parametrize("reason", BAD_REQUESTS)
def test_a_bad_request_is_explained_and_never_redirected(reason: str) -> None:
    """Whatever is wrong, at whichever step: HTTP 400, a page with the reason and its section, and no way out (H24)."""
    site = Site(encoded_redirect_uri="refuse")
    before = site.world
    target = f"/oauth?{BAD_REQUESTS[reason]}"
    for reply in (
        site.get(target),
        site.post(target, [("step", "login"), ("identity", "alice")]),
        site.post(target, APPROVE),
    ):
        assert reply.status == 400
        assert "location" not in reply.headers
        entry = site.entries[0]
        assert entry["outcome"] == reason
        for told in ("expected", "received", "rule", "meaning"):
            assert entry["diagnosis"][told] in reply.page.text
    assert site.world is before


def test_the_nearest_redirect_uri_is_named() -> None:
    """An unregistered redirect URI is shown beside the registered one that it is most like, with all others."""
    refused = Site().get(f"/oauth?{BAD_REQUESTS['REDIRECT_URI_UNREGISTERED']}").page
    assert f"{CALLBACK} - the path differs" in refused.text
    for uri in (OWN_QUERY, "http://127.0.0.1:8080/demo/callback", "http://localhost:8080/demo/callback"):
        assert uri in refused.text
    assert "--client-id demo-broker --redirect-uri URI" in refused.text
    assert "redirect_uris:" in refused.text


@pytest.mark.parametrize(
    ("sent", "differing"),
    [
        ("https://localhost:3000/callback", "the scheme differs"),
        ("http://localhost:3001/callback", "host or port differs"),
        ("http://localhost:3000/callback?a=1", "the query differs"),
        ("https://broker.example/callback/?tenant=7", "the path and the query differ"),
    ],
)
def test_what_differs_from_the_nearest_is_named(sent: str, differing: str) -> None:
    """A wrong scheme, port, path or query is pointed at."""
    assert differing in Site().get(f"/oauth?{query(sent)}").page.text


@pytest.mark.parametrize("sent", ["http://[::1/callback", "%", "javascript:alert(1)", "zzzz"])
def test_a_redirect_uri_that_is_no_url_is_explained_too(sent: str) -> None:
    """Nothing that stands for a redirect URI breaks the page."""
    reply = Site().get(f"/oauth?{query(sent)}")
    assert reply.status == 400
    assert sent in reply.page.text
    assert sent not in reply.page.links


def test_an_unknown_client_is_told_who_is_known() -> None:
    """The known clients are listed, and how to add one."""
    refused = Site().get(f"/oauth?{query(client_id='nobody')}").page
    assert "demo-broker - Demo Broker" in refused.text
    assert "other-broker - Other Broker" in refused.text
    assert "--client-id ID" in refused.text


def test_the_request_that_would_be_accepted_is_accepted() -> None:
    """The link under the explanation leads to a login page."""
    site = Site()
    refused = site.get(f"/oauth?{BAD_REQUESTS['SCOPE_INVALID']}").page
    (link,) = [link for link in refused.links if link.startswith("/oauth?")]
    assert site.get(link).status == 200


def test_no_query_at_all_is_explained() -> None:
    """Somebody opens `/oauth` by hand."""
    reply = Site().get("/oauth")
    assert reply.status == 400
    assert "client_id is compulsory" in reply.page.text


@BOTH
@pytest.mark.parametrize(
    "headers",
    [
        {"origin": "https://evil.example"},
        {"origin": "null"},
        {"origin": "http://localhost:3000"},
        {"sec-fetch-site": "cross-site"},
        {"sec-fetch-site": "same-site"},
        {"origin": "http://127.0.0.1:8080", "sec-fetch-site": "cross-site"},
    ],
)
def test_another_sites_form_is_refused(target: str, headers: dict[str, str]) -> None:
    """A page of somebody else's cannot consent for the user: 403, and nothing happens."""
    site = Site()
    before = site.world
    reply = site.post(target, APPROVE if "oauth" in target else IDENTIFY, headers)
    assert reply.status == 403
    assert "http://127.0.0.1:8080" in reply.page.text
    assert "--public-url" in reply.page.text
    assert site.world is before
    assert not site.exchange.log


@BOTH
@pytest.mark.parametrize("kind", ["application/json", "multipart/form-data; boundary=x", "text/plain", ""])
def test_a_form_of_another_type_is_refused(target: str, kind: str) -> None:
    """Only url-encoded forms are read: 415, in the journal, and nothing happens."""
    site = Site()
    reply = site.post(target, APPROVE, {"content-type": kind})
    assert reply.status == 415
    assert FORM in reply.page.text
    assert site.entries[0]["outcome"] == "UNSUPPORTED_MEDIA_TYPE"
    assert reply.headers["x-sim-entry"] == "default/1"
    assert not site.exchange.log


@BOTH
def test_a_form_that_is_too_large_is_refused(target: str) -> None:
    """One byte over the cap is 413, announced or not; a form of the cap's size is read."""
    site = Site()
    for headers in ({"content-length": str(MAXIMUM_BODY + 1)}, {"transfer-encoding": "chunked"}):
        chunks = [b"x" * MAXIMUM_BODY, b"x"]
        reply = site.send("POST", target, {"content-type": FORM, **headers}, chunks)
        assert reply.status == 413
        assert str(MAXIMUM_BODY) in reply.page.text
        assert reply.headers["connection"] == "close"
        assert site.entries[0]["outcome"] == "BODY_TOO_LARGE"
    assert site.post(target, b"step=" + b"x" * (MAXIMUM_BODY - 5)).status == 400
    assert not site.exchange.log


@BOTH
@pytest.mark.parametrize(
    ("body", "told"),
    [
        (b"", "the field identity once"),
        (b"identity=alice", "the field step once"),
        (b"identity=alice&step=other", "step must be"),
        (b"identity=alice&identity=bob&step=login", "it has it 2 times"),
        (b"identity=\xff", "not UTF-8"),
        (b"identity=%FF", "not UTF-8"),
        (b"a=1&" * 101, "more than 100 fields"),
    ],
)
def test_a_malformed_form_is_refused(target: str, body: bytes, told: str) -> None:
    """The page says what is wrong with the form, and nothing happens."""
    site = Site()
    reply = site.post(target, body)
    assert reply.status == 400
    assert told in reply.page.text
    assert not site.exchange.log


@pytest.mark.parametrize(
    "fields",
    [
        APPROVE[:2],
        [*APPROVE[:2], ("decision", "maybe")],
        [*APPROVE, ("decision", "deny")],
        [*APPROVE, ("grant", "API_EVERYTHING")],
    ],
)
def test_a_decision_that_is_none_is_refused(fields: list[tuple[str, str]]) -> None:
    """No decision, two, another word, or a permission that does not exist: no consent comes of it."""
    site = Site()
    assert site.post(f"/oauth?{query()}", fields).status == 400
    assert not site.exchange.log


@pytest.mark.parametrize(
    ("path", "allowed"),
    [
        ("/oauth", {"GET", "POST"}),
        (SECURITY_PATH, {"GET", "POST"}),
        ("/demo/callback", {"GET"}),
        ("/", {"GET"}),
        ("/favicon.ico", {"GET"}),
    ],
)
def test_methods_are_exact(path: str, allowed: set[str]) -> None:
    """Any other method, HEAD too, is a 405 page that names all methods of the path."""
    for method in ("HEAD", "PUT", "DELETE", *({"POST"} - allowed)):
        reply = Site().send(method, path)
        assert reply.status == 405
        assert set(reply.headers["allow"].split(", ")) == allowed
        assert "405" in reply.page.text


def test_an_error_page_carries_its_headers() -> None:
    """A caller may add headers to the page for an error."""
    response = error_page(404, "Not Found", {"X-Reason": "none"})
    assert response.status_code == 404
    assert response.headers["x-reason"] == "none"
    assert b"404 Not Found" in bytes(response.body)


def test_a_browser_that_goes_away_breaks_nothing() -> None:
    """A connection that ends amid the form is answered by nobody and leaves no trace."""
    site = Site()
    part = {"type": "http.request", "body": b"step=", "more_body": True}
    assert site.converse("POST", "/oauth", {"transfer-encoding": "chunked"}, [part, GONE]).status == 499
    assert not site.exchange.log
    assert not site.entries


def test_an_address_that_fits_in_no_qr_code() -> None:
    """A scenario may give a user an e-mail address of any length; then the secret is shown as text alone."""
    secret = "ABCDEFGHIJKLMNOPQRSTUVWX"
    world = with_user(demo_world(), User("zoe", 9, email="z" * 5_000, totp_secret=secret))
    reply = Site(world).post(SECURITY_PATH, [("step", "identify"), ("identity", "zoe")])
    assert (reply.status, reply.page.attributes("img", "src")) == (200, [])
    assert secret in reply.page.text

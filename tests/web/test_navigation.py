"""Where a browser may be led by another site, and where not; and a Host that can be none."""

from __future__ import annotations

import pytest
from support.guarded_calls import CONTROL, DASHBOARD, FORMS, KINDS, LOGIN, OPEN, PAGES, statuses
from support.wire import Http

from simulator.scenario.loader import read
from simulator.web.endpoints.table import SITE
from simulator.web.server import LocalServer

MALFORMED = [
    "",
    ":{port}",
    ".localhost",
    "a..localhost",
    "x@.localhost",
    "x@localhost",
    "user:word@localhost:{port}",
    "a b.localhost",
    "-a.localhost",
    f"{'a' * 64}.localhost",
    f"{'a.' * 130}localhost",
    "localhost:",
    "localhost:0",
    "localhost:65536",
    "localhost:080800",
    "localhost:+80",
    "localhost:8_0",
    "localhost:\xb2",
    "localhost:80:80",
    "localhost/",
    "http://localhost",
    "local%68ost",
    "\xe4.localhost",
    "[::1",
    "[::1]x",
    "[::1%25lo]",
    "[127.0.0.1]",
    "::1",
]


@pytest.mark.parametrize("host", MALFORMED)
def test_a_host_that_is_none_is_malformed(server: LocalServer, host: str) -> None:
    """What can be no host is a 400 on control, pages and dashboard, whatever its end; the exchange never asks."""
    sent = {"Host": host.format(port=server.port)}
    before = server.exchange.world
    assert statuses(server.port, sent) == {**OPEN, **dict.fromkeys(CONTROL | PAGES | DASHBOARD, 400)}
    assert server.exchange.world is before


def test_a_browser_may_be_led_to_a_page(server: LocalServer) -> None:
    """A link opens a page, a screen of the dashboard and the demo; it neither reads control nor sends a form."""
    headers = {"Sec-Fetch-Site": "cross-site", "Sec-Fetch-Mode": "navigate", "Sec-Fetch-Dest": "document"}
    assert statuses(server.port, headers) == {**OPEN, **dict.fromkeys(CONTROL | FORMS, 403)}


EARLY = [
    {"Sec-Purpose": "prefetch"},
    {"Sec-Purpose": "prefetch;prerender"},
    {"Sec-Purpose": "Prefetch;anonymous-client-ip"},
    {"Purpose": "prefetch"},
    {"X-Purpose": "preview"},
    {"X-Moz": "prefetch"},
]


@pytest.mark.parametrize("site", ["cross-site", "none"])
@pytest.mark.parametrize("said", EARLY, ids=str)
def test_a_page_is_not_loaded_before_somebody_goes_there(server: LocalServer, said: dict[str, str], site: str) -> None:
    """A prefetch or prerender of a page is refused, also one of the address bar: nobody has decided to log in yet."""
    headers = {"Sec-Fetch-Site": site, "Sec-Fetch-Mode": "navigate", "Sec-Fetch-Dest": "document", **said}
    assert KINDS["a page"](Http(server.port), headers).status == 403


WAITING = """
version: 1
name: waiting
extends: demo
login: {mode: queue, logins: [{user: alice}]}
"""


@pytest.mark.parametrize(
    "more",
    [
        {"Sec-Fetch-Dest": "iframe"},
        {"Sec-Fetch-Dest": "object"},
        {"Sec-Fetch-Dest": "document", "Sec-Purpose": "prefetch;prerender"},
        {"Sec-Fetch-Dest": "image", "Sec-Fetch-Mode": "no-cors"},
        {"Host": "x@.localhost"},
        {"Host": "0.0.0.0"},
    ],
    ids=str,
)
def test_a_refused_page_uses_no_login_up(more: dict[str, str]) -> None:
    """A login that waits still waits after a frame, a prefetch or an image of /oauth, and nobody has consented.

    A tab that is led there gets it then.
    """
    led = {"Sec-Fetch-Site": "cross-site", "Sec-Fetch-Mode": "navigate"}
    with LocalServer(read(WAITING, "waiting")) as waiting:
        refused = Http(waiting.port)("GET", LOGIN, headers={**led, **more})
        assert (refused.status, refused.headers["x-frame-options"]) == (400 if "@" in str(more) else 403, "DENY")
        assert len(waiting.exchange.staging.waiting) == 1
        assert not waiting.exchange.world.consents
        assert waiting.app.desk.journal.last == 0
        answer = Http(waiting.port)("GET", LOGIN, headers={**led, "Sec-Fetch-Dest": "document"})
        assert (answer.status, len(waiting.exchange.world.consents)) == (303, 1)


@pytest.mark.parametrize("page", [*SITE, "/nothing-served/../oauth"])
def test_no_page_may_be_framed(server: LocalServer, page: str) -> None:
    """Every page says that no other page may show it, refusals included."""
    for headers in ({}, {"Host": "evil.example"}, {"Host": "@"}):
        answer = Http(server.port)("GET", page, headers=headers)
        if "text/html" in answer.headers.get("content-type", ""):
            assert answer.headers["x-frame-options"] == "DENY"
            assert "frame-ancestors 'none'" in answer.headers["content-security-policy"]

"""What must hold of every page, in a real browser with JavaScript: accessible, silent, at home, and never injected.

A new page of the site or section of the dashboard is looked at without a change here; `test_no_page_is_left_out` says
so if it is not.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from hashlib import sha256
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlsplit

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect
from support.every_page import call, lived_in, opened, ways

from simulator.scenario.loader import read
from simulator.web.endpoints.table import SITE
from simulator.web.server import LocalServer

AXE = Path(__file__).parent / "axe" / "axe.min.js"
DIGEST = "29348999450cdf2849a8e70b7912fc2da85a849da39c0d0d5394f51d4a9ed95c"
"""SHA-256 of axe.min.js as axe-core 4.14.1 has it on npm."""
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
NO_PAGES = {"/favicon.ico", "/openapi.json"}
CANARY = "\"'><img src=x onerror=window.struck=1><script>window.struck=1</script>{{7*7}}"
CUT_OFF = """[...document.querySelectorAll('.scroll')]
    .filter(box => !box.querySelector('svg') && box.scrollWidth > box.clientWidth + 1)
    .map(box => box.getAttribute('aria-label') || box.textContent.trim().slice(0, 40))"""
"""The tables of a page that are wider than their place. A picture may be."""


@pytest.fixture(scope="module")
def server() -> Iterator[LocalServer]:
    with LocalServer() as local:
        lived_in(local)
        yield local


class Witness:
    """What a browser reports while pages are open: messages of the console, and requests."""

    def __init__(self, context: BrowserContext, origin: str) -> None:
        self.messages: list[str] = []
        self.foreign: list[str] = []
        self._origin = origin
        context.on("console", lambda message: self._message(message.type, message.text, message.location))
        context.on("weberror", lambda error: self.messages.append(str(error.error)))
        context.on("request", lambda request: self._request(request.url))

    def _message(self, kind: str, text: str, location: Any) -> None:
        refused = "the server responded with a status of 4" in text  # a page that is a refusal is one on purpose
        if kind in ("error", "warning") and not (refused and "/static/" not in str(location)):
            self.messages.append(text)

    def _request(self, url: str) -> None:
        if urlsplit(url).scheme != "data" and not url.startswith(f"{self._origin}/"):
            self.foreign.append(url)


def violations(page: Page, rules: list[str]) -> list[str]:
    """What axe finds: each rule with the elements that break it."""
    page.evaluate(AXE.read_text(encoding="utf-8"))
    options = {"runOnly": rules, "resultTypes": ["violations"]}
    found = page.evaluate("options => axe.run(document, options)", options)
    return [f"{rule['id']}: {[node['html'][:160] for node in rule['nodes']]}" for rule in found["violations"]]


def test_axe_is_what_npm_has() -> None:
    """Nobody has changed a byte of it."""
    assert sha256(AXE.read_bytes()).hexdigest() == DIGEST


def test_no_page_is_left_out(server: LocalServer) -> None:
    """Each path of the site that is a page is among the pages that are looked at here."""
    looked_at = {urlsplit(way.path).path for way in ways(server).values()}
    assert set(SITE) - NO_PAGES <= looked_at


@pytest.mark.timeout(600)  # a look at every page, by a browser
@pytest.mark.parametrize(("scheme", "width"), [("light", 1200), ("dark", 360)])
def test_every_page_is_accessible_and_silent(browser: Browser, server: LocalServer, scheme: Any, width: int) -> None:
    """Axe finds nothing, folded or not, no page or table is cut off, nothing is on the console, no request leaves."""
    context = browser.new_context(color_scheme=scheme, viewport={"width": width, "height": 800})
    witness, page = Witness(context, server.url), context.new_page()
    wrong: dict[str, list[str]] = {}
    for name, way in ways(server).items():
        opened(page, server, way)
        page.evaluate("document.querySelectorAll('details').forEach(drawer => { drawer.open = true; })")
        problems = violations(page, RULES)
        if page.evaluate("document.documentElement.scrollWidth") > width:
            problems.append("scrolls sideways")
        problems += [f"cut off: {label}" for label in page.evaluate(CUT_OFF)]
        problems += [f"console: {message}" for message in witness.messages]
        problems += [f"request: {url}" for url in witness.foreign]
        witness.messages.clear()
        witness.foreign.clear()
        if problems:
            wrong[name] = problems
    context.close()
    assert wrong == {}


@pytest.mark.timeout(600)
def test_no_canary_sings(browser: Browser) -> None:
    """Whatever a user, a client or a scenario writes is text on every page: no script runs, no element comes of it."""
    quoted = CANARY.replace("'", "''")
    scenario = f"""
version: 1
name: canary
description: '{quoted}'
extends: demo
given:
  users: {{alice: {{email: 'a{quoted}@example.test'}}, '{quoted}': {{phone: '+15559999'}}}}
  clients: {{demo-broker: {{name: '{quoted}', api_name: '{quoted}'}}}}
"""
    with LocalServer(read(scenario, "canary")) as local:
        lived_in(local, state=CANARY, remark=CANARY)
        call(local, "GET", f"/api/v1/accounts?memo={quote(CANARY)}", user_agent=CANARY, kc_api_key=CANARY)
        context = browser.new_context()
        page = context.new_page()
        query = quote(CANARY, safe="")
        more = [
            f"/oauth?client_id={query}&redirect_uri={query}&state={query}",
            f"/demo/callback?code={query}&state={query}&{query}=1&error={query}",
            f"/account?user={query}",
            f"/account?user={query}x&find={query}",
            f"/account/security/g2fa?client_id={query}&redirect_uri={query}",
            f"/_sim/calls?path={query}",
            f"/_sim/inspect?id={query}",
            *(f"/_sim/calls/{number}" for number in range(1, local.app.desk.journal.last + 1)),
        ]
        paths = [(name, way) for name, way in ways(local).items() if way.buttons != ("frank",)]
        shown = 0
        for _, way in paths:
            opened(page, local, way)
            shown += untouched(page)
        for path in more:
            page.goto(local.url + path)
            shown += untouched(page)
        context.close()
    assert shown > 20


def untouched(page: Page) -> bool:
    """True if the page shows the canary. Fails if it was struck, or if an element comes from it."""
    assert page.evaluate("window.struck") is None, page.url
    assert page.locator("img[src=x]").count() == 0, page.url
    assert "<script>window.struck" not in page.content(), page.url
    assert "window.struck=1&lt;/script&gt;49" not in page.content(), page.url
    return "onerror=window.struck" in page.content()


def test_codes_of_the_account_renew_themselves(browser: Browser) -> None:
    """A message that comes while the page is open appears in it; without JavaScript a link looks again."""
    with LocalServer() as local:
        context = browser.new_context()
        page = context.new_page()
        page.goto(f"{local.url}/account?user=alice")
        expect(page.get_by_text("No message.")).to_be_visible()
        world = local.exchange.world
        from simulator.core.spec import Factor
        from simulator.core.world import Message

        message = Message(Factor.EMV, "123123", "t", 1_800_000_000_000)
        local.exchange.world = world.put(world.message_box("alice").having([message]))
        expect(page.get_by_text("123123")).to_be_visible(timeout=20_000)
        context.close()
        quiet = browser.new_context(java_script_enabled=False)
        page = quiet.new_page()
        page.goto(f"{local.url}/account?user=alice")
        expect(page.get_by_text("123123")).to_be_visible()
        expect(page.get_by_role("link", name="Look again")).to_be_visible()
        quiet.close()


def test_a_user_takes_access_back_by_keyboard(browser: Browser) -> None:
    """Tab and Enter alone: the broker's access is shown as active, and is taken back."""
    with LocalServer() as local:
        lived_in(local)
        context = browser.new_context(java_script_enabled=False)
        page = context.new_page()
        page.goto(f"{local.url}/account?user=alice")
        button = page.get_by_role("button", name=re.compile("Take back the access of Demo Broker"))
        for _ in range(40):
            page.keyboard.press("Tab")
            if button.evaluate("element => element === document.activeElement"):
                break
        page.keyboard.press("Enter")
        expect(page.get_by_role("status")).to_contain_text("The access was taken back")
        assert [consent.revoked for consent in local.exchange.world.consents.values()] == [True]
        context.close()

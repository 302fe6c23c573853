"""The pages in a real browser, without JavaScript: by mouse, by keyboard alone, on a phone, in the dark.

The browser is the system's Chromium or Chrome. Where there is none the tests are skipped, but in CI they fail.
"""

from __future__ import annotations

import re
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import quote, urlsplit

import pytest
from playwright.sync_api import Browser, Locator, Page, Response, expect
from pyotp import TOTP

from simulator.core.spec import INTRODUCTION_GROUPS, SECURITY_PATH, AuthGroup, Factor
from simulator.scenario.loader import read
from simulator.web.server import LocalServer

STATE = "a+b%20%C3%A9=/"
TABS = 40
"""No page has more stops for the Tab key."""


@pytest.fixture
def server() -> Iterator[LocalServer]:
    with LocalServer() as local:
        yield local


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    context = browser.new_context(java_script_enabled=False)
    context.set_default_timeout(20_000)
    yield context.new_page()
    context.close()


def login(server: LocalServer, redirect_uri: str = "", state: str = STATE) -> str:
    """The login link as s7.1 writes it, redirect_uri raw."""
    back = redirect_uri or f"{server.url}/demo/callback"
    asked = f"response_type=code&client_id=demo-broker&redirect_uri={back}&scope=OAUTH_CREATE_API&state={state}"
    return f"{server.url}/oauth?{asked}"


def heading(page: Page, text: str) -> None:
    """Wait until the page of that heading is there."""
    expect(page.get_by_role("heading", level=1)).to_contain_text(text)


def tab_to(page: Page, target: Locator) -> None:
    """Press Tab until the element has the focus, which must then be visible."""
    for _ in range(TABS):
        page.keyboard.press("Tab")
        if target.evaluate("element => element === document.activeElement"):
            assert target.evaluate("element => getComputedStyle(element).outlineStyle") == "solid"
            return
    raise AssertionError(f"the Tab key does not reach {target}")


def granted(server: LocalServer) -> tuple[AuthGroup, ...]:
    """What the only consent holds."""
    world = server.exchange.world
    (consent,) = [world.consents[name] for name in world.consents]
    return consent.groups


def test_login_consent_and_callback_by_mouse(server: LocalServer, page: Page) -> None:
    """From the front page: a click on the client, on a user, on a permission and on Approve leads to the callback."""
    page.goto(server.url)
    page.get_by_role("link", name="Log in for Demo Broker").click()
    heading(page, "Demo Broker asks for access")
    page.get_by_role("button", name="alice").click()
    heading(page, "What may Demo Broker do with alice's account?")
    expect(page.get_by_label("Read-only permission")).to_be_disabled()
    expect(page.get_by_label("Read-only permission")).to_be_checked()
    expect(page.get_by_label("Withdrawal permission")).not_to_be_checked()
    page.get_by_label("Withdrawal permission").check()
    page.get_by_label("Earn permission").uncheck()
    page.get_by_role("button", name="Approve").click()
    heading(page, "The broker has received a code")
    (code,) = server.exchange.world.codes
    expect(page).to_have_url(f"{server.url}/demo/callback?code={code}&state=demo-state")
    expect(page.get_by_label("The token exchange with curl")).to_contain_text(code)
    ticked = tuple(group for group in INTRODUCTION_GROUPS if group is not AuthGroup.API_EARN)
    assert granted(server) == (*ticked, AuthGroup.API_WITHDRAW_OAUTH)


def test_login_consent_and_callback_by_keyboard(server: LocalServer, page: Page) -> None:
    """Tab, Space and Enter are enough, the focus is always to be seen, and `state` comes back byte for byte."""
    page.goto(login(server))
    heading(page, "Demo Broker asks for access")
    tab_to(page, page.get_by_label("Registered e-mail or phone"))
    page.keyboard.type("+15550100")
    page.keyboard.press("Enter")
    heading(page, "alice's account")
    tab_to(page, page.get_by_label("Withdrawal permission"))
    page.keyboard.press("Space")
    tab_to(page, page.get_by_role("button", name="Approve"))
    page.keyboard.press("Enter")
    heading(page, "The broker has received a code")
    (code,) = server.exchange.world.codes
    assert page.url == f"{server.url}/demo/callback?code={code}&state={STATE}"
    assert granted(server) == (*INTRODUCTION_GROUPS, AuthGroup.API_WITHDRAW_OAUTH)


def test_a_broker_of_another_origin_gets_the_browser_back(server: LocalServer, page: Page) -> None:
    """Neither the policy of the pages nor the browser stops the redirect that answers the form."""
    page.route(
        "https://broker.example/**", lambda route: route.fulfill(body="<h1>Broker</h1>", content_type="text/html")
    )
    page.goto(login(server, "https://broker.example/callback?tenant=7&lang=en"))
    page.get_by_role("button", name="frank").click()
    page.get_by_role("button", name="Approve").click()
    heading(page, "Broker")
    (code,) = server.exchange.world.codes
    assert page.url == f"https://broker.example/callback?tenant=7&lang=en&code={code}&state={STATE}"


def test_deny_sends_the_broker_an_error(server: LocalServer, page: Page) -> None:
    """A user who says no leaves no consent behind."""
    page.goto(login(server))
    page.get_by_role("button", name="alice").click()
    page.get_by_role("button", name="Deny").click()
    heading(page, "The broker has received an error")
    assert page.url == f"{server.url}/demo/callback?error=access_denied&state={STATE}"
    assert not server.exchange.world.consents


def test_an_unknown_user_can_try_again(server: LocalServer, page: Page) -> None:
    """The error stands there, what was typed is kept, and the next try succeeds."""
    page.goto(login(server))
    page.get_by_label("Registered e-mail or phone").fill("nobody@example.test")
    page.get_by_role("button", name="Continue").click()
    expect(page.get_by_role("alert")).to_contain_text("No user is registered")
    expect(page.get_by_label("Registered e-mail or phone")).to_have_value("nobody@example.test")
    page.get_by_label("Registered e-mail or phone").fill("bob@example.test")
    page.get_by_role("button", name="Continue").click()
    heading(page, "bob's account")


def test_a_bad_redirect_uri_is_explained(server: LocalServer, page: Page) -> None:
    """The browser stays, sees the nearest registered one, and the link in the explanation leads to a login."""
    page.goto(login(server, f"{server.url}/demo/calback"))
    heading(page, "redirect_uri is not one of the client's")
    expect(page.get_by_text(f"{server.url}/demo/callback - the path differs")).to_be_visible()
    page.get_by_role("link", name="/oauth?response_type=code").click()
    heading(page, "Demo Broker asks for access")


def test_the_security_set_up_leads_back_to_the_broker(server: LocalServer, page: Page) -> None:
    """The QR code is drawn, a wrong code can be typed again, and the shown secret's code binds the authenticator."""
    back = f"{server.url}/demo/callback?from=set-up"
    page.goto(f"{server.url}{SECURITY_PATH}?client_id=demo-broker&redirect_uri={quote(back, safe='')}")
    page.get_by_role("button", name="bob").click()
    heading(page, "Bind an authenticator for bob")
    image = page.get_by_role("img", name=re.compile("QR code"))
    assert image.evaluate("image => image.complete && image.naturalWidth") > 100
    secret = page.locator("#secret").inner_text()
    page.get_by_label("The six digits").fill("000000")
    page.get_by_role("button", name="Bind").click()
    expect(page.get_by_role("alert")).to_contain_text("The verification code is incorrect.")
    page.get_by_label("The six digits").fill(TOTP(secret).now())
    page.keyboard.press("Enter")
    heading(page, "The broker's redirect URI")
    assert page.url == back
    assert server.exchange.world.users["bob"].factor_sets == ((Factor.GAV, Factor.EMV),)


@pytest.mark.parametrize("color_scheme", ["light", "dark"])
def test_pages_fit_a_phone(server: LocalServer, browser: Browser, color_scheme: str) -> None:
    """At 360 px no page scrolls sideways, and text stands out from what is behind it (WCAG 1.4.3), light and dark."""
    context = browser.new_context(
        java_script_enabled=False,
        viewport={"width": 360, "height": 740},
        color_scheme="dark" if color_scheme == "dark" else "light",
    )
    page = context.new_page()
    security = f"{server.url}{SECURITY_PATH}?client_id=demo-broker&redirect_uri=https%3a%2f%2fevil.example"
    for address, button in (
        (server.url, ""),
        (login(server), ""),
        (login(server), "frank"),
        (login(server, f"https://broker.example/{'long' * 50}"), ""),
        (f"{server.url}/demo/callback?code={'0' * 200}&state=1", ""),
        (security, "bob"),
        (security, "alice"),
    ):
        page.goto(address)
        if button:
            page.get_by_role("button", name=button).click()
            heading(page, button)
        assert page.evaluate("document.documentElement.scrollWidth") == 360, page.url
        assert page.evaluate(LEAST_CONTRAST) >= 4.5, page.url
    context.close()


LEAST_CONTRAST = """() => {
  const channels = color => color.match(/[\\d.]+/g).map(Number);
  const light = color => channels(color).slice(0, 3).map(part => part / 255)
    .map(part => part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4)
    .reduce((sum, part, place) => sum + part * [0.2126, 0.7152, 0.0722][place], 0);
  const behind = element => {
    const color = getComputedStyle(element).backgroundColor;
    return channels(color)[3] === 0 ? behind(element.parentElement) : color;
  };
  const ratio = element => {
    const [dark, bright] = [light(getComputedStyle(element).color), light(behind(element))].sort((a, b) => a - b);
    return (bright + 0.05) / (dark + 0.05);
  };
  const written = [...document.body.querySelectorAll("*")]
    .filter(each => [...each.childNodes].some(node => node.nodeType === 3 && node.data.trim()));
  return Math.min(...written.map(ratio));
}"""
"""The contrast ratio of the text that stands out least (WCAG 2.2, relative luminance)."""


WAITING = """
version: 1
name: waiting
extends: demo
login: {mode: queue, logins: [{user: alice}]}
"""


@contextmanager
def elsewhere(html: str) -> Iterator[str]:
    """Another site with that page, at the address that is told: `localhost`, while the simulator is `127.0.0.1`."""

    class Foreign(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(200)
            self.send_header("content-type", "text/html")
            self.end_headers()
            self.wfile.write(html.encode())

        def log_message(self, format: str, *args: object) -> None:
            """Nobody reads it."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Foreign) as site:
        thread = threading.Thread(target=site.serve_forever, daemon=True)
        thread.start()
        yield f"http://localhost:{site.server_address[1]}/"
        site.shutdown()
        thread.join()


def port_in(answer: Response) -> int | None:
    """The port that an answer came from."""
    return urlsplit(answer.url).port


def test_a_foreign_page_can_lead_here_but_not_embed(page: Page) -> None:
    """Frames, objects, images and prefetches of another site use no login up; a link that is clicked does."""
    with LocalServer(read(WAITING, "waiting")) as server:
        target = login(server).replace("&", "&amp;")
        embedded = "".join(
            f"<{tag} {name}='{target}'></{tag}>"
            for tag, name in (("iframe", "src"), ("object", "data"), ("embed", "src"), ("img", "src"))
        )
        html = f"<link rel=prefetch href='{target}'>{embedded}<a href='{target}'>Log in</a>"
        statuses: list[int] = []
        page.on("response", lambda answer: statuses.append(answer.status) if server.port == port_in(answer) else None)
        with elsewhere(html) as foreign:
            page.goto(foreign, wait_until="networkidle")
        assert len(statuses) >= 4
        assert set(statuses) == {403}
        assert len(server.exchange.staging.waiting) == 1
        assert not server.exchange.world.consents
        page.get_by_role("link", name="Log in").click()
        heading(page, "The broker has received a code")
        assert len(server.exchange.world.consents) == 1

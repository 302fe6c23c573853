"""The demo broker in a real browser: the flow by keyboard alone, with and without JavaScript, on a phone."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from simulator.core.spec import MINUTE
from simulator.web.server import LocalServer

TABS = 60
"""No page of the demo has more stops for the Tab key."""


@pytest.fixture
def server() -> Iterator[LocalServer]:
    """A simulator of its own for each test."""
    with LocalServer() as local:
        yield local


@pytest.fixture(params=[True, False], ids=["with JavaScript", "without JavaScript"])
def page(browser: Browser, server: LocalServer, request: pytest.FixtureRequest) -> Iterator[Page]:
    """A tab at the demo. At the end, nothing was complained about, and no request has left the origin."""
    context = browser.new_context(java_script_enabled=request.param)
    context.set_default_timeout(20_000)
    page = context.new_page()
    complaints: list[str] = []
    page.on("console", lambda message: complaints.append(message.text))
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.on("request", lambda sent: complaints.append(sent.url) if not ours(server, sent.url) else None)
    page.goto(f"{server.url}/demo")
    yield page
    context.close()
    assert complaints == []


def ours(server: LocalServer, url: str) -> bool:
    """True for an address of the simulator, and for what is in the page itself."""
    return url.startswith((f"{server.url}/", "data:"))


def tab_to(page: Page, target: Locator) -> None:
    """Press Tab until the element has the focus, which must then be visible."""
    expect(target).to_be_visible()
    for _ in range(TABS):
        page.keyboard.press("Tab")
        if target.evaluate("element => element === document.activeElement"):
            assert target.evaluate("element => getComputedStyle(element).outlineStyle") == "solid"
            return
    raise AssertionError(f"the Tab key does not reach {target}")


def press(page: Page, name: str) -> None:
    """Go to a button by keyboard and press it."""
    tab_to(page, page.get_by_role("button", name=name))
    page.keyboard.press("Enter")


def log_in(page: Page, phone: str, decision: str = "Approve") -> None:
    """From the demo to KuCoin and back, by keyboard."""
    press(page, "Connect with KuCoin")
    expect(page.get_by_role("heading", level=1)).to_contain_text("Demo Broker")
    tab_to(page, page.get_by_label("Registered e-mail or phone"))
    page.keyboard.type(phone)
    page.keyboard.press("Enter")
    if decision == "Approve":
        for permission in ("Flexible transfers permission", "Withdrawal permission"):
            tab_to(page, page.get_by_label(permission))
            page.keyboard.press("Space")
    press(page, decision)


def test_the_whole_demo_by_keyboard(page: Page, server: LocalServer) -> None:
    """From the login to a paid payout with two factors, with Tab, Space, Enter and typed codes; focus always shows."""
    log_in(page, "+15550100")
    expect(page.get_by_role("status")).to_contain_text("You are connected")
    press(page, "Create the API key")
    expect(page.get_by_role("status")).to_contain_text("The broker has an API key")
    press(page, "Pay out to the address")
    expect(page.get_by_role("status")).to_contain_text("KuCoin asks for your codes")
    for label, hand in (("Authenticator code", "#hand-GAV"), ("Code by e-mail", "#hand-EMV")):
        tab_to(page, page.get_by_label(label))
        page.keyboard.type(page.locator(hand).inner_text())
    press(page, "Confirm the payout")
    expect(page.get_by_role("status")).to_contain_text("KuCoin has accepted the withdrawal")
    press(page, "Look at balance and history")
    expect(page.get_by_role("cell", name="SUCCESS")).to_be_visible()
    (withdrawal,) = server.exchange.world.withdrawals.values()
    assert (withdrawal.user, withdrawal.status.value) == ("alice", "SUCCESS")


def test_a_refusal(page: Page, server: LocalServer) -> None:
    """Whoever denies is told so at the broker's, and stands at the first step again."""
    log_in(page, "+15550100", "Deny")
    expect(page.get_by_role("alert")).to_contain_text("You said no at KuCoin")
    expect(page.get_by_role("button", name="Connect with KuCoin")).to_be_visible()
    assert not server.exchange.world.consents


def test_an_expired_token_is_refreshed(page: Page, server: LocalServer) -> None:
    """After an hour of business time the key is created all the same, and the three calls show why."""
    log_in(page, "+15550100")
    expect(page.get_by_role("status")).to_contain_text("You are connected")
    server.exchange.clock.advance(61 * MINUTE)
    press(page, "Create the API key")
    expect(page.get_by_role("status")).to_contain_text("The broker has an API key")
    wire = page.locator(".wire summary")
    expect(wire.nth(0)).to_contain_text("200 POST /_oauth/resource")
    expect(wire.nth(1)).to_contain_text("200 POST /_oauth/refresh-token")
    expect(wire.nth(2)).to_contain_text("ACCESS_TOKEN_EXPIRED")


@pytest.mark.parametrize("trick", ["Drop state", "Alter state", "Send a wrong code", "Redirect twice"])
def test_the_broker_survives_the_adversary(page: Page, server: LocalServer, trick: str) -> None:
    """What the drawer of the consent page does to the callback connects nobody; a callback that comes twice, once."""
    page.get_by_role("button", name="Connect with KuCoin").click()
    page.get_by_role("button", name="alice").click()
    page.locator("summary", has_text="dversary").click()
    page.get_by_role("button", name=trick).click()
    if trick == "Redirect twice":
        page.get_by_role("link", name="Go on now").click()
        expect(page.get_by_role("status")).to_contain_text("nothing has changed")
    elif trick == "Send a wrong code":
        expect(page.get_by_role("alert")).to_contain_text("KuCoin did not accept the code")
    else:
        expect(page.get_by_text("did not begin a login with this state")).to_be_visible()
    page.goto(f"{server.url}/demo")
    expect(page.get_by_role("button", name="Create the API key")).to_have_count(int(trick == "Redirect twice"))


@pytest.mark.parametrize("color_scheme", ["light", "dark"])
def test_the_demo_fits_a_phone(browser: Browser, server: LocalServer, color_scheme: str) -> None:
    """At 360 px no step of the demo scrolls sideways, and neither does the page with the source."""
    context = browser.new_context(
        java_script_enabled=True,
        viewport={"width": 360, "height": 740},
        color_scheme="dark" if color_scheme == "dark" else "light",
    )
    page = context.new_page()
    page.goto(f"{server.url}/demo")
    log_in(page, "+15550105")
    page.get_by_role("button", name="Create the API key").click()
    page.get_by_role("button", name="Pay out to the address").click()
    page.get_by_role("button", name="Look at").click()
    for address in (
        *(f"/demo?step={name}" for name in ("connect", "key", "payout", "codes", "history")),
        "/demo/source",
    ):
        page.goto(server.url + address)
        assert page.evaluate("document.documentElement.scrollWidth") == 360, address
    context.close()

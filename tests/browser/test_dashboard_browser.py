"""The dashboard in a real browser: live, by keys, without scripts, and with an empty console."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect
from support.wire import TOKEN, Broker, Http

from simulator.web.guards import Policy
from simulator.web.server import LocalServer

SCREENS = ("/", "/calls", "/calls/1", "/faults", "/time", "/workspaces")
SECRET = "s3cret-Token"


@pytest.fixture
def server() -> Iterator[LocalServer]:
    """A server of the test's own: streams of a browser end with it."""
    with LocalServer() as local:
        yield local


@pytest.fixture
def wrong(browser: Browser) -> list[str]:
    """What was wrong in the browser: errors of the console, exceptions, requests to other origins."""
    return []


@pytest.fixture
def page(browser: Browser, server: LocalServer, wrong: list[str]) -> Iterator[Page]:
    """A tab with scripts. At its end nothing may have been wrong."""
    context = browser.new_context()
    context.set_default_timeout(20_000)
    tab = context.new_page()
    tab.on("console", lambda message: wrong.append(message.text) if message.type in ("error", "warning") else None)
    tab.on("pageerror", lambda error: wrong.append(str(error)))
    tab.on("request", lambda sent: None if sent.url.startswith((server.url, "data:")) else wrong.append(sent.url))
    yield tab
    assert wrong == []
    context.close()


def rows(page: Page) -> list[str]:
    """The numbers of the listed calls."""
    return page.locator("[data-row]").all_inner_texts()


def test_a_call_shows_by_itself(server: LocalServer, page: Page) -> None:
    """A call that comes while the list is open is put on top of it, and a search lets only its own in."""
    send = Http(server.port)
    with page.expect_response(re.compile("/calls/stream")):
        page.goto(f"{server.url}/_sim/calls")
    send("GET", TOKEN)
    expect(page.locator("[data-row]")).to_have_text(["1"])
    expect(page.get_by_text("No call has come yet")).to_be_hidden()
    send("GET", "/api/v1/timestamp")
    send("GET", "/api/v3/currencies/BTC")
    expect(page.locator("[data-row]")).to_have_text(["3", "2", "1"])
    with page.expect_response(re.compile("/calls/stream")):
        page.goto(f"{server.url}/_sim/calls?q=get_currency")
    send("GET", TOKEN)
    send("GET", "/api/v3/currencies/BTC")
    expect(page.locator("[data-row]")).to_have_text(["5", "3"])


def test_the_list_goes_by_keys(server: LocalServer, page: Page) -> None:
    """The keys j and k go through the calls, Enter opens one, and / leads to the search box."""
    send = Http(server.port)
    for _ in range(3):
        send("GET", TOKEN)
    page.goto(f"{server.url}/_sim/calls")
    for key, number in (("j", "3"), ("j", "2"), ("j", "1"), ("k", "2")):
        page.keyboard.press(key)
        expect(page.locator("[data-row]:focus")).to_have_text(number)
    page.keyboard.press("Enter")
    expect(page).to_have_url(f"{server.url}/_sim/calls/2")
    page.go_back()
    page.keyboard.press("/")
    page.keyboard.type("refused")
    page.keyboard.press("Enter")
    expect(page).to_have_url(f"{server.url}/_sim/calls?q=refused")
    expect(page.locator("[data-row]")).to_have_text(["3", "2", "1"])


def test_nothing_is_wrong_on_any_screen(server: LocalServer, page: Page) -> None:
    """No screen writes an error to the console, asks another origin, or scrolls sideways on a phone."""
    Broker(Http(server.port)).key("alice")
    page.set_viewport_size({"width": 360, "height": 640})
    for screen in SCREENS:
        page.goto(f"{server.url}/_sim{screen}", wait_until="domcontentloaded")
        assert page.evaluate("document.documentElement.scrollWidth") == 360, screen


def test_the_dashboard_works_without_scripts(server: LocalServer, browser: Browser) -> None:
    """Without JavaScript a person finds a refused call, tries it again, stages a fault and lets time pass."""
    Http(server.port)("GET", TOKEN)
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(f"{server.url}/_sim/")
    page.get_by_role("link", name="Call 1").click()
    expect(page.get_by_role("heading", name="Why it was refused")).to_be_visible()
    page.get_by_role("button", name="Again now").click()
    expect(page.get_by_role("heading", name="In the world of now")).to_be_visible()
    page.get_by_role("link", name="Faults").click()
    page.get_by_label("Operation").select_option("refresh_tokens")
    page.get_by_label("Refuse, because of").select_option("REFRESH_TOKEN_EXPIRED")
    page.get_by_role("button", name="Add the fault").click()
    expect(page.get_by_role("status")).to_contain_text("The fault is in force.")
    page.get_by_role("link", name="Time").click()
    page.get_by_role("button", name="+ 1h").click()
    expect(page.get_by_role("status")).to_contain_text("Time has passed.")
    context.close()


def test_a_token_is_typed_once(browser: Browser) -> None:
    """A server with a token shows the form, and after it the screens and the live list go on without it."""
    with LocalServer(policy=Policy((), SECRET)) as server:
        context = browser.new_context()
        page = context.new_page()
        page.goto(f"{server.url}/_sim/calls")
        page.get_by_label("Control token").fill(SECRET)
        with page.expect_response(re.compile("/calls/stream")) as stream:
            page.get_by_role("button", name="Open the dashboard").click()
        assert stream.value.status == 200
        Http(server.port)("GET", TOKEN)
        expect(page.locator("[data-row]")).to_have_text(["1"])
        page.get_by_role("button", name="Leave").click()
        expect(page.get_by_label("Control token")).to_be_visible()
        context.close()


def test_what_a_form_did_is_in_sight(server: LocalServer, browser: Browser) -> None:
    """A form far down a screen answers where one looks: the outcome, refused or good, is in the window."""
    context = browser.new_context(viewport={"width": 390, "height": 640}, color_scheme="dark")
    page = context.new_page()
    page.goto(f"{server.url}/_sim/orders")
    page.get_by_label("Last price").fill("much")
    page.get_by_role("button", name="Set the prices").click()
    expect(page.get_by_role("alert")).to_be_in_viewport()
    expect(page.get_by_label("Last price")).to_have_value("much")
    page.get_by_label("Last price").fill("61000")
    page.get_by_role("button", name="Set the prices").click()
    expect(page.get_by_role("status")).to_be_in_viewport()
    page.get_by_role("button", name="Put the plans in force").click()
    expect(page.get_by_text("The plans are in force.")).to_be_in_viewport()
    page.goto(f"{server.url}/_sim/feeds")
    page.get_by_label("All faults").fill("stream_faults: [{topic: /nope}]")
    page.get_by_role("button", name="Put the faults in force").click()
    expect(page.get_by_role("alert")).to_be_in_viewport()
    context.close()


def test_the_section_is_in_sight_on_a_phone(server: LocalServer, page: Page) -> None:
    """The sections scroll sideways on a phone: the one that is open is scrolled to."""
    page.set_viewport_size({"width": 390, "height": 640})
    for screen in ("Feeds", "Readiness"):
        page.goto(f"{server.url}/_sim/{screen.lower()}")
        sections = page.get_by_role("navigation", name="Dashboard")
        expect(sections.get_by_role("link", name=screen)).to_be_in_viewport(ratio=0.9)

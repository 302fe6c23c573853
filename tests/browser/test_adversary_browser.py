"""Each button of the adversary drawer against the demo broker, in a real browser."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Browser, expect

from simulator.web.server import LocalServer

DEMO = re.compile(r"/demo(#.*)?$")


@pytest.mark.parametrize(
    ("button", "told", "generation"),
    [
        ("Drop state", "", 0),
        ("Alter state", "", 0),
        ("Replay an old state", "", 0),
        ("Send a wrong code", "KuCoin did not accept the code", 0),
        ("Send a used code", "KuCoin did not accept the code", 1),
        ("Redirect twice", "KuCoin", 1),
        ("Wait ten seconds", "You are connected with KuCoin", 1),
    ],
)
def test_the_demo_broker_survives(browser: Browser, button: str, told: str, generation: int) -> None:
    """It exchanges no code that came with a wrong state, says what was wrong with a code, and connects once."""
    with LocalServer() as server:
        context = browser.new_context(java_script_enabled=False)
        for press in ("Approve", button):
            if press == "Approve" and button != "Replay an old state":
                continue  # only this one needs an earlier login
            page = context.new_page()
            page.goto(f"{server.url}/demo")
            page.get_by_role("button", name="Connect with KuCoin").click()
            page.get_by_role("button", name="alice").click()
            if press == button:
                page.get_by_text("Adversary: what a broker").click()
            page.get_by_role("button", name=press).click()
            if press == "Approve":
                context.clear_cookies()
        if button == "Wait ten seconds":
            page.get_by_role("link", name="Go on now").click()
        if told:
            expect(page).to_have_url(DEMO)
            expect(page.get_by_text(told).first).to_be_visible()
        newest = max(server.exchange.world.consents.values(), key=lambda one: (one.granted_at, one.id))
        assert newest.generation == generation
        context.close()

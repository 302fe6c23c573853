"""The chapter of the tour from the login link to a payout. Expected values are as the page prints them."""

from __future__ import annotations

from decimal import Decimal
from typing import Final
from urllib.parse import parse_qs, urlsplit

from simulator.tour.script import GRANTED, Chapter
from simulator.tour.walk import Walk

OUTSIDE: Final = "TSomebodyTSomebodyTSomebodyTSomebo"
CHAPTER: Final = Chapter()
shows = CHAPTER.shows


# --- s7.1: login and consent, in a browser
@shows("s7.1 [s7.1/raw-redirect-url]")
def open_login(walk: Walk) -> None:
    """The broker's link opens the login page."""
    walk.page = walk.browser.open(walk.broker.login_link("order-7"))
    walk.check("HTTP status", 200, walk.page.answer.status)
    walk.check("a form asks who logs in", expected=True, received=bool(walk.page.form(step="login")))


@shows("s3, s7.1 [s7.1/grant] [s7.1/code-and-state]")
def grant(walk: Walk) -> None:
    """Alice logs in and grants spot and withdrawal."""
    consent = walk.browser.submit(walk.page, walk.page.form(step="login"), ("identity", "alice@example.test"))
    form = consent.form(step="consent")
    permissions = [box for box in form.boxes if box.name in ("grant", "unified_account")]
    walk.check("permissions to choose from", 8, len(permissions))
    ticked = [box.value for box in permissions if box.ticked]
    walk.check("withdrawal is ticked beforehand", expected=False, received="API_WITHDRAW_OAUTH" in ticked)
    chosen = [("grant", "API_SPOT"), ("grant", "API_WITHDRAW_OAUTH"), ("decision", "approve")]
    back = walk.browser.submit(consent, form, *chosen)
    walk.check("HTTP status", 303, back.answer.status)
    target = urlsplit(back.answer.headers.get("location", ""))
    returned = parse_qs(target.query)
    walk.check("back at the broker", walk.broker.redirect_uri, f"{target.scheme}://{target.netloc}{target.path}")
    walk.check("state", "order-7", returned["state"][0])
    walk.code = returned["code"][0]
    walk.check("digits of the code", 24, len(walk.code))


# --- s7.2, s4: tokens and API keys
@shows("s7.2 [s7.2/answer]")
def exchange(walk: Walk) -> None:
    """The code is exchanged for a pair of tokens."""
    walk.take_pair(walk.broker.exchange_code(walk.code))


@shows("s7.2 [H06/code]")
def exchange_twice(walk: Walk) -> None:
    """A code is exchanged only once."""
    answer = walk.broker.exchange_code(walk.code)
    walk.refused(answer, 400, "999999", "invalid_grant")
    entry = answer.headers["x-sim-entry"].rpartition("/")[2]
    why = walk.control("GET", f"/requests/{entry}")
    walk.check("the simulator's journal tells why", "CODE_USED", why["outcome"])


@shows("s4.2 [s4.2/answer]")
def add_key(walk: Walk) -> None:
    """The access token makes an API key."""
    data = walk.take_key("alice", walk.broker.add_key(walk.access_token, *GRANTED))
    walk.check("authGroup", "API_COMMON,API_SPOT,API_WITHDRAW_OAUTH", data["authGroup"])


@shows("s4.2 [H15/consent-enforced]")
def add_key_beyond_consent(walk: Walk) -> None:
    """The key can do no more than Alice granted."""
    answer = walk.broker.add_key(walk.access_token, *GRANTED, "FUTURES")
    walk.refused(answer, 200, "40503", "API_FUTURES")


@shows("s1 [s1/key-version] [rest/permission-words]")
def key_info(walk: Walk) -> None:
    """The key reads its own permissions."""
    info = walk.looked_up("alice", "/api/v1/user/api-key")
    walk.check("apiVersion", 3, info["apiVersion"])
    walk.check("permission", "General,Spot", info["permission"])


@shows("s6.1 [H34/no-bearer]")
def accounts(walk: Walk) -> None:
    """The key reads Alice's balance."""
    walk.check("USDT in main", Decimal(1_000_000), walk.balance("alice"))


# --- s8.2, s9: a withdrawal
@shows("s8.2 [s8.2/challenge]")
def open_withdrawal(walk: Walk) -> None:
    """A withdrawal of 100 USDT asks for two factors."""
    walk.payment = {
        "currency": "USDT",
        "address": OUTSIDE,
        "amount": "100",
        "withdrawType": "ADDRESS",
        "chain": "trx",
    }
    walk.challenged("alice")


@shows("s8.2 [s8.2/success] [H43/validation]")
def verify_withdrawal(walk: Walk) -> None:
    """With both factors it is paid."""
    walk.prove("alice")


@shows("s9 [s9/rate] [H49/network-fee]")
def fees(walk: Walk) -> None:
    """It cost 10 % and the chain's fee."""
    currency = walk.data(walk.broker.wire.send("GET", "/api/v3/currencies/USDT?chain=trx"))
    network = Decimal(currency["chains"][0]["withdrawMinFee"])
    service = Decimal(100) * 10 / 100
    left = 1_000_000 - 100 - service - network
    walk.check(f"1000000 - 100 - {service} service fee - {network} network fee", left, walk.balance("alice"))

"""The tour itself, from top to bottom. Every expected value stands here as the page prints it."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from typing import Final, NamedTuple
from urllib.parse import parse_qs, quote, urlsplit

from simulator.tour.walk import Walk

GRANTED: Final = ("COMMON", "SPOT", "WITHDRAW_OAUTH")
"""What the users grant, as in `authGroupMap` without `API_`."""
OUTSIDE: Final = "TSomebodyTSomebodyTSomebodyTSomebo"
UID: Final = "200000001"
"""Alice's."""


Run = Callable[[Walk], None]


class Step(NamedTuple):
    """One step: what happens, what it shows, and how it is done."""

    title: str
    rules: str
    run: Run


STEPS: Final[list[Step]] = []


def shows(rules: str) -> Callable[[Run], Run]:
    """The next step. What it shows are sections of the page, and rules of `rules.md` in brackets."""

    def add(run: Run) -> Run:
        STEPS.append(Step((run.__doc__ or run.__name__).rstrip("."), rules, run))
        return run

    return add


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
    """The code buys a pair of tokens."""
    walk.take_pair(walk.broker.exchange_code(walk.code))


@shows("s7.2 [H06/code]")
def exchange_twice(walk: Walk) -> None:
    """It buys one pair only."""
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
    """The key signs: what can it do?."""
    info = walk.data(walk.broker.signed(walk.keys["alice"], "GET", "/api/v1/user/api-key"))
    walk.check("apiVersion", 3, info["apiVersion"])
    walk.check("permission", "General,Spot", info["permission"])


@shows("s6.1 [H34/no-bearer]")
def accounts(walk: Walk) -> None:
    """And what does Alice own?."""
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
    """With both it is paid."""
    walk.prove("alice")


@shows("s9 [s9/rate] [H49/network-fee]")
def fees(walk: Walk) -> None:
    """It cost 10 % and the chain's fee."""
    currency = walk.data(walk.broker.wire.send("GET", "/api/v3/currencies/USDT?chain=trx"))
    network = Decimal(currency["chains"][0]["withdrawMinFee"])
    service = Decimal(100) * 10 / 100
    left = 1_000_000 - 100 - service - network
    walk.check(f"1000000 - 100 - {service} service fee - {network} network fee", left, walk.balance("alice"))


# --- s8.1: a user without a second factor
@shows("s8.1 [s8.1/bind-more]")
def more_factors(walk: Walk) -> None:
    """Bob has no second factor and gets a link."""
    walk.connect("bob", *GRANTED)
    walk.payment = {**walk.payment, "amount": "1000"}
    answer = walk.broker.withdraw(walk.keys["bob"], walk.payment)
    walk.refused(answer, 200, "999999", "You need to bind more factors to continue this operation.")
    walk.link = answer.json["msg"].rpartition(" ")[2]
    walk.check("the link", f"{walk.broker.wire.origin}/account/security/g2fa", walk.link)


@shows("s8.1 [s8.1/set-up] [s8.1/return]")
def set_up(walk: Walk) -> None:
    """Bob sets an authenticator up and comes back."""
    link = urlsplit(walk.link).path
    back_to = quote(walk.broker.redirect_uri, safe="")
    page = walk.browser.open(f"{link}?client_id={walk.broker.client_id}&redirect_uri={back_to}")
    scan = walk.browser.submit(page, page.form(step="identify"), ("identity", "bob@example.test"))
    shown = walk.control("GET", "/users/bob/totp")
    bound = walk.browser.submit(scan, scan.form(step="bind"), ("code", shown["code"]))
    walk.check("HTTP status", 303, bound.answer.status)
    walk.check("back at the broker", walk.broker.redirect_uri, bound.answer.headers.get("location"))


@shows("s8.2 [s8.2/fee-deduct-type]")
def withdraw_everything(walk: Walk) -> None:
    """Bob withdraws all he has."""
    walk.challenged("bob")
    walk.prove("bob")
    walk.check("USDT that Bob has left: the fees came out of the amount", Decimal(0), walk.balance("bob"))


# --- s8.2: limits; s9: the fee's two ends
@shows("s9 [s9/maximum]")
def largest_fee(walk: Walk) -> None:
    """Frank, whom nobody asks for factors, pays Alice 1000."""
    walk.connect("frank", *GRANTED)
    before = walk.balance("frank"), walk.balance("alice")
    pay_by_uid(walk, "1000")
    walk.check("Frank paid 1000 and the most there is, 30", Decimal(1030), before[0] - walk.balance("frank"))
    walk.check("Alice got", Decimal(1000), walk.balance("alice") - before[1])


@shows("s9 [s9/minimum]")
def smallest_fee(walk: Walk) -> None:
    """And 5."""
    before = walk.balance("frank")
    pay_by_uid(walk, "5")
    walk.check("Frank paid 5 and the least there is, 1", Decimal(6), before - walk.balance("frank"))


def pay_by_uid(walk: Walk, amount: str) -> None:
    """Frank pays Alice, inside KuCoin."""
    payment = {"currency": "USDT", "address": UID, "amount": amount, "withdrawType": "UID"}
    walk.data(walk.broker.withdraw(walk.keys["frank"], payment), "withdrawalId")


@shows("s8.2 [s8.2/account-windows]")
def fourth_in_ten_seconds(walk: Walk) -> None:
    """The fourth payment by UID in 10 s is one too many."""
    pay_by_uid(walk, "5")
    payment = {"currency": "USDT", "address": UID, "amount": "5", "withdrawType": "UID"}
    walk.refused(walk.broker.withdraw(walk.keys["frank"], payment), 429, "429000", "Too Many Requests")


@shows("s8.2 [s8.2/rolling]")
def ten_seconds_later(walk: Walk) -> None:
    """10 s after the first one there is room again."""
    walk.control("POST", "/clock/advance", by="10s")
    pay_by_uid(walk, "5")


# --- s6.3, s7.3: how long tokens live
@shows("s7.3 [s6.3/new-pair]")
def refresh(walk: Walk) -> None:
    """Alice's refresh token buys a new pair."""
    walk.take_pair(walk.broker.refresh(walk.refresh_token))


@shows("s6.3 [s6.3/old-access-token]")
def older_access_token(walk: Walk) -> None:
    """The old access token is dead at once."""
    answer = walk.broker.add_key(walk.older_access_token, *GRANTED)
    walk.refused(answer, 401, "400400", "Invalid authorization token.")


@shows("s6.3 [H05/refresh-token-reuse]")
def older_refresh_token(walk: Walk) -> None:
    """And so is the old refresh token."""
    walk.refused(walk.broker.refresh(walk.older_refresh_token), 400, "999999", "invalid_grant")


@shows("s6.3 [s6.3/access-lifetime]")
def last_second(walk: Walk) -> None:
    """59 min 59 s later the new access token works."""
    walk.control("POST", "/clock/advance", by="59m59s")
    walk.take_key("alice", walk.broker.add_key(walk.access_token, *GRANTED))


@shows("s6.3 [s6.3/access-lifetime]")
def one_hour(walk: Walk) -> None:
    """One second more, and it has expired."""
    walk.control("POST", "/clock/advance", by="1s")
    answer = walk.broker.add_key(walk.access_token, *GRANTED)
    walk.refused(answer, 401, "400400", "Invalid authorization token.")


@shows("s6.3 [s6.3/refresh-lifetime]")
def last_second_of_refresh(walk: Walk) -> None:
    """A second before three days the refresh token works."""
    walk.control("POST", "/clock/advance", by="2d22h59m59s")
    walk.take_pair(walk.broker.refresh(walk.refresh_token))


@shows("s6.3 [s6.3/refresh-lifetime]")
def three_days(walk: Walk) -> None:
    """Three days later the next one has expired."""
    walk.control("POST", "/clock/advance", by="3d")
    walk.refused(walk.broker.refresh(walk.refresh_token), 400, "999999", "invalid_grant")

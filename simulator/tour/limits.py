"""The chapter of the tour about limits: what stops a payout, the bounds of fees, the lifetimes of tokens."""

from __future__ import annotations

from decimal import Decimal
from typing import Final
from urllib.parse import quote, urlsplit

from simulator.tour.script import GRANTED, Chapter
from simulator.tour.walk import Walk

UID: Final = "200000001"
"""Alice's."""
CHAPTER: Final = Chapter()
shows = CHAPTER.shows


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
    """Bob binds an authenticator and returns to the broker."""
    link = urlsplit(walk.link).path
    back_to = quote(walk.broker.redirect_uri, safe="")
    page = walk.browser.open(f"{link}?client_id={walk.broker.client_id}&redirect_uri={back_to}")
    scan = walk.browser.submit(page, page.form(step="identify"), ("identity", "bob@example.test"))
    authenticator = walk.control("GET", "/users/bob/totp")
    bound = walk.browser.submit(scan, scan.form(step="bind"), ("code", authenticator["code"]))
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
    """Frank, who needs no factors, pays Alice 1000."""
    walk.connect("frank", *GRANTED)
    before = walk.balance("frank"), walk.balance("alice")
    pay_by_uid(walk, "1000")
    walk.check("Frank paid 1000 and the most there is, 30", Decimal(1030), before[0] - walk.balance("frank"))
    walk.check("Alice got", Decimal(1000), walk.balance("alice") - before[1])


@shows("s9 [s9/minimum]")
def smallest_fee(walk: Walk) -> None:
    """Frank pays Alice 5."""
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
    """10 s after the first one the next is accepted."""
    walk.control("POST", "/clock/advance", by="10s")
    pay_by_uid(walk, "5")


# --- s6.3, s7.3: how long tokens live
@shows("s7.3 [s6.3/new-pair]")
def refresh(walk: Walk) -> None:
    """Alice's refresh token gives a new pair."""
    walk.take_pair(walk.broker.refresh(walk.refresh_token))


@shows("s6.3 [s6.3/old-access-token]")
def older_access_token(walk: Walk) -> None:
    """The old access token is invalid at once."""
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

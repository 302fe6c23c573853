"""A person at the demo broker: a browser without JavaScript that reads pages strictly and presses buttons."""

from __future__ import annotations

from types import TracebackType
from typing import Self

import httpx
from pyotp import TOTP

from simulator.core.world import World
from simulator.web.server import LocalServer
from support.browser import POLICY, Page

GRANTED = ("API_COMMON", "API_SPOT", "API_TRANSFER", "API_WITHDRAW_OAUTH")
OUTSIDE = "TFrankFriendFrankFriendFrankFriend"


class Visitor:
    """The browser. `prefix` names the workspace whose demo broker is visited."""

    def __init__(self, server: LocalServer, prefix: str = "") -> None:
        self._server, self.prefix = server, prefix
        self.http = httpx.Client(base_url=server.url, follow_redirects=True, trust_env=False, verify=False)
        self.answer = self.http.get(f"{prefix}/demo")

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.http.close()

    @property
    def world(self) -> World:
        """The default workspace's world."""
        return self._server.exchange.world

    @property
    def page(self) -> Page:
        """The page that is shown, if it is as every page must be."""
        assert self.answer.status_code == 200, self.answer.text
        policy = POLICY.fullmatch(self.answer.headers["content-security-policy"])
        assert policy
        return Page(self.answer.text, policy["nonce"])

    @property
    def text(self) -> str:
        """The text of the page in one line."""
        return " ".join(self.page.text.split())

    def open(self, target: str) -> str:
        """The text of a page."""
        self.answer = self.http.get(target)
        return self.text

    def press(self, do: str, **fields: str) -> str:
        """The text of the page after a button."""
        self.answer = self.http.post(f"{self.prefix}/demo", data={"do": do, **fields})
        return self.text

    def log_in(self) -> str:
        """The login page that the button leads to, as the target of its form."""
        self.press("connect")
        return str(self.answer.url).removeprefix(self._server.url)

    def decide(self, login: str, user: str, *granted: str, decision: str = "approve", **more: str) -> str:
        """The text of the page to which a decision at KuCoin leads."""
        fields = {"step": "consent", "identity": user, "decision": decision, "grant": [*granted], **more}
        self.answer = self.http.post(login, data=fields)
        return self.text

    def connect(self, user: str, *granted: str) -> str:
        """Log in as a user who permits this."""
        return self.decide(self.log_in(), user, *(granted or GRANTED))

    def with_key(self, user: str) -> str:
        """Log in as a user, and let the broker create a key."""
        self.connect(user)
        return self.press("key")

    def pay(self, by: str = "ADDRESS", address: str = OUTSIDE, **more: str) -> str:
        """Order a payout."""
        fields = {"by": by, "currency": "USDT", "address": address, "amount": "100", "chain": "trx", "memo": ""}
        return self.press("pay", **{**fields, "remark": "", **more})

    def order(self, side: str = "buy", price: str = "50000", size: str = "0.01", symbol: str = "BTC-USDT") -> str:
        """Place an order."""
        return self.press("order", side=side, price=price, size=size, symbol=symbol)

    def press_order(self, do: str) -> str:
        """Press a button of the newest order."""
        (form, *_) = [form for form in self.page.forms if "order" in dict(form.fields)]
        return self.press(do, order=dict(form.fields)["order"] or "")

    def confirm(self, user: str, *factors: str, **wrong: str) -> str:
        """Type the codes of a payout."""
        codes = {message.factor.value: message.code for message in [*self.world.message_box(user).messages][::-1]}
        codes["GAV"] = TOTP(self.world.users[user].totp_secret).now()
        typed = {factor: wrong.get(factor, codes[factor]) for factor in factors}
        return self.press("codes", factors=" ".join(factors), **typed)

    def paid(self) -> list[tuple[str, str]]:
        """The amount and the target of each withdrawal of the world."""
        withdrawals = self.world.withdrawals.values()
        return [(f"{row.payment.amount}", row.payment.address) for row in withdrawals]

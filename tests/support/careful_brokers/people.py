"""Who is at the other end of a careful broker: its users with browser and phone, and the time that passes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any
from urllib.parse import parse_qsl, quote, urlencode, urlsplit

from simulator.clock import wall_clock
from simulator.core.world import World
from simulator.scenario.loader import Scenario
from support.demo_world import CALLBACK
from support.desk import OUTSIDE
from support.played_scenario import Play
from support.wire import FORM, V1, Http, Send, control

BACK = "http://localhost:3000/callback"


@dataclass
class People:
    """The users of a played scenario. They do what the broker asks of them."""

    stage: Play
    scenario: Scenario
    factors: dict[str, set[str]] = field(default_factory=dict)
    """What a user has at hand; everything without."""
    typing_errors: int = 0
    """How many codes are mistyped first."""
    patience: dict[str, float] = field(default_factory=dict)
    """Seconds after which the broker hangs up, by operation, the first time."""
    logins: int = 0

    @property
    def send(self) -> Send:
        return self.stage.send

    @property
    def port(self) -> int:
        assert isinstance(self.stage.send, Http)
        return self.stage.send.port

    @property
    def world(self) -> World:
        """What the scenario gives: addresses and prices that everybody knows."""
        return self.scenario.world

    def price(self, currency: str) -> Decimal:
        """What one unit is worth in USDT, from any market."""
        price = self.world.currencies[currency].price_usdt
        assert price is not None
        return price

    def address(self, chain: str) -> str:
        """An address of the user's on this chain."""
        return OUTSIDE[chain]

    @property
    def state(self) -> str:
        """What the broker has sent with the newest login."""
        return f"s-{self.logins}"

    # --- time
    def wall(self) -> int:
        """The clock on the broker's wall, ms. Nobody has set it by the exchange's."""
        return wall_clock() + self.stage.waited

    def now(self) -> int:
        """The time that passes for everybody, ms."""
        milliseconds: int = self.send("GET", f"{V1}/clock").json()["milliseconds"]
        return milliseconds

    def sleep(self, milliseconds: int) -> None:
        """Let the broker sleep. Nobody really does."""
        self.stage.wait(milliseconds)
        if self.scenario.clock.frozen:
            self.stage.advance(f"{milliseconds}ms")

    # --- browser and phone
    def log_in(self, user: str, groups: tuple[str, ...]) -> dict[str, str]:
        """The parameters with which the browser comes back. The user grants what the broker hopes for."""
        self.logins += 1
        assert self.logins < 10, "users are sent to log in again and again"
        if self.scenario.login.mode != "page":
            return self.stage.login(self.state)
        asked = {"user": user, "client_id": "demo-broker", "redirect_uri": CALLBACK, "state": self.state}
        answer = control(self.send, "/authorizations", {**asked, "grant": list(groups)})
        assert answer.status == 201, answer
        return dict(parse_qsl(urlsplit(answer.json()["redirect_to"]).query))

    def codes(self, user: str, challenge: Mapping[str, Any]) -> dict[str, Any]:
        """What the user types, by the first alternative for which everything is at hand."""
        at_hand = self.factors.get(user)
        sets = challenge["allFactors"]
        chosen = next(factors for factors in sets if at_hand is None or at_hand >= set(factors))
        validation = self.stage.broker.validation(user, challenge, *chosen)
        if self.typing_errors:
            self.typing_errors -= 1
            last = validation["factors"][-1]
            last["factorValue"] = f"{(int(last['factorValue']) + 1) % 1_000_000:06}"
        return validation

    def set_up_factor(self, user: str, link: str) -> None:
        """Follow the link of s8.1 and bind an authenticator there."""
        page = f"{urlsplit(link).path}?client_id=demo-broker&redirect_uri={quote(BACK, safe='')}"
        assert self.send("GET", page).status == 200
        known = urlencode({"step": "identify", "identity": user}).encode()
        assert self.send("POST", page, known, FORM).status == 200
        code = self.send("GET", f"{V1}/users/{user}/totp").json()["code"]
        bound = urlencode({"step": "bind", "identity": user, "code": code}).encode()
        assert self.send("POST", page, bound, FORM).headers["location"] == BACK

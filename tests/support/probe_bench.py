"""A broker with what the placeholders of the probe plan stand for: it makes the probes' calls at a simulator."""

from __future__ import annotations

import asyncio
import json
import re
import shlex
from collections.abc import Callable
from itertools import pairwise
from typing import Any, Final
from urllib.parse import urlsplit

from msgspec.structs import replace

from simulator.core.spec import SECOND
from simulator.evidence.drift.probe_plan import curl
from simulator.evidence.drift.probes.probe import Ask
from support.broker_pro import OWN, earning
from support.demo_world import CALLBACK
from support.desk import START, Key, payment
from support.placed_orders import GROUPS
from support.wire import DEMO, FORM, Answer, Asgi, Broker, decoded, still_app

OK: Final = "200000"
PRO: Final = {"list_broker_users", "list_broker_transactions", "get_commission", "get_rebate_v2"}
"""The calls that the broker signs with its own key."""
LOCAL: Final = "local-broker"
REMAINING: Final = "gw-ratelimit-remaining"


class Bench:
    """A broker before a simulator of its own, with what the placeholders of the plan stand for."""

    def __init__(self, runner: asyncio.Runner) -> None:
        world = earning(DEMO)
        client = world.clients["demo-broker"]
        world = world.put(replace(client, client_id=LOCAL, local_site=True))
        self.app = still_app(world)
        self.broker = broker = Broker(Asgi(self.app, runner), now=lambda: START)
        self.key = broker.key("alice", *GROUPS, "API_FUTURES")
        tokens = broker.tokens("alice")
        self.payer = broker.key("frank")
        paid = broker.withdraw(self.payer, payment()).json()["data"]["withdrawalId"]
        accounts = broker.signed(self.key, "GET", "/api/v1/accounts").json()["data"]
        self.values = {
            "MS": START,
            "S": START // SECOND,
            "CLIENT_ID": "demo-broker",
            "REDIRECT_URI": CALLBACK,
            "STATE": "s",
            "CODE": broker.authorize("alice"),
            "ACCESS_TOKEN": tokens["access_token"],
            "REFRESH_TOKEN": tokens["refresh_token"],
            "WITHDRAWAL_ID": paid,
            "ACCOUNT_ID": accounts[0]["id"],
            "DELISTED": "LUNA",
            "QUIET_SYMBOL": "ETH-BTC",
            "USED_CLIENT_OID": "used",
            "TRIGGERED_STOP_ORDER": "vs9o0ommfu4rkg2g003fjhvd",
            "ID": "0",
        }

    def send(
        self,
        ask: Ask,
        key: Key | None = None,
        *,
        sign: Callable[[str], str] = decoded,
        more: str = "",
        method: str = "",
        body: bytes = b"",
    ) -> Answer:
        """The answer to a call. `sign` makes what is signed of its target, `more` is added to its query."""
        words = shlex.split(curl(ask))
        for name in sorted(self.values, key=len, reverse=True):
            words = [word.replace(f"${name}", str(self.values[name])) for word in words]
        url = urlsplit(words[3])
        target = (f"{url.path}?{url.query}" if url.query else url.path) + more
        method = method or words[2]
        headers = dict(word.split(": ", 1) for flag, word in pairwise(words) if flag == "-H")
        body = body or next((word for flag, word in pairwise(words) if flag == "--data"), "").encode()
        if method == "POST" and b"=" in body[:20]:
            headers |= FORM
        if "KC-API-SIGN" in headers:
            key = key or (OWN if ask.operation in PRO else self.key)
            headers |= self.broker.headers(key, method, sign(target), body)
        left = re.findall(r"\$[A-Za-z_]+", json.dumps([target, headers, body.decode()]))
        assert set(left) <= {"$SIGN"}, left  # of a partner, which nobody checks here
        return self.broker.send(method, target, body, {"host": url.netloc, **headers})

    def data(self, ask: Ask, **more: Any) -> Any:
        """The data of an answer that is no refusal."""
        answer = self.send(ask, **more).json()
        assert answer["code"] == OK, answer
        return answer["data"]


def outcome(answer: Answer) -> str:
    """What an answer is, in a word: its code, or the kind of page."""
    if answer.headers["content-type"].startswith("text/html"):
        return "page" if answer.status == 200 else "explained"
    fields = answer.json()
    return "tokens" if "access_token" in fields else str(fields["code"])

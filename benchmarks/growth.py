"""How operations grow with the number of users: in process, as the server runs them (journal on, `gc.freeze()`)."""

from __future__ import annotations

import gc
import time
from collections.abc import Callable, Coroutine
from decimal import Decimal
from functools import partial
from typing import Any

from msgspec.structs import replace

from simulator.clock import wall_clock
from simulator.core.fast_api.claims import Claims
from simulator.core.fast_api.claims import sign as token_of
from simulator.core.gateway.signature import prehash, sign
from simulator.core.mint import token_key, workspace_mark
from simulator.core.money import ZERO
from simulator.core.world import Account, Wallet, World, with_user
from simulator.messages import Answer, Request
from simulator.scenario.loader import load
from simulator.web.app import App
from simulator.web.endpoints.envelope import Family
from simulator.web.endpoints.table import ROUTES
from simulator.web.routing.workspaces import Workspaces

DECODE = {route.name: route.decode for route in ROUTES}
PATH = "/api/v2/broker/withdrawal"
ADDRESS = b"T1" * 17
BODY = b'{"currency":"USDT","address":"%s","amount":"3","withdrawType":"ADDRESS","chain":"trx"}' % ADDRESS


def crowd(world: World, users: int) -> World:
    """The demo world with that many users."""
    frank = world.users["frank"]
    world = world.put(Wallet("frank", (Account("USDT", "main", Decimal(10**9)),)))
    for number in range(len(world.users), users):
        name = f"user{number}"
        user = replace(frank, name=name, uid=300_000_000 + number, email=f"{name}@example.test", phone="")
        world = with_user(world, user, [Account("USDT", "main", Decimal(1000), ZERO)])
    return world.put(choices=replace(world.choices, rate_pools="count"))


def timed(action: Callable[[], object], times: int) -> tuple[float, float]:
    """(median, 99th percentile) of an action in microseconds."""
    spent = []
    for _ in range(times):
        began = time.perf_counter_ns()
        action()
        spent.append(time.perf_counter_ns() - began)
    spent.sort()
    return spent[times // 2] / 1000, spent[times * 99 // 100] / 1000


def at_once(call: Coroutine[Any, Any, Answer]) -> Answer:
    """What a call answers that waits for nothing: no event loop is measured."""
    try:
        call.send(None)
    except StopIteration as answered:
        answer: Answer = answered.value
        return answer
    raise RuntimeError("the call waits")


class Broker:
    """One broker's calls on an application, without a socket."""

    def __init__(self, world: World) -> None:
        from simulator.core.fast_api.api_keys import AddApiKey
        from simulator.core.fast_api.authorization import Authorize
        from simulator.core.fast_api.redirects import build_query
        from simulator.core.fast_api.tokens import ExchangeCode
        from simulator.core.gateway.requests import Body
        from simulator.core.spec import AuthGroup
        from simulator.exchange import Exchange

        exchange = Exchange(world)
        app = App(exchange)
        self.desk, self.workspaces = app.desk, app.workspaces
        uri = "http://localhost:3000/callback"
        query = build_query(client_id="demo-broker", redirect_uri=uri, scope="OAUTH_CREATE_API", state="1")
        code: Any = exchange.perform(Authorize(query, "frank", frozenset(AuthGroup))).result
        bought = f"grant_type=authorization_code&code={code.code}&redirect_uri={uri}&client_id=demo-broker"
        tokens: Any = exchange.perform(ExchangeCode(bought, "127.0.0.1")).result
        groups = Body({"authGroupMap": {"API_WITHDRAW_OAUTH": True}})
        self._key: Any = exchange.perform(AddApiKey(f"bearer {tokens.access_token}", groups, "")).result
        self._refresh = tokens.refresh_token

    def refresh(self) -> None:
        """One refresh, decoded from bytes, performed, journaled and spelled."""
        import json

        body = f"grant_type=authorization_code&scope=OAUTH_CREATE_API&refresh_token={self._refresh}".encode()
        headers = {b"content-type": b"application/x-www-form-urlencoded"}
        request = Request("POST", "/_oauth/refresh-token", "", headers, "", body)
        answer = at_once(self.desk.answer(request, DECODE["refresh_tokens"](request), Family.TOKEN))
        self._refresh = json.loads(answer.body)["refresh_token"]

    def withdraw(self) -> None:
        """One withdrawal that needs no factor."""
        stamp = str(wall_clock())
        headers = {
            b"content-type": b"application/json",
            b"kc-api-key": self._key.api_key.encode(),
            b"kc-api-sign": sign(self._key.secret, prehash(stamp, "POST", PATH, BODY)).encode(),
            b"kc-api-timestamp": stamp.encode(),
            b"kc-api-passphrase": sign(self._key.secret, self._key.passphrase.encode()).encode(),
            b"kc-api-key-version": b"3",
        }
        request = Request("POST", PATH, "", headers, "", BODY)
        answer = at_once(self.desk.answer(request, DECODE["withdraw"](request), Family.OPENAPI))
        assert b"withdrawalId" in answer.body, answer.body


def routing(broker: Broker) -> dict[str, tuple[float, float]]:
    """What it costs to find the workspace of a request: with the default one alone, and beside a thousand others."""
    others = broker.workspaces.listed()
    one = others[0].desk.exchange.world
    alone, beside = Workspaces(broker.desk), broker.workspaces
    key = f"00000000{workspace_mark(one.workspace)}000000".encode()
    token = token_of(Claims(one.workspace, "u", "c", "access", "0", 1, 0, 0, 0), token_key(one.seed, one.workspace))
    signed = Request("GET", "/api/v1/accounts", "", {b"kc-api-key": key}, "", b"")
    requests = {
        "API key": signed,
        "bearer": Request("POST", "/x", "", {b"authorization": f"Bearer {token}".encode()}, "", b"{}"),
        "client_id": Request("GET", "/oauth", f"client_id=demo-broker-{one.workspace}", {}, "", b""),
        "nothing": Request("GET", "/api/v1/timestamp", "", {b"host": b"127.0.0.1:8080"}, "", b""),
    }
    measured = {"default alone": timed(partial(alone.route, signed), 10_000)}
    return measured | {name: timed(partial(beside.route, each), 10_000) for name, each in requests.items()}


def measure(users: int, times: int) -> dict[str, tuple[float, float]]:
    """Median and p99, in microseconds, with that many users."""
    broker = Broker(crowd(load("demo").world, users))
    gc.collect()
    gc.freeze()
    for _ in range(200):
        broker.refresh()
        broker.withdraw()
    measured = {"refresh": timed(broker.refresh, times), "withdrawal": timed(broker.withdraw, times)}
    measured["fork"] = timed(broker.desk.exchange.fork, 1000)
    measured["reset"] = timed(broker.desk.exchange.reset, 1000)
    measured["workspace"] = timed(lambda: broker.workspaces.create(broker.desk.scenario), 1000)
    measured["workspace reset"] = timed(broker.workspaces.listed()[0].desk.reset, 1000)
    measured.update({f"route: {name}": spent for name, spent in routing(broker).items()})
    gc.unfreeze()
    return measured

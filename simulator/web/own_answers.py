"""Our own answers: a walk through all calls in a world of its own, in this process and without a port.

Declarations cannot say everything: how many decimal places an amount has, whether an instant is in seconds, what an
identifier looks like. The answers of this walk can.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import Iterator, Mapping
from decimal import Decimal
from functools import cache
from typing import Any, Final
from urllib.parse import unquote, unquote_plus, urlencode

from simulator.clock import Clock, ClockSettings
from simulator.core.choices import DEFAULTS
from simulator.core.endpoint import Endpoint
from simulator.core.endpoints import ENDPOINTS
from simulator.core.gateway import signature
from simulator.core.spec import DAY, AuthGroup
from simulator.core.value import Value
from simulator.core.world import ApiKey, MadeBy, World, with_keys
from simulator.core.world.brokers import BrokerBook, Trade, TradeType
from simulator.evidence.drift.checking import tally_of
from simulator.evidence.drift.declarations import Declarations
from simulator.evidence.drift.tally import DriftTally
from simulator.exchange import Exchange
from simulator.messages import AsgiMessage
from simulator.scenario.loader import load
from simulator.web.app import App
from simulator.web.endpoints.schemas.document import document
from simulator.web.endpoints.table import BASE
from simulator.web.own_trading import OwnOrders

NOW: Final = 1_780_272_000_123
"""The instant of the whole walk, ms; it is no whole second."""
IP: Final = "127.0.0.1"
CALLBACK: Final = "http://localhost:3000/callback"
ADDRESS: Final = "ToutsideToutsideToutsideToutsideTo"
OPERATOR: Final = "operator"
PAYING: Final = ("alice", "frank")
"""The users of the walk: one with second factors, one without."""
JSON: Final = {"content-type": "application/json"}


class OwnAnswer(Value, frozen=True):
    """An answer of the walk. Header names are lower case."""

    method: str
    path: str
    query: str
    status: int
    headers: Mapping[str, str]
    body: bytes

    @property
    def data(self) -> Any:
        """The `data` of the answer, or the whole of it."""
        fields = json.loads(self.body)
        return fields.get("data", fields)


@cache
def own_declarations() -> Declarations:
    """The declarations of the exchange as the walk plays it."""
    return Declarations(document(DEFAULTS))


@cache
def own_tally() -> DriftTally:
    """The tally of all answers of the walk."""
    return tally_of(own_declarations(), own_answers())


@cache
def own_answers() -> tuple[OwnAnswer, ...]:
    """All answers of the walk."""
    with asyncio.Runner() as runner:
        walk = _Walk(runner)
        walk.fast_api()
        walk.money()
        OwnOrders(lambda *call: walk.signed("alice", *call).data).walk()
        walk.broker_pro()
        walk.everything_else()
        return tuple(walk.answers)


def _world() -> World:
    """The demo world, with a key that each user made by hand, and trades that the broker earns by."""
    world = load("demo").world
    groups = tuple(AuthGroup)
    keys = [
        ApiKey(
            api_key=_name(user),
            secret=f"secret of {user}",
            passphrase="passphrase",  # noqa: S106 - of a world that nobody else reaches
            api_name="own",
            user=user,
            uid=world.users[user].uid,
            client_id="demo-broker" if user == OPERATOR else "",
            groups=groups,
            addressbook_only=False,
            ip_whitelist=(IP,),
            created_at=NOW - DAY,
            made_by=MadeBy.BROKER if user == OPERATOR else MadeBy.USER,
            withdrawal=user != OPERATOR,
        )
        for user in (*PAYING, OPERATOR)
    ]
    trades = (
        Trade(1, "alice", NOW - 3 * DAY, TradeType.SPOT, Decimal(1000), Decimal(1)),
        Trade(2, "frank", NOW - 2 * DAY, TradeType.FUTURE, Decimal("5000.5"), Decimal("3.25")),
    )
    return with_keys(world, keys).put(BrokerBook("demo-broker", trades))


def _name(user: str) -> str:
    return user.encode().hex().ljust(24, "0")


class _Walk:
    """Makes the calls and keeps the answers of those that KuCoin has."""

    def __init__(self, runner: asyncio.Runner) -> None:
        scenario = load("demo")
        clock = Clock(ClockSettings(frozen=True, start=NOW), wall=lambda: NOW)
        self._app = App(Exchange(_world(), clock), scenario)
        self._runner = runner
        self.answers: list[OwnAnswer] = []

    def fast_api(self) -> None:
        """Login, code, tokens, keys of both endpoints."""
        tokens = self._tokens("alice")
        refresh = {"grant_type": "authorization_code", "refresh_token": tokens["refresh_token"]}
        tokens = self._post("/_oauth/refresh-token", {**refresh, "scope": "OAUTH_CREATE_API"}, JSON).data
        bearer = {**JSON, "authorization": f"bearer {tokens['access_token']}"}
        granted = {group.value: group is AuthGroup.API_COMMON for group in AuthGroup}
        body = {"authGroupMap": granted, "isAddressbookOnly": False}
        self._post("/_oauth/resource/cyber-truck-vault/v2/outer/api-key/add", body, bearer)
        old = {**JSON, "authorization": f"bearer {self._tokens('alice')['access_token']}"}
        self._call("POST", "/_oauth/resource/ucenter/outer/api-key/add", b"", old)

    def money(self) -> None:
        """Withdrawals of each kind, transfers, deposits, and what is still held."""
        self.signed("frank", "GET", "/api/v1/withdrawals/quotas?currency=USDT")  # nothing is used yet
        paid = {"currency": "USDT", "address": ADDRESS, "amount": "100.5", "withdrawType": "ADDRESS", "chain": "trx"}
        self.signed("alice", "POST", "/api/v2/broker/withdrawal", paid)
        self.signed("frank", "POST", "/api/v2/broker/withdrawal", paid)
        for number, way in enumerate((("MAIN", "TRADE"), ("MAIN", "CONTRACT"), ("MAIN", "MARGIN"), ("TRADE", "MAIN"))):
            moved = {"clientOid": f"own-{number}", "currency": "USDT", "amount": "5", "type": "INTERNAL"}
            moved |= {"fromAccountType": way[0], "toAccountType": way[1]}
            self.signed("alice", "POST", "/api/v3/accounts/universal-transfer", moved)
        for number, kind in enumerate(("margin", "isolated")):
            moved = {"clientOid": f"older-{number}", "currency": "USDT", "amount": "5", "from": "main", "to": kind}
            self.signed("alice", "POST", "/api/v2/accounts/inner-transfer", {**moved, "toTag": "BTC-USDT"})
        for currency, chain in (("USDT", "eth"), ("BTC", "btc")):
            created = {"currency": currency, "chain": chain, "to": "trade" if chain == "eth" else "main"}
            self.signed("alice", "POST", "/api/v3/deposit-address/create", created)
            arrived = {"user": "alice", "currency": currency, "chain": chain, "amount": "7.25"}
            self._post(f"{BASE}/deposits", arrived, JSON)
        self.signed("alice", "POST", "/api/v1/deposit-addresses", {"currency": "USDT", "chain": "kcc"})
        v1 = {"currency": "USDT", "address": ADDRESS, "amount": "20", "chain": "trx"}
        self.signed("frank", "POST", "/api/v1/withdrawals", v1)
        v3 = {"currency": "USDT", "toAddress": ADDRESS, "amount": "20", "chain": "trx", "withdrawType": "ADDRESS"}
        self.signed("frank", "POST", "/api/v3/withdrawals", v3)
        self._call("PATCH", f"{BASE}/choices", b'{"settlement": "manual"}', JSON)
        held = self.signed("frank", "POST", "/api/v3/withdrawals", v3).data["withdrawalId"]
        account = next(row["id"] for row in self.signed("frank", "GET", "/api/v1/accounts").data)
        for target in (f"accounts/{account}", f"accounts/{account}/holds", f"accounts/{account}/ledgers"):
            self.signed("frank", "GET", f"/api/v1/{target}")
        self.signed("frank", "GET", f"/api/v1/withdrawals/{held}")
        self.signed("frank", "DELETE", f"/api/v1/withdrawals/{held}")
        self._call("PATCH", f"{BASE}/choices", b'{"settlement": "immediate"}', JSON)

    def broker_pro(self) -> None:
        """The broker's own calls."""
        days = "begin=20260501&end=20260601&tradeType"
        for target in (
            f"/api/v1/broker/api/rebase/download?{days}=1",
            f"/api/v2/broker/api/rebate/download?{days}=SPOT",
            "/api/v2/broker/queryMyCommission",
            "/api/v2/broker/queryUser?tradeType=all",
            "/api/v2/broker/queryDetailByUid",
        ):
            self.signed(OPERATOR, "GET", target)

    def everything_else(self) -> None:
        """Each look-up by the example in its declaration, and those that need a currency."""
        usdt = "currency=USDT"
        for target in (
            f"/api/v1/accounts/transferable?{usdt}&type=MAIN",
            f"/api/v1/withdrawals/quotas?{usdt}",
            "/api/v1/withdrawals/quotas?currency=BTC",
            *(f"/api/v{version}/deposit-addresses?{usdt}" for version in (1, 2, 3)),
            f"/api/v1/deposits?{usdt}",
            "/api/v3/currencies/USDT",
        ):
            self.signed("alice", "GET", target)
        reached = {(answer.method, answer.path) for answer in self.answers}
        for endpoint in ENDPOINTS:
            if not endpoint.path.startswith("/api/") or "broker" in endpoint.path:
                continue
            if endpoint.method == "GET":
                for user in PAYING if endpoint.permission else PAYING[:1]:
                    self.signed(user, "GET", _target(endpoint))
            elif endpoint.example and (endpoint.method, endpoint.path) not in reached:
                in_body = endpoint.held_in == "body"
                target = endpoint.path if in_body else _target(endpoint)
                self.signed("alice", endpoint.method, target, endpoint.example if in_body else None)

    def _tokens(self, user: str) -> Any:
        login = {"user": user, "client_id": "demo-broker", "redirect_uri": CALLBACK, "state": "s", "grant": "all"}
        code = self._post(f"{BASE}/authorizations", login, JSON).data["code"]
        query = {"grant_type": "authorization_code", "code": code, "client_id": "demo-broker"}
        return self._call("GET", f"/_oauth/access-token?{urlencode(query)}&redirect_uri={CALLBACK}").data

    def _post(self, target: str, body: Mapping[str, Any], headers: Mapping[str, str]) -> OwnAnswer:
        return self._call("POST", target, json.dumps(body).encode(), headers)

    def signed(self, user: str, method: str, target: str, body: Mapping[str, Any] | None = None) -> OwnAnswer:
        """A call with the user's key."""
        data = json.dumps(body).encode() if body else b""
        secret, path, query = f"secret of {user}", *target.partition("?")[::2]
        signed = f"{path}?{unquote_plus(query)}" if query else path
        headers = {
            **JSON,
            "kc-api-key": _name(user),
            "kc-api-sign": signature.sign(secret, signature.prehash(str(NOW), method, signed, data)),
            "kc-api-timestamp": str(NOW),
            "kc-api-passphrase": signature.signed_passphrase(secret, "passphrase"),
            "kc-api-key-version": "3",
        }
        return self._call(method, target, data, headers)

    def _call(self, method: str, target: str, body: bytes = b"", headers: Mapping[str, str] = {}) -> OwnAnswer:
        path, _, query = target.partition("?")
        head = {**headers, **({"content-length": str(len(body))} if body else {})}
        scope = {
            "type": "http",
            "asgi": {"version": "3.0"},
            "http_version": "1.1",
            "method": method,
            "scheme": "http",
            "path": unquote(path),
            "raw_path": path.encode(),
            "query_string": query.encode(),
            "root_path": "",
            "headers": [(name.encode(), value.encode()) for name, value in head.items()],
            "client": (IP, 50_000),
            "server": ("127.0.0.1", 8080),
        }
        answer = self._runner.run(self._exchanged(scope, body))
        own = OwnAnswer(method, path, query, *answer)
        if not path.startswith(BASE):
            self.answers.append(own)
        return own

    async def _exchanged(self, scope: dict[str, Any], body: bytes) -> tuple[int, dict[str, str], bytes]:
        sent: list[AsgiMessage] = []
        unread = iter([{"type": "http.request", "body": body, "more_body": False}])

        async def receive() -> AsgiMessage:
            message = next(unread, None)
            if message is None:
                await asyncio.get_running_loop().create_future()
            assert message is not None
            return message

        async def send(message: AsgiMessage) -> None:
            sent.append(message)

        await self._app(scope, receive, send)
        headers = {name.decode().lower(): value.decode("latin-1") for name, value in sent[0]["headers"]}
        return sent[0]["status"], headers, b"".join(message.get("body", b"") for message in sent[1:])


def _target(endpoint: Endpoint) -> str:
    """The path of an endpoint's example with its query."""
    path, values = endpoint.path, dict(endpoint.example)
    for name in _names(endpoint.path):
        path = path.replace(f"{{{name}}}", values.pop(name, "none"))
    return f"{path}?{urlencode(values)}" if values else path


def _names(path: str) -> Iterator[str]:
    for part in path.split("/"):
        if part.startswith("{"):
            yield part.strip("{}")

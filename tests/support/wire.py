"""A broker at one end of a wire: what it sends as bytes, what comes back as bytes, whatever carries them."""

from __future__ import annotations

import asyncio
import http.client
import json
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, Protocol
from urllib.parse import unquote, unquote_plus

from msgspec.structs import replace

from simulator.clock import Clock, ClockSettings, wall_clock
from simulator.core.world import World
from simulator.exchange import Exchange
from simulator.scenario.loader import load
from simulator.scenario.staging.armed import Staging
from simulator.web.app import App
from support.demo_world import CALLBACK
from support.desk import IP, PATH, START, Key, groups_body, payment, refresh_body, token_query

NEW = "/_oauth/resource/cyber-truck-vault/v2/outer/api-key/add"
OLD = "/_oauth/resource/ucenter/outer/api-key/add"
TOKEN = "/_oauth/access-token"
REFRESH = "/_oauth/refresh-token"
WITHDRAWAL = PATH
JSON = {"content-type": "application/json"}
FORM = {"content-type": "application/x-www-form-urlencoded"}
V1 = "/_sim/v1"
PAYING = ("API_COMMON", "API_WITHDRAW_OAUTH")
SCENARIO = load("demo")
DEMO = SCENARIO.world
OPERATOR = Key("000000000000000000000001", "00000000-0000-4000-8000-000000000001", "demo-passphrase")
"""The broker's own key in the demo world."""


def still_app(world: World = DEMO, staging: Staging | None = None, **choices: Any) -> App:
    """The application of a world at which both clocks stand still."""
    world = world.put(choices=replace(world.choices, **choices))
    clock = Clock(ClockSettings(frozen=True, start=START), wall=lambda: START)
    return App(Exchange(world, clock, staging=staging), replace(SCENARIO, world=world))


@dataclass(frozen=True)
class Answer:
    """What came back. Header names are lower case."""

    status: int
    headers: Mapping[str, str]
    body: bytes

    def json(self) -> Any:
        return json.loads(self.body)

    @property
    def text(self) -> str:
        return self.body.decode()

    @property
    def key(self) -> Key:
        """The key that an answer of s4 brings."""
        data = self.json()["data"]
        return Key(data["apiKey"], data["secret"], data["passphrase"])


def problem_of(answer: Answer, status: int) -> dict[str, Any]:
    """The problem that the control surface tells, once its head and its shape have been looked at."""
    assert (answer.status, answer.headers["content-type"]) == (status, "application/problem+json")
    problem: dict[str, Any] = answer.json()
    assert list(problem)[:4] == ["type", "title", "status", "detail"]
    assert (problem["type"], problem["status"]) == ("about:blank", status)
    assert isinstance(problem["title"], str)
    assert "code" not in problem
    return problem


class Send(Protocol):
    """Carries one request to the simulator."""

    def __call__(self, method: str, target: str, body: bytes = b"", headers: Mapping[str, str] = {}) -> Answer: ...


def control(send: Send, path: str, body: object, **headers: str) -> Answer:
    """A call of the control surface that changes something."""
    return send("POST", V1 + path, json.dumps(body).encode(), {**JSON, **headers})


@dataclass
class Asgi:
    """Carries requests into an ASGI application without a port: any byte can be put anywhere."""

    app: Any
    runner: asyncio.Runner
    read: int = field(default=0, init=False)
    """How many pieces of the last body the application had taken when it began to answer."""
    taken: int = field(default=0, init=False)
    """How many it took in all."""

    def __call__(self, method: str, target: str, body: bytes = b"", headers: Mapping[str, str] = {}) -> Answer:
        raw = [(name.lower().encode("latin-1"), value.encode("latin-1")) for name, value in headers.items()]
        if body:
            raw.append((b"content-length", str(len(body)).encode()))
        return self.raw(method, target.encode("latin-1"), raw, [body])

    def raw(
        self, method: str, target: bytes, headers: list[tuple[bytes, bytes]], pieces: Iterable[bytes] = ()
    ) -> Answer:
        """The same with everything as it would be on the wire; the body comes in pieces."""
        path, _, query = target.partition(b"?")
        scope = {
            "type": "http",
            "asgi": {"version": "3.0"},
            "http_version": "1.1",
            "method": method,
            "scheme": "http",
            "path": unquote(path.decode("latin-1")),
            "raw_path": path,
            "query_string": query,
            "root_path": "",
            "headers": headers,
            "client": (IP, 50_000),
            "server": ("127.0.0.1", 8080),
        }
        return self.runner.run(self._exchange(scope, list(pieces)))

    async def _exchange(self, scope: dict[str, Any], pieces: list[bytes]) -> Answer:
        self.taken = 0
        at_once = b"timeout=0" in scope["query_string"]
        impatient = not at_once and scope["path"].endswith(("/requests/stream", "/requests/wait"))
        announced = any(name in (b"content-length", b"transfer-encoding") for name, _ in scope["headers"])
        sent: list[Any] = []

        async def receive() -> dict[str, Any]:
            if self.taken >= len(pieces):
                if impatient or (announced and not pieces):
                    return {"type": "http.disconnect"}
                await asyncio.get_running_loop().create_future()  # the client is there until it has its answer
            self.taken += 1
            return {"type": "http.request", "body": pieces[self.taken - 1], "more_body": self.taken < len(pieces)}

        async def send(message: Any) -> None:
            if not sent:
                self.read = self.taken
            sent.append(message)

        await self.app(scope, receive, send)
        head = {name.decode(): value.decode("latin-1") for name, value in sent[0]["headers"]}
        return Answer(sent[0]["status"], head, b"".join(message.get("body", b"") for message in sent[1:]))


@dataclass(frozen=True)
class Http:
    """Carries requests over a real connection, each over its own. `timeout` is the client's patience in seconds."""

    port: int
    timeout: float = 30

    def __call__(self, method: str, target: str, body: bytes = b"", headers: Mapping[str, str] = {}) -> Answer:
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=self.timeout)
        try:
            connection.request(method, target, body or None, dict(headers))
            response = connection.getresponse()
            head = {name.lower(): value for name, value in response.getheaders()}
            return Answer(response.status, head, response.read())
        finally:
            connection.close()


def decoded(target: str) -> str:
    """A target with its query as it is signed."""
    path, mark, query = target.partition("?")
    return path + mark + unquote_plus(query)


@dataclass(frozen=True)
class Broker:
    """What a broker does, one call a method. `now` is the ms that it puts into KC-API-TIMESTAMP."""

    send: Send
    now: Callable[[], int] = wall_clock
    client_id: str = "demo-broker"

    # --- OAuth
    def authorize(self, user: str = "alice", *, redirect_uri: str = CALLBACK, **more: object) -> str:
        """The code that the user's consent to everything brings, or to `grant=`; nobody opens a browser."""
        asked = {
            "user": user,
            "client_id": self.client_id,
            "redirect_uri": redirect_uri,
            "state": "s-1",
            "grant": "all",
        }
        answer = control(self.send, "/authorizations", asked | more)
        assert answer.status == 201, answer
        code: str = answer.json()["code"]
        return code

    def exchange(self, code: str, redirect_uri: str = CALLBACK) -> Answer:
        """s7.2."""
        return self.send("GET", f"{TOKEN}?{token_query(code, redirect_uri, self.client_id)}")

    def refresh(self, token: str) -> Answer:
        """s7.3."""
        return self.send("POST", REFRESH, json.dumps(refresh_body(token).fields).encode(), JSON)

    def add_key(self, access_token: str, *groups: str, book_only: bool = False) -> Answer:
        """s4.2."""
        body = json.dumps(groups_body(*(groups or PAYING), book_only=book_only).fields).encode()
        return self.send("POST", NEW, body, {**JSON, "authorization": f"bearer {access_token}"})

    def tokens(self, user: str = "alice", **more: Any) -> dict[str, Any]:
        """Login, consent, code, tokens."""
        tokens: dict[str, Any] = self.exchange(self.authorize(user, **more)).json()
        assert "access_token" in tokens, tokens
        return tokens

    def key(self, user: str = "alice", *groups: str, **more: Any) -> Key:
        """All the way from login to a key."""
        return self.add_key(self.tokens(user, **more)["access_token"], *groups).key

    # --- what the key is for
    def headers(self, key: Key, method: str, target: str, body: bytes = b"") -> dict[str, str]:
        """The six headers of s8.2; the target is signed as it stands."""
        path, _, query = target.partition("?")
        signed = key.sign(body, timestamp=self.now(), method=method, path=path, query=query)
        return {
            "KC-API-KEY": signed.key or "",
            "KC-API-SIGN": signed.sign or "",
            "KC-API-TIMESTAMP": signed.timestamp or "",
            "KC-API-PASSPHRASE": signed.passphrase or "",
            "KC-API-KEY-VERSION": signed.version or "",
            "Content-Type": "application/json",
        }

    def signed(self, key: Key, method: str, target: str, body: bytes = b"") -> Answer:
        """A signed call; the query is signed decoded, as KuCoin wants it."""
        return self.send(method, target, body, self.headers(key, method, decoded(target), body))

    def withdraw(self, key: Key, fields: Mapping[str, object] | None = None, **more: object) -> Answer:
        """s8.2."""
        return self.signed(key, "POST", WITHDRAWAL, json.dumps({**(fields or payment()), **more}).encode())

    def validation(self, user: str, challenge: Mapping[str, Any], *chosen: str) -> dict[str, Any]:
        """What the user reads on the phone and in the mailbox, as the second request carries it.

        These factors, or those of the first alternative.
        """
        messages = self.send("GET", f"{V1}/users/{user}/messages").json()["messages"]
        codes = {
            each["factor"]: each["code"] for each in messages if each["transaction_id"] == challenge["transactionId"]
        }
        codes["GAV"] = self.send("GET", f"{V1}/users/{user}/totp").json()["code"]
        wanted = chosen or challenge["allFactors"][0]
        factors = [{"factorType": factor, "factorValue": codes[factor]} for factor in wanted]
        return {"transactionId": challenge["transactionId"], "factors": factors}

    def balance(self, user: str = "alice", currency: str = "USDT") -> str:
        """What the user owns in the main account."""
        accounts = self.send("GET", f"{V1}/users/{user}").json()["accounts"]
        [balance] = [each["balance"] for each in accounts if (each["currency"], each["type"]) == (currency, "main")]
        return str(balance)

    def entry(self, answer: Answer) -> dict[str, Any]:
        """The journal's entry to which an answer leads."""
        workspace, _, number = answer.headers["x-sim-entry"].partition("/")
        assert workspace == "default"
        found: dict[str, Any] = self.send("GET", f"{V1}/requests/{number}").json()
        return found

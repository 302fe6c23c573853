"""Every page that a person can open, by the way that leads to it, in a world where each has something to show."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from http.client import HTTPConnection
from typing import TYPE_CHECKING, Any

from simulator.core.spec import SECURITY_PATH
from simulator.web.server import LocalServer
from support.desk import Key
from support.feeds import private, session
from support.placed_orders import GROUPS, place, provide
from support.wire import Answer, Broker

if TYPE_CHECKING:
    from playwright.sync_api import Page

KEY_PATH = "/_oauth/resource/cyber-truck-vault/v2/outer/api-key/add"


def call(server: LocalServer, method: str, path: str, body: Any = None, **headers: str) -> Any:
    """The JSON answer of the server, a program being the client."""
    connection = HTTPConnection("127.0.0.1", server.port)
    text = None if body is None else json.dumps(body)
    names = {name.replace("_", "-"): value for name, value in headers.items()}
    connection.request(method, path, text, {"content-type": "application/json", "accept": "*/*", **names})
    answer = json.loads(connection.getresponse().read())
    connection.close()
    return answer


def login(server: LocalServer, state: str = "s-1") -> str:
    """The path of a login for the demo broker."""
    back = f"{server.url}/demo/callback"
    return f"/oauth?response_type=code&client_id=demo-broker&redirect_uri={back}&scope=OAUTH_CREATE_API&state={state}"


def lived_in(server: LocalServer, state: str = "s-1", remark: str = "") -> None:
    """Consents, a key, a deposit, refused calls and a fault: something for each page to show."""
    uri = f"{server.url}/demo/callback"
    asked = {"user": "alice", "client_id": "demo-broker", "redirect_uri": uri, "state": state, "grant": "all"}
    code = call(server, "POST", "/_sim/v1/authorizations", asked)["code"]
    query = f"grant_type=authorization_code&code={code}&redirect_uri={uri}&client_id=demo-broker"
    token = call(server, "GET", f"/_oauth/access-token?{query}", user_agent=remark or "a broker")["access_token"]
    groups = dict.fromkeys((*GROUPS, "API_WITHDRAW_OAUTH"), True)
    wanted = {"authGroupMap": groups, "isAddressbookOnly": False}
    made = call(server, "POST", KEY_PATH, wanted, authorization=f"Bearer {token}")
    assert made["success"]
    deposit = {"user": "alice", "currency": "USDT", "chain": "trx", "amount": "12.5"}
    call(server, "POST", "/_sim/v1/deposits", deposit)
    call(server, "GET", f"/_oauth/access-token?{query}", user_agent=remark or "a broker")
    call(server, "GET", "/api/v1/accounts", kc_api_key="nobody")
    fault = {"on": "exchange_code", "reason": "CODE_USED"}
    call(server, "POST", "/_sim/v1/faults", fault)
    traded(server, Key(made["data"]["apiKey"], made["data"]["secret"], made["data"]["passphrase"]))


def traded(server: LocalServer, key: Key) -> None:
    """An order by a plan, partly filled, with a feed that tells of it; one that has ended, and a stop order."""

    def send(method: str, target: str, body: bytes = b"", headers: Mapping[str, str] | None = None) -> Answer:
        connection = HTTPConnection("127.0.0.1", server.port)
        connection.request(method, target, body, dict(headers or {}))
        answer = connection.getresponse()
        read = Answer(answer.status, dict(answer.getheaders()), answer.read())
        connection.close()
        return read

    broker = Broker(send)
    plan = {"client_oid": "shown", "plan": [{"fill": "40%"}, {"after": "1h", "fill": "30%"}]}
    call(server, "PUT", "/_sim/v1/order-plans", plan)
    provide(broker, key)
    body = {"symbol": "BTC-USDT", "side": "sell", "type": "limit", "price": "54000", "size": "0.0001"}
    stop = {**body, "stopPrice": "55000", "clientOid": "waits"}
    broker.signed(key, "POST", "/api/v1/stop-order", json.dumps(stop).encode())
    with session(*private(broker, key)) as feed:
        feed.subscribe("/spotMarket/tradeOrdersV2", "/account/balance")
        place(broker, key, clientOid="shown")
        feed.data()
    place(broker, key, clientOid="ended", type="market", price=None, size=None, funds="10")


@dataclass(frozen=True)
class Way:
    """A page: the path that is opened, and the buttons that are pressed from there on."""

    path: str
    buttons: tuple[str, ...] = ()


def ways(server: LocalServer) -> dict[str, Way]:
    """Every page by a name."""
    fixed = {
        "front": Way("/"),
        "login": Way(login(server)),
        "login: nobody": Way(login(server), ("Continue",)),
        "consent": Way(login(server), ("alice",)),
        "consent: no futures": Way(login(server), ("frank",)),
        "late redirect": Way(login(server), ("alice", "Wait ten seconds")),
        "refused": Way("/oauth?client_id=demo-broker"),
        "refused: no client": Way("/oauth"),
        "set-up": Way(SECURITY_PATH),
        "set-up: QR code": Way(SECURITY_PATH, ("bob",)),
        "set-up: bound": Way(SECURITY_PATH, ("alice",)),
        "accounts": Way("/account"),
        "account": Way("/account?user=alice"),
        "account: no factor": Way("/account?user=bob"),
        "account: nobody": Way("/account?user=nobody"),
        "callback": Way("/demo/callback?code=0&state=1"),
        "demo": Way("/demo"),
        "demo: program": Way("/demo/source"),
        "missing": Way("/w/nowhere/"),
        "one call": Way("/_sim/calls/1"),
        "one feed": Way("/_sim/feeds/1"),
        "one order": Way("/_sim/orders/shown"),
        "one order that ended": Way("/_sim/orders/ended"),
        "one refused call": Way("/_sim/calls/4"),
    }
    from simulator.web.dashboard.nav import SECTIONS
    from simulator.web.dashboard.routes import SCREENS

    screens = {screen.path for screen in SCREENS if screen.method == "GET"}
    sections = {f"dashboard: {section.title}": f"/_sim{section.path}" for section in SECTIONS}
    served = {name: Way(path) for name, path in sections.items() if path == "/_sim/" or path in screens}
    return {**fixed, **served}


def opened(page: Page, server: LocalServer, way: Way) -> None:
    """Go that way. All drawers are opened before a button is pressed, because some are in one."""
    page.goto(server.url + way.path)
    for button in way.buttons:
        if button == "Continue":
            page.get_by_label("Registered e-mail or phone").fill("nobody@example.test")
        page.evaluate("document.querySelectorAll('details').forEach(drawer => { drawer.open = true; })")
        page.get_by_role("button", name=button).first.click()
        page.wait_for_load_state()

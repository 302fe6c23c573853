"""The control surface `/_sim`: what pages, command line and tests drive the simulator with."""

from __future__ import annotations

from typing import Final

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from simulator.core import spec
from simulator.version import __version__
from simulator.web.control import (
    administration,
    clock,
    credentials,
    deposits,
    explain,
    faults,
    journal,
    money,
    people,
    reference,
    scenarios,
    state,
    views,
    workspaces,
)
from simulator.web.control.calls import ControlCall, Handler, answer, handled
from simulator.web.endpoints.desk import Desk
from simulator.web.endpoints.table import BASE, CONTROL


async def index(desk: Desk, request: Request) -> Response:
    """What runs here, and where everything is."""
    world = desk.exchange.world
    base = f"{world.origin}{world.prefix}{BASE}"
    listed = [call for call in CALLS if call.method == "GET" and "{" not in call.path]
    return answer(
        {
            "name": "kucoin-fast-api-simulator",
            "version": __version__,
            "page": spec.PAGE_REVISION,
            "scenario": desk.scenario.name,
            "seed": world.seed,
            "workspace": world.workspace,
            "clients": [views.client(world, world.clients[each]) for each in sorted(world.clients)],
            "users": len(world.users),
            "calls": [call.as_data() for call in CALLS],
            "links": {call.handler.__name__: base + call.path for call in listed},
        }
    )


async def openapi(desk: Desk, request: Request) -> Response:
    """The calls of this surface as an OpenAPI document; the exchange's own is at /openapi.json."""
    from simulator.web.control.schemas.document import document

    return answer(document(CALLS, desk.exchange.world.prefix or "/"))


SCENARIO: Final = "a scenario, in YAML or JSON"
DECIDED: Final = '"decision"?: "approve" or "deny", "grant"?: ["API_SPOT"] or "all", "addressbook_only"?'
WHICH: Final = '"operation", "user"?, "client"?, "match"?, "times"?, "skip"?, "at"?'
FAULT: Final = f'{{{WHICH}, "refuse" or "respond" or "network"?, "delay"?}}'
CURRENCY: Final = "a currency as in a scenario"
PRICE: Final = '"price_usdt": "65000"'
DEPOSIT: Final = '{"user", "currency", "chain"?, "amount": "5", "address"?, "memo"?, "confirmations"?: 0}'
MODES: Final = '"real", "offset", "frozen" or "scaled"'
ADVANCE: Final = '{"by": "1h"} or {"to": "2026-06-01T00:00:00Z"} or {"to_event", "offset"?: "-1s", "user"?, "client"?}'
EXPLAINED: Final = (
    '{"method", "path", "query"?, "headers"?, "body"?: a text, "ip"?} or {"entry": a number, "at"?: "now" or "then"}'
)
SIGNATURE: Final = (
    '{"method", "path", "query"?, "body"?, "timestamp", "sign", "host"?, "key" or "secret", "passphrase"?}'
)

CALLS: Final = (
    ControlCall("GET", "", index),
    ControlCall(
        "POST",
        "/workspaces",
        workspaces.create_workspace,
        '{"name"?, "scenario"?: a built-in one, "seed"?, "ttl"?: "10m"}',
    ),
    ControlCall("GET", "/workspaces", workspaces.workspaces),
    ControlCall("GET", "/workspaces/{workspace}", workspaces.workspace),
    ControlCall("DELETE", "/workspaces/{workspace}", workspaces.delete_workspace),
    ControlCall("GET", "/requests/unrouted", workspaces.unrouted),
    ControlCall("GET", "/scenario", scenarios.scenario),
    ControlCall("PUT", "/scenario", scenarios.put_scenario, SCENARIO),
    ControlCall("POST", "/scenario/validate", scenarios.validate, SCENARIO),
    ControlCall("POST", "/verify", scenarios.verify, '{"expect": [...]}, or nothing: what the scenario expects'),
    ControlCall("GET", "/faults", faults.faults),
    ControlCall("PUT", "/faults", faults.put_faults, f'{{"faults": [{FAULT}]}}'),
    ControlCall("POST", "/faults", faults.add_fault, FAULT),
    ControlCall("DELETE", "/faults/{id}", faults.remove_fault),
    ControlCall("GET", "/clock", clock.clock),
    ControlCall("PATCH", "/clock", clock.patch_clock, f'{{"mode"?: {MODES}, "scale"?: "60"}}'),
    ControlCall("POST", "/clock/advance", clock.advance, ADVANCE),
    ControlCall("POST", "/reset", clock.reset),
    ControlCall("GET", "/snapshots", state.snapshots),
    ControlCall("POST", "/snapshots", state.take_snapshot, '{"name"}'),
    ControlCall("DELETE", "/snapshots/{name}", state.delete_snapshot),
    ControlCall("POST", "/snapshots/{name}/restore", state.restore_snapshot),
    ControlCall("POST", "/rewind", state.rewind, '{"to": 7} or {"before": 7}: the number of an entry of the journal'),
    ControlCall("GET", "/state", state.state),
    ControlCall("PUT", "/state", state.put_state, '{"version": 1, "page", "state"}, as GET gives it'),
    ControlCall("GET", "/users", people.users),
    ControlCall("GET", "/users/{user}", people.user),
    ControlCall("PUT", "/users/{user}", administration.put_user, 'a user as in a scenario, "like"?: "alice"'),
    ControlCall("PATCH", "/users/{user}", administration.patch_user, "some keys of a user as in a scenario"),
    ControlCall("DELETE", "/users/{user}", administration.delete_user),
    ControlCall("GET", "/users/{user}/messages", people.messages),
    ControlCall("GET", "/users/{user}/totp", people.totp),
    ControlCall("GET", "/clients", administration.clients),
    ControlCall("GET", "/clients/{client}", administration.client),
    ControlCall("PUT", "/clients/{client}", administration.put_client, "a client as in a scenario"),
    ControlCall("PATCH", "/clients/{client}", administration.patch_client, "some keys of a client as in a scenario"),
    ControlCall("DELETE", "/clients/{client}", administration.delete_client),
    ControlCall("PUT", "/currencies/{currency}", administration.put_currency, f"{CURRENCY}, {PRICE}"),
    ControlCall("PUT", "/prices/{currency}", administration.put_price, f"{{{PRICE}}}"),
    ControlCall("GET", "/choices", administration.choices),
    ControlCall("PATCH", "/choices", administration.patch_choices, "some choices as in a scenario"),
    ControlCall("GET", "/consents", credentials.consents),
    ControlCall("POST", "/consents/{id}/revoke", credentials.revoke),
    ControlCall("GET", "/api-keys", credentials.api_keys),
    ControlCall("DELETE", "/api-keys/{key}", credentials.delete_api_key),
    ControlCall("GET", "/ledger", money.ledger),
    ControlCall(
        "POST",
        "/authorizations",
        people.authorizations,
        f'{{"user", "client_id", "redirect_uri", "state", "scope"?, {DECIDED}}}',
    ),
    ControlCall("POST", "/logins", people.logins, f'{{"user", {DECIDED}}}'),
    ControlCall("GET", "/deposits", deposits.deposits),
    ControlCall("POST", "/deposits", deposits.arrive, DEPOSIT),
    ControlCall("GET", "/withdrawals", money.withdrawals),
    ControlCall("GET", "/withdrawals/{id}", money.withdrawal),
    ControlCall("POST", "/withdrawals/{id}/advance", money.advance),
    ControlCall("POST", "/withdrawals/{id}/review", money.review),
    ControlCall("POST", "/withdrawals/{id}/approve", money.approve),
    ControlCall("POST", "/withdrawals/{id}/fail", money.fail),
    ControlCall("GET", "/requests", journal.requests),
    ControlCall("DELETE", "/requests", journal.clear),
    ControlCall("GET", "/requests/wait", journal.wait),
    ControlCall("GET", "/requests/stream", journal.stream),
    ControlCall("GET", "/requests.har", journal.har),
    ControlCall("GET", "/requests/{number}", journal.entry),
    ControlCall("POST", "/explain", explain.explain, EXPLAINED),
    ControlCall("POST", "/explain/signature", explain.explain_signature, SIGNATURE),
    ControlCall("GET", "/rules", explain.rules),
    ControlCall("GET", "/operations", reference.operations),
    ControlCall("GET", "/reasons", reference.reasons),
    ControlCall("GET", "/schema/scenario.json", reference.schema),
    ControlCall("GET", "/openapi.json", openapi),
)


INDEXED: Final = (CONTROL, f"{CONTROL}/", f"{BASE}/")
"""Where the index is looked for as well. It stands there itself, for curl does not follow a redirect unasked."""


def control_routes() -> list[Route]:
    """The routes of the control surface: one a path, so that a 405 names all its methods."""
    served: dict[str, dict[str, Handler]] = {path: {"GET": index} for path in INDEXED}
    for call in CALLS:
        served.setdefault(BASE + call.path, {})[call.method] = call.handler
    return [Route(path, handled(handlers), methods=list(handlers)) for path, handlers in served.items()]

"""The calls about workspaces, users, clients, currencies, choices, credentials and money."""

from __future__ import annotations

from typing import Final

from simulator.core.funds.ledger import ORDER
from simulator.core.spec import AuthGroup
from simulator.core.world.clients import MadeBy
from simulator.scenario.given.amending import NEW_USER, PRICE, PRICED
from simulator.scenario.keys.choices import CHOICES
from simulator.scenario.keys.json_schema import of
from simulator.scenario.keys.people import CLIENT, USER
from simulator.web.control.deposits import MOST_CONFIRMATIONS
from simulator.web.control.schemas import views
from simulator.web.control.schemas.call import LIMIT, MALFORMED, Shape, given
from simulator.web.json_schema import (
    ANYTHING,
    COUNT,
    DECIMAL,
    FLAG,
    MS,
    NAME,
    POSITIVE,
    TEXT,
    WHOLE,
    closed,
    listed,
    mapped,
    maybe,
    one_of,
    query,
    word_of,
)

OF_USER: Final = query("user", TEXT, "Only those of this user: name, uid, e-mail or phone")
OF_CLIENT: Final = query("client", TEXT, "Only those of this client_id")

# --- workspaces
URLS: Final = closed({"base": TEXT, "host": TEXT, "control": TEXT})
PLACE_FIELDS: Final = {"scenario": TEXT, "ttl": TEXT, "idle": COUNT, "urls": URLS}
WORKSPACE: Final = closed(
    {
        "name": NAME,
        "client_id": maybe(TEXT),
        "client_secret": maybe(TEXT),
        "redirect_uris": listed(TEXT),
        "api_keys": listed(views.OWN_KEY),
        "clients": listed(views.CLIENT),
        "users": listed(TEXT),
        "seed": COUNT,
        **PLACE_FIELDS,
    }
)
WORKSPACES: Final = closed(
    {"workspaces": listed(closed({"name": NAME, **PLACE_FIELDS})), "count": COUNT, "capacity": COUNT}
)
WANTED: Final = closed(
    {
        "name?": {"type": "string", "pattern": "^[A-Za-z0-9_-]{1,63}$"},
        "scenario?": {"type": "string", "description": "A built-in one; as in the default workspace without"},
        "seed?": {"type": "integer", "minimum": 0, "maximum": 10**18 - 1},
        "ttl?": {"type": "string", "description": "How long it may be idle, such as `10m`"},
    }
)

# --- users, clients, currencies, choices
REMOVED: Final = {"removed?": mapped(COUNT)}
CHANGED: Final = {**REMOVED, "created?": mapped(DECIMAL)}
TOLD_USER: Final = closed({**views.USER_FIELDS, **CHANGED})
CLIENT_FIELDS: Final = {
    **views.CLIENT_FIELDS,
    "ip_allowlist": closed({"oauth": listed(TEXT), "trading": listed(TEXT)}),
    "api_name": maybe(TEXT),
    "site": one_of("local", "global"),
    "partner": closed({"name": TEXT, "broker_name": TEXT, "broker_key": TEXT}),
    "rcode": TEXT,
    "invited": listed(TEXT),
}
TOLD_CLIENT: Final = closed({**CLIENT_FIELDS, **CHANGED})
CURRENCY: Final = closed(
    {
        "currency": NAME,
        "full_name": TEXT,
        "precision": COUNT,
        "default_chain": maybe(TEXT),
        "margin_enabled": FLAG,
        "debit_enabled": FLAG,
        "price_usdt": DECIMAL,
        "chains": listed(TEXT),
    }
)
TOLD_CHOICES: Final = closed(dict.fromkeys(CHOICES.keys, ANYTHING))
USERS: Final = closed({"users": listed(views.USER), "next": maybe(TEXT)})
DELETED_USER: Final = closed({"name": NAME, **CHANGED})
DELETED_CLIENT: Final = closed({"client_id": NAME, **CHANGED})

# --- credentials
CONSENT: Final = closed(
    {
        "id": NAME,
        "user": NAME,
        "client": NAME,
        "groups": listed(word_of(AuthGroup)),
        "addressbookOnly": FLAG,
        "unifiedAccount": FLAG,
        "revoked": FLAG,
        "keys": COUNT,
        "generation": COUNT,
        "grantedAt": MS,
        "codeExpiresAt": maybe(MS),
        "issuedAt": maybe(MS),
        "accessTokenExpiresAt": maybe(MS),
        "refreshTokenExpiresAt": maybe(MS),
    }
)
API_KEY_FIELDS: Final = {
    "apiKey": NAME,
    "apiName": TEXT,
    "user": NAME,
    "uid": WHOLE,
    "client": maybe(NAME),
    "madeBy": word_of(MadeBy),
    "groups": listed(word_of(AuthGroup)),
    "withdrawal": FLAG,
    "addressbookOnly": FLAG,
    "ipWhitelist": listed(TEXT),
    "createdAt": MS,
}

# --- money
PART: Final = closed(
    {
        "kind": one_of("payout", "service_fee", "network_fee"),
        "amount": DECIMAL,
        "to": TEXT,
        "steps": listed(closed({"formula": TEXT, "result": TEXT})),
    }
)
MOVEMENT: Final = closed(
    {
        "kind": one_of(*ORDER),
        "at": MS,
        "user": NAME,
        "withdrawalId?": NAME,
        "depositId?": NAME,
        "orderId?": NAME,
        "grant_id?": NAME,
        "currency": NAME,
        "account": NAME,
        "balance": DECIMAL,
        "holds": DECIMAL,
        "parts?": listed(PART),
    }
)
AUTHORIZED: Final = closed({"code": maybe(TEXT), "state": TEXT, "redirect_to": TEXT})
ASKED: Final = closed(
    {"user": NAME, "client_id": NAME, "redirect_uri": NAME, "state": NAME, "scope?": TEXT, **views.DECIDED_FIELDS}
)
ARRIVES: Final = closed(
    {
        "user": NAME,
        "currency": NAME,
        "chain?": TEXT,
        "amount": POSITIVE,
        "address?": TEXT,
        "memo?": TEXT,
        "confirmations?": {"type": "integer", "minimum": 0, "maximum": MOST_CONFIRMATIONS},
    }
)
WAITING: Final = closed({"waiting": listed(views.DECIDED)})
STEP: Final = Shape(views.WITHDRAWAL, problems=(404, 409))

CALLS: Final[dict[str, Shape]] = {
    "POST /workspaces": Shape(WORKSPACE, 201, (*MALFORMED, 409, 429), body=WANTED, required=False),
    "GET /workspaces": Shape(WORKSPACES, problems=(400,), query=(LIMIT,)),
    "GET /workspaces/{workspace}": Shape(WORKSPACE, problems=(404,)),
    "DELETE /workspaces/{workspace}": Shape(None, 204, (404, 409)),
    "GET /users": Shape(USERS, problems=(400,), query=(LIMIT, query("after", TEXT, "The name to begin behind"))),
    "GET /users/{user}": Shape(views.USER, problems=(404,)),
    "PUT /users/{user}": given(TOLD_USER, of(NEW_USER), problems=(409,), also=(201,)),
    "PATCH /users/{user}": given(TOLD_USER, of(USER), problems=(404,)),
    "DELETE /users/{user}": Shape(DELETED_USER, problems=(404, 409)),
    "GET /users/{user}/messages": Shape(views.MESSAGES, problems=(404,)),
    "GET /users/{user}/totp": Shape(views.TOTP, problems=(404,)),
    "GET /clients": Shape(closed({"clients": listed(closed(CLIENT_FIELDS))})),
    "GET /clients/{client}": Shape(closed(CLIENT_FIELDS), problems=(404,)),
    "PUT /clients/{client}": given(TOLD_CLIENT, of(CLIENT), also=(201,)),
    "PATCH /clients/{client}": given(closed(CLIENT_FIELDS), of(CLIENT), problems=(404,)),
    "DELETE /clients/{client}": Shape(DELETED_CLIENT, problems=(404,)),
    "PUT /currencies/{currency}": given(CURRENCY, of(PRICED), also=(201,)),
    "PUT /prices/{currency}": given(CURRENCY, of(PRICE), problems=(404,)),
    "GET /choices": Shape(TOLD_CHOICES),
    "PATCH /choices": given(TOLD_CHOICES, of(CHOICES)),
    "GET /consents": Shape(
        closed({"consents": listed(CONSENT)}), problems=(400, 404), query=(LIMIT, OF_USER, OF_CLIENT)
    ),
    "POST /consents/{id}/revoke": Shape(CONSENT, problems=(404,)),
    "GET /api-keys": Shape(
        closed({"apiKeys": listed(closed(API_KEY_FIELDS))}), problems=(400, 404), query=(LIMIT, OF_USER, OF_CLIENT)
    ),
    "DELETE /api-keys/{key}": Shape(closed({**API_KEY_FIELDS, **CHANGED}), problems=(404,)),
    "GET /ledger": Shape(closed({"movements": listed(MOVEMENT)}), problems=(400, 404), query=(LIMIT, OF_USER)),
    "POST /authorizations": Shape(AUTHORIZED, 201, (*MALFORMED, 404), body=ASKED),
    "POST /logins": Shape(WAITING, 201, (*MALFORMED, 404), body=closed({"user": NAME, **views.DECIDED_FIELDS})),
    "GET /deposits": Shape(closed({"deposits": listed(views.DEPOSIT)}), problems=(400, 404), query=(LIMIT, OF_USER)),
    "POST /deposits": Shape(views.DEPOSIT, 201, (*MALFORMED, 404, 409), body=ARRIVES),
    "GET /withdrawals": Shape(
        closed({"withdrawals": listed(views.WITHDRAWAL)}), problems=(400, 404), query=(LIMIT, OF_USER)
    ),
    "GET /withdrawals/{id}": Shape(views.WITHDRAWAL, problems=(404,)),
    **{f"POST /withdrawals/{{id}}/{step}": STEP for step in ("advance", "review", "approve", "fail")},
}

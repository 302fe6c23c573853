"""Users, clients, currencies and choices, changed while the world goes on.

Each call takes effect at once, whole or not at all, with the keys of a scenario. A reset undoes it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Final

from starlette.requests import Request
from starlette.responses import Response

from simulator.core.control import administration as commands
from simulator.core.control.administration import Administered
from simulator.core.money import plain
from simulator.core.value import Command
from simulator.core.world import Currency, World
from simulator.scenario.format.shapes import Record
from simulator.scenario.given import amending
from simulator.scenario.given.amending import NEW_USER, PRICED
from simulator.scenario.keys import json_schema
from simulator.scenario.keys.choices import CHOICES
from simulator.scenario.keys.currencies import CHAIN
from simulator.scenario.keys.people import CLIENT, USER
from simulator.web.control.people import known_client, known_user
from simulator.web.control.protocol.calls import alone, answer, settled, text_of
from simulator.web.control.protocol.declaration import ControlCall, part_of_scenario
from simulator.web.control.protocol.problems import ProblemError, wrong_field
from simulator.web.control.views.people import (
    CLIENT_FIELDS,
    SHOWN_CLIENT_FIELDS,
    SHOWN_USER_FIELDS,
    USER_FIELDS,
    client_data,
    user_data,
)
from simulator.web.control.written import written, written_fields
from simulator.web.endpoints.desk import Desk
from simulator.web.json_schema import COUNT, DECIMAL, NAME, Schema, closed, listed, mapped

REMOVED: Final[dict[str, Schema]] = {"removed?": {**mapped(COUNT), "description": "Credentials that are gone"}}
CREATED: Final[dict[str, Schema]] = {
    "created?": {**mapped(DECIMAL), "description": "Money that was made, by currency; less than 0 = taken"}
}


def administered(desk: Desk, command: Command) -> dict[str, Any]:
    """Perform the command; return what it removed and which money it made (less than 0: took away)."""
    result = desk.exchange.perform(command).result
    assert isinstance(result, Administered)
    return {
        **({"removed": dict(result.removed)} if result.removed else {}),
        **({"created": {code: plain(amount) for code, amount in result.created}} if result.created else {}),
    }


def _check_unfinished(world: World, name: str, what: str) -> None:
    """Refuse a change of a user that would lose money of withdrawals under way."""
    withdrawals = commands.unfinished(world, name)
    if withdrawals:
        errors = [
            wrong_field(
                withdrawal.id,
                f"{withdrawal.status.value}, {plain(withdrawal.debit)} {withdrawal.payment.currency}",
            )
            for withdrawal in withdrawals
        ]
        detail = f"{name} cannot be {what} while withdrawals are under way; approve or fail them, or PATCH the user"
        raise ProblemError(409, detail, errors)


# --- users
async def put_user(desk: Desk, request: Request) -> Response:
    """Make a user, as in a scenario or `like` another one; if the user exists, only past withdrawals stay."""
    text, name = await text_of(request), request.path_params["user"]
    return await alone(desk, request, lambda fork: _put_user(fork, name, text))


def _put_user(desk: Desk, name: str, text: str) -> Response:
    world = settled(desk)
    if (owner := world.identities.get(name, name)) != name:
        raise ProblemError(409, f"{name!r} is what {owner} can be found by; choose another name")
    known = name in world.users
    if known:
        _check_unfinished(world, name, "replaced")
    shown = {"name": name, "accounts": user_data(world, world.users[name])["accounts"] if known else []}
    changes = administered(desk, amending.put_user(world, name, text, shown))
    world = desk.exchange.world
    return answer({**user_data(world, world.users[name]), **changes}, 200 if known else 201)


async def patch_user(desk: Desk, request: Request) -> Response:
    """Change some keys of a user, balances by currency. Consents, API keys and withdrawals stay."""
    text, name = await text_of(request), request.path_params["user"]
    return await alone(desk, request, lambda fork: _patch_user(fork, name, text))


def _patch_user(desk: Desk, name: str, text: str) -> Response:
    world, user = settled(desk), known_user(desk, name)
    changes = administered(desk, amending.change_user(world, user, text, user_data(world, user)))
    world = desk.exchange.world
    return answer({**user_data(world, world.users[user.name]), **changes})


async def delete_user(desk: Desk, request: Request) -> Response:
    """Delete a user, with consents, API keys and money; not while withdrawals are under way."""
    name = request.path_params["user"]
    return await alone(desk, request, lambda fork: _delete_user(fork, name))


def _delete_user(desk: Desk, identity: str) -> Response:
    world, name = settled(desk), known_user(desk, identity).name
    _check_unfinished(world, name, "deleted")
    return answer({"name": name, **administered(desk, commands.DeleteUser(name))})


# --- clients
async def clients(desk: Desk, request: Request) -> Response:
    """All clients, by client_id."""
    world = desk.exchange.world
    return answer({"clients": [client_data(world, world.clients[client_id]) for client_id in sorted(world.clients)]})


async def client(desk: Desk, request: Request) -> Response:
    """One client."""
    return answer(client_data(desk.exchange.world, known_client(desk, request.path_params["client"])))


async def put_client(desk: Desk, request: Request) -> Response:
    """Make a client, as in a scenario; if the client exists, its consents and API keys are gone."""
    text, client_id = await text_of(request), request.path_params["client"]
    return await alone(desk, request, lambda fork: _put_client(fork, client_id, text))


def _put_client(desk: Desk, client_id: str, text: str) -> Response:
    world = desk.exchange.world
    known = world.clients.get(client_id)
    shown = {"client_id": client_id, "api_keys": client_data(world, known)["api_keys"] if known else []}
    command = amending.put_client(world, client_id, text, shown)
    changes = administered(desk, command)
    world = desk.exchange.world
    return answer({**client_data(world, world.clients[client_id]), **changes}, 200 if known else 201)


async def patch_client(desk: Desk, request: Request) -> Response:
    """Change some keys of a client. Consents and API keys stay."""
    text, client_id = await text_of(request), request.path_params["client"]
    return await alone(desk, request, lambda fork: _patch_client(fork, client_id, text))


def _patch_client(desk: Desk, client_id: str, text: str) -> Response:
    client = known_client(desk, client_id)
    world = desk.exchange.world
    command = amending.change_client(world, client, text, client_data(world, client))
    administered(desk, command)
    return answer(client_data(desk.exchange.world, command.client))


async def delete_client(desk: Desk, request: Request) -> Response:
    """Delete a client, with every consent and API key that users gave it."""
    client_id = request.path_params["client"]
    return await alone(desk, request, lambda fork: _delete_client(fork, client_id))


def _delete_client(desk: Desk, client_id: str) -> Response:
    client_id = known_client(desk, client_id).client_id
    return answer({"client_id": client_id, **administered(desk, commands.DeleteClient(client_id))})


# --- currencies, choices
CURRENCY_REPLY: Final = closed({"currency": NAME, **written_fields(PRICED)})


async def put_currency(desk: Desk, request: Request) -> Response:
    """Make or replace a currency with its chains. Withdrawals keep what they cost."""
    text, code = await text_of(request), request.path_params["currency"]
    return await alone(desk, request, lambda fork: _put_currency(fork, code, text))


def _put_currency(desk: Desk, code: str, text: str) -> Response:
    command = amending.put_currency(settled(desk), code, text, {"currency": code})
    known = code in desk.exchange.world.currencies
    administered(desk, command)
    return answer(currency_data(command.currency), 200 if known else 201)


def currency_data(currency: Currency) -> dict[str, Any]:
    """A currency in the words of a scenario; GET /api/v3/currencies/{currency} shows it as KuCoin does."""
    return {
        "currency": currency.currency,
        **written(PRICED, currency),
        "chains": {chain.chain_id: written(CHAIN, chain) for chain in currency.chains} or None,
    }


async def choices(desk: Desk, request: Request) -> Response:
    """The switches in force: answers to what the page does not say."""
    return answer(written(CHOICES, desk.exchange.world.choices))


async def patch_choices(desk: Desk, request: Request) -> Response:
    """Change some switches. A new way of settling also holds for withdrawals that wait."""
    text = await text_of(request)
    return await alone(desk, request, lambda fork: _patch_choices(fork, text))


def _patch_choices(desk: Desk, text: str) -> Response:
    administered(desk, amending.change_choices(settled(desk), text))
    return answer(written(CHOICES, desk.exchange.world.choices))


def _with_shown(record: Record, shown: Mapping[str, Schema]) -> Callable[[], Schema]:
    """The schema of a body that may also have what is only shown."""

    def schema() -> Schema:
        body = json_schema.of(record)
        return {**body, "properties": {**shown, **body["properties"]}}

    return schema


CLIENT_REPLY: Final = closed(CLIENT_FIELDS)
CHOICES_REPLY: Final = closed(written_fields(CHOICES))
CALLS: Final = (
    ControlCall(
        "PUT /users/{user}",
        put_user,
        closed({**USER_FIELDS, **REMOVED, **CREATED}),
        also=(201,),
        problems=(409,),
        body=part_of_scenario(_with_shown(NEW_USER, SHOWN_USER_FIELDS), 'a user as in a scenario, "like"?: "alice"'),
    ),
    ControlCall(
        "PATCH /users/{user}",
        patch_user,
        closed({**USER_FIELDS, **CREATED}),
        problems=(404,),
        body=part_of_scenario(_with_shown(USER, SHOWN_USER_FIELDS), "some keys of a user as in a scenario"),
    ),
    ControlCall("DELETE /users/{user}", delete_user, closed({"name": NAME, **REMOVED, **CREATED}), problems=(404, 409)),
    ControlCall("GET /clients", clients, closed({"clients": listed(CLIENT_REPLY)})),
    ControlCall("GET /clients/{client}", client, CLIENT_REPLY, problems=(404,)),
    ControlCall(
        "PUT /clients/{client}",
        put_client,
        closed({**CLIENT_FIELDS, **REMOVED}),
        also=(201,),
        body=part_of_scenario(_with_shown(CLIENT, SHOWN_CLIENT_FIELDS), "a client as in a scenario"),
    ),
    ControlCall(
        "PATCH /clients/{client}",
        patch_client,
        CLIENT_REPLY,
        problems=(404,),
        body=part_of_scenario(_with_shown(CLIENT, SHOWN_CLIENT_FIELDS), "some keys of a client as in a scenario"),
    ),
    ControlCall("DELETE /clients/{client}", delete_client, closed({"client_id": NAME, **REMOVED}), problems=(404,)),
    ControlCall(
        "PUT /currencies/{currency}",
        put_currency,
        CURRENCY_REPLY,
        also=(201,),
        body=part_of_scenario(
            _with_shown(PRICED, {"currency": NAME}), 'a currency as in a scenario, "price_usdt": "65000"'
        ),
    ),
    ControlCall("GET /choices", choices, CHOICES_REPLY),
    ControlCall(
        "PATCH /choices", patch_choices, CHOICES_REPLY, body=part_of_scenario(CHOICES, "some choices as in a scenario")
    ),
)

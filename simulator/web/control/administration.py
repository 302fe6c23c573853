"""The rest of `given` and `choices`, while the world goes on: users, clients, currencies, prices, switches.

Each call takes effect at once, whole or not at all, in the shapes of a scenario; a reset undoes it.
"""

from __future__ import annotations

from typing import Any

from starlette.requests import Request
from starlette.responses import Response

from simulator.core.control import administration as commands
from simulator.core.control.administration import Administered
from simulator.core.money import plain
from simulator.core.value import Command
from simulator.core.world import Client, Currency, World
from simulator.scenario.client_names import as_known
from simulator.scenario.given import amending
from simulator.scenario.given.amending import PRICED
from simulator.scenario.keys.choices import CHOICES
from simulator.scenario.keys.people import CLIENT
from simulator.web.control import views
from simulator.web.control.calls import alone, answer, settled
from simulator.web.control.people import known_client, known_user
from simulator.web.control.problems import ProblemError, wrong_field
from simulator.web.control.scenarios import text_of
from simulator.web.control.written import written
from simulator.web.endpoints.desk import Desk


def administered(desk: Desk, command: Command) -> dict[str, Any]:
    """Do it, and say what it removed and what money it made (less than 0: took away)."""
    done = desk.exchange.perform(command).result
    assert isinstance(done, Administered)
    return {
        **({"removed": dict(done.removed)} if done.removed else {}),
        **({"created": {code: plain(amount) for code, amount in done.created}} if done.created else {}),
    }


def _free(world: World, name: str, what: str) -> None:
    """Refuse what would lose money that is on its way."""
    waiting = commands.unfinished(world, name)
    if waiting:
        errors = [
            wrong_field(each.id, f"{each.status.value}, {plain(each.debit)} {each.payment.currency}")
            for each in waiting
        ]
        detail = f"{name} cannot be {what} while withdrawals are under way; approve or fail them, or PATCH the user"
        raise ProblemError(409, detail, errors)


# --- users
async def put_user(desk: Desk, request: Request) -> Response:
    """A user anew, as a scenario would give them, or `like` another; of an older one only past withdrawals stay."""
    text, name = await text_of(request), request.path_params["user"]
    return await alone(desk, request, lambda fork: _put_user(fork, name, text))


def _put_user(desk: Desk, name: str, text: str) -> Response:
    world = settled(desk)
    if (owner := world.identities.get(name, name)) != name:
        raise ProblemError(409, f"{name!r} is what {owner} can be found by; choose another name")
    known = name in world.users
    if known:
        _free(world, name, "replaced")
    told = administered(desk, amending.put_user(world, name, text))
    world = desk.exchange.world
    return answer({**views.user(world, world.users[name]), **told}, 200 if known else 201)


async def patch_user(desk: Desk, request: Request) -> Response:
    """Some properties of a user; balances by currency. Consents, keys and withdrawals go on."""
    text, name = await text_of(request), request.path_params["user"]
    return await alone(desk, request, lambda fork: _patch_user(fork, name, text))


def _patch_user(desk: Desk, name: str, text: str) -> Response:
    world, user = settled(desk), known_user(desk, name)
    told = administered(desk, amending.change_user(world, user, text))
    world = desk.exchange.world
    return answer({**views.user(world, world.users[user.name]), **told})


async def delete_user(desk: Desk, request: Request) -> Response:
    """A user goes, with consents, keys and money; not while withdrawals are under way."""
    name = request.path_params["user"]
    return await alone(desk, request, lambda fork: _delete_user(fork, name))


def _delete_user(desk: Desk, identity: str) -> Response:
    world, name = settled(desk), known_user(desk, identity).name
    _free(world, name, "deleted")
    return answer({"name": name, **administered(desk, commands.DeleteUser(name))})


# --- clients
async def clients(desk: Desk, request: Request) -> Response:
    """All clients, by client_id."""
    world = desk.exchange.world
    return answer({"clients": [_client(world, world.clients[each]) for each in sorted(world.clients)]})


async def client(desk: Desk, request: Request) -> Response:
    """One client."""
    return answer(_client(desk.exchange.world, known_client(desk, request.path_params["client"])))


async def put_client(desk: Desk, request: Request) -> Response:
    """A client anew, as a scenario would give it; consents and keys of an older one are gone."""
    text, client_id = await text_of(request), as_known(desk.exchange.world, request.path_params["client"])
    return await alone(desk, request, lambda fork: _put_client(fork, client_id, text))


def _put_client(desk: Desk, client_id: str, text: str) -> Response:
    command = amending.put_client(desk.exchange.world, client_id, text)
    known = client_id in desk.exchange.world.clients
    told = administered(desk, command)
    world = desk.exchange.world
    return answer({**_client(world, world.clients[client_id]), **told}, 200 if known else 201)


async def patch_client(desk: Desk, request: Request) -> Response:
    """Some properties of a client; consents and keys go on."""
    text, client_id = await text_of(request), request.path_params["client"]
    return await alone(desk, request, lambda fork: _patch_client(fork, client_id, text))


def _patch_client(desk: Desk, client_id: str, text: str) -> Response:
    client = known_client(desk, client_id)
    command = amending.change_client(desk.exchange.world, client, text)
    administered(desk, command)
    return answer(_client(desk.exchange.world, command.client))


async def delete_client(desk: Desk, request: Request) -> Response:
    """A client goes, with every consent and key that users gave it."""
    client_id = request.path_params["client"]
    return await alone(desk, request, lambda fork: _delete_client(fork, client_id))


def _delete_client(desk: Desk, client_id: str) -> Response:
    client_id = known_client(desk, client_id).client_id
    return answer({"client_id": client_id, **administered(desk, commands.DeleteClient(client_id))})


def _client(world: World, each: Client) -> dict[str, Any]:
    """A client with all that a scenario can say of it."""
    brief = views.client(world, each)
    return {**brief, **{name: value for name, value in written(CLIENT, each).items() if name not in brief}}


# --- currencies, prices, choices
async def put_currency(desk: Desk, request: Request) -> Response:
    """A currency with its chains, new or in place of an older one; withdrawals keep what they cost."""
    text, code = await text_of(request), request.path_params["currency"]
    return await alone(desk, request, lambda fork: _put_currency(fork, code, text))


def _put_currency(desk: Desk, code: str, text: str) -> Response:
    command = amending.put_currency(settled(desk), code, text)
    known = code in desk.exchange.world.currencies
    administered(desk, command)
    return answer(_currency(command.currency), 200 if known else 201)


async def put_price(desk: Desk, request: Request) -> Response:
    """What one unit of a currency is worth in USDT from now on (s9)."""
    text, code = await text_of(request), request.path_params["currency"]
    return await alone(desk, request, lambda fork: _put_price(fork, code, text))


def _put_price(desk: Desk, code: str, text: str) -> Response:
    currency = desk.exchange.world.currencies.get(code)
    if currency is None:
        known = ", ".join(sorted(desk.exchange.world.currencies))
        raise ProblemError(404, f"no currency {code!r}; there are {known or 'none'}")
    command = amending.put_price(currency, text)
    administered(desk, command)
    return answer(_currency(command.currency))


def _currency(each: Currency) -> dict[str, Any]:
    """A currency in the words of a scenario; GET /api/v3/currencies/{currency} shows it as KuCoin does."""
    return {
        "currency": each.currency,
        **written(PRICED, each),
        "chains": [chain.chain_id for chain in each.chains],
    }


async def choices(desk: Desk, request: Request) -> Response:
    """The answers to what the page does not say, as they are in force."""
    return answer(written(CHOICES, desk.exchange.world.choices))


async def patch_choices(desk: Desk, request: Request) -> Response:
    """Other answers from now on; a new way of settling holds for withdrawals that wait, too."""
    text = await text_of(request)
    return await alone(desk, request, lambda fork: _patch_choices(fork, text))


def _patch_choices(desk: Desk, text: str) -> Response:
    administered(desk, amending.change_choices(settled(desk), text))
    return answer(written(CHOICES, desk.exchange.world.choices))

"""What the command line changes of a scenario: a broker's own client, and users made in a word."""

from __future__ import annotations

import re
from decimal import Decimal
from typing import Final

from msgspec.structs import replace

from simulator.core import mint
from simulator.core.spec import Factor
from simulator.core.value import Value
from simulator.core.world import Account, Client, FactorSets, User, World, with_user
from simulator.scenario.format.scalars import AMOUNT, number_hint, redirect_uri_problem
from simulator.scenario.loader import Scenario

NONE, FREE = "none", "free"
"""Words for FACTORS: no factor is bound (s8.1 asks for more), and no factor is ever asked for (H42)."""
NAME: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.-]*", re.ASCII)
BALANCE_CURRENCY: Final = "USDT"
DEFAULT_REDIRECT_URIS: Final = ("/demo/callback",)


class OverrideError(ValueError):
    """Something that a scenario cannot be changed to."""


class WantedUser(Value, frozen=True):
    """`NAME:FACTORS:BALANCE`. `balance` is USDT in the main account."""

    name: str
    factor_sets: FactorSets
    balance: Decimal


class Overrides(Value, frozen=True):
    """What to change. None and () leave the scenario as it is."""

    client_id: str | None = None
    client_secret: str | None = None
    redirect_uris: tuple[str, ...] = ()
    users: tuple[WantedUser, ...] = ()


NOTHING: Final = Overrides()


def read_user(text: str) -> WantedUser:
    """`zoe:GAV+EMV,SMS:1000`: alternatives split by commas, factors that go together joined by `+`; or none, or free.

    Raises `OverrideError`.
    """
    parts = text.split(":")
    if len(parts) != 3:
        raise OverrideError(f"{text!r} is not NAME:FACTORS:BALANCE, such as zoe:GAV+EMV,SMS:1000")
    name, factors, balance = parts
    if not NAME.fullmatch(name):
        raise OverrideError(f"{name!r} is no name: letters, digits, '_', '.' and '-' are")
    if not AMOUNT.fullmatch(balance):
        raise OverrideError(
            f"{balance!r} is no amount of {BALANCE_CURRENCY}, such as 1000 or 0.5{number_hint(balance)}"
        )
    return WantedUser(name, _factor_sets(factors), Decimal(balance))


def _factor_sets(text: str) -> FactorSets:
    if text in (NONE, FREE):
        return () if text == NONE else ((),)
    known = {factor.value: factor for factor in Factor}
    alternatives = [alternative.split("+") for alternative in text.split(",")]
    for word in (word for alternative in alternatives for word in alternative):
        if word not in known:
            raise OverrideError(f"{word!r} is no factor; {', '.join(known)}, {NONE} and {FREE} are")
    return tuple(tuple(known[word] for word in dict.fromkeys(alternative)) for alternative in alternatives)


def read_redirect_uri(text: str) -> str:
    """A URL, or a path, which is on the simulator's own origin. Raises `OverrideError`."""
    if problem := redirect_uri_problem(text):
        raise OverrideError(problem)
    return text


def override(scenario: Scenario, wanted: Overrides) -> Scenario:
    """The scenario with these changes. Raises `OverrideError`."""
    world = _with_client(scenario.world, wanted)
    for user in wanted.users:
        world = _with_user(world, user)
    return replace(scenario, world=world)


def _with_client(world: World, wanted: Overrides) -> World:
    """A client of that id is changed, or added; without an id the only client is meant."""
    if wanted.client_id is None and wanted.client_secret is None and not wanted.redirect_uris:
        return world
    client_id = wanted.client_id or _only_client(world)
    client = world.clients.get(client_id) or Client(
        client_id=client_id,
        name=client_id,
        secret=mint.digest(world.seed, "client secret", client_id).hex()[:32],
        redirect_uris=DEFAULT_REDIRECT_URIS,
    )
    secret = client.secret if wanted.client_secret is None else wanted.client_secret
    return world.put(replace(client, secret=secret, redirect_uris=wanted.redirect_uris or client.redirect_uris))


def _only_client(world: World) -> str:
    if len(world.clients) != 1:
        known = ", ".join(sorted(world.clients)) or "none"
        raise OverrideError(f"say which client is meant with --client-id; the scenario has {known}")
    return next(iter(world.clients))


def _with_user(world: World, wanted: WantedUser) -> World:
    """A user of that name gets these factors and this balance; a new one also an e-mail address and a phone number."""
    if BALANCE_CURRENCY not in world.currencies:
        raise OverrideError(f"--user gives a balance in {BALANCE_CURRENCY}, and the scenario has no such currency")
    balance = Account(BALANCE_CURRENCY, "main", wanted.balance)
    known = world.users.get(wanted.name)
    if known:
        user = replace(known, factor_sets=wanted.factor_sets)
        return world.put(user, world.wallet(user.name).having(balance))
    uid = mint.uid(wanted.name)
    user = User(
        name=wanted.name,
        uid=uid,
        email=f"{wanted.name.lower()}@example.test",
        phone=f"+1555{uid % 10_000_000:07d}",
        factor_sets=wanted.factor_sets,
        totp_secret=mint.totp_secret(world.seed, wanted.name),
        futures=True,
    )
    for identity in (str(user.uid), user.email, user.phone):
        if identity in world.identities:
            raise OverrideError(f"{identity} of {user.name} is {world.identities[identity]}'s already")
    return with_user(world, user, [balance])

"""The overrides of the command line: a broker's own client, and users as `NAME:FACTORS:BALANCE`."""

from __future__ import annotations

import re
from decimal import Decimal
from typing import TYPE_CHECKING, Final

from msgspec.structs import replace

from simulator.core import mint
from simulator.core.funds import grants
from simulator.core.lazy_pattern import lazy_pattern
from simulator.core.spec import Factor
from simulator.core.value import Value
from simulator.core.world import Account, Client, FactorSets, User, World, with_user
from simulator.scenario.client_names import DEFAULT_REDIRECT_URIS
from simulator.scenario.format.scalars import AMOUNT, number_hint, redirect_uri_problem
from simulator.scenario.loader import Scenario
from simulator.scenario.staging.faults import WITHIN

if TYPE_CHECKING:
    from simulator.scenario.held_orders import Orders

NONE, FREE = "none", "free"
"""Words for FACTORS: no factor is bound (s8.1 then asks for more), or no factor is ever asked for (H42)."""
NAME: Final = lazy_pattern(r"[A-Za-z0-9][A-Za-z0-9_.-]*", re.ASCII)
BALANCE_CURRENCY: Final = "USDT"


class OverrideError(ValueError):
    """An override that is invalid or does not fit the scenario."""


class UserOverride(Value, frozen=True):
    """`NAME:FACTORS:BALANCE`. `balance` is USDT in the main account."""

    name: str
    factor_sets: FactorSets
    balance: Decimal


class Overrides(Value, frozen=True):
    """What to change in a scenario. None and () leave it as it is."""

    client_id: str | None = None
    client_secret: str | None = None
    redirect_uris: tuple[str, ...] = ()
    users: tuple[UserOverride, ...] = ()
    orders: Orders = ()
    """The orders in which held calls are performed."""
    within: int = WITHIN
    """How long a call is held that only an order holds, ms."""


NOTHING: Final = Overrides()


def read_user(text: str) -> UserOverride:
    """`zoe:GAV+EMV,SMS:1000`: alternatives split by commas, factors that go together joined by `+`; or none, or free.

    Raises `OverrideError`.
    """
    parts = text.split(":")
    if len(parts) != 3:
        raise OverrideError(f"{text!r} is not NAME:FACTORS:BALANCE, such as zoe:GAV+EMV,SMS:1000")
    name, factors, balance = parts
    if not NAME.fullmatch(name):
        raise OverrideError(f"{name!r} is not a user's name: use letters, digits, '_', '.' and '-'")
    if not AMOUNT.fullmatch(balance):
        raise OverrideError(
            f"{balance!r} is not an amount of {BALANCE_CURRENCY}, such as 1000 or 0.5{number_hint(balance)}"
        )
    return UserOverride(name, _factor_sets(factors), Decimal(balance))


def _factor_sets(text: str) -> FactorSets:
    if text in (NONE, FREE):
        return () if text == NONE else ((),)
    factors = {factor.value: factor for factor in Factor}
    alternatives = [alternative.split("+") for alternative in text.split(",")]
    for word in (word for alternative in alternatives for word in alternative):
        if word not in factors:
            raise OverrideError(f"{word!r} is not a factor; use {', '.join(factors)}, {NONE} or {FREE}")
    return tuple(tuple(factors[word] for word in dict.fromkeys(alternative)) for alternative in alternatives)


def read_redirect_uri(text: str) -> str:
    """A URL, or a path, which is on the simulator's own origin. Raises `OverrideError`."""
    if problem := redirect_uri_problem(text):
        raise OverrideError(problem)
    return text


def override(scenario: Scenario, overrides: Overrides) -> Scenario:
    """The scenario with these changes. Raises `OverrideError`."""
    world = _with_client(scenario.world, overrides)
    for user in overrides.users:
        world = _with_user(world, user)
    if overrides.users:
        world = grants.opened(world)
    scenario = replace(scenario, world=world)
    if not overrides.orders:
        return scenario
    from simulator.scenario.held_orders import with_orders

    return with_orders(scenario, overrides.orders, overrides.within)


def _with_client(world: World, overrides: Overrides) -> World:
    """The world with the client changed or added; without an id the only client is changed."""
    if overrides.client_id is None and overrides.client_secret is None and not overrides.redirect_uris:
        return world
    client_id = overrides.client_id or _only_client(world)
    client = world.clients.get(client_id) or Client(
        client_id=client_id,
        name=client_id,
        secret=mint.digest(world.seed, "client secret", client_id).hex()[:32],
        redirect_uris=DEFAULT_REDIRECT_URIS,
    )
    secret = client.secret if overrides.client_secret is None else overrides.client_secret
    return world.put(replace(client, secret=secret, redirect_uris=overrides.redirect_uris or client.redirect_uris))


def _only_client(world: World) -> str:
    if len(world.clients) != 1:
        names = ", ".join(sorted(world.clients)) or "none"
        raise OverrideError(f"say which client is meant with --client-id; the scenario has {names}")
    return next(iter(world.clients))


def _with_user(world: World, user_override: UserOverride) -> World:
    """The world with the user's factors and balance; a new user also gets an e-mail address and a phone number."""
    if BALANCE_CURRENCY not in world.currencies:
        raise OverrideError(f"--user gives a balance in {BALANCE_CURRENCY}, and the scenario has no such currency")
    balance = Account(BALANCE_CURRENCY, "main", user_override.balance)
    old = world.users.get(user_override.name)
    if old:
        user = replace(old, factor_sets=user_override.factor_sets)
        return world.put(user, world.wallet(user.name).having(balance))
    uid = mint.uid(user_override.name)
    user = User(
        name=user_override.name,
        uid=uid,
        email=f"{user_override.name.lower()}@example.test",
        phone=f"+1555{uid % 10_000_000:07d}",
        factor_sets=user_override.factor_sets,
        totp_secret=mint.totp_secret(world.seed, user_override.name),
        futures=True,
    )
    for identity in (str(user.uid), user.email, user.phone):
        if identity in world.identities:
            raise OverrideError(f"{identity} of {user.name} is {world.identities[identity]}'s already")
    return with_user(world, user, [balance])

"""The steps that lead through the demo: what each is about, the broker's own lines for it, and which comes next."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from inspect import getsource, getsourcelines
from textwrap import dedent
from typing import Any, Final, NamedTuple

from simulator.core.fast_api.security import current_code
from simulator.core.money import plain
from simulator.core.spec import Factor
from simulator.core.world import Client, MadeBy, User, World
from simulator.exchange import Exchange
from simulator.web.pages.demo import broker, orders
from simulator.web.pages.demo.broker import Customer, FastApiBroker, Payout, StoredKey
from simulator.web.pages.demo.orders import Partner, TradingBroker, TradingCustomer


class DemoStep(NamedTuple):
    """A step. `functions` are the parts of the broker that do it."""

    name: str
    title: str
    section: str
    about: str
    functions: tuple[Callable[..., Any], ...]


STEPS: Final = (
    DemoStep(
        "connect",
        "Connect",
        "s7.1 to s7.3",
        "The broker sends you to KuCoin with a state that nobody can guess. You say what it may do, and come back with"
        " a code, which the broker exchanges for an access token and a refresh token.",
        (FastApiBroker.login_link, FastApiBroker.callback, FastApiBroker.store, FastApiBroker.refresh),
    ),
    DemoStep(
        "key",
        "API key",
        "s4.2",
        "With the access token the broker creates an API key, and stores its secret and passphrase. If the token has"
        " expired, it refreshes the tokens and tries again.",
        (FastApiBroker.access_token, FastApiBroker.create_key),
    ),
    DemoStep(
        "order",
        "Order",
        "REST reference",
        "The broker places an order with its tag. The other side is the simulator: fill the order by hand, a part at a"
        " time, and look here what each part cost, and what the broker earns by it.",
        (
            TradingBroker.order,
            TradingBroker.headers,
            TradingBroker.provide,
            TradingBroker.follow,
            TradingBroker.earn,
            TradingBroker.cancel,
        ),
    ),
    DemoStep(
        "payout",
        "Payout",
        "s8.2",
        "The broker signs a withdrawal with the key: to an address on a chain, or to another user of KuCoin by UID.",
        (FastApiBroker.pay, FastApiBroker._withdraw, FastApiBroker.signed),  # noqa: SLF001 - the page shows how it is done
    ),
    DemoStep(
        "codes",
        "Second factors",
        "s8.1 and s8.2",
        "KuCoin wants to know that it is you. The broker asks for your codes, and sends the same withdrawal again with"
        " them.",
        (FastApiBroker.confirm,),
    ),
    DemoStep(
        "history",
        "History",
        "REST reference",
        "The broker looks at balance and history. So it also learns what became of a payout whose answer was lost.",
        (FastApiBroker.look,),
    ),
)
FACTORS: Final = {"GAV": "authenticator", "EMV": "e-mail", "SMS": "SMS"}
LABELS: Final = {"GAV": "Authenticator code", "EMV": "Code by e-mail", "SMS": "Code by SMS"}
WORDS: Final = {**FACTORS, "codes": "waits for codes", "unknown": "no answer came", "ended": "ended unpaid"}
"""What is shown for a factor, and for the state of a payout."""
KINDS: Final = {"filled": "ok", "active": "note", "unknown": "fault", "canceled": "refused"}
"""The kind of the badge of an order's state."""
MANY_KEYS: Final = 1_000
"""Keys among which the broker's own one is sought."""
MANY: Final = 20
"""Users among whom somebody is sought who can be paid by UID."""


def current(customer: Customer | None) -> str:
    """The name of the step that comes next."""
    if customer is None or not (customer.tokens or customer.key):
        return "connect"
    if customer.key is None:
        return "key"
    if any(payout.state == "codes" for payout in customer.payouts):
        return "codes"
    return "history" if customer.payouts else "payout"


def step_of(name: str) -> DemoStep | None:
    """The step of that name, or None."""
    return next((step for step in STEPS if step.name == name), None)


def progress(now: str, customer: TradingCustomer) -> list[tuple[DemoStep, str]]:
    """Each step with `done`, `current` or `later`. Nobody has to place an order."""
    place = [step.name for step in STEPS].index(now)
    states = ["done" if at < place else "later" if at > place else "current" for at, _ in enumerate(STEPS)]
    return [
        (step, ("done" if customer.orders else "later") if step.name == "order" else state)
        for step, state in zip(STEPS, states, strict=True)
    ]


class SourcePart(NamedTuple):
    """A part of the broker's source, and the number of its first line."""

    name: str
    about: str
    source: str
    line: int
    module: str


@cache
def parts(functions: tuple[Callable[..., Any], ...]) -> list[SourcePart]:
    """The sources of some functions of the broker."""
    return [
        SourcePart(
            name=function.__name__,
            about=(function.__doc__ or "").partition("\n")[0].partition(". ")[0].rstrip("."),
            source=dedent(getsource(function)).rstrip(),
            line=getsourcelines(function)[1],
            module=function.__module__.rpartition(".")[2],
        )
        for function in functions
    ]


MODULES: Final = {"broker": broker, "orders": orders}
"""What the program consists of."""


@cache
def source_lines(module: str) -> list[str]:
    """The whole source of a module of the broker."""
    return getsource(MODULES[module]).splitlines()


def partner(world: World, client: Client) -> Partner | None:
    """What KuCoin has given to the broker for its orders; None = nothing. Its own key is looked for among a few."""
    if not client.partner:
        return None
    keys = (row for row, _ in zip(world.api_keys.values(), range(MANY_KEYS), strict=False))
    own = next((row for row in keys if row.made_by is MadeBy.BROKER and row.client_id == client.client_id), None)
    stored = StoredKey(own.api_name, own.api_key, own.secret, own.passphrase, "") if own else None
    return Partner(client.partner, client.broker_name, client.broker_key, stored)


class OrderExample(NamedTuple):
    """What the form of an order begins with: a symbol, a price at which an order rests, and a size."""

    symbol: str
    price: str
    size: str


def order_example(world: World) -> OrderExample:
    """BTC-USDT, or the first symbol that there is, at the price at which the other side buys."""
    symbol = world.symbols.get("BTC-USDT") or next(iter(world.symbols.values()), None)
    if symbol is None:
        return OrderExample("", "", "")
    return OrderExample(symbol.symbol, plain(world.markets[symbol.symbol].bid), plain(symbol.base_min_size * 1000))


def owner(exchange: Exchange, customer: Customer) -> User | None:
    """The user of the exchange whose key the broker has. The broker itself does not know who that is."""
    key = exchange.world.api_keys.get(customer.key.key) if customer.key else None
    return exchange.world.users.get(key.user) if key else None


def codes_at_hand(exchange: Exchange, user: User, payout: Payout) -> dict[str, str]:
    """What the user's phone and mailbox show for a payout, by factor: only the simulator can know that."""
    codes = {}
    factors = {factor for choice in payout.needed for factor in choice}
    if Factor.GAV.value in factors:
        codes[Factor.GAV.value] = current_code(user, exchange.clock.now())[0]
    for message in exchange.world.message_box(user.name).messages:
        if message.transaction_id == payout.transaction:
            codes.setdefault(message.factor.value, message.code)
    return codes


def somebody_else(exchange: Exchange, user: User | None) -> str:
    """The uid of another user, as an example of whom to pay; "" if there is none."""
    users = (row for row, _ in zip(exchange.world.users.values(), range(MANY), strict=False))
    others = sorted((row.name, row.uid) for row in users if row.uid and (user is None or row.name != user.name))
    return str(others[0][1]) if others else ""

"""The steps that lead through the demo: what each is about, the broker's own lines for it, and which comes next."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from inspect import getsource, getsourcelines
from textwrap import dedent
from typing import Any, Final, NamedTuple

from simulator.core.fast_api.security import current_code
from simulator.core.spec import Factor
from simulator.core.world import User
from simulator.exchange import Exchange
from simulator.web.pages.demo import broker
from simulator.web.pages.demo.broker import Customer, FastApiBroker, Payout


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


def progress(now: str) -> list[tuple[DemoStep, str]]:
    """Each step with `done`, `current` or `later`."""
    place = [step.name for step in STEPS].index(now)
    return [(step, "done" if at < place else "later" if at > place else "current") for at, step in enumerate(STEPS)]


class SourcePart(NamedTuple):
    """A part of the broker's source, and the number of its first line."""

    name: str
    about: str
    source: str
    line: int


@cache
def parts(functions: tuple[Callable[..., Any], ...]) -> list[SourcePart]:
    """The sources of some functions of the broker."""
    return [
        SourcePart(
            name=function.__name__,
            about=(function.__doc__ or "").partition("\n")[0].partition(". ")[0].rstrip("."),
            source=dedent(getsource(function)).rstrip(),
            line=getsourcelines(function)[1],
        )
        for function in functions
    ]


@cache
def source_lines() -> list[str]:
    """The broker's whole source."""
    return getsource(broker).splitlines()


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

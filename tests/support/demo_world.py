"""The demo world of the tests: two brokers, six users, four currencies and their symbols."""

from __future__ import annotations

from decimal import Decimal
from functools import cache
from typing import Any

from msgspec.structs import replace

from simulator.core.choices import DEFAULTS
from simulator.core.mint import totp_secret
from simulator.core.spec import Factor
from simulator.core.world import Account, Chain, Client, Currency, DepositAddress, FactorSets, User, World, with_user
from simulator.scenario.built_in_symbols import BUILT_IN, MARKETS

ORIGIN = "http://127.0.0.1:8080"
CALLBACK = "http://localhost:3000/callback"
OWN_QUERY = "https://broker.example/callback?tenant=7&lang=en"

DEMO_BROKER = Client(
    client_id="demo-broker",
    name="Demo Broker",
    secret="demo-secret",
    redirect_uris=("/demo/callback", CALLBACK, "http://127.0.0.1:9/callback", OWN_QUERY),
    partner="DEMOPARTNER",
    broker_name="DEMOBROKER",
    broker_key="11111111-2222-3333-4444-555555555555",
)
OTHER_BROKER = Client("other-broker", "Other Broker", "other-secret", (CALLBACK,))

GAV_EMV = (Factor.GAV, Factor.EMV)
PEOPLE: dict[str, tuple[FactorSets, dict[str, str]]] = {
    "alice": ((GAV_EMV,), {"USDT": "1000000", "BTC": "100"}),
    "bob": ((), {"USDT": "1000"}),
    "carol": (((Factor.SMS,), GAV_EMV), {"USDT": "1000"}),
    "dave": ((GAV_EMV,), {"USDT": "1000"}),
    "erin": ((GAV_EMV,), {"USDT": "1000"}),
    "frank": (((),), {"USDT": "50000"}),
}
"""Name -> second factors, main account."""
ALICE_ADDRESS = "TALiceALiceALiceALiceALiceALiceALi"


def _chain(chain_id: str, name: str, minimum: str, fee: str, precision: int = 6, *, need_tag: bool = False) -> Chain:
    return Chain(chain_id, name, Decimal(minimum), Decimal(fee), precision, need_tag=need_tag)


CURRENCIES = (
    Currency(
        "USDT",
        "Tether",
        precision=6,
        price_usdt=Decimal(1),
        chains=(
            _chain("trx", "TRC20", "1", "1"),
            _chain("eth", "ERC20", "10", "5"),
            _chain("kcc", "KCC", "1", "0.5", 4),
        ),
        default_chain="eth",
    ),
    Currency(
        "BTC",
        "Bitcoin",
        precision=8,
        price_usdt=Decimal(60_000),
        chains=(_chain("btc", "BTC", "0.001", "0.0001", 8), _chain("kcc", "KCC", "0.0008", "0.00002", 8)),
        default_chain="btc",
    ),
    Currency("ETH", "Ether", 8, Decimal(3_000), (_chain("eth", "ERC20", "0.01", "0.001", 8),), "eth"),
    Currency("XRP", "Ripple", 6, Decimal(2), (_chain("xrp", "XRP", "1", "0.1", need_tag=True),), "xrp"),
)


TRADED = ("BTC-USDT", "ETH-USDT", "ETH-BTC")
"""The built-in symbols of these currencies."""


def demo_world(**choices: Any) -> World:
    """Two brokers, six users, four currencies and three symbols, with these answers to the holes."""
    world = usual_world()
    return replace(world, choices=replace(DEFAULTS, **choices)) if choices else world


@cache
def usual_world() -> World:
    """The demo world with the usual answers, which is made once: nobody can change it."""
    world = World(origins=(ORIGIN, "http://localhost:8080"), choices=DEFAULTS)
    world = world.put(DEMO_BROKER, OTHER_BROKER, *CURRENCIES)
    world = world.put(*(row[name] for row in (BUILT_IN, MARKETS) for name in TRADED))
    for place, (name, (factors, balances)) in enumerate(PEOPLE.items()):
        user = User(
            name=name,
            uid=200_000_001 + place,
            email=f"{name}@example.test",
            phone=f"+1555010{place}",
            factor_sets=factors,
            totp_secret=totp_secret(0, name),
            frozen=name == "erin",
            futures=name != "frank",
            deposit_addresses=(DepositAddress("trx", ALICE_ADDRESS),) if name == "alice" else (),
            foreign_api_keys=50 if name == "dave" else 0,
        )
        accounts = [Account(currency, "main", Decimal(amount)) for currency, amount in balances.items()]
        world = with_user(world, user, accounts)
    return world

"""The symbols that are there from the start, their prices, and how a scenario lies over them."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path

import pytest
from msgspec.structs import replace
from support.scenario_texts import FILE, problems, situation

from simulator.core.money import ROUNDING, plain
from simulator.core.world import Market, Symbol
from simulator.scenario.built_in_currencies import BUILT_IN as CURRENCIES
from simulator.scenario.built_in_symbols import BUILT_IN, MARKETS
from simulator.scenario.loader import load

NEW = "base_increment: 1, quote_increment: 0.01, price_increment: 0.0001"
BASE = f"version: 1\nname: base\ngiven: {{symbols: {{KCS-USDT: null, XRP-USDT: {{{NEW}}}}}, prices: {{XRP-USDT: 3}}}}\n"


def _market(given: str, symbol: str) -> tuple[str, str, str]:
    """Last price, bid and ask of a symbol with this `given`."""
    market = situation(f"given: {given}\n").world.markets[symbol]
    return plain(market.last), plain(market.bid), plain(market.ask)


def test_built_in_symbols_are_shared() -> None:
    """A scenario that says nothing of them has the five built-in ones, and no row is made for it."""
    world = situation("given: {users: {ann: {}}}\n").world
    assert world.symbols is BUILT_IN
    assert world.markets is MARKETS
    assert sorted(world.symbols) == ["BTC-USDT", "ETH-BTC", "ETH-USDT", "KCS-USDT", "SOL-USDT"]


@pytest.mark.parametrize("name", sorted(BUILT_IN))
def test_a_built_in_symbol_is_consistent(name: str) -> None:
    """Its price is the quotient of its currencies' prices, its quotes are beside it, its minimums are increments."""
    symbol, market = BUILT_IN[name], MARKETS[name]
    base, quote = CURRENCIES[symbol.base], CURRENCIES[symbol.quote]
    assert market.last * quote.price_usdt == base.price_usdt
    assert (market.last - market.bid, market.ask - market.last) == (symbol.price_increment, symbol.price_increment)
    assert (market.sequence, [change.last for change in market.prices]) == (1, [market.last])
    for amount, increment, precision in (
        (symbol.base_min_size, symbol.base_increment, base.precision),
        (symbol.quote_min_size, symbol.quote_increment, quote.precision),
        (market.last, symbol.price_increment, quote.precision),
    ):
        assert not ROUNDING.remainder(amount, increment)
        assert increment >= Decimal(1).scaleb(-precision)


@pytest.mark.parametrize(
    ("given", "symbol", "prices"),
    [
        ("{}", "BTC-USDT", ("60000", "59999.9", "60000.1")),
        ("{prices: {BTC-USDT: 65000}}", "BTC-USDT", ("65000", "64999.9", "65000.1")),
        ("{prices: {BTC-USDT: {last: 65000}}}", "BTC-USDT", ("65000", "64999.9", "65000.1")),
        ("{prices: {BTC-USDT: {last: 65000, bid: 64000, ask: 66000}}}", "BTC-USDT", ("65000", "64000", "66000")),
        ("{prices: {BTC-USDT: {last: 65000, bid: 65000, ask: 65000}}}", "BTC-USDT", ("65000", "65000", "65000")),
        ("{prices: {BTC-USDT: {bid: 64000, ask: 66000}}}", "BTC-USDT", ("64000", "64000", "66000")),
        ("{prices: {BTC-USDT: {bid: 50000, ask: 51000}}}", "BTC-USDT", ("51000", "50000", "51000")),
        ("{prices: {BTC-USDT: {bid: 59000, ask: 61000}}}", "BTC-USDT", ("60000", "59000", "61000")),
        ("{prices: {BTC-USDT: {ask: 50000}}}", "BTC-USDT", ("50000", "49999.9", "50000")),
        ("{prices: {BTC-USDT: 0.1}}", "BTC-USDT", ("0.1", "0.1", "0.2")),
        ("{prices_usdt: {BTC: 64999.97}}", "BTC-USDT", ("65000", "64999.9", "65000.1")),
        ("{prices_usdt: {BTC: 64999.97}}", "ETH-BTC", ("0.04615", "0.04614", "0.04616")),
        ("{prices_usdt: {BTC: 64999.97}}", "ETH-USDT", ("3000", "2999.99", "3000.01")),
        ("{prices_usdt: {KCS: 0.0001}}", "KCS-USDT", ("0.001", "0.001", "0.002")),
        ("{prices_usdt: {BTC: 50000}, prices: {BTC-USDT: 51000}}", "BTC-USDT", ("51000", "50999.9", "51000.1")),
        ("{symbols: {BTC-USDT: {price_increment: 0.5}}}", "BTC-USDT", ("60000", "59999.5", "60000.5")),
    ],
)
def test_prices(given: str, symbol: str, prices: tuple[str, str, str]) -> None:
    """What is said, else what the currencies' prices make of it, with bid and ask beside it."""
    assert _market(given, symbol) == prices


def test_one_key_of_a_symbol_changes_alone() -> None:
    """What is not said of a built-in symbol stays."""
    symbols = situation("given: {symbols: {BTC-USDT: {maker_fee_coefficient: 0}}}\n").world.symbols
    changed = replace(BUILT_IN["BTC-USDT"], maker_fee_coefficient=Decimal(0))
    assert dict(symbols.items()) == {**dict(BUILT_IN.items()), "BTC-USDT": changed}


def test_a_new_symbol() -> None:
    """It needs its increments; its minimums are the increments, its price is made of its currencies' prices."""
    world = situation(f"given: {{symbols: {{TRX-BTC: {{{NEW}, market: BTC}}}}}}\n").world
    one, cent, fine = Decimal(1), Decimal("0.01"), Decimal("0.0001")
    assert world.symbols["TRX-BTC"] == Symbol(
        symbol="TRX-BTC",
        base="TRX",
        quote="BTC",
        market="BTC",
        base_min_size=one,
        quote_min_size=cent,
        base_increment=one,
        quote_increment=cent,
        price_increment=fine,
        min_funds=cent,
    )
    assert world.markets["TRX-BTC"].last == fine  # the least that a price can be


def test_symbols_go_with_their_currencies() -> None:
    """Without a currency, its built-in symbols are not there either."""
    world = situation("given: {currencies: {BTC: null}}\n").world
    assert {*world.symbols} == {*world.markets} == {"ETH-USDT", "KCS-USDT", "SOL-USDT"}


@pytest.mark.parametrize(
    ("said", "there"),
    [
        ("", {"BTC-USDT", "ETH-BTC", "ETH-USDT", "SOL-USDT", "XRP-USDT"}),
        (
            "given: {symbols: {KCS-USDT: {}, XRP-USDT: null}, prices: {XRP-USDT: null}}",
            {"BTC-USDT", "ETH-BTC", "ETH-USDT", "KCS-USDT", "SOL-USDT"},
        ),
        (
            "given: {symbols: {BTC-USDT: null}, prices: {XRP-USDT: {last: 4}}}",
            {"ETH-BTC", "ETH-USDT", "SOL-USDT", "XRP-USDT"},
        ),
    ],
)
def test_extends_takes_out_and_brings_back(tmp_path: Path, said: str, there: set[str]) -> None:
    """An overlay takes out what is built in or what the other file added; to say one again brings it back."""
    (tmp_path / "base.yaml").write_text(BASE)
    (tmp_path / "over.yaml").write_text(f"version: 1\nname: over\nextends: base\n{said}\n")
    world = load(str(tmp_path / "over.yaml")).world
    assert {*world.symbols} == {*world.markets} == there
    if market := world.markets.get("XRP-USDT"):
        assert isinstance(market, Market)
        assert market.last == (4 if "last" in said else 3)


@pytest.mark.parametrize(
    ("given", "message"),
    [
        (f"{{symbols: {{A-USDT: {{{NEW}}}}}}}", "given.symbols.A-USDT: unknown currency A; there are BTC, ETH,"),
        ("{symbols: {XRP-USDT: {}}}", "given.symbols.XRP-USDT.base_increment: is missing"),
        ("{symbols: {XRP-USDT: null}}", "given.symbols.XRP-USDT: there is no XRP-USDT to delete"),
        (
            f"{{symbols: {{BTCUSDT: {{{NEW}}}}}}}",
            "given.symbols.BTCUSDT: expected two currencies with a hyphen between",
        ),
        (f"{{symbols: {{BTC-BTC: {{{NEW}}}}}}}", "given.symbols.BTC-BTC: must be two different currencies"),
        ("{symbols: {BTC-USDT: {price_increment: 0}}}", "price_increment: must be more than zero"),
        ("{symbols: {BTC-USDT: {base_min_size: 0}}}", "base_min_size: must be more than zero"),
        ("{symbols: {BTC-USDT: {base_max_size: 0.000009}}}", "base_max_size: leaves no size between 0.00001 and 0.0"),
        ("{symbols: {BTC-USDT: {fee_category: 4}}}", "fee_category: must be at most 3"),
        ("{prices: {NO-USDT: 1}}", "given.prices.NO-USDT: unknown symbol NO-USDT; there are BTC-USDT, ETH-BTC,"),
        ("{prices: {BTC-USDT: 60000.05}}", "given.prices.BTC-USDT: must be a multiple of 0.1, the symbol's"),
        ("{prices: {BTC-USDT: 0}}", "given.prices.BTC-USDT: must be more than zero"),
        (
            "{prices: {BTC-USDT: {last: 1, bid: 2, ask: 1.9}}}",
            "BTC-USDT.ask: must not be less than the bid, which is 2",
        ),
        ("{prices: {BTC-USDT: {last: 1, ask: 0.8}}}", "BTC-USDT.ask: must not be less than the bid, which is 0.9"),
        ("{prices: {BTC-USDT: {last: 1, bid: 1.2}}}", "BTC-USDT.bid: must not be more than the ask, which is 1.1"),
        ("{prices: {BTC-USDT: {}}}", "given.prices.BTC-USDT: must have at least one of last, bid, ask"),
        ("{prices: {BTC-USDT: [1]}}", "given.prices.BTC-USDT: expected a price, or {last: ..., bid: ..., ask: ...}"),
    ],
)
def test_what_is_wrong_is_told(given: str, message: str) -> None:
    """Each problem names the key and says what was expected."""
    found = problems(f"given: {given}\n")
    assert [problem for problem in found if problem.startswith(f"{FILE}:3:") and message in problem], found

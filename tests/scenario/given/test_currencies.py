"""The currencies that are there from the start, and how a scenario lies over them."""

from __future__ import annotations

import re
from decimal import Decimal
from pathlib import Path

import pytest
from msgspec.structs import replace
from support.scenario_texts import FILE, problems, situation, unknown_key

from simulator.core.funds.addresses import mint_address
from simulator.core.world import Chain, Currency, World
from simulator.scenario.built_in_currencies import BUILT_IN
from simulator.scenario.format.patterns import pattern
from simulator.scenario.keys.currencies import CHAIN
from simulator.scenario.loader import load, read

BASE = "version: 1\nname: base\ngiven: {currencies: {TON: null, NEW: {chains: {n: {}}}}, prices_usdt: {NEW: 2}}\n"
BTC = "1BoatSLRHtKNngkdXEeobR76b53LETtpyT"
BECH32 = "bc1qw508d6qejxtdg4y5r3zarvary0c5xw7kv8f3t4"
EVM = "0x52908400098527886E0F7030069857D2E4169EE7"
TRON = "TR7NHqjeKQxGTCi8q8ZY4pL8otSzgjLj6t"
SOLANA = "EPjFWdd5AufqSSqeM2qN1xzybapC8G4wEGGkZwyTDt1v"
RIPPLE = "rHb9CJAWyB4rj91VRWn96DkukG4bwdtyTh"
TON = "EQCxE6mUtQJKFnGfaROTKOt1lZbDiiX1kCixRv7Nw2Id_sDs"
LIGHTNING = "lnbc2500u1pvjluezpp5qqqsyqcyq5rqwzqfqqqsyqcyq5rqwzqfqqqsyqcyq5rqwzqfqypqdq5xysxxatsyp3k7enxv4js"
KINDS = {
    "btc": (BTC, BECH32, BECH32.upper()),
    "bech32": (BECH32,),
    "btcln": (LIGHTNING,),
    **dict.fromkeys(("eth", "kcc", "bsc", "arbitrum", "optimism"), (EVM, EVM.lower())),
    "trx": (TRON,),
    "sol": (SOLANA,),
    "xrp": (RIPPLE,),
    "ton": (TON, f"0:{'ab' * 32}", f"-1:{'0' * 64}"),
}
"""Well-known examples of each chain's addresses, from the documents that say how they look."""
CHAINS = [(code, chain) for code, currency in sorted(BUILT_IN.items()) for chain in currency.chains]
EACH = pytest.mark.parametrize(("code", "chain"), CHAINS, ids=[f"{code}-{each.chain_id}" for code, each in CHAINS])


def _currencies(given: str) -> dict[str, Currency]:
    return dict(situation(f"given: {given}\n").world.currencies.items())


def test_the_list() -> None:
    """Nine currencies with their chains, the default one, and what one unit is worth; in a world that says nothing."""
    assert _currencies("{}") == dict(BUILT_IN.items())
    listed = {
        code: (str(each.price_usdt), each.default_chain, " ".join(chain.chain_id for chain in each.chains))
        for code, each in BUILT_IN.items()
    }
    assert listed == {
        "BTC": ("60000", "btc", "btc btcln kcc bech32"),
        "ETH": ("3000", "eth", "eth arbitrum optimism"),
        "USDT": ("1", "eth", "trx eth kcc bsc ton sol arbitrum optimism"),
        "USDC": ("1", "eth", "eth kcc sol arbitrum optimism"),
        "KCS": ("10", "kcc", "kcc"),
        "SOL": ("150", "sol", "sol"),
        "TRX": ("0.25", "trx", "trx"),
        "XRP": ("2", "xrp", "xrp"),
        "TON": ("3", "ton", "ton"),
    }


@EACH
def test_a_built_in_chain_makes_sense(code: str, chain: Chain) -> None:
    """Amounts that a scenario could say too; its own addresses fit, its neighbours' do not; a memo goes with a tag."""
    assert chain.chain_name
    amounts = (chain.withdrawal_min_size, chain.withdrawal_min_fee)
    assert all(amount > 0 and amount == round(amount, chain.withdraw_precision) for amount in amounts)
    assert chain.withdrawal_min_size > chain.withdrawal_min_fee or chain.chain_id == "btcln"
    assert pattern(chain.address_pattern) == chain.address_pattern != ""
    assert pattern(chain.memo_pattern) == chain.memo_pattern
    assert bool(chain.memo_pattern) == chain.need_tag
    fitting = {
        kind for kind, samples in KINDS.items() if all(re.fullmatch(chain.address_pattern, each) for each in samples)
    }
    assert chain.chain_id in fitting
    alike = {kind for kind in KINDS if KINDS[kind] == KINDS[chain.chain_id]}
    assert fitting - alike <= {"btc": {"bech32"}, "sol": {"trx", "xrp"}}.get(chain.chain_id, set())
    assert not re.fullmatch(chain.address_pattern, "TSomebody")


@pytest.mark.parametrize(
    ("code", "memo", "good"),
    [
        ("XRP", "0", True),
        ("XRP", "4294967295", True),
        ("XRP", "12345678901", False),
        ("XRP", "", False),
        ("XRP", "tag", False),
        ("TON", "für Zoë, 7", True),
        ("TON", "x" * 120, True),
        ("TON", "x" * 121, False),
        ("TON", "a\nb", False),
    ],
)
def test_memos(code: str, memo: str, good: bool) -> None:
    """XRP's destination tag is up to ten digits, TON's comment a line of up to 120 characters."""
    (chain,) = BUILT_IN[code].chains
    assert bool(re.fullmatch(chain.memo_pattern, memo)) is good


def test_one_key_of_one_chain_changes_alone() -> None:
    """As `extends` does: what is not said stays, in the currency, in the chain and in the order of the chains."""
    found = _currencies("{currencies: {USDT: {precision: 7, chains: {kcc: {withdraw_enabled: false}}}}}")
    usdt = BUILT_IN["USDT"]
    chains = tuple(replace(each, withdraw_enabled=each.chain_id != "kcc") for each in usdt.chains)
    assert found == {**dict(BUILT_IN.items()), "USDT": replace(usdt, precision=7, chains=chains)}


def test_a_chain_is_added_to_a_built_in_currency() -> None:
    """It stands behind the others, with what a new chain has without being said."""
    chains = _currencies("{currencies: {XRP: {chains: {own: {withdrawal_min_fee: 2}}}}}")["XRP"].chains
    assert chains == (*BUILT_IN["XRP"].chains, Chain("own", "OWN", Decimal(0), Decimal(2), 8))


def test_null_takes_a_built_in_one_out() -> None:
    """A currency, or one of its chains; the others stay as they were."""
    found = _currencies("{currencies: {TON: null, USDT: {chains: {trx: null, ton: ~}}}}")
    assert found.keys() == {*BUILT_IN} - {"TON"}
    assert [each.chain_id for each in found["USDT"].chains] == ["eth", "kcc", "bsc", "sol", "arbitrum", "optimism"]


def test_a_price_alone_changes_a_built_in_currency() -> None:
    """`prices_usdt` needs no entry under `currencies`."""
    assert _currencies("{prices_usdt: {BTC: 50000.5}}") == {
        **dict(BUILT_IN.items()),
        "BTC": replace(BUILT_IN["BTC"], price_usdt=Decimal("50000.5")),
    }


@pytest.mark.parametrize(
    ("said", "there"),
    [
        ("", {"NEW"}),
        ("given: {currencies: {BTC: null}}", {"NEW", "-BTC"}),
        ("given: {currencies: {NEW: null}, prices_usdt: {NEW: null}}", set()),
        ("given: {currencies: {TON: {precision: 5}}}", {"NEW", "TON"}),
    ],
)
def test_extends_takes_out_and_brings_back(tmp_path: Path, said: str, there: set[str]) -> None:
    """An overlay takes out what is built in or what the other file added; to say one again brings it back."""
    (tmp_path / "base.yaml").write_text(BASE)
    (tmp_path / "over.yaml").write_text(f"version: 1\nname: over\nextends: base\n{said}\n")
    found = {*load(str(tmp_path / "over.yaml")).world.currencies}
    usual = {*BUILT_IN} - {"TON"} - {name[1:] for name in there if name.startswith("-")}
    assert found == usual | {name for name in there if name[0] != "-"}


GONE = "there is no {} to delete (did you mean {}?); for one with defaults write {{}}"


@pytest.mark.parametrize(
    ("currencies", "column", "place", "message"),
    [
        ("{USTD: {}}", 22, "USTD", "has no price; the service fee (s9) needs one in given.prices_usdt.USTD{}"),
        ("{USTD: {}}", 28, "USTD.chains", "is missing"),
        ("{TRXX: null}", 22, "TRXX", GONE.format("TRXX", "TRX")),
        ("{USDT: {chains: {tr: null}}}", 38, "USDT.chains.tr", GONE.format("tr", "trx")),
        ("{ETH: {chains: {eth: null}}}", 27, "ETH.default_chain", "is missing: 'eth' is none of its chains, {}"),
        (
            "{XRP: {chains: null, default_chain: xrp}}",
            57,
            "XRP.default_chain",
            "must be absent: with chains: null there is none",
        ),
        ("{XRP: {chains: {xrp: null}}}", 36, "XRP.chains", "must not take all of its chains out; chains: null does"),
        ("{XRP: {chains: {xrp: {memo_patern: x}}}}", 43, "XRP.chains.xrp.memo_patern", "{}"),
        ("{XRP: {chains: {xrp: {max_deposit: x}}}}", 56, "XRP.chains.xrp.max_deposit", "expected an amount{}"),
    ],
)
def test_mistakes_are_told_at_their_place(currencies: str, column: int, place: str, message: str) -> None:
    """Line, column, path, what is wrong and what was probably meant."""
    more = {
        "USTD": " (did you mean USDT?)",
        "ETH.default_chain": "which are arbitrum, optimism",
        "XRP.chains.xrp.memo_patern": unknown_key(CHAIN, "memo_pattern"),
        "XRP.chains.xrp.max_deposit": " such as 0.5, found 'x'",
    }
    told = message if message.startswith("there is") else message.format(more.get(place, ""))
    assert f"{FILE}:3:{column}: given.currencies.{place}: {told}" in problems(f"given: {{currencies: {currencies}}}\n")


def test_a_price_is_of_something() -> None:
    """A currency that was taken out has none, and null is no price."""
    assert problems("given: {currencies: {TON: null}, prices_usdt: {TON: 1, BTC: null}}\n") == [
        (
            f"{FILE}:3:48: given.prices_usdt.TON: unknown currency TON;"
            " there are BTC, ETH, KCS, SOL, TRX, USDC, USDT, XRP"
        ),
        f"{FILE}:3:61: given.prices_usdt.BTC: expected an amount such as 0.5, found nothing",
    ]


def test_a_mistake_in_an_overlay_is_told_where_it_stands(tmp_path: Path) -> None:
    """What is taken out and never was there is a mistake of the file that says so, not of the one that it extends."""
    (tmp_path / "base.yaml").write_text(BASE)
    over = "version: 1\nname: over\nextends: base\ngiven: {currencies: {NEWS: null}}\n"
    with pytest.raises(
        Exception, match=r"over\.yaml:4:22: given\.currencies\.NEWS: there is no NEWS to delete \(did you mean NEW\?\)"
    ):
        read(over, "over.yaml", folder=tmp_path)


@EACH
@pytest.mark.parametrize("number", [0, 1, 7])
def test_a_minted_deposit_address_is_one_of_its_chain(code: str, chain: Chain, number: int) -> None:
    """What the exchange makes up as a deposit address, and its memo, could be paid to by a withdrawal."""
    address, memo = mint_address(World(seed=number), f"user of {code}", chain, number)
    assert re.fullmatch(chain.address_pattern, address)
    assert bool(memo) is chain.need_tag
    assert not memo or re.fullmatch(chain.memo_pattern, memo)

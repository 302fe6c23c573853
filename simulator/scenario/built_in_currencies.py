"""The built-in currencies that every scenario begins with, as data. `given.currencies` is merged over them.

KuCoin's own samples: all of BTC, USDT's contracts on trx, eth, kcc and ton. Other contracts are the tokens' public ones. All
other numbers are made up in the exchange's style: minimums and fees in the currency itself, prices in USDT and round.
"""

from __future__ import annotations

from decimal import Decimal
from typing import Any, Final

from rpds import HashTrieMap

from simulator.core.world import Chain, Currency

_BASE58: Final = "[1-9A-HJ-NP-Za-km-z]"
_BECH32: Final = "^bc1[02-9ac-hj-np-z]{11,71}$|^BC1[02-9AC-HJ-NP-Z]{11,71}$"
BITCOIN: Final = f"^[13]{_BASE58}{{25,34}}$|{_BECH32}"
LIGHTNING: Final = "^lnbc[0-9a-z]{50,1000}$|^LNBC[0-9A-Z]{50,1000}$"
EVM: Final = "^0x[0-9a-fA-F]{40}$"
TRON: Final = f"^T{_BASE58}{{33}}$"
SOLANA: Final = f"^{_BASE58}{{32,44}}$"
RIPPLE: Final = f"^r{_BASE58}{{24,34}}$"
OPEN_NETWORK: Final = "^[0-9A-Za-z_-]{48}$|^(0|-1):[0-9a-fA-F]{64}$"
"""Addresses as the chains publish them: base58 and BIP-173, BOLT 11, EIP-55, base58 of Tron, Solana and XRP, TON's
user-friendly and raw forms. Letters and lengths only, no checksums, so that an address can be made up."""
TAG: Final = "^[0-9]{1,10}$"
COMMENT: Final = "^.{1,120}$"
"""Memos: XRP's destination tag, and a comment on TON."""


def _chain(
    chain_id: str,
    name: str,
    minimum: str,
    fee: str,
    precision: int,
    deposit: str | None,
    confirms: tuple[int, int],
    address: str,
    contract: str = "",
    **more: Any,
) -> Chain:
    """`deposit` is the least that can be deposited; `confirms` until a deposit can be withdrawn, until it is seen."""
    return Chain(
        chain_id,
        name,
        Decimal(minimum),
        Decimal(fee),
        precision,
        None if deposit is None else Decimal(deposit),
        *confirms,
        contract_address=contract,
        address_pattern=address,
        **more,
    )


def _currency(code: str, name: str, precision: int, price: str, default: str, *chains: Chain) -> Currency:
    return Currency(code, name, precision, Decimal(price), chains, default)


def _on_ton(name: str, minimum: str, fee: str, precision: int, deposit: str, contract: str = "") -> Chain:
    """Every deposit into an exchange on TON has a comment that names the recipient."""
    memo = {"need_tag": True, "memo_pattern": COMMENT}
    return _chain("ton", name, minimum, fee, precision, deposit, (1, 1), OPEN_NETWORK, contract, **memo)


# fmt: off
BUILT_IN: Final = HashTrieMap({currency.currency: currency for currency in (
    _currency("BTC", "Bitcoin", 8, "60000", "btc",
        _chain("btc", "BTC", "0.001", "0.0005", 8, "0.0002", (3, 1), BITCOIN),
        _chain("btcln", "Lightning Network", "0.00001", "0.000015", 8, "0.00001", (1, 1), LIGHTNING, max_deposit=Decimal("0.03")),
        _chain("kcc", "KCC", "0.0008", "0.00002", 8, None, (20, 20), EVM, "0xfa93c12cd345c658bc4644d1d4e1b9615952258c"),
        _chain("bech32", "BTC-Segwit", "0.0008", "0.0005", 8, "0.0002", (2, 2), _BECH32, withdraw_enabled=False),
    ),
    _currency("ETH", "Ethereum", 8, "3000", "eth",
        _chain("eth", "ERC20", "0.01", "0.002", 8, "0.001", (12, 12), EVM),
        _chain("arbitrum", "ARBITRUM", "0.002", "0.0001", 8, "0.0005", (20, 20), EVM),
        _chain("optimism", "OPTIMISM", "0.002", "0.0001", 8, "0.0005", (20, 20), EVM),
    ),
    _currency("USDT", "Tether", 8, "1", "eth",
        _chain("trx", "TRC20", "3", "1.5", 6, "1", (1, 1), TRON, "TR7NHqjeKQxGTCi8q8ZY4pL8otSzgjLj6t"),
        _chain("eth", "ERC20", "10", "3.5", 6, "1", (12, 12), EVM, "0xdac17f958d2ee523a2206206994597c13d831ec7"),
        _chain("kcc", "KCC", "1", "0.8", 8, None, (20, 20), EVM, "0x0039f574ee5cc39bdd162e9a88e3eb1f111baf48"),
        _chain("bsc", "BEP20", "5", "0.5", 8, "1", (15, 15), EVM, "0x55d398326f99059ff775485246999027b3197955"),
        _on_ton("TON", "2", "0.3", 6, "0.5", "EQCxE6mUtQJKFnGfaROTKOt1lZbDiiX1kCixRv7Nw2Id_sDs"),
        _chain("sol", "SOL", "3", "1", 6, "1", (1, 1), SOLANA, "Es9vMFrzaCERmJfrF4H2FYD4KCoNkY11McCe8BenwNYB"),
        _chain("arbitrum", "ARBITRUM", "2", "0.4", 6, "1", (20, 20), EVM, "0xfd086bc7cd5c481dcc9c85ebe478a1c0b69fcbb9"),
        _chain("optimism", "OPTIMISM", "2", "0.4", 6, "1", (20, 20), EVM, "0x94b008aa00579c1307b0ef2c499ad98a8ce58e58"),
    ),
    _currency("USDC", "USD Coin", 8, "1", "eth",
        _chain("eth", "ERC20", "10", "3.5", 6, "1", (12, 12), EVM, "0xa0b86991c6218b36c1d19d4a2e9eb0ce3606eb48"),
        _chain("kcc", "KCC", "1", "0.8", 8, None, (20, 20), EVM, "0x980a5afef3d17ad98635f6c5aebcbaeded3c3430"),
        _chain("sol", "SOL", "3", "1", 6, "1", (1, 1), SOLANA, "EPjFWdd5AufqSSqeM2qN1xzybapC8G4wEGGkZwyTDt1v"),
        _chain("arbitrum", "ARBITRUM", "2", "0.4", 6, "1", (20, 20), EVM, "0xaf88d065e77c8cc2239327c5edb3a432268e5831"),
        _chain("optimism", "OPTIMISM", "2", "0.4", 6, "1", (20, 20), EVM, "0x0b2c639c533813f4aa9d7837caf62653d097ff85"),
    ),
    _currency("KCS", "KuCoin Token", 8, "10", "kcc",
        _chain("kcc", "KCC", "0.5", "0.01", 8, None, (20, 20), EVM),
    ),
    _currency("SOL", "Solana", 8, "150", "sol",
        _chain("sol", "SOL", "0.1", "0.01", 8, "0.01", (1, 1), SOLANA),
    ),
    _currency("TRX", "TRON", 6, "0.25", "trx",
        _chain("trx", "TRC20", "20", "1", 6, "1", (1, 1), TRON),
    ),
    _currency("XRP", "XRP", 6, "2", "xrp",
        _chain("xrp", "XRP", "20", "0.5", 6, "1", (1, 1), RIPPLE, need_tag=True, memo_pattern=TAG),
    ),
    _currency("TON", "Toncoin", 8, "3", "ton",
        _on_ton("TON", "1", "0.05", 8, "0.1"),
    ),
)})
# fmt: on
"""Currencies by code. Each world changes its own copy, which costs nothing [H63/currency-list]."""

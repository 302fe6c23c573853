"""A currency and its chains."""

from __future__ import annotations

from decimal import Decimal

from simulator.core.value import Value


class Chain(Value, frozen=True):
    """A way on which a currency leaves and enters. Amounts are in the currency."""

    chain_id: str
    chain_name: str
    withdrawal_min_size: Decimal
    withdrawal_min_fee: Decimal
    withdraw_precision: int
    deposit_min_size: Decimal | None = None
    confirms: int = 1
    pre_confirms: int = 1
    contract_address: str = ""
    withdraw_enabled: bool = True
    deposit_enabled: bool = True
    need_tag: bool = False
    max_deposit: Decimal | None = None
    address_pattern: str = ""
    """A regular expression that all of an address must match (H62); "" = anything is one."""
    memo_pattern: str = ""
    """The same of a memo."""


class Currency(Value, frozen=True):
    """A currency, its chains, and what one unit is worth in USDT. A dead coin has no chain, and no default one."""

    currency: str
    full_name: str
    precision: int
    price_usdt: Decimal
    chains: tuple[Chain, ...]
    default_chain: str
    margin_enabled: bool = True
    debit_enabled: bool = True

    @property
    def key(self) -> str:
        """Its place in `World.currencies`."""
        return self.currency

    def chain(self, chain_id: str) -> Chain | None:
        """The chain of that chainId."""
        for chain in self.chains:
            if chain.chain_id == chain_id:
                return chain
        return None

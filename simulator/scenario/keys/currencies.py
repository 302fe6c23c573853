"""The keys of `given.currencies`. A new currency needs chains; for a built-in one only what differs is given."""

from __future__ import annotations

from typing import Final

from msgspec.structs import replace

from simulator.core.world import Chain, Currency
from simulator.scenario.built_in_currencies import BUILT_IN
from simulator.scenario.format.scalars import AMOUNTS, BOOLEAN, INTEGER, PATTERN, PRECISION, TEXT
from simulator.scenario.format.shapes import BY_HAND, Key, Names, Record

CHAIN: Final = Record(
    {
        "chain_name": Key(TEXT, "The chain's name for people; its id in capitals if absent"),
        "withdrawal_min_size": Key(AMOUNTS, "The least that can be withdrawn"),
        "withdrawal_min_fee": Key(AMOUNTS, "The network fee of a withdrawal (H49)"),
        "withdraw_precision": Key(PRECISION, "Decimal places of an amount that is withdrawn"),
        "deposit_min_size": Key(AMOUNTS, "The least that can be deposited"),
        "max_deposit": Key(AMOUNTS, "The most that can be deposited; no bound if absent"),
        "confirms": Key(INTEGER, "Confirmations until a deposit can be withdrawn"),
        "pre_confirms": Key(INTEGER, "Confirmations until a deposit is seen"),
        "contract_address": Key(TEXT, "The token's contract"),
        "withdraw_enabled": Key(BOOLEAN, "Whether the chain is open for withdrawals"),
        "deposit_enabled": Key(BOOLEAN, "Whether the chain is open for deposits"),
        "need_tag": Key(BOOLEAN, "Whether a withdrawal needs a memo (H37)"),
        "address_pattern": Key(PATTERN, "The pattern that a whole address must match (H62); any text if absent"),
        "memo_pattern": Key(PATTERN, "The pattern that a whole memo must match (H62); any text if absent"),
    },
    makes=Chain,
)
CURRENCY: Final = Record(
    {
        "full_name": Key(TEXT, "The currency's name for people"),
        "precision": Key(PRECISION, "Decimal places of its amounts"),
        "default_chain": Key(TEXT, "The chain of a withdrawal that names none (H38); the first if absent"),
        "margin_enabled": Key(BOOLEAN, "Whether it can be traded on margin"),
        "debit_enabled": Key(BOOLEAN, "Whether it can be borrowed"),
        "chains": Key(
            Names(CHAIN, least=1),
            "Its chains by chainId, null = it has none",
            required=True,
            into=BY_HAND,
            nullable=True,
        ),
    },
    makes=Currency,
)


def _laid_over(currency: Currency) -> Record:
    """The record of a built-in currency: no key is required, and its chains can be deleted."""
    chains = Names(CHAIN, known=dict.fromkeys((chain.chain_id for chain in currency.chains), CHAIN))
    keys = {**CURRENCY.keys, "chains": replace(CURRENCY.keys["chains"], declared=chains, required=False)}
    return Record(keys, makes=Currency)


CURRENCIES: Final = Names(CURRENCY, known={code: _laid_over(currency) for code, currency in BUILT_IN.items()})

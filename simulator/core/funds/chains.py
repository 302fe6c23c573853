"""A currency and its chain by their names."""

from __future__ import annotations

from simulator.core.refusals import Reason, Refusal
from simulator.core.world import Chain, Currency, World


def find_currency(world: World, name: str) -> Currency:
    """The currency, or the refusal."""
    currency = world.currencies.get(name)
    if currency is None:
        raise Refusal(Reason.CURRENCY_UNKNOWN, expected=", ".join(sorted(world.currencies)), received=name)
    return currency


def find_chain(currency: Currency, chain_id: str | None) -> Chain:
    """The chain of a currency, without a name its default one, or the refusal [s8.2/chain] [H38/default-chain]."""
    name = chain_id or currency.default_chain
    chain = currency.chain(name)
    if chain is None:
        known = ", ".join(known_chain.chain_id for known_chain in currency.chains)
        raise Refusal(Reason.CHAIN_INVALID, expected=known, received=name)
    return chain

"""The replies of the public calls of the REST API."""

from __future__ import annotations

from typing import Any, Final

from simulator.core.currencies import CurrencyFound, ServerTime
from simulator.core.money import plain
from simulator.core.world import Chain
from simulator.web.spelling import Spellings


def _chain(chain: Chain) -> dict[str, Any]:
    minimum, fee = plain(chain.withdrawal_min_size), plain(chain.withdrawal_min_fee)
    return {
        "chainName": chain.chain_name,
        "withdrawalMinSize": minimum,
        "withdrawMinSize": minimum,
        "depositMinSize": None if chain.deposit_min_size is None else plain(chain.deposit_min_size),
        "withdrawFeeRate": "0",
        "withdrawalMinFee": fee,
        "withdrawMinFee": fee,
        "isWithdrawEnabled": chain.withdraw_enabled,
        "isDepositEnabled": chain.deposit_enabled,
        "confirms": chain.confirms,
        "preConfirms": chain.pre_confirms,
        "contractAddress": chain.contract_address,
        "withdrawPrecision": chain.withdraw_precision,
        "maxWithdraw": None,
        "maxDeposit": None,
        "needTag": chain.need_tag,
        "chainId": chain.chain_id,
        "addressRegex": "",
        "memoRegex": "",
    }


def _currency(reply: CurrencyFound) -> dict[str, Any]:
    currency = reply.currency
    return {
        "currency": currency.currency,
        "name": currency.currency,
        "fullName": currency.full_name,
        "precision": currency.precision,
        "confirms": None,
        "contractAddress": None,
        "isMarginEnabled": currency.margin_enabled,
        "isDebitEnabled": currency.debit_enabled,
        "chains": [_chain(chain) for chain in reply.chains],
    }


SPELLINGS: Final[Spellings] = {
    CurrencyFound: _currency,
    ServerTime: lambda reply: reply.milliseconds,
}

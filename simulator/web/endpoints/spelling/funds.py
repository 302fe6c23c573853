"""The replies about money that comes and goes: deposits and withdrawals."""

from __future__ import annotations

from typing import Any, Final

from simulator.core import money
from simulator.core.account.deposit_addresses import (
    DepositAddressCreated,
    DepositAddressesListed,
    DepositAddressesListedV2,
    DepositAddressFoundV1,
)
from simulator.core.account.deposits import DepositRow, DepositsListed
from simulator.core.account.quotas import QuotasFound
from simulator.core.account.withdrawals import WithdrawalCanceled, WithdrawalFound, WithdrawalRow, WithdrawalsListed
from simulator.core.money import plain
from simulator.core.world import Chain, DepositAddress, Withdrawal, WithdrawalStatus
from simulator.web.endpoints.spelling import Spellings, page


def _withdrawal(reply: WithdrawalFound) -> dict[str, Any]:
    withdrawal, payment = reply.row.withdrawal, reply.row.withdrawal.payment
    cancelable = withdrawal.status is WithdrawalStatus.PROCESSING
    return {
        "id": withdrawal.id,
        "uid": reply.uid,
        "currency": payment.currency,
        "chainId": reply.row.chain,
        "chainName": reply.chain.chain_name if reply.chain else "",
        "currencyName": reply.currency_name,
        "status": withdrawal.status.value,
        "failureReason": "",
        "failureReasonMsg": None,
        "address": reply.row.address,
        "memo": payment.memo,
        "isInner": payment.inner,
        "amount": plain(payment.amount),
        "fee": _fee(withdrawal),
        "walletTxId": reply.row.wallet_tx_id,
        "addressRemark": None,
        "remark": payment.remark,
        "createdAt": withdrawal.created_at,
        "cancelType": "CANCELABLE" if cancelable else "NON_CANCELABLE",
        "taxes": None,
        "taxDescription": None,
        "returnStatus": "NOT_RETURN",
        "returnAmount": None,
        "returnCurrency": "KCS",
    }


def _fee(withdrawal: Withdrawal) -> str:
    """Both fees: nothing says how the service fee is told (rest/withdrawal-by-id)."""
    return plain(money.add(withdrawal.service_fee, withdrawal.network_fee))


def _withdrawal_row(row: WithdrawalRow) -> dict[str, Any]:
    withdrawal, payment = row.withdrawal, row.withdrawal.payment
    return {
        "id": withdrawal.id,
        "currency": payment.currency,
        "chain": row.chain,
        "status": withdrawal.status.value,
        "failureReason": "",
        "failureReasonMsg": None,
        "subStatus": withdrawal.status.value,
        "address": row.address,
        "memo": payment.memo,
        "isInner": payment.inner,
        "amount": plain(payment.amount),
        "fee": _fee(withdrawal),
        "walletTxId": row.wallet_tx_id,
        "createdAt": withdrawal.created_at,
        "updatedAt": withdrawal.updated_at,
        "remark": payment.remark,
        "arrears": False,
    }


def _deposit_row(row: DepositRow) -> dict[str, Any]:
    return {
        "id": row.id,
        "currency": row.currency,
        "chain": row.chain,
        "status": row.status.value,
        "subStatus": None,
        "address": row.address,
        "memo": row.memo,
        "isInner": row.inner,
        "amount": plain(row.amount),
        "fee": "0",
        "walletTxId": row.wallet_tx_id,
        "url": None,
        "needSubmitWht": None,
        "preConfirmationCount": row.pre_confirms,
        "confirmation": row.confirmations,
        "confirmationCount": row.confirms,
        "createdAt": row.created_at,
        "updatedAt": row.updated_at,
        "remark": "",
        "arrears": False,
    }


def _address(address: DepositAddress, currency: str, chain: Chain, **contract: str) -> dict[str, Any]:
    """In a list the contract stands before the chain's name, as in the sample; the answer to a new one has none."""
    return {
        "address": address.address,
        "memo": address.memo,
        "chainId": chain.chain_id,
        "to": address.account.upper(),
        "expirationDate": 0,
        "currency": currency,
        **contract,
        "chainName": chain.chain_name,
    }


def _addresses(reply: DepositAddressesListed) -> list[dict[str, Any]]:
    return [
        {**_address(each, reply.currency, chain, contractAddress=chain.contract_address), "remark": ""}
        for each, chain in reply.addresses
    ]


def _old_address(address: DepositAddress, currency: str, chain: Chain) -> dict[str, Any]:
    """`chain` was the chain's name; there was no date."""
    return {
        "address": address.address,
        "memo": address.memo,
        "chain": chain.chain_name,
        "chainId": chain.chain_id,
        "to": address.account.upper(),
        "currency": currency,
    }


def _addresses_v2(reply: DepositAddressesListedV2) -> list[dict[str, Any]]:
    return [
        {**_old_address(each, reply.currency, chain), "contractAddress": chain.contract_address}
        for each, chain in reply.addresses
    ]


def _address_v1(reply: DepositAddressFoundV1) -> dict[str, Any] | None:
    if reply.address is None:
        return None
    address, chain = reply.address
    return _old_address(address, reply.currency, chain)


def _quotas(reply: QuotasFound) -> dict[str, Any]:
    return {
        "currency": reply.currency.currency,
        "limitBTCAmount": plain(reply.limit_btc),
        "usedBTCAmount": plain(reply.used_btc),
        "quotaCurrency": "USDT",
        "limitQuotaCurrencyAmount": plain(reply.limit),
        "usedQuotaCurrencyAmount": plain(reply.used),
        "remainAmount": plain(reply.remaining),
        "availableAmount": plain(reply.available),
        "withdrawMinFee": plain(reply.chain.withdrawal_min_fee),
        "innerWithdrawMinFee": "0",
        "withdrawMinSize": plain(reply.chain.withdrawal_min_size),
        "isWithdrawEnabled": reply.enabled,
        "precision": reply.chain.withdraw_precision,
        "chain": reply.chain.chain_name,
        "reason": None,
        "lockedAmount": plain(reply.locked),
    }


SPELLINGS: Final[Spellings] = {
    DepositAddressCreated: lambda reply: _address(reply.address, reply.currency, reply.chain),
    DepositAddressesListed: _addresses,
    DepositAddressesListedV2: _addresses_v2,
    DepositAddressFoundV1: _address_v1,
    DepositsListed: lambda reply: page(reply.page, _deposit_row),
    QuotasFound: _quotas,
    WithdrawalsListed: lambda reply: page(reply.page, _withdrawal_row),
    WithdrawalFound: _withdrawal,
    WithdrawalCanceled: lambda _: None,
}

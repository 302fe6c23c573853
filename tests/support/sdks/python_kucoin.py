"""python-kucoin."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Final

from kucoin.client import Client

from support.desk import Key, hmac_sha256
from support.sdks.values import Money, Paid, number


class PythonKucoin:
    """python-kucoin: `API_URL` only. It is of the time before key versions and signed passphrases.

    So a passphrase that is signed already is handed to it, and the key version must be optional (H31).
    """

    SETTINGS: Final[Mapping[str, str]] = {"key_version": "optional"}

    def __init__(self, url: str, key: Key) -> None:
        self.api = Client(key.api_key, key.secret, hmac_sha256(key.secret, key.passphrase.encode()))
        self.api.API_URL = url

    def close(self) -> None:
        self.api.close_connection()

    def time(self) -> int:
        return int(self.api.get_timestamp())

    def status(self) -> str:
        return str(self.api.get_status()["status"])

    def currencies(self) -> dict[str, int]:
        return {each["currency"]: each["precision"] for each in self.api.get_currencies()}

    def fees(self, currency: str) -> dict[str, Decimal]:
        return {each["chainId"]: number(each["withdrawalMinFee"]) for each in self.api.get_currency(currency)["chains"]}

    def balance(self, currency: str, kind: str = "main") -> Money:
        [found] = self.api.get_accounts(currency, kind)
        return Money(*(number(found[name]) for name in ("balance", "available", "holds")))

    def high_frequency(self) -> bool:
        return bool(self.api.get_user_type())

    def transferable(self, currency: str) -> Decimal:
        return number(self.api.get_transferable_balance(currency, "MAIN")["transferable"])

    def deposits(self, currency: str) -> list[tuple[Decimal, str]]:
        return [(number(each["amount"]), each["status"]) for each in self.api.get_deposits(currency)["items"]]

    def create_address(self, currency: str, chain: str) -> str:
        return str(self.api.create_deposit_address(currency, chain)["address"])

    def addresses(self, currency: str) -> dict[str, str]:
        return {each["chainId"]: each["address"] for each in self.api.get_deposit_addresses(currency)}

    def quota(self, currency: str, chain: str) -> tuple[Decimal, Decimal]:
        found = self.api.get_withdrawal_quotas(currency, chain)
        return number(found["usedQuotaCurrencyAmount"]), number(found["withdrawMinFee"])

    def withdraw(self, currency: str, chain: str, address: str, amount: str) -> str:
        right = {"toAddress": address, "withdrawType": "ADDRESS"}  # its own names for these are other ones
        done = self.api.create_withdrawal(currency, amount, address, "ADDRESS", chain=chain, **right)
        return str(done["withdrawalId"])

    def withdrawals(self, currency: str) -> list[Paid]:
        found = self.api.get_withdrawals(currency)["items"]
        return [Paid(each["id"], number(each["amount"]), number(each["fee"]), each["status"]) for each in found]

    def trading_ledger(self, currency: str) -> list[tuple[str, Decimal]]:
        return [(each["direction"], number(each["amount"])) for each in self.api.hf_get_account_activity(currency)]

    def cancel(self, name: str) -> None:
        self.api.cancel_withdrawal(name)

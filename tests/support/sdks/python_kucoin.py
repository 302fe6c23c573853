"""python-kucoin."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Final

from kucoin.client import Client

from support.desk import Key, hmac_sha256
from support.sdks.python_kucoin_orders import PythonKucoinOrders
from support.sdks.values import Money, Paid, number


class PythonKucoin(PythonKucoinOrders):
    """python-kucoin: its two URLs only. It is of the time before key versions and signed passphrases.

    So a passphrase that is signed already is handed to it, and the key version must be optional (H31).
    """

    SETTINGS: Final[Mapping[str, str]] = {"key_version": "optional"}

    def __init__(self, url: str, key: Key) -> None:
        self.api = Client(key.api_key, key.secret, hmac_sha256(key.secret, key.passphrase.encode()))
        self.api.API_URL = self.api.FUTURES_API_URL = url

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

    # --- older calls
    def base_rates(self) -> tuple[Decimal, Decimal]:
        found = self.api.get_base_fee()
        return number(found["takerFeeRate"]), number(found["makerFeeRate"])

    def rates(self, symbol: str) -> tuple[Decimal, Decimal]:
        [found] = self.api.get_trading_pair_fee(symbol)
        return number(found["takerFeeRate"]), number(found["makerFeeRate"])

    def first_deposits(self) -> list[object]:
        return list(self.api.get_deposit_history()["items"])

    def first_withdrawals(self) -> list[object]:
        return list(self.api.get_historical_withdrawals()["items"])

    def sub_accounts(self) -> list[object]:
        old = [*self.api.get_subaccounts(), *self.api.get_all_subaccounts_balance()]
        new = [self.api.get_subaccounts_v2(), self.api.get_all_subaccounts_balance_v2()]
        return [*old, *(row for page in new for row in page["items"])]

    def move(self, currency: str, amount: str, target: str) -> str:
        tag = "BTC-USDT" if target == "isolated" else None
        made = self.api.create_inner_transfer(f"to-{target}", currency, "main", target, amount, to_tag=tag)
        return str(made["orderId"])

    def margin(self, currency: str) -> Decimal:
        [found] = self.api.margin_get_account_detail()["accounts"]
        [newer] = self.api.margin_get_cross_account_detail()["accounts"]
        assert found["currency"] == newer["currency"] == currency
        assert found["totalBalance"] == newer["total"]
        return number(newer["total"])

    def isolated(self, symbol: str) -> Decimal:
        [found] = self.api.margin_get_isolated_account_detail(symbol)["assets"]
        [older] = self.api.margin_get_isolated_account_info()["assets"]
        assert older["quoteAsset"]["totalBalance"] == found["quoteAsset"]["total"]
        return number(found["quoteAsset"]["total"])

    def futures(self, currency: str) -> Decimal:
        return number(self.api.futures_get_account_detail(currency)["availableBalance"])

    def futures_moves(self) -> list[tuple[str, Decimal]]:
        found = self.api.futures_get_account_activity()["dataList"]
        return [(each["type"], number(each["amount"])) for each in found]

    def trades(self, symbol: str) -> list[object]:
        pages = self.api.hf_get_completed_orders(symbol), self.api.hf_get_fills(symbol), self.api.get_orders(symbol)
        return [row for page in pages for row in page["items"]]

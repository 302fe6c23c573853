"""ccxt."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Final

import ccxt

from support.desk import Key
from support.sdks.ccxt_orders import CcxtOrders
from support.sdks.values import Money, Paid, number


class Ccxt(CcxtOrders):
    """ccxt: `urls["api"]` only. It calls currencies and networks by names of its own, and money comes as floats."""

    SETTINGS: Final[Mapping[str, str]] = {}
    NETWORKS: Final = {"TRC20": "trx", "ERC20": "eth", "KCC": "kcc"}
    STATES: Final = {"ok": "SUCCESS", "pending": "PROCESSING", "failed": "FAILURE"}

    def __init__(self, url: str, key: Key) -> None:
        self.api = ccxt.kucoin({"apiKey": key.api_key, "secret": key.secret, "password": key.passphrase})
        self.api.urls["api"] = dict.fromkeys(self.api.urls["api"], url)

    def close(self) -> None:
        self.api.session.close()

    def time(self) -> int:
        return int(self.api.fetch_time())

    def status(self) -> str:
        return "open" if self.api.fetch_status()["status"] == "ok" else "closed"

    def currencies(self) -> dict[str, int]:
        self.api.load_markets()
        return {code: int(each["info"]["precision"]) for code, each in self.api.currencies.items()}

    def fees(self, currency: str) -> dict[str, Decimal]:
        self.api.load_markets()
        return {each["id"]: number(each["fee"]) for each in self.api.currencies[currency]["networks"].values()}

    def high_frequency(self) -> bool:
        self.api.load_markets()
        return bool(self.api.options["hf"])

    def permissions(self) -> set[str]:
        return set(self.api.private_get_user_api_key()["data"]["permission"].split(","))

    def uid(self) -> int:
        return int(self.api.private_get_user_api_key()["data"]["uid"])

    def balance(self, currency: str, kind: str = "main") -> Money:
        found = self.api.fetch_balance({} if kind == "trade" else {"type": kind})[currency]
        return Money(*(number(found[name]) for name in ("total", "free", "used")))

    def transfer(self, currency: str, amount: str, oid: str) -> str:
        return str(self.api.transfer(currency, float(amount), "main", "trade", {"clientOid": oid})["id"])

    def create_address(self, currency: str, chain: str) -> str:
        network = {chain_id: name for name, chain_id in self.NETWORKS.items()}[chain]
        return str(self.api.create_deposit_address(currency, {"network": network})["address"])

    def addresses(self, currency: str) -> dict[str, str]:
        found = self.api.fetch_deposit_addresses_by_network(currency, {"version": "v3"})
        assert found.keys() == self.api.fetch_deposit_addresses_by_network(currency).keys()  # version 2, by itself
        return {self.NETWORKS[network]: each["address"] for network, each in found.items()}

    def deposits(self, currency: str) -> list[tuple[Decimal, str]]:
        found = self.api.fetch_deposits(currency)
        return [(number(each["info"]["amount"]), self.STATES[each["status"]]) for each in reversed(found)]

    def withdraw(self, currency: str, chain: str, address: str, amount: str) -> str:
        network = {chain_id: name for name, chain_id in self.NETWORKS.items()}[chain]
        return str(self.api.withdraw(currency, float(amount), address, {"network": network})["id"])

    def withdrawals(self, currency: str) -> list[Paid]:
        found = self.api.fetch_withdrawals(currency)
        return [
            Paid(each["id"], number(each["info"]["amount"]), number(each["fee"]["cost"]), self.STATES[each["status"]])
            for each in reversed(found)
        ]

    def level(self) -> int:
        return int(self.api.private_get_user_info()["data"]["level"])

    def transferable(self, currency: str) -> Decimal:
        asked = {"currency": currency, "type": "MAIN"}
        return number(self.api.private_get_accounts_transferable(asked)["data"]["transferable"])

    def quota(self, currency: str, chain: str) -> tuple[Decimal, Decimal]:
        found = self.api.private_get_withdrawals_quotas({"currency": currency, "chain": chain})["data"]
        return number(found["usedQuotaCurrencyAmount"]), number(found["withdrawMinFee"])

    def cancel(self, name: str) -> None:
        self.api.private_delete_withdrawals_withdrawalid({"withdrawalId": name})

    def trading_ledger(self, currency: str) -> list[tuple[str, Decimal]]:
        return [(each["direction"], number(each["info"]["amount"])) for each in self.api.fetch_ledger(currency)]

    def ledger(self, currency: str) -> list[tuple[str, Decimal]]:
        found = self.api.fetch_ledger(currency, None, None, {"hf": False})
        return [(each["info"]["bizType"], number(each["info"]["amount"])) for each in reversed(found)]

    # --- older calls
    def base_rates(self) -> tuple[Decimal, Decimal]:
        found = self.api.private_get_base_fee()["data"]
        return number(found["takerFeeRate"]), number(found["makerFeeRate"])

    def rates(self, symbol: str) -> tuple[Decimal, Decimal]:
        [found] = self.api.private_get_trade_fees({"symbols": symbol})["data"]
        return number(found["takerFeeRate"]), number(found["makerFeeRate"])

    def first_deposits(self) -> list[str]:
        return [str(each["id"]) for each in self.api.fetch_deposits(None, 1_500_000_000_000)]

    def first_withdrawals(self) -> list[str]:
        return [str(each["id"]) for each in self.api.fetch_withdrawals(None, 1_500_000_000_000)]

    def sub_accounts(self) -> list[object]:
        pages = self.api.private_get_sub_user(), self.api.private_get_sub_accounts()
        return [row for page in pages for row in page["data"]["items"]]

    def move(self, currency: str, amount: str, target: str) -> str:
        asked = {"clientOid": f"to-{target}", "currency": currency, "amount": amount, "from": "main", "to": target}
        tag = {"toTag": "BTC-USDT"} if target == "isolated" else {}
        return str(self.api.private_post_accounts_inner_transfer({**asked, **tag})["data"]["orderId"])

    def margin(self, currency: str) -> Decimal:
        return number(self.api.fetch_balance({"marginMode": "cross"})[currency]["total"])

    def isolated(self, symbol: str) -> Decimal:
        [found] = self.api.private_get_isolated_accounts({"symbol": symbol})["data"]["assets"]
        return number(found["quoteAsset"]["total"])

    def futures(self, currency: str) -> Decimal:
        return number(self.api.fetch_balance({"type": "contract", "code": currency})[currency]["total"])

    def futures_moves(self) -> list[tuple[str, Decimal]]:
        found = self.api.futuresprivate_get_transaction_history()["data"]["dataList"]
        return [(each["type"], number(each["amount"])) for each in found]

    def trades(self, symbol: str) -> list[object]:
        asked = {"symbol": symbol}
        done, fills = self.api.private_get_hf_orders_done(asked), self.api.private_get_hf_fills(asked)
        return [*done["data"]["items"], *fills["data"]["items"], *self.api.private_get_fills()["data"]["items"]]

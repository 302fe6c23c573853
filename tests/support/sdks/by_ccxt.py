"""ccxt."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Final

import ccxt

from support.desk import Key
from support.sdks.values import Money, Paid, number


class Ccxt:
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

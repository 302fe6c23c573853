"""SDKs as brokers use them, of which nothing is changed but where they send to: one adapter each, all with one face.

Another SDK is another class here and a name in `SDKS`. What an SDK cannot do, its class has not; `WITHOUT` says why.
An adapter reads values out of the SDK's own objects: some SDKs hide what they cannot read, and hand back nothing.
"""

from __future__ import annotations

import warnings
from collections.abc import Callable, Mapping
from decimal import Decimal
from typing import Any, Final, NamedTuple

import ccxt
from kucoin.client import Client
from support import Key, hmac_sha256

with warnings.catch_warnings():
    warnings.simplefilter("ignore")  # the SDK was written for an older pydantic
    from kucoin_universal_sdk.api import DefaultClient
    from kucoin_universal_sdk.generate.account.account import GetSpotAccountListReqBuilder, GetSpotLedgerReqBuilder
    from kucoin_universal_sdk.generate.account.deposit import (
        AddDepositAddressV3ReqBuilder,
        GetDepositAddressV3ReqBuilder,
        GetDepositHistoryReqBuilder,
    )
    from kucoin_universal_sdk.generate.account.transfer import (
        FlexTransferReq,
        FlexTransferReqBuilder,
        GetTransferQuotasReq,
        GetTransferQuotasReqBuilder,
    )
    from kucoin_universal_sdk.generate.account.withdrawal import (
        CancelWithdrawalReqBuilder,
        GetWithdrawalHistoryByIdReqBuilder,
        GetWithdrawalHistoryReqBuilder,
        GetWithdrawalQuotasReqBuilder,
        WithdrawalV3Req,
        WithdrawalV3ReqBuilder,
    )
    from kucoin_universal_sdk.generate.spot.market import GetCurrencyReqBuilder
    from kucoin_universal_sdk.model import ClientOptionBuilder, TransportOptionBuilder


class Money(NamedTuple):
    """A balance."""

    total: Decimal
    free: Decimal
    held: Decimal


class Paid(NamedTuple):
    """A withdrawal as a history tells it."""

    id: str
    amount: Decimal
    fee: Decimal
    status: str


def _number(value: object) -> Decimal:
    return Decimal(str(value))


class Official:
    """kucoin-universal-sdk: `set_spot_endpoint`, `set_futures_endpoint` and `set_broker_endpoint` only."""

    SETTINGS: Final[Mapping[str, str]] = {}

    def __init__(self, url: str, key: Key) -> None:
        options = (
            ClientOptionBuilder()
            .set_key(key.api_key)
            .set_secret(key.secret)
            .set_passphrase(key.passphrase)
            .set_spot_endpoint(url)
            .set_futures_endpoint(url)
            .set_broker_endpoint(url)
            .set_transport_option(TransportOptionBuilder().build())
            .build()
        )
        rest = self._rest = DefaultClient(options).rest_service()
        account, self._market = rest.get_account_service(), rest.get_spot_service().get_market_api()
        self._account, self._deposit = account.get_account_api(), account.get_deposit_api()
        self._withdrawal, self._transfer = account.get_withdrawal_api(), account.get_transfer_api()
        self._futures = rest.get_futures_service().get_market_api()

    def close(self) -> None:
        self._rest.close_service() if hasattr(self._rest, "close_service") else None

    def time(self) -> int:
        return int(self._market.get_server_time().data)

    def status(self) -> str:
        return str(self._market.get_service_status().status.value)

    def client_ip(self) -> str:
        return str(self._market.get_client_ip_address().data)

    def fees(self, currency: str) -> dict[str, Decimal]:
        found = self._market.get_currency(GetCurrencyReqBuilder().set_currency(currency).build())
        return {chain.chain_id: _number(chain.withdrawal_min_fee) for chain in found.chains}

    def currencies(self) -> dict[str, int]:
        return {each.currency: each.precision for each in self._market.get_all_currencies().data}

    def rate(self) -> tuple[int, int]:
        limit = self._account.get_account_info().common_response.rate_limit
        return limit.limit, limit.limit - limit.remaining

    def permissions(self) -> set[str]:
        return set(self._account.get_apikey_info().permission.split(","))

    def uid(self) -> int:
        return int(self._account.get_apikey_info().uid)

    def level(self) -> int:
        return int(self._account.get_account_info().level)

    def high_frequency(self) -> bool:
        return bool(self._account.get_spot_account_type().data)

    def balance(self, currency: str, kind: str = "main") -> Money:
        asked = GetSpotAccountListReqBuilder().set_currency(currency).build()
        found = [each for each in self._account.get_spot_account_list(asked).data if each.type.value == kind]
        return Money(*(_number(getattr(found[0], name)) for name in ("balance", "available", "holds")))

    def transferable(self, currency: str) -> Decimal:
        kind = GetTransferQuotasReq.TypeEnum.MAIN
        asked = GetTransferQuotasReqBuilder().set_currency(currency).set_type(kind).build()
        return _number(self._transfer.get_transfer_quotas(asked).transferable)

    def transfer(self, currency: str, amount: str, oid: str) -> str:
        asked = (
            FlexTransferReqBuilder()
            .set_client_oid(oid)
            .set_currency(currency)
            .set_amount(amount)
            .set_type(FlexTransferReq.TypeEnum.INTERNAL)
            .set_from_account_type(FlexTransferReq.FromAccountTypeEnum.MAIN)
            .set_to_account_type(FlexTransferReq.ToAccountTypeEnum.TRADE)
            .build()
        )
        return str(self._transfer.flex_transfer(asked).order_id)

    def create_address(self, currency: str, chain: str) -> str:
        asked = AddDepositAddressV3ReqBuilder().set_currency(currency).set_chain(chain).build()
        return str(self._deposit.add_deposit_address_v3(asked).address)

    def addresses(self, currency: str) -> dict[str, str]:
        asked = GetDepositAddressV3ReqBuilder().set_currency(currency).build()
        return {each.chain_id: each.address for each in self._deposit.get_deposit_address_v3(asked).data}

    def deposits(self, currency: str) -> list[tuple[Decimal, str]]:
        asked = GetDepositHistoryReqBuilder().set_currency(currency).build()
        return [(_number(each.amount), each.status.value) for each in self._deposit.get_deposit_history(asked).items]

    def quota(self, currency: str, chain: str) -> tuple[Decimal, Decimal]:
        asked = GetWithdrawalQuotasReqBuilder().set_currency(currency).set_chain(chain).build()
        found = self._withdrawal.get_withdrawal_quotas(asked)
        return _number(found.used_quota_currency_amount), _number(found.withdraw_min_fee)

    def withdraw(self, currency: str, chain: str, address: str, amount: str) -> str:
        asked = (
            WithdrawalV3ReqBuilder()
            .set_currency(currency)
            .set_chain(chain)
            .set_amount(amount)
            .set_to_address(address)
            .set_withdraw_type(WithdrawalV3Req.WithdrawTypeEnum.ADDRESS)
            .build()
        )
        return str(self._withdrawal.withdrawal_v3(asked).withdrawal_id)

    def withdrawals(self, currency: str) -> list[Paid]:
        asked = GetWithdrawalHistoryReqBuilder().set_currency(currency).build()
        found = self._withdrawal.get_withdrawal_history(asked).items
        return [Paid(each.id, _number(each.amount), _number(each.fee), each.status.value) for each in found]

    def withdrawal(self, name: str) -> Paid:
        found = self._withdrawal.get_withdrawal_history_by_id(
            GetWithdrawalHistoryByIdReqBuilder().set_withdrawal_id(name).build()
        )
        return Paid(found.id, _number(found.amount), _number(found.fee), str(found.status))

    def cancel(self, name: str) -> None:
        self._withdrawal.cancel_withdrawal(CancelWithdrawalReqBuilder().set_withdrawal_id(name).build())

    def ledger(self, currency: str) -> list[tuple[str, Decimal]]:
        asked = GetSpotLedgerReqBuilder().set_currency(currency).build()
        return [(each.biz_type, _number(each.amount)) for each in self._account.get_spot_ledger(asked).items]


class Ccxt:
    """ccxt: `urls["api"]` only. It calls currencies and networks by names of its own, and money comes as floats."""

    SETTINGS: Final[Mapping[str, str]] = {}
    REFUSED: Final = "400007"
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
        return {each["id"]: _number(each["fee"]) for each in self.api.currencies[currency]["networks"].values()}

    def high_frequency(self) -> bool:
        self.api.load_markets()
        return bool(self.api.options["hf"])

    def permissions(self) -> set[str]:
        return set(self.api.private_get_user_api_key()["data"]["permission"].split(","))

    def uid(self) -> int:
        return int(self.api.private_get_user_api_key()["data"]["uid"])

    def balance(self, currency: str, kind: str = "main") -> Money:
        found = self.api.fetch_balance({"type": kind, "hf": False})[currency]
        return Money(*(_number(found[name]) for name in ("total", "free", "used")))

    def transfer(self, currency: str, amount: str, oid: str) -> str:
        return str(self.api.transfer(currency, float(amount), "main", "trade", {"clientOid": oid, "hf": False})["id"])

    def create_address(self, currency: str, chain: str) -> str:
        network = {chain_id: name for name, chain_id in self.NETWORKS.items()}[chain]
        return str(self.api.create_deposit_address(currency, {"network": network})["address"])

    def addresses(self, currency: str) -> dict[str, str]:
        found = self.api.fetch_deposit_addresses_by_network(currency, {"version": "v3"})
        return {self.NETWORKS[network]: each["address"] for network, each in found.items()}

    def deposits(self, currency: str) -> list[tuple[Decimal, str]]:
        found = self.api.fetch_deposits(currency)
        return [(_number(each["info"]["amount"]), self.STATES[each["status"]]) for each in reversed(found)]

    def withdraw(self, currency: str, chain: str, address: str, amount: str) -> str:
        network = {chain_id: name for name, chain_id in self.NETWORKS.items()}[chain]
        return str(self.api.withdraw(currency, float(amount), address, {"network": network})["id"])

    def withdrawals(self, currency: str) -> list[Paid]:
        found = self.api.fetch_withdrawals(currency)
        return [
            Paid(each["id"], _number(each["info"]["amount"]), _number(each["fee"]["cost"]), self.STATES[each["status"]])
            for each in reversed(found)
        ]

    def level(self) -> int:
        return int(self.api.private_get_user_info()["data"]["level"])

    def transferable(self, currency: str) -> Decimal:
        asked = {"currency": currency, "type": "MAIN"}
        return _number(self.api.private_get_accounts_transferable(asked)["data"]["transferable"])

    def quota(self, currency: str, chain: str) -> tuple[Decimal, Decimal]:
        found = self.api.private_get_withdrawals_quotas({"currency": currency, "chain": chain})["data"]
        return _number(found["usedQuotaCurrencyAmount"]), _number(found["withdrawMinFee"])

    def cancel(self, name: str) -> None:
        self.api.private_delete_withdrawals_withdrawalid({"withdrawalId": name})

    def ledger(self, currency: str) -> list[tuple[str, Decimal]]:
        found = self.api.fetch_ledger(currency, None, None, {"hf": False})
        return [(each["info"]["bizType"], _number(each["info"]["amount"])) for each in reversed(found)]


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
        return {
            each["chainId"]: _number(each["withdrawalMinFee"]) for each in self.api.get_currency(currency)["chains"]
        }

    def balance(self, currency: str, kind: str = "main") -> Money:
        [found] = self.api.get_accounts(currency, kind)
        return Money(*(_number(found[name]) for name in ("balance", "available", "holds")))

    def high_frequency(self) -> bool:
        return bool(self.api.get_user_type())

    def transferable(self, currency: str) -> Decimal:
        return _number(self.api.get_transferable_balance(currency, "MAIN")["transferable"])

    def deposits(self, currency: str) -> list[tuple[Decimal, str]]:
        return [(_number(each["amount"]), each["status"]) for each in self.api.get_deposits(currency)["items"]]

    def create_address(self, currency: str, chain: str) -> str:
        return str(self.api.create_deposit_address(currency, chain)["address"])

    def addresses(self, currency: str) -> dict[str, str]:
        return {each["chainId"]: each["address"] for each in self.api.get_deposit_addresses(currency)}

    def quota(self, currency: str, chain: str) -> tuple[Decimal, Decimal]:
        found = self.api.get_withdrawal_quotas(currency, chain)
        return _number(found["usedQuotaCurrencyAmount"]), _number(found["withdrawMinFee"])

    def withdraw(self, currency: str, chain: str, address: str, amount: str) -> str:
        right = {"toAddress": address, "withdrawType": "ADDRESS"}  # its own names for these are other ones
        done = self.api.create_withdrawal(currency, amount, address, "ADDRESS", chain=chain, **right)
        return str(done["withdrawalId"])

    def withdrawals(self, currency: str) -> list[Paid]:
        found = self.api.get_withdrawals(currency)["items"]
        return [Paid(each["id"], _number(each["amount"]), _number(each["fee"]), each["status"]) for each in found]

    def cancel(self, name: str) -> None:
        self.api.cancel_withdrawal(name)


SDKS: Final[tuple[Callable[[str, Key], Any], ...]] = (Official, Ccxt, PythonKucoin)
WITHOUT: Final = {
    "Official": {},
    "Ccxt": {
        "client_ip": "it has no such call",
        "rate": "it does not read the headers",
        "withdrawal": "it fetches pages only",
    },
    "PythonKucoin": {
        "client_ip": "it has no such call",
        "rate": "it does not read the headers",
        "permissions": "it has no such call",
        "uid": "it has no such call",
        "level": "it has no such call",
        "transfer": "it posts to version 1 of the path",
        "withdrawal": "it has no such call",
        "ledger": "it puts the query where the version of the path belongs",
    },
}
"""What an adapter has not, and why."""

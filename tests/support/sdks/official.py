"""kucoin-universal-sdk."""

from __future__ import annotations

import warnings
from collections.abc import Mapping
from decimal import Decimal
from typing import Any, Final

from support.desk import Key
from support.sdks.official_orders import OfficialOrders
from support.sdks.values import Money, Paid, number

with warnings.catch_warnings():
    warnings.simplefilter("ignore")  # the SDK was written for an older pydantic
    from kucoin_universal_sdk.api import DefaultClient
    from kucoin_universal_sdk.generate.account.account import (
        GetCrossMarginAccountReqBuilder,
        GetFuturesAccountReqBuilder,
        GetFuturesLedgerReqBuilder,
        GetIsolatedMarginAccountReqBuilder,
        GetSpotAccountListReqBuilder,
        GetSpotHfLedgerReqBuilder,
        GetSpotLedgerReqBuilder,
    )
    from kucoin_universal_sdk.generate.account.deposit import (
        AddDepositAddressV3ReqBuilder,
        GetDepositAddressV3ReqBuilder,
        GetDepositHistoryOldReqBuilder,
        GetDepositHistoryReqBuilder,
    )
    from kucoin_universal_sdk.generate.account.fee import GetBasicFeeReqBuilder, GetSpotActualFeeReqBuilder
    from kucoin_universal_sdk.generate.account.subaccount import (
        GetSpotSubAccountListV2ReqBuilder,
        GetSpotSubAccountsSummaryV2ReqBuilder,
    )
    from kucoin_universal_sdk.generate.account.transfer import (
        FlexTransferReq,
        FlexTransferReqBuilder,
        GetTransferQuotasReq,
        GetTransferQuotasReqBuilder,
        InnerTransferReq,
        InnerTransferReqBuilder,
    )
    from kucoin_universal_sdk.generate.account.withdrawal import (
        CancelWithdrawalReqBuilder,
        GetWithdrawalHistoryByIdReqBuilder,
        GetWithdrawalHistoryOldReqBuilder,
        GetWithdrawalHistoryReqBuilder,
        GetWithdrawalQuotasReqBuilder,
        WithdrawalV3Req,
        WithdrawalV3ReqBuilder,
    )
    from kucoin_universal_sdk.generate.spot.market import GetCurrencyReqBuilder
    from kucoin_universal_sdk.generate.spot.order import GetClosedOrdersReqBuilder, GetTradeHistoryReqBuilder
    from kucoin_universal_sdk.model import ClientOptionBuilder, TransportOptionBuilder


class Official(OfficialOrders):
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
        self.fee_rates, self._subs = account.get_fee_api(), account.get_sub_account_api()
        self.orders = rest.get_spot_service().get_order_api()
        self.parts = {
            "spot.market": self._market,
            "account.account": self._account,
            "account.deposit": self._deposit,
            "account.withdrawal": self._withdrawal,
            "account.transfer": self._transfer,
        }
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
        return {chain.chain_id: number(chain.withdrawal_min_fee) for chain in found.chains}

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
        found = [each for each in self.rows(currency) if each.type.value == kind]
        return Money(*(number(getattr(found[0], name)) for name in ("balance", "available", "holds")))

    def rows(self, currency: str) -> list[Any]:
        """The accounts of a currency."""
        asked = GetSpotAccountListReqBuilder().set_currency(currency).build()
        rows: list[Any] = self._account.get_spot_account_list(asked).data
        return rows

    def transferable(self, currency: str) -> Decimal:
        kind = GetTransferQuotasReq.TypeEnum.MAIN
        asked = GetTransferQuotasReqBuilder().set_currency(currency).set_type(kind).build()
        return number(self._transfer.get_transfer_quotas(asked).transferable)

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
        return [(number(each.amount), each.status.value) for each in self._deposit.get_deposit_history(asked).items]

    def quota(self, currency: str, chain: str) -> tuple[Decimal, Decimal]:
        asked = GetWithdrawalQuotasReqBuilder().set_currency(currency).set_chain(chain).build()
        found = self._withdrawal.get_withdrawal_quotas(asked)
        return number(found.used_quota_currency_amount), number(found.withdraw_min_fee)

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
        return [Paid(each.id, number(each.amount), number(each.fee), each.status.value) for each in found]

    def withdrawal(self, name: str) -> Paid:
        found = self._withdrawal.get_withdrawal_history_by_id(
            GetWithdrawalHistoryByIdReqBuilder().set_withdrawal_id(name).build()
        )
        return Paid(found.id, number(found.amount), number(found.fee), str(found.status))

    def cancel(self, name: str) -> None:
        self._withdrawal.cancel_withdrawal(CancelWithdrawalReqBuilder().set_withdrawal_id(name).build())

    def trading_ledger(self, currency: str) -> list[tuple[str, Decimal]]:
        asked = GetSpotHfLedgerReqBuilder().set_currency(currency).build()
        return [(each.direction.value, number(each.amount)) for each in self._account.get_spot_hf_ledger(asked).data]

    def ledger(self, currency: str) -> list[tuple[str, Decimal]]:
        asked = GetSpotLedgerReqBuilder().set_currency(currency).build()
        return [(each.biz_type, number(each.amount)) for each in self._account.get_spot_ledger(asked).items]

    # --- older calls
    def base_rates(self) -> tuple[Decimal, Decimal]:
        found = self.fee_rates.get_basic_fee(GetBasicFeeReqBuilder().build())
        return number(found.taker_fee_rate), number(found.maker_fee_rate)

    def rates(self, symbol: str) -> tuple[Decimal, Decimal]:
        [found] = self.fee_rates.get_spot_actual_fee(GetSpotActualFeeReqBuilder().set_symbols(symbol).build()).data
        return number(found.taker_fee_rate), number(found.maker_fee_rate)

    def first_deposits(self) -> list[object]:
        return list(self._deposit.get_deposit_history_old(GetDepositHistoryOldReqBuilder().build()).items)

    def first_withdrawals(self) -> list[object]:
        return list(self._withdrawal.get_withdrawal_history_old(GetWithdrawalHistoryOldReqBuilder().build()).items)

    def sub_accounts(self) -> list[object]:
        users = self._subs.get_spot_sub_accounts_summary_v2(GetSpotSubAccountsSummaryV2ReqBuilder().build()).items
        found = self._subs.get_spot_sub_account_list_v2(GetSpotSubAccountListV2ReqBuilder().build()).items
        old = self._subs.get_spot_sub_accounts_summary_v1().data, self._subs.get_spot_sub_account_list_v1().data
        return [*users, *found, *old[0], *old[1]]

    def move(self, currency: str, amount: str, target: str) -> str:
        asked = InnerTransferReqBuilder().set_client_oid(f"to-{target}").set_currency(currency).set_amount(amount)
        asked = asked.set_from_(InnerTransferReq.FromEnum.MAIN).set_to_tag("BTC-USDT")
        return str(self._transfer.inner_transfer(asked.set_to(InnerTransferReq.ToEnum(target)).build()).order_id)

    def margin(self, currency: str) -> Decimal:
        [found] = self._account.get_cross_margin_account(GetCrossMarginAccountReqBuilder().build()).accounts
        assert found.currency == currency
        return number(found.total)

    def isolated(self, symbol: str) -> Decimal:
        asked = GetIsolatedMarginAccountReqBuilder().set_symbol(symbol).build()
        [found] = self._account.get_isolated_margin_account(asked).assets
        return number(found.quote_asset.total)

    def futures(self, currency: str) -> Decimal:
        asked = GetFuturesAccountReqBuilder().set_currency(currency).build()
        return number(self._account.get_futures_account(asked).available_balance)

    def futures_moves(self) -> list[tuple[str, Decimal]]:
        found = self._account.get_futures_ledger(GetFuturesLedgerReqBuilder().build()).data_list
        return [(each.type, number(each.amount)) for each in found]

    def trades(self, symbol: str) -> list[object]:
        done = self.orders.get_closed_orders(GetClosedOrdersReqBuilder().set_symbol(symbol).build()).items
        return [*done, *self.orders.get_trade_history(GetTradeHistoryReqBuilder().set_symbol(symbol).build()).items]

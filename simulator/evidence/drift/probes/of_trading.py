"""Probes of the rules about trading: look-ups, and orders that are only checked (`POST /api/v1/hf/orders/test`)."""

from __future__ import annotations

from typing import Final

from simulator.evidence.drift.probes.probe import Probe, ask

UNKNOWN: Final = "0" * 24
TRADING: Final = (
    Probe(
        "H110/symbol-list",
        (ask("list_symbols"),),
        "the increments and minimums that the scenario has",
        "other numbers: put them into `given.symbols`",
    ),
    Probe(
        "H111/candles",
        (ask("list_candles", "of a symbol that is hardly traded", symbol="$QUIET_SYMBOL", type="1min"),),
        "no row for a minute without a trade",
        "a row of the last price for every minute",
    ),
    Probe(
        "H111/day",
        (ask("get_stats", "of a symbol without a trade in 24 hours", symbol="$QUIET_SYMBOL"),),
        "`averagePrice` is the last price and `changeRate` has four places",
        "another average, or more places",
    ),
    Probe(
        "H97/base-rates",
        (ask("get_base_fee", "with a key of each VIP level that there is"), ask("list_trade_fees", symbols="BTC-USDT")),
        "the rates of that level",
        "other rates: they belong to the table of the rule",
    ),
    Probe(
        "H106/minimums",
        (
            ask("check_order", "one increment above the largest size", size="10000000000.00000001"),
            ask("check_order", "one increment below the least size", size="0.00000999"),
        ),
        "both are refused, the second one with the text of the minimum",
        "the code and the text of the maximum belong to SIZE_ABOVE_MAXIMUM",
    ),
    Probe(
        "H105/time-window",
        (ask("check_order", "a minute late", allowMaxTimeWindow=1, clientTimestamp=1),),
        "it is refused",
        "its code and text belong to CLIENT_TIME_WINDOW_PASSED",
    ),
    Probe(
        "H107/client-oid",
        (ask("check_order", "with the clientOid of a filled order, and money for it", clientOid="$USED_CLIENT_OID"),),
        "it is refused, and not because of the balance",
        "it passes: `repeated_order_client_oid: allow_after_end`",
    ),
    Probe(
        "H121/order-amounts",
        (ask("list_hf_orders_done", "of limit orders that were filled in part and canceled"),),
        "deal, remain and cancelled funds add up to `funds`",
        "they add up to something else",
    ),
    Probe(
        "H122/unknown-order",
        (ask("get_hf_order", orderId=UNKNOWN),),
        "400100 `order not exist.`",
        "another code, or another text",
    ),
    Probe(
        "H124/fills",
        (ask("list_broker_transactions", "of a day with a fill that carried the tag, next to that fill"),),
        "the volume is the `funds` of the fill",
        "it is the size, or another amount",
    ),
    Probe(
        "H124/other-quotes",
        (ask("list_broker_transactions", "of a day with a tagged fill of ETH-BTC"),),
        "the fill is in no row",
        "it is there: `currency` and the volume say how it was converted",
    ),
    Probe(
        "H123/one-port-orders",
        (ask("list_orders", "without a symbol, of a user who trades on both markets", symbol=None),),
        "orders of the spot market only, at api.kucoin.com",
        "orders of futures as well",
    ),
    Probe(
        "rest/symbols",
        (ask("list_symbols"),),
        "no field is there that the simulator does not have",
        "`drift` names the fields, and which of them are never null",
    ),
    Probe(
        "rest/tickers",
        (ask("list_tickers"), ask("list_tickers", "once more within two seconds")),
        "`takerFeeRate` and `makerFeeRate` are those of level 0, also of a symbol with a coefficient",
        "they are multiplied by the coefficients",
    ),
    Probe(
        "rest/fiat-prices",
        (ask("list_fiat_prices", base="EUR", currencies="BTC"),),
        "a refusal, or the price in USD",
        "the price in EUR: other bases are served",
    ),
    Probe(
        "rest/futures-positions",
        (ask("list_positions", "of a user without positions"), ask("get_position", symbol="XBTUSDTM")),
        "an empty list, and a position that is not open",
        "`drift` names what differs",
    ),
    Probe(
        "rest/stop-orders",
        (
            ask("list_stop_orders", "while one waits, and after one was triggered"),
            ask("get_stop_order", orderId="$TRIGGERED_STOP_ORDER"),
        ),
        "only the one that waits is listed, and `userId` is the uid",
        "the triggered one is listed as well, or `userId` is another identifier",
    ),
)

"""Probes of the rules about accounts, deposits, histories and markets: look-ups, and addresses that are made."""

from __future__ import annotations

from typing import Final

from simulator.evidence.drift.probes.probe import Probe, ask

USDT: Final = {"currency": "USDT"}
CREATED: Final = {"currency": "USDT", "chain": "trx", "to": "main"}
SHAPES: Final = "`drift` finds nothing in the answer"
OTHERS: Final = "`drift` says which field differs"

REFERENCE: Final = (
    Probe(
        "H38/default-chain",
        (ask("get_withdrawal_quotas", currency="USDT"), ask("get_withdrawal_quotas", currency="BTC")),
        "`chain` of the answers is the default chain that the scenario has",
        "another chain: it is the default of that currency",
    ),
    Probe(
        "H63/currency-list",
        (ask("list_currencies"), ask("get_currency", currency="USDT")),
        "the chains, minima and fees that the scenario has",
        "other numbers: put them into `given.currencies`",
    ),
    Probe(
        "H67/made-up-addresses",
        (*(ask("list_deposit_addresses", currency=currency) for currency in ("USDT", "BTC", "XRP")),),
        "one address for each chain, and one with a memo of one's own where a chain has memos",
        "several addresses by one chain, or another form",
    ),
    Probe(
        "H67/second-address",
        (ask("create_deposit_address", "twice", **CREATED),),
        "260000 for the second one",
        "another address, or the same one again: `second_deposit_address`",
    ),
    Probe(
        "H71/cancel",
        (
            ask(
                "cancel_withdrawal",
                "one that has succeeded long ago, with a key that was made by hand and may withdraw",
                withdrawalId="$WITHDRAWAL_ID",
            ),
        ),
        "a refusal with HTTP 200",
        "its status, code and text belong into WITHDRAWAL_NOT_CANCELABLE",
    ),
    Probe(
        "H71/permission",
        (
            ask(
                "cancel_withdrawal",
                "one that has succeeded, with a key that a consent made",
                withdrawalId="$WITHDRAWAL_ID",
            ),
        ),
        "400007: the ordinary permission is needed",
        "the refusal of a finished withdrawal: API_WITHDRAW_OAUTH will do (the switch of H71)",
    ),
    Probe(
        "H72/quotas",
        (ask("get_withdrawal_quotas", "before and after a day with withdrawals", currency="BTC"),),
        "`usedBTCAmount` and `remainAmount` are of 24 hours, rounded down",
        "other sums, or other roundings",
    ),
    Probe(
        "H73/biz-types",
        (ask("list_ledgers", "of an account that another user has paid"), ask("list_deposits", currency="USDT")),
        "the payment is a deposit in both",
        "it is missing from the deposits, or has another `bizType`",
    ),
    Probe(
        "H95/no-chains",
        (
            ask("get_currency", "a currency that was delisted", currency="$DELISTED"),
            ask("list_deposit_addresses", currency="$DELISTED"),
        ),
        "`chains` is null, and the list is empty",
        "a refusal: its code belongs to the rule",
    ),
    Probe(
        "H94/live-fields",
        (ask("get_api_key_info", "with a key of each kind: made by a consent, and by hand"),),
        "`region`, `kycStatus` and `siteType` are there, with a whole second in `createdAt`",
        "other words of `siteType`, or fields that depend on the kind of key",
    ),
    Probe(
        "H91/hf-window",
        (ask("list_hf_ledgers", "a span that begins ten days ago", startAt="$MS", endAt="$MS"), ask("list_hf_ledgers")),
        "rows of the last three days only, and no refusal",
        "older rows, or a refusal: the window is another one",
    ),
    Probe(
        "H90/ledger-rows",
        (ask("list_ledgers", "of an account with rows of the main and of the trading account"),),
        "`bizType` is prose; ids have 24 hex digits, those of the trading account are numbers",
        OTHERS,
    ),
    Probe(
        "H92/ledger-context",
        (
            ask("list_ledgers", "with a transfer, a deposit and a withdrawal"),
            ask("list_deposits"),
            ask("list_withdrawals"),
        ),
        "`orderId` in `context` is the id of one of the other lists",
        "an id that stands nowhere else",
    ),
    Probe(
        "H92/deposit-tx",
        (ask("list_deposits", "with a payment from another user of KuCoin"),),
        "`walletTxId` is a hash, an @ and 32 hex digits, also of that payment",
        "another form, or an empty text",
    ),
    Probe("rest/decimals", (ask("list_deposits"), ask("list_withdrawals"), ask("list_hf_ledgers")), SHAPES, OTHERS),
    Probe(
        "H81/symbols-v1",
        (ask("list_symbols_v1"),),
        "`gw-ratelimit-remaining` sinks by 4",
        "another weight, or a refusal: the call is gone",
    ),
    Probe(
        "H82/margin-ledger-v1", (ask("list_margin_ledgers_v1"), ask("list_margin_ledgers")), "both answer alike", OTHERS
    ),
    Probe(
        "rest/pools",
        (ask("get_account_mode"),),
        "`gw-ratelimit-remaining` sinks by 5, and the pool is full again after 3 s",
        "another weight or another pool",
    ),
    Probe(
        "rest/page-size",
        (ask("list_ledgers", pageSize="501"), ask("list_broker_users", tradeType="all", pageSize="0")),
        "two refusals with 400100",
        "an answer: the bound is another one; another text belongs to the rule",
    ),
    Probe("rest/currencies", (ask("list_currencies"),), "a bare list by name", "another order"),
    Probe("rest/status", (ask("get_service_status", "also while KuCoin announces a maintenance"),), "`open`", OTHERS),
    Probe(
        "rest/my-ip", (ask("get_client_ip", "behind a proxy, too"),), "the address that lists of IPs see", "another one"
    ),
    Probe(
        "rest/markets",
        (ask("list_symbols"), ask("list_tickers"), ask("list_contracts")),
        "never, because the real lists have rows",
        "`more rows` of `drift`; the fields of a row belong to the rule",
    ),
    Probe(
        "rest/withdrawal-by-id",
        (
            ask(
                "get_withdrawal",
                "one that succeeded, one that failed, one that was canceled",
                withdrawalId="$WITHDRAWAL_ID",
            ),
        ),
        "`failureReason` is empty and `returnStatus` NOT_RETURN in all of them",
        "other words: they belong into the closed lists",
    ),
    Probe(
        "rest/accounts-margin",
        (ask("list_accounts", type="margin"), ask("list_accounts", type="isolated")),
        "the accounts of the pairs have the type `isolated`",
        "another type, or a refusal",
    ),
    Probe("rest/user-info", (ask("get_user_info"),), SHAPES, OTHERS),
    Probe("rest/spot-account-type", (ask("get_spot_account_type"),), "true", "false: there are low-frequency accounts"),
    Probe("rest/account-mode", (ask("get_account_mode"),), SHAPES, OTHERS),
    Probe(
        "rest/transferable",
        (ask("get_transferable", currency="USDT", type="MAIN"), ask("get_transferable", currency="XRP", type="TRADE")),
        "`transferable` equals `available`, and a currency that was never there has zeros",
        "less can be moved, or there is a refusal or null",
    ),
    Probe(
        "rest/base-fee",
        (ask("get_base_fee", currencyType="0"), ask("get_base_fee", currencyType="1")),
        "0.001 twice",
        OTHERS,
    ),
    Probe(
        "rest/trade-fees",
        (ask("list_trade_fees", symbols="BTC-USDT,ETH-USDT"), ask("list_trade_fees", symbols="NO-PAIR")),
        "the base rate for both pairs, and 900001 for one that is not listed",
        "another coefficient; rates, or another code, for a pair that is not listed",
    ),
    Probe(
        "rest/deposit-address-create",
        (ask("create_deposit_address", "without chain", currency="USDT"),),
        "an address by the default chain",
        "a refusal: `chain` is compulsory",
    ),
    Probe(
        "rest/deposit-address-v1",
        (
            ask("get_deposit_address_v1", "before there is any", **USDT),
            ask("get_deposit_address_v1", "with several", **USDT),
        ),
        "null, then the oldest by the default chain",
        "another address, or a refusal",
    ),
    Probe(
        "rest/deposit-address-create-v1",
        (ask("create_deposit_address_v1", currency="USDT", chain="kcc"),),
        SHAPES,
        OTHERS,
    ),
    Probe("rest/deposits", (ask("list_deposits"), ask("list_deposits", status="WAIT_TRM_MGT")), SHAPES, OTHERS),
    Probe("rest/ledgers", (ask("list_ledgers", "of an account that has isolated margin, too"),), SHAPES, OTHERS),
    Probe(
        "rest/hf-ledger",
        (ask("list_hf_ledgers"), ask("list_hf_ledgers", "with an id that is no row", lastId="$ID")),
        "`balance` is what there was afterwards, ids grow with the time, and rows below `lastId` come",
        "other rows or another order",
    ),
    Probe(
        "rest/withdrawal-quotas",
        (ask("get_withdrawal_quotas", currency="USDT"), ask("get_withdrawal_quotas", currency="USDT", chain="trx")),
        "without `chain` it is the currency's default one",
        "another chain, such as `eth`",
    ),
    Probe(
        "rest/permission-words",
        (ask("get_api_key_info", "with a key that has every permission, OAuth withdrawals included"),),
        "no word for API_WITHDRAW_OAUTH",
        "a word for it: it belongs into `PERMISSION_WORDS`",
    ),
    Probe("rest/hist-deposits", (ask("list_hist_deposits", currency="BTC"),), SHAPES, OTHERS),
    Probe("rest/hist-withdrawals", (ask("list_hist_withdrawals", currency="BTC"),), SHAPES, OTHERS),
    Probe(
        "rest/hist-span",
        (
            ask("list_hist_deposits", "without a span"),
            ask("list_hist_deposits", "in seconds", startAt="$S", endAt="$S"),
        ),
        "the last 30 days; both units are understood",
        "another span; a refusal or no rows for seconds",
    ),
    Probe("rest/currencies-v1", (ask("list_currencies_v1"),), "the fields of the default chain, by name", OTHERS),
    Probe("rest/currency-v2", (ask("get_currency_v2", currency="USDT"),), SHAPES, OTHERS),
    Probe(
        "rest/sub-accounts",
        (ask("list_sub_users", currentPage="1"), ask("list_sub_accounts", currentPage="1")),
        SHAPES,
        OTHERS,
    ),
    Probe("rest/margin-accounts", (ask("list_margin_accounts", quoteCurrency="USDT"),), SHAPES, OTHERS),
    Probe(
        "rest/isolated-accounts",
        (ask("list_isolated_accounts"),),
        "the pairs to which something was moved",
        "all pairs",
    ),
    Probe("rest/margin-account-v1", (ask("get_margin_account_v1"),), SHAPES, OTHERS),
    Probe("rest/isolated-accounts-v1", (ask("list_isolated_accounts_v1"),), "`CLEAR` while nothing is owed", OTHERS),
    Probe("rest/margin-ledger", (ask("list_margin_ledgers"),), SHAPES, OTHERS),
    Probe(
        "rest/futures-account",
        (
            ask("get_futures_account", currency="USDT"),
            ask("get_futures_account", "with a key of a user without futures"),
        ),
        "numbers, and zeros without an account",
        "texts, or a refusal without an account",
    ),
    Probe(
        "rest/futures-history",
        (ask("list_futures_history", "with transfers in and out"),),
        "what went out has a minus; `forward` leads to older rows",
        "another sign or another order",
    ),
    Probe("rest/account-ledgers", (ask("list_account_ledgers", accountId="$ACCOUNT_ID"),), SHAPES, OTHERS),
    Probe("rest/account-holds", (ask("list_holds", accountId="$ACCOUNT_ID"),), SHAPES, OTHERS),
    Probe("rest/orders", (ask("list_orders"),), "a page", OTHERS),
    Probe("rest/fills", (ask("list_fills"),), "a page", OTHERS),
    Probe(
        "rest/hf-orders",
        (ask("list_hf_orders_done", "of a pair that was never traded", symbol="BTC-USDT"),),
        "`lastId` is 0",
        OTHERS,
    ),
    Probe(
        "rest/hf-fills",
        (ask("list_hf_fills", "of a pair that was never traded", symbol="BTC-USDT"),),
        "`lastId` is 0",
        OTHERS,
    ),
)

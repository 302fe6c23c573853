"""Probes of the rules about Broker Pro; all are signed with the broker's own key."""

from __future__ import annotations

from typing import Final

from simulator.evidence.drift.probes.probe import Ask, Probe, ask

DAYS: Final = {"begin": "20260501", "end": "20260531", "tradeType": "SPOT"}

BROKER_PRO: Final = (
    Probe(
        "H65/users",
        (ask("list_broker_users", tradeType="all"),),
        "a row for each user who authorized the broker, was invited or traded, and for each currency",
        "fewer or more rows: who counts as a user is decided otherwise",
    ),
    Probe(
        "H65/futures",
        (ask("list_broker_users", tradeType="FUTURES"), ask("list_broker_users", tradeType="FUTURE")),
        "both answer alike",
        "one is refused: only the other is the word",
    ),
    Probe(
        "H65/rebate-type",
        (*(ask("get_commission", rebateType=kind) for kind in ("0", "1", "2")),),
        "0 has both kinds in one row, 1 spot alone, 2 futures alone",
        "other rows: the words mean something else",
    ),
    Probe(
        "H65/site-type",
        (ask("get_commission", siteType="global"), ask("get_commission"), ask("get_commission", siteType="nowhere")),
        "the second has the rows of all sites, the third has none",
        "the second equals the first: `global` is the default; the third is refused: the list of words is closed",
    ),
    Probe(
        "H65/unpaid",
        (ask("get_commission"),),
        "never, because rows that were paid have another `status` and a `payoutTime`",
        "the words of `status` before and after a payout, and whether the running day has a row",
    ),
    Probe(
        "H65/last-id",
        (
            ask("list_broker_transactions", pageSize="2"),
            ask("list_broker_transactions", "with the last id", pageSize="2", lastId="$ID"),
        ),
        "the newest trade first, then older ones",
        "the other order, or the trade of `lastId` once more",
    ),
    Probe(
        "H65/decimals",
        (ask("list_broker_transactions"), ask("get_commission"), ask("list_broker_users", tradeType="all")),
        "at least four decimal places everywhere",
        "fewer, or always the same number of places: `drift` says which field",
    ),
    Probe(
        "H65/link",
        (Ask("get_rebate_v2", DAYS),),
        "a link with an end and a signature",
        "another host and other parameters; only their names matter",
    ),
    Probe(
        "H65/file-columns",
        (Ask("get_rebate_v2", DAYS, how="then open the link"),),
        "the columns tradeTime, uid, tradeType, tag, volume, fee, commission, currency",
        "other names in the first line, which belong into `COLUMNS`",
    ),
    Probe(
        "H65/file-errors",
        (Ask("get_rebate_v2", DAYS, how="open the link a day later, and once with a changed signature"),),
        "403 with XML",
        "another status or form",
    ),
    Probe(
        "H65/preparation",
        (Ask("get_rebate_v2", DAYS, how="at once after another span, and again after some seconds"),),
        "a link at once",
        "100001 first: `rebate_delay`, with the time that it took",
    ),
    Probe(
        "H66/commission-rate",
        (ask("list_broker_transactions", "a page with trades with and without tag"),),
        "`commission` is 40 % of `fee` in each row",
        "another rate: `broker_commission_rate`, or one for each kind of trade",
    ),
    Probe(
        "rest/broker-key",
        (ask("get_commission", "with a user's key in place of the broker's own"),),
        "600100, also with wrong parameters",
        "another code, or 400100 first: parameters are judged before the key",
    ),
    Probe(
        "rest/broker-rebate",
        (
            Ask("get_rebate_v2", {**DAYS, "begin": "20251130", "end": "20260530"}),
            Ask("get_rebate_v2", {**DAYS, "begin": "20251130", "end": "20260531"}),
        ),
        "a link, and a refusal: six months of the calendar",
        "two links, or two refusals: months are spans of days",
    ),
    Probe(
        "rest/broker-commission",
        (ask("get_commission", "a span that begins within a period", startAt="$MS", endAt="$MS"),),
        "no row for the period that the span cuts",
        "a row: a period counts if any of it lies in the span",
    ),
    Probe(
        "rest/broker-users",
        (ask("list_broker_users", tradeType="all"),),
        "`rateUp` is false everywhere",
        "true in some rows: the field means something",
    ),
)

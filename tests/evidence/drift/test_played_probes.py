"""The probes' calls, played against the simulator: each gives the answer that our own reading of its rule predicts.

A call is made as the plan prints it, as a line of curl whose placeholders have been filled in.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator
from typing import Any, Final

import pytest
from msgspec.structs import replace
from support.control_calls import advanced
from support.openapi_document import own_key_over
from support.placed_orders import GROUPS, place, provide
from support.probe_bench import LOCAL, OK, REMAINING, Bench, outcome
from support.wire import Broker

from simulator.core.endpoints import CALLS
from simulator.evidence.drift.probe_plan import PROBES
from simulator.evidence.drift.probes.probe import Probe

Play = Callable[[Bench, Probe], Iterator[str]]
"""Plays the calls of a probe, and yields what came of them."""

PREDICTED: Final[dict[str, str]] = {
    "s7.1/parameters": "page",
    "H00/unpublished-code": "999999 999999",
    "H01/secret-at-login": "page page",
    "H07/redirect": "page",
    "H10/oauth-errors": "999999 999999",
    "H16/auth-group-map": "200",
    "H22/second-consent": "page tokens",
    "H24/no-redirect": "explained explained",
    "H61/no-headers": "404 999999",
    "H71/permission": "400007",
    "rest/page-size": "400100 400100",
    "rest/trade-fees": f"{OK} 900001",
    "rest/fiat-prices": "400100",
    "rest/broker-rebate": f"{OK} 400100",
    "rest/stop-orders": f"{OK} 400100",
    "H106/minimums": "999999 400100",
    "H105/time-window": "999999",
    "H122/unknown-order": "400100",
}
"""The outcomes of a probe's calls, each made once as it stands; what is not here is answered in full."""


def code(bench: Bench, probe: Probe) -> Iterator[str]:
    again, refresh, old = probe.asks
    first = bench.send(again)
    yield outcome(bench.send(again))
    bench.values["REFRESH_TOKEN"] = first.json()["refresh_token"]
    yield outcome(bench.send(refresh))
    bench.values["CODE"] = bench.broker.authorize("alice")
    advanced(bench.broker.send, by="6m")
    yield outcome(bench.send(old))


def printed_json(bench: Bench, probe: Probe) -> Iterator[str]:
    form = b"step=consent&identity=alice&decision=approve&grant=API_SPOT"
    answer = bench.send(probe.asks[0], body=form, method="POST")
    yield " ".join(answer.json())


def at_the_limit(bench: Bench, probe: Probe) -> Iterator[str]:
    bench.values["ACCESS_TOKEN"] = bench.broker.tokens("dave")["access_token"]
    yield outcome(bench.send(probe.asks[0]))


def two_names(bench: Bench, probe: Probe) -> Iterator[str]:
    names = {bench.send(probe.asks[0]).key.api_key, bench.send(probe.asks[0]).key.api_key}
    yield str(len(names))


def consent(bench: Bench, probe: Probe) -> Iterator[str]:
    for ask, grant in zip(probe.asks, (["API_COMMON"], "all", ["API_COMMON", "API_SPOT"]), strict=True):
        bench.values["ACCESS_TOKEN"] = bench.broker.tokens("alice", grant=grant)["access_token"]
        yield outcome(bench.send(ask))


def local_site(bench: Bench, probe: Probe) -> Iterator[str]:
    local = Broker(bench.broker.send, bench.broker.now, LOCAL)
    bench.values["ACCESS_TOKEN"] = local.tokens("alice")["access_token"]
    yield outcome(bench.send(probe.asks[0]))


def from_elsewhere(bench: Bench, probe: Probe) -> Iterator[str]:
    exchange = bench.app.desk.exchange
    client = exchange.world.clients["demo-broker"]
    exchange.world = exchange.world.put(replace(client, trading_ips=("192.0.2.1",)))
    answer = bench.send(probe.asks[0], bench.broker.key("alice"))
    yield f"{outcome(answer)} {answer.status}"


def as_sent(bench: Bench, probe: Probe) -> Iterator[str]:
    yield outcome(bench.send(probe.asks[0], sign=lambda target: target))


def weights(bench: Bench, probe: Probe) -> Iterator[str]:
    left = [int(bench.send(ask).headers[REMAINING]) for ask in (probe.asks[0], *probe.asks)]
    for before, after, ask in zip(left, left[1:], probe.asks, strict=False):
        weight = CALLS[ask.operation].weight  # type: ignore[attr-defined]
        yield "by its weight" if before - after == weight else f"by {before - after}"


def pool_owner(bench: Bench, probe: Probe) -> Iterator[str]:
    wrong, right = probe.asks
    before = int(bench.send(right).headers[REMAINING])
    refused = [outcome(bench.send(wrong, sign=lambda target: f"{target}x")) for _ in range(2)]
    sunk = before - int(bench.send(right).headers[REMAINING])
    yield f"{' '.join(refused)} {sunk // CALLS['list_accounts'].weight}"  # type: ignore[attr-defined]


def twice(bench: Bench, probe: Probe) -> Iterator[str]:
    new = bench.broker.key("frank", *GROUPS)
    for _ in range(2):
        yield outcome(bench.send(probe.asks[0], new))


def too_late(bench: Bench, probe: Probe) -> Iterator[str]:
    advanced(bench.broker.send, by="1d")
    answer = bench.send(probe.asks[0], own_key_over(bench.broker, "frank"))
    yield f"{outcome(answer)} {answer.status}"


def one_paid(bench: Bench, probe: Probe) -> Iterator[str]:
    advanced(bench.broker.send, by="1d")
    data = bench.data(probe.asks[0], key=bench.payer)
    yield f"{data['status']} {data['failureReason']!r} {data['returnStatus']}"


def used_oid(bench: Bench, probe: Probe) -> Iterator[str]:
    provide(bench.broker, bench.key)
    place(bench.broker, bench.key, price="65000", size="0.001", clientOid="used")
    refused = bench.send(probe.asks[0])
    bench.values["USED_CLIENT_OID"] = "another"
    yield f"{outcome(refused)} {outcome(bench.send(probe.asks[0]))}"


def delisted(bench: Bench, probe: Probe) -> Iterator[str]:
    exchange = bench.app.desk.exchange
    exchange.world = exchange.world.put(replace(exchange.world.currencies["TON"], currency="LUNA", chains={}))
    currency, addresses = probe.asks
    yield f"{bench.data(currency)['chains']} {bench.data(addresses)}"


def last_id(bench: Bench, probe: Probe) -> Iterator[str]:
    first, older = probe.asks
    rows = bench.data(first)
    bench.values["ID"] = rows[-1]["lastId"]
    times = [row["tradeTime"] for row in (*rows, *bench.data(older))]
    yield str(len(times) > len(rows) and times == sorted(times, reverse=True))


def alike(bench: Bench, probe: Probe) -> Iterator[str]:
    answers = [bench.data(ask) for ask in probe.asks]
    yield str(all(answer == answers[0] for answer in answers))


def not_of_a_broker(bench: Bench, probe: Probe) -> Iterator[str]:
    for more in ("", "?pageSize=many"):
        yield outcome(bench.send(probe.asks[0], bench.key, more=more))


def shown(pick: Callable[[Any], object]) -> Play:
    """Each call is made once, and this of its data is the outcome."""

    def play(bench: Bench, probe: Probe) -> Iterator[str]:
        for ask in probe.asks:
            yield str(pick(bench.data(ask)))

    return play


PLAYED: Final[dict[str, tuple[Play, str]]] = {
    "H06/code": (code, "999999 tokens 999999"),
    "H07/json": (printed_json, "success code msg retry data state"),
    "H12/key-errors": (at_the_limit, "999999"),
    "H13/api-name": (two_names, "2"),
    "H14/key-limit": (at_the_limit, "999999"),
    "H15/consent-enforced": (consent, "40503 40503 200"),
    "H20/local-site": (local_site, "999999"),
    "H26/observed-ip": (from_elsewhere, "400006 403"),
    "H33/as-sent": (as_sent, "400005"),
    "H60/unpublished-weights": (weights, "by its weight by its weight by its weight"),
    "H61/pool-owner": (pool_owner, "400005 400005 3"),
    "H65/futures": (alike, "True"),
    "H65/last-id": (last_id, "True"),
    "H67/second-address": (twice, f"{OK} 260000"),
    "H71/cancel": (too_late, "999999 200"),
    "H82/margin-ledger-v1": (alike, "True"),
    "H95/no-chains": (delisted, "None []"),
    "H107/client-oid": (used_oid, f"400100 {OK}"),
    "rest/broker-key": (not_of_a_broker, "600100 600100"),
    "H65/rebate-type": (shown(lambda data: {row["rebateType"] for row in data["items"]}), "{0} {1} {2}"),
    "H65/site-type": (shown(lambda data: data["totalNum"]), "3 3 0"),
    "rest/base-fee": (shown(lambda data: data["takerFeeRate"]), "0.001 0.001"),
    "rest/deposit-address-create": (shown(lambda data: data["chainId"]), "eth"),
    "rest/deposit-address-create-v1": (shown(lambda data: data["chainId"]), "kcc"),
    "rest/hf-fills": (shown(lambda data: data["lastId"]), "0"),
    "rest/hf-orders": (shown(lambda data: data["lastId"]), "0"),
    "rest/isolated-accounts": (shown(lambda data: data["assets"]), "[]"),
    "rest/my-ip": (shown(str), "203.0.113.7"),
    "rest/spot-account-type": (shown(str), "True"),
    "rest/status": (shown(lambda data: data["status"]), "open"),
    "rest/transferable": (shown(lambda data: data["transferable"] == data["available"]), "True True"),
    "rest/withdrawal-by-id": (one_paid, "SUCCESS '' NOT_RETURN"),
}
"""Probes with calls that need something before or between them: how they are played, and the outcome."""


@pytest.fixture(scope="module")
def runner() -> Iterator[asyncio.Runner]:
    """One loop for all simulators of this file."""
    with asyncio.Runner() as runner:
        yield runner


@pytest.mark.parametrize("rule", PROBES)
def test_a_probe_gives_what_our_reading_predicts(rule: str, runner: asyncio.Runner) -> None:
    """The calls of each probe can be made, and are answered as the rule reads."""
    bench, probe = Bench(runner), PROBES[rule]
    if rule in PLAYED:
        play, predicted = PLAYED[rule]
        assert " ".join(play(bench, probe)) == predicted
    else:
        outcomes = " ".join(outcome(bench.send(ask)) for ask in probe.asks)
        assert outcomes == PREDICTED.get(rule, " ".join([OK] * len(probe.asks)))


def test_every_prediction_is_of_a_probe() -> None:
    """No prediction stands for a probe that is gone, and none twice."""
    assert {*PREDICTED, *PLAYED} <= PROBES.keys()
    assert not PREDICTED.keys() & PLAYED.keys()

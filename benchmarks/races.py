"""How long a race takes: all orders of calls that refresh with one token, in process."""

from __future__ import annotations

import time

from simulator.core.fast_api.authorization import Authorize, Authorized
from simulator.core.fast_api.redirects import build_query
from simulator.core.fast_api.refresh import RefreshTokens
from simulator.core.fast_api.tokens import ExchangeCode, TokensIssued
from simulator.core.gateway.requests import Body
from simulator.core.spec import GRANT_TYPE, SCOPE
from simulator.evidence.races.calls import Lineup, RacedCall
from simulator.evidence.races.walk import Race, race
from simulator.exchange import Exchange
from simulator.scenario.loader import load


def refreshes(count: int) -> Lineup:
    """So many refreshes with one token, as they were performed."""
    exchange = Exchange(load("demo").world)
    client = next(iter(exchange.world.clients.values()))
    uri = next(uri for uri in client.redirect_uris if uri.startswith("http"))
    asked = build_query(client_id=client.client_id, redirect_uri=uri, scope=SCOPE, state="s")
    code = exchange.perform(Authorize(asked, "alice", None)).result
    assert isinstance(code, Authorized)
    query = f"grant_type={GRANT_TYPE}&code={code.code}&redirect_uri={uri}&client_id={client.client_id}"
    tokens = exchange.perform(ExchangeCode(query, "127.0.0.1")).result
    assert isinstance(tokens, TokensIssued)
    exchange.log.clear()
    body = Body({"grant_type": GRANT_TYPE, "refresh_token": tokens.refresh_token, "scope": SCOPE})
    for _ in range(count):
        exchange.perform(RefreshTokens(body, "127.0.0.1"))
    calls = tuple(
        RacedCall(
            number,
            logged.command,
            logged.outcome.operation,
            logged.outcome.subject.user,
            logged.outcome.subject.client,
            logged.outcome.now,
            logged.before.step,
            logged.outcome.result,
        )
        for number, logged in enumerate(exchange.log, 1)
    )
    return Lineup(exchange.log[0].before, calls)


def measure(count: int) -> tuple[float, Race]:
    """The seconds that all orders of so many calls take, and the race."""
    lineup = refreshes(count)
    began = time.perf_counter()
    result = race(lineup)
    return time.perf_counter() - began, result


if __name__ == "__main__":
    for size in (7, 8):
        seconds, result = measure(size)
        print(f"{result.orders} orders of {size} calls: {seconds:.3f} s, {result.performed} calls performed")

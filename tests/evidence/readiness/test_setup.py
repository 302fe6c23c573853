"""Mistakes of the configuration are found, counted and explained, and they break no situation."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

import pytest
from support.desk import query, token_query
from support.readiness.bench import Bench
from support.wire import JSON, NEW, TOKEN

Mistake = Callable[[Bench], object]


def with_header(name: str, value: str | None) -> Mistake:
    """A signed call with another header, or without it."""

    def run(bench: Bench) -> object:
        headers = bench.broker.headers(bench.key("frank"), "GET", "/api/v1/accounts")
        headers = {key: text for key, text in headers.items() if key != name}
        return bench.send("GET", "/api/v1/accounts", headers={**headers, **({name: value} if value else {})})

    return run


def late(bench: Bench) -> None:
    bench.key("frank")
    bench.skew(60_000)
    bench.accounts()


def a_list(bench: Bench) -> None:
    headers = {**JSON, "authorization": f"bearer {bench.tokens()['access_token']}"}
    bench.send("POST", NEW, b"[]", headers)


MISTAKES: dict[str, list[Mistake]] = {
    "setup/host": [
        lambda bench: bench.send("GET", "/api/v1/nowhere"),
        lambda bench: bench.send("POST", f"{TOKEN}?x=1"),
        lambda bench: bench.send("GET", "/api/v1/timestamp", headers={"host": "www.kucoin.com"}),
    ],
    "setup/client": [
        lambda bench: bench.send("GET", f"/oauth?{query(client_id='nobody')}"),
        lambda bench: bench.send("GET", f"{TOKEN}?{token_query('x')}&client_secret=wrong"),
    ],
    "setup/redirect-uri": [
        lambda bench: bench.send("GET", f"/oauth?{query('http://elsewhere.test/cb')}"),
        lambda bench: bench.broker.exchange(bench.code(), "https://broker.example/callback?tenant=7&lang=en"),
        lambda bench: bench.send("GET", f"/oauth?{query('http%3A%2F%2Flocalhost%3A3000%2Fcallback')}"),
    ],
    "setup/oauth-parameters": [lambda bench: bench.send("GET", f"/oauth?{query(state='')}")],
    "setup/body": [a_list],
    "setup/clock": [late],
    "setup/key-version": [with_header("KC-API-KEY-VERSION", "1"), with_header("KC-API-KEY-VERSION", None)],
    "setup/signature": [
        with_header("KC-API-SIGN", "wrong"),
        with_header("KC-API-PASSPHRASE", "plain"),
        with_header("KC-API-KEY", "unknown"),
        with_header("KC-API-KEY", None),
    ],
}


@pytest.mark.parametrize(
    ("finding", "mistake"), [(finding, mistake) for finding, mistakes in MISTAKES.items() for mistake in mistakes]
)
def test_a_mistake_of_the_set_up_is_found(runner: asyncio.Runner, finding: str, mistake: Mistake) -> None:
    """However often it is made, it is one finding with its count and its first entry, and no situation is broken."""
    bench = Bench(runner)
    for _ in range(5):
        mistake(bench)
    assessment = bench.assess()
    [found_here] = assessment.setup
    assert (found_here.id, found_here.count) == (finding, 5)
    assert bench.app.desk.journal.entry(found_here.entry) is not None
    assert found_here.text == f"5 calls, #{found_here.entry} first"
    assert [row for rows in assessment.occurrences.values() for row in rows if row.handled is False] == []


def test_what_is_no_mistake_of_the_set_up(runner: asyncio.Runner) -> None:
    """A staged refusal, a callback without a code, and a key that the user has deleted are no findings."""
    bench = Bench(runner)
    key = bench.key("frank")
    bench.fault("list_accounts", refuse="TIMESTAMP_INVALID")
    bench.accounts()
    bench.exchange("")
    bench.steer("DELETE", f"/api-keys/{key.api_key}")
    bench.accounts()
    assert bench.assess().setup == ()

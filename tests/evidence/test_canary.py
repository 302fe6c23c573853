"""Canaries: every minted secret, and real-looking ones that were sent by mistake, looked for in every output."""

from __future__ import annotations

import asyncio
import base64
import json
from collections.abc import Iterator
from urllib.parse import quote

import pytest
from support.desk import START, payment, query
from support.leaky_broker import Careless
from support.wire import FORM, JSON, NEW, REFRESH, TOKEN, V1, WITHDRAWAL, Asgi, Broker, still_app
from support.workspaces import tenant
from support.written_secrets import gives_away, minted

from simulator.core.refusals import Reason
from simulator.core.world import MadeBy
from simulator.evidence.filters import EntryFilter
from simulator.evidence.journal import Journal, Reporting
from simulator.evidence.log_lines import human, machine
from simulator.scenario.staging.armed import Staging
from simulator.scenario.staging.faults import Fault
from simulator.web.app import App
from simulator.web.control.journal_events import EventStream

STAGED = (
    Fault("refresh_tokens", times=1, at="after_commit", refuse=Reason.REFRESH_TOKEN_EXPIRED),
    Fault("get_server_time", times=1, refuse=Reason.SIGNATURE_INVALID),
)


def streamed(journal: Journal, runner: asyncio.Runner) -> str:
    """What a reader of the whole stream gets."""
    got: list[bytes] = []

    async def read() -> None:
        end = asyncio.Event()

        async def receive() -> dict[str, str]:
            await end.wait()
            return {"type": "http.disconnect"}

        async def send(message: object) -> None:
            assert isinstance(message, dict)
            got.append(message.get("body", b""))
            if f"id: {journal.last}\n".encode() in got[-1]:
                end.set()

        await EventStream(journal, EntryFilter(), 0)({}, receive, send)

    runner.run(read())
    return b"".join(got).decode()


def outputs(app: App, send: Asgi) -> Iterator[tuple[str, str]]:
    """Everything that can be read of the calls, by what it is."""
    journal = app.desk.journal
    entries = journal.newest(journal.last)
    yield "list", send("GET", f"{V1}/requests?limit=10000").text
    yield "unrouted", send("GET", f"{V1}/requests/unrouted?limit=10000").text
    for entry in entries:
        yield f"entry {entry.number}", send("GET", f"{V1}/requests/{entry.number}").text
    yield "har", send("GET", f"{V1}/requests.har?limit=10000").text
    yield "stream", streamed(journal, send.runner)
    yield "log", "\n".join(human(journal, entry, colours=True) for entry in entries)
    yield "json log", "\n".join(machine(journal, entry) for entry in entries)
    yield "front page", send("GET", "/").text.replace("demo-secret", "")  # it tells the client's secret on purpose


def leaks(secrets: set[str], app: App, send: Asgi) -> set[tuple[str, str]]:
    return {(secret, name) for name, text in outputs(app, send) for secret in secrets if gives_away(secret, text)}


def careless(runner: asyncio.Runner) -> tuple[App, Asgi, set[str]]:
    """An application to which everything has been done, and every secret that is known of."""
    app = still_app(staging=Staging(STAGED))
    send = Asgi(app, runner)
    broker = Broker(send, lambda: START)
    lost = broker.tokens()["refresh_token"]
    assert broker.refresh(lost).status == 400
    assert send("GET", "/api/v1/timestamp").status == 401
    played = Careless(broker)
    played.everything()
    secrets = played.secrets | minted(app.desk.exchange.world) | {lost}
    for entry in app.desk.journal.newest(10_000):
        for name in (b"kc-api-sign", b"kc-api-passphrase"):
            secrets |= {value for value in [entry.request.header(name)] if value}
    return app, send, secrets


def test_no_minted_secret_is_in_any_output(runner: asyncio.Runner) -> None:
    """Tokens, codes, secrets, passphrases, one-time codes and signatures leave no trace, however they were used."""
    app, send, secrets = careless(runner)
    assert len(secrets) > 50
    assert len(app.desk.journal.newest(10_000)) > 60
    assert leaks(secrets, app, send) == set()


def test_no_secret_of_a_workspace_is_in_any_output(runner: asyncio.Runner) -> None:
    """Neither in its own journal nor, when its credentials come after its end, in that of the default workspace."""
    app = still_app()
    send = Asgi(app, runner)
    one = tenant(send, name="one")
    tokens, key = one.tokens(), one.key()
    assert one.refresh(tokens["refresh_token"]).status == 200
    challenge = one.withdraw(key).json()["data"]
    assert "withdrawalId" in one.withdraw(key, validation=one.validation("alice", challenge)).text
    desk = app.workspaces.listed()[0].desk
    secrets = minted(desk.exchange.world) | {*map(str, (tokens["access_token"], tokens["refresh_token"]))}
    assert len(secrets) > 15
    inside = "/_sim/v1/workspaces/one/requests"
    seen = [send("GET", f"{inside}{rest}").text for rest in ("", ".har", *(f"/{number}" for number in range(1, 8)))]
    assert [secret for secret in secrets if any(gives_away(secret, text) for text in seen)] == []
    assert send("DELETE", f"{V1}/workspaces/one").status == 204
    for answer in (one.refresh(tokens["refresh_token"]), one.add_key(tokens["access_token"]), one.withdraw(key)):
        assert answer.headers["x-sim-entry"].startswith("default/")
    assert leaks(secrets, app, send) == set()


def test_shown_secrets_are_ours_alone(runner: asyncio.Runner) -> None:
    """With `--show-secrets` what we minted can be read where it stood, and nothing else."""
    app, send, secrets = careless(runner)
    app.desk.journal.reporting = Reporting(show_secrets=True)
    ours = minted(app.desk.exchange.world)
    har = send("GET", f"{V1}/requests.har?limit=10000").text
    shown = {secret for secret in ours if gives_away(secret, har)}
    world = app.desk.exchange.world
    kept = {key.secret for key in world.api_keys.values() if key.made_by is MadeBy.CONSENT}
    assert kept <= shown
    assert leaks(secrets & {"wrong-client-secret", "somebodys-real-key"}, app, send) == set()


KEY, SECRET, PASSPHRASE = "64f0c1a2b3c4d5e6f7a8b9c0", "809a821a-9d97-49fb-88bc-7f668cd7f99d", "correct-horse-battery"
JWT = "eyJhbGciOiJSUzI1NiJ9.eyJzdWIiOiJyZWFsLXVzZXIifQ.c2lnbmF0dXJlLW9mLWEtcmVhbC1vbmU"
HMAC = "q83vEjRWeJCrze8SNFZ4kKvN7xI0VniQq83vEjRWeJA="
SEED = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"
FOREIGN = {KEY, SECRET, PASSPHRASE, JWT, HMAC, SEED}
SIGNED = {"KC-API-KEY": KEY, "KC-API-SIGN": HMAC, "KC-API-PASSPHRASE": PASSPHRASE, "KC-API-TIMESTAMP": str(START)}
DEEP = {"a": [{"b": {"secret": PASSPHRASE, "note": f"key {KEY} and {SECRET}"}}], JWT: 1, "api_key": KEY}
ESCAPED = "".join(f"\\u{ord(each):04x}" for each in PASSPHRASE)
TWICE = quote(quote(f"http://b/cb?code={KEY}", safe=""), safe="")

MISTAKES: dict[str, tuple[str, str, bytes, dict[str, str]]] = {
    "signed": ("GET", "/api/v1/accounts", b"", {**SIGNED, "KC-API-KEY-VERSION": "3"}),
    "in the version": ("GET", "/api/v1/accounts", b"", {**SIGNED, "KC-API-KEY-VERSION": SECRET}),
    "in the timestamp": ("GET", "/api/v1/accounts", b"", {**SIGNED, "KC-API-TIMESTAMP": PASSPHRASE}),
    "as the partner": (
        "GET",
        "/api/v1/accounts",
        b"",
        {**SIGNED, "KC-API-PARTNER": SECRET, "KC-API-PARTNER-SIGN": HMAC, "KC-API-PARTNER-VERIFY": "true"},
    ),
    "bearer": ("POST", NEW, b"{}", {**JSON, "Authorization": f"Bearer {JWT}"}),
    "basic": ("POST", NEW, b"{}", {"Authorization": "Basic " + base64.b64encode(PASSPHRASE.encode()).decode()}),
    "cookies": ("GET", "/api/v1/timestamp", b"", {"Cookie": f"session={PASSPHRASE}", "Proxy-Authorization": JWT}),
    "other headers": ("GET", "/api/v1/timestamp", b"", {"X-Api-Key": PASSPHRASE, "X-Debug": f"{PASSPHRASE} {SEED}"}),
    "query": ("GET", f"{TOKEN}?client_secret={PASSPHRASE}&code={KEY}&client_id={SECRET}&x={PASSPHRASE}", b"", {}),
    "escaped query": ("GET", f"{TOKEN}?client%5Fsecret={quote(PASSPHRASE)}&redirect_uri={TWICE}", b"", {}),
    "form": ("POST", REFRESH, f"refresh_token={PASSPHRASE}&scope={PASSPHRASE}&code={JWT}".encode(), FORM),
    "json": ("POST", REFRESH, json.dumps({"refresh_token": PASSPHRASE, "scope": PASSPHRASE}).encode(), JSON),
    "deep json": ("POST", REFRESH, json.dumps(DEEP).encode(), JSON),
    "escaped json": ("POST", REFRESH, f'{{"client_secret":"{ESCAPED}"}}'.encode(), JSON),
    "repeated json": ("POST", REFRESH, f'{{"secret":"{PASSPHRASE}","secret":"x"}}'.encode(), JSON),
    "broken json": ("POST", REFRESH, f'{{"client_secret": "{PASSPHRASE}", "k": "{SECRET}", '.encode(), JSON),
    "broken escaped json": ("POST", REFRESH, f'{{"client_secret": "{ESCAPED}", '.encode(), JSON),
    "json in json": ("POST", REFRESH, json.dumps(json.dumps({"client_secret": PASSPHRASE})).encode(), JSON),
    "json in a field": ("POST", REFRESH, json.dumps({"a": json.dumps({"token": PASSPHRASE})}).encode(), JSON),
    "link in a field": ("POST", REFRESH, json.dumps({"a": f"http://b/?token={PASSPHRASE}&b"}).encode(), JSON),
    "link in a query": ("GET", f"{TOKEN}?redirect_uri=http://b/%3Fclient_secret%3D{PASSPHRASE}", b"", {}),
    "pair in a path": ("GET", f"/v1/client_secret={PASSPHRASE}", b"", {}),
    "referer": ("GET", "/api/v1/timestamp", b"", {"Referer": f"http://b/?api_secret={PASSPHRASE}"}),
    "header in a header": ("GET", "/api/v1/timestamp", b"", {"X-Sent": f"Authorization: Bearer {PASSPHRASE}"}),
    "multipart": (
        "POST",
        REFRESH,
        f'--x\r\nContent-Disposition: form-data; name="client_secret"\r\n\r\n{PASSPHRASE}\r\n--x--'.encode(),
        {"Content-Type": "multipart/form-data; boundary=x"},
    ),
    "xml": ("POST", REFRESH, f"<secret>{PASSPHRASE}</secret>".encode(), {"Content-Type": "application/xml"}),
    "json as a form": ("POST", REFRESH, json.dumps({"client_secret": PASSPHRASE}).encode(), FORM),
    "form as json": ("POST", REFRESH, f"a=b&client_secret={PASSPHRASE}".encode(), JSON),
    "quoted python": ("POST", WITHDRAWAL, f"{{'secret': '{PASSPHRASE}'}}".encode(), {**JSON, **SIGNED}),
    "a list": ("POST", REFRESH, json.dumps([{"token": [PASSPHRASE]}]).encode(), JSON),
    "a number": ("POST", REFRESH, b'{"client_secret": 98765432109876}', JSON),
    "path": ("GET", f"/api/v1/withdrawals/{KEY}/{SECRET}?s={JWT}", b"", SIGNED),
    "unknown path": ("GET", f"/{JWT}/{SEED}/{quote(SECRET)}", b"", {}),
    "method": (SECRET, "/api/v1/timestamp", b"", {}),
    "login": ("GET", f"/oauth?{query()}&client_secret={PASSPHRASE}&state2={SECRET}", b"", {}),
    "page": ("POST", f"/oauth?{query()}", f"step=login&identity={PASSPHRASE}&password={PASSPHRASE}".encode(), FORM),
    "factor": ("POST", "/account/security/g2fa", f"step=bind&identity=carol&code={PASSPHRASE}".encode(), FORM),
    "too large": ("POST", REFRESH, b"x" * 70_000, {**JSON, "Authorization": f"Bearer {JWT}"}),
    "binary": ("POST", REFRESH, b"\xff" + PASSPHRASE.encode(), JSON),
}


@pytest.mark.parametrize("show", [False, True], ids=["hidden", "shown"])
@pytest.mark.parametrize("mistake", MISTAKES.values(), ids=MISTAKES)
def test_a_real_credential_that_was_sent_by_mistake_leaves_no_trace(
    mistake: tuple[str, str, bytes, dict[str, str]], show: bool, runner: asyncio.Runner
) -> None:
    """Wherever it stands, nobody can read it afterwards: not in a view, not in a log, not in what a refusal says."""
    app = still_app()
    app.desk.journal.reporting = Reporting(show_secrets=show)
    send = Asgi(app, runner)
    send(*mistake)
    assert app.desk.journal.last == 1
    basic = base64.b64encode(PASSPHRASE.encode()).decode()
    assert leaks({*FOREIGN, ESCAPED, basic, "98765432109876"}, app, send) == set()


def test_a_withdrawals_codes_leave_no_trace_when_nobody_is_known(runner: asyncio.Runner) -> None:
    """One-time codes under `validation` are hidden by their place, whoever sends them and however they are nested."""
    app = still_app()
    send = Asgi(app, runner)
    codes = ["271828", "314159", "141421"]
    body = payment(
        validation={"transactionId": KEY, "factors": [{"factorType": "EMV", "factorValue": codes[0]}, codes]}
    )
    send("POST", WITHDRAWAL, json.dumps(body).encode(), {**JSON, **SIGNED})
    assert leaks({*codes, KEY}, app, send) == set()
    assert send("GET", f"{V1}/requests/1").json()["request"]["body"].count("EMV") == 1

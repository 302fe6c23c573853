"""The journal: one entry a call, nothing in it that could be used, and no entry that could fill the memory."""

from __future__ import annotations

import base64
import json
from collections.abc import Iterator
from typing import Any

import pytest
from support import Key, hmac_sha256, payment, query, refresh_body, token_query
from wire import FORM, JSON, NEW, OLD, REFRESH, TOKEN, WITHDRAWAL, Broker

from simulator.evidence.journal import shown

CALLBACK = "http://localhost:3000/callback"


def _journal(broker: Broker) -> str:
    answer = broker.send("GET", "/_sim/v1/requests?limit=10000")
    return answer.text


def _secrets_of(text: str) -> Iterator[str]:
    """Every string of an answer that a thief could use."""
    for name, value in _walk(json.loads(text)):
        if name in ("access_token", "refresh_token", "apiKey", "secret", "passphrase", "code") and value != "200":
            yield value


def _walk(value: Any, name: str = "") -> Iterator[tuple[str, str]]:
    if isinstance(value, dict):
        for key, inner in value.items():
            yield from _walk(inner, key)
    elif isinstance(value, list):
        for inner in value:
            yield from _walk(inner, name)
    elif isinstance(value, str):
        yield name, value


class Careless:
    """A broker that does everything wrong that can be done with a secret, and keeps what it has seen."""

    def __init__(self, broker: Broker) -> None:
        self.broker = broker
        self.secrets = {
            "demo-secret",
            "wrong-client-secret",
            "somebodys-real-key",
            "11111111-2222-3333-4444-555555555555",
        }

    def saw(self, *secrets: str) -> None:
        self.secrets.update(secrets)

    def pages(self) -> None:
        """A secret in the login page's address, a code in another one, a one-time code typed wrongly."""
        send, asked = self.broker.send, f"/oauth?{query()}"
        approve = b"step=consent&identity=alice&decision=approve"
        code = send("POST", asked, approve, {**FORM, "accept": "application/json"}).json()["code"]
        self.saw(code)
        assert send("GET", f"{asked}&client_secret=demo-secret").status == 200
        assert send("GET", asked.replace(CALLBACK, f"{CALLBACK}?code={code}")).status == 400
        assert send("POST", asked, approve + f"&identity={code}".encode(), FORM).status == 400
        assert send("POST", asked, approve.replace(b"alice", code.encode()), FORM).status != 303
        totp = send("GET", "/_sim/v1/users/bob/totp").json()["code"]
        self.saw(totp)
        for fields in (f"identity=carol&code={totp}", f"identity=bob&code={totp}x", f"identity=bob&code={totp}"):
            send("POST", "/account/security/g2fa", f"step=bind&{fields}".encode(), FORM)
        assert self.broker.send("GET", "/_sim/v1/users/bob").json()["factorSets"] == [["GAV", "EMV"]]

    def oauth(self) -> dict[str, Any]:
        """Codes and tokens, each used in every wrong way."""
        send = self.broker.send
        code = self.broker.authorize()
        self.saw(code)
        right = token_query(code)
        for wrong in (
            right.replace(CALLBACK, "http://127.0.0.1:9/callback"),
            right.replace(CALLBACK, f"{CALLBACK}?code={code}&state=s-1"),
            right.replace("demo-broker", "nobody"),
            f"{right}&client_secret=wrong-client-secret",
            f"{right}&code={code}",
            right.replace("authorization_code", "refresh_token"),
            right.replace(f"code={code}", ""),
        ):
            assert send("GET", f"{TOKEN}?{wrong}").status == 400
        for method in ("POST", "HEAD"):
            assert send(method, f"{TOKEN}?{right}").status == 405
        tokens: dict[str, Any] = send("GET", f"{TOKEN}?{right}&client_secret=demo-secret").json()
        self.saw(tokens["access_token"], tokens["refresh_token"])
        assert send("GET", f"{TOKEN}?{right}").status == 400
        self._refresh(tokens)
        return tokens

    def _refresh(self, tokens: dict[str, Any]) -> None:
        send, token = self.broker.send, tokens["refresh_token"]
        for changes in ({"grant_type": "refresh_token"}, {"scope": "other"}, {"refresh_token": tokens["access_token"]}):
            fields = {**(refresh_body(token).fields or {}), **changes}
            assert send("POST", REFRESH, json.dumps(fields).encode(), JSON).status == 400
        for raw in (token.encode(), json.dumps([token]).encode(), json.dumps({"refresh_token": [token]}).encode()):
            assert send("POST", REFRESH, raw, JSON).status == 400
        assert send("POST", REFRESH, f"refresh_token={token}&refresh_token={token}".encode(), FORM).status == 400
        new = self.broker.refresh(token).json()
        self.saw(new["access_token"], new["refresh_token"])
        assert self.broker.refresh(token).status == 400
        for path in (NEW, OLD):
            assert send("POST", path, headers={"authorization": f"bearer {tokens['access_token']}"}).status == 401
            assert send("POST", path, headers={"authorization": f"token {new['access_token']}"}).status == 401
        tokens.update(new)

    def keys(self, tokens: dict[str, Any]) -> Key:
        """Keys of both endpoints, made wrongly and rightly, and used wrongly."""
        access = tokens["access_token"]
        bearer = {"authorization": f"Bearer {access}", **JSON}
        bad = json.dumps({"authGroupMap": {"API_SPOT": access}, "isAddressbookOnly": access}).encode()
        assert self.broker.send("POST", NEW, bad, bearer).json()["code"] == "400100"
        for answer in (self.broker.send("POST", OLD, headers=bearer), self.broker.add_key(access)):
            data = answer.json()["data"]
            self.saw(data["apiKey"], data["secret"], data["passphrase"])
        key = Key(data["apiKey"], data["secret"], data["passphrase"])
        headers = self.broker.headers(key, "GET", "/api/v1/accounts")
        for changes, code in (
            ({"KC-API-PASSPHRASE": key.passphrase}, "400004"),
            ({"KC-API-PASSPHRASE": key.secret}, "400004"),
            ({"KC-API-SIGN": key.secret}, "400005"),
            ({"KC-API-SIGN": hmac_sha256(key.passphrase, b"")}, "400005"),
            ({"KC-API-KEY": "somebodys-real-key"}, "400003"),
            ({"KC-API-KEY": key.secret}, "400003"),
            ({"KC-API-KEY": ""}, "400001"),
            ({"KC-API-TIMESTAMP": key.secret}, "400002"),
            ({"KC-API-KEY-VERSION": key.passphrase}, "400009"),
            (
                {"KC-API-PARTNER": "DEMOPARTNER", "KC-API-PARTNER-SIGN": access, "KC-API-PARTNER-VERIFY": "true"},
                "400201",
            ),
            ({"KC-API-PARTNER": key.secret, "KC-API-PARTNER-VERIFY": "true"}, "200000"),
        ):
            assert self.broker.send("GET", "/api/v1/accounts", headers={**headers, **changes}).json()["code"] == code
        assert self.broker.signed(key, "GET", f"/api/v1/accounts?type={key.secret}").json()["code"] == "400100"
        return key

    def withdrawals(self, key: Key) -> None:
        """One-time codes in every wrong place and type."""
        challenge = self.broker.withdraw(key).json()["data"]
        right = self.broker.validation("alice", challenge)
        self.saw(*(factor["factorValue"] for factor in right["factors"]))
        values = {factor["factorType"]: factor["factorValue"] for factor in right["factors"]}
        gav, emv = values["GAV"], values["EMV"]
        for validation in (
            [gav, emv],
            f"{gav}{emv}",
            {**right, "factors": values},
            {**right, "factors": [gav, emv]},
            {**right, "factors": [{"factorType": "GAV", "factorValue": int(f"1{gav}")}]},
            {**right, "factors": [{"factorType": gav, "factorValue": emv}]},
            {**right, "factors": [{"factorType": "EMV", "factorValue": emv}]},
            {
                **right,
                "factors": [{"factorType": "GAV", "factorValue": emv}, {"factorType": "EMV", "factorValue": gav}],
            },
            {**right, "transactionId": [emv]},
            {**right, "transactionId": emv},
        ):
            answer = self.broker.withdraw(key, validation=validation)
            assert answer.json()["code"] != "200000", validation
        self.broker.withdraw(key, payment(remark=key.secret, extra=emv))
        assert "withdrawalId" in self.broker.withdraw(key, validation=right).text
        assert self.broker.withdraw(key, validation=right).json()["code"] == "999999"


def test_no_secret_is_ever_in_the_journal(broker: Broker) -> None:
    """Tokens, codes, keys, secrets, passphrases and one-time codes leave no trace, right or wrong as they were used."""
    careless = Careless(broker)
    careless.pages()
    careless.withdrawals(careless.keys(careless.oauth()))
    journal = _journal(broker)
    assert len(json.loads(journal)["requests"]) > 50
    assert len(careless.secrets) > 15
    found = {secret for secret in careless.secrets if secret in journal}
    found |= {secret for secret in careless.secrets if base64.b64encode(secret.encode()).decode() in journal}
    assert not found


@pytest.mark.parametrize("size", [1_000_000])
def test_an_entry_is_small_whatever_was_sent(broker: Broker, size: int) -> None:
    """A megabyte in any place of a request leaves no more than a few hundred bytes behind."""
    long = "x" * size
    key = broker.key()
    token = broker.tokens()["access_token"]
    answers = [
        broker.send("GET", f"/{long}"),
        broker.send("GET", f"/api/v3/currencies/{long}"),
        broker.send("GET", f"{TOKEN}?client_id={long}"),
        broker.send("GET", f"{TOKEN}?{token_query('x').replace('authorization_code', long)}"),
        broker.send("GET", f"{TOKEN}?{token_query('x', redirect_uri=long)}"),
        broker.send("GET", f"{TOKEN}?{long}=1&{long}=1"),
        broker.send("GET", "/api/v1/timestamp", headers={"host": f"{long}.kucoin.com"}),
        broker.send("POST", REFRESH, b"", {"content-type": long}),
        broker.send("POST", REFRESH, json.dumps(refresh_body("x", scope=long).fields).encode(), JSON),
        broker.send(
            "POST", WITHDRAWAL, headers={**broker.headers(key, "POST", WITHDRAWAL), "KC-API-KEY-VERSION": long}
        ),
        broker.send(
            "POST",
            NEW,
            json.dumps({"authGroupMap": {long: True}}).encode(),
            {**JSON, "authorization": f"bearer {token}"},
        ),
        broker.withdraw(key, payment(amount=long)),
        broker.withdraw(key, payment(currency=long)),
        broker.withdraw(key, payment(withdrawType="MAIL", address=f"{long}@x")),
        broker.withdraw(key, payment(**{long: 1})),
        broker.withdraw(key, validation={"transactionId": long, "factors": []}),
        broker.send(
            "GET", f"/api/v1/accounts?type={long}", headers=broker.headers(key, "GET", f"/api/v1/accounts?type={long}")
        ),
        broker.send(long, "/api/v1/timestamp"),
    ]
    sizes = {len(json.dumps(broker.entry(answer))) for answer in answers}
    assert max(sizes) < 2_000


SECRET = "809a821a-9d97-49fb-88bc-7f668cd7f99d"


@pytest.mark.parametrize(
    ("text", "kept"),
    [
        ("eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9.eyJpc3MiOiJkZWZhdWx0In0.RI8tbxCh996OgpmMtM6n", "(hidden)"),
        (SECRET, "(hidden)"),
        (f"a={SECRET.upper()}&b", "a=(hidden)&b"),
        ("f1763142f63c5ce7", "(hidden)"),
        ("/x/6B031767e6c4f26444000011/y", "/x/(hidden)/y"),
        ("1780272000000", "1780272000000"),
        ("1780272000000000", "1780272000000000"),
        ("0xdac17f958d2ee523a2206206994597c13d831ec7", "0xdac17f958d2ee523a2206206994597c13d831ec7"),
        ("TR7NHqjeKQxGTCi8q8ZY4pL8otSzgjLj6t", "TR7NHqjeKQxGTCi8q8ZY4pL8otSzgjLj6t"),
        ("123456.12345678 USDT", "123456.12345678 USDT"),
        ("x" * 201, "x" * 200),
    ],
)
def test_what_looks_like_a_credential_is_hidden(text: str, kept: str) -> None:
    """Tokens, secrets, passphrases, keys and codes by their shape; times, amounts and addresses stay readable."""
    assert shown(text) == kept


def test_the_journal_is_read_newest_first(broker: Broker) -> None:
    """`limit` says how many; numbers never repeat, also after a reset."""
    for _ in range(3):
        broker.send("GET", "/api/v1/timestamp")
    numbers = [entry["number"] for entry in broker.send("GET", "/_sim/v1/requests").json()["requests"]]
    assert numbers == [3, 2, 1]
    assert [entry["number"] for entry in broker.send("GET", "/_sim/v1/requests?limit=2").json()["requests"]] == [3, 2]
    broker.send("POST", "/_sim/v1/reset")
    assert broker.send("GET", "/api/v1/timestamp").headers["x-sim-entry"] == "default/4"


def test_an_entry_tells_who_and_what(broker: Broker) -> None:
    """Operation, user, client, both times and the duration, from the credentials alone."""
    key = broker.key("frank")
    entry = broker.entry(broker.withdraw(key, payment(extra=1, other=2)))
    assert isinstance(entry.pop("microseconds"), int)
    assert entry == {
        "number": 4,
        "method": "POST",
        "path": WITHDRAWAL,
        "status": 200,
        "operation": "withdraw",
        "user": "frank",
        "client": "demo-broker",
        "businessTime": 1_780_272_000_000,
        "wallTime": 1_780_272_000_000,
        "outcome": "OK",
        "notes": ["fields that nothing read: extra, other"],
    }


def test_a_refused_call_is_diagnosed(broker: Broker) -> None:
    """Which rule, how we know, what was expected and what came."""
    diagnosis = broker.entry(broker.exchange("x"))["diagnosis"]
    assert diagnosis == {
        "meaning": "not a code of ours",
        "rule": "s7.2, H10",
        "grade": "inferred",
        "expected": "a code of ours",
        "received": "another text",
    }

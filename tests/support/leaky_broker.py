"""A broker that does everything wrong that can be done with a secret, and keeps what it has seen."""

from __future__ import annotations

import json
from typing import Any

from support.desk import Key, hmac_sha256, payment, query, refresh_body, token_query
from support.wire import FORM, JSON, NEW, OLD, REFRESH, TOKEN, Broker

CALLBACK = "http://localhost:3000/callback"


class Careless:
    def __init__(self, broker: Broker) -> None:
        self.broker = broker
        self.secrets = {"demo-secret", "wrong-client-secret", "somebodys-real-key"}

    def saw(self, *secrets: str) -> None:
        self.secrets.update(secrets)

    def everything(self) -> None:
        """The whole flow, and every way to get it wrong."""
        self.pages()
        self.withdrawals(self.keys(self.oauth()))

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
            self.saw(data["secret"], data["passphrase"])
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

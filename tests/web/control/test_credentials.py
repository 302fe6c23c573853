"""Consents and keys: listed without their secrets, revoked, deleted; and the ledger of what was paid with them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from support.control_calls import advanced, steer
from support.desk import START
from support.payouts import to_bob
from support.wire import PAYING, Broker, problem_of

HOUR = 3_600_000


def _listed(broker: Broker, path: str) -> list[dict[str, Any]]:
    answer = steer(broker.send, "GET", path)
    assert answer.status == 200, answer
    [found] = answer.json().values()
    assert isinstance(found, list)
    return found


def test_a_consent_shows_what_became_of_it(broker: Broker) -> None:
    """Who granted what to whom, when, what its tokens' ends are, and how many keys it has made."""
    code = broker.authorize("bob", grant=["API_SPOT"])
    [consent] = _listed(broker, "/consents")
    assert {**consent, "id": ""} == {
        "id": "",
        "user": "bob",
        "client": "demo-broker",
        "groups": ["API_COMMON", "API_SPOT"],
        "addressbook_only": False,
        "unified_account": False,
        "revoked": False,
        "keys": 0,
        "generation": 0,
        "granted_at": START,
        "code_expires_at": START + 300_000,
        "issued_at": None,
        "access_token_expires_at": None,
        "refresh_token_expires_at": None,
    }
    advanced(broker.send, by="1m")
    broker.add_key(broker.exchange(code).json()["access_token"], "API_SPOT")
    [bought] = _listed(broker, "/consents?user=bob&client=demo-broker")
    issued = START + 60_000
    changed = {"keys": 1, "generation": 1, "code_expires_at": None, "issued_at": issued}
    ends = {"access_token_expires_at": issued + HOUR, "refresh_token_expires_at": issued + 72 * HOUR}
    assert bought == {**consent, **changed, **ends}


def test_lists_are_of_a_user_or_a_client(broker: Broker) -> None:
    """Newest first, a user by any name, and nothing of anybody else."""
    broker.key("alice")
    advanced(broker.send, by="1s")
    broker.key("frank")
    for path in ("/consents", "/api-keys"):
        operator = ["operator"] if path == "/api-keys" else []
        assert [each["user"] for each in _listed(broker, path)] == ["frank", "alice", *operator]
        assert [each["user"] for each in _listed(broker, f"{path}?user=alice@example.test")] == ["alice"]
        assert [each["user"] for each in _listed(broker, f"{path}?limit=1")] == ["frank"]
        assert len(_listed(broker, f"{path}?client=demo-broker")) == 2 + len(operator)
        assert _listed(broker, f"{path}?client=another") == _listed(broker, f"{path}?user=nobody") == []
        assert problem_of(steer(broker.send, "GET", f"{path}?limit=0"), 400)


def test_no_secret_is_shown(broker: Broker) -> None:
    """Neither code nor token, nor the secret or passphrase of a key, stands in any of these answers."""
    code = broker.authorize()
    tokens = broker.exchange(code).json()
    key = broker.add_key(tokens["access_token"]).key
    answers = [steer(broker.send, "GET", path) for path in ("/consents", "/api-keys", "/ledger")]
    [consent] = answers[0].json()["consents"]
    answers.append(steer(broker.send, "POST", f"/consents/{consent['id']}/revoke"))
    answers.append(steer(broker.send, "DELETE", f"/api-keys/{key.api_key}"))
    text = "".join(answer.text for answer in answers)
    assert key.api_key in text
    for secret in (code, tokens["access_token"], tokens["refresh_token"], key.secret, key.passphrase):
        assert secret not in text


def test_tokens_of_a_revoked_consent_are_dead(broker: Broker) -> None:
    """Both tokens are refused as retired ones are; its key lives on, and other consents of the user too (H22)."""
    first, other = broker.tokens(), broker.tokens()
    key = broker.add_key(first["access_token"]).key
    consent = next(each for each in _listed(broker, "/consents") if each["keys"])
    answer = steer(broker.send, "POST", f"/consents/{consent['id']}/revoke")
    assert (answer.status, answer.json()) == (200, {**consent, "revoked": True})
    assert broker.add_key(first["access_token"]).json()["code"] == "400400"
    assert "access_token" not in broker.refresh(first["refresh_token"]).json()
    assert broker.add_key(other["access_token"]).status == 200
    assert broker.signed(key, "GET", "/api/v1/accounts").status == 200
    assert steer(broker.send, "POST", f"/consents/{consent['id']}/revoke").status == 200
    steer(broker.send, "POST", "/reset")
    assert _listed(broker, "/consents") == []


def test_a_code_of_a_revoked_consent_buys_nothing(broker: Broker) -> None:
    """A consent that is revoked before its code was exchanged has given nothing."""
    code = broker.authorize()
    [consent] = _listed(broker, "/consents")
    steer(broker.send, "POST", f"/consents/{consent['id']}/revoke")
    assert "access_token" not in broker.exchange(code).json()


def test_a_deleted_key_is_unknown_and_its_place_is_free(wired: Callable[..., Broker]) -> None:
    """At the limit and with a fixed name no second key can be made, until the first one is deleted."""
    broker = wired(api_key_limit=1)
    steer(broker.send, "PATCH", "/clients/demo-broker", {"api_name": "bot"})
    token = broker.tokens()["access_token"]
    key = broker.add_key(token).key
    assert broker.add_key(token).json()["code"] != "200"
    answer = steer(broker.send, "DELETE", f"/api-keys/{key.api_key}")
    assert (answer.status, answer.json()["name"], answer.json()["removed"]) == (200, "bot", {"api_keys": 1})
    assert broker.signed(key, "GET", "/api/v1/accounts").json()["code"] == "400003"
    assert broker.add_key(token).status == 200
    assert len(steer(broker.send, "GET", "/users/alice").json()["api_keys"]) == 1
    assert steer(broker.send, "DELETE", f"/api-keys/{key.api_key}").status == 404


def test_a_transaction_goes_with_its_key(broker: Broker) -> None:
    """What a deleted key has opened cannot be paid with another key, and is not pending any more."""
    key, other = broker.key(), broker.key()
    asked = broker.withdraw(key).json()["data"]
    told = steer(broker.send, "DELETE", f"/api-keys/{key.api_key}").json()
    assert told["removed"] == {"api_keys": 1, "transactions": 1}
    assert broker.withdraw(other, validation=broker.validation("alice", asked)).json()["code"] != "200000"
    assert "transaction_expiry" not in [each["kind"] for each in advanced(broker.send, by="1h")]


@pytest.mark.parametrize(("method", "path"), [("POST", "/consents/none/revoke"), ("DELETE", "/api-keys/none")])
def test_what_is_not_there_is_a_404(broker: Broker, method: str, path: str) -> None:
    """A problem that says where to look."""
    assert "lists them" in problem_of(steer(broker.send, method, path), 404)["detail"]


def test_the_ledger_tells_each_fee_in_steps(broker: Broker) -> None:
    """Newest first: the recipient's credit, the sender's debit with its parts, and the hold before it."""
    broker.withdraw(broker.key("frank", *PAYING), to_bob(amount="9"))
    credit, debit, hold, *opening = _listed(broker, "/ledger")
    assert {row["kind"] for row in opening} == {"given"}
    assert [(each["kind"], each["user"], each["balance"], each["holds"]) for each in (credit, debit, hold)] == [
        ("credit", "bob", "9", "0"),
        ("debit", "frank", "-10", "-10"),
        ("hold", "frank", "0", "10"),
    ]
    assert "parts" not in credit
    assert (
        debit["parts"]
        == hold["parts"]
        == [
            {
                "kind": "payout",
                "amount": "9",
                "to": "bob",
                "steps": [{"formula": "9, the fees come on top", "result": "9"}],
            },
            {
                "kind": "service_fee",
                "amount": "1",
                "to": "service_fee",
                "steps": [
                    {"formula": "9 x 10 %", "result": "0.9"},
                    {"formula": "worth in USDT: 0.9 x 1", "result": "0.9"},
                    {"formula": "less than 1 USDT, so 1 USDT / 1", "result": "1"},
                    {"formula": "rounded up to 8 decimal places", "result": "1"},
                ],
            },
            {
                "kind": "network_fee",
                "amount": "0",
                "to": "network_fee",
                "steps": [{"formula": "stays inside: none", "result": "0"}],
            },
        ]
    )
    assert [each["kind"] for each in _listed(broker, "/ledger?user=bob@example.test")] == ["credit", "given"]
    assert _listed(broker, "/ledger?limit=1") == [credit]


def test_an_endless_quotient_is_cut_short(broker: Broker) -> None:
    """A step shows the digits that a person reads, and says that there are more."""
    steer(broker.send, "PATCH", "/users/frank", {"balances": {"BTC": "1"}})
    broker.withdraw(broker.key("frank"), {**to_bob(amount="0.0001"), "currency": "BTC"})
    fee = _listed(broker, "/ledger?user=frank")[1]["parts"][1]
    assert [step["result"] for step in fee["steps"]][2:] == [f"0.00001{'6' * 27}...", "0.00001667"]

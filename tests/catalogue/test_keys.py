"""Making a key, and what it can do: how a broker meets what can befall it, and how it is found out."""

from __future__ import annotations

import pytest
from support.desk import Key, payment
from support.payouts import Playing, challenge, prove, told
from support.played_scenario import Play
from support.wire import JSON, OLD

REPEATED = (200, "999999", "Repeated apiName")
TOO_MANY = (200, "999999", "The number of user’s apiKey reaches to the maximum level")  # noqa: RUF001 - the page's


def connect(stage: Play, user: str = "alice") -> str:
    """The access token of one more login."""
    return str(stage.broker.tokens(user)["access_token"])


def test_repeated_api_name(play: Playing) -> None:
    """A second login cannot make a second key of that name; the first key goes on working, another user gets one."""
    stage = play("repeated-api-name")
    key = stage.broker.add_key(connect(stage)).key
    refused = stage.broker.add_key(connect(stage))
    assert (told(refused), refused.json()["success"]) == (REPEATED, False)
    known = stage.broker.signed(key, "GET", "/api/v1/user/api-key").json()["data"]
    assert (known["apiKey"], known["remark"]) == (key.api_key, "demo-broker-key")
    assert stage.holds()


def test_repeated_api_name_is_a_matter_of_one_user(play: Playing) -> None:
    """Another user's key may have the same name."""
    stage = play("repeated-api-name")
    names = [stage.broker.add_key(connect(stage, user)).json()["data"]["apiName"] for user in ("alice", "bob")]
    assert names == ["demo-broker-key", "demo-broker-key"]


def test_repeated_api_name_mistake(play: Playing) -> None:
    """A broker that tries again when the name is taken is found out."""
    stage = play("repeated-api-name")
    stage.broker.add_key(connect(stage))
    token = connect(stage)
    assert [told(stage.broker.add_key(token)) for _ in range(2)] == [REPEATED, REPEATED]
    assert not stage.holds()


def test_max_keys(play: Playing) -> None:
    """The refusal comes with HTTP 200, success false and the printed text, and one look at it is enough."""
    stage = play("max-keys")
    refused = stage.broker.add_key(connect(stage))
    assert (told(refused), refused.json()["success"]) == (TOO_MANY, False)
    assert stage.holds()


def test_max_keys_mistakes(play: Playing) -> None:
    """A broker that asks again is found out, and so is one that took the 200 for success and pays with no key."""
    stage = play("max-keys")
    token = connect(stage)
    assert [told(stage.broker.add_key(token)) for _ in range(2)] == [TOO_MANY, TOO_MANY]
    assert not stage.holds()

    stage = play("max-keys")
    data = stage.broker.add_key(connect(stage)).json().get("data")
    nothing = Key(str(data), str(data), str(data))
    assert stage.outcome(stage.broker.withdraw(nothing)) == "API_KEY_UNKNOWN"
    assert not stage.holds()


def test_consent_narrowed(play: Playing) -> None:
    """A key with withdrawal is refused with 40503 and not made; one that asks for less comes as asked."""
    stage = play("consent-narrowed")
    token = stage.broker.exchange(stage.login()["code"]).json()["access_token"]
    refused = stage.broker.add_key(token, "API_COMMON", "API_SPOT", "API_WITHDRAW_OAUTH")
    assert told(refused) == (200, "40503", "authGroupMap mismatch: API_WITHDRAW_OAUTH")
    made = stage.broker.add_key(token, "API_COMMON", "API_SPOT").json()
    assert (made["success"], made["data"]["authGroup"]) == (True, "API_COMMON,API_SPOT")
    assert stage.holds()


def test_consent_narrowed_mistakes(play: Playing) -> None:
    """A broker that gives up at the refusal is found out, and so is one that repeats it."""
    stage = play("consent-narrowed")
    token = stage.broker.exchange(stage.login()["code"]).json()["access_token"]
    for _ in range(3):
        assert stage.outcome(stage.broker.add_key(token)) == "GROUPS_EXCEED_CONSENT"
        assert not stage.holds()
    stage.broker.add_key(token, "API_COMMON")
    assert not stage.holds()


def test_key_answer_lost(play: Playing) -> None:
    """The connection breaks although the key was made; the same token makes another, which works."""
    stage = play("key-answer-lost")
    token = connect(stage)
    with pytest.raises(ConnectionResetError):
        stage.broker.add_key(token)
    key = stage.broker.add_key(token).key
    assert stage.broker.signed(key, "GET", "/api/v1/user/api-key").json()["data"]["apiKey"] == key.api_key
    assert stage.outcomes("add_api_key") == ["OK", "OK"]
    assert stage.holds()


def test_key_answer_lost_mistakes(play: Playing) -> None:
    """A broker that leaves it at the lost key is found out, and so is one that makes more than it needs."""
    stage = play("key-answer-lost")
    token = connect(stage)
    with pytest.raises(ConnectionResetError):
        stage.broker.add_key(token)
    assert stage.outcomes("add_api_key") == ["OK"]
    assert not stage.holds()
    assert [stage.broker.add_key(token).status for _ in range(2)] == [200, 200]
    assert not stage.holds()


def test_old_endpoint(play: Playing) -> None:
    """The new endpoint makes a key for a broker of a local site."""
    stage = play("old-endpoint")
    assert stage.broker.add_key(connect(stage)).json()["success"] is True
    assert stage.holds()


def test_old_endpoint_mistake(play: Playing) -> None:
    """The old endpoint refuses, and a broker that tries it is found out even if it uses the new one afterwards."""
    stage = play("old-endpoint")
    token = connect(stage)
    refused = stage.send("POST", OLD, headers={**JSON, "authorization": f"bearer {token}"})
    assert told(refused) == (200, "999999", "This site requires the new api-key endpoint.")
    assert stage.broker.add_key(token).json()["success"] is True
    assert not stage.holds()


def spot_key_then(stage: Play, payments: int) -> None:
    """Connect with the first consent, and try to pay that often: each time 400007."""
    token = stage.broker.exchange(stage.login()["code"]).json()["access_token"]
    key = stage.broker.add_key(token, "API_COMMON", "API_SPOT").key
    for _ in range(payments):
        assert told(stage.broker.withdraw(key)) == (403, "400007", "Access denied, require more permission.")


def pay(stage: Play) -> None:
    """Connect with the next consent, and pay with the key that it brings."""
    token = stage.broker.exchange(stage.login()["code"]).json()["access_token"]
    key = stage.broker.add_key(token).key
    answer = prove(stage, key, payment(), challenge(stage, key, payment()), "alice")
    assert answer.json()["data"]["withdrawalId"] == stage.withdrawals()[-1].id


def test_permission_missing(play: Playing) -> None:
    """The first key cannot pay; the user grants withdrawal at another login, and the new key pays once."""
    stage = play("permission-missing")
    spot_key_then(stage, payments=1)
    pay(stage)
    assert len(stage.withdrawals()) == 1
    assert stage.holds()


def test_permission_missing_read_beforehand(play: Playing) -> None:
    """A broker that reads authGroup need not even try to pay with a key that cannot."""
    stage = play("permission-missing")
    spot_key_then(stage, payments=0)
    pay(stage)
    assert stage.holds()


def test_permission_missing_mistakes(play: Playing) -> None:
    """A broker that gives up is found out, and so is one that repeats the payment, although it pays in the end."""
    stage = play("permission-missing")
    spot_key_then(stage, payments=1)
    assert stage.withdrawals() == []
    assert not stage.holds()

    stage = play("permission-missing")
    spot_key_then(stage, payments=2)
    pay(stage)
    assert not stage.holds()

"""How a broker pays, and what it sees of it: what the tests of the catalogue share."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from support.desk import Key, by_account, payment
from support.played_scenario import Play
from support.wire import V1, Answer

Playing = Callable[[str], Play]
"""The fixture `play`."""
Told = tuple[int, str, str]
"""Status, code and message of an answer."""


def told(answer: Answer) -> Told:
    """What an answer says; a success has no message."""
    body = answer.json()
    return answer.status, body["code"], body.get("msg", "")


PAID: Told = (200, "200000", "")


def to_bob(kind: str = "UID", **changes: object) -> dict[str, object]:
    """10 USDT by UID, MAIL or PHONE: it stays inside."""
    bob = {"UID": "200000002", "MAIL": "bob@example.test", "PHONE": "+15550101"}
    return by_account(kind, bob[kind], **{"amount": "10", **changes})


def fees_on_top(**changes: object) -> dict[str, object]:
    """The whole amount arrives, by the chain trx."""
    return payment(feeDeductType="EXTERNAL", **changes)


def challenge(stage: Play, key: Key, fields: Mapping[str, object]) -> dict[str, Any]:
    """What the opening request of a user with factors brings."""
    answer = stage.broker.withdraw(key, fields)
    assert told(answer) == PAID
    asked: dict[str, Any] = answer.json()["data"]
    assert list(asked) == ["transactionId", "allFactors", "sentFactors"]
    return asked


def prove(stage: Play, key: Key, fields: Mapping[str, object], asked: Mapping[str, Any], user: str) -> Answer:
    """The second request, with the right codes."""
    return stage.broker.withdraw(key, fields, validation=stage.broker.validation(user, asked))


def main_account(stage: Play, key: Key, currency: str = "USDT") -> tuple[str, str]:
    """`balance` and `available` of the main account, as the broker sees them."""
    answer = stage.broker.signed(key, "GET", f"/api/v1/accounts?currency={currency}&type=main")
    [account] = answer.json()["data"]
    return account["balance"], account["available"]


def payouts(stage: Play) -> list[tuple[str, str, str]]:
    """Status, payout and debit of each withdrawal, oldest first, as the control surface shows them."""
    listed = stage.send("GET", f"{V1}/withdrawals").json()["withdrawals"]
    return [(each["status"], each["payout"], each["debit"]) for each in reversed(listed)]


def chains(stage: Play, currency: str = "USDT") -> dict[str, dict[str, Any]]:
    """The chains of a currency by chainId, as anybody can see them."""
    found = stage.send("GET", f"/api/v3/currencies/{currency}").json()["data"]["chains"]
    return {chain["chainId"]: chain for chain in found}

"""Numbers are read from ASCII digits alone, wherever a client can write one: Python would read many more."""

from __future__ import annotations

import json
from collections.abc import Callable
from decimal import Decimal
from typing import Any
from urllib.parse import quote

import pytest
from click.testing import CliRunner
from support.desk import by_account, payment
from support.wire import FORM, JSON, V1, WITHDRAWAL, Answer, Broker

from simulator.cli import main
from simulator.scenario.staging.faults import Condition
from simulator.web.pages.oauth import prefers_json

FULL_WIDTH, ARABIC, MATHEMATICAL = 0xFF10, 0x0660, 0x1D7CE
FORMS = 9


def others(digits: str) -> list[str]:
    """The same digits of other scripts, and how Python lets numbers be written besides."""
    scripts = [
        "".join(chr(zero + int(each)) if each.isdigit() else each for each in digits)
        for zero in (FULL_WIDTH, ARABIC, MATHEMATICAL)
    ]
    parted = f"{digits[:1]}_{digits[1:]}" if len(digits) > 1 else f"{digits}_0"
    forms = [*scripts, parted, f" {digits}", f"{digits} ", f"+{digits}", f"{digits}\n", f"{digits}\u00b2"]
    assert len(forms) == FORMS
    return forms


Ask = Callable[[Broker, str], Answer]


def got(path: str) -> Ask:
    """Ask with the number in a path or a query."""
    return lambda broker, text: broker.send("GET", V1 + path.format(quote(text, safe="")))


def sent(method: str, path: str, body: Callable[[str], object]) -> Ask:
    """Ask with the number in a body."""
    return lambda broker, text: broker.send(method, V1 + path, json.dumps(body(text)).encode(), JSON)


FAULT = {"operation": "get_server_time", "network": "reset"}
READ: dict[str, tuple[str, Ask]] = {
    "limit": ("20", got("/users?limit={}")),
    "since": ("0", got("/requests?since={}")),
    "status": ("200", got("/requests?status={}")),
    "timeout": ("0", got("/requests/wait?since=0&timeout={}")),
    "count": ("1", got("/requests/wait?since=0&timeout=0&count={}")),
    "entry": ("1", got("/requests/{}")),
    "duration": ("1s", sent("POST", "/clock/advance", lambda text: {"by": text})),
    "instant": ("2026-06-01T00:00:01Z", sent("POST", "/clock/advance", lambda text: {"to": text})),
    "offset": ("1s", sent("POST", "/clock/advance", lambda text: {"to_event": "window_end", "offset": text})),
    "scale": ("60", sent("PATCH", "/clock", lambda text: {"scale": text})),
    "ttl": ("10m", sent("POST", "/workspaces", lambda text: {"ttl": text})),
    "deposit": ("25", sent("POST", "/deposits", lambda text: {"user": "alice", "currency": "USDT", "amount": text})),
    "balance": ("5", sent("PATCH", "/users/alice", lambda text: {"balances": {"USDT": text}})),
    "level": ("3", sent("PATCH", "/users/alice", lambda text: {"level": text})),
    "keys": ("3", sent("PATCH", "/users/alice", lambda text: {"api_keys": text})),
    "uid": ("3", sent("PATCH", "/users/alice", lambda text: {"uid": text})),
    "registered at": ("2026-06-01T00:00:01Z", sent("PATCH", "/users/alice", lambda text: {"registered_at": text})),
    "price": ("3", sent("PUT", "/prices/BTC", lambda text: {"price_usdt": text})),
    "lifetime": ("5m", sent("PATCH", "/choices", lambda text: {"authorization_code_lifetime": text})),
    "times": ("3", sent("POST", "/faults", lambda text: {**FAULT, "times": text})),
    "delay": ("3s", sent("POST", "/faults", lambda text: {**FAULT, "delay": text})),
    "bound": (
        "3",
        sent(
            "POST",
            "/faults",
            lambda text: {"operation": "withdraw", "network": "reset", "match": {"amount": {"at_least": text}}},
        ),
    ),
    "exactly": ("0", sent("POST", "/verify", lambda text: {"expect": [{"operation": "withdraw", "exactly": text}]})),
}
"""A number, and a call of the control surface that reads it."""


@pytest.mark.parametrize(("good", "ask"), READ.values(), ids=READ)
def test_the_control_surface_reads_ascii_digits(broker: Broker, good: str, ask: Ask) -> None:
    """What is written otherwise is refused; the plain number is taken, or refused for another reason."""
    broker.send("GET", "/api/v1/timestamp")
    for text in others(good):
        assert ask(broker, text).status in (400, 404, 422), text
    assert ask(broker, good).status in (200, 201, 408, 409), good


SIGNED = {
    "page": ("1", "/api/v1/withdrawals?currentPage={}"),
    "page size": ("50", "/api/v1/withdrawals?pageSize={}"),
    "start": ("1780272000000", "/api/v1/withdrawals?startAt={}"),
    "end": ("1780272000000", "/api/v1/deposits?endAt={}"),
    "limit": ("50", "/api/v1/hf/accounts/ledgers?limit={}"),
}


@pytest.mark.parametrize(("good", "target"), SIGNED.values(), ids=SIGNED)
def test_queries_read_ascii_digits(broker: Broker, good: str, target: str) -> None:
    """A page, a size and an instant of a query are refused when they are written otherwise."""
    key = broker.key("frank")
    assert broker.signed(key, "GET", target.format(good)).json()["code"] == "200000"
    for text in others(good):
        answer = broker.signed(key, "GET", target.format(quote(text)))
        assert answer.json()["code"] == "400100", (text, answer)


def test_amounts_are_ascii_digits(broker: Broker) -> None:
    """An amount of a withdrawal is refused when it is written otherwise, as a text or as JSON, and nothing is paid."""
    key, before = broker.key("frank"), broker.balance("frank")
    for text in others("12"):
        assert broker.withdraw(key, amount=text).json()["code"] == "400100", text
    for number in ("\uff15", "5_0", "+5", "0x5", "NaN", "Infinity", "05"):
        body = json.dumps({**payment(), "amount": 0}).replace('"amount": 0', f'"amount": {number}')
        assert broker.signed(key, "POST", WITHDRAWAL, body.encode()).status == 400, number
    assert broker.balance("frank") == before


def proved(broker: Broker, name: str, change: Callable[[str], str]) -> dict[str, Any]:
    """What carol's withdrawal is answered with when one of her two codes is written otherwise."""
    key = broker.key("carol")
    asked = broker.withdraw(key).json()["data"]
    validation = broker.validation("carol", asked, "GAV", "EMV")
    for factor in validation["factors"]:
        if factor["factorType"] == name:
            factor["factorValue"] = change(factor["factorValue"])
    answer: dict[str, Any] = broker.withdraw(key, validation=validation).json()
    return answer


@pytest.mark.parametrize("name", ["GAV", "EMV"])
@pytest.mark.parametrize("form", range(FORMS))
def test_one_time_codes_are_ascii_digits(broker: Broker, name: str, form: int) -> None:
    """A code that is right but for its script, or for a space or a sign, is wrong for every factor."""
    told = proved(broker, name, lambda code: others(code)[form])
    assert "incorrect" in told["msg"]


def test_right_codes_are_taken(broker: Broker) -> None:
    """The same codes as they were sent are right."""
    assert proved(broker, "GAV", str)["code"] == "200000"


def test_an_authenticator_is_bound_by_ascii_digits(broker: Broker) -> None:
    """The set-up page lets people type spaces, and takes no digits of another script."""
    code = broker.send("GET", f"{V1}/users/bob/totp").json()["code"]

    def bind(text: str) -> int:
        form = f"step=bind&identity=bob&code={quote(text)}".encode()
        return broker.send("POST", "/account/security/g2fa", form, FORM).status

    assert [bind(text) for text in others(code)[:4]] == [400] * 4
    assert bind(f"{code[:3]} {code[3:]}") == 200


@pytest.mark.parametrize("value", [*others("75"), "NaN", "Infinity", "1e2", "0x4b", True, None, [75]])
def test_a_fault_counts_plain_numbers_only(value: object) -> None:
    """Bounds of a fault hold for what is a number on the wire, and for nothing that only Python takes for one."""
    bound = Condition("amount", at_least=Decimal(0), at_most=Decimal(100))
    assert bound.holds({"amount": "75"})
    assert bound.holds({"amount": Decimal("75.5")})
    assert not bound.holds({"amount": value})


@pytest.mark.parametrize("weight", ["1_0", "inf", "nan", "2", "+1", "\u0661", "1e1"])
def test_weights_of_accept_are_ascii_digits(weight: str) -> None:
    """A quality that is none counts as 0, so the page's HTML wins."""
    assert not prefers_json(f"text/html;q=0.5, application/json;q={weight}")
    assert prefers_json("text/html;q=0.5, application/json;q=0.501")


@pytest.mark.parametrize("flag", ["--port", "--seed", "--workers"])
def test_flags_are_ascii_digits(flag: str) -> None:
    """A number of the command line is refused when it is written otherwise."""
    for text in others("1"):
        ended = CliRunner().invoke(main, [flag, text])
        assert ended.exit_code == 2, text
        assert "is not a valid integer" in ended.output


@pytest.mark.parametrize("form", [None, *range(FORMS)])
def test_a_uid_is_ascii_digits(broker: Broker, form: int | None) -> None:
    """A payment to a uid that is written otherwise finds nobody of ours; to the plain one it is a payment inside."""
    uid = str(broker.send("GET", f"{V1}/users/alice").json()["uid"])
    address = uid if form is None else others(uid)[form]
    before = broker.balance("alice")
    broker.withdraw(broker.key("frank"), by_account("UID", address))
    assert (broker.balance("alice") == before) is (form is not None)

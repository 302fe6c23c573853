"""Schemathesis makes requests out of both documents, and finds no answer that is not in them.

Its requests are derived from a fixed seed, so that a finding is found again.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import wraps
from typing import Any

import pytest
import requests
from msgspec import to_builtins
from msgspec.structs import replace
from requests.auth import AuthBase
from schemathesis import GenerationMode
from schemathesis.core.failures import Failure, FailureGroup
from support.desk import Key
from support.schemathesis_requests import MODES, Words, attacked
from support.wire import V1, Broker, Http, decoded

from simulator.core.market.currencies import CurrencyFound
from simulator.messages import Answer
from simulator.scenario.loader import load
from simulator.web.control import people
from simulator.web.control.views.people import user_data
from simulator.web.endpoints import envelope
from simulator.web.guards import Policy
from simulator.web.server import LocalServer

pytestmark = pytest.mark.long

SCENARIO = load("fixed-key")
KEY = Key("6a1d0c7e5b2f4800019c3d21", "0b7c9a52-6f1e-4d38-9a40-5c2e8f71d6b3", "4e1f9c07b85d2a63")
"""The scenario's: it is there from the start, and its user needs no factor."""
EXCHANGE, CONTROL = "/openapi.json", f"{V1}/openapi.json"
TOKEN = "t0ken"
KNOWN: Words = {
    "currency": ("USDT", "BTC"),
    "chain": ("trx", "btc"),
    "amount": ("100", "7.5", 20, "0.00000001"),
    "withdrawType": ("ADDRESS", "UID"),
    "user": ("alice", "bob", "frank"),
    "client": ("demo-broker",),
    "client_id": ("demo-broker",),
    "redirect_uri": ("http://localhost:3000/callback",),
    "number": ("1", "2"),
    "by": ("1h", "4d"),
    "to_event": ("access_token_expiry", "settlement"),
}
"""What requests are made of that are to get further than to the first rule."""
PAYABLE: Words = {
    **KNOWN,
    "currency": ("USDT",),
    "chain": ("trx",),
    "amount": ("100", 20),
    "withdrawType": ("ADDRESS",),
    "address": ("TSomebodyTSomebodyTSomebodyTSomebo",),
    "isInner": (False,),
    "memo": ("",),
    "validation": (None,),
}
WITHDRAWAL = "POST /api/v2/broker/withdrawal"


class Signed(AuthBase):
    """Signs a request as a broker does, whatever is in it; a bearer for the key endpoints."""

    def __init__(self, server: LocalServer) -> None:
        self._broker = Broker(Http(server.port))

    def __call__(self, request: requests.PreparedRequest) -> requests.PreparedRequest:
        body = request.body or b""
        raw = body.encode() if isinstance(body, str) else body
        assert isinstance(raw, bytes)
        target = str(request.path_url)
        signed = self._broker.headers(KEY, str(request.method), decoded(target), raw)
        request.headers.update({name: value for name, value in signed.items() if name != "Content-Type"})
        if "/_oauth/resource" in target:
            request.headers["Authorization"] = f"bearer {self._broker.tokens()['access_token']}"
        return request


@pytest.fixture(scope="module")
def target() -> Iterator[LocalServer]:
    """A server of its own: it is set back before each operation."""
    with LocalServer(SCENARIO) as server:
        yield server


def test_the_exchange_unsigned(target: LocalServer) -> None:
    """Nothing is found on the exchange by somebody without credentials, who is told so.

    Requests that are wrong in other ways, too, are those of `test_random_bytes_are_refused_in_shape`.
    """
    counted = attacked(target, SCENARIO, EXCHANGE, examples=3, modes=MODES[:1])
    assert {"GET /api/v1/timestamp 200 200000", "GET /api/v1/accounts 400 400001"} <= counted.keys()
    assert not [each for each in counted if each.startswith(f"{WITHDRAWAL} 2")]


def test_the_exchange_signed(target: LocalServer) -> None:
    """Nothing is found by somebody whose every request is signed, whatever it says."""
    counted = attacked(target, SCENARIO, EXCHANGE, auth=Signed(target), examples=5)
    assert {"GET /api/v1/accounts 200 200000", f"{WITHDRAWAL} 200 400100"} <= counted.keys()


def test_the_exchange_signed_and_known(target: LocalServer) -> None:
    """Nothing is found by somebody who knows what there is, and gets as far as keys and payments."""
    signed = Signed(target)
    counted = attacked(target, SCENARIO, EXCHANGE, auth=signed, words=KNOWN, examples=6, modes=MODES[:1])
    counted += attacked(
        target, SCENARIO, EXCHANGE, auth=signed, words=PAYABLE, examples=8, modes=MODES[:1], only=WITHDRAWAL
    )
    assert len([each for each in counted if each.startswith(f"{WITHDRAWAL} 200")]) > 2
    assert f"{WITHDRAWAL} 200 200000" in counted
    assert "GET /api/v3/currencies/{currency} 200 200000" in counted
    assert [each for each in counted if "outer/api-key/add 200 200" in each]


@pytest.mark.parametrize("mode", MODES, ids=lambda mode: mode.value)
def test_the_control_surface(target: LocalServer, mode: GenerationMode) -> None:
    """Nothing is found on the control surface, whether requests are as the document says or not."""
    counted = attacked(target, SCENARIO, CONTROL, examples=3, modes=(mode,))
    assert f"GET {V1}/users {200 if mode is GenerationMode.POSITIVE else 400}" in counted
    assert [each for each in counted if each.endswith("400")]


def test_the_control_surface_known(target: LocalServer) -> None:
    """Nothing is found by somebody who knows what there is."""
    counted = attacked(target, SCENARIO, CONTROL, words=KNOWN, examples=4, modes=MODES[:1])
    assert {f"GET {V1}/users/{{user}} 200", f"DELETE {V1}/clients/{{client}} 200"} <= counted.keys()


@pytest.mark.parametrize("headers", [{}, {"X-Sim-Token": TOKEN}, {"Authorization": f"Bearer {TOKEN}"}], ids=str)
def test_the_control_surface_locked(headers: dict[str, str]) -> None:
    """With a token the answers are in the document too: 401 to everybody else."""
    with LocalServer(SCENARIO, Policy(token=TOKEN)) as server:
        counted = attacked(
            server, SCENARIO, CONTROL, headers=headers, token={"X-Sim-Token": TOKEN}, examples=2, modes=MODES[:1]
        )
    assert ([each for each in counted if not each.endswith("401")] == []) == (not headers)


def _without(name: str, spell: Callable[..., Any]) -> Callable[..., dict[str, Any]]:
    def spelled(*arguments: Any) -> dict[str, Any]:
        return {key: value for key, value in to_builtins(spell(*arguments)).items() if key != name}

    return spelled


def _broken(*arguments: Any) -> Any:
    raise RuntimeError("a defect")


def _refused(**changes: Any) -> Callable[..., Answer]:
    def refused(*arguments: Any) -> Answer:
        answer = REFUSED(*arguments)
        return replace(answer, **{name: change(getattr(answer, name)) for name, change in changes.items()})

    return refused


def _spelled(patch: pytest.MonkeyPatch, spell: Callable[..., Any]) -> None:
    """Spell a currency in another way."""
    patch.setattr(CurrencyFound, "data", wraps(SPELL)(spell))


SPELL: Callable[..., Any] = CurrencyFound.data
REFUSED: Callable[..., Answer] = envelope.refused
CURRENCY = "GET /api/v3/currencies/{currency}"
ACCOUNTS = "GET /api/v1/accounts"
MUTANTS: dict[str, tuple[str, str, Callable[[pytest.MonkeyPatch], None]]] = {
    "a field is missing": (
        EXCHANGE,
        CURRENCY,
        lambda patch: _spelled(patch, _without("precision", SPELL)),
    ),
    "a defect": (EXCHANGE, CURRENCY, lambda patch: _spelled(patch, _broken)),
    "another code": (
        EXCHANGE,
        ACCOUNTS,
        lambda patch: patch.setattr(
            envelope, "refused", _refused(body=lambda body: body.replace(b"400001", b"400099"))
        ),
    ),
    "a code of another rule": (
        EXCHANGE,
        ACCOUNTS,
        lambda patch: patch.setattr(
            envelope, "refused", _refused(body=lambda body: body.replace(b"400001", b"400006"))
        ),
    ),
    "another status": (
        EXCHANGE,
        ACCOUNTS,
        lambda patch: patch.setattr(envelope, "refused", _refused(status=lambda status: 409)),
    ),
    "another type": (
        EXCHANGE,
        ACCOUNTS,
        lambda patch: patch.setattr(envelope, "refused", _refused(content_type=lambda kind: b"text/plain")),
    ),
    "a field of control is missing": (
        CONTROL,
        f"GET {V1}/users",
        lambda patch: patch.setattr(people, "user_data", _without("uid", user_data)),
    ),
}


@pytest.mark.parametrize("name", MUTANTS)
def test_a_wrong_answer_is_found(target: LocalServer, monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    """An answer that departs from the document by one field, code, status or type is found, so silence means much."""
    path, operation, spoil = MUTANTS[name]
    attacked(target, SCENARIO, path, words=KNOWN, examples=3, modes=MODES[:1], only=operation)
    spoil(monkeypatch)
    with pytest.raises((Failure, FailureGroup)):
        attacked(target, SCENARIO, path, words=KNOWN, examples=3, modes=MODES[:1], only=operation)

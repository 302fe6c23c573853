"""The request of an operation, made of its declaration and of what a person typed into the fields of the console."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from typing import Any, Final, NamedTuple
from urllib.parse import quote

from simulator.core import mint, spec
from simulator.core.endpoint import Endpoint
from simulator.core.fast_api.redirects import resolve
from simulator.core.gateway.parameters import Absent, Flag, Flags, Group, Items, Member, Parameter, Whole, Word
from simulator.core.world import World
from simulator.web.control.protocol.problems import ProblemError

SAMPLES: Final[Mapping[str, Any]] = {
    "currency": "USDT",
    "chain": "trx",
    "amount": "100",
    "address": "ToutsideToutsideToutsideToutsideTo",
    "toAddress": "ToutsideToutsideToutsideToutsideTo",
    "clientOid": "console-1",
    "grant_type": spec.GRANT_TYPE,
    "scope": spec.SCOPE,
    "begin": "20260501",
    "end": "20260601",
    "symbols": "BTC-USDT",
}
"""Values to begin with, by KuCoin's names: what the demo world knows."""
NAMES: Final = re.compile(r"\{(\w+)\}")
IN_QUERY: Final = "/:"
"""Characters that stay as they are in a query: s7.2 prints redirect_uri without encoding."""
LONGEST: Final = 1_000
"""Characters of one field."""


class ConsoleField(NamedTuple):
    """One field of the form: a value of the path or of the query. `words` = the closed list that it is from."""

    name: str
    value: str
    required: bool
    hint: str
    words: tuple[str, ...] = ()


def in_body(endpoint: Endpoint) -> bool:
    """True if the parameters are in the body."""
    return endpoint.held_in == "body"


def fields_of(world: World, endpoint: Endpoint, typed: Mapping[str, str], user: str) -> list[ConsoleField]:
    """The fields of path and query, with what was typed or with a value to begin with, of the user if it is an id."""
    return [
        ConsoleField(name, typed.get(name, _sample(world, endpoint, name, parameter, user)), *_about(parameter))
        for name, parameter in _parameters(endpoint)
    ]


def _parameters(endpoint: Endpoint) -> Iterator[tuple[str, Parameter | None]]:
    yield from ((name, None) for name in NAMES.findall(endpoint.path))
    if not in_body(endpoint):
        yield from ((parameter.name, parameter) for parameter in endpoint.parameters)


def _about(parameter: Parameter | None) -> tuple[bool, str, tuple[str, ...]]:
    if parameter is None:
        return True, "Part of the path", ()
    words = parameter.words if isinstance(parameter, Word) else ()
    return parameter.required, parameter.description, words


def _sample(world: World, endpoint: Endpoint, name: str, parameter: Parameter | None, user: str) -> str:
    if name in endpoint.example:
        return endpoint.example[name]
    if parameter is not None and not parameter.required:
        return ""
    if isinstance(parameter, Word):
        return parameter.words[0]
    client = next(iter(world.clients.values()), None)
    of_client = (
        {"client_id": client.client_id, "redirect_uri": next(iter(resolve(world, client)), "")} if client else {}
    )
    accounts, withdrawals = world.wallet(user).accounts, world.statement(user).withdrawals
    of_user = {
        "accountId": mint.account_id(world, user, accounts[0].type, accounts[0].currency) if accounts else "",
        "withdrawalId": next((held.id for held in withdrawals), ""),
    }
    return str(SAMPLES.get(name) or of_client.get(name) or of_user.get(name, ""))


def body_of(endpoint: Endpoint) -> str:
    """A body to begin with: every compulsory parameter, as JSON; "" = the operation has no body."""
    if not in_body(endpoint):
        return ""
    values = dict(endpoint.example) or {
        parameter.name: _value(parameter)
        for parameter in endpoint.parameters
        if parameter.required or parameter.name == "chain"
        if not isinstance(parameter, Absent)
    }
    return json.dumps(values, indent=2)


def _value(parameter: Parameter) -> Any:
    match parameter:
        case Word(words=words):
            return words[0]
        case Member(words=members):
            return next(iter(members.__members__.values())).value
        case Flag():
            return False
        case Flags(names=names):
            return {name: place == 0 for place, name in enumerate(names)}
        case Whole(least=least):
            return least
        case Group(fields=fields):
            return {field.name: _value(field) for field in fields}
        case Items(fields=fields):
            return [{field.name: _value(field) for field in fields}]
    return SAMPLES.get(parameter.name, "")


def target_of(endpoint: Endpoint, typed: Mapping[str, str]) -> tuple[str, str]:
    """Path and query of the request, percent-encoded. A parameter of the query that was left empty is left out.

    Raises `ProblemError` if a part of the path is empty.
    """
    if missing := next((name for name in NAMES.findall(endpoint.path) if not typed.get(name)), None):
        raise ProblemError(400, f"{missing} is part of the path, so it cannot be empty")
    path = NAMES.sub(lambda match: quote(typed.get(match[1], ""), safe=""), endpoint.path)
    inside = set(NAMES.findall(endpoint.path))
    pairs = [
        f"{quote(name, safe='')}={quote(typed[name], safe=IN_QUERY)}"
        for name, _ in _parameters(endpoint)
        if name not in inside and typed.get(name)
    ]
    return path, "&".join(pairs)

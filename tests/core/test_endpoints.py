"""What is declared of each endpoint holds: its function reads the declared parameters, and what it makes is a step."""

from __future__ import annotations

import importlib
from collections.abc import Iterator, Mapping
from typing import Any, Final, get_args, get_type_hints

import pytest
from msgspec import defstruct
from msgspec.structs import replace
from support.desk import Desk
from support.every_operation import COMMANDS
from support.refusal_cases import CASES
from support.refusal_cases.defects import Defect
from support.source_tree import PACKAGE

from simulator.core.account.api_key_info import GetApiKeyInfo
from simulator.core.endpoint import API, FUTURES, WWW, Call, Endpoint, Operation, Subject, nobody
from simulator.core.endpoints import CALLS, ENDPOINTS, OPERATIONS
from simulator.core.gateway.parameters import Items, Text
from simulator.core.market.server import GetServiceStatus, ServiceStatusData, get_service_status
from simulator.core.refusals import Reason
from simulator.core.staged import request_fields
from simulator.web.json_schema import names_in_path

READ_BY_NOBODY: Final = {
    ("create_deposit_address", "amount"),
    ("list_deposit_addresses", "amount"),
    ("withdraw", "validation"),
}
"""Amounts are for Lightning invoices, of which none is made here; a withdrawal with a `validation` is another call."""
MORE: Final = {"make_transfer": (Defect(Reason.SUB_ACCOUNT_UNKNOWN, {"type": "SUB_TO_PARENT"}),)}
"""Requests that have yet other parameters read."""
HELD: Final = [endpoint for endpoint in ENDPOINTS if endpoint.permission and endpoint.held_in]
MAKES_NOTHING: Final = {"check_order", "check_order_old", "open_private_stream"}
"""Calls by another method than GET that leave the world as it is."""
MAKES_BY_GET: Final = {"exchange_code"}
"""s7.2 has a GET that makes something."""
CHANGING: Final = {
    name for name in CASES if name in MAKES_BY_GET or (CALLS[name].method != "GET" and name not in MAKES_NOTHING)
}
"""The calls of which a good one makes something new."""


class Watched(dict[str, Any]):
    """A query or a body that knows which names were looked up."""

    def __init__(self, values: dict[str, Any], names: set[str]) -> None:
        super().__init__(values)
        self.names = names

    def get(self, name: str, default: Any = None) -> Any:
        self.names.add(name)
        return super().get(name, default)


def watched(command: Any, held_in: str, names: set[str]) -> Any:
    """The command, whose parameters note in `names` what is read of them."""
    held = getattr(command, held_in)
    if held_in == "parameters":
        return replace(command, parameters=Watched(held, names))
    return command if held.fields is None else replace(command, body=replace(held, fields=Watched(held.fields, names)))


def names_read(endpoint: Endpoint) -> set[str]:
    """The names that good and bad requests together have looked up, and those that nothing has to read."""
    case, names = CASES[endpoint.name], {name for of, name in READ_BY_NOBODY if of == endpoint.name}
    for defects in ((), *((defect,) for defect in (*case.defects, *MORE.get(endpoint.name, ())))):
        desk, command = case.refused(*defects)
        desk.exchange.perform(watched(command, endpoint.held_in, names))
    return names


@pytest.mark.parametrize("endpoint", HELD, ids=lambda endpoint: endpoint.name)
def test_what_is_declared_is_what_is_read(endpoint: Endpoint) -> None:
    """Good and bad requests together have every declared parameter looked up, and no other name."""
    assert names_read(endpoint) == set(endpoint.names)


def matchable(call: Call) -> set[str]:
    """The names of the single values that requests of a call have, by which a fault can match them."""
    names = set[str]()
    for defect in ((), *((defect,) for defect in (*CASES[call.name].defects, *MORE.get(call.name, ())))):
        desk, command = CASES[call.name].refused(*defect)
        names |= {
            name for name, value in request_fields(desk.world, command).items() if not isinstance(value, list | Mapping)
        }
    return names


UNREAD: Final = {("authorize", "client_secret")}
"""What requests of the cases have, and nothing reads there."""
OTHERS: Final = [call for call in CALLS.values() if call.name in CASES and call not in HELD]


@pytest.mark.parametrize("call", OTHERS, ids=lambda call: call.name)
def test_what_a_fault_can_match_is_in_a_request(call: Call) -> None:
    """The fields that a fault can match are those that requests have, by KuCoin's names, and no others."""
    assert {name.partition(".")[0] for name in call.fields} == {
        name.partition(".")[0] for name in matchable(call) if (call.name, name) not in UNREAD
    }


@pytest.mark.parametrize("call", CALLS.values(), ids=lambda call: call.name)
def test_what_a_fault_can_match_has_one_name(call: Call) -> None:
    """A field of an endpoint has KuCoin's spelling; a field of ours stands only in the forms of our pages."""
    if isinstance(call, Endpoint) and call.path.startswith("/api/"):
        assert [name for name in call.fields if "_" in name.partition(".")[0]] == []
        assert set(names_in_path(call.path)) <= set(call.fields)


@pytest.mark.parametrize("endpoint", HELD, ids=lambda endpoint: endpoint.name)
def test_what_a_fault_can_match_is_a_parameter(endpoint: Endpoint) -> None:
    """The fields that a fault can match are the parameters that are read, but for lists; a dot leads into one."""
    unmatched = {"validation"} if endpoint.name == "withdraw" else set()
    unmatched |= {parameter.name for parameter in endpoint.parameters if isinstance(parameter, Items)}
    assert {name.partition(".")[0] for name in endpoint.fields} == names_read(endpoint) - unmatched


def test_drifts_are_noticed() -> None:
    """What is planted in a declaration is noticed: a parameter too many or too few, a field of an answer too many."""
    transferable = next(endpoint for endpoint in ENDPOINTS if endpoint.name == "get_transferable")
    more = replace(transferable, parameters=(*transferable.parameters, Text("bogus")))
    less = replace(transferable, parameters=transferable.parameters[1:])
    for drifted in (more, less):
        assert names_read(drifted) != set(drifted.names)
    assert "bogus" in more.fields
    assert replace(transferable, fields=("bogus",)).fields == transferable.fields
    with pytest.raises(TypeError, match="Missing required argument 'bogus'"):
        defstruct("Drifted", [("bogus", str)], bases=(ServiceStatusData,), frozen=True)("open", "")


@pytest.mark.parametrize("endpoint", ENDPOINTS, ids=lambda endpoint: endpoint.name)
def test_every_answer_has_data(endpoint: Endpoint) -> None:
    """Each kind of reply of an endpoint spells its data itself, and says of which type it is."""
    _, replies = get_args(get_type_hints(endpoint.run)["return"])
    for reply in get_args(replies) or (replies,):
        assert "data" in vars(reply)
        assert "return" in get_type_hints(reply.data)


def declared() -> Iterator[Operation]:
    """Whatever any module of the core declares, in a tuple or alone."""
    for path in (PACKAGE / "core").rglob("*.py"):
        parts = path.relative_to(PACKAGE.parent).with_suffix("").parts
        for value in vars(importlib.import_module(".".join(parts))).values():
            yield from (
                each for each in (value if isinstance(value, tuple) else (value,)) if isinstance(each, Operation)
            )


def test_nothing_that_is_declared_is_left_out() -> None:
    """The screen that joins the wings has all that they declare, each with a name and a command of its own."""
    names = [operation.name for operation in OPERATIONS.values()]
    assert {operation.name for operation in declared()} == set(names)
    assert len(set(names)) == len(names)
    assert list(CALLS) == [operation.name for operation in OPERATIONS.values() if isinstance(operation, Call)]
    assert COMMANDS.keys() == set(names)


@pytest.mark.parametrize("name", CASES)
def test_a_call_takes_a_step_if_it_changes_something(name: str) -> None:
    """A good request makes the world one step older if it makes something new, and otherwise leaves it as it is."""
    desk, command = CASES[name].refused()
    before = desk.world
    assert desk.exchange.perform(command).word == "OK"
    changes = desk.world is not before
    assert changes is (name in CHANGING), f"{name} {'makes something' if changes else 'belongs to MAKES_NOTHING'}"
    assert desk.world.step - before.step == changes


@pytest.mark.parametrize("name", CASES)
def test_a_refused_call_takes_no_step(name: str) -> None:
    """A refusal leaves the very world that it found, but for what the attempt has used up."""
    for defect in CASES[name].defects:
        desk, command = CASES[name].refused(defect)
        before = desk.world
        assert desk.reason(command) is defect.reason
        assert desk.world is before or desk.world.step == before.step + (name in CHANGING)


def test_whom_a_signed_call_is_of() -> None:
    """The subject is the user and the client of the key, checked or not; nobody's without a key that is known."""
    desk = Desk()
    key = desk.key("alice")
    signed = key.sign(method="GET", path="/x")
    subject = OPERATIONS[GetApiKeyInfo].subject
    assert subject(desk.world, GetApiKeyInfo(signed)) == Subject("alice", "demo-broker")
    assert subject(desk.world, GetApiKeyInfo(replace(signed, sign="wrong"))) == Subject("alice", "demo-broker")
    for name in (None, "", "unknown"):
        assert subject(desk.world, GetApiKeyInfo(replace(signed, key=name))) == Subject("", "")


def test_where_a_call_is() -> None:
    """The method and the path are the two words of `call`; the host follows from the path, if no other one is said."""
    for call in CALLS.values():
        assert call.call == f"{call.method} {call.path}"
        assert call.path.startswith("/")
    hosts = {(endpoint.path.split("/")[1], endpoint.host) for endpoint in ENDPOINTS}
    assert hosts == {("api", API), ("api", FUTURES), ("_oauth", WWW)}
    assert [endpoint.path for endpoint in ENDPOINTS if endpoint.host == FUTURES and "contracts" in endpoint.path] == [
        "/api/v1/contracts/active"
    ]


def test_a_declaration_says_by_name_what_it_says() -> None:
    """Nothing that is declared of an endpoint is told by its place alone, but for what every operation has."""
    of_an_operation = (get_service_status, GetServiceStatus, "x", nobody, "", None, False, "")
    assert Endpoint(*of_an_operation, call="GET /x", example={"a": "b"}).example == {"a": "b"}
    with pytest.raises(TypeError):
        Endpoint(*of_an_operation, {"a": "b"}, call="GET /x")  # type: ignore[misc, arg-type]

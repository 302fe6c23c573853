"""Staged faults: the fields of a request that a fault can match, and the refusal that it causes.

A staged refusal is equal to a real one: the same reason, the same text, the same bytes.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from string import Formatter
from typing import TYPE_CHECKING, Any, Final

from msgspec.structs import replace

from simulator.core import spec
from simulator.core.control.world_event import WorldEvent
from simulator.core.endpoint import NO_PARAMETERS, Endpoint, Subject, camel
from simulator.core.fast_api.redirects import read_query
from simulator.core.gateway.requests import MAXIMUM_BODY
from simulator.core.index import OPERATIONS
from simulator.core.refusals import Reason, Refusal
from simulator.core.value import Command, Reply
from simulator.core.world import Now, World

if TYPE_CHECKING:
    from simulator.core.control.happenings import Happen  # a start needs no event, so it is imported with the first one


def request_fields(world: World, command: Command) -> dict[str, object]:
    """The request's fields by KuCoin's names: those of its query, its path, and its body, where nested ones have dots.

    The fields of a page's forms have the names that the command gives them.
    """
    fields: dict[str, object] = {}
    ours = not isinstance(OPERATIONS[type(command)], Endpoint)
    for name in command.__struct_fields__:
        value = getattr(command, name)
        if name == "query":
            query = read_query(world, value)
            fields.update(query.values, redirect_uri=query.redirect_uri)
        elif name == "body":
            fields.update(_flat(value.fields or {}))
        elif name == "parameters":
            fields.update(value)
        elif name not in NO_PARAMETERS:
            fields[name if ours else camel(name)] = getattr(value, "value", value)
    return fields


def _flat(values: Mapping[str, object]) -> dict[str, object]:
    """The fields of a body and of the objects in it. No documented request has more than these two levels."""
    flat: dict[str, object] = {}
    for name, value in values.items():
        flat[name] = value
        if isinstance(value, Mapping):
            flat.update((f"{name}.{inner}", field) for inner, field in value.items())
    return flat


def _ip(world: World, command: Command) -> str:
    caller = command.signed if hasattr(command, "signed") else command
    return world.observed_ip or str(caller.ip)


def _link(world: World, command: Command) -> str:
    from simulator.core.fast_api import security

    return security.link(world)


def _accepted(world: World, command: Command) -> str:
    refresh = OPERATIONS[type(command)].name == "refresh_tokens"
    return " or ".join(world.choices.refresh_grant_types) if refresh else spec.GRANT_TYPE


DERIVED: Final[dict[str, Callable[[World, Any], str]]] = {
    "ip": _ip,
    "link": _link,
    "encoding": lambda world, _: " or ".join(world.choices.refresh_encoding),
    "accepted": _accepted,
    "limit": lambda *_: str(MAXIMUM_BODY),
}
"""The `{names}` in a reason's text that follow from the world and the call."""


def names_in(reason: Reason) -> tuple[str, ...]:
    """The `{names}` in a reason's text."""
    return tuple(name for _, name, _, _ in Formatter().parse(reason.denial.text) if name)


def details_of(reason: Reason) -> tuple[str, ...]:
    """The `{names}` in a reason's text that a staged fault must give."""
    return tuple(name for name in names_in(reason) if name not in DERIVED)


def addressed(event: WorldEvent, subject: Subject) -> WorldEvent:
    """An event with the user and the client of the call that it stands at, where it names none itself."""
    client = event.client or (subject.client if event.user in ("", subject.user) else "")
    return replace(event, user=event.user or subject.user, client=client)


def shifts_time(event: WorldEvent) -> bool:
    """True if an event of a fault only lets time pass."""
    from simulator.core.control.happenings import KINDS

    return KINDS[event.event].shifts_time


def happening(world: World, event: WorldEvent, command: Command, subject: Subject) -> Happen:
    """The command that lets an event of a fault happen. It is about what the call names, as it is read in `world`."""
    from simulator.core.control.happenings import Happen

    fields = request_fields(world, command).values()
    return Happen(addressed(event, subject), tuple(value for value in fields if isinstance(value, str)))


def expiry(world: World, event: WorldEvent, subject: Subject, now: Now) -> tuple[int, tuple[str, ...]]:
    """How much business time an event of a fault lets pass, ms, and words about it."""
    from simulator.core.control.happenings import until_expiry

    event = addressed(event, subject)
    milliseconds = until_expiry(world, event, now)
    if not milliseconds:
        return 0, (NOTHING.format(event.event),)
    return milliseconds, (f"{event.event}: {event.what} of {event.user}, {milliseconds} ms later",)


def words(event: WorldEvent, result: Reply | Refusal) -> tuple[str, ...]:
    """What has happened, for the journal."""
    from simulator.core.control.happenings import Happened

    what = result.what if isinstance(result, Happened) else ""
    return (f"{event.event}: {what}" if what else NOTHING.format(event.event),)


NOTHING: Final = "{}: there was nothing that it could happen to"


def refusal(world: World, command: Command, reason: Reason, details: Mapping[str, str]) -> Refusal:
    """The staged refusal, which a client cannot tell from a real one."""
    derived = {name: DERIVED[name](world, command) for name in names_in(reason) if name in DERIVED}
    return Refusal(reason, keep=None, expected="", received="staged by the scenario", **{**derived, **details})

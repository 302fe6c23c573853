"""The execution of a command: the steps that all operations have in common."""

from __future__ import annotations

from typing import Any, Final

from msgspec.structs import replace
from rpds import List

from simulator.core import passing
from simulator.core.endpoint import Endpoint, Operation
from simulator.core.gateway.requests import FieldProblem, unread, unread_bytes
from simulator.core.gateway.signature import authenticate
from simulator.core.index import OPERATIONS
from simulator.core.refusals import Refusal
from simulator.core.value import Command, Reply
from simulator.core.world import Now, World

UNTOUCHED: Final[List[tuple[str, Any]]] = List()


def perform(world: World, command: Command, now: Now, *, within_call: bool = False) -> tuple[World, Reply]:
    """Execute a command: return the new world and the reply, or raise `Refusal`. What is due by `now` happens first.

    `touched` of the new world lists the changed rows, and with `within_call` also those that it listed before: a fault
    makes several commands of one call. If nothing changed, the world is the old one. An operation that changes
    something increases the step, from which its ids are derived; reading calls and the passing of time do not.
    """
    operation = OPERATIONS[type(command)]
    before, touched = world, (world.touched or UNTOUCHED) if within_call else UNTOUCHED
    is_passing = operation.run is passing.pass_time
    passed: World | None = None
    if passing.overtaken(world) and not is_passing:
        world, done = passing.pass_time(replace(world, touched=touched), passing.PassTime(), now)
        touched = world.touched or touched
        passed = world if done.settled or done.credited or done.happened else None
    if operation.reads and not touched and (reply := _read(operation, world, command, now)):
        return before, reply
    step = world.step if operation.reads or is_passing else world.step + 1
    given = replace(world, touched=touched, step=step)
    try:
        after, reply = _run(operation, given, command, now)
    except Refusal as refusal:
        if passed is not None and refusal.keep is None:
            raise refusal.keeping(passed) from None
        raise
    if after is given:
        after = world if touched else before
    return after, reply


def _read(operation: Operation, world: World, command: Command, now: Now) -> Reply | None:
    """The reply of a call that changes nothing, so that no world has to be made for it; None = it changes something."""
    try:
        after, reply = _run(operation, world, command, now)
    except Refusal as refusal:
        if refusal.keep is None:
            raise
        return None
    return reply if after is world else None


def attempt(world: World, command: Command, now: Now, *, within_call: bool = False) -> tuple[World, Reply | Refusal]:
    """Perform a command: the world after it, and its reply or its refusal."""
    try:
        return perform(world, command, now, within_call=within_call)
    except Refusal as refusal:
        return refusal.keep or world, refusal.detached()


def _run(operation: Operation, world: World, command: Command, now: Now) -> tuple[World, Reply]:
    """Run the operation. The caller is checked first, then the body or query, then its parameters; each adds its notes.

    The two calls for tokens name the caller only in their parameters, so they check everything themselves.
    """
    if not isinstance(operation, Endpoint):
        return operation.run(world, command, now)
    notes: tuple[str, ...] = ()
    try:
        if not (operation.permission or operation.bearer):
            return operation.run(world, command, now)
        if operation.permission:
            needs = operation.permits(world, command) if operation.permits else operation.permission
            key, notes = authenticate(world, command.signed, now, needs)
            caller = operation.caller(world, key, command.signed) if operation.caller else key
        else:
            from simulator.core.fast_api import tokens  # needed by few calls, so not by a start

            notes = unread_bytes(command.ignored) if operation.held_in == "ignored" else ()
            caller = tokens.bearer(world, command.authorization, command.ip, now)
        parameters = command
        if operation.held_in == "body":
            parameters = command.body.opened()
        elif operation.held_in == "parameters":
            parameters = command.parameters
        if operation.notes_unread:
            notes = (*notes, *unread(parameters, operation.names))
        world, reply = operation.run(world, caller, parameters, now)
    except FieldProblem as problem:
        raise problem.refusal(operation.malformed, in_query=operation.held_in != "body").noting(notes) from None
    except Refusal as refusal:
        raise refusal.noting(notes) from None
    return world, (replace(reply, notes=(*notes, *reply.notes)) if notes else reply)

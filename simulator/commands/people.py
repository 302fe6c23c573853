"""The commands that read what a user has in hand: `totp` and `messages`."""

from __future__ import annotations

from math import ceil
from typing import TYPE_CHECKING, Final

import click

from simulator.commands.connecting import RunningSimulator, UnfulfilledError, talking
from simulator.commands.parameters import duration

if TYPE_CHECKING:
    from simulator.testing import Client
    from simulator.testing.replies import Message

LONGEST_WAIT: Final = 60
"""Seconds of one wait at the control surface."""


@click.command()
@click.argument("user")
@talking
def totp(simulator: RunningSimulator, user: str) -> None:
    """Print the code that the authenticator of USER shows now."""
    reply = simulator.client.totp(user)
    simulator.show(reply, reply["code"])


@click.command()
@click.argument("user")
@click.option("--wait", type=duration, default="0s", metavar="DURATION", help="How long to wait for one, such as 10s.")
@click.option("--new", is_flag=True, help="Only messages that are sent from now on.")
@talking
def messages(simulator: RunningSimulator, user: str, *, wait: int, new: bool) -> None:
    """Print the one-time codes that USER was sent, the newest first; exit status 1 if there is none in time."""
    from simulator.launch.waiting import seconds_left

    left = seconds_left(wait / 1000)
    since = simulator.client.requests(limit=1)["next"]
    old = simulator.client.messages(user)["messages"] if new else []
    while not (messages_now := _since(simulator.client.messages(user)["messages"], old)) and left() > 0:
        since = _next_call(simulator.client, since, left())
    lines = [f"{message['code']} {message['factor']} {message['transaction_id']}" for message in messages_now]
    simulator.show({"messages": messages_now}, "\n".join(lines))
    if not messages_now:
        waited = f" within {wait / 1000:g} s" if wait else ""
        raise UnfulfilledError(f"no message came to {user}{waited}; a withdrawal that needs EMV or SMS sends one")


def _since(messages: list[Message], old: list[Message]) -> list[Message]:
    """The messages that are not among the old ones."""
    return [message for message in messages if message not in old]


def _next_call(client: Client, since: int, seconds: float) -> int:
    """Wait for the next call, or until the seconds are over. Returns the number of the newest call."""
    from simulator.testing import Problem

    try:
        return client.wait_for_requests(since=since, timeout=max(1, min(ceil(seconds), LONGEST_WAIT)))["next"]
    except Problem as problem:
        if problem.status != 408:
            raise
        return int(problem.body["next"])

"""What an attack is made of: bytes in pieces, at a pace, on one connection or on many, and what came of it."""

from __future__ import annotations

import asyncio
import re
import socket
import struct
import sys
from collections import Counter
from collections.abc import Awaitable, Callable, Iterable
from itertools import count
from pathlib import Path
from typing import Final, NamedTuple

sys.path[:0] = [str(Path(__file__).parent)]

from load import request  # noqa: E402 - the line above finds it

Got = Counter[str]
"""How often each status came; `closed` = the connection ended without one, `open` = nothing came in time."""
Act = Callable[[int], Awaitable[Got]]
"""One attack on a port."""

PATIENCE: Final = 12.0
"""Seconds for which a connection is held at most: longer than the server waits for a request."""
NOW: Final = struct.pack("ii", 1, 0)
"""SO_LINGER: closing resets."""
JSON: Final = {"content_type": "application/json"}
STATUS: Final = re.compile(rb"HTTP/1\.1 (\d{3}) ")
numbers = count()


class Attack(NamedTuple):
    """One kind of attack: its name, what it does, once in how many seconds, and how."""

    name: str
    what: str
    every: float
    act: Act


async def spoken(
    port: int, pieces: Iterable[bytes], *, gap: float = 0, wait: float = 1.0, reset: bool = False, deaf: bool = False
) -> Got:
    """Send pieces, one every `gap` s, then read for `wait` s. `reset`: leave without goodbye; `deaf`: read nothing."""
    got = b""
    kind = "open"
    reader, writer = await asyncio.open_connection("127.0.0.1", port, limit=4096)
    try:
        for piece in pieces:
            writer.write(piece)
            await asyncio.wait_for(writer.drain(), PATIENCE)
            await asyncio.sleep(gap)
        if deaf:
            writer.transport.pause_reading()  # type: ignore[attr-defined]  # a stream's transport reads too
            await asyncio.sleep(wait)
        async with asyncio.timeout(0 if deaf or reset else wait):
            while more := await reader.read(65_536):
                got += more[:4096] if len(got) < 65_536 else b""
        kind = "closed"
    except TimeoutError:
        pass
    except OSError:
        kind = "closed"
    finally:
        if reset:
            writer.get_extra_info("socket").setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, NOW)
        writer.transport.abort()
    return statuses(got) or Got([kind])


def statuses(got: bytes) -> Got:
    """The status of each answer."""
    return Got(status.decode() for status in STATUS.findall(got))


def says(*pieces: bytes, **how: float) -> Act:
    """An attack that always sends the same."""
    return lambda port: spoken(port, pieces, **how)  # type: ignore[arg-type]  # times and flags


def crowd(size: int, *pieces: bytes, wait: float) -> Act:
    """Many connections that send this, and are then silent."""

    async def act(port: int) -> Got:
        return sum(await asyncio.gather(*(spoken(port, pieces, wait=wait) for _ in range(size))), Got())

    return act


def posts(target: str, body: bytes, **headers: str) -> Act:
    """An attack by one body."""
    return says(request("POST", target, body, **{**JSON, **headers}))


def numbered(method: str, target: str, body: str = "", **headers: str) -> Act:
    """A request with `{}` in path or body replaced by a number that is new each time."""

    async def act(port: int) -> Got:
        number = str(next(numbers))
        sent = request(method, target.replace("{}", number), body.replace("{}", number).encode(), **headers)
        return await spoken(port, [sent], wait=0.3)

    return act


async def attack(port: int, seconds: float, attacks: Iterable[Attack]) -> dict[str, Got]:
    """Play all attacks at once for so long: what each got, with how often it was made as `made`."""
    results = {attack.name: Got() for attack in attacks}
    async with asyncio.timeout(seconds + PATIENCE), asyncio.TaskGroup() as group:
        for number, attack in enumerate(attacks):
            group.create_task(_repeat(attack, port, seconds, number, results[attack.name]))
    return results


async def _repeat(attack: Attack, port: int, seconds: float, number: int, got: Got) -> None:
    """One attack again and again, each begun when it is due and not before the last one has ended."""
    loop = asyncio.get_running_loop()
    end = loop.time() + seconds
    await asyncio.sleep(number % 10 / 10 * min(attack.every, 1))  # not all at one instant
    while loop.time() < end:
        due = loop.time() + attack.every
        got["made"] += 1
        try:
            async with asyncio.timeout(max(0.1, end - loop.time())):
                got += await attack.act(port)
        except TimeoutError:
            got["stopped"] += 1
        except OSError as error:
            got[type(error).__name__] += 1
        await asyncio.sleep(max(0, min(due, end) - loop.time()))

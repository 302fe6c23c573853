"""TLS between a connection that is slow and a client that is not: what waits between them is bounded."""

from __future__ import annotations

import asyncio
import ssl
from typing import Any

from simulator.web.wire.encryption import Encryption, automatic
from simulator.web.wire.handshakes import Handshakes
from simulator.web.wire.shield import PIECE, Shield

CHUNK = 262_144
"""Bytes that a transport hands over at once."""


class Below(asyncio.Transport):
    """A transport that says whether it reads."""

    def __init__(self) -> None:
        super().__init__()
        self.written = b""
        self.reading = True

    def write(self, data: Any) -> None:
        self.written += bytes(data)

    def set_protocol(self, protocol: Any) -> None:
        """Only the shield is ever called."""

    def pause_reading(self) -> None:
        self.reading = False

    def resume_reading(self) -> None:
        self.reading = True

    def is_closing(self) -> bool:
        return False


class Slow:
    """A connection that takes one piece in a turn of the loop."""

    unused = False
    client = None

    def __init__(self) -> None:
        self.loop = asyncio.get_running_loop()
        self.taken = 0
        self.shield: Shield

    def data_received(self, data: bytes) -> None:
        """Take a piece, and nothing more in this turn."""
        self.taken += len(data)
        self.shield.pause_reading()
        self.loop.call_soon(self.shield.resume_reading)

    def greeted(self) -> None:
        """The handshake has ended."""


async def most_waiting(data: bytes) -> tuple[int, int]:
    """How many bytes waited at the most, and how many were taken in the end."""
    encryption = Encryption(lambda: automatic(()), Handshakes(lambda: 0, lambda name: True))
    encryption.context = automatic(())
    below, above = Below(), Slow()
    above.shield = shield = Shield(below, above, encryption)  # type: ignore[arg-type]
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    incoming, outgoing = ssl.MemoryBIO(), ssl.MemoryBIO()
    client = context.wrap_bio(incoming, outgoing, server_hostname="localhost")
    receive = shield.begin
    while True:
        try:
            client.do_handshake()
            break
        except ssl.SSLWantReadError:
            receive(outgoing.read())
            receive = shield.data_received
            incoming.write(below.written)
            below.written = b""
    client.write(data)
    encrypted = outgoing.read()
    handed, most = 0, 0
    for _ in range(len(encrypted) // PIECE * 10):
        if below.reading and handed < len(encrypted):
            shield.data_received(encrypted[handed : handed + CHUNK])
            handed += CHUNK
        most = max(most, handed - above.taken)
        await asyncio.sleep(0)
    return most, above.taken


def test_a_transport_reads_on_when_all_is_taken(runner: asyncio.Runner) -> None:
    """A connection that pauses after each piece gets everything, and never more than one chunk waits for it."""
    most, taken = runner.run(most_waiting(bytes(8 * CHUNK)))
    assert taken == 8 * CHUNK
    assert most <= 2 * CHUNK

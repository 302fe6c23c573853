"""Messages between the two sides of a namespace: JSON, together with open files."""

from __future__ import annotations

import array
import json
import os
import socket
import struct
from collections.abc import Sequence
from typing import Any, Final

_MOST_FILES: Final = 250
"""Open files in one message; the kernel takes 253."""


class Channel:
    """One end of a pair of connected unix sockets."""

    def __init__(self, end: socket.socket) -> None:
        self.socket = end

    def send(self, message: dict[str, Any], files: Sequence[int] = ()) -> None:
        """Send a message, and these file descriptors with it. Raises `OSError`."""
        body = json.dumps(message).encode("utf-8", "surrogateescape")
        rights = [(socket.SOL_SOCKET, socket.SCM_RIGHTS, array.array("i", files))] if files else []
        self.socket.sendmsg([struct.pack("I", len(body))], rights)
        self.socket.sendall(body)

    def receive(self) -> tuple[dict[str, Any], list[int]]:
        """The next message and its file descriptors, which no child inherits. Raises `EOFError` at the end."""
        try:
            head, ancillary, *_ = self.socket.recvmsg(4, socket.CMSG_SPACE(_MOST_FILES * 4), socket.MSG_WAITALL)
        except ConnectionResetError:
            head, ancillary = b"", []
        files = array.array("i")
        for level, kind, data in ancillary:
            if (level, kind) == (socket.SOL_SOCKET, socket.SCM_RIGHTS):
                files.frombytes(data[: len(data) - len(data) % files.itemsize])
        for file in files:
            os.set_inheritable(file, False)
        if len(head) < 4:
            raise EOFError
        (rest,) = struct.unpack("I", head)
        body = bytearray()
        while rest > len(body):
            piece = self.socket.recv(min(rest - len(body), 1 << 20))
            if not piece:
                raise EOFError
            body += piece
        return json.loads(body.decode("utf-8", "surrogateescape")), list(files)

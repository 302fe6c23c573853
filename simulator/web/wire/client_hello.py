"""What a TLS client says first: the name that it asks for, and the newest version that it speaks (RFC 8446 s4.1.2)."""

from __future__ import annotations

from typing import Final, NamedTuple

LARGEST: Final = 16_384
"""Bytes of a client's first message that are kept, to explain a handshake that fails."""
RECORD_HEAD: Final = 5
RANDOM: Final = 32
SERVER_NAME, SUPPORTED_VERSIONS = 0, 43
"""The numbers of two extensions (RFC 6066 s3, RFC 8446 s4.2.1)."""
VERSIONS: Final = {0x0300: "SSL 3", 0x0301: "TLS 1.0", 0x0302: "TLS 1.1", 0x0303: "TLS 1.2", 0x0304: "TLS 1.3"}


class ClientHello(NamedTuple):
    """The server name that a client asks for (SNI), "" = none; and its newest version of TLS, "" = unknown."""

    server_name: str = ""
    version: str = ""


class _Bytes:
    """Bytes that are read from their beginning. Raises `IndexError` if there are too few."""

    def __init__(self, data: bytes) -> None:
        self._data, self._place = data, 0

    def take(self, size: int) -> bytes:
        """The next bytes."""
        end = self._place + size
        if end > len(self._data):
            raise IndexError
        taken, self._place = self._data[self._place : end], end
        return taken

    def number(self, size: int) -> int:
        """The next number of so many bytes."""
        return int.from_bytes(self.take(size), "big")

    def vector(self, size: int) -> bytes:
        """The next bytes, which a number of `size` bytes announces."""
        return self.take(self.number(size))

    def __bool__(self) -> bool:
        return self._place < len(self._data)


def read(records: bytes) -> ClientHello:
    """The hello in the first records of a connection; what is missing or cannot be read is ""."""
    try:
        message = _Bytes(_message(records))
        message.take(1)  # its kind
        return _read(_Bytes(message.vector(3)))
    except IndexError:
        return ClientHello()


def _message(records: bytes) -> bytes:
    """The handshake message in the records, which may be cut anywhere."""
    message, place = b"", 0
    while place + RECORD_HEAD <= len(records):
        size = int.from_bytes(records[place + 3 : place + RECORD_HEAD], "big")
        message += records[place + RECORD_HEAD : place + RECORD_HEAD + size]
        place += RECORD_HEAD + size
    return message


def _read(message: _Bytes) -> ClientHello:
    version, name = message.number(2), ""
    message.take(RANDOM)
    message.vector(1)  # the session
    message.vector(2)  # the ciphers
    message.vector(1)  # the compression methods
    extensions = _Bytes(message.vector(2)) if message else _Bytes(b"")
    while extensions:
        kind, content = extensions.number(2), _Bytes(extensions.vector(2))
        if kind == SERVER_NAME:
            names = _Bytes(content.vector(2))
            names.take(1)  # the only kind of name that there is
            name = "".join(chr(byte) if 0x21 <= byte <= 0x7E else "?" for byte in names.vector(2))
        elif kind == SUPPORTED_VERSIONS:
            offers = content.vector(1)
            known = [int.from_bytes(offers[place : place + 2], "big") for place in range(0, len(offers), 2)]
            version = max((number for number in known if number in VERSIONS), default=version)
    return ClientHello(name, VERSIONS.get(version, f"version {version:#06x}"))

"""The calls of Linux that Python 3.11 does not offer: namespaces, mounts, death with the parent, routes of loopback."""

from __future__ import annotations

import ctypes
import fcntl
import os
import socket
import struct
from pathlib import Path
from typing import Final

NEW_MOUNTS: Final = 0x00020000
NEW_USERS: Final = 0x10000000
NEW_PROCESSES: Final = 0x20000000
NEW_NETWORK: Final = 0x40000000
"""Flags of unshare(2)."""
NO_SET_UID: Final = 0x2
NO_DEVICES: Final = 0x4
NO_PROGRAMS: Final = 0x8
BIND: Final = 0x1000
RECURSIVE: Final = 0x4000
PRIVATE: Final = 0x40000
"""Flags of mount(2)."""
_DETACH: Final = 2
"""A flag of umount2(2)."""
SYS_ADMIN: Final = 21
"""The number of the capability that may make namespaces without a user namespace."""

_PARENT_DEATH: Final = 1
_SUBREAPER: Final = 36
"""Options of prctl(2)."""
_GET_FLAGS: Final = 0x8913
_SET_FLAGS: Final = 0x8914
_SET_ADDRESS: Final = 0x8916
_UP: Final = 0x1
"""Requests of ioctl(2) for a network device, and the flag that it is up."""
_NEW_ROUTE: Final = 24
_REQUEST_CREATE_ACK: Final = 0x1 | 0x400 | 0x4
_TABLE_LOCAL: Final = 255
_PROTOCOL_BOOT: Final = 3
_SCOPE_HOST: Final = 254
_TYPE_LOCAL: Final = 2
_OUT_DEVICE: Final = 4
_PREFERRED_SOURCE: Final = 7
"""Constants of rtnetlink(7)."""


class FurnishingError(Exception):
    """A step could not be done. The kernel's error is its cause."""

    def __init__(self, step: str, cause: OSError) -> None:
        super().__init__(step)
        self.step, self.cause = step, cause


def _libc() -> ctypes.CDLL:
    """The C library of this process."""
    return ctypes.CDLL(None, use_errno=True)


def _checked(result: int, subject: str) -> None:
    """Raise `OSError` if a call of C failed."""
    if result < 0:
        number = ctypes.get_errno()
        raise OSError(number, os.strerror(number), subject)


def unshare(flags: int) -> None:
    """Leave the namespaces that the flags name for new ones. Raises `OSError`."""
    _checked(_libc().unshare(ctypes.c_int(flags)), "unshare")


def mount(source: str, target: str, kind: str = "", flags: int = 0) -> None:
    """Mount a file system, or bind a file or folder over another one. Raises `OSError`."""
    arguments = (source.encode(), os.fsencode(target), kind.encode() or None, ctypes.c_ulong(flags), None)
    _checked(_libc().mount(*arguments), target)


def unmount(target: str) -> None:
    """Take a mount and all below it off this path at once. Raises `OSError`."""
    _checked(_libc().umount2(os.fsencode(target), ctypes.c_int(_DETACH)), target)


def die_with_parent(signal_number: int) -> None:
    """Get this signal when the parent ends. A change of credentials forgets it, so it is asked for after that."""
    _checked(_libc().prctl(_PARENT_DEATH, ctypes.c_ulong(signal_number), 0, 0, 0), "prctl")


def adopt_orphans() -> None:
    """Become the parent of every descendant whose own parent ends."""
    _checked(_libc().prctl(_SUBREAPER, ctypes.c_ulong(1), 0, 0, 0), "prctl")


def capable(capability: int) -> bool:
    """True if this process has a capability in effect."""
    lines = Path("/proc/self/status").read_text(encoding="ascii", errors="replace").splitlines()
    sets = [line.split()[1] for line in lines if line.startswith("CapEff:")]
    return bool(int(sets[0], 16) >> capability & 1) if sets else False


def loopback_up() -> None:
    """Bring the loopback device up. Raises `OSError`.

    It gets 127.0.0.2 too, because glibc finds no IPv4 address for a caller that asks for IPv4 with AI_ADDRCONFIG if
    the machine has no address but 127.0.0.1.
    """
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as control:
        request = bytearray(struct.pack("16sH22x", b"lo", 0))
        fcntl.ioctl(control, _GET_FLAGS, request)
        (flags,) = struct.unpack_from("H", request, 16)
        struct.pack_into("H", request, 16, flags | _UP)
        fcntl.ioctl(control, _SET_FLAGS, request)
        fcntl.ioctl(control, _SET_ADDRESS, struct.pack("16sHH4s8x", b"lo:1", socket.AF_INET, 0, bytes([127, 0, 0, 2])))


def every_address_is_local(family: socket.AddressFamily) -> None:
    """Let packets to any address end at loopback: refused at once if nobody listens there. Raises `OSError`."""
    source = socket.inet_pton(family, "127.0.0.1" if family == socket.AF_INET else "::1")
    route = struct.pack("8BI", family, 0, 0, 0, _TABLE_LOCAL, _PROTOCOL_BOOT, _SCOPE_HOST, _TYPE_LOCAL, 0)
    device = struct.pack("HHI", 8, _OUT_DEVICE, socket.if_nametoindex("lo"))
    body = route + device + struct.pack("HH", 4 + len(source), _PREFERRED_SOURCE) + source
    message = struct.pack("IHHII", 16 + len(body), _NEW_ROUTE, _REQUEST_CREATE_ACK, 1, 0) + body
    with socket.socket(socket.AF_NETLINK, socket.SOCK_RAW, 0) as control:  # NETLINK_ROUTE
        control.send(message)
        (number,) = struct.unpack_from("i", control.recv(4096), 16)
    if number:
        raise OSError(-number, os.strerror(-number), "route")

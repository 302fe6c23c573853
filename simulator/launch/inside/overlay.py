"""Files of the machine as the command sees them: hosts, name service, and trust with our CA added."""

from __future__ import annotations

import base64
import hashlib
import os
import re
import shutil
from collections.abc import Callable, Iterable, Iterator, Mapping
from pathlib import Path
from typing import Final

from simulator.launch.inside import kernel

HOSTS: Final = "/etc/hosts"
FIXED: Final = {
    "/etc/resolv.conf": "nameserver 127.0.0.1\noptions timeout:1 attempts:1\n",
    "/etc/nsswitch.conf": "passwd: files\ngroup: files\nshadow: files\nhosts: files dns\nnetworks: files\n"
    "protocols: files\nservices: files\nethers: files\nrpc: files\n",
}
"""File -> its text inside. Without mDNS and systemd-resolved in nsswitch.conf, which would ask a daemon outside."""
RESOLVER_SOCKETS: Final = (
    "/run/nscd/socket",
    "/var/run/nscd/socket",
    "/run/systemd/resolve/io.systemd.Resolve",
    "/run/avahi-daemon/socket",
)
"""Sockets of daemons outside that resolve names for any process. Nobody answers there inside."""
_WORKSHOP: Final = "/sys"
"""A folder that every Linux has and where nobody keeps files of trust. It is covered for a moment, and only inside."""
_HASHED: Final = re.compile(r"[0-9a-f]{8}\.\d+")
"""The name of a certificate in a folder of OpenSSL's."""
_VERSION: Final = 0xA0
"""The tag of the first part of a certificate, which may be left out."""
_SUBJECT: Final = 4
"""The place of the subject in a certificate without its version."""
_TEXTS: Final = (0x0C, 0x13, 0x16)
"""Tags of text: UTF8String, PrintableString, IA5String."""


def hosts_text(text: str, addresses: Mapping[str, str], own_name: str) -> str:
    """The text of /etc/hosts with these names at their addresses. Other lines for these names are dropped.

    The machine's own name gets 127.0.0.1 if the file does not have it.
    """
    kept, names = [], set()
    for line in text.splitlines():
        address, *aliases = line.partition("#")[0].split() or [""]
        others = [alias for alias in aliases if alias.lower() not in addresses]
        names.update(others)
        if others or not aliases:
            kept.append(line if others == aliases else f"{address} {' '.join(others)}")
    if own_name and own_name not in names:
        kept.append(f"127.0.0.1 {own_name}")
    return "\n".join([*kept, *(f"{address} {name}" for name, address in addresses.items())]) + "\n"


def _element(tag: int, content: bytes) -> bytes:
    """An element of DER."""
    size = len(content)
    if size < 0x80:
        return bytes([tag, size]) + content
    digits = size.to_bytes((size.bit_length() + 7) // 8, "big")
    return bytes([tag, 0x80 | len(digits)]) + digits + content


def _elements(content: bytes) -> Iterator[tuple[int, bytes]]:
    """The tag and content of each element of DER, one after the other."""
    place = 0
    while place < len(content):
        tag, size = content[place], content[place + 1]
        place += 2
        if size & 0x80:
            digits = size & 0x7F
            size = int.from_bytes(content[place : place + digits], "big")
            place += digits
        yield tag, content[place : place + size]
        place += size


def subject_hash(pem: str) -> str:
    """The name of a certificate's file in a folder of OpenSSL's: a hash of the subject in canonical form."""
    der = base64.b64decode("".join(pem.partition("-----BEGIN CERTIFICATE-----")[2].partition("-----END")[0].split()))
    _, certificate = next(_elements(der))
    _, signed = next(_elements(certificate))
    parts = [content for tag, content in _elements(signed) if tag != _VERSION]
    canonical = b""
    for _, attributes in _elements(parts[_SUBJECT]):
        pairs = b""
        for _, attribute in _elements(attributes):
            (_, name), (tag, value) = _elements(attribute)
            if tag in _TEXTS:
                tag, value = _TEXTS[0], b" ".join(value.split()).lower()
            pairs += _element(0x30, _element(0x06, name) + _element(tag, value))
        canonical += _element(0x31, pairs)
    return f"{int.from_bytes(hashlib.sha1(canonical, usedforsecurity=False).digest()[:4], 'little'):08x}"


class Overlay:
    """Binds files over others. What it binds is in memory, in a file system that has no path at the end."""

    def __init__(self) -> None:
        """Raises `OSError`."""
        kernel.mount("tmpfs", _WORKSHOP, "tmpfs", kernel.NO_SET_UID | kernel.NO_DEVICES)
        self._folder = Path(_WORKSHOP)
        self._folder.chmod(0o755)
        self._count = 0

    def _path(self) -> Path:
        self._count += 1
        return self._folder / str(self._count)

    def replace(self, target: str, content: bytes) -> None:
        """Let a file have this content inside. A file that is not there is left out."""
        if Path(target).is_file():
            source = self._path()
            source.write_bytes(content)
            source.chmod(0o644)
            kernel.mount(str(source), target, flags=kernel.BIND)

    def change(self, target: str, change: Callable[[bytes], bytes]) -> None:
        """Let a file have a changed content inside. A file that is not there or cannot be read is left out."""
        try:
            content = Path(target).read_bytes()
        except OSError:
            return
        self.replace(target, change(content))

    def trust(self, files: Iterable[str], folders: Iterable[str], pem: str) -> None:
        """Add a CA to bundles of certificates, and to folders that OpenSSL looks up by hash."""
        addition = f"\n# KuCoin Fast API simulator\n{pem.strip()}\n".encode()
        for file in dict.fromkeys(os.path.realpath(file) for file in files):
            self.change(file, lambda content: content.rstrip(b"\n") + b"\n" + addition)
        for folder in dict.fromkeys(Path(folder).resolve() for folder in folders):
            if folder.is_dir() and any(_HASHED.fullmatch(path.name) for path in folder.iterdir()):
                self._trust_folder(folder, pem)

    def _trust_folder(self, folder: Path, pem: str) -> None:
        """Bind a copy of a folder of OpenSSL's over it that has one certificate more."""
        copy = self._path()
        copy.mkdir(mode=0o755)
        for entry in folder.iterdir():
            if entry.is_symlink():
                (copy / entry.name).symlink_to(entry.readlink())
            elif entry.is_dir():
                (copy / entry.name).mkdir()
                kernel.mount(str(entry), str(copy / entry.name), flags=kernel.BIND | kernel.RECURSIVE)
            elif entry.is_file():
                shutil.copy(entry, copy / entry.name)
        name = subject_hash(pem)
        number = next(number for number in range(1000) if not os.path.lexists(copy / f"{name}.{number}"))
        (copy / f"{name}.{number}").write_text(pem, encoding="ascii")
        kernel.mount(str(copy), str(folder), flags=kernel.BIND | kernel.RECURSIVE)

    def silence(self, sockets: Iterable[str] = RESOLVER_SOCKETS) -> None:
        """Let nobody answer at these sockets inside."""
        for path in dict.fromkeys(os.path.realpath(path) for path in sockets):
            if Path(path).exists():
                source = self._path()
                source.touch()
                kernel.mount(str(source), path, flags=kernel.BIND)

    def close(self) -> None:
        """Uncover the folder. What is bound stays, because the kernel keeps it."""
        kernel.unmount(_WORKSHOP)

"""Services outside that a command in a namespace may reach: what `--allow HOST:PORT` names, and where it is inside."""

from __future__ import annotations

import ipaddress
from collections.abc import Collection, Iterable
from contextlib import suppress
from typing import Final, NamedTuple

from simulator.hosts import is_kucoin

_LAST_NAME: Final = 250


class Address(NamedTuple):
    """A host, a name or an IP address, with a port."""

    host: str
    port: int

    def __str__(self) -> str:
        return f"[{self.host}]:{self.port}" if ":" in self.host else f"{self.host}:{self.port}"


def parse(text: str, hosts: Collection[str] = ()) -> Address:
    """The address that `HOST:PORT` or `[IPV6]:PORT` means. Raises `ValueError`; KuCoin's own hosts are errors too."""
    host, colon, port = text.strip().rpartition(":")
    bracketed = host.startswith("[") and host.endswith("]")
    host = host.removeprefix("[").removesuffix("]").lower().removesuffix(".")
    if not (colon and host and port.isascii() and port.isdigit() and 0 < int(port) < 65536):
        raise ValueError(f"{text!r} is no HOST:PORT, such as localhost:5432 or [fd00::5]:6379")
    if ":" in host and not bracketed:
        raise ValueError(f"{text!r}: write an IPv6 address in brackets, such as [{host}]:{port}")
    if is_kucoin(host, hosts):
        raise ValueError(f"{text!r} is a host of KuCoin's: it always leads to the simulator")
    if bracketed:
        try:
            host = ipaddress.IPv6Address(host).compressed
        except ValueError:
            raise ValueError(f"{text!r}: {host} is no IPv6 address") from None
    elif not all(label and label.replace("-", "").replace("_", "").isalnum() for label in host.split(".")):
        raise ValueError(f"{text!r}: {host} is no name of a host")
    return Address(host, int(port))


def _is_address(host: str) -> bool:
    """True for an IP address."""
    with suppress(ValueError):
        ipaddress.ip_address(host)
        return True
    return False


class Places:
    """Where each allowed service is reached inside: an IP address at itself, a name at an address of loopback."""

    def __init__(self, allowed: Iterable[Address]) -> None:
        """Raises `ValueError` if there are too many names."""
        self.names: dict[str, str] = {}
        self.listening: list[tuple[str, int, Address]] = []
        """Host and port inside, and the address outside."""
        for address in dict.fromkeys(allowed):
            hosts = [address.host]
            if address.host == "localhost":
                hosts = ["127.0.0.1", "::1"]
            elif not _is_address(address.host):
                number = len(self.names) + 1
                if number > _LAST_NAME:
                    raise ValueError(f"more than {_LAST_NAME} names are allowed")
                hosts = [self.names.setdefault(address.host, f"127.84.0.{number}")]
            self.listening += [(host, address.port, address) for host in hosts]

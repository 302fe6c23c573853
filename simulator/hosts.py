"""Whose a host is: KuCoin's, so that a request for it is led here as for no other name, or this machine's."""

from __future__ import annotations

from collections.abc import Collection
from ipaddress import IPv6Address, ip_address
from typing import Final

DOMAIN: Final = "kucoin.com"
"""KuCoin's domain. Each name below it is KuCoin's: www, api, api-futures, ws-api-spot and so on."""


def is_kucoin(host: str, more: Collection[str] = ()) -> bool:
    """True if a host name, without a port, is KuCoin's or one of `more`, in any case of letters."""
    name = host.lower().removesuffix(".")
    return name == DOMAIN or name.endswith(f".{DOMAIN}") or name in more


def is_loopback(host: str) -> bool:
    """True if a host is this machine, and no other machine can reach it: `localhost`, or an address of loopback.

    An IPv6 address is written without brackets, perhaps with its zone.
    """
    try:
        address = ip_address(host.partition("%")[0])
    except ValueError:
        return host.lower() == "localhost"
    mapped = address.ipv4_mapped if isinstance(address, IPv6Address) else None
    return (mapped or address).is_loopback

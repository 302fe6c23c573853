"""The host names of KuCoin. A request for one of them is led here; no other name ever is."""

from __future__ import annotations

from collections.abc import Collection
from typing import Final

DOMAIN: Final = "kucoin.com"
"""KuCoin's domain. Each name below it is KuCoin's: www, api, api-futures, ws-api-spot and so on."""


def is_kucoin(host: str, more: Collection[str] = ()) -> bool:
    """True if a host name, without a port, is KuCoin's or one of `more`, in any case of letters."""
    name = host.lower().removesuffix(".")
    return name == DOMAIN or name.endswith(f".{DOMAIN}") or name in more

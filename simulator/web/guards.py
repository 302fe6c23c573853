"""Who may use the pages and drive the control surface: no web page of somebody else's, and no stranger.

A browser that was lured to another site can post a form or send a request to loopback. Browsers say where a request
comes from, in `Origin` and `Sec-Fetch-Site`; a client that is no browser says nothing and passes. A name that
somebody else made point to loopback (DNS rebinding) shows in `Host`. The exchange's own paths are not guarded: there
any name is right, for clients may believe that they talk to KuCoin.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from hmac import compare_digest
from ipaddress import ip_address
from typing import Final

from simulator.core.value import Value

LOOPBACK_NAMES: Final = ("127.0.0.1", "localhost", "[::1]")
NAME: Final = re.compile(r"(?!-)[a-z0-9_-]{1,63}(\.(?!-)[a-z0-9_-]{1,63})*", re.ASCII)
"""A host name as it stands in `Host`, lower case. Underscores are no DNS, but container names have them."""
VISIBLE: Final = re.compile(r"[!-~]+")
"""What a token may be made of: it has to fit into a header."""
ORIGIN: Final = re.compile(r"(?P<scheme>https?)://(?P<host>\[[^\[\]/]*\]|[^\[\]/:]+)(:(?P<port>\d{1,5}))?/?", re.ASCII)
PORTS: Final = {"http": 80, "https": 443}
"""The ports that browsers leave out of `Host` and `Origin`."""


class Policy(Value, frozen=True):
    """What the start decided: names beside our own origins' that a `Host` may have, and the control surface's token.

    No token = whoever reaches the port may drive the simulator.
    """

    names: tuple[str, ...] = ()
    token: str | None = None

    def admits(self, headers: Mapping[str, str]) -> bool:
        """Whether a call of the control surface brings the token, as `Authorization: Bearer` or as `X-Sim-Token`."""
        if self.token is None:
            return True
        scheme, _, bearer = headers.get("authorization", "").partition(" ")
        by_bearer = self._is(bearer.strip() if scheme.lower() == "bearer" else "")
        by_name = self._is(headers.get("x-sim-token", ""))
        return by_bearer or by_name

    def _is(self, brought: str) -> bool:
        """Compared in constant time: how long it takes tells nothing of where they differ."""
        return compare_digest(brought.encode(), (self.token or "").encode())


def loopback(host: str) -> bool:
    """Whether only this machine reaches a server that listens there."""
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host.lower() == "localhost"


def host_name(text: str) -> str:
    """A name or an address as `Host` has it: lower case, IPv6 in brackets. Raises `ValueError`."""
    try:
        address = ip_address(text[1:-1] if text.startswith("[") and text.endswith("]") else text)
    except ValueError:
        name = text.lower()
        if not NAME.fullmatch(name):
            raise ValueError(f"{text!r} is not a name like simulator or sim.example, without scheme and port") from None
        return name
    return f"[{address}]" if address.version == 6 else str(address)


def origin_of(text: str) -> str:
    """Scheme, host and perhaps a port, nothing behind them, spelled as browsers spell it. Raises `ValueError`."""
    found = ORIGIN.fullmatch(text)
    if found is None or not 0 < int(found["port"] or 1) <= 65_535:
        raise ValueError(f"{text!r} is not like https://simulator.example:8443")
    scheme, name, port = found["scheme"], host_name(found["host"]), found["port"]
    return f"{scheme}://{name}" if port is None or int(port) == PORTS[scheme] else f"{scheme}://{name}:{int(port)}"


def hostname(host: str) -> str:
    """The name in a Host header, without its port: a published port may be another than ours."""
    return host.rpartition(":")[0].lower() if host.rpartition(":")[2].isdigit() else host.lower()


def named(host: str, own_origins: tuple[str, ...], policy: Policy) -> bool:
    """Whether a Host header names us. No DNS makes a name below `localhost` point elsewhere (RFC 6761 s6.3)."""
    name = hostname(host)
    ours = {*LOOPBACK_NAMES, *policy.names, *(hostname(own.partition("://")[2]) for own in own_origins)}
    return name in ours or name.endswith(".localhost")


def foreign(
    headers: Mapping[str, str], own_origins: tuple[str, ...], policy: Policy, *, navigable: bool = False
) -> str:
    """Why a request must be refused as another site's, or "". `headers` are looked up in lower case.

    `navigable`: another site may lead a browser there, as a broker leads to the login page; it may not read it.
    """
    host = headers.get("host")
    if host is not None and not named(host, own_origins, policy):
        return f"the request names another host, {host}"
    if navigable and headers.get("sec-fetch-mode") == "navigate":
        return ""
    origin = headers.get("origin")
    if origin is not None and origin not in own_origins and (host is None or origin != f"http://{host}"):
        return f"the request comes from another origin, {origin}"
    site = headers.get("sec-fetch-site")
    if site not in (None, "same-origin", "none"):
        return f"the browser calls the request {site}"
    return ""

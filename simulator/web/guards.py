"""Who may use the pages and drive the control surface: no web page of somebody else's, and no stranger.

A browser that was lured to another site can post a form or send a request to loopback. Browsers say where a request
comes from, in `Origin` and `Sec-Fetch-Site`; a client that is no browser says nothing and passes. A name that
somebody else made point to loopback (DNS rebinding) shows in `Host`. The exchange's own paths are not guarded: there
any name is right, for clients may believe that they talk to KuCoin. At the pages KuCoin's own names are right, too: a
browser can be led to us under them (by a hosts file or a proxy), but nobody except KuCoin has web pages there.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from hmac import compare_digest
from ipaddress import IPv4Address, IPv6Address, ip_address
from socket import inet_aton
from typing import Final

from simulator.core.value import Value

LOOPBACK_NAMES: Final = ("127.0.0.1", "localhost", "[::1]")
NAME: Final = re.compile(r"(?!-)[a-z0-9_-]{1,63}(\.(?!-)[a-z0-9_-]{1,63})*", re.ASCII)
"""A host name as it stands in `Host`, lower case. Underscores are no DNS, but container names have them."""
LONGEST_NAME: Final = 253
"""Characters of a host name (RFC 1035 s2.3.4)."""
HOST: Final = re.compile(r"(?P<name>\[[0-9a-f:.]*\]|[^\[\]:]*)(:(?P<port>[0-9]{1,5}))?", re.ASCII)
"""`Host` in lower case: a name or an address, and perhaps a port."""
NUMBERS: Final = re.compile(r"[0-9a-fx]+(\.[0-9a-fx]+){0,3}", re.ASCII)
"""What may be an IPv4 address in one of the spellings that resolvers know, such as `0x7f.1`."""
VISIBLE: Final = re.compile(r"[!-~]+")
"""What a token may be made of: it has to fit into a header."""
ORIGIN: Final = re.compile(r"(?P<scheme>https?)://(?P<host>\[[^\[\]/]*\]|[^\[\]/:]+)(:(?P<port>[0-9]{1,5}))?/?")
PORTS: Final = {"http": 80, "https": 443}
"""The ports that browsers leave out of `Host` and `Origin`."""
LARGEST_PORT: Final = 65_535
FRAMES: Final = frozenset(("iframe", "frame", "embed", "object", "fencedframe"))
"""Values of `Sec-Fetch-Dest` of a document that is shown inside another one."""
PURPOSES: Final = ("sec-purpose", "purpose", "x-purpose", "x-moz")
"""Headers in which browsers say that they load a page before anybody wants to see it, the standard one first."""
EARLY: Final = ("prefetch", "prerender", "preview")


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


def _address(host: str) -> IPv4Address | IPv6Address | None:
    """The address that a host is, in any spelling that a resolver takes; None = it is a name."""
    text = host[1:-1] if host.startswith("[") and host.endswith("]") else host
    try:
        address = ip_address(text)
    except ValueError:
        try:
            return IPv4Address(inet_aton(text)) if NUMBERS.fullmatch(text.lower()) else None
        except (OSError, ValueError):
            return None
    mapped = address.ipv4_mapped if isinstance(address, IPv6Address) else None
    return mapped or address


def unspecified(host: str) -> bool:
    """Whether a host is "every address": a server can listen there, but nobody is called so.

    A client that calls it reaches its own machine. Web pages could do that too, past what keeps them from loopback.
    """
    address = _address(host)
    return address is not None and address.is_unspecified


def host_name(text: str) -> str:
    """A name or an address as `Host` has it: lower case, IPv6 in brackets. Raises `ValueError`."""
    if unspecified(text):
        raise ValueError(f"{text!r} is an address to listen on; the name that clients call is wanted")
    try:
        address = ip_address(text[1:-1] if text.startswith("[") and text.endswith("]") else text)
    except ValueError:
        name = text.lower()
        if not NAME.fullmatch(name) or len(name) > LONGEST_NAME:
            raise ValueError(f"{text!r} is not a name like simulator or sim.example, without scheme and port") from None
        return name
    return f"[{address}]" if address.version == 6 else str(address)


def origin_of(text: str) -> str:
    """Scheme, host and perhaps a port, nothing behind them, spelled as browsers spell it. Raises `ValueError`."""
    found = ORIGIN.fullmatch(text)
    if found is None or not 0 < int(found["port"] or 1) <= LARGEST_PORT:
        raise ValueError(f"{text!r} is not like https://simulator.example:8443")
    scheme, name, port = found["scheme"], host_name(found["host"]), found["port"]
    return f"{scheme}://{name}" if port is None or int(port) == PORTS[scheme] else f"{scheme}://{name}:{int(port)}"


def hostname(host: str) -> str:
    """The name in a Host header, without its port: a published port may be another than ours.

    Raises `ValueError` for what is no host: userinfo, spaces, empty or overlong labels, a port that is none.
    """
    found = HOST.fullmatch(host.lower())
    if found is None or not 0 < int(found["port"] or 1) <= LARGEST_PORT:
        raise ValueError(host)
    name: str = found["name"]
    if name.startswith("["):
        return f"[{IPv6Address(name[1:-1])}]"
    if not NAME.fullmatch(name.removesuffix(".")) or len(name) > LONGEST_NAME:
        raise ValueError(host)
    return name


def unreadable(headers: Mapping[str, str]) -> str:
    """Why a request must be refused as malformed for its `Host`, or "". Absent is fine: HTTP/1.0 knows none."""
    host = headers.get("host")
    if host is None:
        return ""
    try:
        hostname(host)
    except ValueError:
        return "the Host header is neither a name nor an address, with or without a port from 1 to 65535"
    return ""


def named(host: str, own_origins: tuple[str, ...], policy: Policy) -> bool:
    """Whether a readable Host header names us.

    No DNS makes a name below `localhost` point elsewhere (RFC 6761 s6.3). What stands for every address is never ours.
    """
    name = hostname(host)
    ours = {*LOOPBACK_NAMES, *policy.names, *map(_host_of, own_origins)}
    return (name in ours or name.endswith(".localhost")) and not unspecified(name)


def kucoin(host: str) -> bool:
    """Whether a readable Host header is one of KuCoin's own names, whole, with or without a port."""
    from simulator.core.endpoint import HOSTS  # flags are read without it

    return hostname(host) in HOSTS


def _host_of(origin: str) -> str:
    """The host of an origin, lower case; "" when it is none, such as `null`."""
    found = ORIGIN.fullmatch(origin)
    return found["host"].lower() if found else ""


def _early(headers: Mapping[str, str]) -> str:
    """The header in which a browser says that nobody wants to see the page yet, or ""."""
    said = ((name, headers.get(name) or "") for name in PURPOSES)
    return next((name for name, value in said if any(word in value.lower() for word in EARLY)), "")


def foreign(
    headers: Mapping[str, str],
    own_origins: tuple[str, ...],
    policy: Policy,
    *,
    navigable: bool = False,
    page: bool = False,
) -> str:
    """Why a request must be refused as another site's, or "". `headers` are looked up in lower case.

    `navigable`: another site may lead a browser's tab there, as a broker leads to the login page; it may not read it,
    frame it, or have it loaded before somebody goes there. `page`: it may be called by KuCoin's names.
    """
    host = headers.get("host")
    as_kucoin = page and host is not None and kucoin(host)
    if host is not None and not as_kucoin and not named(host, own_origins, policy):
        return f"the request names another host, {host}"
    destination = headers.get("sec-fetch-dest")
    if destination in FRAMES:
        return f"the browser wants to show the answer inside another page, in an {destination}"
    if navigable and (early := _early(headers)):
        return f"the browser loads the page before anybody goes there ({early})"
    if navigable and headers.get("sec-fetch-mode") == "navigate" and destination == "document":
        return ""
    origin = headers.get("origin")
    schemes = PORTS if as_kucoin else ("http",)  # a proxy may speak TLS for us under KuCoin's name
    ours = origin in own_origins or (host is not None and origin in [f"{scheme}://{host}" for scheme in schemes])
    if origin is not None and (not ours or unspecified(_host_of(origin))):
        return f"the request comes from another origin, {origin}"
    site = headers.get("sec-fetch-site")
    if site not in (None, "same-origin", "none"):
        return f"the browser calls the request {site}"
    return ""

"""The guards of pages and control surface: they keep out web pages of other sites and clients without the token.

A browser that was lured to another site can post a form or send a request to loopback. Browsers say in `Origin` and
`Sec-Fetch-Site` where a request comes from; other clients send neither and pass. A foreign name that resolves to
loopback (DNS rebinding) shows in `Host`. The exchange's own paths are not guarded: any name is right there, because
clients may believe that they talk to KuCoin. At the pages KuCoin's own names are right, too: a hosts file or a proxy
can lead a browser here under them, but nobody except KuCoin has web pages there.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from hmac import compare_digest
from ipaddress import IPv4Address, IPv6Address, ip_address
from socket import inet_aton
from typing import Final

from simulator.core.lazy_pattern import lazy_pattern
from simulator.core.value import Value
from simulator.hosts import is_kucoin

LOOPBACK_NAMES: Final = ("127.0.0.1", "localhost", "[::1]")
NAME: Final = lazy_pattern(r"(?!-)[a-z0-9_-]{1,63}(\.(?!-)[a-z0-9_-]{1,63})*", re.ASCII)
"""A host name as in `Host`, in lower case. Underscores are not valid in DNS, but container names have them."""
LONGEST_NAME: Final = 253
"""Characters of a host name (RFC 1035 s2.3.4)."""
HOST: Final = lazy_pattern(r"(?P<name>\[[0-9a-f:.]*\]|[^\[\]:]*)(:(?P<port>[0-9]{1,5}))?", re.ASCII)
"""`Host` in lower case: a name or an address, and perhaps a port."""
NUMBERS: Final = lazy_pattern(r"[0-9a-fx]+(\.[0-9a-fx]+){0,3}", re.ASCII)
"""A possible IPv4 address in one of the spellings that resolvers accept, such as `0x7f.1`."""
VISIBLE: Final = lazy_pattern(r"[!-~]+")
"""The characters of a token, which must fit into a header."""
ORIGIN: Final = lazy_pattern(r"(?P<scheme>https?)://(?P<host>\[[^\[\]/]*\]|[^\[\]/:]+)(:(?P<port>[0-9]{1,5}))?/?")
PORTS: Final = {"http": 80, "https": 443}
"""The ports that browsers leave out of `Host` and `Origin`."""
LARGEST_PORT: Final = 65_535
FRAMES: Final = frozenset(("iframe", "frame", "embed", "object", "fencedframe"))
"""Values of `Sec-Fetch-Dest` for a document that is shown inside another one."""
PURPOSES: Final = ("sec-purpose", "purpose", "x-purpose", "x-moz")
"""Headers in which browsers say that they load a page in advance, the standard one first."""
EARLY: Final = ("prefetch", "prerender", "preview")


class Policy(Value, frozen=True):
    """The policy of a start: whom the server takes itself for, and who may do what.

    No token = everybody who reaches the port may control the simulator.
    """

    names: tuple[str, ...] = ()
    """Names that `Host` may have besides our own origins."""
    token: str | None = None
    """The token of the control surface."""
    kucoin: tuple[str, ...] = ()
    """Names that are KuCoin's besides those below its domain, in lower case."""
    tls: bool | tuple[str, str] = True
    """True = TLS with certificates of our own; the files of a certificate and its key; False = no TLS."""
    tunnel: bool = False
    """Pass a proxy's CONNECT to other hosts on."""

    def admits(self, headers: Mapping[str, str]) -> bool:
        """True if a call of the control surface has the token, as `Authorization: Bearer` or as `X-Sim-Token`."""
        if self.token is None:
            return True
        scheme, _, bearer = headers.get("authorization", "").partition(" ")
        by_bearer = self._is(bearer.strip() if scheme.lower() == "bearer" else "")
        by_name = self._is(headers.get("x-sim-token", ""))
        return by_bearer or by_name

    def _is(self, brought: str) -> bool:
        """True if the text is the token. The comparison takes constant time, so that timing reveals nothing."""
        return compare_digest(brought.encode(), (self.token or "").encode())


def _address(host: str) -> IPv4Address | IPv6Address | None:
    """The IP address of a host in any spelling that a resolver accepts; None = it is a name."""
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
    """True if a host means "every address": a server can listen there, but no machine has that address.

    A client that calls it reaches its own machine. Web pages could do that, too, and so bypass the browser's protection
    of loopback.
    """
    address = _address(host)
    return address is not None and address.is_unspecified


def host_name(text: str) -> str:
    """A name or an address in the form of `Host`: lower case, IPv6 in brackets. Raises `ValueError`."""
    if unspecified(text):
        raise ValueError(f"{text!r} is an address to listen on; give the name that clients call")
    try:
        address = ip_address(text[1:-1] if text.startswith("[") and text.endswith("]") else text)
    except ValueError:
        name = text.lower()
        if not NAME.fullmatch(name) or len(name) > LONGEST_NAME:
            raise ValueError(f"{text!r} is not a name like simulator or sim.example, without scheme and port") from None
        return name
    return f"[{address}]" if address.version == 6 else str(address)


def origin_of(text: str) -> str:
    """An origin (scheme, host and perhaps a port) as browsers spell it. Raises `ValueError` if it is not one."""
    match = ORIGIN.fullmatch(text)
    if match is None or not 0 < int(match["port"] or 1) <= LARGEST_PORT:
        raise ValueError(f"{text!r} is not like https://simulator.example:8443")
    scheme, name, port = match["scheme"], host_name(match["host"]), match["port"]
    return f"{scheme}://{name}" if port is None or int(port) == PORTS[scheme] else f"{scheme}://{name}:{int(port)}"


def hostname(host: str) -> str:
    """The name in a Host header without its port, because a published port may differ from ours.

    Raises `ValueError` if it is not a host: userinfo, spaces, empty or overlong labels, an invalid port.
    """
    match = HOST.fullmatch(host.lower())
    if match is None or not 0 < int(match["port"] or 1) <= LARGEST_PORT:
        raise ValueError(host)
    name: str = match["name"]
    if name.startswith("["):
        return f"[{IPv6Address(name[1:-1])}]"
    if not NAME.fullmatch(name.removesuffix(".")) or len(name) > LONGEST_NAME:
        raise ValueError(host)
    return name


def unreadable(headers: Mapping[str, str]) -> str:
    """Why a request is malformed because of its `Host`, or "". A missing one is fine: HTTP/1.0 has none."""
    host = headers.get("host")
    if host is None:
        return ""
    try:
        hostname(host)
    except ValueError:
        return "the Host header is neither a name nor an address, with or without a port from 1 to 65535"
    return ""


def named(host: str, own_origins: tuple[str, ...], policy: Policy) -> bool:
    """True if a valid Host header names this server.

    DNS cannot make a name below `localhost` point elsewhere (RFC 6761 s6.3). An unspecified address is never ours.
    """
    name = hostname(host)
    own_names = {*LOOPBACK_NAMES, *policy.names, *map(_host_of, own_origins)}
    return (name in own_names or name.endswith(".localhost")) and not unspecified(name)


def kucoin(host: str, policy: Policy) -> bool:
    """True if a valid Host header is one of KuCoin's own names, with or without a port."""
    return is_kucoin(hostname(host), policy.kucoin)


def _host_of(origin: str) -> str:
    """The host of an origin in lower case; "" if it is not an origin, such as `null`."""
    match = ORIGIN.fullmatch(origin)
    return match["host"].lower() if match else ""


def _early(headers: Mapping[str, str]) -> str:
    """The header in which a browser says that it loads the page in advance, or ""."""
    purposes = ((name, headers.get(name) or "") for name in PURPOSES)
    return next((name for name, value in purposes if any(word in value.lower() for word in EARLY)), "")


def foreign(
    headers: Mapping[str, str],
    own_origins: tuple[str, ...],
    policy: Policy,
    *,
    navigable: bool = False,
    page: bool = False,
    scheme: str = "http",
) -> str:
    """Why a request must be refused because it is from another site, or "". `headers` are looked up in lower case.

    `navigable`: another site may send a browser's tab there, as a broker does with the login page; it may not read it,
    frame it, or load it in advance. `page`: KuCoin's names are accepted. `scheme` is that of the request.
    """
    host = headers.get("host")
    as_kucoin = page and host is not None and kucoin(host, policy)
    if host is not None and not as_kucoin and not named(host, own_origins, policy):
        return f"the request names another host, {host}"
    destination = headers.get("sec-fetch-dest")
    if destination in FRAMES:
        return f"the browser wants to show the answer inside another page, in an {destination}"
    if navigable and (early := _early(headers)):
        return f"the browser loads the page in advance ({early})"
    if navigable and headers.get("sec-fetch-mode") == "navigate" and destination == "document":
        return ""
    origin = headers.get("origin")
    schemes = PORTS if as_kucoin else (scheme,)  # a proxy may speak TLS for us under KuCoin's name
    is_own = origin in own_origins or (host is not None and origin in [f"{own}://{host}" for own in schemes])
    if origin is not None and (not is_own or unspecified(_host_of(origin))):
        return f"the request comes from another origin, {origin}"
    site = headers.get("sec-fetch-site")
    if site not in (None, "same-origin", "none"):
        return f"the browser calls the request {site}"
    return ""

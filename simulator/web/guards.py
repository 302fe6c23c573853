"""Who may drive the pages and the control surface: not a web page of somebody else's.

A browser that was lured to another site can post a form or send a request to loopback. Browsers say where a request
comes from, in `Origin` and `Sec-Fetch-Site`; a client that is no browser says nothing and passes. A name that
somebody else made point to loopback (DNS rebinding) shows in `Host`.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

LOOPBACK_NAMES: Final = ("127.0.0.1", "localhost", "[::1]")


def hostname(host: str) -> str:
    """The name in a Host header, without its port: a published port may be another than ours."""
    return host.rpartition(":")[0].lower() if host.rpartition(":")[2].isdigit() else host.lower()


def foreign(headers: Mapping[str, str], own_origins: tuple[str, ...]) -> str:
    """Why a request must be refused as another site's, or "". `headers` are looked up in lower case."""
    host = headers.get("host")
    ours = {*LOOPBACK_NAMES, *(hostname(own.partition("://")[2]) for own in own_origins)}
    if host is not None and hostname(host) not in ours:
        return f"the request names another host, {host}"
    origin = headers.get("origin")
    if origin is not None and origin not in own_origins:
        return f"the request comes from another origin, {origin}"
    site = headers.get("sec-fetch-site")
    if site not in (None, "same-origin", "none"):
        return f"the browser calls the request {site}"
    return ""

"""Who may drive the pages and the control surface: not a web page of somebody else's.

A browser that was lured to another site can post a form or send a request to loopback. Browsers say where a request
comes from, in `Origin` and `Sec-Fetch-Site`; a client that is no browser says nothing and passes.
"""

from __future__ import annotations

from collections.abc import Mapping


def foreign(headers: Mapping[str, str], own_origins: tuple[str, ...]) -> str:
    """Why a request must be refused as another site's, or "". `headers` are looked up in lower case."""
    origin = headers.get("origin")
    if origin is not None and origin not in own_origins:
        return f"the request comes from another origin, {origin}"
    site = headers.get("sec-fetch-site")
    if site not in (None, "same-origin", "none"):
        return f"the browser calls the request {site}"
    return ""

"""The headers of every page, in one place. Only scripts with the page's nonce run, and no page may be framed or stored.

A nonce is drawn for each answer. It comes from the system, not from the seed of the world: nobody may predict it.
"""

from __future__ import annotations

from secrets import token_urlsafe
from typing import Final

from simulator.web.endpoints.envelope import Headers

SAME_ORIGIN: Final = "default-src 'none'; style-src 'self'; connect-src 'self'; img-src 'self' data:"
CLOSED: Final = "frame-ancestors 'none'; base-uri 'none'"
NOT_SNIFFED: Final = (b"x-content-type-options", b"nosniff")
ALWAYS: Final[Headers] = (
    (b"cache-control", b"no-store"),
    (b"referrer-policy", b"same-origin"),  # with no-referrer a browser sends `Origin: null` with our own forms
    (b"x-robots-tag", b"noindex"),
    NOT_SNIFFED,
    (b"x-frame-options", b"DENY"),  # for browsers that do not know frame-ancestors
)


def new_nonce() -> str:
    """The nonce of one answer: 128 bits."""
    return token_urlsafe(16)


def page_headers(nonce: str = "", *, leads_out: bool = False, images: str = "") -> Headers:
    """The headers of a page whose scripts have this nonce; "" = no script may run.

    `leads_out`: one of its forms is answered by a redirect to the broker. Chrome applies form-action to that redirect
    and to those that follow, so such a page has none. `images` is another origin that images may come from.
    """
    scripts = f"script-src 'nonce-{nonce}'; " if nonce else ""
    forms = "" if leads_out else "form-action 'self'; "
    elsewhere = f" {images}" if images else ""
    policy = f"{SAME_ORIGIN}{elsewhere}; {scripts}{forms}{CLOSED}"
    return (*ALWAYS, (b"content-security-policy", policy.encode()))


GUARDED: Final = page_headers()
"""The headers of an answer that is no page: a redirect, or JSON in place of a page."""

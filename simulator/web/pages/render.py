"""The renderer of pages. Every value is escaped, and `headers` says what a page may do."""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from starlette.responses import Response

from simulator.instants import iso
from simulator.messages import Answer, Receive, Scope, Send
from simulator.web.pages.headers import GUARDED, new_nonce, page_headers
from simulator.web.wire.damage import deliver

if TYPE_CHECKING:
    from jinja2 import Environment

HTML: Final = b"text/html; charset=utf-8"
UNFIT: Final = re.compile(rb"[^\x21-\x7e]")
"""Bytes that are allowed neither in a header nor in a URI: controls, spaces, and what is not ASCII."""


@cache
def _environment() -> Environment:
    """The template environment. jinja2 is imported with the first page, because a start does not need it."""
    from jinja2 import Environment, FileSystemLoader, StrictUndefined

    from simulator.web.pages.assets import asset_url

    environment = Environment(
        loader=FileSystemLoader(Path(__file__).parent / "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.globals["asset"] = asset_url
    environment.filters["instant"] = iso
    return environment


def page(
    template: str, status: int = 200, /, *, base: str = "", leads_out: bool = False, images: str = "", **context: Any
) -> Answer:
    """The answer with a rendered template. `base` is the prefix of the paths in its links: a workspace's prefix.

    `leads_out` and `images` as for `page_headers`.
    """
    nonce = new_nonce()
    text = _environment().get_template(template).render(context, base=base, nonce=nonce)
    return Answer(status, text.encode(errors="replace"), HTML, page_headers(nonce, leads_out=leads_out, images=images))


def fragment(template: str, /, **context: Any) -> str:
    """A part of a page, for a page that is live."""
    return _environment().get_template(template).render(context)


def _percent_encoded(text: bytes) -> str:
    """The text with only the unfit bytes percent-encoded (RFC 3986 s2.1)."""
    return UNFIT.sub(lambda match: b"%%%02X" % ord(match[0]), text).decode("ascii")


def fit(uri: str) -> str:
    """The URI byte for byte, except that bytes which a URI cannot hold are percent-encoded."""
    return _percent_encoded(uri.encode(errors="replace"))


def go(uri: str) -> Answer:
    """A redirect that the browser follows with GET: 303, because 307 would post the form again [H07/redirect]."""
    return Answer(303, b"", HTML, (*GUARDED, (b"location", fit(uri).encode())))


def query_text(raw: str) -> str:
    """A raw query (bytes read as Latin-1) as text: decoded if it is UTF-8, else with other bytes percent-encoded.

    In both cases the text means what a browser would have sent.
    """
    raw_bytes = raw.encode("latin-1")
    try:
        return raw_bytes.decode()
    except UnicodeDecodeError:
        return _percent_encoded(raw_bytes)


def sentence(text: str) -> str:
    """The text of a refusal as a sentence: with a capital and a full stop."""
    return f"{text[:1].upper()}{text[1:].rstrip('.')}."


class AnswerResponse(Response):
    """A Starlette response that sends our answer, damaged if a fault says so."""

    def __init__(self, answer: Answer) -> None:
        super().__init__(answer.body, answer.status)
        self.raw_headers = answer.head
        self._answer = answer

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Send the answer."""
        await deliver(self._answer, scope, receive, send)

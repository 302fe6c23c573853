"""Templates -> answers. Every value is escaped; no page runs a script, and none may be framed, cached or sniffed."""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from starlette.responses import Response

from simulator.messages import Answer, Receive, Scope, Send
from simulator.web.wire.damage import deliver

if TYPE_CHECKING:
    from jinja2 import Environment

HTML: Final = b"text/html; charset=utf-8"
POLICY: Final = (
    # No form-action: Chrome applies it to the redirect that answers a form, and ours leads to the broker.
    b"default-src 'none'; style-src 'unsafe-inline'; img-src data:; frame-ancestors 'none'; base-uri 'none'"
)
GUARDED: Final = (
    (b"cache-control", b"no-store"),
    (b"content-security-policy", POLICY),
    (b"referrer-policy", b"same-origin"),  # with no-referrer a browser sends `Origin: null` with our own forms
    (b"x-content-type-options", b"nosniff"),
    (b"x-frame-options", b"DENY"),  # for browsers that do not know frame-ancestors
)
UNFIT: Final = re.compile(rb"[^\x21-\x7e]")
"""Bytes that may stand neither in a header nor in a URI: controls, spaces, and what is not ASCII."""


@cache
def _environment() -> Environment:
    """jinja2 is imported with the first page: a start does not need it."""
    from jinja2 import Environment, FileSystemLoader, StrictUndefined

    return Environment(
        loader=FileSystemLoader(Path(__file__).parent / "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )


def page(template: str, status: int = 200, /, *, base: str = "", **context: Any) -> Answer:
    """A template, filled in. `base` stands before the paths of its links: a workspace's prefix."""
    text = _environment().get_template(template).render(context, base=base)
    return Answer(status, text.encode(errors="replace"), HTML, GUARDED)


def _percent_encoded(text: bytes) -> str:
    """Only the unfit bytes are encoded (RFC 3986 s2.1)."""
    return UNFIT.sub(lambda found: b"%%%02X" % ord(found[0]), text).decode("ascii")


def fit(uri: str) -> str:
    """The URI byte for byte, but for what a URI cannot hold."""
    return _percent_encoded(uri.encode(errors="replace"))


def go(uri: str) -> Answer:
    """Send the browser there with GET: 303, for 307 would post the form again [H07/redirect]."""
    return Answer(303, b"", HTML, (*GUARDED, (b"location", fit(uri).encode())))


def query_text(raw: str) -> str:
    """A raw query (bytes read as Latin-1) as text: UTF-8 if it is, else what is not ASCII percent-encoded.

    Either way the text is what a browser would have sent, or what it stands for.
    """
    sent = raw.encode("latin-1")
    try:
        return sent.decode()
    except UnicodeDecodeError:
        return _percent_encoded(sent)


def sentence(text: str) -> str:
    """The text of a refusal as a page says it."""
    return f"{text[:1].upper()}{text[1:].rstrip('.')}."


class AnswerResponse(Response):
    """The answer as Starlette sends it, damaged if a fault says so."""

    def __init__(self, answer: Answer) -> None:
        super().__init__(answer.body, answer.status)
        self.raw_headers = answer.head
        self._answer = answer

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Put it on the wire."""
        await deliver(self._answer, scope, receive, send)

"""A browser in a few lines: it asks the application for pages byte for byte, reads them strictly, fills in their forms.

Reading a page checks what must hold of every page, so no test can see one that breaks it.
"""

from __future__ import annotations

import asyncio
import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from html.parser import HTMLParser
from typing import Any
from urllib.parse import urlencode

from simulator.clock import Clock, ClockSettings
from simulator.core.world import World
from simulator.evidence.views import line
from simulator.exchange import Exchange
from simulator.scenario.loader import Scenario
from simulator.web.app import App
from support.demo_world import demo_world
from support.desk import START

FORM = "application/x-www-form-urlencoded"
VOID = {"meta", "link", "input", "img", "br"}
TYPED = {"input", "select", "textarea"}
POLICY = re.compile(
    r"default-src 'none'; style-src 'self'; connect-src 'self'; img-src 'self' data:( http[^ ;]+)?; "
    r"script-src 'nonce-(?P<nonce>[\w-]{22})'; (form-action 'self'; )?frame-ancestors 'none'; base-uri 'none'"
)


@dataclass
class Form:
    """A form as a browser would send it: its fields as they stand, its buttons."""

    action: str
    fields: list[tuple[str, str]] = field(default_factory=list)
    buttons: list[tuple[str, str]] = field(default_factory=list)
    boxes: dict[str, dict[str, str | None]] = field(default_factory=dict)

    def filled(self, **values: str) -> list[tuple[str, str]]:
        """The fields with these values typed in, or with the button of that name and value pressed."""
        kept = [(name, value) for name, value in self.fields if name not in values]
        return [*kept, *values.items()]


class Page(HTMLParser):
    """A page, taken apart. Raises AssertionError when it is not as every page must be."""

    def __init__(self, html: str, nonce: str) -> None:
        super().__init__()
        self.nonce = nonce
        self.forms: list[Form] = []
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.text = ""
        self._open: list[str] = []
        self.feed(html)
        self.close()
        self._check()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        values = dict(attrs)
        assert len(values) == len(attrs), f"an attribute stands twice: {attrs}"
        self.tags.append((tag, values))
        if tag not in VOID:
            self._open.append(tag)
        if tag == "form":
            assert values["method"] in ("get", "post")
            self.forms.append(Form(values["action"] or ""))
        elif tag == "input":
            self._input(values)
        elif tag == "button":
            self.forms[-1].buttons.append((values.get("name") or "", values.get("value") or ""))

    def _input(self, values: dict[str, str | None]) -> None:
        form, name, value = self.forms[-1], values["name"] or "", values.get("value") or ""
        checkbox = values["type"] == "checkbox"
        if checkbox:
            form.boxes[value if name == "grant" else name] = values
        if "disabled" not in values and (not checkbox or "checked" in values):
            form.fields.append((name, value))

    def handle_endtag(self, tag: str) -> None:
        assert self._open.pop() == tag

    def handle_data(self, data: str) -> None:
        assert "script" not in self._open or not data, "a script in the page itself"
        self.text += data

    def attributes(self, tag: str, name: str) -> list[str]:
        """The values of an attribute of all such tags that have it."""
        return [values[name] or "" for each, values in self.tags if each == tag and name in values]

    @property
    def links(self) -> list[str]:
        return self.attributes("a", "href")

    def _check(self) -> None:
        names = Counter(tag for tag, _ in self.tags)
        assert not self._open
        assert not names["style"]
        assert not [values for _, values in self.tags if "style" in values]
        for values in (values for tag, values in self.tags if tag == "script"):
            assert values["nonce"] == self.nonce
            assert (values["src"] or "").startswith("/_sim/static/")
        assert not names["base"]
        assert names["h1"] == names["main"] == names["title"] == 1
        assert self.attributes("html", "lang") == ["en"]
        assert "width=device-width, initial-scale=1" in self.attributes("meta", "content")
        assert "This is no page of KuCoin" in self.text
        assert not [name for _, values in self.tags for name in values if name.startswith("on")]
        assert all(values.get("type") != "password" for _, values in self.tags)
        identifiers = Counter(values["id"] for _, values in self.tags if "id" in values)
        assert set(identifiers.values()) <= {1}, identifiers
        shown = [values for tag, values in self.tags if tag in TYPED and values.get("type") != "hidden"]
        assert {values["id"] for values in shown} == set(self.attributes("label", "for"))
        described = [each for _, values in self.tags for each in (values.get("aria-describedby") or "").split()]
        assert set(described) <= set(identifiers)
        assert all(self.attributes("img", "alt"))


@dataclass(frozen=True)
class Reply:
    """What came back."""

    status: int
    headers: dict[str, str]
    body: bytes

    @property
    def location(self) -> str:
        return self.headers["location"]

    @property
    def page(self) -> Page:
        """The page, if what came back is one that is guarded as every page must be."""
        assert self.headers["content-type"] == "text/html; charset=utf-8"
        policy = POLICY.fullmatch(self.headers["content-security-policy"])
        assert policy, self.headers["content-security-policy"]
        assert self.headers["x-robots-tag"] == "noindex"
        assert self.headers["x-frame-options"] == "DENY"
        assert self.headers["cache-control"] == "no-store"
        assert self.headers["referrer-policy"] == "same-origin"
        return Page(self.body.decode(), policy["nonce"])


class Site:
    """The application, and the tab of a browser that is at it."""

    def __init__(self, world: World | None = None, **choices: Any) -> None:
        clock = Clock(ClockSettings(frozen=True, start=START), wall=lambda: START)
        self.exchange = Exchange(world or demo_world(**choices), clock)
        self.app = App(self.exchange, Scenario("demo", "", self.exchange.scenario))

    @property
    def world(self) -> World:
        return self.exchange.world

    @property
    def entries(self) -> list[dict[str, Any]]:
        """The journal as data, newest first."""
        journal = self.app.desk.journal
        return [line(journal, entry) for entry in journal.newest(100)]

    def send(
        self, method: str, target: str, headers: Mapping[str, str] | None = None, chunks: Iterable[bytes] = ()
    ) -> Reply:
        """One request, its target exactly as written."""
        messages = [{"type": "http.request", "body": chunk, "more_body": True} for chunk in chunks]
        return self.converse(
            method, target, headers or {}, [*messages, {"type": "http.request", "body": b"", "more_body": False}]
        )

    def converse(
        self, method: str, target: str, headers: Mapping[str, str], messages: Sequence[Mapping[str, Any]]
    ) -> Reply:
        """The same, message by message; a target may hold raw bytes (PEP 383)."""
        path, _, query = target.partition("?")
        sent: list[Any] = []
        waiting = iter(messages)
        scope = {
            "type": "http",
            "method": method,
            "path": path,
            "raw_path": path.encode(),
            "query_string": query.encode("utf-8", "surrogateescape"),
            "headers": [(name.encode(), value.encode()) for name, value in headers.items()],
            "client": ("127.0.0.1", 50000),
        }

        async def receive() -> Any:
            return next(waiting)

        async def send(message: Any) -> None:
            sent.append(message)

        asyncio.run(self.app(scope, receive, send))
        head = {name.decode(): value.decode("latin-1") for name, value in sent[0]["headers"]}
        assert len(head) == len(sent[0]["headers"])
        return Reply(sent[0]["status"], head, b"".join(message["body"] for message in sent[1:]))

    def get(self, target: str, **headers: str) -> Reply:
        return self.send("GET", target, headers)

    def post(
        self, target: str, fields: Iterable[tuple[str, str]] | bytes, headers: Mapping[str, str] | None = None
    ) -> Reply:
        """Send a form; `headers` come on top of its type and length."""
        body = fields if isinstance(fields, bytes) else urlencode(list(fields)).encode()
        sent = {"content-type": FORM, "content-length": str(len(body)), **(headers or {})}
        return self.send("POST", target, sent, [body])

    def submit(self, path: str, form: Form, headers: Mapping[str, str] | None = None, **values: str) -> Reply:
        """Fill in a form of a page and send it where the form says."""
        assert form.action.startswith("?")
        return self.post(path + form.action, form.filled(**values), headers)

"""The user's side: a browser that knows links and forms, and nothing else."""

from __future__ import annotations

from dataclasses import dataclass, field
from html.parser import HTMLParser
from typing import NamedTuple
from urllib.parse import urlencode, urljoin, urlsplit

from simulator.tour.broker import FORM
from simulator.tour.wire import HttpResponse, Wire


class Box(NamedTuple):
    """A checkbox."""

    name: str
    value: str
    ticked: bool


@dataclass(slots=True)
class HtmlForm:
    """A form of a page: its action, its hidden fields, its checkboxes."""

    action: str
    fields: list[tuple[str, str]] = field(default_factory=list)
    boxes: list[Box] = field(default_factory=list)


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.forms: list[HtmlForm] = []
        self.title = ""
        self._in_title = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        attributes = {name: value or "" for name, value in attrs}
        self._in_title = tag == "title"
        if tag == "form":
            self.forms.append(HtmlForm(attributes.get("action", "")))
        elif tag == "input" and self.forms:
            form, name, value = self.forms[-1], attributes.get("name", ""), attributes.get("value", "on")
            if attributes.get("type") == "hidden":
                form.fields.append((name, value))
            elif attributes.get("type") == "checkbox":
                form.boxes.append(Box(name, value, "checked" in attributes))

    def handle_data(self, data: str) -> None:
        if self._in_title:
            self.title += data.strip()
            self._in_title = False


@dataclass(frozen=True, slots=True)
class BrowserPage:
    """A page that the browser shows."""

    address: str
    title: str
    forms: list[HtmlForm]
    answer: HttpResponse

    def form(self, **having: str) -> HtmlForm:
        """The first form with these hidden fields. Raises `LookupError`."""
        for form in self.forms:
            if set(having.items()) <= set(form.fields):
                return form
        raise LookupError(f"the page {self.title!r} has no form with {having}")


def title_of(answer: HttpResponse) -> str:
    """The title of an HTML page."""
    reader = _Reader()
    reader.feed(answer.text)
    return reader.title


@dataclass(frozen=True, slots=True)
class Browser:
    """The browser of one user."""

    wire: Wire

    def _show(self, address: str, answer: HttpResponse) -> BrowserPage:
        reader = _Reader()
        reader.feed(answer.text)
        return BrowserPage(address, reader.title, reader.forms, answer)

    def open(self, address: str) -> BrowserPage:
        """The page behind a link."""
        return self._show(address, self.wire.send("GET", address))

    def submit(self, page: BrowserPage, form: HtmlForm, *entered: tuple[str, str]) -> BrowserPage:
        """The page that answers a form with what the user entered; a redirect is not followed."""
        parts = urlsplit(urljoin(page.address, form.action))
        target = f"{parts.path}?{parts.query}" if parts.query else parts.path
        body = urlencode([*form.fields, *entered])
        answer = self.wire.send("POST", target, body, Content_Type=FORM, Origin=self.wire.origin)
        return self._show(target, answer)

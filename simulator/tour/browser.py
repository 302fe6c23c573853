"""The user's side: a browser that knows forms and redirects and nothing else."""

from __future__ import annotations

from dataclasses import dataclass, field
from html.parser import HTMLParser
from typing import NamedTuple
from urllib.parse import urlencode, urljoin, urlsplit

from simulator.tour.broker import FORM
from simulator.tour.wire import Answer, Wire


class Box(NamedTuple):
    """A box to tick."""

    name: str
    value: str
    ticked: bool


@dataclass(slots=True)
class HtmlForm:
    """A form of a page: where it goes, its hidden fields, its boxes."""

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
        given = {name: value or "" for name, value in attrs}
        self._in_title = tag == "title"
        if tag == "form":
            self.forms.append(HtmlForm(given.get("action", "")))
        elif tag == "input" and self.forms:
            form, name, value = self.forms[-1], given.get("name", ""), given.get("value", "on")
            if given.get("type") == "hidden":
                form.fields.append((name, value))
            elif given.get("type") == "checkbox":
                form.boxes.append(Box(name, value, "checked" in given))

    def handle_data(self, data: str) -> None:
        if self._in_title:
            self.title += data.strip()
            self._in_title = False


@dataclass(frozen=True, slots=True)
class Page:
    """A page that the browser shows."""

    address: str
    title: str
    forms: list[HtmlForm]
    answer: Answer

    def form(self, **having: str) -> HtmlForm:
        """The first form with these hidden fields. Raises `LookupError`."""
        for form in self.forms:
            if set(having.items()) <= set(form.fields):
                return form
        raise LookupError(f"the page {self.title!r} has no form with {having}")


def title_of(answer: Answer) -> str:
    """The title of an HTML page."""
    reader = _Reader()
    reader.feed(answer.text)
    return reader.title


@dataclass(frozen=True, slots=True)
class Browser:
    """A browser at one user's hands."""

    wire: Wire

    def _show(self, address: str, answer: Answer) -> Page:
        reader = _Reader()
        reader.feed(answer.text)
        return Page(address, reader.title, reader.forms, answer)

    def open(self, address: str) -> Page:
        """Follow a link."""
        return self._show(address, self.wire.send("GET", address))

    def submit(self, page: Page, form: HtmlForm, *entered: tuple[str, str]) -> Page:
        """Send a form with what the user typed, ticked and clicked; a redirect is not followed."""
        parts = urlsplit(urljoin(page.address, form.action))
        target = f"{parts.path}?{parts.query}" if parts.query else parts.path
        body = urlencode([*form.fields, *entered])
        answer = self.wire.send("POST", target, body, Content_Type=FORM, Origin=self.wire.origin)
        return self._show(target, answer)

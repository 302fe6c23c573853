"""The screens of the dashboard, as a browser asks for them. Reading one checks what must hold of every page."""

from __future__ import annotations

import re
from collections import Counter
from html.parser import HTMLParser
from typing import Final
from urllib.parse import urlencode
from xml.etree import ElementTree as ET

from support.wire import FORM, Answer, Send

HOSTILE: Final = "\"'><script>alert(1)</script><img src=x onerror=alert(2)>&lt;{{7*7}}"
"""A text that would do something on a page that does not escape it."""
VOID: Final = {"meta", "link", "input", "img", "br", "hr"}
SVG: Final = re.compile(r"<svg.*?</svg>", re.DOTALL)


class Screen(HTMLParser):
    """A screen, taken apart. Raises AssertionError if it is not as every page must be."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.html = html
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.text = ""
        self._open: list[str] = []
        self.feed(html)
        self.close()
        self._check()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        assert len(dict(attrs)) == len(attrs), f"an attribute stands twice: {attrs}"
        self.tags.append((tag, dict(attrs)))
        if tag not in VOID:
            self._open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))

    def handle_endtag(self, tag: str) -> None:
        assert self._open.pop() == tag

    def handle_data(self, data: str) -> None:
        self.text += data

    def attributes(self, tag: str, name: str) -> list[str]:
        """The values of an attribute of all such tags that have it."""
        return [values[name] or "" for other, values in self.tags if other == tag and name in values]

    def _check(self) -> None:
        assert not self._open
        assert all(values.get("nonce") for tag, values in self.tags if tag == "script")
        assert not [name for _, values in self.tags for name in values if name.startswith("on") or name == "style"]
        assert "<script>alert" not in self.html
        identifiers = Counter(values["id"] for _, values in self.tags if "id" in values)
        assert set(identifiers.values()) <= {1}, identifiers
        shown = [values for tag, values in self.tags if tag in ("input", "select", "textarea")]
        labelled = {values["id"] for values in shown if values.get("type") != "hidden"}
        assert labelled == set(self.attributes("label", "for"))
        for svg in SVG.findall(self.html):
            picture = ET.fromstring(svg)
            names = {element.tag for element in picture.iter()}
            assert names <= {"svg", "title", "desc", "line", "rect", "text", "g", "path"}
            assert picture.find("title") is not None
            assert picture.find("desc") is not None


def asked(send: Send, path: str, **query: str) -> Screen:
    """A screen that must be there. `path` is below `/_sim`."""
    answer = raw(send, path, **query)
    assert answer.status == 200, answer
    return Screen(answer.text)


def raw(send: Send, path: str, **query: str) -> Answer:
    """The answer with a screen."""
    target = f"/_sim{path}?{urlencode(query)}" if query else f"/_sim{path}"
    return send("GET", target, b"", {"accept": "text/html"})


def posted(send: Send, path: str, **fields: str) -> Answer:
    """The answer to a form of a screen."""
    return send("POST", f"/_sim{path}", urlencode(fields).encode(), {**FORM, "accept": "text/html"})

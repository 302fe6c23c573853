"""A browser at the dashboard of an application, and a broker that calls its exchange."""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import urlencode

from simulator.evidence.journal import Journal
from simulator.web.app import App
from support.browser import Page
from support.wire import FORM, Answer, Asgi, Broker

BROWSER = {"Accept": "text/html"}


@dataclass
class Dashboard:
    """The dashboard of an application, and a broker that calls its exchange."""

    app: App
    send: Asgi
    broker: Broker

    @property
    def journal(self) -> Journal:
        return self.app.desk.journal

    def get(self, path: str, status: int = 200) -> Answer:
        """A screen. Every one is parsed, so that none breaks what must hold of every page."""
        return self._checked(self.send("GET", f"/_sim{path}", headers=BROWSER), status)

    def post(self, path: str, status: int = 200, /, **fields: str) -> Answer:
        """Send a form of a screen."""
        return self._checked(self.send("POST", f"/_sim{path}", urlencode(fields).encode(), {**FORM, **BROWSER}), status)

    def _checked(self, answer: Answer, status: int) -> Answer:
        assert answer.status == status, answer.text
        nonce = answer.headers["content-security-policy"].partition("'nonce-")[2].partition("'")[0]
        Page(answer.text, nonce)
        return answer

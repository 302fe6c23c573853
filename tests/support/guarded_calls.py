"""What is guarded and what is not, asked one by one: who is let in, and who is turned away."""

from __future__ import annotations

import json
from collections.abc import Callable

from support.demo_world import CALLBACK
from support.wire import FORM, JSON, TOKEN, V1, Answer, Http

LOGIN = f"/oauth?response_type=code&client_id=demo-broker&redirect_uri={CALLBACK}&scope=OAUTH_CREATE_API&state=1"
ASKED = {"user": "alice", "client_id": "demo-broker", "redirect_uri": CALLBACK, "state": "1"}
CONSENT = b"step=consent&identity=alice&decision=approve"
BROWSER = {"Accept": "text/html,*/*;q=0.8"}

KINDS: dict[str, Callable[[Http, dict[str, str]], Answer]] = {
    "a control call that reads": lambda send, headers: send("GET", f"{V1}/users", headers=headers),
    "a control call that writes": lambda send, headers: send(
        "POST", f"{V1}/authorizations", json.dumps(ASKED).encode(), {**JSON, **headers}
    ),
    "a control path that is none": lambda send, headers: send("GET", "/_sim/v1/nothing", headers=headers),
    "the control surface's root": lambda send, headers: send("GET", "/_sim", headers=headers),
    "a page": lambda send, headers: send("GET", LOGIN, headers=headers),
    "a form": lambda send, headers: send("POST", LOGIN, CONSENT, {**FORM, **headers}),
    "a screen of the dashboard": lambda send, headers: send("GET", "/_sim/time", headers=headers),
    "the dashboard's root": lambda send, headers: send("GET", "/_sim", headers={**BROWSER, **headers}),
    "a form of the dashboard": lambda send, headers: send(
        "POST", "/_sim/time", b"do=run&mode=real", {**FORM, **headers}
    ),
    "the demo broker": lambda send, headers: send("GET", "/demo", headers=headers),
    "a button of the demo broker": lambda send, headers: send("POST", "/demo", b"do=connect", {**FORM, **headers}),
    "the exchange": lambda send, headers: send("GET", "/api/v1/timestamp", headers=headers),
    "a token call": lambda send, headers: send("GET", TOKEN, headers=headers),
    "a health check": lambda send, headers: send("GET", "/_sim/ready", headers=headers),
}
OPEN = {
    "a control call that reads": 200,
    "a control call that writes": 201,
    "a control path that is none": 404,
    "the control surface's root": 200,
    "a screen of the dashboard": 200,
    "the dashboard's root": 200,
    "a form of the dashboard": 200,
    "a page": 200,
    "a form": 303,
    "the demo broker": 200,
    "a button of the demo broker": 303,
    "the exchange": 200,
    "a token call": 400,
    "a health check": 200,
}
"""What each answers to somebody who is let in."""
CONTROL = {kind for kind in KINDS if "control" in kind}
UNGUARDED = {"the exchange", "a token call", "a health check"}
PAGES = {"a page", "a form", "the demo broker", "a button of the demo broker"}
FORMS = {"a form", "a button of the demo broker", "a form of the dashboard"}
DASHBOARD = {kind for kind in KINDS if "dashboard" in kind}
"""Screens want the token and our own name, as control does; another site may link to one, as to a page."""


def statuses(port: int, headers: dict[str, str]) -> dict[str, int]:
    """What each of them answers to a request with these headers."""
    return {kind: ask(Http(port), headers).status for kind, ask in KINDS.items()}

"""Calls of the control surface by any method, and what the clock says of them."""

from __future__ import annotations

import json
from typing import Any

from support.wire import JSON, V1, Answer, Send


def steer(send: Send, method: str, path: str, body: object = None) -> Answer:
    """A call below `/_sim/v1` with a JSON body, or with none."""
    return send(method, V1 + path, b"" if body is None else json.dumps(body).encode(), JSON)


def advanced(send: Send, **body: object) -> list[dict[str, Any]]:
    """Move the business clock; what happened on the way."""
    answer = steer(send, "POST", "/clock/advance", body)
    assert answer.status == 200, answer
    happened: list[dict[str, Any]] = answer.json()["events"]
    return happened

"""A recorded call without its values: all that is ever compared."""

from __future__ import annotations

from typing import Final
from urllib.parse import parse_qsl

from simulator.core.value import Value
from simulator.evidence.drift.declarations import DeclaredCall
from simulator.evidence.drift.recorded_calls import RecordedCall
from simulator.evidence.drift.shapes import FieldShapes, JsonShape, Stripper

JSON: Final = "application/json"
FORM: Final = "application/x-www-form-urlencoded"
GATEWAY: Final = ("gw-", "kc-", "x-kc-", "x-ratelimit-", "retry-after")
"""The beginnings of headers that are the gateway's; others are the transport's, and are not compared."""


class StrippedCall(Value, frozen=True):
    """A call of which only shapes are left.

    Body and headers are None if the recording does not have them, a body also if nothing reads it. `is_json` is false
    if the answer says that it has another content type. `wants_json` is true if the request says that it is JSON.
    """

    operation: str
    status: int
    body: JsonShape | None
    is_json: bool
    headers: FieldShapes | None
    query: FieldShapes | None
    request: JsonShape | None
    wants_json: bool


def stripped(call: DeclaredCall, recorded: RecordedCall, stripper: Stripper) -> StrippedCall:
    """The call without its values."""
    recorded_headers = recorded.headers or {}
    names = [name for name in recorded_headers if name.startswith(GATEWAY) or name in call.headers]
    media_type = recorded_headers.get("content-type", JSON).partition(";")[0].strip().lower()
    return StrippedCall(
        operation=call.operation,
        status=recorded.status,
        body=None if recorded.body is None else stripper.body(recorded.body),
        is_json=media_type == JSON,
        headers=None if recorded.headers is None else stripper.form((name, recorded_headers[name]) for name in names),
        query=stripper.form(recorded.query) if call.query else None,
        request=_request(recorded, stripper) if call.body is not None and recorded.request_body else None,
        wants_json=recorded.request_type == JSON,
    )


def _request(recorded: RecordedCall, stripper: Stripper) -> JsonShape:
    text = recorded.request_body or ""
    if recorded.request_type == FORM:
        return stripper.form(parse_qsl(text, keep_blank_values=True))
    return stripper.body(text)

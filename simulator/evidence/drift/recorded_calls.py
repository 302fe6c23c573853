"""Entries of a HAR as calls: what of an entry is compared, checked for its form."""

from __future__ import annotations

import re
from base64 import b64decode
from binascii import Error as Base64Error
from collections.abc import Mapping
from typing import Any, Final
from urllib.parse import parse_qsl, urlsplit

from simulator.core.value import Value

DAY: Final = re.compile(r"(20[0-9]{2}-(?:0[1-9]|1[0-2])-(?:0[1-9]|[12][0-9]|3[01]))T")
LONGEST_BODY: Final = 1 << 24
"""Characters of a body that is compared."""


class EntryError(ValueError):
    """An entry that is not as HAR 1.2 says. The message names the field and never its value."""


class RecordedCall(Value, frozen=True):
    """One call of a recording. Header names are lower case; `day` is YYYY-MM-DD, or "" if nobody wrote it down.

    A body is None if the recording does not have it. `status` 0 = no answer.
    """

    method: str
    host: str
    path: str
    query: tuple[tuple[str, str], ...]
    request_body: str | None
    request_type: str
    status: int
    headers: Mapping[str, str]
    body: str | None
    day: str
    staged: bool = False
    """True if a fault of the simulator struck the call, so that its answer is the scenario's."""


def recorded_call(entry: Any) -> RecordedCall:
    """The call of an entry. Raises `EntryError`."""
    if not isinstance(entry, dict):
        raise EntryError("it is no JSON object")
    request, response = _part(entry, "request"), _part(entry, "response")
    try:
        url = urlsplit(_text(request, "url", "request"))
        host, path, query = (url.hostname or "").lower(), url.path, url.query
    except ValueError:
        raise EntryError("`request.url` is no URL") from None
    status = response.get("status")
    if isinstance(status, bool) or not isinstance(status, int):
        raise EntryError("`response.status` is no whole number")
    started = entry.get("startedDateTime")
    day = DAY.match(started) if isinstance(started, str) else None
    post = request.get("postData")
    post = post if isinstance(post, dict) else {}
    text, request_type = post.get("text"), post.get("mimeType")
    headers = _headers(response.get("headers"))
    content = response.get("content")
    return RecordedCall(
        method=_text(request, "method", "request").upper(),
        host=host,
        path=path,
        query=tuple(parse_qsl(query, keep_blank_values=True)),
        request_body=text if isinstance(text, str) else None,
        request_type=_media_type(request_type),
        status=status,
        headers=headers,
        body=_body(content) if isinstance(content, dict) else None,
        day=day[1] if day else "",
        staged=isinstance(entry.get("_fault"), str),
    )


def _part(entry: dict[str, Any], name: str) -> dict[str, Any]:
    part = entry.get(name)
    if not isinstance(part, dict):
        raise EntryError(f"it has no object `{name}`")
    return part


def _text(part: dict[str, Any], name: str, within: str) -> str:
    text = part.get(name)
    if not isinstance(text, str) or not text:
        raise EntryError(f"`{within}.{name}` is no text")
    return text


def _headers(headers: Any) -> dict[str, str]:
    if not isinstance(headers, list):
        raise EntryError("`response.headers` is no list")
    pairs: dict[str, str] = {}
    for header in headers:
        name, value = (header.get("name"), header.get("value")) if isinstance(header, dict) else (None, None)
        if not isinstance(name, str) or not isinstance(value, str):
            raise EntryError("`response.headers` has a row without the texts `name` and `value`")
        pairs[name.lower()] = value
    return pairs


def _body(content: dict[str, Any]) -> str | None:
    """The text of an answer; None if it was not recorded, is too large, or is no text."""
    text = content.get("text")
    if not isinstance(text, str) or len(text) > LONGEST_BODY:
        return None if content.get("size") else "" if text is None else None
    if content.get("encoding") != "base64":
        return text
    try:
        return b64decode(text, validate=True).decode("utf-8-sig")
    except (Base64Error, ValueError):
        return None


def _media_type(text: Any) -> str:
    return text.partition(";")[0].strip().lower() if isinstance(text, str) else ""

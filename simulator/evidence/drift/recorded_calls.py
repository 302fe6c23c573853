"""Entries of a HAR as calls: what of an entry is compared, checked for its form."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any, Final
from urllib.parse import SplitResult, parse_qsl, urlsplit

from simulator.core.value import Value
from simulator.evidence.drift.recorded_bodies import Attachments, no_attachments, request_body, response_body

DAY: Final = re.compile(r"(20[0-9]{2}-(?:0[1-9]|1[0-2])-(?:0[1-9]|[12][0-9]|3[01]))T")
FIRST_STATUS: Final = 100
"""The least HTTP status. Browsers write 0 and Playwright writes -1 if there was no answer."""
NOT_MODIFIED: Final = 304
REDIRECTS: Final = (301, 302, 307, 308)
BROWSER_REDIRECT: Final = "non-authoritative-reason"
"""The header of a redirect that a browser makes itself, because it knows that a host wants HTTPS."""


class EntryError(ValueError):
    """An entry that is not as HAR 1.2 says. The message names the field and never its value."""


class RecordedRequest(Value, frozen=True):
    """Which call an entry is. `host` is lower case, "" if nobody wrote it down."""

    method: str
    host: str
    path: str
    query: str
    secure: bool
    """True if the scheme is HTTPS."""


class RecordedCall(Value, frozen=True):
    """One call of a recording. Header names are lower case; `day` is YYYY-MM-DD, or "" if nobody wrote it down.

    A body is None if the recording does not have it; so are the headers. `status` 0 = no answer.
    """

    request: RecordedRequest
    query: tuple[tuple[str, str], ...]
    request_body: str | None
    request_type: str
    status: int
    headers: Mapping[str, str] | None
    body: str | None
    day: str
    staged: bool = False
    """True if a fault of the simulator struck the call, so that its answer is the scenario's."""
    from_browser: bool = False
    """True if the answer is not the service's: the browser's cache had it, or it is a redirect to HTTPS."""


def recorded_request(entry: Any) -> RecordedRequest:
    """The request of an entry. Raises `EntryError`."""
    if not isinstance(entry, dict):
        raise EntryError("it is no JSON object")
    request = _part(entry, "request")
    method, text = _text(request, "method", "request").upper(), _text(request, "url", "request")
    try:
        url = urlsplit(text if "//" in text or text.startswith("/") else f"//{text}")  # `CONNECT host:443`
        host = url.hostname or ""
    except ValueError:  # nothing that KuCoin serves has such a URL
        url, host = SplitResult("", "", "", "", ""), ""
    if not host and text.startswith("/"):
        names = _headers(request.get("headers"), "request") or {}
        host = (names.get("host") or names.get(":authority") or "").rpartition("@")[2].partition(":")[0]
    return RecordedRequest(method, host.lower(), url.path, url.query, url.scheme == "https")


def recorded_call(
    entry: Mapping[str, Any], recorded: RecordedRequest, attachments: Attachments = no_attachments
) -> RecordedCall:
    """The whole call of an entry with that request. Raises `EntryError`.

    `attachments` gives the files that the recording names.
    """
    request, response = entry["request"], entry.get("response")
    response = _part(entry, "response") if response is not None else {"status": 0}
    status = response.get("status")
    if isinstance(status, bool) or not isinstance(status, int):
        raise EntryError("`response.status` is no whole number")
    answered = status >= FIRST_STATUS
    headers = _headers(response.get("headers"), "response") if answered else {}
    started = entry.get("startedDateTime")
    day = DAY.match(started) if isinstance(started, str) else None
    post = request.get("postData")
    post = post if isinstance(post, dict) else {}
    return RecordedCall(
        request=recorded,
        query=tuple(parse_qsl(recorded.query, keep_blank_values=True)) or _pairs(request.get("queryString")),
        request_body=request_body(post, attachments),
        request_type=_media_type(post.get("mimeType") or _content_type(request)),
        status=status if answered else 0,
        headers=headers,
        body=response_body(response, headers or {}, attachments) if answered else None,
        day=day[1] if day else "",
        staged=isinstance(entry.get("_fault"), str),
        from_browser=_from_browser(recorded, response, headers or {}),
    )


def _part(entry: Mapping[str, Any], name: str) -> dict[str, Any]:
    part = entry.get(name)
    if not isinstance(part, dict):
        raise EntryError(f"it has no object `{name}`")
    return part


def _text(part: Mapping[str, Any], name: str, within: str) -> str:
    text = part.get(name)
    if not isinstance(text, str) or not text:
        raise EntryError(f"`{within}.{name}` is no text")
    return text


def _headers(headers: Any, within: str) -> dict[str, str] | None:
    """The headers of a message; None if they were not recorded, because a message without any does not exist."""
    if headers is None:
        return None
    if not isinstance(headers, list):
        raise EntryError(f"`{within}.headers` is no list")
    pairs: dict[str, str] = {}
    for header in headers:
        name, value = (header.get("name"), header.get("value")) if isinstance(header, dict) else (None, None)
        if isinstance(value, int) and not isinstance(value, bool):
            value = str(value)
        if isinstance(name, str) and value is None:  # axios-har-tracker: a header that was not sent
            continue
        if isinstance(value, list):  # the same, of a header that came several times
            value = ", ".join(item for item in value if isinstance(item, str))
        if not isinstance(name, str) or not isinstance(value, str):
            raise EntryError(f"`{within}.headers` has a row without the texts `name` and `value`")
        pairs[name.lower()] = value
    return pairs or None


def _pairs(rows: Any) -> tuple[tuple[str, str], ...]:
    """The pairs of `queryString`, for programs that leave the query out of the URL."""
    rows = [row for row in rows if isinstance(row, dict)] if isinstance(rows, list) else []
    pairs = [(row.get("name"), row.get("value")) for row in rows]
    return tuple((name, value) for name, value in pairs if isinstance(name, str) and isinstance(value, str))


def _content_type(request: Mapping[str, Any]) -> str:
    return (_headers(request.get("headers"), "request") or {}).get("content-type", "")


def _from_browser(request: RecordedRequest, response: Mapping[str, Any], headers: Mapping[str, str]) -> bool:
    """True if a browser answered from its cache, or if the answer only says that the call is to be made by HTTPS."""
    status = response["status"]
    if status == NOT_MODIFIED or BROWSER_REDIRECT in headers:
        return True
    target = headers.get("location") or response.get("redirectURL")
    if status not in REDIRECTS or request.secure or not isinstance(target, str) or not target.startswith("https://"):
        return False
    try:
        url = urlsplit(target)
        return (url.hostname or "").lower() == request.host and url.path == request.path
    except ValueError:
        return False


def _media_type(text: Any) -> str:
    return text.partition(";")[0].strip().lower() if isinstance(text, str) else ""

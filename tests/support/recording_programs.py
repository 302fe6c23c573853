"""Recordings as other programs write them, made of an export of ours. Each follows the output of its program."""

from __future__ import annotations

import base64
import gzip
import json
from collections.abc import Callable, Iterable
from typing import Any, Final, NamedTuple
from urllib.parse import parse_qsl

from support.recordings import Entry, Har

KUCOIN: Final = "https://api.kucoin.com"
OURS: Final = "http://127.0.0.1:8080"
FORM: Final = "application/x-www-form-urlencoded"
NOISE: Final = 8
"""Entries that `noise` adds."""


class Written(NamedTuple):
    """A recording, and the files that it names."""

    har: bytes
    files: dict[str, bytes]


def pairs(rows: Iterable[tuple[str, str]]) -> list[dict[str, str]]:
    return [{"name": name, "value": value} for name, value in rows]


class Exchange:
    """The parts of an entry of ours, from which another program's entry is made."""

    def __init__(self, entry: Entry) -> None:
        request, response = entry["request"], entry["response"]
        self.method = request["method"]
        self.url = request["url"].replace(OURS, KUCOIN)
        self.path, _, self.query = self.url.partition("?")
        self.request_headers = [(row["name"], row["value"]) for row in request["headers"]]
        self.post = request.get("postData")
        self.kind = self.post["mimeType"] if self.post else ""
        self.status, self.reason = response["status"], response["statusText"]
        self.headers = [(row["name"], row["value"]) for row in response["headers"]]
        self.mime, self.text = response["content"]["mimeType"], response["content"]["text"]
        self.data = self.text.encode()
        self.day = entry["startedDateTime"][:10]

    @property
    def form(self) -> list[dict[str, str]]:
        """The pairs of a form in the request."""
        return pairs(parse_qsl(self.post["text"], keep_blank_values=True)) if self.kind.startswith(FORM) else []

    def entry(self, request: dict[str, Any], response: dict[str, Any], **more: Any) -> Entry:
        """An entry with what all programs write."""
        request = {"method": self.method, "url": self.url, "cookies": [], "headersSize": -1} | request
        request.setdefault("queryString", pairs(parse_qsl(self.query, keep_blank_values=True)))
        response = {
            "status": self.status,
            "cookies": [],
            "redirectURL": "",
            "headersSize": -1,
            "bodySize": -1,
        } | response
        return {"startedDateTime": f"{self.day}T09:00:00.000Z", "time": 1.5, "cache": {}} | more | {
            "request": request, "response": response, "timings": {"send": 0, "wait": 1.5, "receive": 0},
        }  # fmt: skip


def _base64(data: bytes, columns: int = 0) -> str:
    text = base64.b64encode(data).decode()
    return "\r\n".join(text[at : at + columns] for at in range(0, len(text), columns)) if columns else text


def chromium(made: Exchange, files: dict[str, bytes]) -> Entry:
    """HTTP/2 with pseudo headers in lower case; every second body in base64; `params` besides the text of a form."""
    pseudo = [(":authority", "api.kucoin.com"), (":method", made.method), (":path", made.url), (":scheme", "https")]
    content: dict[str, Any] = {"size": len(made.data), "mimeType": made.mime or "application/json"}
    if len(made.data) % 2:
        content |= {"text": _base64(made.data), "encoding": "base64"}
    else:
        content["text"] = made.text
    lower = [(name.lower(), value) for name, value in made.headers]
    request: dict[str, Any] = {"httpVersion": "h2", "headers": pairs([*pseudo, *made.request_headers])}
    if made.post:
        request |= {"bodySize": len(made.post["text"]), "postData": {"mimeType": made.kind, "text": made.post["text"]}}
        if made.form:
            request["postData"]["params"] = made.form
    return made.entry(
        request,
        {"statusText": "", "httpVersion": "h2", "headers": pairs(lower), "content": content, "_error": None},
        _connectionId="1", _initiator={"type": "script"}, _resourceType="fetch", _priority="High", pageref="page_1",
    )  # fmt: skip


def firefox(made: Exchange, files: dict[str, bytes]) -> Entry:
    """HTTP/2, a local time with its offset, always a list of `params`."""
    request: dict[str, Any] = {"httpVersion": "HTTP/2", "headers": pairs(made.request_headers), "bodySize": 0}
    if made.post:
        request["postData"] = {"mimeType": made.kind, "params": made.form, "text": made.post["text"]}
    return made.entry(
        request,
        {
            "statusText": "OK", "httpVersion": "HTTP/2", "headers": pairs(made.headers),
            "content": {"mimeType": made.mime, "size": len(made.data), "text": made.text},
        },
        startedDateTime=f"{made.day}T09:00:00.000+02:00", pageref="page_1", _securityState="secure",
    )  # fmt: skip


def playwright(made: Exchange, files: dict[str, bytes]) -> Entry:
    """Bodies in files beside the recording, those of requests as well."""

    def attached(text: str) -> str:
        name = f"{len(files):040x}.json"
        files[name] = text.encode()
        return name

    request: dict[str, Any] = {"httpVersion": "HTTP/2.0", "headers": pairs(made.request_headers), "bodySize": 0}
    if made.post:
        request["postData"] = {"mimeType": made.kind, "text": "", "params": [], "_file": attached(made.post["text"])}
    content = {"size": len(made.data), "mimeType": made.mime, "compression": 0, "_file": attached(made.text)}
    response = {"statusText": "OK", "httpVersion": "HTTP/2.0", "headers": pairs(made.headers), "content": content}
    return made.entry(request, response | {"_transferSize": 9}, _frameref="frame@1", _monotonicTime=1.5)


def mitmproxy(made: Exchange, files: dict[str, bytes]) -> Entry:
    """Names as they were sent, `compression`, the form in `params` and text, microseconds."""
    request: dict[str, Any] = {"httpVersion": "HTTP/1.1", "headers": pairs(made.request_headers), "bodySize": 0}
    if made.post:
        request["postData"] = {"mimeType": made.kind, "text": made.post["text"], "params": made.form}
    titled = [(name.title(), value) for name, value in made.headers]
    content = {"size": len(made.data) // 2, "compression": 9, "mimeType": made.mime, "text": made.text}
    response = {"statusText": "OK", "httpVersion": "HTTP/1.1", "headers": pairs(titled), "content": content}
    return made.entry(request, response, startedDateTime=f"{made.day}T09:00:00.000001+00:00", serverIPAddress="1.2.3.4")


def charles(made: Exchange, files: dict[str, bytes]) -> Entry:
    """Null where nothing is known, `:status` of HTTP/2 as a header; a form in `params` alone. As samples show it."""
    request: dict[str, Any] = {"httpVersion": "HTTP/2.0", "headers": pairs(made.request_headers), "bodySize": 0}
    if made.post:
        request["postData"] = {"mimeType": made.kind} | (
            {"params": made.form} if made.form else {"text": made.post["text"]}
        )
    content: dict[str, Any] = {"size": len(made.data), "compression": 7, "mimeType": made.mime, "text": made.text}
    if len(made.data) % 2:  # it has no content type, or one that Charles does not know as text
        content |= {"mimeType": None, "text": _base64(made.data), "encoding": "base64"}
    headers = pairs([(":status", str(made.status)), *made.headers, ("content-encoding", "gzip")])
    response = {"_charlesStatus": "COMPLETE", "statusText": None, "redirectURL": None, "httpVersion": "HTTP/2.0"}
    return made.entry(request, response | {"headers": headers, "content": content}, serverIPAddress="1.2.3.4")


def polly(made: Exchange, files: dict[str, bytes]) -> Entry:
    """Compressed bodies as they came: a list of pieces in base64."""
    request: dict[str, Any] = {"httpVersion": "HTTP/1.1", "headers": pairs(made.request_headers), "bodySize": 0}
    if made.post:
        request["postData"] = {"mimeType": made.kind, "params": [], "text": made.post["text"]}
    packed = gzip.compress(made.data)
    pieces = json.dumps([_base64(packed[:7]), _base64(packed[7:])])
    content = {"size": len(packed), "mimeType": made.mime, "text": pieces, "encoding": "base64"}
    headers = pairs([*made.headers, ("content-encoding", "gzip")])
    response = {"statusText": made.reason, "httpVersion": "HTTP/1.1", "headers": headers, "content": content}
    return made.entry(request, response, _id="a", _order=0)


def proxyman(made: Exchange, files: dict[str, bytes]) -> Entry:
    """Base64 in lines, a word in capitals, sizes as numbers in headers, comments everywhere."""
    request: dict[str, Any] = {"httpVersion": "HTTP/1.1", "headers": pairs(made.request_headers), "comment": ""}
    if made.post:
        post = {"mimeType": made.kind, "text": _base64(made.post["text"].encode()), "encoding": "base64", "comment": ""}
        request["postData"] = post
    headers: list[dict[str, Any]] = [*pairs(made.headers), {"name": "Age", "value": 3, "comment": ""}]
    content = {"size": len(made.data), "mimeType": made.mime, "text": _base64(made.data, 76), "encoding": "BASE64"}
    response = {"httpVersion": "HTTP/1.1", "headers": headers, "content": content | {"comment": ""}}
    return made.entry(request, response, _id="A1", _clientName="curl", comment="")


def insomnia(made: Exchange, files: dict[str, bytes]) -> Entry:
    """The query stands beside the URL only, and the type of the request's body in its headers only."""
    request: dict[str, Any] = {"httpVersion": "HTTP/1.1", "url": made.path, "headers": pairs(made.request_headers)}
    if made.post:
        request["postData"] = {"mimeType": "", "params": [], "text": made.post["text"]}
    content = {"size": len(made.data), "mimeType": made.mime, "text": made.text}
    response = {"statusText": "OK", "httpVersion": "HTTP/1.1", "headers": pairs(made.headers), "content": content}
    return made.entry(request, response, comment="a request")


PROGRAMS: Final[dict[str, Callable[[Exchange, dict[str, bytes]], Entry]]] = {
    program.__name__: program
    for program in (chromium, firefox, playwright, mitmproxy, charles, polly, proxyman, insomnia)
}


def noise(mark: str = "x") -> list[Entry]:
    """What else is in a recording: `NOISE` entries that are no answers of KuCoin's interface. `mark` is in each."""

    def entry(method: str, url: str, response: Any, **more: Any) -> Entry:
        request = {"method": method, "url": url, "headers": [{"name": "Cookie", "value": mark}], "queryString": []}
        return {"startedDateTime": "2026-06-01T09:00:00.000Z", "request": request, "response": response} | more

    timestamp, empty = f"{KUCOIN}/api/v1/timestamp?{mark}", {"size": 0, "mimeType": "x-unknown"}
    location = [{"name": "Location", "value": timestamp}, {"name": "Non-Authoritative-Reason", "value": "HSTS"}]
    messages = [{"type": "send", "time": 1.5, "opcode": 1, "data": json.dumps({"id": mark})}]
    image = {"status": 200, "headers": [], "content": {"text": _base64(mark.encode()), "encoding": "base64"}}
    return [
        entry("GET", f"https://cdn.example/{mark}.png", image),
        entry("GET", timestamp, {"status": 0, "headers": [], "content": empty, "_error": "net::ERR_ABORTED"}),
        entry("GET", timestamp, {"status": -1, "headers": [], "content": {"size": -1}, "_failureText": mark}),
        entry("GET", timestamp, None, comment=mark),
        entry("GET", timestamp, {"status": 304, "headers": [], "content": empty}),
        entry("GET", timestamp.replace("https", "http"), {"status": 307, "headers": location, "content": empty}),
        entry("GET", f"wss://ws-api-spot.kucoin.com/?token={mark}", {"status": 101}, _webSocketMessages=messages),
        entry("CONNECT", "api.kucoin.com:443", {"status": 200, "headers": []}),
    ]  # fmt: skip


def as_written_by(program: str, har: Har, mark: str = "x") -> Written:
    """A recording of ours as another program writes it, among other entries."""
    files: dict[str, bytes] = {}
    entries = [PROGRAMS[program](Exchange(entry), files) for entry in har["log"]["entries"]]
    extra = noise(mark)
    pages = [{"id": "page_1", "title": mark, "startedDateTime": "2026-06-01T09:00:00.000Z", "pageTimings": {}}]
    log = {"version": "1.2", "creator": {"name": program, "version": "1"}, "pages": pages}
    return Written(json.dumps({"log": log | {"entries": [*extra[:4], *entries, *extra[4:]]}}).encode(), files)

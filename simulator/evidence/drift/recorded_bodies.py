"""Bodies in a HAR as texts, however the recording program wrote them: plain, in base64, compressed, or in a file."""

from __future__ import annotations

import json
import re
import zlib
from base64 import b64decode
from binascii import Error as Base64Error
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, Final
from urllib.parse import urlencode

from simulator.evidence.drift.json_extent import MOST_VALUES, most_values

LONGEST_BODY: Final = 1 << 24
"""Characters of a body that is compared, and bytes of one that is unpacked or stands in a file of its own."""
GZIP: Final = b"\x1f\x8b"
GZIP_OR_ZLIB: Final = 32 + zlib.MAX_WBITS
"""Tells `zlib` to recognize both heads."""
FILE_NAME: Final = re.compile(r"[A-Za-z0-9_-][\w.-]{0,127}", re.ASCII)
"""A name without a folder."""
ERRORS: Final = ("_error", "_failureText")
"""Fields in which Chromium, mitmproxy and Playwright write why a response did not arrive whole."""
CHARLES: Final = ("_charlesStatus", "COMPLETE")
"""The field in which Charles writes what became of a response, and what it writes if it arrived whole."""
Attachments = Callable[[str], bytes | None]
"""Gives the content of a file that a recording names, or None if there is none."""


def no_attachments(name: str) -> None:
    """Give no file, because the recording does not stand in a folder."""


def attachments_beside(folder: Path) -> Attachments:
    """The files in the folder of a recording, as Playwright writes them. No file of another folder is read."""

    def read(name: str) -> bytes | None:
        file = folder / name
        try:
            if not FILE_NAME.fullmatch(name) or file.is_symlink() or not file.is_file():
                return None
            with file.open("rb") as source:
                data = source.read(LONGEST_BODY + 1)
        except OSError:
            return None
        return data if len(data) <= LONGEST_BODY else None

    return read


def response_body(response: Mapping[str, Any], headers: Mapping[str, str], attachments: Attachments) -> str | None:
    """The text of a response's body; None if it was not recorded, is too large, or is no text.

    `headers` are the response's; their names are lower case.
    """
    content = response.get("content")
    content = content if isinstance(content, dict) else {}
    text = _text(content, attachments, compression=headers.get("content-encoding", ""))
    if text:
        return text if response.get(CHARLES[0], CHARLES[1]) == CHARLES[1] else None
    lost = text is None and ("text" in content or "_file" in content)
    return None if lost or _had_body(response, content, headers) else ""


def request_body(post: Mapping[str, Any], attachments: Attachments) -> str | None:
    """The text of a request's `postData`; the names and values of a form if only they were recorded."""
    text = _text(post, attachments)
    rows = post.get("params")
    if text or not isinstance(rows, list):
        return text
    pairs = [(row.get("name"), row.get("value")) for row in rows if isinstance(row, dict)]
    return urlencode([(name, value) for name, value in pairs if isinstance(name, str) and isinstance(value, str)])


def _had_body(response: Mapping[str, Any], content: Mapping[str, Any], headers: Mapping[str, str]) -> bool:
    """True if a response whose text is not there, or is empty, had a body all the same."""
    if any(isinstance(part.get(name), str) and part[name] for part in (response, content) for name in ERRORS):
        return True
    size, length = content.get("size"), headers.get("content-length", "").strip()
    return bool(isinstance(size, int) and size) or bool(length.isdecimal() and length.strip("0"))


def _text(part: Mapping[str, Any], attachments: Attachments, compression: str = "") -> str | None:
    """The text in a `content` or a `postData`; None if there is none that can be read, or one with too many values."""
    text = _unpacked(part, attachments, compression)
    return text if text is not None and most_values(text) <= MOST_VALUES else None


def _unpacked(part: Mapping[str, Any], attachments: Attachments, compression: str) -> str | None:
    text, file = part.get("text"), part.get("_file")
    if isinstance(file, str) and not text:
        return _decoded(attachments(file))
    if not isinstance(text, str) or len(text) > LONGEST_BODY:
        return None
    if str(part.get("encoding", "")).lower() != "base64":
        packed = text.startswith(GZIP.decode("latin-1")) or (compression and "\ufffd" in text[:64])
        return None if packed else text
    if most_values(text) > MOST_VALUES:
        return None
    try:
        pieces = json.loads(text) if text.startswith("[") else [text]  # Polly.js writes a list of pieces
        return _decoded(b"".join(b64decode("".join(piece.split()), validate=True) for piece in pieces))
    except (Base64Error, ValueError, AttributeError, RecursionError):
        return None


def _decoded(data: bytes | None) -> str | None:
    """The text of a body's bytes, unpacked if they are compressed; None if they are no text."""
    if data is None:
        return None
    if data.startswith(GZIP):
        unpacking = zlib.decompressobj(GZIP_OR_ZLIB)
        try:
            data = unpacking.decompress(data, LONGEST_BODY)
        except zlib.error:
            return None
        if not unpacking.eof:
            return None
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError:
        return None

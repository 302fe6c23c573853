"""Bodies in recordings: plain, in base64, compressed, in files beside the recording, or not there."""

from __future__ import annotations

import base64
import gzip
import json
from pathlib import Path
from typing import Any

import pytest

from simulator.evidence.drift.json_extent import MOST_VALUES
from simulator.evidence.drift.recorded_bodies import (
    LONGEST_BODY,
    attachments_beside,
    no_attachments,
    request_body,
    response_body,
)

PACKED = gzip.compress(b"{}")
BASE64 = {"encoding": "base64"}
BODIES: dict[str, tuple[dict[str, Any], dict[str, str], str | None]] = {
    "plain": ({"text": "{}"}, {}, "{}"),
    "empty": ({"text": "", "size": 0}, {}, ""),
    "empty, without a text": ({"size": 0}, {}, ""),
    "left out": ({"size": 7}, {}, None),
    "left out, by another length": ({"text": "", "size": 0}, {"content-length": "38"}, None),
    "base64": ({"text": "e30=", "encoding": "base64"}, {}, "{}"),
    "base64 in lines": ({"text": "e3\r\n0=", "encoding": "Base64"}, {}, "{}"),
    "base64 of nothing": ({"text": "", "size": 0, "encoding": "base64"}, {}, ""),
    "no base64": ({"text": "{}", "encoding": "base64"}, {}, None),
    "base64 of no text": ({"text": "/w==", "encoding": "base64"}, {}, None),
    "with a mark of the order of bytes": ({"text": "77u/e30=", "encoding": "base64"}, {}, "{}"),
    "gzip": ({"text": base64.b64encode(gzip.compress(b"{}")).decode(), "encoding": "base64"}, {}, "{}"),
    "gzip, cut off": ({"text": base64.b64encode(gzip.compress(b"{}")[:-9]).decode(), "encoding": "base64"}, {}, None),
    "gzip of too much": (
        {"text": base64.b64encode(gzip.compress(bytes(LONGEST_BODY + 1))).decode(), "encoding": "base64"},
        {},
        None,
    ),
    "gzip as text": ({"text": "\x1f\x8b\ufffd"}, {}, None),
    "brotli as text": ({"text": "\ufffd\ufffd"}, {"content-encoding": "br"}, None),
    "base64 in pieces": (
        {"text": json.dumps([base64.b64encode(part).decode() for part in (PACKED[:5], PACKED[5:])]), **BASE64},
        {},
        "{}",
    ),
    "pieces that are no texts": ({"text": "[1]", **BASE64}, {}, None),
    "pieces without an end": ({"text": '["e30="', **BASE64}, {}, None),
    "pieces that are nested": ({"text": "[" * 100_000, **BASE64}, {}, None),
    "pieces of too many values": ({"text": f"[{'[],' * MOST_VALUES}1]", **BASE64}, {}, None),
    "no text but a number": ({"text": 7, "size": 1}, {}, None),
}


@pytest.mark.parametrize("name", BODIES)
def test_a_body_is_read_however_it_is_written(name: str) -> None:
    """A body is its text in whatever form it is; what was not recorded is None, and what was empty is empty."""
    content, headers, text = BODIES[name]
    assert response_body({"content": content}, headers, no_attachments) == text


def test_a_body_of_too_many_values() -> None:
    """A body with the most values is read; one with more is as if it had not been recorded, however it is written."""
    fits = f"[{'0,' * (MOST_VALUES - 2)}0]"  # with the list itself
    for body, text in ((fits, fits), (f"[0,{fits[1:]}", None)):
        file = body.encode()
        packed = base64.b64encode(gzip.compress(file)).decode()
        for content in ({"text": body}, {"text": packed, "encoding": "base64"}, {"_file": "a"}):
            assert response_body({"content": content}, {}, {"a": file}.get) == text
            assert request_body(content, {"a": file}.get) == text


@pytest.mark.parametrize(("status", "text"), [("COMPLETE", "{}"), ("EXCEPTION", None), ("RECEIVING", None)])
def test_an_answer_that_broke_off(status: str, text: str | None) -> None:
    """Charles keeps what came of an answer that broke off: its body is as if it had not been recorded."""
    response = {"_charlesStatus": status, "content": {"text": "{}"}}
    assert response_body(response, {}, no_attachments) == text


def test_a_file_of_another_folder_is_not_read(tmp_path: Path) -> None:
    """A recording can name the files beside it, and no other: no path, no hidden file, no link, no folder."""
    (tmp_path / "folder").mkdir()
    for name in ("a.json", ".hidden"):
        (tmp_path / "folder" / name).write_text("{}")
    (tmp_path / "outside.json").write_text("{}")
    (tmp_path / "folder" / "link.json").symlink_to(tmp_path / "outside.json")
    attachments = attachments_beside(tmp_path / "folder")
    assert attachments("a.json") == b"{}"
    for name in (
        "../outside.json",
        str(tmp_path / "outside.json"),
        ".hidden",
        "link.json",
        "gone.json",
        "",
        ".",
        "a\0b",
    ):
        assert attachments(name) is None, name


def test_a_form_is_made_of_its_pairs() -> None:
    """A form of which only names and values were recorded is the text that was sent; rows of another kind are not."""
    rows = [{"name": "grant type", "value": "a&b"}, {"name": "file", "fileName": "x"}, 7, {"name": "c", "value": ""}]
    assert request_body({"params": rows}, no_attachments) == "grant+type=a%26b&c="
    assert request_body({"text": "a=1", "params": rows}, no_attachments) == "a=1"
    assert request_body({}, no_attachments) is None

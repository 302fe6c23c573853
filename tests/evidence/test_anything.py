"""Whatever was sent, its entry can be shown, and a secret in its place is hidden however deep it lies."""

from __future__ import annotations

import asyncio
import json
from typing import Any
from urllib.parse import quote

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from support.wire import FORM, JSON, NEW, REFRESH, TOKEN, V1, WITHDRAWAL, Asgi, still_app

from simulator.evidence.log_lines import human, machine

SECRET = "Tr0ub4dor-and-3"
NAMES = ("client_secret", "passphrase", "refresh_token", "apiKey", "KC-API-SIGN", "Authorization", "code", "password")
SIMPLE = st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=20)
ANY = st.recursive(
    SIMPLE, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3)
)
PATHS = st.sampled_from((REFRESH, NEW, WITHDRAWAL, TOKEN, "/api/v1/accounts", "/nowhere"))
LATIN = st.text(st.characters(codec="latin-1", exclude_characters="\r\n\0"), max_size=60)
KINDS = st.sampled_from(
    ("application/json", FORM["content-type"], "text/plain", "", "text/html", "application/xml", "ä")
)


PLAIN = settings(max_examples=100)


@pytest.fixture(scope="module")
def wire(runner: asyncio.Runner) -> Asgi:
    """One application for all: what was sent before makes no difference."""
    return Asgi(still_app(), runner)


def outputs(send: Asgi) -> str:
    """Everything that can be read of the last call."""
    journal = send.app.desk.journal
    [entry] = journal.newest(1)
    answers = [
        send("GET", f"{V1}{path}")
        for path in ("/requests?limit=1", f"/requests/{entry.number}", "/requests.har?limit=1")
    ]
    assert [answer.status for answer in answers] == [200, 200, 200]
    texts = [answer.text for answer in answers]
    assert all(json.loads(text) for text in texts)
    assert human(journal, entry).isprintable()
    return "".join([*texts, human(journal, entry), machine(journal, entry)])


@PLAIN
@given(path=PATHS, query=LATIN, kind=KINDS, header=LATIN, body=st.binary(max_size=200) | st.text().map(str.encode))
def test_any_entry_can_be_shown(wire: Asgi, path: str, query: str, kind: str, header: str, body: bytes) -> None:
    """Any bytes in query, headers and body give an entry that list, detail, archive and log can show."""
    headers = {"content-type": kind, "kc-api-key": header, "x-any": header, "authorization": header}
    wire("POST", f"{path}?{query}", body, headers)
    assert outputs(wire)


def _buried(where: list[Any], name: str, secret: Any) -> Any:
    """A secret under its name, inside of everything else."""
    value: Any = {name: secret}
    for each in where:
        value = [each, value] if isinstance(each, list) else {"x": value, "y": each}
    return value


@PLAIN
@given(
    path=PATHS,
    name=st.sampled_from(NAMES),
    where=st.lists(ANY, max_size=4),
    shape=st.sampled_from(("plain", "listed", "nested", "pair")),
    carrier=st.sampled_from(("json", "form", "query", "text", "twice")),
)
def test_a_secret_under_its_name_is_never_shown(
    wire: Asgi, path: str, name: str, where: list[Any], shape: str, carrier: str
) -> None:
    """At any depth of JSON, in JSON within JSON, in a form, in a query, or where nobody knows what it was to be."""
    secret = {"plain": SECRET, "listed": [SECRET], "nested": {"a": [SECRET]}, "pair": [1, SECRET]}[shape]
    body = json.dumps(_buried(where, name, secret))
    pair = f"{name}={quote(SECRET)}"
    sent = {
        "json": ("", body, JSON),
        "form": ("", pair, FORM),
        "query": (pair, "", {}),
        "text": ("", f"{body} and more", JSON),
        "twice": ("", json.dumps({"a": f"{pair}&b"}), JSON),
    }
    query, text, headers = sent[carrier]
    if carrier == "text" and shape != "plain":
        return  # in broken JSON only the value right behind the name is known for what it is
    wire("POST", f"{path}?{query}", text.encode(errors="replace"), headers)
    assert SECRET not in outputs(wire)

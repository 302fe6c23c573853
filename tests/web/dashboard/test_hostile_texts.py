"""Texts of users, clients and scenarios on the screens of inspector, money, flow and console, and in the picture."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Iterator
from decimal import Decimal
from urllib.parse import quote

import pytest
from msgspec.structs import replace
from support.desk import query
from support.played_payment import Played
from support.screens import HOSTILE, SVG, Screen, posted, raw
from support.wire import DEMO, FORM, control

from simulator.core.control.administration import PutCurrency
from simulator.core.world import Account, Client, User, with_user

SECTIONS = ("inspect", "money", "flow", "console")


def hostile_played(runner: asyncio.Runner) -> Played:
    """A world with hostile names, and calls with hostile texts in every place that a client controls."""
    client = DEMO.clients["demo-broker"]
    world = DEMO.put(replace(client, name=HOSTILE), Client(HOSTILE, HOSTILE, HOSTILE, (HOSTILE,), api_name=HOSTILE))
    world = with_user(world, User(HOSTILE, 7, email=HOSTILE, phone=HOSTILE), [Account(HOSTILE, HOSTILE, Decimal(1))])
    played = Played(runner, world)
    send, key = played.send, played.key
    played.app.desk.exchange.perform(PutCurrency(replace(world.currencies["USDT"], currency=HOSTILE)))
    encoded = quote(HOSTILE)
    send("GET", f"/oauth?{query(state=encoded)}", b"", {"user-agent": HOSTILE, HOSTILE[:3]: HOSTILE})
    send("POST", f"/oauth?{query(state=encoded)}", f"step=login&identity={encoded}".encode(), FORM)
    send("GET", f"/{encoded}?{encoded}={encoded}", b"", {"kc-api-key": HOSTILE})
    played.broker.withdraw(key, remark=HOSTILE, memo=HOSTILE)
    played.broker.withdraw(key, address=HOSTILE, currency=HOSTILE, chain=HOSTILE)
    played.broker.signed(key, "GET", f"/api/v1/accounts?currency={encoded}")
    mover = played.broker.key("alice", "API_COMMON", "API_TRANSFER")
    fields = {"clientOid": "oid-" + HOSTILE[:8], "currency": "USDT", "amount": "1", "type": "INTERNAL"}
    fields |= {"fromAccountType": "MAIN", "toAccountType": "TRADE"}
    played.broker.signed(mover, "POST", "/api/v3/accounts/universal-transfer", json.dumps(fields).encode())
    control(send, "/faults", {"operation": "list_accounts", "respond": {"status": 200, "body": HOSTILE}})
    played.broker.signed(key, "GET", "/api/v1/accounts")
    return played


@pytest.fixture(scope="module")
def played(runner: asyncio.Runner) -> Played:
    return hostile_played(runner)


def screens(played: Played) -> Iterator[Screen]:
    """Every screen with every thing, and the answers to the console's form."""
    world = played.world
    texts = [HOSTILE, "alice", "demo-broker", "7", "", played.consent_id, played.key.api_key, "2", "CODE_USED"]
    texts += [*world.withdrawals, *world.transactions, *(row.id for row in world.everybody.transfers)]
    for section in SECTIONS:
        for text in texts:
            answer = raw(played.send, f"/{section}", q=text, user=text, kind=text)
            assert answer.status == 200, (section, text, answer)
            yield Screen(answer.text)
    for operation in ("withdraw", "list_accounts"):
        fields = {"operation": operation, "user": HOSTILE, "credential": played.key.api_key}
        answer = posted(played.send, "/console", body=json.dumps({"remark": HOSTILE}), **fields, **{"p.type": HOSTILE})
        assert answer.status == 200
        yield Screen(answer.text)


def test_no_text_runs_or_breaks_out(played: Played) -> None:
    """Each screen is well-formed, has no element or attribute that a text brought, and evaluates no template in it."""
    seen = 0
    for screen in screens(played):
        seen += HOSTILE in screen.text
        assert "49}" not in screen.html
        assert not [values for tag, values in screen.tags if tag == "img"]
        assert all(link.startswith(("/", "#")) for link in screen.attributes("a", "href"))
    assert seen > 10


def test_the_picture_is_escaped(played: Played) -> None:
    """The SVG of a flow with hostile texts is XML, and has the texts as texts."""
    html = raw(played.send, "/flow", user=HOSTILE).text
    (svg,) = SVG.findall(html)
    assert "&lt;script&gt;" in svg
    assert "<img" not in svg


def test_no_screen_shows_a_secret(played: Played) -> None:
    """Tokens, codes, secrets of keys and clients, and one-time codes are on no screen, whatever was asked for."""
    world = played.world
    secrets = [played.code, played.tokens["access_token"], played.tokens["refresh_token"], "demo-secret"]
    secrets += [text for key in world.api_keys.values() for text in (key.secret, key.passphrase)]
    secrets += [user.totp_secret for user in world.users.values() if user.totp_secret]
    secrets += [message.code for message in world.message_box("alice").messages]
    assert len(secrets) > 15
    for screen in screens(played):
        assert [secret for secret in secrets if secret in screen.html] == []

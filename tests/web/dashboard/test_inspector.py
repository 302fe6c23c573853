"""The inspector: one box, any id; what it shows is what the control surface and the journal show, without secrets."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest
from support.played_payment import Played
from support.screens import asked, raw
from support.wire import control

from simulator.evidence import views
from simulator.evidence.secrets import fingerprint


@pytest.fixture
def played(runner: asyncio.Runner) -> Played:
    return Played(runner)


def test_a_withdrawal_on_one_screen(played: Played) -> None:
    """Its facts, its life with both clocks, what is still to come, the call, the money with the formula of each fee."""
    page = asked(played.send, "/inspect", q=played.withdrawal)
    for text in ("111.5", "accepted: 111.5 USDT held", "settlement of", "still to come", "call 5", "verify_withdrawal"):
        assert text in page.text
    assert "100 x 10 %" in page.text
    links = page.attributes("a", "href")
    assert "/_sim/calls/5" in links
    assert "/_sim/inspect?q=alice&kind=user" in links
    assert page.attributes("time", "datetime").count("2026-06-01T00:10:00.000Z") == 1
    assert "the business clock stands still" in page.text


def test_every_kind_of_thing_has_a_screen(played: Played) -> None:
    """Each link of a screen to another thing leads to a screen, from the user to everything that is theirs."""
    seen, waiting = set(), ["/inspect?q=alice"]
    while waiting:
        target = waiting.pop()
        if target in seen:
            continue
        seen.add(target)
        answer = played.send("GET", f"/_sim{target}", b"", {"accept": "text/html"})
        assert answer.status == 200, target
        assert "Nothing in this workspace" not in answer.text, target
        page = asked(played.send, target)
        waiting += [
            link.removeprefix("/_sim")
            for link in page.attributes("a", "href")
            if link.startswith(("/_sim/inspect?", "/_sim/flow?", "/_sim/money?"))
        ]
    kinds = {target.partition("kind=")[2] for target in seen}
    assert {"user", "client", "consent", "code", "api_key", "withdrawal"} <= kinds
    for reason in ("CODE_USED", "H32/order", "3"):
        asked(played.send, "/inspect", q=reason)


def test_a_name_with_two_meanings_asks_which(played: Played) -> None:
    """A number can be a user and a call: both are offered, and the link to each is unambiguous."""
    played.send("PUT", "/_sim/v1/users/3", b"{}", {"content-type": "application/json"})
    page = asked(played.send, "/inspect", q="3")
    assert "2 things have this name" in page.text
    assert "Open call 3" in asked(played.send, "/inspect", q="3", kind="entry").text
    assert "registered" in asked(played.send, "/inspect", q="3", kind="user").text


@pytest.mark.parametrize("text", ["", "nobody", "'; drop table", "\x00", "x" * 5000])
def test_nothing_is_found(played: Played, text: str) -> None:
    """An empty box and an unknown text show where to begin; a text is shown as it was typed, shortened or not."""
    page = asked(played.send, "/inspect", q=text)
    assert "To begin with" in page.text
    assert ("Nothing in this workspace" in page.text) == bool(text)


def test_a_repeated_parameter_is_a_page_that_says_so(played: Played) -> None:
    """Two values of one parameter are refused with a page, not with an error of ours."""
    answer = played.send("GET", "/_sim/inspect?q=a&q=b", b"", {"accept": "text/html"})
    assert answer.status == 400
    assert "q once" in answer.text


def test_no_secret_is_shown(played: Played) -> None:
    """Whatever is typed, also a secret itself: the screen shows its fingerprint, in the box and in the title too."""
    key = played.world.api_keys[played.key.api_key]
    secrets = [
        played.code,
        played.tokens["access_token"],
        played.tokens["refresh_token"],
        key.secret,
        key.passphrase,
        played.world.users["alice"].totp_secret,
        *(message.code for message in played.world.message_box("alice").messages),
    ]
    typed = [*secrets[:6], "alice", "demo-broker", played.consent.id, key.api_key]
    typed += [played.withdrawal, played.transaction]
    typed += [fingerprint("code", played.code), fingerprint("api_secret", key.secret)]
    for text in typed:
        html = raw(played.send, "/inspect", q=text).text
        assert [secret for secret in secrets if secret in html] == []
    assert fingerprint("access_token", secrets[1]) in raw(played.send, "/inspect", q=secrets[1]).text
    assert "Consent" in raw(played.send, "/inspect", q=fingerprint("code", played.code)).text


def test_the_screen_of_many_calls_costs_a_page(played: Played, monkeypatch: pytest.MonkeyPatch) -> None:
    """Of many calls of a user one page is rendered, whatever the ring holds; a link goes on to the older ones."""
    for _ in range(120):
        played.broker.signed(played.key, "GET", "/api/v1/accounts")
    rendered: list[int] = []
    line = views.line

    def counted(journal: Any, entry: Any) -> Any:
        rendered.append(entry.number)
        return line(journal, entry)

    monkeypatch.setattr(views, "line", counted)
    page = asked(played.send, "/inspect", q="alice")
    assert len(rendered) == 50
    (older,) = [link for link in page.attributes("a", "href") if "before=" in link]
    page = asked(played.send, older.removeprefix("/_sim"))
    assert rendered[-1] == played.journal.last - 99
    assert "Previous page" in page.text


def test_the_next_event_can_be_reached_by_script(played: Played) -> None:
    """The drawer beside a life has the curl line that moves the clock to the next event, and it does."""
    page = asked(played.send, "/inspect", q=played.withdrawal)
    assert "/_sim/v1/clock/advance" in page.text
    assert '{"to": "2026-06-01T00:10:00.000Z"}' in page.text
    assert control(played.send, "/clock/advance", {"to": "2026-06-01T00:10:00.000Z"}).status == 200
    assert "still to come" not in asked(played.send, "/inspect", q=played.withdrawal).text


def test_the_screens_of_who_is_gone(played: Played) -> None:
    """A deleted user and client have their screens, and the money of a deleted user is what the ledger still has."""
    control(played.send, "/clock/advance", {"by": "11m"})
    played.send("DELETE", "/_sim/v1/clients/demo-broker")
    played.send("DELETE", "/_sim/v1/users/alice")
    for name in ("alice", "demo-broker"):
        page = asked(played.send, "/inspect", q=name)
        assert "The world does not have it any more" in page.text
        assert "verify_withdrawal" in page.text
    assert "111.5" in asked(played.send, "/money", user="alice").text
    assert "5 calls between" in asked(played.send, "/flow", user="alice").text
